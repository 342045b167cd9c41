package source

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// graphNode is a node of an OBO graph, as far as it says something about names.
type graphNode struct {
	ID   string `json:"id"`
	Lbl  string `json:"lbl"`
	Type string `json:"type"` // CLASS, PROPERTY, INDIVIDUAL
	Meta struct {
		Definition struct {
			Val string `json:"val"`
		} `json:"definition"`
		Synonyms []struct {
			Val         string `json:"val"`
			SynonymType string `json:"synonymType"`
		} `json:"synonyms"`
		Properties []struct {
			Pred string `json:"pred"`
			Val  string `json:"val"`
		} `json:"basicPropertyValues"`
		Deprecated bool `json:"deprecated"`
	} `json:"meta"`
}

type graphEdge struct {
	Sub  string `json:"sub"`
	Pred string `json:"pred"`
	Obj  string `json:"obj"`
}

// replacedByProperty is "term replaced by".
const replacedByProperty = "IAO:0100001"

// graphReader reads an OBO graph element by element; edges are kept until the end,
// since they may come before or after the nodes.
type graphReader struct {
	e       *emitter
	dec     *json.Decoder
	at      *lineCounter
	seen    map[string]int // identifier -> line
	parents map[string][]string
	order   []string // keys of parents
}

// readGraphs reads OBO-Graphs JSON. Of nodes CLASS ones count, and those that tell
// no type; deprecated ones tell what replaced them.
func readGraphs(r io.Reader, e *emitter) error {
	if e.o.Lang == "" {
		e.o.Lang = "en"
	}
	at := &lineCounter{in: r, line: 1}
	g := &graphReader{e: e, dec: json.NewDecoder(at), at: at, seen: map[string]int{}, parents: map[string][]string{}}
	graphs, err := g.object(map[string]func() error{"graphs": func() error {
		return g.array(func() error {
			_, err := g.object(map[string]func() error{
				"nodes": func() error { return g.array(g.node) },
				"edges": func() error { return g.array(g.edge) },
			})
			return err
		})
	}})
	var p *Problem
	switch {
	case e.stopped:
		return nil
	case errors.As(err, &p):
		return err
	case err != nil:
		return &Problem{e.file, g.line(), fmt.Errorf("no JSON of an OBO graph: %w; it is damaged or cut off", err)}
	case !graphs:
		return fmt.Errorf("%s: JSON without \"graphs\": %w; formats are %s", e.file, ErrFormat, Formats)
	}
	for _, id := range g.order {
		if !e.concept(kb.Concept{ID: id, Parents: g.parents[id]}) {
			return nil
		}
	}
	return nil
}

func (g *graphReader) line() int { return g.at.lineOf(g.dec.InputOffset()) }

// object reads an object; values of keys without a function are skipped. found tells
// whether there was one with.
func (g *graphReader) object(f map[string]func() error) (found bool, err error) {
	if err := g.delim('{'); err != nil {
		return false, err
	}
	for g.dec.More() {
		key, err := g.dec.Token()
		if err != nil {
			return found, err
		}
		read := func() error { var skip json.RawMessage; return g.dec.Decode(&skip) }
		if name, _ := key.(string); f[name] != nil {
			read, found = f[name], true
		}
		if err := read(); err != nil || g.e.stopped {
			return found, err
		}
	}
	return found, g.delim('}')
}

func (g *graphReader) array(element func() error) error {
	if err := g.delim('['); err != nil {
		return err
	}
	for g.dec.More() {
		if err := element(); err != nil || g.e.stopped {
			return err
		}
	}
	return g.delim(']')
}

func (g *graphReader) delim(want json.Delim) error {
	t, err := g.dec.Token()
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	if err == nil && t != want {
		err = fmt.Errorf("%v instead of %v", t, want)
	}
	return err
}

// decode reads an element; one of another shape is a broken line and gives false.
func (g *graphReader) decode(v any) (bool, error) {
	err := g.dec.Decode(v)
	var shape *json.UnmarshalTypeError
	if errors.As(err, &shape) {
		g.e.problem(g.line(), "%s is a %s", shape.Field, shape.Value)
		return false, nil
	}
	return err == nil, err
}

func (g *graphReader) node() error {
	var n graphNode
	if ok, err := g.decode(&n); !ok || err != nil {
		return err
	}
	id := curie(n.ID)
	if n.Type != "" && n.Type != "CLASS" {
		return nil
	}
	if n.Meta.Deprecated {
		for _, p := range n.Meta.Properties {
			if curie(p.Pred) == replacedByProperty {
				g.e.concept(kb.Concept{ID: id, Relations: []kb.Relation{{Kind: kb.ReplacedBy, ID: curie(p.Val)}}})
			}
		}
		return nil
	}
	c := kb.Concept{ID: id, Name: lexical.Clean(n.Lbl), Definition: lexical.Clean(n.Meta.Definition.Val)}
	line := g.line()
	switch first, twice := g.seen[id]; {
	case id == "":
		g.e.problem(line, "node has no id")
		return nil
	case c.Name == "": // of another ontology, mentioned only
		return nil
	case twice:
		g.e.problem(line, "node %s is defined twice, first in line %d", id, first)
		return nil
	}
	g.seen[id] = line
	c.Names = []kb.Name{{Text: c.Name, Kind: "preferred"}}
	for _, p := range n.Meta.Properties {
		if strings.HasSuffix(p.Pred, "hasOBONamespace") {
			c.Type = p.Val
		}
	}
	for _, s := range n.Meta.Synonyms {
		kind := "synonym"
		if strings.Contains(strings.ToLower(s.SynonymType), "abbreviation") || strings.Contains(strings.ToLower(s.SynonymType), "acronym") {
			kind = "abbreviation"
		}
		if text := lexical.Clean(s.Val); text != "" {
			c.Names = append(c.Names, kb.Name{Text: text, Kind: kind})
		}
	}
	g.e.concept(c)
	return nil
}

func (g *graphReader) edge() error {
	var x graphEdge
	if ok, err := g.decode(&x); !ok || err != nil {
		return err
	}
	if x.Pred == "is_a" && x.Sub != "" && x.Obj != "" {
		sub := curie(x.Sub)
		if g.parents[sub] == nil {
			g.order = append(g.order, sub)
		}
		g.parents[sub] = append(g.parents[sub], curie(x.Obj))
	}
	return nil
}

var oboIRI = regexp.MustCompile(`^https?://purl\.obolibrary\.org/obo/([A-Za-z][A-Za-z0-9]*)_([^/#]+)$`)

// curie shortens an OBO IRI (…/obo/HP_0000118) to its identifier (HP:0000118); others
// stay as they are.
func curie(iri string) string {
	if m := oboIRI.FindStringSubmatch(iri); m != nil {
		return m[1] + ":" + m[2]
	}
	return strings.TrimSpace(iri)
}

// lineCounter remembers where the lines end that a decoder has read but not yet
// come to.
type lineCounter struct {
	in   io.Reader
	read int64
	ends []int64 // offsets of line ends after the last one asked for
	line int     // of the last offset asked for
}

func (c *lineCounter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	for i, b := range p[:n] {
		if b == '\n' {
			c.ends = append(c.ends, c.read+int64(i))
		}
	}
	c.read += int64(n)
	return n, err
}

// lineOf is the line of an offset, which never goes back.
func (c *lineCounter) lineOf(offset int64) int {
	passed, _ := slices.BinarySearch(c.ends, offset)
	c.line += passed
	c.ends = append(c.ends[:0], c.ends[passed:]...)
	return c.line
}
