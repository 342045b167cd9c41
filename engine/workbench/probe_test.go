package workbench

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// probing opens the corpus of a rig anew with a probe.
func (r *rig) probing(p Probe) {
	r.t.Helper()
	if err := r.Close(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	w, err := Open(r.t.Context(), Options{
		Dir: r.dir, Who: "ana", Workers: 1, Probe: p, Linkable: func(string) bool { return true },
		Load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
			return &suggest.Models{Recognizer: r.recognizer, Linker: names{memory}, Device: "cpu", Hash: "m"}, nil
		},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.Workbench = w
	r.t.Cleanup(func() { _ = w.Close(context.Background()) })
}

// itemAt is the item with a text; it fails where there is none.
func itemAt(t *testing.T, d *Doc, text string) Item {
	t.Helper()
	i := slices.IndexFunc(d.Items, func(it Item) bool { return it.Text == text })
	if i < 0 {
		t.Fatalf("%s has no %q: %+v", d.Name, text, d.Items)
	}
	return d.Items[i]
}

// decisions are those of the journal on disk.
func (r *rig) decisions() (all []corpus.Decision) {
	r.t.Helper()
	r.wait("the decisions are saved", func() bool { return r.Status().Unsaved == 0 })
	for d, err := range r.journal.All(r.t.Context(), journal.Filter{}) {
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

func (r *rig) probed() pace.Probed {
	r.t.Helper()
	p, err := pace.CountProbed(func(yield func(corpus.Decision, error) bool) {
		for _, d := range r.decisions() {
			if !yield(d, nil) {
				return
			}
		}
	}, r.fold.Undone)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func TestNewProbe(t *testing.T) {
	for _, c := range []struct {
		share float64
		kind  string
		want  string // "error" where it is refused
	}{
		{0, "", ""}, {0.05, "", "probe: shuffle 5 %"}, {1, "hide", "probe: hide 100 %"}, {0.125, "shuffle", "probe: shuffle 12.5 %"},
		{-0.1, "", "error"}, {5, "", "error"}, {math.NaN(), "", "error"}, {0.1, "other", "error"},
	} {
		p, err := NewProbe(c.share, c.kind)
		if got := p.String(); (err != nil) != (c.want == "error") || err == nil && got != c.want {
			t.Errorf("%g %q: %q, %v", c.share, c.kind, got, err)
		}
	}
}

func TestAProbeTakesItsShareAndAlwaysTheSame(t *testing.T) {
	few, many, none := Probe{0.1, ProbeHide}, Probe{0.3, ProbeHide}, Probe{0, ProbeHide}
	n := 0
	for i := range 5000 {
		doc, text := fmt.Sprintf("d%d", i%50), fmt.Sprintf("mención %d", i)
		draw, ok := few.takes(ProbeHide, doc, text)
		if again, same := few.takes(ProbeHide, doc, text); again != draw || same != ok {
			t.Fatal("it changes its mind")
		}
		if _, more := many.takes(ProbeHide, doc, text); ok && !more {
			t.Fatal("a larger share leaves out what a smaller one takes")
		}
		if _, taken := none.takes(ProbeHide, doc, text); taken {
			t.Fatal("nothing should be taken")
		}
		if _, taken := few.takes(ProbeShuffle, doc, text); taken {
			t.Fatal("the other kind should not be taken")
		}
		if ok {
			n++
		}
	}
	if n < 420 || n > 580 { // 500, and four standard deviations
		t.Errorf("%d of 5000 are taken, not about 500", n)
	}
	// What was probed before an update must be after it: these are part of the format.
	if draw, _ := (Probe{1, ProbeHide}).takes(ProbeHide, "a", "tos"); draw != 0x54da5ae263a8432c {
		t.Errorf("the draw is %#x", draw)
	}
}

func TestShuffledCandidatesKeepWhatIsSaidOfThem(t *testing.T) {
	var ranked []kb.Candidate
	for i := range 6 {
		ranked = append(ranked, kb.Candidate{DB: "kb", ID: fmt.Sprint(i + 1), Score: corpus.Score(1 - float64(i)/10)})
	}
	before := slices.Clone(ranked)
	p := Probe{1, ProbeShuffle}
	orders := map[string]bool{}
	for i := range 100 {
		shown, ranks := p.shuffle("a", fmt.Sprint(i), ranked)
		if len(shown) != 6 || len(ranks) != 6 || ranks[0] == 1 {
			t.Fatalf("shown %v, ranks %v", shown, ranks)
		}
		for j, r := range ranks {
			if shown[j].ID != ranked[r-1].ID || shown[j].Score != ranked[r-1].Score || j >= shuffled && r != j+1 {
				t.Fatalf("shown %v, ranks %v", shown, ranks)
			}
		}
		orders[fmt.Sprint(ranks)] = true
	}
	if len(orders) != 4 {
		t.Errorf("orders are %v", orders)
	}
	for i := range before {
		if before[i].ID != ranked[i].ID {
			t.Fatal("the ranking itself was changed")
		}
	}
	if shown, ranks := p.shuffle("a", "x", ranked[:1]); len(shown) != 1 || ranks != nil {
		t.Errorf("of one candidate: %v %v", shown, ranks)
	}
}

func TestDigitsChooseWhatAProbeShows(t *testing.T) {
	r := newRig(t)
	if it := itemAt(t, r.view("a"), "tos"); it.Ranks != nil || it.Candidates[0].ID != "A:1" || r.Status().Probe != "" {
		t.Fatalf("without a probe: %+v, status %q", it, r.Status().Probe)
	}
	r.probing(Probe{1, ProbeShuffle})
	it := itemAt(t, r.view("a"), "tos")
	if r.Status().Probe == "" || !slices.Equal(it.Ranks, []int{2, 1}) || it.Candidates[0].ID != "B:2" || it.Candidates[0].Score != 0.5 {
		t.Fatalf("status %q, %+v", r.Status().Probe, it)
	}
	p, err := r.Acceptable(t.Context(), Filter{Doc: "a", Link: true})
	if err != nil || len(p.Places) != 0 || len(p.LeftOut) != len(r.Doc("a").Items) {
		t.Errorf("what is probed is accepted in bulk: %+v, %v", p, err)
	}
	r.do(Choose{At: At{"a", it.Key}, Candidate: it.Candidates[0], Shown: it.Candidates[:1]})
	if now := itemAt(t, r.Doc("a"), "tos"); now.State != Linked || now.Links[0].ID != "B:2" || now.Ranks != nil {
		t.Errorf("after the choice: %+v", now)
	}
	drug := itemAt(t, r.Doc("a"), "paracetamol")
	r.do(Choose{At: At{"a", drug.Key}, Candidate: drug.Candidates[1]})
	last := r.decisions()
	if o := last[0].Offer; o == nil || !slices.Equal(o.Ranks, []int{2}) || o.Candidates[0].ID != "B:2" {
		t.Errorf("the journal says %+v", o)
	}
	// What a search found is not what the probe showed.
	r.do(Undo{})
	drug = itemAt(t, r.Doc("a"), "paracetamol")
	typed := kb.Candidate{DB: "kb", ID: "C:3"}
	r.do(Choose{At: At{"a", drug.Key}, Candidate: typed, Shown: []kb.Candidate{typed}})
	if all := r.decisions(); all[len(all)-1].Offer.Ranks != nil {
		t.Errorf("the journal says %+v", all[len(all)-1].Offer)
	}
	want := pace.Probed{First: pace.Rate{Count: 1, Of: 1}, Misled: pace.Rate{Count: 1, Of: 1}, Sought: pace.Rate{Of: 1}}
	want.Kept = pace.Rate{Count: 1, Of: 1}
	if got := r.probed(); got != want {
		t.Errorf("the report is %+v, want %+v", got, want)
	}
}

func TestAProbeHidesUntilTheDocumentIsFinished(t *testing.T) {
	r := newRig(t)
	r.probing(Probe{1, ProbeHide})
	d := r.view("a")
	if len(d.Items) != 1 || d.Waiting != 0 {
		t.Fatalf("shown are %+v, waiting %d", d.Items, d.Waiting)
	}
	if it := itemAt(t, d, "tos"); it.Ranks != nil || it.Candidates[0].ID != "A:1" {
		t.Errorf("the annotation of the file is %+v", it)
	}
	r.mu.Lock() // what comes while a mention is in focus does not even say that it waits
	doc := r.docs["a"]
	doc.suggestions, doc.waiting = nil, doc.suggestions
	r.draw(doc)
	waits := len(doc.waiting)
	r.mu.Unlock()
	if d = r.Doc("a"); waits != 3 || d.Waiting != 0 {
		t.Errorf("%d suggestions wait, said is %d", waits, d.Waiting)
	}
	r.do(Create{At: At{Doc: "a"}, Spans: corpus.One(9, 15), Label: "SINTOMA"})               // the first fiebre
	if res := r.do(Finish{At: At{Doc: "a"}}); !strings.Contains(res.Message, "hidden (2)") { // not the one that was found
		t.Errorf("the message is %q", res.Message)
	}
	r.Merge("a")
	d = r.view("a")
	suggested := 0
	for _, it := range d.Items {
		if it.State == Suggested {
			suggested++
		}
	}
	if suggested != 2 { // paracetamol and the second fiebre
		t.Fatalf("once finished, shown are %+v", d.Items)
	}
	drug := itemAt(t, d, "paracetamol")
	r.do(Accept{At: At{"a", drug.Key}})
	r.do(Reopen{At: At{Doc: "a"}})
	if n := len(r.view("a").Items); n != 4 {
		t.Errorf("once open again, %d items are shown", n)
	}
	want := pace.Probed{Found: pace.Rate{Count: 1, Of: 3}, Touched: pace.Rate{Count: 1, Of: 3}, Missed: pace.Rate{Count: 1, Of: 1}}
	if got := r.probed(); got != want {
		t.Errorf("the report is %+v, want %+v", got, want)
	}
}
