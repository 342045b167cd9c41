package order

import (
	"fmt"
	"testing"
)

// Five questions more of 100,000 mentions, as the queue of the workbench picks them.
func BenchmarkNextOfMentions(b *testing.B) {
	var all []Question
	for i := range 100_000 {
		all = append(all, Question{Name: fmt.Sprint("q", i), Words: 25, Guesses: []Guess{guess(fmt.Sprint("t", i), float64(i%97)/97)}})
	}
	o, err := New(Options{Mode: Value, Share: .1, Seed: 1, Costs: DefaultCosts()})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		o.Next(all, 5)
	}
}
