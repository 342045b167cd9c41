package brat_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

const greek = "niño 世界 𝒳 foo\nbar  baz\r\nqux end\n"

func TestFragments(t *testing.T) {
	for _, c := range []struct {
		text       string
		start, end corpus.Off
		want       string
	}{
		{"foo bar  baz\n\nqux", 4, 17, "4 12;14 17"},
		{"foo bar", 0, 4, "0 4"}, // no line break: edges stay
		{"a \n b", 0, 5, "0 1;4 5"},
		{"a\r\nb", 0, 4, "0 1;3 4"},
		{"a\u0085b\u2028c", 0, 5, "0 1;2 3;4 5"},
		{" \n ", 0, 3, ""},
		{"abc", 2, 2, "2 2"},
		{"abc", 2, 1, ""},
		{"abc", 2, 4, ""},
		{"𝒳\n世", 0, 3, "0 1;2 3"},
	} {
		if got := brat.Fragments(corpus.NewText(c.text), corpus.Span{Start: c.start, End: c.end}).String(); got != c.want {
			t.Errorf("Fragments(%q, %d, %d) = %q, want %q", c.text, c.start, c.end, got, c.want)
		}
	}
}

func TestLinkStyle(t *testing.T) {
	for _, c := range []struct {
		ann  string
		want brat.LinkStyle
	}{
		{"", brat.StyleUnknown},
		{"T1\tX 0 4\tniño\n", brat.StyleUnknown},
		{"T1\tX 0 4\tniño\nN1\tReference T1 DB:1\tx\n", brat.StyleN},
		{"T1\tX 0 4\tniño\n#1\tAnnotatorNotes T1\t8000/6\n", brat.StyleNote},
		{"T1\tX 0 4\tniño\n#1\tAnnotatorNotes T1\tNOMAP\n", brat.StyleNote},
		{"T1\tX 0 4\tniño\n#1\tAnnotatorNotes T1\tunsure\n", brat.StyleUnknown},
		{"T1\tX 0 4\tniño\n#1\tAnnotatorNotes T1\t2 words\n", brat.StyleUnknown},
		{"T1\tX 0 4\tniño\n#1\tLemma T1\t8000/6\n", brat.StyleUnknown},
		{"T1\tX 0 4\tniño\nT2\tX 0 4\tniño\nT3\tX 0 4\tniño\n#1\tAnnotatorNotes T1\t8000/6\n", brat.StyleUnknown},
	} {
		if got := parse(t, greek, c.ann).LinkStyle(); got != c.want {
			t.Errorf("%q: style %v, want %v", c.ann, got, c.want)
		}
	}
}

func TestMentions(t *testing.T) {
	f := parse(t, greek, "T3\tX 5 7\t世界\nN2\tReference T3 DB:a:b\tname\nT1\tY 0 4;8 9\tniño 𝒳\nT9\tX 0 99\tno\nT4\tX 0 4\twrong\nT3\tX 0 4\tniño\n")
	got := f.Mentions()
	var s []string
	for _, m := range got {
		s = append(s, fmt.Sprint(m.ID, " ", m.Label, " ", m.Spans, " ", m.Text, " ", m.Links, m.Score.Known()))
	}
	want := []string{"T3 X 5 7 世界 [{DB a:b name}] false", "T1 Y 0 4;8 9 niño 𝒳 [] false", "T4 X 0 4 niño [] false"}
	if !slices.Equal(s, want) {
		t.Errorf("mentions\n got %q\nwant %q", s, want)
	}
	if m, ok := f.Mention("T3"); !ok || len(m.Links) != 1 || m.Text != "世界" {
		t.Errorf("Mention(T3) = %v, %v", m, ok)
	}
	if _, ok := f.Mention("T9"); ok {
		t.Error("Mention(T9) is out of range and must not be there")
	}
}

