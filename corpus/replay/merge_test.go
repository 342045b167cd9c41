package replay

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// mention is one of the annotations that these tests speak of.
func mention(id, label string, start, end corpus.Off, links ...string) *corpus.Mention {
	m := &corpus.Mention{ID: id, Label: label, Spans: corpus.One(start, end), Text: "x", Score: 0, Links: []corpus.Link{}}
	for _, l := range links {
		m.Links = append(m.Links, corpus.Link{DB: "kb", ID: l})
	}
	return m
}

// rows numbers decisions as steps of their own, a minute apart.
func rows(who string, from int64, minute int, ds ...corpus.Decision) []corpus.Decision {
	for i := range ds {
		d := &ds[i]
		edit, of := d.Edit, d.Of
		kind, before, after := d.Kind, d.Before, d.After
		doc := d.Doc
		if doc == "" {
			doc = "a"
		}
		*d = decide(from+int64(i), who, doc, minute+i, edit)
		d.Kind, d.Before, d.After, d.Of = kind, before, after, of
	}
	return ds
}

func ptr(s string) *string { return &s }

func created(n int, m *corpus.Mention) corpus.Decision {
	return corpus.Decision{Kind: corpus.Create, After: m, Edit: line(n, m.ID+"\t"+m.Label+" "+m.Spans.String()+"\t"+m.Text)}
}

func linked(n int, id string, m *corpus.Mention) corpus.Decision {
	after := m.Clone()
	after.Links = []corpus.Link{{DB: "kb", ID: id}}
	return corpus.Decision{Kind: corpus.SetLink, Before: m, After: &after, Edit: line(n, "N1\tReference "+m.ID+" kb:"+id)}
}

func merged(t *testing.T, a, b string) (MergeReport, string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "journal-both.db")
	r, err := Merge(t.Context(), a, b, out)
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

