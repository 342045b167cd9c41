package workbench

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lease"
	"github.com/gloss-nlp/gloss/kb"
)

// inCorpus finds "fiebre" everywhere, to link it.
var inCorpus = Pattern{Scope: InCorpus, Text: "Fiebre", Whole: true, Label: "SINTOMA", Candidate: &dos}

func places(p Preview) string {
	var list []string
	for _, at := range p.Places {
		list = append(list, at.Doc+" "+at.Spans.String()+" "+strings.TrimPrefix(regexp.MustCompile(`\w+$`).FindString(typeOf(at.Do)), "workbench."))
	}
	return strings.Join(list, ", ")
}

func typeOf(a Action) string {
	switch a.(type) {
	case Choose:
		return "Choose"
	case Accept:
		return "Accept"
	case Create:
		return "Create"
	case CreateLinked:
		return "CreateLinked"
	}
	return "?"
}

func (r *rig) preview(p Pattern) Preview {
	r.t.Helper()
	found, err := r.Occurrences(r.t.Context(), p)
	if err != nil {
		r.t.Fatal(err)
	}
	return found
}

// What occurs is listed with what would be done there, also in documents that nobody
// opened; done, it is one step, for its undo as well.
func TestOccurrencesAcrossTheCorpus(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Choose{At: onA("?SINTOMA 9 15"), Candidate: dos})
	linked := r.ann("a")
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.other("c.txt", "La FIEBRE\n y la fiebrecilla; fiebre  \n")
	r.other("c.ann", "T1\tSINTOMA 29 35\tfiebre\nN1\tReference T1 kb:A:1\tuno\n")
	r.open()
	r.view("a")
	r.docs["b"] = nil // as if it had never been looked at
	delete(r.docs, "b")
	p := r.preview(inCorpus)
	if got, want := places(p), "a 48 54 Choose, b 9 15 CreateLinked, b 48 54 CreateLinked, c 3 9 CreateLinked"; got != want {
		t.Errorf("places %s\nwant   %s", got, want)
	}
	if p.Done != 1 || p.Documents != 3 || len(p.LeftOut) != 1 || p.LeftOut[0].Doc != "c" || !strings.Contains(p.LeftOut[0].Why, "A:1") {
		t.Errorf("%+v", p)
	}
	if at := p.Places[1]; at.Line != "Niño con fiebre y tos." || string([]rune(at.Line)[at.In.Start:at.In.End]) != "fiebre" || at.Text != "fiebre" {
		t.Errorf("context %+v", at)
	}
	if r.ann("a") != linked || r.Status().Saved != 0 {
		t.Error("the preview changed something")
	}
	struck := append(p.Places[:1:1], p.Places[2:]...) // the first of b is struck out
	apply := Apply{Places: struck, What: `link "fiebre" everywhere`}
	if r.Ready(apply) {
		t.Error("it is said that no document must be read")
	}
	res := r.do(apply)
	wantB, wantC := "T1\tSINTOMA 48 54\tfiebre\nN1\tReference T1 kb:B:2\tdos\n", "T1\tSINTOMA 29 35\tfiebre\nN1\tReference T1 kb:A:1\tuno\nT2\tSINTOMA 3 9\tFIEBRE\nN2\tReference T2 kb:B:2\tdos\n"
	if !strings.Contains(res.Message, "3 places in 3 documents") || r.ann("b") != wantB || r.ann("c") != wantC {
		t.Errorf("%+v\nb\n%sc\n%s", res, r.onDisk("b.ann"), r.onDisk("c.ann"))
	}
	if h, err := r.History(t.Context(), HistoryQuery{Limit: 1}); err != nil || h[0].Text != apply.What || h[0].Documents != 3 || h[0].Decisions != 3 {
		t.Errorf("history %+v %v", h, err)
	}
	r.reopen()
	if r.Ready(Undo{}) {
		t.Error("it is said that the undo reads nothing")
	}
	r.do(Undo{})
	if r.ann("a") != linked || r.ann("b") != "" || r.ann("c") != "T1\tSINTOMA 29 35\tfiebre\nN1\tReference T1 kb:A:1\tuno\n" {
		t.Errorf("undone: b\n%sc\n%s", r.onDisk("b.ann"), r.onDisk("c.ann"))
	}
}

