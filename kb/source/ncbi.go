package source

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// nameClasses are the classes of names.dmp that somebody may write, with language and
// kind; authorities, type material and the like are left out.
var nameClasses = map[string]kb.Name{
	"scientific name":     {Kind: "preferred"},
	"synonym":             {Kind: "synonym"},
	"genbank synonym":     {Kind: "synonym"},
	"equivalent name":     {Kind: "synonym"},
	"anamorph":            {Kind: "synonym"},
	"genbank anamorph":    {Kind: "synonym"},
	"teleomorph":          {Kind: "synonym"},
	"misspelling":         {Kind: "synonym"},
	"misnomer":            {Kind: "synonym"},
	"blast name":          {Kind: "synonym", Lang: "en"},
	"common name":         {Kind: "synonym", Lang: "en"},
	"genbank common name": {Kind: "synonym", Lang: "en"},
	"acronym":             {Kind: "abbreviation"},
	"genbank acronym":     {Kind: "abbreviation"},
}

// taxon is a row of nodes.dmp.
type taxon struct {
	id, parent uint32
	rank       uint16
}

// taxonomy reads a dump of NCBI Taxonomy: names.dmp is sorted by taxon.
type taxonomy struct {
	e     *emitter
	nodes []taxon // sorted; twelve bytes a taxon
	ranks []string
	now   kb.Concept
}

// readNCBI reads names.dmp, with the ranks (as types) and parents of nodes.dmp and the
// merged taxa of merged.dmp, where they lie beside it.
func readNCBI(in *lines, e *emitter) error {
	t := &taxonomy{e: e}
	if err := t.readNodes(); err != nil || e.stopped {
		return err
	}
	in.back(in.text)
	for in.next() {
		if in.text == "" {
			continue
		}
		if err := t.row(in); err != nil && !e.problem(in.no, "%w", err) {
			return nil
		}
		if e.stopped {
			return nil
		}
	}
	if err := e.readError(in); err != nil || !t.flush() || e.rel == nil {
		return err
	}
	return e.beside(find(e.rel, "merged.dmp"), func(in *lines) error {
		f, err := dmp(in, 2)
		if err == nil {
			e.concept(kb.Concept{ID: f[0], Relations: []kb.Relation{{Kind: kb.ReplacedBy, ID: f[1]}}})
		}
		return err
	})
}

// dmp splits a row, which must have at least so many columns, the first a number.
func dmp(in *lines, columns int) ([]string, error) {
	f := strings.Split(strings.TrimSuffix(in.text, "\t|"), "\t|\t")
	switch {
	case !in.valid():
		return nil, errors.New("not UTF-8")
	case len(f) < columns:
		return nil, fmt.Errorf("%d columns, should be %d", len(f), columns)
	}
	if _, err := strconv.ParseUint(f[0], 10, 32); err != nil {
		return nil, fmt.Errorf("%q is no taxon number", f[0])
	}
	return f, nil
}

func (t *taxonomy) row(in *lines) error {
	f, err := dmp(in, 4)
	if err != nil {
		return err
	}
	n, ok := nameClasses[f[3]]
	if !ok {
		return nil
	}
	if n.Text = lexical.Clean(f[1]); n.Text == "" {
		return fmt.Errorf("taxon %s has an empty name", f[0])
	}
	if f[0] != t.now.ID {
		if !t.flush() {
			return nil
		}
		if err := t.begin(f[0]); err != nil {
			return err
		}
	}
	if n.Kind == "preferred" {
		t.now.Name = n.Text
	}
	t.now.Names = append(t.now.Names, n)
	return nil
}

func (t *taxonomy) begin(id string) error {
	c := kb.Concept{ID: id}
	if t.nodes != nil {
		n, _ := strconv.ParseUint(id, 10, 32)
		at, ok := slices.BinarySearchFunc(t.nodes, uint32(n), func(a taxon, id uint32) int { return cmp.Compare(a.id, id) })
		if !ok {
			return fmt.Errorf("taxon %s is not in nodes.dmp", id)
		}
		node := t.nodes[at]
		c.Type = t.ranks[node.rank]
		if node.parent != node.id { // the root is its own parent
			c.Parents = []string{strconv.FormatUint(uint64(node.parent), 10)}
		}
	}
	t.now = c
	return nil
}

// flush hands the taxon over that is complete; false means stop.
func (t *taxonomy) flush() bool {
	c := t.now
	t.now = kb.Concept{}
	return c.ID == "" || t.e.concept(c)
}

func (t *taxonomy) readNodes() error {
	if t.e.rel == nil {
		return nil
	}
	number := map[string]uint16{}
	err := t.e.beside(find(t.e.rel, "nodes.dmp"), func(in *lines) error {
		f, err := dmp(in, 3)
		if err != nil {
			return err
		}
		id, _ := strconv.ParseUint(f[0], 10, 32)
		parent, err := strconv.ParseUint(f[1], 10, 32)
		if err != nil {
			return fmt.Errorf("%q is no taxon number", f[1])
		}
		rank, ok := number[f[2]]
		if !ok {
			rank = uint16(len(t.ranks))
			number[strings.Clone(f[2])] = rank
			t.ranks = append(t.ranks, f[2])
		}
		if n := len(t.nodes); n > 0 && t.nodes[n-1].id == uint32(id) {
			return fmt.Errorf("taxon %s is there twice", f[0])
		}
		t.nodes = append(t.nodes, taxon{uint32(id), uint32(parent), rank})
		return nil
	})
	slices.SortFunc(t.nodes, func(a, b taxon) int { return cmp.Compare(a.id, b.id) })
	return err
}