// final is a.ann as a journal has it.
func final(t *testing.T, path string, at At) string {
	t.Helper()
	dir := t.TempDir()
	put(t, dir, map[string]string{"a.txt": "", "b.txt": ""})
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Dir(t.Context(), Options{Dir: dir, Out: out, Journals: []string{path}, At: at}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(out, "a.ann"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return string(data)
}

func TestMergeJournals(t *testing.T) {
	one, two := mention("T1", "X", 0, 3), mention("T1", "X", 10, 13)
	const began = "T1\tX 0 3\tx\n"
	label := func(m *corpus.Mention, to string) corpus.Decision {
		after := m.Clone()
		after.Label = to
		return corpus.Decision{Kind: corpus.SetLabel, Before: m, After: &after,
			Edit: []corpus.LineEdit{{Old: ptr(m.ID + "\t" + m.Label + " " + m.Spans.String() + "\tx"), New: ptr(m.ID + "\t" + to + " " + m.Spans.String() + "\tx")}}}
	}
	type ds []corpus.Decision
	for _, c := range []struct {
		name           string
		beganA, beganB string
		a, b           ds
		kinds          []ConflictKind
		want           string
	}{
		{"other places", "", "", ds{created(0, one)}, ds{created(0, two)}, nil, "T2\tX 10 13\tx\nT1\tX 0 3\tx\n"},
		{"the same", "", "", ds{created(0, one)}, ds{created(0, one)}, nil, "T1\tX 0 3\tx\n"},
		{"links to others", began, began, ds{linked(1, "1", one)}, ds{linked(1, "2", one)}, []ConflictKind{Differently},
			began + "N2\tReference T1 kb:2\nN1\tReference T1 kb:1\n"},
		{"one links what the other leaves", began, began, ds{linked(1, "1", one)}, ds{{Kind: corpus.NIL, Before: one, After: one}},
			[]ConflictKind{Differently}, began + "N1\tReference T1 kb:1\n"},
		{"labels", began, began, ds{label(one, "Y")}, ds{label(one, "Z")}, []ConflictKind{Differently, SameLines}, "T1\tZ 0 3\tx\n"},
		{"overlap", "", "", ds{created(0, one)}, ds{created(0, mention("T1", "X", 2, 6))}, []ConflictKind{Overlap}, "T2\tX 2 6\tx\nT1\tX 0 3\tx\n"},
		{"overlap of two labels", "", "", ds{created(0, one)}, ds{created(0, mention("T1", "Y", 2, 6))}, nil, "T2\tY 2 6\tx\nT1\tX 0 3\tx\n"},
		{"what was taken back is no conflict", began, began, ds{linked(1, "1", one)},
			ds{linked(1, "2", one), {Kind: corpus.Undo, Of: 1, Edit: []corpus.LineEdit{{At: 1, Old: ptr("N1\tReference T1 kb:2")}}}}, nil, began + "N1\tReference T1 kb:1\n"},
		{"what both added and one took back", "", "", ds{created(0, one)},
			ds{created(0, one), {Kind: corpus.Undo, Of: 1, Edit: []corpus.LineEdit{{At: 0, Old: ptr("T1\tX 0 3\tx")}}}}, nil, began},
		{"and did again", "", "", ds{created(0, one)},
			ds{created(0, one), {Kind: corpus.Undo, Of: 1, Edit: []corpus.LineEdit{{At: 0, Old: ptr("T1\tX 0 3\tx")}}},
				{Kind: corpus.Redo, Of: 1, Edit: line(0, "T1\tX 0 3\tx")}}, nil, began},
		{"begun from other bytes", began, "", ds{linked(1, "1", one)}, ds{created(0, two)}, []ConflictKind{OtherBegin}, "T1\tX 10 13\tx\n"},
		{"begun where the other ended", "", "T1\tX 0 3\tx\n", ds{created(0, one)}, ds{linked(1, "1", one)}, nil, began + "N1\tReference T1 kb:1\n"},
		{"the other way round", "T1\tX 0 3\tx\n", "", ds{linked(1, "1", one)}, ds{created(0, one)}, nil, began + "N1\tReference T1 kb:1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := write(t, t.TempDir(), "ana", journal.Batch{Begun: begun("a", 0, c.beganA), Decisions: rows("ana", 1, 1, c.a...)})
			b := write(t, t.TempDir(), "eva", journal.Batch{Begun: begun("a", 0, c.beganB), Decisions: rows("eva", 1, 30, c.b...)})
			r, out := merged(t, a, b)
			var kinds []ConflictKind
			for _, k := range r.Conflicts {
				kinds = append(kinds, k.Kind)
			}
			if !slices.Equal(kinds, c.kinds) {
				t.Errorf("conflicts %+v, want %v", r.Conflicts, c.kinds)
			}
			if got := final(t, out, At{}); got != c.want {
				t.Errorf("the file is\n%swant\n%s", got, c.want)
			}
			if got, want := final(t, out, At{Seq: int64(len(c.a))}), final(t, a, At{}); got != want {
				t.Errorf("after the first journal's part\n%swant\n%s", got, want)
			}
			nothingLost(t, out, a, b)
		})
	}
}

// nothingLost checks that every decision is there with who and when, and what it was.
func nothingLost(t *testing.T, out string, parts ...string) {
	t.Helper()
	said := func(path string) map[string]int {
		steps, err := load(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]int{}
		for _, s := range steps {
			for _, d := range s.decisions {
				key, _ := json.Marshal([]any{d.Who, d.Time, d.Doc, d.Kind, d.Millis, d.Note})
				m[string(key)]++
			}
		}
		return m
	}
	got := said(out)
	for _, path := range parts {
		for key, n := range said(path) {
			if got[key] < n {
				t.Errorf("%s is missing", key)
			}
		}
	}
}

// Two machines go on from copies of one journal; and what was merged before
// merges again without doubling.
func TestMergeCopiesOfOneJournal(t *testing.T) {
	one, two, three := mention("T1", "X", 0, 3), mention("T2", "X", 10, 13), mention("T2", "Y", 20, 23)
	start := func() journal.Batch {
		return journal.Batch{Begun: begun("a", 0, ""), Decisions: rows("ana", 1, 1, created(0, one), linked(1, "1", one))}
	}
	a := write(t, t.TempDir(), "ana", start(), journal.Batch{Decisions: rows("ana", 3, 10, created(2, two))})
	b := write(t, t.TempDir(), "ana", start(), journal.Batch{Decisions: rows("ana", 3, 20, created(2, three),
		corpus.Decision{Kind: corpus.Undo, Of: 2, Edit: []corpus.LineEdit{{At: 1, Old: ptr("N1\tReference T1 kb:1")}}})})
	r, out := merged(t, a, b)
	if r.A != 1 || r.B != 2 || r.Common != 2 || r.Decisions != 5 || len(r.Conflicts) != 0 {
		t.Errorf("report %+v", r)
	}
	const want = "T1\tX 0 3\tx\nT3\tY 20 23\tx\nT2\tX 10 13\tx\n"
	if got := final(t, out, At{}); got != want {
		t.Errorf("the file is\n%swant\n%s", got, want)
	}
	steps, err := load(t.Context(), out)
	if err != nil {
		t.Fatal(err)
	}
	last := steps[len(steps)-1].decisions[0]
	if last.Seq != 5 || last.Of != 2 || last.Step != 5 {
		t.Errorf("the undo is %+v", last)
	}
	if made := steps[3].decisions[0]; made.After.ID != "T3" {
		t.Errorf("the annotation with another id is %+v", made.After)
	}
	if r, err := Merge(t.Context(), a, a, ""); err != nil || r.Common != 3 || r.A+r.B != 0 {
		t.Errorf("with itself: %+v, %v", r, err)
	}
	if r, err := Merge(t.Context(), out, a, ""); err != nil || r.B != 0 {
		t.Errorf("once more: %+v, %v", r, err)
	}
}

func TestMergeLeavesWhatIsThere(t *testing.T) {
	a := write(t, t.TempDir(), "ana", journal.Batch{Begun: begun("a", 0, "")})
	if _, err := Merge(t.Context(), a, a, a); err == nil {
		t.Error("a journal was overwritten")
	}
	if _, err := Merge(t.Context(), a, filepath.Join(t.TempDir(), "none.db"), ""); err == nil {
		t.Error("a missing journal is no error")
	}
}
