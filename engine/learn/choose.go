package learn

import (
	"slices"
	"strconv"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
)

// Own is the name of the layer of labels that a model does not know.
const Own = "own"

// Choose are the layers that documents teach: those of a model whose labels occur, and
// one of the labels that none of them has. labels are those of each layer of the model,
// by name.
func Choose(docs []corpus.Document, layers []string, labels func(layer string) []string) []Layer {
	var seen []string // in the order of the alphabet
	for _, d := range docs {
		for _, m := range d.Mentions {
			if i, found := slices.BinarySearch(seen, m.Label); !found {
				seen = slices.Insert(seen, i, m.Label)
			}
		}
	}
	var chosen []Layer
	var known []string
	for _, name := range layers {
		own := labels(name)
		known = append(known, own...)
		if slices.ContainsFunc(seen, func(l string) bool { return slices.Contains(own, l) }) {
			chosen = append(chosen, Layer{Name: name})
		}
	}
	if rest := slices.DeleteFunc(seen, func(l string) bool { return slices.Contains(known, l) }); len(rest) > 0 {
		chosen = append(chosen, Layer{Name: Free(layers), Labels: rest})
	}
	return chosen
}

// Free is Own, with a number where a model that was trained on such labels has a layer of
// that name.
func Free(layers []string) string {
	name := Own
	for n := 2; slices.Contains(layers, name); n++ {
		name = Own + strconv.Itoa(n)
	}
	return name
}

// HeadOf is the head of the layer of a name; nil where there is none.
func HeadOf(layers []Learned, name string) *ner.Head {
	for i := range layers {
		if layers[i].Head.Name == name {
			return &layers[i].Head
		}
	}
	return nil
}
