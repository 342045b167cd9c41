package check

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// The kinds of issues that brat's validation knows.
const (
	UnknownType        = "unknown-type"        // configured nowhere
	ForbiddenEquiv     = "forbidden-equiv"     // between types that may not be equivalent
	ForbiddenOverlap   = "forbidden-overlap"   // no <OVERLAP> rule allows it
	UnusedTrigger      = "unused-trigger"      // no event refers to it
	RepeatedTrigger    = "repeated-trigger"    // same span and type as another
	ForbiddenRelation  = "forbidden-relation"  // types or roles do not fit
	MissingArgument    = "missing-argument"    // of an event
	ForbiddenArgument  = "forbidden-argument"  // of an event
	TooManyArguments   = "too-many-arguments"  // of an event
	ForbiddenAttribute = "forbidden-attribute" // on that type
)

// Issue is something that annotation.conf does not allow.
type Issue struct {
	Line    int // of the annotation, from 1
	Kind    string
	ID      string // of the annotation
	Message string
	Fix     string
}

// Validate checks annotations against the configuration, with the rules and in
// the order of brat's own validation: types, equivs, overlap, triggers,
// relations, missing, forbidden and superfluous arguments, attributes. As in
// brat an overlapping pair makes two issues, one for either side, values of
// attributes are not looked at, and a reference to what is not there, or is
// not readable, makes it give up: the error says so, and there are no issues.
// Lines that brat does not read take no part.
func Validate(f *brat.File, c *brat.Config) ([]Issue, error) {
	v := newValidator(f, c)
	for _, step := range []func(){
		v.types, v.equivs, v.overlaps, v.triggers, v.relations, v.missing, v.forbidden, v.superfluous, v.attributes,
	} {
		step()
		if v.lost != nil {
			return nil, fmt.Errorf("validate: %w", v.lost)
		}
	}
	return v.issues, nil
}

// validator holds the lines by kind, and collects issues.
type validator struct {
	rules  rules
	issues []Issue
	lost   error // why the validation cannot go on

	byID       map[string]*numbered
	textbounds []*numbered
	events     []*numbered
	relates    []*numbered
	equivSets  []*numbered
	attached   []*numbered            // attributes
	of         map[string][]*numbered // events by trigger
}

// numbered is a line with its number, from 1.
type numbered struct {
	brat.Line
	n int
}

func newValidator(f *brat.File, c *brat.Config) *validator {
	v := &validator{rules: newRules(c), byID: map[string]*numbered{}, of: map[string][]*numbered{}}
	for i := range f.Len() {
		l := &numbered{f.Line(i), i + 1}
		if l.Failed {
			continue
		}
		if l.ID != "*" {
			v.byID[l.ID] = l
		}
		switch l.Kind {
		case brat.Textbound:
			v.textbounds = append(v.textbounds, l)
		case brat.Event:
			v.events = append(v.events, l)
			v.of[l.Trigger] = append(v.of[l.Trigger], l)
		case brat.Relation:
			v.relates = append(v.relates, l)
		case brat.Equiv:
			v.equiv(l)
		case brat.Attribute:
			v.attached = append(v.attached, l)
		}
	}
	return v
}

// equiv adds a set; sets with a common member become one, as when brat reads them.
func (v *validator) equiv(l *numbered) {
	set := l
	for _, e := range slices.Clone(v.equivSets) {
		if e == set || !slices.ContainsFunc(set.Members, func(m string) bool { return slices.Contains(e.Members, m) }) {
			continue
		}
		e.Members = slices.Clone(e.Members)
		for _, m := range set.Members {
			if !slices.Contains(e.Members, m) {
				e.Members = append(e.Members, m)
			}
		}
		v.equivSets = slices.DeleteFunc(v.equivSets, func(o *numbered) bool { return o == set })
		set = e
	}
	if set == l {
		v.equivSets = append(v.equivSets, l)
	}
}

func (v *validator) add(l *numbered, kind, fix, format string, args ...any) {
	v.issues = append(v.issues, Issue{Line: l.n, Kind: kind, ID: l.ID, Message: fmt.Sprintf(format, args...), Fix: fix})
}

// find is the line that id, in line by, refers to.
func (v *validator) find(by *numbered, id string) (*numbered, bool) {
	l, ok := v.byID[id]
	if !ok && v.lost == nil {
		v.lost = fmt.Errorf("line %d refers to %s, which is not there or not readable: correct the reference first", by.n, id)
	}
	return l, ok
}

func (v *validator) types() {
	unknown := func(lines []*numbered, what string, known map[string]bool) {
		for _, l := range lines {
			if !known[l.Type] {
				v.add(l, UnknownType, "correct the type, or add it to "+brat.AnnotationConf, "%s is not a configured %s type", l.Type, what)
			}
		}
	}
	unknown(v.events, "event", v.rules.events)
	unknown(v.textbounds, "text-bound", v.rules.textbounds)
	unknown(v.relates, "relation", v.rules.relations)
}