// edits is the table of single operations: what they make of a file.
func TestEdits(t *testing.T) {
	link := func(db, id, name string) corpus.Link { return corpus.Link{DB: db, ID: id, Name: name} }
	add := func(label string, style brat.LinkStyle, spans corpus.Spans, links ...corpus.Link) func(*brat.File) ([]corpus.LineEdit, error) {
		return func(f *brat.File) ([]corpus.LineEdit, error) {
			_, e, err := f.Add(corpus.Mention{Label: label, Spans: spans, Links: links}, style)
			return e, err
		}
	}
	del := func(id string) func(*brat.File) ([]corpus.LineEdit, error) {
		return func(f *brat.File) ([]corpus.LineEdit, error) { return f.Delete(id) }
	}
	links := func(id string, style brat.LinkStyle, k ...corpus.Link) func(*brat.File) ([]corpus.LineEdit, error) {
		return func(f *brat.File) ([]corpus.LineEdit, error) { return f.SetLinks(id, k, style) }
	}
	note := func(id, text string) func(*brat.File) ([]corpus.LineEdit, error) {
		return func(f *brat.File) ([]corpus.LineEdit, error) { return f.SetNote(id, text) }
	}
	spans := func(id string, s ...corpus.Span) func(*brat.File) ([]corpus.LineEdit, error) {
		return func(f *brat.File) ([]corpus.LineEdit, error) { return f.SetSpans(id, s) }
	}
	attr := func(id, label, value string) func(*brat.File) ([]corpus.LineEdit, error) {
		return func(f *brat.File) ([]corpus.LineEdit, error) { return f.SetAttribute(id, label, value) }
	}
	noAttr := func(id, label string) func(*brat.File) ([]corpus.LineEdit, error) {
		return func(f *brat.File) ([]corpus.LineEdit, error) { return f.RemoveAttribute(id, label) }
	}
	label := func(id, label string) func(*brat.File) ([]corpus.LineEdit, error) {
		return func(f *brat.File) ([]corpus.LineEdit, error) { return f.SetLabel(id, label) }
	}
	const t1 = "T1\tX 0 4\tniño\n"
	const code = t1 + "#1\tAnnotatorNotes T1\t8000/6\n"
	const event = "T1\tX 0 4\tniño\nT2\tEv 5 7\t世界\nE1\tEv:T2 Theme:T1\n"
	for _, c := range []struct {
		name, before string
		do           func(*brat.File) ([]corpus.LineEdit, error)
		after        string // same as before where err is set
		err          error
	}{
		{"add to empty", "", add("X", 0, corpus.One(5, 7)), "T1\tX 5 7\t世界\n", nil},
		{"add fills gaps", "T1\tX 0 4\tniño\nT3\tX 0 4\tniño\n", add("X", 0, corpus.One(8, 9)), "T1\tX 0 4\tniño\nT3\tX 0 4\tniño\nT2\tX 8 9\t𝒳\n", nil},
		{"unparsed ids count", "T1\tX broken\n", add("X", 0, corpus.One(8, 9)), "T1\tX broken\nT2\tX 8 9\t𝒳\n", nil},
		{"no final line feed stays so", "T1\tX 0 4\tniño", add("X", 0, corpus.One(8, 9)), "T1\tX 0 4\tniño\nT2\tX 8 9\t𝒳", nil},
		{"crlf stays", "T1\tX 0 4\tniño\r\n", add("X", brat.StyleN, corpus.One(8, 9), link("K", "1", "")), "T1\tX 0 4\tniño\r\nT2\tX 8 9\t𝒳\r\nN1\tReference T2 K:1\r\n", nil},
		{"crlf without final", "T1\tX 0 4\tniño\r\nT2\tX 0 4\tniño", add("X", 0, corpus.One(8, 9)), "T1\tX 0 4\tniño\r\nT2\tX 0 4\tniño\r\nT3\tX 8 9\t𝒳", nil},
		{"add with links", t1, add("X", brat.StyleN, corpus.One(8, 9), link("K", "a:1", "an\nax"), link("L", "2", "")), t1 + "T2\tX 8 9\t𝒳\nN1\tReference T2 K:a:1\tan ax\nN2\tReference T2 L:2\n", nil},
		{"add in the style of the file", code, add("X", 0, corpus.One(8, 9), link("", "9/3", "")), code + "T2\tX 8 9\t𝒳\n#2\tAnnotatorNotes T2\t9/3\n", nil},
		{"add across lines", "", add("X", 0, corpus.One(10, 27)), "T1\tX 10 13;14 22;24 27\tfoo bar  baz qux\n", nil},
		{"add beyond", t1, add("X", 0, corpus.One(8, 99)), t1, brat.ErrInvalid},
		{"add overlapping", t1, add("X", 0, corpus.Spans{{Start: 0, End: 3}, {Start: 2, End: 4}}), t1, brat.ErrInvalid},
		{"add nothing", t1, add("X", 0, nil), t1, brat.ErrInvalid},
		{"add line break", t1, add("X", 0, corpus.One(13, 14)), t1, brat.ErrInvalid},
		{"add label with space", t1, add("X Y", 0, corpus.One(8, 9)), t1, brat.ErrInvalid},
		{"add link without db", t1, add("X", brat.StyleN, corpus.One(8, 9), link("", "1", "")), t1, brat.ErrInvalid},
		{"add link with space", t1, add("X", brat.StyleN, corpus.One(8, 9), link("K", "1 2", "")), t1, brat.ErrInvalid},
		{"add code that reads as remark", t1, add("X", brat.StyleNote, corpus.One(8, 9), link("", "abc", "")), t1, brat.ErrInvalid},

		{"delete cascade", t1 + "A1\tNeg T1\n#1\tAnnotatorNotes T1\tx y\nN1\tReference T1 K:1\n#2\tAnnotatorNotes A1\tz z\nT2\tX 0 4\tniño\n", del("T1"), "T2\tX 0 4\tniño\n", nil},
		{"delete shrinks equiv", t1 + "*\tEquiv T1 T2 T3\tfoo\n*\tEquiv T1 T4\n", del("T1"), "*\tEquiv T2 T3\tfoo\n", nil},
		{"delete in use by relation", t1 + "R1\tRel Arg1:T1 Arg2:T2\n", del("T1"), t1 + "R1\tRel Arg1:T1 Arg2:T2\n", brat.ErrInUse},
		{"delete in use by event", event, del("T1"), event, brat.ErrInUse},
		{"delete trigger", event, del("T2"), event, brat.ErrInUse},
		{"delete event takes its trigger", event, del("E1"), "T1\tX 0 4\tniño\n", nil},
		{"delete event leaves a shared trigger", event + "E2\tEv:T2 Theme:T1\n", del("E1"), "T1\tX 0 4\tniño\nT2\tEv 5 7\t世界\nE2\tEv:T2 Theme:T1\n", nil},
		{"delete event without trigger", "# c\nE1\tEv:\nE2\tEv:R1 A:T7\n# d\n", del("E1"), "# c\nE2\tEv:R1 A:T7\n# d\n", nil},
		{"delete missing", t1, del("T2"), t1, brat.ErrNoID},
		{"delete one of two", t1 + t1, del("T1"), t1 + t1, brat.ErrInvalid},
		{"delete notes in a ring", t1 + "#1\tX #2\ta\n#2\tX #1\tb\n#3\tX #3\tc\n", del("#1"), t1 + "#3\tX #3\tc\n", nil},
		{"delete self-note", "#3\tX #3\tc\n", del("#3"), "", nil},
		{"delete last without line feed", t1 + "T2\tX 5 7\t世界", del("T2"), "T1\tX 0 4\tniño", nil},

		{"delete leaves a blank line", "\nT1\tX 0 4\tniño", del("T1"), "\n", nil},

		{"set span", t1 + "T2\tX 5 7\t世界\n", spans("T1", corpus.Span{Start: 8, End: 9}), "T1\tX 8 9\t𝒳\nT2\tX 5 7\t世界\n", nil},
		{"set span keeps what follows", "T1\tX 0 4\tniño\tmore\tyet\n", spans("T1", corpus.Span{Start: 8, End: 9}), "T1\tX 8 9\t𝒳\tmore\tyet\n", nil},
		{"set span heals a mismatch", "T1\tX 0 4\tniña x\tmore\n", spans("T1", corpus.Span{Start: 0, End: 4}), "T1\tX 0 4\tniño\tmore\n", nil},
		{"set span fragments", t1, spans("T1", corpus.Span{Start: 0, End: 1}, corpus.Span{Start: 3, End: 4}), "T1\tX 0 1;3 4\tn o\n", nil},
		{"set span crlf", "T1\tX 0 4\tniño\r\n", spans("T1", corpus.Span{Start: 8, End: 9}), "T1\tX 8 9\t𝒳\r\n", nil},
		{"set span inverted", t1, spans("T1", corpus.Span{Start: 3, End: 1}), t1, brat.ErrInvalid},
		{"set span missing", t1, spans("T7", corpus.Span{Start: 0, End: 1}), t1, brat.ErrNoID},
		{"set label", "T1\tX 00 04\tniño \tz\n", label("T1", "Ñ-2"), "T1\tÑ-2 00 04\tniño \tz\n", nil},
		{"set label of a trigger", event, label("T2", "Ew"), "T1\tX 0 4\tniño\nT2\tEw 5 7\t世界\nE1\tEw:T2 Theme:T1\n", nil},
		{"set label of a trigger with colon", event, label("T2", "E:w"), event, brat.ErrInvalid},
		{"set label empty", t1, label("T1", ""), t1, brat.ErrInvalid},

		{"link", t1, links("T1", 0, link("K", "1", "one")), t1 + "N1\tReference T1 K:1\tone\n", nil},
		{"relink keeps id and place", "N4\tRef T1 K:1\t\told\n" + t1, links("T1", 0, link("K", "2", "two")), "N4\tRef T1 K:2\ttwo\n" + t1, nil},
		{"same link untouched", t1 + "N4\tReference T1 K:1 x\t\tone\n", links("T1", 0, link("K", "1", "")), t1 + "N4\tReference T1 K:1 x\t\tone\n", nil},
		{"fewer links", t1 + "N1\tReference T1 K:1\na\tb\nN2\tReference T1 K:2\n", links("T1", 0, link("K", "2", "")), t1 + "a\tb\nN2\tReference T1 K:2\n", nil},
		{"more links", t1 + "N1\tReference T1 K:1\n", links("T1", 0, link("L", "9", ""), link("K", "1", "")), t1 + "N1\tReference T1 K:1\nN2\tReference T1 L:9\n", nil},
		{"unlink", t1 + "N1\tReference T1 K:1\n", links("T1", 0), t1, nil},
		{"note code in place", code + "#2\tLemma T1\tx\n", links("T1", 0, link("", "9/3", "")), t1 + "#1\tAnnotatorNotes T1\t9/3\n#2\tLemma T1\tx\n", nil},
		{"note code composite", code, links("T1", 0, link("", "1/1", ""), link("", "2/2", "")), t1 + "#1\tAnnotatorNotes T1\t1/1+2/2\n", nil},
		{"note code unlink", code, links("T1", 0), t1, nil},
		{"note code beside a remark", t1 + "#1\tAnnotatorNotes T1\tnot sure\n", links("T1", brat.StyleNote, link("", "9/3", "")), t1 + "#1\tAnnotatorNotes T1\tnot sure\n#2\tAnnotatorNotes T1\t9/3\n", nil},
		{"note code into an empty note", t1 + "#1\tAnnotatorNotes T1\n", links("T1", brat.StyleNote, link("", "9/3", "")), t1 + "#1\tAnnotatorNotes T1\t9/3\n", nil},
		{"change of style", code, links("T1", brat.StyleN, link("K", "1", "")), t1 + "N1\tReference T1 K:1\n", nil},
		{"link a trigger", event, links("T2", 0, link("K", "1", "")), event, brat.ErrInvalid},

		{"note", t1, note("T1", " two\r\nlines "), t1 + "#1\tAnnotatorNotes T1\ttwo lines\n", nil},
		{"note in place", t1 + "#5\tAnnotatorNotes T1\told\n#6\tLemma T1\tl\n", note("T1", "new"), t1 + "#5\tAnnotatorNotes T1\tnew\n#6\tLemma T1\tl\n", nil},
		{"note deleted", t1 + "#5\tAnnotatorNotes T1\told\n", note("T1", ""), t1, nil},
		{"note leaves the code", code, note("T1", "see later"), code + "#2\tAnnotatorNotes T1\tsee later\n", nil},
		{"note that reads as a code", code, note("T1", "8000/3"), code, brat.ErrInvalid},
		{"note on nothing", t1, note("T2", "x"), t1, brat.ErrNoID},
		{"attribute", t1, attr("T1", "Neg", ""), t1 + "A1\tNeg T1\n", nil},
		{"attribute crlf", "T1\tX 0 4\tniño\r\n", attr("T1", "Neg", ""), "T1\tX 0 4\tniño\r\nA1\tNeg T1\t\r\n", nil},
		{"attribute in place", t1 + "A4\tSure T1 low\ttail\n#1\tX A4\tn\n", attr("T1", "Sure", "very high"), t1 + "A4\tSure T1 very high\ttail\n#1\tX A4\tn\n", nil},
		{"attribute value lost", t1 + "A4\tSure T1 low\n", attr("T1", "Sure", ""), t1 + "A4\tSure T1\n", nil},
		{"attribute of a modifier", t1 + "M1\tSure T1\n", attr("T1", "Sure", "x"), t1 + "M1\tSure T1\n", brat.ErrInvalid},
		{"attribute with tab", t1, attr("T1", "Sure", "a\tb"), t1, brat.ErrInvalid},
		{"attribute with spaces", t1, attr("T1", "Very sure", ""), t1, brat.ErrInvalid},
		{"attribute on nothing", t1, attr("T2", "Sure", ""), t1, brat.ErrNoID},
		{"attribute on a trigger", event, attr("T2", "Sure", ""), event, brat.ErrInvalid},
		{"remove attribute", t1 + "A4\tSure T1 low\n#1\tX A4\tn\n", noAttr("T1", "Sure"), t1, nil},
		{"remove no attribute", t1, noAttr("T1", "Sure"), t1, nil},
		{"note on a trigger", event, note("T2", "x"), event, brat.ErrInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, greek, c.before)
			edits, err := c.do(f)
			if !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			if got := string(f.Bytes()); got != c.after {
				t.Fatalf("after\n got %q\nwant %q\nedits %s", got, c.after, show(edits))
			}
			if err != nil {
				return
			}
			if err := f.Revert(edits); err != nil {
				t.Fatalf("revert: %v", err)
			}
			if got := string(f.Bytes()); got != c.before {
				t.Errorf("reverted\n got %q\nwant %q\nedits %s", got, c.before, show(edits))
			}
			again := parse(t, greek, c.before)
			if err := again.Apply(edits); err != nil {
				t.Fatalf("apply: %v", err)
			}
			if got := string(again.Bytes()); got != c.after {
				t.Errorf("applied\n got %q\nwant %q", got, c.after)
			}
		})
	}
}

