package order

import "slices"

// glance is the least number of seconds that a sentence is expected to take, whatever was
// read before for the sake of others.
const glance = 1

// stoodBeside is the reason of a sentence that was read for the sake of another.
const stoodBeside = "beside one that is asked"

// place is a sentence of a document.
type place struct {
	doc string
	at  int
}

// round is what is open in one call of Next, and what was picked in it.
type round struct {
	o      *Order
	open   []*weighed
	places map[place]*weighed // open sentences
	visit  *visit
	batch  map[string]int // texts of guesses in what was picked
}

func newRound(o *Order, questions []Question, open []*weighed) *round {
	r := &round{o, open, map[place]*weighed{}, newVisit(questions), map[string]int{}}
	for _, w := range open {
		o.value(w, r.batch)
		if w.Doc != "" {
			r.places[place{w.Doc, w.At}] = w
		}
	}
	for _, w := range open {
		r.price(w)
	}
	return r
}

// beside are a question and the open sentences beside it, in the order of the text.
func (r *round) beside(w *weighed) []*weighed {
	if w.Doc == "" {
		return []*weighed{w}
	}
	var found []*weighed
	for at := w.At - 1; at <= w.At+1; at++ {
		if b := r.places[place{w.Doc, at}]; b != nil {
			found = append(found, b)
		}
	}
	return found
}

// price is what asking a question teaches and costs in the round as it stands.
func (r *round) price(w *weighed) {
	w.gain, w.cost = 0, 0
	for _, b := range r.beside(w) {
		w.gain, w.cost = w.gain+b.own, w.cost+b.work
	}
	if w.Doc != "" {
		w.cost = max(glance, w.cost+r.o.o.Costs.Seconds(r.visit.more(w.Question)))
	}
}

// take asks a question, and tells what is read for it and what is answered beside it.
func (r *round) take(w *weighed) (read Work, beside []*weighed) {
	taken := r.beside(w)
	for _, b := range taken {
		r.o.asked[b.Name] = true
		delete(r.places, place{b.Doc, b.At})
		for _, t := range b.texts {
			r.batch[t]++
		}
	}
	r.open = slices.DeleteFunc(r.open, func(b *weighed) bool { return slices.Contains(taken, b) })
	if w.Doc != "" {
		read = r.visit.take(w.Question)
	}
	r.renew(w, taken)
	return read, slices.DeleteFunc(taken, func(b *weighed) bool { return b == w })
}

// reach is how far away, in sentences, what a pick changes lies: it reads one more on
// either side, the other question does, too, and both may come to stand side by side.
const reach = 3

// renew prices anew what a pick has changed: what stands near it, and what has names of
// what was answered.
func (r *round) renew(w *weighed, taken []*weighed) {
	changed := map[string]bool{}
	for _, b := range taken {
		for _, t := range b.texts {
			changed[t] = true
		}
	}
	stale := map[*weighed]bool{}
	for _, b := range r.open {
		if w.Doc != "" && b.Doc == w.Doc && b.At-w.At <= reach && w.At-b.At <= reach {
			stale[b] = true
		}
		if slices.ContainsFunc(b.texts, func(t string) bool { return changed[t] }) {
			r.o.value(b, r.batch)
			for _, near := range r.beside(b) {
				stale[near] = true
			}
		}
	}
	for b := range stale {
		r.price(b)
	}
}

// visit is what is read in one round in which sentences are asked by themselves: each
// of them, and for its sense the one before and the one after. They are answered
// document by document, so that what lies side by side is read once, and only the way
// from one run of sentences to the next is a jump.
type visit struct {
	words map[place]int // of each sentence
	read  map[place]bool
}

// newVisit makes a visit to the sentences among questions, which are all there are.
func newVisit(questions []Question) *visit {
	v := &visit{map[place]int{}, map[place]bool{}}
	for _, q := range questions {
		if q.Doc != "" {
			v.words[place{q.Doc, q.At}] = q.Words
		}
	}
	return v
}

// more is what asking a sentence adds to the visit: words to read, and jumps, below 0
// where it joins two runs to one.
func (v *visit) more(q Question) Work {
	w := Work{}
	before := v.read[place{q.Doc, q.At - 2}]
	for at := q.At - 1; at <= q.At+1; at++ {
		p := place{q.Doc, at}
		words, exists := v.words[p]
		if !exists || v.read[p] {
			before = v.read[p]
			continue
		}
		w.Words += words
		w.Jumps++
		if before {
			w.Jumps--
		}
		if v.read[place{q.Doc, at + 1}] {
			w.Jumps--
		}
		before = true
	}
	return w
}

// take adds a sentence to the visit, and tells what it added.
func (v *visit) take(q Question) Work {
	w := v.more(q)
	for at := q.At - 1; at <= q.At+1; at++ {
		if _, exists := v.words[place{q.Doc, at}]; exists {
			v.read[place{q.Doc, at}] = true
		}
	}
	return w
}
