package check

import (
	"cmp"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// overlaps looks at every two entities whose hulls share a character. Events'
// triggers may overlap.
func (v *validator) overlaps() {
	var entities []*numbered
	for _, t := range v.textbounds {
		if v.rules.entity(t.Type) {
			entities = append(entities, t)
		}
	}
	allowed := map[[2]string][]string{}
	kinds := func(inner, outer string) []string {
		key := [2]string{inner, outer}
		if _, ok := allowed[key]; !ok {
			allowed[key] = v.rules.overlapKinds(inner, outer)
		}
		return allowed[key]
	}
	for _, p := range overlapping(entities) {
		v.overlap(p[0], p[1], kinds)
	}
}

// overlap adds what is wrong between a and b, as an issue of a.
func (v *validator) overlap(a, b *numbered, kinds func(inner, outer string) []string) {
	may := func(kind string) bool { // in either order
		return hasKind(kinds(a.Type, b.Type), kind) || hasKind(kinds(b.Type, a.Type), kind)
	}
	mayContain := func(inner, outer string) bool {
		return hasKind(kinds(inner, outer), "contain") || slices.Contains(kinds(outer, inner), "<ANY>")
	}
	const fix = "correct a span, or allow it by an <OVERLAP> rule in " + brat.AnnotationConf
	switch {
	case slices.Equal(sortedSpans(a.Spans), sortedSpans(b.Spans)):
		if !may("equal") {
			v.add(a, ForbiddenOverlap, fix, "%s has the same span as %s %s", a.Type, b.Type, b.ID)
		}
	case contains(b.Spans, a.Spans):
		if !mayContain(a.Type, b.Type) {
			v.add(a, ForbiddenOverlap, fix, "%s cannot lie inside %s %s", a.Type, b.Type, b.ID)
		}
	case contains(a.Spans, b.Spans):
		if !mayContain(b.Type, a.Type) {
			v.add(a, ForbiddenOverlap, fix, "%s cannot contain %s %s", a.Type, b.Type, b.ID)
		}
	case !may("cross"):
		v.add(a, ForbiddenOverlap, fix, "%s cannot cross %s %s", a.Type, b.Type, b.ID)
	}
}

func hasKind(kinds []string, kind string) bool {
	return slices.Contains(kinds, kind) || slices.Contains(kinds, "<ANY>")
}

// contains tells whether each fragment of inner lies in one of outer.
func contains(outer, inner corpus.Spans) bool {
	return !slices.ContainsFunc(inner, func(s corpus.Span) bool {
		return !slices.ContainsFunc(outer, func(o corpus.Span) bool { return o.Contains(s) })
	})
}

// overlapKinds are the ways in which inner may overlap outer. The old
// ENTITY-NESTING counts only where no <OVERLAP> names the two.
func (r rules) overlapKinds(inner, outer string) []string {
	var kinds []string
	nesting, named := false, false
	for _, o := range r.conf.Overlaps {
		if !r.in(o.Arg1, inner) || !r.in(o.Arg2, outer) {
			continue
		}
		if o.Nesting {
			nesting = true
			continue
		}
		named = true
		kinds = append(kinds, o.Kinds...)
	}
	if nesting && !named {
		return []string{"contain"}
	}
	return kinds
}

// overlapping lists the ordered pairs whose hulls strictly intersect, by the
// lines of the first and of the second. A zero-length hull intersects what it
// lies inside.
func overlapping(lines []*numbered) [][2]*numbered {
	byStart := slices.Clone(lines)
	slices.SortStableFunc(byStart, func(a, b *numbered) int { return cmp.Compare(a.Spans.Hull().Start, b.Spans.Hull().Start) })
	var out [][2]*numbered
	for i, a := range byStart {
		h := a.Spans.Hull()
		for _, b := range byStart[i+1:] {
			o := b.Spans.Hull()
			if o.Start >= h.End {
				break
			}
			if o.End > h.Start {
				out = append(out, [2]*numbered{a, b}, [2]*numbered{b, a})
			}
		}
	}
	slices.SortFunc(out, func(p, q [2]*numbered) int {
		return cmp.Or(cmp.Compare(p[0].n, q[0].n), cmp.Compare(p[1].n, q[1].n))
	})
	return out
}
