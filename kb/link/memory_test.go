package link

import (
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
)

// What Remember makes of a list is what the linker gives once it has been taught.
func TestRememberIsWhatTheLinkerWouldSay(t *testing.T) {
	e := fake.New("e1")
	for _, strategy := range []string{Gloss, ExactThenDense} {
		var o Overlay
		l := linker(t, Options{KBs: defaultKBs(t, e), Embedder: e, Overlay: &o, Settings: Settings{Strategy: strategy}})
		for _, text := range []string{"carcinoma", "carcinoma ductal", "diabetes", "algo raro"} {
			bare := one(t, l, "L", text, 25)
			for _, counts := range [][]int{{1}, {3, 1}, {1, 2, 5}} {
				var chosen []Choice
				for i, n := range counts {
					if c := bare[len(bare)-1-i]; !c.NIL() {
						chosen = append(chosen, Choice{c.DB, c.ID, n})
					}
				}
				for _, c := range chosen {
					o.Count("L", text, c.DB, c.ID, c.Count)
				}
				want := one(t, l, "L", text, 25)
				got, ok := Remember(bare, o.Chosen("L", text))
				if !ok || !slices.EqualFunc(got, want, func(a, b kb.Candidate) bool {
					return a.ID == b.ID && a.Score == b.Score && a.Evidence.Chosen == b.Evidence.Chosen && a.Evidence.Match == b.Evidence.Match
				}) {
					t.Errorf("%s, %q chosen %v: %v\n%+v\nwant\n%+v", strategy, text, chosen, ok, got, want)
				}
				for _, c := range chosen {
					o.Count("L", text, c.DB, c.ID, -c.Count)
				}
			}
		}
	}
	bare := []kb.Candidate{{DB: "k", ID: "A", Score: 0.9}, {DB: "k", ID: "B", Score: 0.5}}
	rule := slices.Clone(bare)
	rule[0].Evidence.Match = "rule"
	for name, c := range map[string]struct {
		bare   []kb.Candidate
		chosen []Choice
	}{
		"one that is not there": {bare, []Choice{{"k", "C", 1}}}, "another base": {bare, []Choice{{"x", "A", 1}}},
		"equally often": {bare, []Choice{{"k", "A", 1}, {"k", "B", 1}}}, "a rule": {rule, []Choice{{"k", "B", 1}}},
	} {
		if list, ok := Remember(c.bare, c.chosen); ok {
			t.Errorf("%s: %+v", name, list)
		}
	}
}
