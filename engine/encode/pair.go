package encode

import (
	"encoding/json"
	"fmt"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// pairs puts two texts together as the post_processor of a tokenizer.json does: the
// tokenizer library encodes single texts only.
type pairs struct {
	template []piece
	limit    int // most pieces, special ones included
}

// piece of a template: a special piece, or the place of a text.
type piece struct {
	text byte // 'A' or 'B'; 0: ids are what stands here
	ids  []int64
	kind int64 // type id of all pieces here
}

// postProcessor is as much of that part of a tokenizer.json as decides how pairs look.
type postProcessor struct {
	Type       string
	Processors []postProcessor // of a Sequence
	Pair       []struct {
		Sequence     *templatePiece
		SpecialToken *templatePiece
	}
	SpecialTokens map[string]struct{ IDs []int64 } `json:"special_tokens"`
	CLS, SEP      namedID
}

type templatePiece struct {
	ID     string `json:"id"`
	TypeID int64  `json:"type_id"`
}

// namedID is written ["[SEP]", 3].
type namedID int64

func (n *namedID) UnmarshalJSON(b []byte) error {
	var pair [2]json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], (*int64)(n))
}

// newPairs reads how a bundle's tokenizer joins two texts.
func newPairs(b *onnx.Bundle, limit int) (pairs, error) {
	var file struct {
		PostProcessor *postProcessor `json:"post_processor"`
	}
	p := pairs{limit: limit}
	found, err := b.ReadJSON("tokenizer.json", &file)
	if err == nil && !found {
		err = fmt.Errorf("it has no tokenizer.json")
	}
	if err == nil {
		p.template, err = file.PostProcessor.template()
	}
	if err != nil {
		return p, fmt.Errorf("tokenizer.json: %w", err)
	}
	if limit <= p.special() {
		return p, fmt.Errorf("its length of %d pieces leaves no room for texts", limit)
	}
	return p, nil
}

var sideBySide = []piece{{text: 'A'}, {text: 'B', kind: 1}}

// template is how a pair is written; that of the last processor that knows pairs.
func (p *postProcessor) template() ([]piece, error) {
	if p == nil {
		return sideBySide, nil
	}
	special := func(id namedID, kind int64) piece { return piece{ids: []int64{int64(id)}, kind: kind} }
	switch p.Type {
	case "BertProcessing":
		return []piece{special(p.CLS, 0), {text: 'A'}, special(p.SEP, 0), {text: 'B', kind: 1}, special(p.SEP, 1)}, nil
	case "RobertaProcessing":
		return []piece{special(p.CLS, 0), {text: 'A'}, special(p.SEP, 0), special(p.SEP, 0), {text: 'B'}, special(p.SEP, 0)}, nil
	case "ByteLevel":
		return sideBySide, nil
	case "Sequence":
		template := sideBySide
		for i := range p.Processors {
			if p.Processors[i].Type == "ByteLevel" {
				continue
			}
			var err error
			if template, err = p.Processors[i].template(); err != nil {
				return nil, err
			}
		}
		return template, nil
	case "TemplateProcessing":
		return p.fromTemplate()
	}
	return nil, fmt.Errorf("the post_processor %q is not supported; want TemplateProcessing, BertProcessing or RobertaProcessing", p.Type)
}

func (p *postProcessor) fromTemplate() ([]piece, error) {
	var out []piece
	for _, t := range p.Pair {
		switch {
		case t.Sequence != nil && (t.Sequence.ID == "A" || t.Sequence.ID == "B"):
			out = append(out, piece{text: t.Sequence.ID[0], kind: t.Sequence.TypeID})
		case t.SpecialToken != nil:
			token, ok := p.SpecialTokens[t.SpecialToken.ID]
			if !ok {
				return nil, fmt.Errorf("the post_processor has no identifier for %q", t.SpecialToken.ID)
			}
			out = append(out, piece{ids: token.IDs, kind: t.SpecialToken.TypeID})
		default:
			return nil, fmt.Errorf("the post_processor has no template for pairs that is understood")
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the post_processor has no template for pairs")
	}
	return out, nil
}

// special is the number of special pieces.
func (p pairs) special() int {
	n := 0
	for _, t := range p.template {
		n += len(t.ids)
	}
	return n
}

// join writes two texts into one row: identifiers and type ids. What is too long is cut at
// the end, the longer text first.
func (p pairs) join(a, b []int64) (ids, kinds []int64) {
	n1, n2 := longestFirst(len(a), len(b), p.limit-p.special())
	for _, t := range p.template {
		part := t.ids
		switch t.text {
		case 'A':
			part = a[:n1]
		case 'B':
			part = b[:n2]
		}
		ids = append(ids, part...)
		for range part {
			kinds = append(kinds, t.kind)
		}
	}
	return ids, kinds
}

// longestFirst are the lengths that the tokenizers library cuts a pair to for its strategy of
// that name: both texts the same where both are too long, else the longer one.
func longestFirst(n1, n2, limit int) (int, int) {
	if n1+n2 <= limit {
		return n1, n2
	}
	if n1 > n2 {
		n2, n1 = longestFirst(n2, n1, limit)
		return n1, n2
	}
	if n1 > limit {
		n2 = n1
	} else {
		n2 = max(n1, limit-n1)
	}
	if n1+n2 > limit {
		n1 = limit / 2
		n2 = n1 + limit%2
	}
	return n1, n2
}
