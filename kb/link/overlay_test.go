package link

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gloss-nlp/gloss/kb/internal/fake"
)

func TestOverlay(t *testing.T) {
	var o Overlay
	if o.Version() != 0 || o.Chosen("L", "x") != nil {
		t.Error("an empty overlay is not empty")
	}
	o.Remove("L", "x", "db", "1")
	o.Add("L", " ", "db", "1")
	if o.Version() != 0 {
		t.Error("nothing happened, but the version grew")
	}
	o.Add("L", "Ñandú", "db", "2")
	o.Add("L", "nandu", "db", "1")
	o.Add("L", "nandu", "db", "2")
	if got, want := o.Chosen("L", "NANDÚ"), []Choice{{"db", "2", 2}, {"db", "1", 1}}; !slices.Equal(got, want) || o.Version() != 3 {
		t.Errorf("chosen %v, version %d", got, o.Version())
	}
	var none *Overlay
	if none.Version() != 0 || none.Chosen("L", "x") != nil {
		t.Error("no overlay is not empty")
	}
}

func TestWhatWasChosenIsANameFromThenOn(t *testing.T) {
	e := fake.New("e1")
	kbs := defaultKBs(t, e)
	for _, options := range []Options{{KBs: kbs}, {KBs: kbs, Embedder: e}, {KBs: kbs, Embedder: e, Settings: Settings{Strategy: ExactThenDense}}} {
		var o Overlay
		options.Overlay = &o
		l := linker(t, options)
		const pending = "subida térmica nocturna"
		before := one(t, l, "L", pending, 3)
		if len(before) > 0 && before[0].ID == "D1" {
			t.Fatal("it is found without the corpus; the test shows nothing")
		}
		o.Add("L", "subidas térmicas nocturnas", "demo", "D1")
		got := one(t, l, "L", pending, 3)
		match := "ngram"
		if options.Settings.Strategy == ExactThenDense {
			match = "dense"
		}
		if got[0].ID != "D1" || got[0].Evidence.Name != "subidas termicas nocturnas" || got[0].Evidence.Match != match || got[0].Evidence.Chosen != 0 || got[0].Score > 1 {
			t.Errorf("%s: %+v", options.Settings.Strategy, got)
		}
		if other := one(t, l, "M", pending, 3); fmt.Sprint(other) != fmt.Sprint(before) {
			t.Errorf("%s: it leaked to another label: %v", options.Settings.Strategy, other)
		}
		if exact := one(t, l, "L", "carcinoma", 1); exact[0].ID != "M3" {
			t.Errorf("%s: %v", options.Settings.Strategy, exact)
		}
		o.Remove("L", "subidas térmicas nocturnas", "demo", "D1")
		if after := one(t, l, "L", pending, 3); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: an undone choice still counts: %v", options.Settings.Strategy, after)
		}
	}
}
