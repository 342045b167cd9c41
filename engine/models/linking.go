package models

import (
	"errors"
	"fmt"
	"os"

	"github.com/gloss-nlp/gloss/engine/demo"
	"github.com/gloss-nlp/gloss/engine/encode"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/rank"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/link"
)

// linkWith opens what strategies use beside knowledge bases and the encoder, and tells it in
// Linking: what was computed with others is not found again.
func (p *parts) linkWith(o *link.Options) (err error) {
	if o.Abbreviations, err = abbreviations(p.o.Abbreviations); err != nil {
		return err
	}
	if p.o.Abbreviations != "" {
		p.m.Linking += fmt.Sprintf(" abbreviations=%q", p.o.Abbreviations)
	}
	trees, err := p.o.ranking()
	if err != nil {
		return fmt.Errorf("open the re-ranker: %w", err)
	}
	if trees != nil {
		o.Ranker = trees
		p.m.Linking += " ranking=" + trees.Hash()
		return nil
	}
	if p.rt == nil {
		return fmt.Errorf("open the re-ranker: %w", errors.New("there is no ONNX Runtime"))
	}
	b, err := onnx.OpenDir(p.o.Reranker)
	if err == nil {
		p.cross, err = encode.OpenCross(p.rt, b, encode.Options{})
	}
	if err != nil {
		return fmt.Errorf("open the re-ranker: %w", err)
	}
	o.Reranker = p.cross
	p.m.Linking += " reranker=" + p.cross.Hash()
	return nil
}

// ranking is the learnt ranking that is named or shipped; nil where a cross-encoder is named.
func (o Options) ranking() (*rank.Trees, error) {
	if o.Reranker == "" {
		return rank.Open(demo.Rank(), "gloss-rank")
	}
	if files := os.DirFS(o.Reranker); rank.Is(files) {
		return rank.Open(files, o.Reranker)
	}
	return nil, nil
}

// abbreviations are those that gloss ships, after those of a file where one is named.
func abbreviations(path string) (*lexical.Abbreviations, error) {
	known := lexical.ClinicalAbbreviations()
	if path == "" {
		return known, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read abbreviations: %w", err)
	}
	defer f.Close() // only read
	own, err := lexical.ReadAbbreviations(f, path)
	if err != nil {
		return nil, err
	}
	return known.With(own), nil
}
