package store

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/kb/synth"
)

// BenchmarkLetters builds knowledge bases of made-up names and measures, in a process of
// its own for each: how long Open takes, what a search as one types and one by n-grams
// take on one thread, by the clock and (cpu) in processor time, and the memory that is
// not file pages, before and after them. For
// one size, and KBs that are kept for the next time:
//
//	GLOSS_BENCH_DIR=/tmp/kbs go test -run '^$' -bench Letters/2460k -benchtime 1x -timeout 1h ./kb/store
func BenchmarkLetters(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 290_000, 1_000_000, 2_460_000} {
		b.Run(fmt.Sprintf("%dk", n/1000), func(b *testing.B) {
			root := os.Getenv("GLOSS_BENCH_DIR")
			if root == "" {
				root = b.TempDir()
			}
			dir := filepath.Join(root, fmt.Sprintf("letters-%d", n))
			rate := 0.0
			if _, err := ReadMeta(dir); err != nil {
				start := time.Now()
				if _, err := Build(context.Background(), dir, BuildOptions{Name: "synthetic", Concepts: synth.Concepts(n, 1)}); err != nil {
					b.Fatal(err)
				}
				rate = float64(n) / time.Since(start).Seconds()
			}
			for b.Loop() {
				for name, value := range inChild(b, dir, n) {
					b.ReportMetric(value, name)
				}
			}
			if rate > 0 {
				b.ReportMetric(rate, "names/s") // of the build; the loop forgets what was told before it
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// inChild opens a knowledge base in another process and returns what it measured.
func inChild(b *testing.B, dir string, n int) map[string]float64 {
	cmd := exec.Command(os.Args[0], "-test.run=^TestMeasureOpened$", "-test.v")
	cmd.Env = append(os.Environ(), "GLOSS_BENCH_KB="+dir, fmt.Sprintf("GLOSS_BENCH_NAMES=%d", n))
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	_, rest, _ := strings.Cut(string(out), "figures ")
	line, _, _ := strings.Cut(rest, "\n")
	var figures map[string]float64
	if err := json.Unmarshal([]byte(line), &figures); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return figures
}

// TestMeasureOpened is the other process of BenchmarkLetters.
func TestMeasureOpened(t *testing.T) {
	dir := os.Getenv("GLOSS_BENCH_KB")
	if dir == "" {
		t.Skip("only for BenchmarkLetters")
	}
	n, err := strconv.Atoi(os.Getenv("GLOSS_BENCH_NAMES"))
	if err != nil {
		t.Fatal(err)
	}
	mentions := synth.Mentions(300, n, 1)
	typed := synth.Typed(mentions, 1)
	runtime.GC()
	runtime.GOMAXPROCS(1)
	before := anonymous(t)
	start := time.Now()
	k, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	opened := anonymous(t)
	figures := map[string]float64{
		"open-ms":         took.Seconds() * 1000,
		"rssanon-open-MB": max(0, opened-before),
	}
	runtime.LockOSThread()
	queries := func(what string, queries []string, f func(q string)) {
		wall, cpu := synth.Time(queries, f), synth.TimeBy(threadTime, queries, f)
		figures[what+"-p95-ms"], figures[what+"-cpu-p95-ms"] = wall.P95.Seconds()*1000, cpu.P95.Seconds()*1000
		figures[what+"-cpu-p50-ms"] = cpu.P50.Seconds() * 1000
	}
	queries("type", typed, func(q string) { k.Search(q, 20) })
	queries("type-filtered", typed, func(q string) { k.Search(q, 20, synth.Types[4]) })
	queries("ngram", mentions, func(q string) { k.Index().NGram(q, 200) })
	queries("fuzzy", mentions, func(q string) { k.Index().Fuzzy(q, 0.8, 10) })
	queries("exact", mentions, func(q string) { k.Index().Exact(q) })
	figures["rssanon-MB"] = anonymous(t)
	line, err := json.Marshal(figures)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("figures %s\n", line)
	if err := k.Close(); err != nil {
		t.Error(err)
	}
}

// anonymous is the memory of this process that is not file pages, in MB; 0 where the
// system does not tell.
func anonymous(t *testing.T) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "RssAnon:" {
			kB, err := strconv.ParseFloat(f[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			return kB / 1000
		}
	}
	return 0
}
