package link

import "github.com/gloss-nlp/gloss/kb/lexical"

// beside is what the other mentions of a document are nearest to.
type beside struct {
	jobs  []*job
	same  map[string]float32 // code -> the greatest score by which it is the best of one
	bases map[string]float32 // likewise by first part of structured codes
	rests map[string]float32 // other parts of structured codes -> share of the mentions
}

// newBeside looks at the mentions beside one; such as equal it but for case and accents are no others.
func newBeside(a *ask, kbs []*base) beside {
	b := beside{same: map[string]float32{}, bases: map[string]float32{}, rests: map[string]float32{}}
	self := lexical.Fold(a.text)
	for _, j := range a.beside {
		if j.best != nil && j.best.concept != noConcept && lexical.Fold(j.text) != self {
			b.jobs = append(b.jobs, j)
		}
	}
	for _, j := range b.jobs {
		k, score := kbs[j.best.kb], float32(j.best.score)
		id, _, _ := k.Numbered(j.best.concept)
		b.same[id] = max(b.same[id], score)
		if base := k.codeBase(id); base != "" {
			b.bases[base] = max(b.bases[base], score)
			b.rests[k.codeRest(id)] += 1 / float32(len(b.jobs))
		}
	}
	return b
}
