package ner

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// layer is one set of labels, ready to decode: columns [first, first+len(tags)) of
// a row of logits.
type layer struct {
	name   string
	first  int
	tags   []tag
	crf    *crf              // nil: tags are decoded one by one
	honest *onnx.Calibration // of scores; nil: as they are
	head   *Head             // scores the tags; nil: the model's own columns
}

// tag is a place in a mention, in the terms of BIOES whatever the scheme, and the
// mention's label. Tags outside of mentions have no label.
type tag struct {
	name  string
	place byte // 'O', 'B', 'I', 'E', 'S', 'V' (in two mentions), or flat
	label string
}

// flat is the place of a tag of a scheme that names labels alone: touching pieces
// of the same label are one mention.
const flat = 'F'

// schemes maps the letters of a scheme to places. IOB1 has the letters of IOB2, and
// a decoder that lets I open a mention reads both.
var schemes = map[string]map[string]byte{
	"iob1":  {"B": 'B', "I": 'I'},
	"iob2":  {"B": 'B', "I": 'I'},
	"bioes": {"B": 'B', "I": 'I', "E": 'E', "S": 'S'},
	"bilou": {"B": 'B', "I": 'I', "L": 'E', "U": 'S'},
	"bmewo": {"B": 'B', "M": 'I', "E": 'E', "W": 'S'},
	// V marks words of two mentions or more (Rivera-Zavala and Martínez) and bears the
	// label of the longest; see nested.
	"bmewov": {"B": 'B', "M": 'I', "E": 'E', "W": 'S', "V": 'V'},
	"bioesv": {"B": 'B', "I": 'I', "E": 'E', "S": 'S', "V": 'V'},
	"flat":   {},
}

func newLayer(l onnx.Layer) (layer, error) {
	scheme := strings.ToLower(strings.ReplaceAll(l.Scheme, "-", ""))
	guessed := scheme == ""
	if guessed {
		scheme = detect(l.Labels)
	}
	letters, known := schemes[scheme]
	if !known {
		return layer{}, fmt.Errorf("scheme %q is unknown; want bioes, bioesv, iob2, iob1, bilou, bmewo, bmewov or flat", l.Scheme)
	}
	parsed := layer{name: l.Name, first: l.First, honest: l.Calibration}
	for _, name := range l.Labels {
		t, err := newTag(name, scheme, letters)
		if err != nil && guessed {
			t, err = tag{name: name, place: flat, label: name}, nil
		}
		if err != nil {
			return layer{}, err
		}
		parsed.tags = append(parsed.tags, t)
	}
	if !slices.ContainsFunc(parsed.tags, func(t tag) bool { return t.label != "" }) {
		return layer{}, fmt.Errorf("its labels %q mark no mention", l.Labels)
	}
	if l.CRF != nil {
		parsed.crf = newCRF(*l.CRF)
	}
	return parsed, nil
}

func newTag(name, scheme string, letters map[string]byte) (tag, error) {
	if name == "O" {
		return tag{name: name, place: 'O'}, nil
	}
	if scheme == "flat" {
		return tag{name: name, place: flat, label: name}, nil
	}
	letter, label, _ := strings.Cut(name, "-")
	place, known := letters[letter]
	if !known || label == "" {
		return tag{}, fmt.Errorf("tag %q does not belong to the scheme %s", name, scheme)
	}
	return tag{name: name, place: place, label: label}, nil
}

// detect finds the scheme that has all the letters of the tags. A tag without a
// letter of any scheme stands for itself; where no scheme fits, all do.
func detect(names []string) string {
	used := map[string]bool{}
	for _, name := range names {
		letter, label, _ := strings.Cut(name, "-")
		if label != "" && len(letter) == 1 && strings.Contains("BIESLUMWV", letter) {
			used[letter] = true
		}
	}
	if len(used) == 0 {
		return "flat"
	}
	for _, scheme := range []string{"iob2", "bioes", "bilou", "bmewo", "bmewov", "bioesv"} {
		all := true
		for letter := range used {
			_, known := schemes[scheme][letter]
			all = all && known
		}
		if all {
			return scheme
		}
	}
	return "flat"
}

// run is a mention in pieces, both ends included.
type run struct {
	first, last int
	label       string
	inner       bool // it lies in another of its layer
}

// strictRuns finds whole mentions only: B I* E, or S, of one label. A CRF that
// forbids broken ones gives no others.
func strictRuns(path []int, tags []tag) []run {
	var found []run
	open := -1
	for i, t := range path {
		switch tags[t].place {
		case 'S':
			found = append(found, run{first: i, last: i, label: tags[t].label})
			open = -1
		case 'B':
			open = i
		case 'I', 'E':
			if open < 0 || tags[path[open]].label != tags[t].label {
				open = -1
				continue
			}
			if tags[t].place == 'E' {
				found = append(found, run{first: open, last: i, label: tags[t].label})
				open = -1
			}
		default:
			open = -1
		}
	}
	return found
}

// lenientRuns makes the best of tags that were chosen one by one: what goes on
// without a beginning begins, and what does not end ends where its label does.
func lenientRuns(path []int, tags []tag) []run {
	var found []run
	going := false
	for i, t := range path {
		place, label := tags[t].place, tags[t].label
		if place == 'O' {
			going = false
			continue
		}
		goesOn := place == 'I' || place == 'E' || place == 'V' || place == flat
		if going && goesOn && found[len(found)-1].label == label {
			found[len(found)-1].last = i
		} else {
			found = append(found, run{first: i, last: i, label: label})
		}
		going = place != 'E' && place != 'S'
	}
	return found
}

// nested finds the mentions inside of others, of the same label: each longest
// stretch of V in a run that has other tags besides. What V cannot tell is read as
// nesting in the simplest way: two mentions that cross are one that holds what they
// share, and one of another label inside has the outer label.
func nested(path []int, tags []tag, runs []run) []run {
	var found []run
	for _, r := range runs {
		for i := r.first; i <= r.last; {
			end := i
			for end <= r.last && tags[path[end]].place == 'V' {
				end++
			}
			if end > i && end-i <= r.last-r.first {
				found = append(found, run{i, end - 1, r.label, true})
			}
			i = end + 1
		}
	}
	return found
}

// whole tells whether the tags mark the end of every mention, so that broken ones
// can be told. Where mentions overlap, one may begin or end on V.
func (l layer) whole() bool {
	has := func(places string) bool {
		return slices.ContainsFunc(l.tags, func(t tag) bool { return strings.IndexByte(places, t.place) >= 0 })
	}
	return has("ES") && !has("V")
}
