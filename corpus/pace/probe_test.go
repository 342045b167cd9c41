package pace

import (
	"errors"
	"math"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func shuffledOffer(ranks []int, ids ...string) *corpus.Offer {
	o := offer(ids...)
	o.Ranks = ranks
	return o
}

// link is a decision of kind link (or NIL, where to is empty) on the annotation id.
func (l *log) link(id, to string, o *corpus.Offer) *corpus.Decision {
	m := mention(id, "A", 0, 4)
	d := l.step(corpus.NIL, 1, m, m)
	if to != "" {
		d.Kind, d.After = corpus.SetLink, linked(mention(id, "A", 0, 4), to)
	}
	d.Offer = o
	return d
}

func (l *log) probed(t *testing.T) Probed {
	t.Helper()
	p, err := CountProbed(l.all(), func(step int64) bool { return l.undone[step] })
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatIsChosenOfShuffledCandidates(t *testing.T) {
	l := &log{undone: map[int64]bool{8: true}}
	other := []int{2, 1, 3}
	l.link("T1", "x", offer("x", "y"))                       // 1: the first
	l.link("T2", "y", offer("x", "y"))                       // 2: another
	l.link("T3", "", offer("x", "y"))                        // 3: none
	l.link("T4", "", offer("", "y"))                         // 4: none was offered first
	l.link("T5", "y", shuffledOffer(other, "y", "x", "z"))   // 5: misled
	l.link("T6", "x", shuffledOffer(other, "y", "x", "z"))   // 6: sought
	l.link("T7", "z", shuffledOffer(other, "y", "x", "z"))   // 7: neither
	l.link("T8", "y", shuffledOffer(other, "y", "x", "z"))   // 8: taken back
	l.link("T8", "x", shuffledOffer(other, "y", "x", "z"))   // 9: sought
	l.link("T5", "x", offer("x", "y"))                       // 10: a second thought does not count
	l.link("T9", "x", nil)                                   // 11: nothing was offered
	l.step(corpus.Bulk, 1, nil, nil)                         // 12
	l.link("T10", "x", offer("x", "y")).Step = 12            // 13: in bulk
	l.link("T11", "w", shuffledOffer([]int{3, 2}, "z", "y")) // 14: typed; the first was off the screen
	want := Probed{First: Rate{2, 4}, Misled: Rate{1, 5}, Sought: Rate{2, 5}}
	if got := l.probed(t); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWhatBecomesOfHiddenSuggestions(t *testing.T) {
	l := &log{undone: map[int64]bool{}}
	l.step(corpus.Accept, 1, mention("", "A", 0, 4), mention("T1", "A", 0, 4))
	l.step(corpus.SetSpan, 1, mention("", "A", 5, 9), mention("T2", "A", 5, 12))
	l.step(corpus.Reject, 1, mention("", "A", 15, 19), nil)
	l.step(corpus.Flag, 1, mention("", "A", 95, 99), mention("", "A", 95, 99)) // decides nothing
	l.step(corpus.Create, 1, nil, mention("T3", "A", 20, 24))
	l.step(corpus.Create, 1, nil, mention("T4", "A", 30, 36))
	hidden := func(at corpus.Off, found *corpus.Mention) corpus.Hidden {
		return corpus.Hidden{Mention: *mention("", "A", at, at+4), Found: found}
	}
	offer := &corpus.Offer{Hidden: []corpus.Hidden{
		hidden(20, mention("T3", "A", 20, 24)), hidden(30, mention("T4", "A", 30, 36)),
		hidden(40, mention("T99", "A", 40, 44)), // of the file before
		hidden(50, nil), hidden(60, nil), hidden(70, nil),
	}}
	l.step(corpus.Finish, 1, nil, nil).Offer = offer
	l.step(corpus.Accept, 1, mention("", "A", 50, 54), mention("T5", "A", 50, 54))
	l.step(corpus.Reject, 1, mention("", "A", 60, 64), nil)
	l.step(corpus.Reopen, 1, nil, nil)
	l.step(corpus.Finish, 1, nil, nil).Offer = offer
	want := Probed{Kept: Rate{1, 3}, Found: Rate{1, 5}, Touched: Rate{2, 5}, Missed: Rate{1, 2}}
	if got := l.probed(t); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAJournalThatCannotBeReadIsNotCounted(t *testing.T) {
	broken := errors.New("broken")
	_, err := CountProbed(func(yield func(corpus.Decision, error) bool) { yield(corpus.Decision{}, broken) }, func(int64) bool { return false })
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestInterval(t *testing.T) {
	for _, c := range []struct {
		rate      Rate
		low, high float64
	}{
		{Rate{0, 0}, 0, 1},
		{Rate{0, 10}, 0, 0.2775},
		{Rate{10, 10}, 0.7225, 1},
		{Rate{5, 10}, 0.2366, 0.7634},
		{Rate{81, 263}, 0.2553, 0.3662}, // Newcombe (1998), table I
	} {
		low, high := c.rate.Interval()
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%+v: %.4f to %.4f, want %.4f to %.4f", c.rate, low, high, c.low, c.high)
		}
	}
}
