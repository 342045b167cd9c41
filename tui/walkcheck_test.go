package tui

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/corpus/replay"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// compare holds screen, memory, journal and files against each other. Nothing runs,
// but that another program changed a file may be news that the journal is being told.
func (w *walker) compare() {
	w.t.Helper()
	w.looks++
	path := filepath.Join(w.dir, ".gloss", "journal-walker.db")
	var wrong []string
	for range 100 {
		out := filepath.Join(w.t.TempDir(), "replayed")
		if _, err := replay.Dir(w.t.Context(), replay.Options{Dir: w.dir, Out: out, State: filepath.Join(w.dir, ".gloss"), Journals: []string{path}}); err != nil {
			w.t.Fatalf("%v: replay: %v", w.last, err)
		}
		wrong = nil
		for i := range walkTexts {
			wrong = append(wrong, w.compareDoc(fmt.Sprintf("d%d", i), out)...)
		}
		if wrong == nil {
			break
		}
		w.drain()
		time.Sleep(20 * time.Millisecond)
	}
	if !w.pending() {
		if err := w.wb.Verify(w.t.Context()); err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	for _, what := range wrong {
		w.t.Errorf("%v: %s", w.last, what)
	}
	w.compareCounts(path)
	w.fromOutside()
}

// pending tells whether a file is as another program left it, which the workbench
// finds when it writes next, or waits for a choice.
func (w *walker) pending() bool {
	for i := range walkTexts {
		name := fmt.Sprintf("d%d", i)
		ann, err := os.ReadFile(filepath.Join(w.dir, name+".ann"))
		d := w.wb.Doc(name)
		if err == nil && w.theirs[name] == string(ann) || d != nil && d.Conflict {
			return true
		}
	}
	return false
}

// compareDoc says what differs in a document between memory, file and journal.
func (w *walker) compareDoc(name, replayed string) (wrong []string) {
	w.t.Helper()
	differs := func(format string, args ...any) { wrong = append(wrong, name+": "+fmt.Sprintf(format, args...)) }
	d := w.wb.Doc(name)
	ann, err := os.ReadFile(filepath.Join(w.dir, name+".ann"))
	if err != nil && !os.IsNotExist(err) {
		w.t.Fatal(err)
	}
	if d == nil || d.Conflict || w.theirs[name] == string(ann) {
		return nil // not read in this session, waiting for a choice, or changed by another program since
	}
	if again, err := os.ReadFile(filepath.Join(replayed, name+".ann")); !bytes.Equal(again, ann) && !os.IsNotExist(err) {
		differs("the file is\n%s\nthe journal says\n%s", ann, again)
	}
	f, err := brat.Parse(ann, d.Text)
	if err != nil {
		w.t.Fatalf("%v: %s.ann: %v", w.last, name, err)
	}
	f.SetLinkStyle(brat.StyleN) // a file whose last link went away and that has a note such as "J45" reads as note style
	onFile := map[string]corpus.Mention{}
	for _, m := range f.Mentions() {
		onFile[m.ID] = m
	}
	for _, it := range d.Items {
		if it.State == workbench.Suggested {
			continue
		}
		if m, ok := onFile[it.ID]; !ok || !m.Same(it.Mention) || len(m.Links) != len(it.Links) {
			differs("in memory %+v, in the file %+v", it.Mention, m)
		}
		delete(onFile, it.ID)
	}
	if len(onFile) > 0 {
		differs("in the file alone: %v", onFile)
	}
	return wrong
}

// compareCounts holds what is called saved against the journal.
func (w *walker) compareCounts(path string) {
	w.t.Helper()
	j, err := journal.OpenFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer j.Close()
	n, saved := int(j.Last()), w.wb.Status().Saved
	if n < w.decisions {
		w.t.Errorf("%v: the journal has %d decisions, it had %d", w.last, n, w.decisions)
	}
	w.decisions = n
	if shown := fmt.Sprintf("saved %d", saved); !w.m.size.tooSmall() && !strings.Contains(w.m.View().Content, shown) {
		w.t.Errorf("%v: %q is not on the screen", w.last, shown)
	}
}

// fromOutside lets another program change a file now and then.
func (w *walker) fromOutside() {
	if w.rng.IntN(6) > 0 {
		return
	}
	name := fmt.Sprintf("d%d", w.rng.IntN(2))
	path := filepath.Join(w.dir, name+".ann")
	ann, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.outside++
	line := fmt.Sprintf("#%d\tNoteByOthers T1\tnumber %d\n", 900+w.outside%20, w.outside)
	if rows := strings.SplitAfter(string(ann), "\n"); w.rng.IntN(2) == 0 && len(rows) > 2 {
		rows = rows[1:] // a line that may have been decided on here, too
		ann = []byte(strings.Join(rows, ""))
	}
	w.theirs[name] = string(ann) + line
	if err := os.WriteFile(path, []byte(w.theirs[name]), 0o644); err != nil {
		w.t.Fatal(err)
	}
}
