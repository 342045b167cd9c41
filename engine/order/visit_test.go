package order

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// sentences are those of documents, of ten words each; in some stands a guess.
func sentences(docs, each int, r *rand.Rand) []Question {
	var all []Question
	for d := range docs {
		for at := range each {
			q := Question{Name: fmt.Sprintf("d%d:%d", d, at), Words: 10, Doc: fmt.Sprint("d", d), At: at}
			if r.IntN(3) == 0 {
				q.Guesses = append(q.Guesses, guess(fmt.Sprint("t", r.IntN(6)), r.Float64()))
			}
			all = append(all, q)
		}
	}
	return all
}

// What is asked, and what is answered beside it, is read once in a round, and each run of
// sentences is one jump.
func TestSentencesAreReadOnce(t *testing.T) {
	for seed := range uint64(20) {
		all := sentences(4, 12, rand.New(rand.NewPCG(seed, 1)))
		o := newOrder(t, Options{Mode: []Mode{Random, Uncertain, Value}[seed%3], Share: .2, Seed: seed})
		asked := map[string]bool{}
		for len(asked) < len(all) {
			read, got := map[string]bool{}, Work{}
			picks := o.Next(all, 7)
			if len(picks) == 0 {
				t.Fatalf("%d of %d asked", len(asked), len(all))
			}
			for _, p := range picks {
				if asked[p.Name] {
					t.Fatalf("%s is asked twice", p.Name)
				}
				asked[p.Name] = true
				got = got.Plus(p.Read)
				if p.Reason == stoodBeside {
					if !read[p.Name] {
						t.Errorf("%s was not read", p.Name)
					}
					continue
				}
				var doc, at int
				if _, err := fmt.Sscanf(p.Name, "d%d:%d", &doc, &at); err != nil {
					t.Fatal(err)
				}
				for k := max(0, at-1); k <= min(11, at+1); k++ {
					read[fmt.Sprintf("d%d:%d", doc, k)] = true
				}
			}
			want := Work{Words: 10 * len(read)}
			for d := range 4 {
				for at := range 12 {
					if read[fmt.Sprintf("d%d:%d", d, at)] && !read[fmt.Sprintf("d%d:%d", d, at-1)] {
						want.Jumps++
					}
				}
			}
			if got != want {
				t.Fatalf("%+v was read, want %+v", got, want)
			}
			for name := range read {
				if !asked[name] {
					t.Fatalf("%s was read, and not answered", name)
				}
			}
		}
	}
}

// What a pick changes is priced anew; the rest stays as it is priced.
func TestPricesAreThoseOfNow(t *testing.T) {
	for seed := range uint64(20) {
		all := sentences(5, 15, rand.New(rand.NewPCG(seed, 2)))
		o := newOrder(t, Options{Mode: Value, Seed: seed})
		var open []*weighed
		for _, q := range all {
			open = append(open, o.weigh(q))
		}
		r := newRound(o, all, open)
		for len(r.open) > 0 {
			r.take(r.open[best(r.open, func(w *weighed) float64 { return w.gain / max(w.cost, 1e-9) })])
			for _, w := range r.open {
				gain, cost := w.gain, w.cost
				o.value(w, r.batch)
				for _, b := range r.beside(w) {
					o.value(b, r.batch)
				}
				if r.price(w); math.Abs(gain-w.gain)+math.Abs(cost-w.cost) > 1e-9 {
					t.Fatalf("%s: %v bits in %v s, want %v in %v", w.Name, gain, cost, w.gain, w.cost)
				}
			}
		}
	}
}

// A sentence is worth what stands beside it, too, since that is read anyway.
func TestSentencesBeside(t *testing.T) {
	s := func(doc string, at, words int, scores ...float64) Question {
		q := Question{Name: fmt.Sprint(doc, at), Words: words, Doc: doc, At: at}
		for i, p := range scores {
			q.Guesses = append(q.Guesses, guess(fmt.Sprint(doc, at, i), p))
		}
		return q
	}
	var all []Question
	for at := range 10 {
		for _, doc := range []string{"c", "a", "b"} { // one doubt, between long sentences; one; two side by side
			switch {
			case at == 5 || at == 6 && doc == "b":
				all = append(all, s(doc, at, 20, .5))
			case doc == "c":
				all = append(all, s(doc, at, 90))
			default:
				all = append(all, s(doc, at, 20))
			}
		}
	}
	o := newOrder(t, Options{Mode: Value})
	if got := names(o.Next(all, 1)); got != "b5 b4 b6" {
		t.Error(got)
	}
	if got := o.Next(all, 1); names(got) != "a4 a3 a5" || got[0].Read != (Work{Words: 60, Jumps: 1}) {
		t.Error(names(got), got[0].Read)
	}
}
