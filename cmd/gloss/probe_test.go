package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

func TestSettingsOfAProbe(t *testing.T) {
	for _, c := range []struct {
		name, file, flag, kind string
		blind                  bool
		want                   string // what the status line says, or a part of the error
	}{
		{name: "nothing said"},
		{name: "by flag", flag: "5", want: "probe: shuffle 5 %"},
		{name: "with its sign", flag: "2.5%", kind: "hide", want: "probe: hide 2.5 %"},
		{name: "in the file", file: "probe = 0.07\nprobe_kind = \"hide\"", want: "probe: hide 7 %"},
		{name: "a flag wins", file: "probe = 0.07\nprobe_kind = \"hide\"", flag: "10", kind: "shuffle", want: "probe: shuffle 10 %"},
		{name: "and turns it off", file: "probe = 0.07", flag: "0"},
		{name: "no number", flag: "some", want: "it is a percentage"},
		{name: "too many", file: "probe = 5.0", want: "from 0 to 100 %"},
		{name: "another kind", flag: "5", kind: "lose", want: "shuffle or hide"},
		{name: "without suggestions", flag: "5", blind: true, want: "--blind shows none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, workbench.ConfigFile), []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			o := &options{probe: c.flag, probeKind: c.kind, blind: c.blind}
			if _, err := o.settle(dir); err != nil {
				t.Fatal(err)
			}
			p, err := o.probed()
			got := p.String()
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLogTellsOfAProbe(t *testing.T) {
	dir := annotated(t, "ana", "X")
	state := filepath.Join(dir, ".gloss")
	j, err := journal.Open(state, "eva")
	if err != nil {
		t.Fatal(err)
	}
	w := journal.NewWriter(j, func(int64) {}, func(err error) { t.Error(err) })
	at := corpus.Mention{ID: "T1", Label: "X", Text: "uno", Spans: corpus.One(0, 3)}
	to := at.Clone()
	to.Links = []corpus.Link{{DB: "kb", ID: "2"}}
	offer := &corpus.Offer{Candidates: []corpus.Offered{{DB: "kb", ID: "2"}, {DB: "kb", ID: "1"}}, Ranks: []int{2, 1}}
	d := corpus.Decision{Seq: 1, Step: 1, Who: "eva", Doc: "a", Kind: corpus.SetLink, Before: &at, After: &to, Offer: offer}
	if err := w.Enqueue(journal.Batch{Decisions: []corpus.Decision{d}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, msg := gloss(t, "log", dir, "--probe")
	if code != 0 || !strings.Contains(out, "journal-eva.db") || !strings.Contains(out, "100.0 %  (1 of 1; 95 %: 20.7 to 100.0)") {
		t.Errorf("%d %s\n%s", code, msg, out)
	}
	code, out, msg = gloss(t, "log", dir, "--probe", "--who", "eva", "--json")
	var r struct {
		Probes []struct {
			Journal string
			Misled  struct {
				Count, Of int
				Low, High float64
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 0 || len(r.Probes) != 1 || r.Probes[0].Misled.Of != 1 || r.Probes[0].Misled.Count != 1 || !(r.Probes[0].Misled.Low > 0.2) || r.Probes[0].Misled.High != 1 {
		t.Errorf("%d %s %v\n%s", code, msg, err, out)
	}
	if code, _, msg := gloss(t, "log", dir, "--probe", "--who", "nobody"); code == 0 || !strings.Contains(msg, "nobody has decided nothing") {
		t.Errorf("of somebody unknown: %d %s", code, msg)
	}
}
