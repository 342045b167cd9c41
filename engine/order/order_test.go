package order

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/pace"
)

func guess(text string, score float64) Guess {
	return Guess{Text: text, Score: corpus.Score(score), Margin: corpus.NoScore}
}

func names(picks []Pick) string {
	var out []string
	for _, p := range picks {
		out = append(out, p.Name)
	}
	return strings.Join(out, " ")
}

func newOrder(t *testing.T, o Options) *Order {
	t.Helper()
	if o.Costs == (Costs{}) {
		o.Costs = DefaultCosts()
	}
	order, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return order
}

func TestNext(t *testing.T) {
	long := Question{Name: "long", Words: 1000, Guesses: []Guess{guess("asma", .5), guess("tos", .5), guess("fiebre", .6)}}
	short := Question{Name: "short", Words: 50, Guesses: []Guess{guess("edema", .5), guess("ictus", .4)}}
	sure := Question{Name: "sure", Words: 50, Guesses: []Guess{guess("gripe", .99), guess("tumor", .99)}}
	same := Question{Name: "same", Words: 60, Guesses: []Guess{guess("Edema", .5), guess("ICTUS", .4)}}
	all := []Question{sure, long, short, same}
	for _, c := range []struct {
		mode Mode
		want string
	}{
		{File, "sure long short same"},
		{Uncertain, "long short same sure"},
		{Value, "short same long sure"}, // long teaches most, and takes longest
	} {
		if got := names(newOrder(t, Options{Mode: c.mode}).Next(all, 4)); got != c.want {
			t.Errorf("%s: %s, want %s", c.mode, got, c.want)
		}
	}
	coma := Question{Name: "coma", Words: 50, Guesses: []Guess{guess("coma", .45)}}
	if got := names(newOrder(t, Options{Mode: Uncertain}).Next([]Question{short, same, coma}, 3)); got != "short coma same" {
		t.Errorf("what was just picked is picked again: %s", got)
	}
	again := newOrder(t, Options{Mode: Uncertain})
	again.Answered(Answer{Name: "long", Texts: []string{"edema", "EDEMA", "ictus", "ictus"}})
	if got := names(again.Next([]Question{sure, long, short, {Name: "fresh", Words: 50, Guesses: []Guess{guess("coma", .45)}}}, 3)); got != "fresh short sure" {
		t.Errorf("known names come first, or an answered question is asked again: %s", got)
	}
}

// A mention is a question too: the one whose candidates lie nearest comes first.
func TestMargin(t *testing.T) {
	m := func(name string, margin float64) Question {
		return Question{Name: name, Guesses: []Guess{{Text: name, Score: .999, Margin: corpus.Score(margin)}}}
	}
	if got := names(newOrder(t, Options{Mode: Uncertain}).Next([]Question{m("far", .8), m("near", .01), m("middle", .3)}, 3)); got != "near middle far" {
		t.Error(got)
	}
}

func questions(n int) []Question {
	var all []Question
	for i := range n {
		all = append(all, Question{Name: fmt.Sprint("d", i), Words: 100, Guesses: []Guess{guess(fmt.Sprint("t", i), float64(i%7)/7)}})
	}
	return all
}

// No question is asked twice, whatever the order, and all are asked in the end.
func TestNeverTwice(t *testing.T) {
	for _, mode := range Modes() {
		o, seen := newOrder(t, Options{Mode: mode, Share: .3, Seed: 1}), map[string]bool{}
		for range 20 {
			for _, p := range o.Next(questions(50), 3) {
				if seen[p.Name] {
					t.Fatalf("%s: %s is asked twice", mode, p.Name)
				}
				if seen[p.Name] = true; p.Reason == "" {
					t.Errorf("%s: %s without a reason", mode, p.Name)
				}
			}
			if err := o.Switch(Modes()[len(seen)%4]); err != nil {
				t.Fatal(err)
			}
		}
		if len(seen) != 50 {
			t.Errorf("%s: %d of 50 asked", mode, len(seen))
		}
	}
}

// The share that is drawn by chance does not depend on what the model says: the order
// of the lots is that of a random order with the same seed.
func TestShare(t *testing.T) {
	all := questions(200)
	lots := newOrder(t, Options{Mode: Random, Seed: 7}).Next(all, 200)
	o := newOrder(t, Options{Mode: Uncertain, Share: .25, Seed: 7})
	picks := o.Next(all, 40)
	chance := 0
	for _, p := range picks {
		if p.Chance {
			chance++
		}
	}
	if chance != 10 {
		t.Errorf("%d of 40 by chance", chance)
	}
	sampled := 0
	for i, p := range lots {
		if !o.Sampled(p.Name) {
			for _, rest := range lots[i:] {
				if o.Sampled(rest.Name) {
					t.Fatalf("the sample is not the first lots: %s is passed over, %s is in it", p.Name, rest.Name)
				}
			}
			break
		}
		sampled++
	}
	if sampled < 10 {
		t.Errorf("%d sampled", sampled)
	}
	if other := newOrder(t, Options{Mode: Random, Seed: 8}).Next(all, 200); names(other) == names(lots) {
		t.Error("the seed changes nothing")
	}
}

