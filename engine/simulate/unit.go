package simulate

import (
	"errors"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/order"
)

// Unit is what the annotator is asked at a time.
type Unit string

// The units.
const (
	Document Unit = "document" // a whole document
	Sentence Unit = "sentence" // one sentence, with the one before it and the one after
)

// ErrUnit is the error of a unit that does not exist.
var ErrUnit = errors.New("unknown unit")

// ParseUnit reads a unit.
func ParseUnit(s string) (Unit, error) {
	if u := Unit(s); u == Document || u == Sentence {
		return u, nil
	}
	return "", fmt.Errorf("%w %q: it is document or sentence", ErrUnit, s)
}

// sample says how many answers tell how good the layer is.
func (u Unit) sample() order.Sample {
	if u == Sentence {
		return order.Sentences
	}
	return order.Documents
}

// extent is in words how much was asked.
func extent(c Curve, w order.Work) string {
	if c.Unit == Sentence {
		return fmt.Sprintf("%d sentences of %d documents", w.Sentences, w.Documents)
	}
	return fmt.Sprintf("%d documents", w.Documents)
}

// ask is what can be asked: a document, or one of its sentences.
type ask struct {
	name  string
	doc   corpus.Document
	at    int         // of a sentence among those of doc
	span  corpus.Span // a sentence reaches up to the next one
	words int
}

// asks are all that can be asked of the pool, in its order.
func (s *simulation) asks(u Unit) []ask {
	var all []ask
	for _, d := range s.o.Pool {
		if u == Sentence {
			all = append(all, sentences(d)...)
			continue
		}
		all = append(all, ask{name: d.Name, doc: d, span: corpus.Span{End: d.Text.Len()}, words: s.words[d.Name]})
	}
	return all
}

// sentences are those of a document, each with what stands between it and the next.
func sentences(d corpus.Document) []ask {
	var all []ask
	for i, span := range (segment.Cutter{}).Sentences(d.Text) {
		if i == 0 {
			span.Start = 0
		} else {
			all[i-1].span.End = span.Start
		}
		span.End = d.Text.Len()
		all = append(all, ask{name: fmt.Sprintf("%s:%d", d.Name, i), doc: d, at: i, span: span})
	}
	k := 0
	for _, w := range segment.Words(d.Text) {
		for k+1 < len(all) && all[k].span.End <= w.Start {
			k++
		}
		all[k].words++
	}
	return all
}

// own are the mentions that begin in what is asked.
func (a ask) own(mentions []corpus.Mention) []corpus.Mention {
	var own []corpus.Mention
	for _, m := range mentions {
		if start := m.Spans.Hull().Start; a.span.Start <= start && start < a.span.End {
			own = append(own, m)
		}
	}
	return own
}
