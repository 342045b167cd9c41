package journal

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// fold applies decisions, numbering them; a decision without Step is a step of its own.
func fold(ds ...corpus.Decision) *State {
	s := NewState()
	for i, d := range ds {
		d.Seq = int64(i + 1)
		if d.Step == 0 {
			d.Step = d.Seq
		}
		if d.Doc == "" {
			d.Doc = "d"
		}
		s.Apply(d)
	}
	return s
}

func do(kind corpus.Kind) corpus.Decision { return corpus.Decision{Kind: kind} }

func undo(step int64) corpus.Decision { return corpus.Decision{Kind: corpus.Undo, Of: step} }

func redo(step int64) corpus.Decision { return corpus.Decision{Kind: corpus.Redo, Of: step} }

func on1(kind corpus.Kind, links ...string) corpus.Decision {
	return corpus.Decision{Kind: kind, Before: mention("T1", "X", "Tos"), After: mention("T1", "X", "Tos", links...)}
}

func in(step int64, d corpus.Decision) corpus.Decision {
	d.Step = step
	return d
}

func TestUndoAndRedoTargets(t *testing.T) {
	flag := do(corpus.Flag)
	for name, c := range map[string]struct {
		ds         []corpus.Decision
		undo, redo int64
	}{
		"nothing":                {nil, 0, 0},
		"one":                    {[]corpus.Decision{flag}, 1, 0},
		"undone":                 {[]corpus.Decision{flag, undo(1)}, 0, 1},
		"twice undone":           {[]corpus.Decision{flag, flag, undo(2), undo(1)}, 0, 1},
		"redone":                 {[]corpus.Decision{flag, flag, undo(2), undo(1), redo(1)}, 1, 2},
		"all redone":             {[]corpus.Decision{flag, flag, undo(2), undo(1), redo(1), redo(2)}, 2, 0},
		"new clears redo":        {[]corpus.Decision{flag, flag, undo(2), flag}, 4, 0},
		"undo past an undone":    {[]corpus.Decision{flag, flag, undo(2), flag, undo(4)}, 1, 4},
		"step of three":          {[]corpus.Decision{flag, do(corpus.Bulk), in(2, flag), in(2, flag)}, 2, 0},
		"step of three undone":   {[]corpus.Decision{flag, do(corpus.Bulk), in(2, flag), undo(2), in(4, undo(2))}, 1, 2},
		"step of three redone":   {[]corpus.Decision{do(corpus.Bulk), in(1, flag), undo(1), in(3, undo(1)), redo(1), in(5, redo(1))}, 1, 0},
		"an inner one":           {[]corpus.Decision{flag, flag, flag, undo(2)}, 3, 2},
		"unknown steps":          {[]corpus.Decision{flag, undo(7), redo(8), redo(1)}, 1, 0},
		"redo of a cleared step": {[]corpus.Decision{flag, undo(1), flag, redo(1)}, 3, 0},
	} {
		s := fold(c.ds...)
		if s.UndoTarget() != c.undo || s.RedoTarget() != c.redo {
			t.Errorf("%s: undo %d redo %d, want %d and %d", name, s.UndoTarget(), s.RedoTarget(), c.undo, c.redo)
		}
	}
	s := fold(flag, flag, flag, undo(2), flag)
	if got := s.UndoTargets(9); !slices.Equal(got, []int64{5, 3, 1}) || len(s.UndoTargets(-1)) != 0 || s.UndoTargets(1)[0] != 5 {
		t.Errorf("targets %v", got)
	}
	if !s.Undone(2) || s.Undone(3) || s.Last() != 5 {
		t.Error("undone or last is wrong")
	}
	s.Apply(corpus.Decision{Seq: 5, Step: 5, Kind: corpus.Undo, Of: 3})
	if s.UndoTarget() != 5 {
		t.Error("a decision counted twice")
	}
}