func (v *validator) equivs() {
	for _, set := range v.equivSets {
		var members []*numbered
		var types []string
		for _, id := range set.Members {
			m, ok := v.find(set, id)
			if !ok {
				return
			}
			members = append(members, m)
			if !slices.Contains(types, m.Type) {
				types = append(types, m.Type)
			}
		}
		said := map[[2]string]bool{}
		for _, a := range types {
			for _, b := range types {
				if v.rules.equivalent(a, b) || said[[2]string{b, a}] {
					continue
				}
				said[[2]string{a, b}] = true
				for _, m := range members {
					v.add(m, ForbiddenEquiv, "take a member out, or allow the relation in "+brat.AnnotationConf,
						"%s is not allowed between %s and %s (line %d)", set.Type, a, b, set.n)
				}
			}
		}
	}
}

func (v *validator) triggers() {
	type place struct{ spans, label string }
	var places []place
	at := map[place][]*numbered{}
	for _, t := range v.textbounds {
		if !v.rules.events[t.Type] {
			continue
		}
		if len(v.of[t.ID]) == 0 {
			v.add(t, UnusedTrigger, "make an event of it, or delete it", "no event has the trigger %s", t.ID)
		}
		p := place{sortedSpans(t.Spans).String(), t.Type}
		if at[p] == nil {
			places = append(places, p)
		}
		at[p] = append(at[p], t)
	}
	for _, p := range places {
		if len(at[p]) < 2 {
			continue
		}
		var ids []string
		for _, t := range at[p] {
			ids = append(ids, t.ID)
		}
		for _, t := range at[p] {
			if events := v.of[t.ID]; len(events) > 0 {
				t = events[0] // brat shows nothing on the trigger of an event
			}
			v.add(t, RepeatedTrigger, "use one trigger for all events there", "the triggers %s have the same span and type", strings.Join(ids, ", "))
		}
	}
}

// sortedSpans are the fragments as a set: sorted, none twice.
func sortedSpans(f corpus.Spans) corpus.Spans {
	f = f.Clone()
	slices.SortFunc(f, func(a, b corpus.Span) int {
		if a.Start != b.Start {
			return int(a.Start - b.Start)
		}
		return int(a.End - b.End)
	})
	return slices.Compact(f)
}

func (v *validator) relations() {
	for _, r := range v.relates {
		a, okA := v.find(r, r.Args[0].ID)
		b, okB := v.find(r, r.Args[1].ID)
		if !okA || !okB {
			return
		}
		left, right := r.Args[0].Role, r.Args[1].Role
		if v.rules.related(r.Type, a.Type, b.Type) && v.rules.hasRoles(r.Type, left, right) ||
			v.rules.related(r.Type, b.Type, a.Type) && v.rules.hasRoles(r.Type, right, left) {
			continue
		}
		v.add(r, ForbiddenRelation, "correct the arguments, or allow them in "+brat.AnnotationConf,
			"the relation %s is not allowed between %s:%s and %s:%s", r.Type, left, a.Type, right, b.Type)
	}
}

// arguments are an event's by role, numbers at the end of roles left out, in
// the order in which the roles occur.
func arguments(e *numbered) (roles []string, ids map[string][]string) {
	ids = map[string][]string{}
	for _, a := range e.Args {
		role := strings.TrimRightFunc(a.Role, unicode.IsDigit)
		if ids[role] == nil {
			roles = append(roles, role)
		}
		ids[role] = append(ids[role], a.ID)
	}
	return roles, ids
}

func (v *validator) missing() {
	for _, e := range v.events {
		_, ids := arguments(e)
		for _, r := range v.rules.roles(e.Type) {
			if n := len(ids[r.Name]); n < r.Min {
				least := "at least "
				if r.Min == r.Max {
					least = "exactly "
				}
				v.add(e, MissingArgument, "add the argument", "%s needs %s%d %s, and has %d", e.Type, least, r.Min, r.Name, n)
			}
		}
	}
}

func (v *validator) forbidden() {
	for _, e := range v.events {
		roles, ids := arguments(e)
		for _, role := range roles {
			if !v.rules.takes(e.Type, role) {
				v.add(e, ForbiddenArgument, "take the argument out, or allow it in "+brat.AnnotationConf, "%s cannot have a %s", e.Type, role)
				continue
			}
			for _, id := range ids[role] {
				a, ok := v.find(e, id)
				if !ok {
					return
				}
				if !v.rules.fills(e.Type, role, a.Type) {
					v.add(e, ForbiddenArgument, "correct the argument, or allow its type in "+brat.AnnotationConf,
						"the %s of %s cannot be %s (%s)", role, e.Type, a.Type, id)
				}
			}
		}
	}
}

func (v *validator) superfluous() {
	for _, e := range v.events {
		roles, ids := arguments(e)
		for _, role := range roles {
			most := v.rules.most(e.Type, role)
			if n := len(ids[role]); n > 1 && n > most {
				v.add(e, TooManyArguments, "take arguments out, or allow more in "+brat.AnnotationConf, "%s has %d %s, and may have %d", e.Type, n, role, max(most, 1))
			}
		}
	}
}

func (v *validator) attributes() {
	for _, a := range v.attached {
		t, ok := v.find(a, a.Target)
		if !ok {
			return
		}
		if !v.rules.attribute(a.Type, t.Type) {
			v.add(t, ForbiddenAttribute, "delete the attribute, or allow it in "+brat.AnnotationConf, "%s cannot have the attribute %s (line %d)", t.Type, a.Type, a.n)
		}
	}
}
