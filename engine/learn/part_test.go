package learn

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// half are notes of which every second line is finished; in the others nothing is marked,
// though there would be something.
func half(n int) []Part {
	var parts []Part
	for i, d := range notes(n) {
		p, at := Part{Document: d}, 0
		for k, line := range strings.SplitAfter(d.Text.String(), "\n") {
			if (k+i)%2 == 0 && line != "" {
				p.Finished = append(p.Finished, corpus.Span{Start: corpus.Off(at), End: corpus.Off(at + len(line))})
			}
			at += len(line)
		}
		p.Mentions = nil
		for _, m := range d.Mentions {
			if touches(p.Finished, m.Spans.Hull()) {
				p.Mentions = append(p.Mentions, m)
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// Lines that nobody has answered are no evidence that nothing stands there, neither to
// learn from nor to be scored on.
func TestPartsAreAllThatIsLearnt(t *testing.T) {
	parts, layer := half(16), Layer{Name: "new", Labels: []string{"SIGN", "DRUG"}}
	r, err := New(&words{}, quick).LearnParts(t.Context(), parts, layer, nil)
	if err != nil {
		t.Fatal(err)
	}
	mentions := 0
	for _, p := range parts {
		mentions += len(p.Mentions)
	}
	if r.Mentions != mentions || r.New.TP+r.New.FN != mentions || r.New.F1 < 0.95 || r.Documents != 16 {
		t.Errorf("%d mentions, want %d: %+v", r.Mentions, mentions, r)
	}
	unseen := notes(40)[39]
	windows, _ := (&words{}).States(t.Context(), unseen.Text, nil)
	found, err := r.Head.Find(t.Context(), unseen.Text, windows)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, j := range judge(byDoc{"x": unseen.Mentions}, byDoc{"x": found}) {
		if j.right {
			right++
		}
	}
	if right < len(unseen.Mentions)*9/10 || right == 0 {
		t.Errorf("%d of %d mentions of a new text are found", right, len(unseen.Mentions))
	}
	// What somebody has marked in lines that are not finished changes nothing.
	for i, d := range notes(16) {
		parts[i].Mentions = d.Mentions
	}
	again, err := New(&words{}, quick).LearnParts(t.Context(), parts, layer, nil)
	if err != nil || !reflect.DeepEqual(again.Head, r.Head) || !reflect.DeepEqual(again.New, r.New) {
		t.Errorf("marks in lines that are not finished are learnt (%v): %+v", err, again)
	}
}

// A document all of whose lines are finished teaches what a finished one does.
func TestAllPartsAreTheWhole(t *testing.T) {
	layer := Layer{Name: "one", Labels: []string{"SIGN"}}
	want, err := New(&words{}, quick).Learn(t.Context(), notes(6), layer, nil)
	if err != nil {
		t.Fatal(err)
	}
	parts := whole(notes(6))
	for i, p := range parts {
		middle := corpus.Off(strings.Index(p.Text.String(), " "))
		parts[i].Finished = []corpus.Span{{Start: middle, End: p.Text.Len()}, {Start: 0, End: middle}}
	}
	got, err := New(&words{}, quick).LearnParts(t.Context(), parts, layer, nil)
	if err != nil || !reflect.DeepEqual(got.Head, want.Head) || !reflect.DeepEqual(got.New, want.New) {
		t.Errorf("%+v (%v), want %+v", got, err, want)
	}
}

// The lines of one document are never on both sides: mentions that could be known by
// heart from the same document's other lines are not found.
func TestPartsAreHeldOutByDocument(t *testing.T) {
	parts := half(12)
	r := rand.New(rand.NewPCG(1, 1))
	for i, p := range parts {
		windows, _ := (&words{}).States(t.Context(), p.Text, nil)
		parts[i].Mentions = nil
		for _, w := range windows {
			if s := w.Spans[r.IntN(len(w.Spans))]; touches(p.Finished, s) {
				parts[i].Mentions = append(parts[i].Mentions, corpus.Mention{Label: "X", Spans: corpus.Spans{s}})
			}
		}
	}
	got, err := New(&words{width: 400, noise: 3}, quick).LearnParts(t.Context(), parts, Layer{Name: "x", Labels: []string{"X"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.New.F1 > 0.4 {
		t.Errorf("chance is scored F1 %.3f", got.New.F1)
	}
}

// A mention that goes on beyond what is finished is learnt to its ends, and so is one
// that lies across it there.
func TestMentionsBeyondTheEdge(t *testing.T) {
	at := func(start, end corpus.Off) corpus.Mention {
		return corpus.Mention{Label: "L", Spans: corpus.One(start, end)}
	}
	text := corpus.NewText("aa bb cc dd ee ff gg hh")
	d := newItem(Part{corpus.Document{Text: text, Mentions: []corpus.Mention{at(9, 14), at(3, 8), at(6, 11), at(18, 20)}}, []corpus.Span{{Start: 0, End: 5}}}, []string{"L"})
	if want := []corpus.Span{{Start: 0, End: 14}}; !reflect.DeepEqual(d.known, want) || len(d.Mentions) != 3 {
		t.Errorf("%v with %v, want %v", d.known, d.Mentions, want)
	}
	parts := half(8)
	for i, p := range parts {
		m := p.Mentions[0].Spans.Hull()
		parts[i].Finished = append(p.Finished, corpus.Span{Start: max(0, m.Start-1), End: m.Start + 2})
	}
	r, err := New(&words{}, quick).LearnParts(t.Context(), parts, Layer{Name: "new", Labels: []string{"DRUG", "SIGN"}}, nil)
	if err != nil || r.New.F1 < 0.5 {
		t.Fatalf("%+v (%v)", r, err)
	}
	for _, w := range r.Head.Weights {
		if math.Abs(float64(w)) > 100 {
			t.Fatalf("a mention without its end was learnt: weight %v", w)
		}
	}
}

func TestPartsOutsideOfTheText(t *testing.T) {
	parts := half(4)
	parts[2].Finished = []corpus.Span{{Start: 5, End: 1e6}}
	if r, err := New(&words{}, quick).LearnParts(t.Context(), parts, Layer{Name: "x", Labels: []string{"SIGN"}}, nil); r != nil || !errors.Is(err, ErrNotSound) {
		t.Errorf("%v, %v", r, err)
	}
	for i := range parts {
		parts[i].Finished = []corpus.Span{}
	}
	if r, err := New(&words{}, quick).LearnParts(t.Context(), parts, Layer{Name: "x", Labels: []string{"SIGN"}}, nil); r != nil || !errors.Is(err, ErrNone) {
		t.Errorf("nothing is finished: %v, %v", r, err)
	}
}

// Of a document that is finished in part, only the windows that hold some of that take
// memory; what is finished later is read anew.
func TestPartsTakeTheirShareOfMemory(t *testing.T) {
	layer, few := Layer{Name: "new", Labels: []string{"SIGN", "DRUG"}}, quick
	all := &words{}
	learnt := New(all, quick)
	if _, err := learnt.Learn(t.Context(), notes(16), layer, nil); err != nil {
		t.Fatal(err)
	}
	few.Memory = learnt.states.used * 6 / 10
	l := New(&words{}, few)
	if r, err := l.Learn(t.Context(), notes(16), layer, nil); err != nil || r.Used == 16 {
		t.Fatalf("%+v (%v)", r, err)
	}
	l = New(&words{}, few)
	r, err := l.LearnParts(t.Context(), half(16), layer, nil)
	if err != nil || r.Used != 16 || l.states.used > few.Memory {
		t.Fatalf("%+v (%v), %d of %d bytes", r, err, l.states.used, few.Memory)
	}
	if calls := l.encoder.(*words).calls; calls != 16 {
		t.Errorf("the encoder ran %d times over 16 documents", calls)
	}
	less := half(6)
	for i := range less {
		less[i].Finished = less[i].Finished[:1]
	}
	l = New(&words{}, quick)
	for i, parts := range [][]Part{less, half(6), whole(notes(6)), half(6)} {
		got, err := l.LearnParts(t.Context(), parts, layer, nil)
		if err != nil {
			t.Fatal(err)
		}
		alone := New(&words{}, quick)
		want, err := alone.LearnParts(t.Context(), parts, layer, nil)
		if err != nil || !reflect.DeepEqual(got.Head, want.Head) || !reflect.DeepEqual(got.New, want.New) {
			t.Errorf("%d: after other parts of the same documents %+v, want %+v (%v)", i, got, want, err)
		}
		if i < 3 && l.states.used != alone.states.used {
			t.Errorf("%d: %d bytes are kept, want %d", i, l.states.used, alone.states.used)
		}
	}
	if calls := l.encoder.(*words).calls; calls != 3*6 {
		t.Errorf("the encoder ran %d times over 6 documents, of which more was finished twice, and once less", calls)
	}
}
