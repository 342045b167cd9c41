package pace

import (
	"errors"
	"iter"
	"math"
	"reflect"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// log is a journal in the making: each step is a row, unless it is added to the last.
type log struct {
	rows   []corpus.Decision
	undone map[int64]bool
}

func (l *log) step(kind corpus.Kind, seconds float64, before, after *corpus.Mention) *corpus.Decision {
	seq := int64(len(l.rows) + 1)
	l.rows = append(l.rows, corpus.Decision{Seq: seq, Step: seq, Doc: "d", Kind: kind, Before: before, After: after, Millis: int64(seconds * 1000)})
	return &l.rows[seq-1]
}

func (l *log) all() iter.Seq2[corpus.Decision, error] {
	return func(yield func(corpus.Decision, error) bool) {
		for _, d := range l.rows {
			if !yield(d, nil) {
				return
			}
		}
	}
}

func (l *log) count(t *testing.T) Report {
	t.Helper()
	r, err := Count(l.all(), func(step int64) bool { return l.undone[step] })
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mention(id, label string, start, end corpus.Off) *corpus.Mention {
	return &corpus.Mention{ID: id, Label: label, Spans: corpus.One(start, end)}
}

func linked(m *corpus.Mention, id string) *corpus.Mention {
	m.Links = []corpus.Link{{DB: "kb", ID: id}}
	return m
}

func offer(ids ...string) *corpus.Offer {
	o := &corpus.Offer{}
	for _, id := range ids {
		o.Candidates = append(o.Candidates, corpus.Offered{DB: "kb", ID: id})
	}
	return o
}

func TestWhatBecomesOfSuggestions(t *testing.T) {
	l := &log{undone: map[int64]bool{}}
	l.step(corpus.Accept, 1, mention("", "A", 0, 4), mention("T1", "A", 0, 4))
	l.step(corpus.SetSpan, 4, mention("", "A", 5, 9), mention("T2", "A", 5, 12))
	l.step(corpus.SetLink, 2, mention("T2", "A", 5, 12), linked(mention("T2", "A", 5, 12), "x")).Offer = offer("x", "y")
	l.step(corpus.SetLabel, 3, mention("", "A", 20, 24), mention("T3", "B", 20, 24))
	l.step(corpus.Reject, 1, mention("", "B", 30, 34), nil)
	l.step(corpus.Create, 9, nil, mention("T4", "B", 40, 44))
	l.step(corpus.SetLink, 2, mention("", "B", 50, 54), linked(mention("T5", "B", 50, 54), "y")).Offer = offer("x", "y")
	// An accepted suggestion that is deleted later was not kept, and what was written
	// and deleted was not added.
	l.step(corpus.Accept, 1, mention("", "A", 60, 64), mention("T6", "A", 60, 64))
	l.step(corpus.Delete, 1, mention("T6", "A", 60, 64), nil)
	l.step(corpus.Create, 9, nil, mention("T7", "B", 70, 74))
	l.step(corpus.Delete, 1, mention("T7", "B", 70, 74), nil)
	// Annotations of the file are work, and no word on the model.
	l.step(corpus.Accept, 1, mention("T9", "A", 80, 84), mention("T9", "A", 80, 84))
	// What is undone counts as if it had not been.
	l.undone[l.step(corpus.Reject, 1, mention("", "A", 90, 94), nil).Step] = true
	l.step(corpus.Undo, 1, nil, mention("", "A", 90, 94)).Of = 13

	r := l.count(t)
	want := []Label{
		{Name: "A", Kept: 1, Fixed: 1, Relabelled: 1, Rejected: 1, Linked: 1, First: 1},
		{Name: "B", Kept: 1, Rejected: 1, Added: 1, Linked: 1},
	}
	if !reflect.DeepEqual(r.Labels, want) {
		t.Errorf("labels\n%+v, want\n%+v", r.Labels, want)
	}
	if r.Settled != 9 || r.Steps != 14 {
		t.Errorf("%d mentions settled in %d steps, want 9 in 14", r.Settled, r.Steps)
	}
}

func TestHowLongItTakes(t *testing.T) {
	l := &log{}
	for _, s := range []float64{1, 2, 9} {
		l.step(corpus.Accept, s, mention("", "A", 0, 4), mention("T1", "A", 0, 4))
	}
	l.step(corpus.SetLink, 600, mention("T1", "A", 0, 4), linked(mention("T1", "A", 0, 4), "x")) // away
	l.step(corpus.SetLink, 0, mention("T1", "A", 0, 4), linked(mention("T1", "A", 0, 4), "y"))   // by a script
	head := l.step(corpus.Bulk, 8, nil, nil)
	for i := range corpus.Off(3) { // a bulk is one step, whatever it holds
		l.step(corpus.Accept, 8, mention("", "A", 10*i, 10*i+4), mention("T8", "A", 0, 4)).Step = head.Seq
	}
	r := l.count(t)
	want := []Act{{"accept", 3, 3, 2}, {"link", 2, 0, 0}, {"bulk", 1, 1, 8}}
	if !reflect.DeepEqual(r.Acts, want) {
		t.Errorf("acts %+v, want %+v", r.Acts, want)
	}
	if r.Steps != 6 || r.Timed != 4 || r.Active != 20 {
		t.Errorf("%d steps, %d timed, %g s; want 6, 4, 20", r.Steps, r.Timed, r.Active)
	}
	if got, want := r.PerMention(), 20.0/4*6/6; math.Abs(got-want) > 1e-9 {
		t.Errorf("%g s a mention, want %g", got, want)
	}
	if (Report{}).PerMention() != 0 {
		t.Error("nothing done, yet it took time")
	}
}

func TestTheCourseOfThePace(t *testing.T) {
	l := &log{}
	for i := range 240 {
		l.step(corpus.Accept, float64(24-i/10), mention("", "A", 0, 4), mention("T1", "A", 0, 4))
	}
	r := l.count(t)
	if len(r.Course) != runs || r.Course[0] != 24 || r.Course[runs-1] != 1 {
		t.Errorf("the course is %v", r.Course)
	}
	l.rows = l.rows[:9]
	if r := l.count(t); len(r.Course) != 1 || r.Course[0] != 24 {
		t.Errorf("of nine steps the course is %v", r.Course)
	}
}

func TestAJournalThatCannotBeRead(t *testing.T) {
	broken := errors.New("disk")
	_, err := Count(func(yield func(corpus.Decision, error) bool) { yield(corpus.Decision{}, broken) }, nil)
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}
