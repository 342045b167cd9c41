package link

import (
	"math"
	"strings"
)

// prior is how often annotated corpora chose a concept.
func (k *base) prior(concept int32) int {
	if concept == noConcept || k.Meta().Mentions == 0 {
		return 0
	}
	n := 0
	for _, row := range k.rows().of(concept) {
		n += k.Count(row)
	}
	return n
}

// names is how many names a concept has.
func (k *base) names(concept int32) int {
	if concept == noConcept {
		return 0
	}
	return len(k.rows().of(concept))
}

// codeBase is the first part of a structured code, empty where there is no such.
func (k *base) codeBase(id string) string {
	if c := k.composer(); c != nil {
		if parts, ok := c.codes.Split(id); ok {
			return parts[0]
		}
	}
	return ""
}

// structured is 1 where codes have parts.
func (k *base) structured() float32 {
	if k.composer() == nil {
		return 0
	}
	return 1
}

// codeRest is a structured code without its first part, empty where there is no such.
func (k *base) codeRest(id string) string {
	if c := k.composer(); c != nil {
		if parts, ok := c.codes.Split(id); ok {
			return " " + strings.Join(parts[1:], " ") // never empty
		}
	}
	return ""
}

// leastUsual is how usual a part is that annotated mentions never have.
const leastUsual = 1e-4

// partsPrior is ln of how usual the parts of a structured code are, but for the first.
func (k *base) partsPrior(id string) float32 {
	c := k.composer()
	if c == nil {
		return 0
	}
	parts, ok := c.codes.Split(id)
	if !ok {
		return 0
	}
	sum := 0.0
	for i := 1; i < len(parts); i++ {
		sum += math.Log(max(c.usual[i][parts[i]], leastUsual))
	}
	return float32(sum)
}
