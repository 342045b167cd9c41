package models

import (
	"fmt"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/vec"
)

// scanner makes scanners on the GPU; nil where there is none. Vectors that the GPU has
// no memory for are searched on the processor, with a warning.
func (p *parts) scanner() func(*vec.Vectors) (kb.Scanner, error) {
	if p.rt == nil || p.rt.Device() == "cpu" {
		return nil
	}
	return func(v *vec.Vectors) (kb.Scanner, error) {
		s, err := p.rt.NewScanner(v)
		if err != nil {
			p.m.Warnings = append(p.m.Warnings, fmt.Sprintf("the knowledge base is searched on the processor: %v", err))
			return vec.NewExact(v, p.o.Threads), nil
		}
		p.scanners = append(p.scanners, s)
		return s, nil
	}
}
