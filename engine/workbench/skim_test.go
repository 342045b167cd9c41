package workbench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
)

// skimmed are the documents by name, as Skim shows them.
func (r *rig) skimmed(textOnly bool, names ...string) map[string]*Doc {
	r.t.Helper()
	var mu sync.Mutex
	seen := map[string]*Doc{}
	if err := r.Skim(r.t.Context(), names, textOnly, func(d *Doc) {
		mu.Lock()
		defer mu.Unlock()
		seen[d.Name] = d
	}); err != nil {
		r.t.Fatal(err)
	}
	return seen
}

func TestSkimShowsWhatIsInMemoryAndWhatIsNot(t *testing.T) {
	r := newRig(t)
	r.view("b")
	seen := r.skimmed(false, "a", "b")
	if d := seen["b"]; d != r.Doc("b") {
		t.Errorf("of a document in memory it shows %+v", d)
	}
	d := seen["a"]
	if d == nil || d.Text.String() != note || len(d.Items) != 1 || d.Items[0].Text != "tos" || d.Items[0].State != Pending || d.Items[0].Note != "desde ayer" {
		t.Errorf("of a document on disk it shows %+v", d)
	}
	if r.Doc("a") != nil {
		t.Error("what was looked at stays in memory")
	}
	if d := r.skimmed(true, "a")["a"]; d.Text.String() != note || d.Items != nil {
		t.Errorf("with its text alone it shows %+v", d)
	}
}

// What was decided on a document that is not in memory any more is in what Skim shows.
func TestSkimKnowsWhatWasDecided(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Choose{At: At{"a", "T1"}, Candidate: kb.Candidate{DB: "kb", ID: "A:1"}})
	r.reopen()
	if r.Doc("a") != nil {
		t.Fatal("the document is read at the start")
	}
	if d := r.skimmed(false, "a")["a"]; len(d.Items) != 1 || d.Items[0].State != Linked {
		t.Errorf("it shows %+v", d.Items)
	}
}

func TestSkimShowsWhyADocumentCannotBeRead(t *testing.T) {
	r := newRig(t)
	if err := os.WriteFile(filepath.Join(r.dir, "a.txt"), []byte("\xff"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, textOnly := range []bool{false, true} {
		if d := r.skimmed(textOnly, "a")["a"]; d == nil || !strings.Contains(d.ReadOnly, "a.txt") {
			t.Errorf("it shows %+v", d)
		}
	}
}

func TestSkimCanBeStopped(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.Skim(ctx, []string{"a", "b"}, true, func(d *Doc) { t.Errorf("%s was looked at", d.Name) }); !errors.Is(err, context.Canceled) {
		t.Errorf("it returned %v", err)
	}
}

func TestCheckFindsProblemsInDocumentsThatWereNotRead(t *testing.T) {
	r := newRig(t)
	for name, content := range map[string]string{"c.txt": note, "c.ann": "T1\tSINTOMA 8 14\tdolor\n", "d.txt": "\xff", "e.txt": note, "e.ann": "T1\tSINTOMA 9 15\tfiebre\n"} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r.reopen()
	state := func() string {
		var all []string
		for _, d := range r.Documents() {
			switch {
			case !d.Checked:
				all = append(all, d.Name+"?")
			case d.Problem:
				all = append(all, d.Name+"!")
			default:
				all = append(all, d.Name)
			}
		}
		return strings.Join(all, " ")
	}
	if got := state(); got != "a? b? c? d? e?" {
		t.Errorf("before: %s", got)
	}
	if err := r.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := state(); got != "a b c! d! e" {
		t.Errorf("after: %s", got)
	}
	for _, d := range r.Documents() {
		if d.Loaded {
			t.Errorf("%s stays in memory", d.Name)
		}
	}
	if err := os.WriteFile(filepath.Join(r.dir, "e.ann"), []byte("T1\tSINTOMA 9 15\tdolor\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.view("e")
	if got := state(); got != "a b c! d! e!" {
		t.Errorf("what is opened is as it is then: %s", got)
	}
}
