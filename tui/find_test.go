package tui

import (
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// What the search line finds: the text of the first hit, and how many there are.
func TestQueries(t *testing.T) {
	for _, c := range []struct{ line, first, says string }{
		{"metastasis", "metástasis", "hit 1 of 1"},
		{"CPAP. 🙂", "CPAP. 🙂", "hit 1 of 1"},
		{"re:mínim[oa]s", "mínimos", "hit 1 of 1"},
		{`re:\d+ años`, "63 años", "hit 1 of 1"},
		{"re:^Evoluci", "Evoluci", "hit 1 of 1"},
		{"re:hta", "HTA", "hit 1 of 1"},
		{"re:Hta", "", "not in this document"},
		{"re:腺*", "腺", "hit 1 of 1"}, // what is empty is no hit
		{"re:(", "", "no regular expression yet: missing closing )"},
		{"label:sint", "astenia", "hit 1 of 2"},
		{"label:nada", "", "not in this document"},
		{"concept:8140", "LOEs hepáticas", "hit 1 of 2"},
		{"concept:ADENO", "LOEs hepáticas", "hit 1 of 2"},
		{"is:nil", "腺癌", "hit 1 of 1"},
		{"is:pending", "adenocarcinoma de pulmón", "hit 1 of 8"},
		{"is:broken", "carboplatino", "hit 1 of 1"},
		{"is:x", "", "is: one of suggested pending"},
		{"biopsia: 腺癌", "biopsia: 腺癌", "hit 1 of 1"},
		{"", "", "re:PATTERN"},
	} {
		t.Run(c.line, func(t *testing.T) {
			s := open(t, 120, 40, Options{})
			s.m.doc.Problems = []brat.Problem{{ID: "onco2/3", Line: 4, Message: "the text is not what the offsets mark"}}
			s.press("g /")
			s.write(c.line)
			s.wantText(c.says)
			got := ""
			if f := s.m.find; f.at >= 0 {
				got = s.m.doc.Text.Slice(f.hits[f.at])
			}
			if got != c.first {
				t.Errorf("the first hit is %q, want %q", got, c.first)
			}
		})
	}
}

// Where mentions are hits, stepping brings them into focus, and the hits follow what
// becomes of the mentions.
func TestMentionsThatAreFoundComeIntoFocus(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("/")
	s.write("is:suggested")
	s.press("enter")
	s.wantFocus("adenocarcinoma de pulmón")
	s.press("enter")
	s.wantFocus("carboplatino")
	s.press("ctrl+p")
	s.wantFocus("adenocarcinoma de pulmón")
	s.press("a")
	if n := len(s.m.find.hits); n != 5 {
		t.Errorf("%d hits are left, want 5", n)
	}
	s.press("enter")
	s.wantText("hit ", " of 6 in 2 documents")
}

// A pattern is looked for beside the event loop: what comes late is dropped.
func TestWhatAnOlderPatternMatchedIsDropped(t *testing.T) {
	s := open(t, 80, 24, Options{})
	s.m.startFind()
	s.m.find.input.Update(stroke("a"))
	old := s.m.find.run
	s.m.search()
	s.m.find.busy = true
	s.send(hitsMsg{old, []corpus.Span{{Start: 0, End: 3}}})
	if !s.m.find.busy {
		t.Error("an old result was taken")
	}
	if strings.Contains(s.text(), "idle") {
		t.Error("the screen says idle while a pattern is looked for")
	}
}

func TestPatternsHaveOffsetsInCodePoints(t *testing.T) {
	q, err := parseQuery("re:ñ.|😀", labels{})
	if err != nil {
		t.Fatal(err)
	}
	text := corpus.NewText("niño 😀 caña")
	got := matches(q.pattern, text)
	var words []string
	for _, s := range got {
		words = append(words, text.Slice(s))
	}
	if strings.Join(words, "|") != "ño|😀|ña" {
		t.Errorf("got %q", words)
	}
}
