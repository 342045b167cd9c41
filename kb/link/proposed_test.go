package link

import (
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
)

// A proposed concept is found as one types and offered for mentions that read like
// it, at once, and is gone when it is taken back.
func TestProposedConcepts(t *testing.T) {
	var o Overlay
	e := fake.New("e1")
	l := linker(t, Options{KBs: defaultKBs(t, e), Embedder: e, Overlay: &o})
	search := func(query string) string {
		found, err := l.Search(t.Context(), "L", query, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found {
			if c.ID == "NEW:1" {
				return c.Evidence.Match
			}
		}
		return ""
	}
	const name = "subida térmica nocturna"
	version := o.Version()
	o.SetProposals([]corpus.Proposal{{DB: "demo", ID: "NEW:1", Name: name}, {DB: "another", ID: "NEW:2", Name: name}})
	if o.Version() == version {
		t.Error("the version did not grow")
	}
	for query, match := range map[string]string{"NEW:1": "exact", "subida termica nocturna": "exact", "subida": "prefix", "nocturna": "words"} {
		if got := search(query); got != match {
			t.Errorf("search %q: %q, want %q", query, got, match)
		}
	}
	for text, match := range map[string]string{name: "exact", "subida térmica nocturnas": "ngram"} {
		if got := one(t, l, "L", text, 3); got[0].ID != "NEW:1" || got[0].Name != name || got[0].Evidence.Match != match || got[0].DB != "demo" {
			t.Errorf("%q: %+v", text, got)
		}
	}
	o.Add("L", "algo raro", "demo", "NEW:1")
	if got := one(t, l, "L", "algo raro", 3); got[0].ID != "NEW:1" || got[0].Evidence.Match != "corpus" {
		t.Errorf("chosen: %+v", got)
	}
	o.SetProposals(nil)
	if search("NEW:1") != "" || one(t, l, "L", name, 3)[0].ID == "NEW:1" {
		t.Error("taken back, it is still there")
	}
}

// A Recall is another one when, and only when, a change may matter for the name.
func TestRecall(t *testing.T) {
	var o Overlay
	was := map[string]Recall{}
	check := func(what string, changed ...string) {
		t.Helper()
		for _, name := range []string{"fiebre alta", "tos"} {
			now := o.Recall("L", name)
			is := !now.Equal(was[name])
			want := false
			for _, c := range changed {
				want = want || c == name
			}
			if is != want {
				t.Errorf("%s: %q changed %v, want %v", what, name, is, want)
			}
			was[name] = now
		}
	}
	check("at first")
	o.Add("L", "Fiebre alta", "kb", "F")
	check("chosen for it", "fiebre alta")
	o.Add("L", "Fiebre alta", "kb", "F")
	check("chosen again", "fiebre alta")
	o.Add("M", "tos", "kb", "T")
	check("another label")
	o.Add("L", "fiebres altas", "kb", "F")
	check("a name like it", "fiebre alta")
	o.Add("L", "fiebres altas", "kb", "F")
	check("that once more")
	o.SetProposals([]corpus.Proposal{{DB: "kb", ID: "N", Name: "tos"}})
	check("proposed", "tos")
	o.SetProposals(nil)
	check("taken back", "tos")
	o.Count("L", "fiebres altas", "kb", "F", -2)
	check("not known any more", "fiebre alta")
}