func show(edits []corpus.LineEdit) string {
	var b strings.Builder
	for _, e := range edits {
		fmt.Fprintf(&b, "%d", e.At)
		for _, s := range []*string{e.Old, e.New} {
			if s == nil {
				b.WriteString(" -")
			} else {
				fmt.Fprintf(&b, " %q", *s)
			}
		}
		b.WriteString("; ")
	}
	return b.String()
}

func TestApplyElsewhere(t *testing.T) {
	before := "T1\tX 0 4\tniño\nT2\tX 5 7\t世界\n"
	f := parse(t, greek, before)
	edits, err := f.SetLabel("T2", "Y")
	if err != nil {
		t.Fatal(err)
	}
	moved := parse(t, greek, "T7\tX 0 4\tniño\n"+before)
	if err := moved.Apply(edits); err != nil {
		t.Fatal(err)
	}
	if want := "T7\tX 0 4\tniño\n" + string(f.Bytes()); string(moved.Bytes()) != want {
		t.Errorf("got %q, want %q", moved.Bytes(), want)
	}

	gone := "T1\tX 0 4\tniño\n"
	g := parse(t, greek, gone)
	if err := g.Apply(edits); !errors.Is(err, brat.ErrConflict) {
		t.Errorf("line gone: error %v", err)
	}
	_, added, err := parse(t, greek, gone).Add(corpus.Mention{Label: "X", Spans: corpus.One(5, 7)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	h := parse(t, greek, before)
	if err := h.Apply(added); !errors.Is(err, brat.ErrConflict) {
		t.Errorf("id taken: error %v", err)
	}
	if string(h.Bytes()) != before || string(g.Bytes()) != gone {
		t.Error("a failed Apply has changed the file")
	}
	k := parse(t, greek, before+"A1\tNeg T2\n")
	if err := k.Revert(added); !errors.Is(err, brat.ErrConflict) {
		t.Errorf("still referred to: error %v", err)
	}
}

// TestRevertProperty makes random edits on awkward files and takes them back.
func TestRevertProperty(t *testing.T) {
	seeds := []string{
		"", "\n", "\n\n", "T1\tX 0 4\tniño", "T1\tX 0 4\tniño\n\n", "\nT1\tX 0 4\tniño",
		"T1\tX 0 4\tniño\r\nT2\tY 5 7\t世界\r\n", "T1\tX 0 4\tniño\r\nT2\tY 5 7\t世界", "T1\tX 0 4\tniño\nT2\tY 5 7\t世界\r\n",
		"# c\nT1\tX 0 4\tniño\nA1\tNeg T1 v w\tz\nN3\tReference T1 K:1\t\tn\n*\tEquiv T1 T2 T5\nT2\tX bad\nT5\tX 5 7\t世界\nR1\tRel Arg1:T5 Arg2:T2\t",
		"T1\tX 0 4\tniño\n#1\tAnnotatorNotes T1\t8000/6\nT1\tX 5 7\t世界\n#1\tAnnotatorNotes T1\t8000/3\n",
	}
	for n := range 2000 {
		rng := rand.New(rand.NewPCG(1, uint64(n)))
		before := seeds[n%len(seeds)]
		f := parse(t, greek, before)
		var all [][]corpus.LineEdit
		for range 1 + rng.IntN(12) {
			edits, err := randomEdit(rng, f)
			if err == nil {
				all = append(all, edits)
			}
		}
		after := string(f.Bytes())
		if got := string(parse(t, greek, after).Bytes()); got != after {
			t.Fatalf("run %d: %q does not read back", n, after)
		}
		for _, edits := range slices.Backward(all) {
			if err := f.Revert(edits); err != nil {
				t.Fatalf("run %d: revert %s of %q: %v", n, show(edits), f.Bytes(), err)
			}
		}
		if got := string(f.Bytes()); got != before {
			t.Fatalf("run %d: reverted\n got %q\nwant %q", n, got, before)
		}
		for _, edits := range all {
			if err := f.Apply(edits); err != nil {
				t.Fatalf("run %d: apply: %v", n, err)
			}
		}
		if got := string(f.Bytes()); got != after {
			t.Fatalf("run %d: applied\n got %q\nwant %q", n, got, after)
		}
	}
}

func randomEdit(rng *rand.Rand, f *brat.File) ([]corpus.LineEdit, error) {
	id := fmt.Sprintf("%c%d", "TTTNA#R"[rng.IntN(7)], 1+rng.IntN(5))
	style := brat.LinkStyle(rng.IntN(3))
	var links []corpus.Link
	for range rng.IntN(3) {
		links = append(links, corpus.Link{DB: "K", ID: fmt.Sprint(rng.IntN(4)), Name: "n"})
	}
	start := corpus.Off(rng.IntN(20))
	spans := corpus.One(start, start+corpus.Off(rng.IntN(12)))
	switch rng.IntN(8) {
	case 6:
		return f.SetAttribute(id, "Neg", []string{"", "v"}[rng.IntN(2)])
	case 7:
		return f.RemoveAttribute(id, "Neg")
	case 0:
		return f.Delete(id)
	case 1:
		return f.SetSpans(id, spans)
	case 2:
		return f.SetLabel(id, "Z")
	case 3:
		return f.SetLinks(id, links, style)
	case 4:
		return f.SetNote(id, []string{"", "a remark", "word"}[rng.IntN(3)])
	}
	_, edits, err := f.Add(corpus.Mention{Label: "X", Spans: spans, Links: links}, style)
	return edits, err
}

func TestARemarkNeverTurnsIntoALink(t *testing.T) {
	f := parse(t, greek, "T1\tX 0 4\tniño\n")
	if _, err := f.SetNote("T1", "W1"); err != nil {
		t.Fatal(err)
	}
	if m, _ := f.Mention("T1"); len(m.Links) > 0 || len(f.Mentions()[0].Links) > 0 || f.Note("T1") != "W1" || f.LinkStyle() != brat.StyleUnknown {
		t.Errorf("the note is read as a link: %+v, style %v", m, f.LinkStyle())
	}
	if _, err := f.SetNote("T1", "J45"); err != nil {
		t.Errorf("the note cannot be changed any more: %v", err)
	}
}

// What was asked for is read back, however few mentions have a link by then.
func TestLinksAreReadInTheStyleTheyWereWrittenIn(t *testing.T) {
	f := parse(t, greek, "T1\tX 0 4\tniño\nT2\tX 5 7\t世界\nT3\tX 8 9\t𝒳\n")
	if _, err := f.SetLinks("T1", []corpus.Link{{ID: "8000/6"}}, brat.StyleNote); err != nil {
		t.Fatal(err)
	}
	if m, _ := f.Mention("T1"); len(m.Links) != 1 || m.Links[0].ID != "8000/6" || f.Note("T1") != "" {
		t.Errorf("%+v, note %q", m, f.Note("T1"))
	}
}
