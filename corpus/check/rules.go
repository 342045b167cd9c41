package check

import (
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

// rules answers what a configuration allows. Like brat it compares the sets
// <ENTITY>, <EVENT> and <ANY> with types rather than expanding them.
type rules struct {
	conf       *brat.Config
	entities   map[string]bool
	events     map[string]bool
	textbounds map[string]bool // both
	relations  map[string]bool
	types      map[string]*brat.Type // the last of a name counts
}

func newRules(c *brat.Config) rules {
	r := rules{conf: c, entities: map[string]bool{}, events: map[string]bool{}, textbounds: map[string]bool{}, relations: map[string]bool{}, types: map[string]*brat.Type{}}
	for t := range brat.All(c.Entities) {
		r.entities[t.Name], r.textbounds[t.Name], r.types[t.Name] = true, true, t
	}
	for t := range brat.All(c.Events) {
		r.events[t.Name], r.textbounds[t.Name], r.types[t.Name] = true, true, t
	}
	for _, rel := range c.Relations {
		r.relations[rel.Name] = true
	}
	return r
}

// alwaysEntities are types that brat takes for entities where they are not configured.
var alwaysEntities = strings.Fields(`Protein Entity Organism Chemical Two-component-system Regulon-operon
	Protein_family_or_group DNA_domain_or_region Protein_domain_or_region Amino_acid_monomer Carbohydrate
	Cell_type Drug_or_compound Gene_or_gene_product Tissue Other_pharmaceutical_agent`)

func (r rules) entity(label string) bool {
	return r.entities[label] || !r.events[label] && slices.Contains(alwaysEntities, label)
}

// in tells whether an argument of the given types may be label.
func (r rules) in(types []string, label string) bool {
	return slices.ContainsFunc(types, func(t string) bool {
		return t == label || t == "<ANY>" || t == "<ENTITY>" && r.entities[label] || t == "<EVENT>" && r.events[label]
	})
}

// fits tells whether a relation may go from one type to another.
func (r rules) fits(rel brat.RelationType, from, to string) bool {
	return len(rel.Roles) == 2 && r.in(rel.Roles[0].Types, from) && r.in(rel.Roles[1].Types, to)
}

func (r rules) related(name, from, to string) bool {
	return slices.ContainsFunc(r.conf.Relations, func(rel brat.RelationType) bool { return rel.Name == name && r.fits(rel, from, to) })
}

// hasRoles tells whether some line of the relation has these roles, whatever its types.
func (r rules) hasRoles(name, first, second string) bool {
	return slices.ContainsFunc(r.conf.Relations, func(rel brat.RelationType) bool {
		return rel.Name == name && !rel.Unused && len(rel.Roles) == 2 && rel.Roles[0].Name == first && rel.Roles[1].Name == second
	})
}

// equivalent tells whether an equiv may hold both types. A relation counts as
// an equiv by its name, whichever of its lines says so.
func (r rules) equivalent(a, b string) bool {
	return slices.ContainsFunc(r.conf.Relations, func(rel brat.RelationType) bool {
		return r.fits(rel, a, b) && slices.ContainsFunc(r.conf.Relations, func(e brat.RelationType) bool { return e.Name == rel.Name && e.Equiv() })
	})
}

// roles are the arguments that an event type has.
func (r rules) roles(label string) []brat.Role {
	if t := r.types[label]; t != nil {
		return t.Roles
	}
	return nil
}

// most is how often a role may stand; 0 for a role that the type does not have.
func (r rules) most(label, role string) int {
	for _, o := range r.roles(label) {
		if o.Name == role {
			return o.Max
		}
	}
	return 0
}

// takes tells whether an event type may have the role. brat also lets
// relations that begin at the type pass as roles.
func (r rules) takes(label, role string) bool {
	return r.types[label] != nil && (r.most(label, role) > 0 ||
		slices.ContainsFunc(r.conf.Relations, func(rel brat.RelationType) bool {
			return rel.Name == role && len(rel.Roles) == 2 && r.in(rel.Roles[0].Types, label)
		}))
}

// fills tells whether an annotation of type filler may stand in the role.
func (r rules) fills(label, role, filler string) bool {
	for _, o := range r.roles(label) {
		if o.Name == role && (r.in(o.Types, filler) || slices.Contains(o.Types, "<ENTITY>") && r.entity(filler)) {
			return true
		}
	}
	return r.related(role, label, filler)
}

// attribute tells whether annotations of type label may have the attribute.
func (r rules) attribute(name, label string) bool {
	return slices.ContainsFunc(r.conf.Attributes, func(a brat.AttributeType) bool {
		return a.Name == name && (r.in(a.Targets, label) || slices.Contains(a.Targets, "<ENTITY>") && r.entity(label) ||
			slices.Contains(a.Targets, "<RELATION>") && r.relations[label])
	})
}