func TestFinished(t *testing.T) {
	finish, reopen := do(corpus.Finish), do(corpus.Reopen)
	for name, c := range map[string]struct {
		ds   []corpus.Decision
		want bool
	}{
		"nothing":         {nil, false},
		"finished":        {[]corpus.Decision{finish}, true},
		"reopened":        {[]corpus.Decision{finish, reopen}, false},
		"undone":          {[]corpus.Decision{finish, undo(1)}, false},
		"reopening taken": {[]corpus.Decision{finish, reopen, undo(2)}, true},
		"inner":           {[]corpus.Decision{finish, reopen, undo(1)}, false},
		"redone":          {[]corpus.Decision{finish, undo(1), redo(1)}, true},
	} {
		s := fold(c.ds...)
		if s.Finished("d") != c.want || s.Finished("other") || (len(s.FinishedDocs()) == 1) != c.want {
			t.Errorf("%s: finished %v %v", name, s.Finished("d"), s.FinishedDocs())
		}
	}
}

func TestDecided(t *testing.T) {
	accept, link, nothing := on1(corpus.Accept), on1(corpus.SetLink, "c1"), on1(corpus.NIL)
	gone := corpus.Decision{Kind: corpus.Delete, Before: mention("T1", "X", "Tos")}
	for name, c := range map[string]struct {
		ds   []corpus.Decision
		want corpus.Kind
	}{
		"nothing":           {nil, ""},
		"accept":            {[]corpus.Decision{accept}, corpus.Accept},
		"create":            {[]corpus.Decision{on1(corpus.Create)}, corpus.Create},
		"link":              {[]corpus.Decision{accept, link}, corpus.SetLink},
		"nil":               {[]corpus.Decision{link, nothing}, corpus.NIL},
		"nil undone":        {[]corpus.Decision{link, nothing, undo(2)}, corpus.SetLink},
		"all undone":        {[]corpus.Decision{link, nothing, undo(2), undo(1)}, ""},
		"unlinked":          {[]corpus.Decision{link, on1(corpus.Unlink)}, ""},
		"unlinking undone":  {[]corpus.Decision{link, on1(corpus.Unlink), undo(2)}, corpus.SetLink},
		"deleted":           {[]corpus.Decision{link, gone}, ""},
		"span settles not":  {[]corpus.Decision{accept, on1(corpus.SetSpan), on1(corpus.Note), on1(corpus.Flag)}, corpus.Accept},
		"label alone":       {[]corpus.Decision{on1(corpus.SetLabel)}, ""},
		"bulk":              {[]corpus.Decision{do(corpus.Bulk), in(1, accept), in(1, link)}, corpus.SetLink},
		"bulk undone":       {[]corpus.Decision{nothing, do(corpus.Bulk), in(2, accept), in(2, link), undo(2)}, corpus.NIL},
		"bulk in disorder":  {[]corpus.Decision{accept, nothing, in(1, link), undo(1)}, corpus.NIL},
		"bulk in disorder2": {[]corpus.Decision{accept, nothing, in(1, link), undo(2)}, corpus.SetLink},
	} {
		if got := fold(c.ds...).Decided("d", "T1"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if s := fold(accept); s.Decided("d", "T2") != "" || s.Decided("e", "T1") != "" {
		t.Error("other mentions are decided too")
	}
}

func TestRejected(t *testing.T) {
	suggestion, spans := mention("", "X", "Tos"), corpus.One(0, 3)
	reject := corpus.Decision{Kind: corpus.Reject, Before: suggestion}
	create := corpus.Decision{Kind: corpus.Create, After: mention("T1", "X", "Tos")}
	gone := corpus.Decision{Kind: corpus.Delete, Before: mention("T1", "X", "Tos")}
	relabel := corpus.Decision{Kind: corpus.SetLabel, Before: suggestion, After: mention("T1", "Z", "Tos")}
	for name, c := range map[string]struct {
		ds   []corpus.Decision
		want bool
	}{
		"nothing":         {nil, false},
		"rejected":        {[]corpus.Decision{reject}, true},
		"undone":          {[]corpus.Decision{reject, undo(1)}, false},
		"redone":          {[]corpus.Decision{reject, undo(1), redo(1)}, true},
		"created anyway":  {[]corpus.Decision{reject, create}, false},
		"creation undone": {[]corpus.Decision{reject, create, undo(2)}, true},
		"deleted":         {[]corpus.Decision{create, gone}, true},
		"deletion undone": {[]corpus.Decision{create, gone, undo(2)}, false},
		"relabelled":      {[]corpus.Decision{relabel}, true},
		"label back":      {[]corpus.Decision{relabel, undo(1)}, false},
	} {
		s := fold(c.ds...)
		if got := s.Rejected("d", "X", spans); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if s.Rejected("d", "Y", spans) || s.Rejected("d", "X", corpus.One(0, 4)) || s.Rejected("e", "X", spans) {
			t.Errorf("%s: something else is rejected", name)
		}
	}
}

func TestAliases(t *testing.T) {
	link := func(id, text string, links ...string) corpus.Decision {
		return corpus.Decision{Kind: corpus.SetLink, After: mention(id, "X", text, links...)}
	}
	one := func(text, id string, n int) Alias { return Alias{"X", text, "kb", id, n} }
	for name, c := range map[string]struct {
		ds   []corpus.Decision
		want []Alias
	}{
		"nothing":        {nil, []Alias{}},
		"two mentions":   {[]corpus.Decision{link("T1", "Tos", "1"), link("T2", "TOS", "1"), link("T3", "tos", "2")}, []Alias{one("tos", "1", 2), one("tos", "2", 1)}},
		"corrected":      {[]corpus.Decision{link("T1", "tos", "1"), link("T1", "tos", "2")}, []Alias{one("tos", "2", 1)}},
		"undone":         {[]corpus.Decision{link("T1", "tos", "1"), link("T1", "tos", "2"), undo(2)}, []Alias{one("tos", "1", 1)}},
		"inner undone":   {[]corpus.Decision{link("T1", "tos", "1"), link("T1", "tos", "2"), undo(1)}, []Alias{one("tos", "2", 1)}},
		"redone":         {[]corpus.Decision{link("T1", "tos", "1"), undo(1), redo(1)}, []Alias{one("tos", "1", 1)}},
		"unlinked":       {[]corpus.Decision{link("T1", "Tos", "1"), on1(corpus.Unlink)}, []Alias{}},
		"nil":            {[]corpus.Decision{link("T1", "Tos", "1"), on1(corpus.NIL)}, []Alias{}},
		"then accepted":  {[]corpus.Decision{link("T1", "Tos", "1"), on1(corpus.Accept, "1")}, []Alias{one("tos", "1", 1)}},
		"two links":      {[]corpus.Decision{link("T1", "tos", "1", "2")}, []Alias{one("tos", "1", 1), one("tos", "2", 1)}},
		"step of two":    {[]corpus.Decision{link("T1", "tos", "1"), in(1, link("T2", "fiebre", "2")), undo(1)}, []Alias{}},
		"accepted alone": {[]corpus.Decision{on1(corpus.Accept, "1")}, []Alias{}},
	} {
		if got := fold(c.ds...).Aliases(strings.ToLower); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := fold(link("T1", "TOS", "1")).Aliases(nil); got[0].Text != "TOS" {
		t.Errorf("as it is: %v", got)
	}
}

// Whatever was undone and redone: the state is that of the steps in force alone.
func TestFoldIsThatOfTheStepsInForce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	kinds := []corpus.Kind{corpus.Accept, corpus.SetLink, corpus.NIL, corpus.Unlink, corpus.Delete, corpus.Finish, corpus.Reopen, corpus.SetSpan}
	for range 300 {
		var ds []corpus.Decision
		s, open := NewState(), int64(0)
		for seq := int64(1); seq <= 40; seq++ {
			d := corpus.Decision{Kind: kinds[rng.IntN(len(kinds))], Doc: "d", Step: seq}
			switch id := string(rune('a' + rng.IntN(3))); {
			case rng.IntN(3) == 0 && s.UndoTarget() != 0:
				d.Kind, d.Of = corpus.Undo, s.UndoTargets(2)[0]
			case rng.IntN(4) == 0 && s.RedoTarget() != 0:
				d.Kind, d.Of = corpus.Redo, s.RedoTarget()
			case d.Kind == corpus.Delete:
				d.Before = mention(id, "X", id)
			default:
				d.After = mention(id, "X", id, string(rune('0'+rng.IntN(3))))
				if open != 0 && rng.IntN(2) == 0 {
					d.Step = open
				}
			}
			if open = d.Step; d.Of != 0 {
				open = 0
			}
			d.Seq = seq
			ds = append(ds, d)
			s.Apply(d)
		}
		same(t, s, ds)
	}
}

func same(t *testing.T, s *State, ds []corpus.Decision) {
	t.Helper()
	plain := NewState()
	for _, d := range ds {
		if d.Of == 0 && !s.Undone(d.Step) {
			plain.Apply(d)
		}
	}
	if s.Finished("d") != plain.Finished("d") || !reflect.DeepEqual(s.Aliases(nil), plain.Aliases(nil)) {
		t.Fatalf("finished %v %v\naliases %v\nwant    %v", s.Finished("d"), plain.Finished("d"), s.Aliases(nil), plain.Aliases(nil))
	}
	for _, id := range []string{"a", "b", "c"} {
		if s.Decided("d", id) != plain.Decided("d", id) || s.Rejected("d", "X", corpus.One(0, 1)) != plain.Rejected("d", "X", corpus.One(0, 1)) {
			t.Fatalf("mention %s differs", id)
		}
	}
}

func BenchmarkFold(b *testing.B) {
	ds := make([]corpus.Decision, 100_000)
	for i := range ds {
		ds[i] = decision(int64(i + 1))
		ds[i].After.ID = "T" + ds[i].After.Links[0].ID
		ds[i].After.Links[0].ID = "c"
	}
	b.ReportAllocs()
	for b.Loop() {
		s := NewState()
		for _, d := range ds {
			s.Apply(d)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(ds)), "ns/decision")
}

// What is said of mentions and concepts follows undo and redo, ends with its
// mention, and is the same after a snapshot.
func TestRemarks(t *testing.T) {
	m := func(id string) *corpus.Mention {
		return &corpus.Mention{ID: id, Label: "X", Spans: corpus.One(0, 3), Text: "abc"}
	}
	flag := func(id, why string) corpus.Decision {
		return corpus.Decision{Kind: corpus.Flag, Before: m(id), After: m(id), Note: why}
	}
	none := corpus.Decision{Kind: corpus.NIL, After: m("T1"), Note: "vague"}
	note, err := corpus.Proposal{DB: "kb", ID: "X:1", Name: "abc"}.Note()
	if err != nil {
		t.Fatal(err)
	}
	propose := corpus.Decision{Kind: corpus.Propose, Note: note}
	gone := corpus.Decision{Kind: corpus.Delete, Before: m("T1")}
	for name, c := range map[string]struct {
		decisions             []corpus.Decision
		flag, suggested, why  string
		proposals, allFlagged int
	}{
		"nothing":                {},
		"flagged":                {decisions: []corpus.Decision{flag("T1", "odd"), flag("", "is it?")}, flag: "odd", suggested: "is it?", allFlagged: 2},
		"unflagged":              {decisions: []corpus.Decision{flag("T1", "odd"), flag("T1", "")}},
		"the unflagging undone":  {decisions: []corpus.Decision{flag("T1", "odd"), flag("T1", ""), undo(2)}, flag: "odd", allFlagged: 1},
		"deleted":                {decisions: []corpus.Decision{flag("T1", "odd"), none, gone}},
		"the deletion undone":    {decisions: []corpus.Decision{flag("T1", "odd"), none, gone, undo(3)}, flag: "odd", why: "vague", allFlagged: 1},
		"none fits":              {decisions: []corpus.Decision{none}, why: "vague"},
		"none fits, then linked": {decisions: []corpus.Decision{none, {Kind: corpus.SetLink, After: m("T1")}}},
		"proposed":               {decisions: []corpus.Decision{propose}, proposals: 1},
		"the proposal undone":    {decisions: []corpus.Decision{propose, undo(1)}},
		"and redone":             {decisions: []corpus.Decision{propose, undo(1), redo(1)}, proposals: 1},
		"a note that is none":    {decisions: []corpus.Decision{{Kind: corpus.Propose, Note: "X:1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := fold(c.decisions...)
			data, err := s.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			thawed := NewState()
			if err := thawed.UnmarshalBinary(data); err != nil {
				t.Fatal(err)
			}
			for _, s := range []*State{s, thawed} {
				if got := s.Flag("d", *m("T1")); got != c.flag {
					t.Errorf("flag %q, want %q", got, c.flag)
				}
				if got := s.Flag("d", *m("")); got != c.suggested {
					t.Errorf("flag of the suggestion %q, want %q", got, c.suggested)
				}
				if got := s.Reason("d", "T1"); got != c.why {
					t.Errorf("reason %q, want %q", got, c.why)
				}
				if p, f := s.Proposals(), s.Flagged(); len(p) != c.proposals || len(f) != c.allFlagged {
					t.Errorf("proposals %v, flagged %v", p, f)
				}
			}
		})
	}
}