func TestOccurrencesSayWhatTheyLeaveOut(t *testing.T) {
	at := func(p Pattern) Pattern { p.Scope, p.Doc = InDocument, "a"; return p }
	for name, c := range map[string]struct {
		before []Action
		find   Pattern
		want   string
		why    string // of the first that is left out
	}{
		"without a link":         {nil, at(Pattern{Text: "fiebre", Label: "SINTOMA"}), "a 9 15 Accept, a 48 54 Accept", ""},
		"a part of a word":       {nil, at(Pattern{Text: "fieb", Label: "X", Whole: true}), "", ""},
		"a part, if one wants":   {nil, at(Pattern{Text: "fieb", Label: "X"}), "a 9 13 Create, a 48 52 Create", ""},
		"over a line break":      {nil, at(Pattern{Text: "tos. se", Label: "X"}), "a 18 22;23 25 Create", ""},
		"a regular expression":   {nil, at(Pattern{Regexp: `(?i)\bla (\pL+)`, Label: "X"}), "a 48 54 Create", ""},
		"rejected there":         {[]Action{Reject{onA("?SINTOMA 9 15")}}, at(Pattern{Text: "fiebre", Label: "SINTOMA"}), "a 48 54 Accept", "rejected there"},
		"within a mention":       {[]Action{MoveSpan{onA("?SINTOMA 9 15"), corpus.One(5, 15)}}, at(Pattern{Text: "fiebre", Label: "SINTOMA"}), "a 48 54 Accept", `part of "con fiebre"`},
		"across a mention":       {nil, at(Pattern{Text: "tos. Se", Label: "SINTOMA"}), "", `overlaps "tos"`},
		"under another label":    {nil, at(Pattern{Text: "tos", Label: "FARMACO"}), "", "annotated as SINTOMA"},
		"linked otherwise":       {[]Action{Choose{At: onA("T1"), Candidate: kb.Candidate{DB: "kb", ID: "A:1"}}}, at(Pattern{Text: "tos", Label: "SINTOMA", Candidate: &dos}), "", "linked to A:1"},
		"no concept fits":        {[]Action{ChooseNIL{At: onA("T1")}}, at(Pattern{Text: "tos", Label: "SINTOMA", Candidate: &dos}), "", "no concept fits, it was decided"},
		"a suggestion is no bar": {nil, at(Pattern{Text: "fiebre", Label: "FARMACO"}), "a 9 15 Create, a 48 54 Create", ""},
	} {
		r := newRig(t)
		r.view("a")
		for _, a := range c.before {
			r.do(a)
		}
		p := r.preview(c.find)
		why := ""
		if len(p.LeftOut) > 0 {
			why = p.LeftOut[0].Why
		}
		if places(p) != c.want || why != c.why {
			t.Errorf("%s: %q, left out %q; want %q, %q", name, places(p), why, c.want, c.why)
		}
		for _, one := range p.Places {
			r.do(one.Do)
		}
		if again := r.preview(c.find); len(again.Places) > 0 || again.Done != len(p.Places) {
			t.Errorf("%s: done, there is still %s", name, places(again))
		}
	}
	r := newRig(t)
	r.other("b.txt", strings.Repeat("a ", mostPlaces))
	r.view("a")
	for name, p := range map[string]Pattern{
		"no label": {Text: "x"}, "nothing": {Label: "X", Text: "  "}, "no pattern": {Label: "X", Regexp: "("},
		"no document": {Label: "X", Text: "x", Doc: "zz"},
		"too many":    {Label: "X", Regexp: `\S`, Scope: InCorpus},
	} {
		if _, err := r.Occurrences(t.Context(), p); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A document that somebody else decides on is listed, and left alone.
func TestABulkLeavesOthersAlone(t *testing.T) {
	r := newRig(t)
	r.view("a")
	other := lease.NewKeeper(filepath.Join(r.dir, ".gloss", "leases"), "luis")
	if err := other.Take("b"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	delete(r.docs, "b")
	p := r.preview(inCorpus)
	if places(p) != "a 9 15 Choose, a 48 54 Choose" || len(p.LeftOut) != 1 || p.LeftOut[0].Doc != "b" || !strings.Contains(p.LeftOut[0].Why, "luis") {
		t.Fatalf("%s %+v", places(p), p.LeftOut)
	}
	p.Places = append(p.Places, Place{Doc: "b", Label: "SINTOMA", Spans: corpus.One(9, 15), Do: Create{At{Doc: "b"}, corpus.One(9, 15), "SINTOMA"}})
	res := r.do(Apply{Places: p.Places})
	if len(res.LeftOut) != 1 || res.LeftOut[0].Doc != "b" || !strings.Contains(res.Message, "luis") || r.Status().Unsaved+r.Status().Saved != 3 {
		t.Errorf("%+v", res)
	}
	if data, err := os.ReadFile(filepath.Join(r.dir, "b.ann")); err != nil || len(data) > 0 {
		t.Errorf("b.ann has %q, %v", data, err)
	}
}

// A bulk over many documents holds no lease, which is an open file, longer than it
// takes to write.
func TestALargeBulkHandsItsLeasesBack(t *testing.T) {
	r := newRig(t)
	var places []Place
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range atOnce + 10 {
		name := fmt.Sprintf("d%02d", i)
		r.other(name+".txt", note)
		places = append(places, Place{Doc: name, Do: Create{At{Doc: name}, corpus.One(9, 15), "SINTOMA"}})
	}
	r.open()
	r.view("a")
	r.do(Apply{Places: places})
	r.wait("all is written", func() bool { return r.Status().Idle() })
	other := lease.NewKeeper(filepath.Join(r.dir, ".gloss", "leases"), "luis")
	t.Cleanup(func() { _ = other.Close() })
	for _, p := range places {
		r.wait(p.Doc+" is held by nobody", func() bool { _, held := other.Holder(p.Doc); return !held })
		if got := r.onDisk(p.Doc + ".ann"); got != "T1"+fever {
			t.Fatalf("%s.ann has %q", p.Doc, got)
		}
	}
	if err := r.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	r.do(Undo{})
	r.wait("all is undone", func() bool { return r.Status().Idle() })
	if got := r.onDisk("d07.ann"); got != "" {
		t.Errorf("undone, d07.ann has %q", got)
	}
}

func TestAcceptable(t *testing.T) {
	r := newRig(t)
	d := r.view("a")
	for name, c := range map[string]struct {
		filter Filter
		want   string
	}{
		"all":              {Filter{}, "a 9 15 Accept, a 18 21 Accept, a 32 43 Accept, a 48 54 Accept"},
		"a score":          {Filter{MinScore: 0.5}, "a 9 15 Accept, a 32 43 Accept, a 48 54 Accept"},
		"too high a one":   {Filter{MinScore: 0.95}, ""},
		"a label":          {Filter{Labels: []string{"FARMACO"}}, "a 32 43 Accept"},
		"with a link":      {Filter{Link: true, Labels: []string{"FARMACO"}}, "a 32 43 Choose"},
		"a good link":      {Filter{Link: true, MinLink: 0.95}, ""},
		"of equal names":   {Filter{Exact: true}, ""},
		"another scope":    {Filter{Scope: InCorpus, Labels: []string{"FARMACO"}}, "a 32 43 Accept"},
		"an unknown label": {Filter{Labels: []string{"X"}}, ""},
	} {
		c.filter.Doc = "a"
		delete(r.docs, "b")
		p, err := r.Acceptable(t.Context(), c.filter)
		if err != nil || places(p) != c.want {
			t.Errorf("%s: %q, want %q; %v", name, places(p), c.want, err)
		}
		if (p.Unknown == 1) != (c.filter.Scope == InCorpus) {
			t.Errorf("%s: %d documents unknown", name, p.Unknown)
		}
	}
	p, err := r.Acceptable(t.Context(), Filter{Doc: "a", MinScore: 0.5, Link: true})
	if err != nil {
		t.Fatal(err)
	}
	r.do(Apply{Places: p.Places})
	if got := r.Doc("a"); slices.ContainsFunc(got.Items, func(it Item) bool { return it.Source != "" && it.State != Linked }) || r.ann("a") == noteAnn {
		t.Errorf("%+v", got.Items)
	}
	r.do(Undo{})
	if got := r.Doc("a"); !sameItems(d, got) {
		t.Errorf("undone %+v", got.Items)
	}
}

// A link says before how many others would follow, and tells after how many did.
func TestALinkTellsWhatItTeaches(t *testing.T) {
	r := newRig(t)
	r.view("b")
	r.view("a")
	if n := r.WouldDecide(onA("?SINTOMA 9 15")); n != 3 {
		t.Errorf("it would decide %d others, want 3", n)
	}
	if n := r.WouldDecide(onA("T1")); n != 0 {
		t.Errorf("it would decide %d others, want none", n)
	}
	it := item(t, r.Doc("a"), "fiebre")
	r.do(Choose{At: onA(it.Key), Candidate: it.Candidates[1]})
	r.wait("the others are ranked again", func() bool { return r.Status().Idle() })
	if n := r.Status().Reranked; n != 3 {
		t.Errorf("%d were ranked again, want 3", n)
	}
	r.do(Undo{})
	r.wait("they are ranked back", func() bool { return r.Status().Idle() })
	if n := r.Status().Reranked; n != 4 {
		t.Errorf("%d were ranked back, want 4", n)
	}
}

// A proposal reaches the linker, and its undo takes it away.
func TestAProposalIsKnownAtOnce(t *testing.T) {
	r := newRig(t)
	r.view("a")
	known := func() int { return len(r.memory.Proposals()) }
	r.do(Propose{At: onA("T1"), Concept: corpus.Proposal{ID: "X:1", Name: "tos rara", Parent: "A:1"}})
	if known() != 1 || r.memory.Chosen("SINTOMA", "tos")[0].ID != "X:1" {
		t.Error("the linker does not know it")
	}
	if _, err := r.Do(t.Context(), Propose{At: onA("T1"), Concept: corpus.Proposal{DB: "kb", ID: "X:1", Name: "otra"}}); err == nil {
		t.Error("one identifier was proposed twice")
	}
	r.reopen()
	if known() != 1 {
		t.Error("a restart forgot it")
	}
	r.view("a")
	r.do(Undo{})
	if known() != 0 || len(r.Proposals()) != 0 {
		t.Error("the undo left it")
	}
}
