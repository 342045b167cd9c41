package e2e

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkDecisions measures how many decisions a minute the interface permits: each
// key is pressed as soon as the screen shows what the one before did. A person reads
// and thinks besides; see docs/keystrokes.md.
func BenchmarkDecisions(b *testing.B) {
	for _, c := range []struct {
		name string
		keys []string // for one decision; the last one goes on to the next mention
	}{
		{"accept", []string{"a"}},
		{"fix-boundary", []string{"L", "a"}},
		{"second-candidate", []string{"2"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			took := decide(b, c.keys)
			slices.Sort(took)
			median := took[len(took)/2]
			b.ReportMetric(float64(len(c.keys)), "keys/decision")
			b.ReportMetric(float64(median.Milliseconds()), "ms/decision")
			b.ReportMetric(60/median.Seconds(), "decisions/min")
		})
	}
}

var leftPattern = regexp.MustCompile(`(\d+) left here`)

// decide makes decisions on a note of the demo, and tells how long each took.
func decide(b *testing.B, keys []string) []time.Duration {
	b.Helper()
	dir := filepath.Join(b.TempDir(), "demo")
	s := startProgram(b, binary, 120, 40, "demo", "--dir", dir, "--at", "hospital/card-02", "--who", "ana")
	s.settle(0)
	var took []time.Duration
	for b.Loop() {
		left := s.left()
		if left < 2 {
			b.Fatal("the note has no more mentions: run with -benchtime 30x")
		}
		for before := s.text(); strings.Contains(before, "no concept is offered"); before = s.text() {
			s.press("z").until("another mention is in focus", func() bool { return s.text() != before })
		}
		began := time.Now()
		for _, k := range keys[:len(keys)-1] {
			before := s.text()
			s.press(k)
			s.until("the screen shows what "+k+" did", func() bool { return s.text() != before })
		}
		s.press(keys[len(keys)-1])
		s.until("the next mention is in focus", func() bool { return s.left() < left })
		took = append(took, time.Since(began))
	}
	s.see(fmt.Sprintf(`saved %d\b`, len(took)*len(keys)))
	if n := strings.Count(command(b, 0, "log", dir), "\n"); n < len(took) {
		b.Errorf("%d decisions are in the journal, %d were made", n, len(took))
	}
	return took
}

// left is how many mentions wait, as the first line says.
func (s *screen) left() int {
	found := leftPattern.FindStringSubmatch(s.text())
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}
