package link

import (
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

// Every strategy proposes composites of what a mention lists, where each of it is found.
func TestEveryStrategyTakesListsApart(t *testing.T) {
	c := compass{"tos": 0, "fiebre alta": 60, "fiebre": 60, "alta": 60, "disnea": 120, "tos con fiebre alta": 180, "bacteria": 240}
	concepts := []kb.Concept{names("1", "tos"), names("2", "fiebre alta"), names("3", "disnea"), names("1+2", "tos con fiebre alta"), names("9|H", "bacteria")}
	for _, strategy := range Strategies() {
		o := Options{KBs: map[string][]*store.KB{"": {build(t, "kb", stream(concepts...), c)}}, Embedder: c, Settings: Settings{Strategy: strategy}}
		switch strategy {
		case BiCross:
			same := map[kb.Pair]float32{} // names are read well where they are the mention
			for _, name := range []string{"tos", "fiebre alta", "disnea", "tos con fiebre alta"} {
				same[kb.Pair{Mention: name, Name: name}] = 0.9
			}
			o.Reranker = &reader{scores: same}
		case IndexSwitch:
			o.Settings = o.Settings.With("switch", apart(1)).With("t", apart(10))
		case NGramLoop:
			o.Settings = o.Settings.With("t", apart(10))
		}
		l := linker(t, o)
		for _, test := range []struct {
			text, code string // empty: no composite
			parts      string
		}{
			{"disnea y fiebre alta", "3+2", "disnea=3 fiebre alta=2"},
			{"tos y fiebre alta", "1+2", "tos=1 fiebre alta=2"}, // which the KB has
			{"tos y zzz", "", ""},              // one is not found
			{"tos y tos", "", ""},              // one concept
			{"tos con fiebre alta", "1+2", ""}, // the KB's own name needs no parts
		} {
			got := one(t, l, "", test.text, 9)
			n := slices.IndexFunc(got, func(c kb.Candidate) bool { return strings.ContainsAny(c.ID, "+") && c.Evidence.Match == "composite" })
			if test.parts == "" {
				if n >= 0 {
					t.Errorf("%s: %q: %+v", strategy, test.text, got[n])
				}
				if test.code != "" && got[0].ID != test.code {
					t.Errorf("%s: %q: %v", strategy, test.text, ids(got))
				}
				continue
			}
			if n != 0 || got[0].ID != test.code {
				t.Errorf("%s: %q: %v, want %s first", strategy, test.text, ids(got), test.code)
				continue
			}
			var parts []string
			for _, p := range got[0].Evidence.Parts {
				if p.What == "concept" {
					parts = append(parts, p.Text+"="+p.ID)
					if s := []rune(test.text)[p.Span.Start:p.Span.End]; string(s) != p.Text {
						t.Errorf("%s: %q: %q is not at %v", strategy, test.text, p.Text, p.Span)
					}
				}
			}
			if strings.Join(parts, " ") != test.parts {
				t.Errorf("%s: %q: parts %q", strategy, test.text, parts)
			}
			if seen := slices.Sorted(slices.Values(ids(got))); len(slices.Compact(seen)) != len(got) {
				t.Errorf("%s: %q: a code comes twice: %v", strategy, test.text, ids(got))
			}
		}
	}
}

// Where a knowledge base has no composites, the whole comes first.
func TestCompositesStayBehindTheWhole(t *testing.T) {
	c := compass{"tos": 0, "fiebre": 90, "tos y fiebre altas": 45}
	l := with(t, c, ExactThenDense, nil, names("1", "tos"), names("2", "fiebre"), names("3", "tos y fiebre altas"))
	c["tos y fiebre"] = 46
	got := one(t, l, "", "tos y fiebre", 9)
	if !slices.Equal(ids(got)[:2], []string{"3", "1|2"}) || got[1].Score >= got[0].Score {
		t.Errorf("%v", got)
	}
	joined := linker(t, Options{KBs: l.o.KBs, Embedder: c, Settings: Settings{Strategy: ExactThenDense, Join: " & "}})
	if got := one(t, joined, "", "tos y fiebre", 9); got[1].ID != "1 & 2" {
		t.Errorf("the mark of the settings: %v", ids(got))
	}
}

func TestEveryStrategyOffersBroaderCodes(t *testing.T) {
	c := compass{"tos": 0, "tos seca": 10, "bacteria": 180, "ton": 5}
	concepts := []kb.Concept{names("1", "tos"), names("2759|H", "bacteria")}
	for _, strategy := range []string{Gloss, ExactThenDense, SlidingWindow} {
		l := with(t, c, strategy, nil, concepts...)
		if got := one(t, l, "", "tos seca", 9); !slices.Equal(ids(got)[:2], []string{"1", "1|H"}) {
			t.Errorf("%s: words left over: %v", strategy, ids(got))
		}
		for _, text := range []string{"tos", "ton"} {
			if got := one(t, l, "", text, 9); slices.Contains(ids(got), "1|H") {
				t.Errorf("%s: %q says no more than the name: %v", strategy, text, ids(got))
			}
		}
	}
}

// What an abbreviation usually means counts less than what a document says it means.
func TestUsualReadings(t *testing.T) {
	kbs := defaultKBs(t, nil)
	usual, err := lexical.ReadAbbreviations(strings.NewReader("XQ\tes\tfiebre|diabetes insípida\n"), "own")
	if err != nil {
		t.Fatal(err)
	}
	own := (*lexical.Abbreviations)(nil).WithDefined(lexical.Definition{Short: "XQ", Long: "biopsia de mama"})
	l := linker(t, Options{KBs: kbs, Abbreviations: usual})
	got := one(t, l, "", "XQ", 9)
	if len(got) < 2 || got[0].ID != "D1" || got[1].ID != "D3" || got[0].Score != got[1].Score {
		t.Errorf("usual readings: %v", got)
	}
	defined, err := l.Candidates(t.Context(), []Query{{Text: "XQ", Defined: own}}, 9)
	if err != nil || defined[0][0].ID != "P1" || defined[0][0].Score <= got[0].Score || slices.Contains(ids(defined[0][:1]), "D1") {
		t.Errorf("the document's own: %v, %v", defined, err)
	}
	if got := one(t, linker(t, Options{KBs: kbs, Abbreviations: usual, Settings: Settings{Strategy: ExactThenDense}}), "", "XQ", 9); len(got) > 0 && got[0].Evidence.Match == "exact" {
		t.Errorf("another strategy: %v", got)
	}
}