// An order that goes on from its state asks what it would have asked.
func TestResume(t *testing.T) {
	for _, mode := range Modes() {
		options := Options{Mode: mode, Share: .3, Seed: 3, Costs: DefaultCosts()}
		o := newOrder(t, options)
		o.Next(questions(30), 7)
		o.Answered(Answer{Name: "d3", Texts: []string{"t9", "t10"}, Missed: 2})
		later, err := Resume(options, o.State())
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range questions(30) {
			if o.Sampled(q.Name) != later.Sampled(q.Name) {
				t.Errorf("%s: %s is in one sample", mode, q.Name)
			}
		}
		if a, b := o.Next(questions(30), 9), later.Next(questions(30), 9); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: %s, want %s", mode, names(b), names(a))
		}
	}
}

// A reason says in plain words what is known, and nothing of suggestions that are hidden.
func TestReason(t *testing.T) {
	q := Question{Name: "a", Words: 100, Guesses: []Guess{guess("tos", .99), guess("asma", .5), guess("edema", .4)}}
	for _, c := range []struct {
		o            Options
		short, about string
	}{
		{Options{Mode: Value}, "2 of 3 unsure, about 33 s",
			"The models are unsure of 2 of the 3 suggestions here (“asma”, “edema”), and 2 have a name that no finished document has. It takes about 33 s, and teaches about 3.7 bits a minute (a bit is a question that could go either way)."},
		{Options{Mode: Uncertain}, "2 of 3 unsure", "The models are unsure of 2 of the 3 suggestions here (“asma”, “edema”), and 2 have a name that no finished document has."},
		{Options{Mode: Value, Bare: true}, "the models are unsure here", "The models are unsure of what is marked here. More would tell what they suggest, which is hidden in this session."},
		{Options{Mode: Value, Share: 1}, "drawn by chance", "Drawn by chance, as one in some is, whatever the models say of it: that keeps the estimate of how good the suggestions are honest."},
		{Options{Mode: Random}, "drawn by chance", "Drawn by chance, as all of them are: what was found in them before you decided tells without bias how good the suggestions are."},
		{Options{Mode: File}, "next in the collection", "Next in the collection."},
	} {
		o := newOrder(t, c.o)
		o.Answered(Answer{Name: "x", Texts: []string{"tos"}})
		if got := o.Next([]Question{q}, 1)[0]; got.Reason != c.short || got.About != c.about {
			t.Errorf("%+v: %q, %q", c.o, got.Reason, got.About)
		}
	}
	if got := newOrder(t, Options{Mode: Uncertain}).Next([]Question{{Name: "c"}, q}, 2)[1].Reason; got != "nothing suggested here" {
		t.Error(got)
	}
	long := Question{Name: "b", Words: 600, Guesses: []Guess{guess("asma", .5)}}
	if got := newOrder(t, Options{Mode: Value}).Next([]Question{long}, 1)[0].Reason; got != "1 of 1 unsure, about 3 min" {
		t.Error(got)
	}
}

// Why a single mention is asked: its text is unsure, or its concepts are as good.
func TestReasonOfMention(t *testing.T) {
	for _, c := range []struct {
		g            Guess
		chance       bool
		short, about string
	}{
		{Guess{Score: .55, Margin: corpus.NoScore}, false, "the models are unsure: 55 %", "The models say with 55 % that this is right. The answer takes about 3 s."},
		{Guess{Score: .97, Margin: .9, Alike: 6}, false, "the models are fairly sure: 97 %, 6 alike", "The models say with 97 % that this is right. Of its concepts, the best two are 0.90 apart. It is asked for 6 more that read the same, too. The answer takes about 3 s."},
		{Guess{Score: .97, Margin: .1}, false, "two concepts fit about as well", "The models say with 97 % that this is right. Of its concepts, the best two are 0.10 apart. The answer takes about 3 s."},
		{Guess{Score: 1, Margin: .3}, false, "a second concept is not far behind", "It is annotated already, without a concept. Of its concepts, the best two are 0.30 apart. The answer takes about 3 s."},
		{Guess{Score: corpus.NoScore, Margin: corpus.NoScore}, false, "found by its letters alone", "It was found by its letters alone: no model says how likely it is. The answer takes about 3 s."},
		{Guess{Score: .55, Margin: .1, Alike: 3}, true, "drawn by chance", "Drawn by chance, as one question in some is, whatever the models say of it: how often the suggestion is right there tells without bias how good those are that are left."},
	} {
		if short, about := (Pick{Chance: c.chance, Cost: 3}).OfMention(c.g); short != c.short || about != c.about {
			t.Errorf("%+v: %q, %q", c.g, short, about)
		}
	}
}

