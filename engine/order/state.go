package order

import (
	"maps"
	"slices"
)

// State is what an order remembers, to go on from later.
type State struct {
	Due     float64        `json:"due"`
	Asked   []string       `json:"asked"` // sorted
	Drawn   []string       `json:"drawn"` // sorted
	Seen    map[string]int `json:"seen"`
	Guessed bool           `json:"guessed"`
	Touched int            `json:"touched"`
	Missed  int            `json:"missed"`
}

// State returns a copy of what the order remembers.
func (o *Order) State() State {
	return State{
		o.due, slices.Sorted(maps.Keys(o.asked)), slices.Sorted(maps.Keys(o.drawn)),
		maps.Clone(o.seen), o.guessed, o.touched, o.missed,
	}
}

// Resume makes an order that goes on from a state.
func Resume(options Options, s State) (*Order, error) {
	o, err := New(options)
	if err != nil {
		return nil, err
	}
	o.due, o.guessed, o.touched, o.missed = s.Due, s.Guessed, s.Touched, s.Missed
	maps.Copy(o.seen, s.Seen)
	for _, n := range s.Asked {
		o.asked[n] = true
	}
	for _, n := range s.Drawn {
		o.drawn[n] = true
	}
	return o, nil
}