// A question that is asked in many places comes before one as unsure that is asked in one.
func TestAlike(t *testing.T) {
	q := func(name string, score float64, alike int) Question {
		g := guess(name, score)
		g.Alike = alike
		return Question{Name: name, Guesses: []Guess{g}}
	}
	if got := names(newOrder(t, Options{Mode: Value}).Next([]Question{q("once", .5, 0), q("sure", .99, 3), q("often", .6, 9)}, 3)); got != "often once sure" {
		t.Error(got)
	}
}

func TestOptions(t *testing.T) {
	if _, err := New(Options{Mode: "best"}); !errors.Is(err, ErrMode) {
		t.Error(err)
	}
	for _, share := range []float64{-1, 1.1, math.NaN()} {
		if _, err := New(Options{Mode: File, Share: share}); err == nil {
			t.Errorf("share %v is taken", share)
		}
	}
	if m, err := ParseMode(""); m != File || err != nil {
		t.Error(m, err)
	}
}

func TestCosts(t *testing.T) {
	c := DefaultCosts()
	for _, s := range []string{"fix=x", "fix", "walk=3", "new=-1", "new=NaN"} {
		if err := c.Set(s); !errors.Is(err, ErrCost) {
			t.Errorf("%s: %v", s, err)
		}
	}
	if c != DefaultCosts() {
		t.Errorf("bad input changed costs: %+v", c)
	}
	if err := c.Set("fix=3.5"); err != nil || c.Fix != 3.5 {
		t.Error(c, err)
	}
	w := Work{Documents: 1, Words: 200, Accepted: 10, Fixed: 2, Rejected: 3, Added: 4}
	if s := DefaultCosts().Seconds(w); s != 50+20+10+6+32 {
		t.Error(s)
	}
	if s := DefaultCosts().Seconds(w.Bare()); s != 50+16*8 {
		t.Error(s)
	}
	if s := DefaultCosts().Seconds(w.Plus(Work{Sentences: 9, Jumps: 4, Words: 100})); s != 50+20+10+6+32+25+4*3 {
		t.Error(s)
	}
	m, n := DefaultCosts().Measured(pace.Report{Acts: []pace.Act{{Name: "accept", Timed: 9, Median: 1.2}, {Name: "new", Timed: 2, Median: 99}, {Name: "bulk", Timed: 50, Median: 1}}})
	if want := (Costs{Read: 25, Accept: 1.2, Fix: 5, Reject: 2, New: 8, Jump: 3}); m != want || n != 1 {
		t.Errorf("%+v %d", m, n)
	}
}

func TestJudge(t *testing.T) {
	at := func(i, round int, right bool) Trial {
		m := corpus.Mention{Label: "L", Spans: corpus.One(0, 3)}
		trial := Trial{Name: fmt.Sprint(i), Round: round, Gold: []corpus.Mention{m}}
		if right {
			trial.Found = trial.Gold
		}
		return trial
	}
	var trials []Trial
	for i := range 20 {
		trials = append(trials, at(i, i/10, false)) // long ago
	}
	for i := range 30 {
		trials = append(trials, at(100+i, 5+i/25, i%10 != 0)) // the last round is too small alone
	}
	e, err := Judge(trials, []string{"L"}, Documents)
	if err != nil || e.Documents != 30 || e.TP != 27 || e.FN != 3 {
		t.Fatalf("%+v %v", e, err)
	}
	if !e.Enough(.8) || e.Enough(float64(e.F1)) || !strings.HasPrefix(e.String(), "F1 0.947 (95 %: 0.") {
		t.Error(e.String(), e.CI95)
	}
	few, err := Judge(slices.Clone(trials[len(trials)-4:]), []string{"L"}, Documents)
	if err != nil || few.Enough(.1) || !strings.Contains(few.String(), "too few") {
		t.Error(few, err)
	}
	if none, err := Judge(nil, []string{"L"}, Documents); err != nil || none.Enough(0) {
		t.Error(none, err)
	}
}

// Where guesses have missed mentions before, those that are likely right point to more of
// them; what was answered before anything could be guessed says nothing of that.
func TestMissing(t *testing.T) {
	dense, sparse := Question{Name: "dense", Words: 100}, Question{Name: "sparse", Words: 100, Guesses: []Guess{guess("asma", .5)}}
	for i := range 10 {
		dense.Guesses = append(dense.Guesses, guess(fmt.Sprint("t", i), .99))
	}
	missed := Answer{Name: "x", Texts: []string{"a", "b", "c", "d"}, Missed: 2}
	before := newOrder(t, Options{Mode: Uncertain})
	before.Answered(missed)
	if got := names(before.Next([]Question{dense, sparse}, 2)); got != "sparse dense" {
		t.Error(got)
	}
	after := newOrder(t, Options{Mode: Uncertain})
	after.Next([]Question{{Name: "x", Words: 10, Guesses: []Guess{guess("a", .5)}}}, 1)
	after.Answered(missed)
	if got := names(after.Next([]Question{sparse, dense}, 2)); got != "dense sparse" {
		t.Error(got)
	}
}
