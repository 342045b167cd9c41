package source

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Identifiers of SNOMED CT's own metadata.
const (
	typeFSN         = "900000000000003001" // fully specified name
	typeSynonym     = "900000000000013009"
	preferredHere   = "900000000000548007" // acceptability in a language reference set
	isA             = "116680003"
	descriptionHead = "id\teffectiveTime\tactive\tmoduleId\tconceptId\tlanguageCode\ttypeId\tterm\tcaseSignificanceId"
)

// associations are the historical reference sets, from a retired concept to others.
var associations = map[string]string{
	"900000000000526001": kb.ReplacedBy,
	"900000000000527005": kb.SameAs,
	"900000000000523009": kb.MaybeSame,
	"900000000000528000": kb.WasA,
	"900000000000530003": "alternative",
	"900000000000524003": "moved_to",
	"900000000000531004": "refers_to",
	"1186924009":         "partially_equivalent_to",
	"1186921001":         "possibly_replaced_by",
}

// snomedRelease are the Snapshot files of an RF2 release, and of extensions in it.
type snomedRelease struct {
	concepts, descriptions, definitions, languages, relationships, history []string
}

func snomedFiles(r release) (s snomedRelease) {
	for _, name := range r.names() {
		base := strings.ToLower(path.Base(name))
		if !strings.Contains(base, "snapshot") || path.Ext(base) != ".txt" {
			continue
		}
		for _, kind := range []struct {
			prefix string
			list   *[]string
		}{
			{"sct2_concept_", &s.concepts},
			{"sct2_description_", &s.descriptions},
			{"sct2_textdefinition_", &s.definitions},
			{"sct2_relationship_", &s.relationships},
			{"der2_crefset_language", &s.languages},
			{"der2_crefset_association", &s.history},
		} {
			if strings.HasPrefix(strings.TrimPrefix(base, "x"), kind.prefix) {
				*kind.list = append(*kind.list, name)
			}
		}
	}
	return s
}

// state is whether a component is active, as of its latest row.
type state struct {
	id     int64
	time   int32 // yyyymmdd
	active bool
}

// tagged is the semantic tag of a concept, from the name in the language most wanted.
type tagged struct {
	id   int64
	rank uint8
	tag  uint16
}

type snomed struct {
	e         *emitter
	concepts  []state  // sorted; nil where the release has none
	preferred []int64  // descriptions that a language reference set prefers, sorted
	tags      []tagged // sorted
	tagNames  []string
	parents   [][2]int64 // concept, parent; sorted
}

// readSNOMED reads the active descriptions of active concepts. The fully specified
// name gives the semantic tag, as type, and a synonym without it.
func readSNOMED(e *emitter, files snomedRelease) error {
	s := &snomed{e: e}
	steps := []struct {
		files   []string
		columns int
		row     func(f []string) error
	}{
		{files.concepts, 5, s.concept},
		{files.languages, 7, s.language},
		{files.descriptions, 9, s.tag},
		{files.relationships, 10, s.parent},
		{files.descriptions, 9, s.description},
		{files.definitions, 9, s.definition},
		{files.history, 7, s.association},
	}
	for _, step := range steps {
		for _, lang := range s.passes(step.files) {
			if err := s.read(lang, step.columns, step.row); err != nil || e.stopped {
				return err
			}
		}
		s.sort()
	}
	return nil
}

// passes orders files by the languages wanted: a file's name ends in its language.
func (s *snomed) passes(files []string) []string {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(s.fileRank(a), s.fileRank(b)) })
	return files
}

func (s *snomed) fileRank(file string) int {
	for i, lang := range s.e.o.Langs {
		if strings.Contains(strings.ToLower(path.Base(file)), "-"+lang+"_") {
			return i
		}
	}
	return len(s.e.o.Langs)
}

func (s *snomed) read(file string, columns int, row func(f []string) error) error {
	return s.e.beside(file, func(in *lines) error {
		if in.no == 1 {
			return nil // header
		}
		f := strings.Split(in.text, "\t")
		if len(f) != columns {
			return fmt.Errorf("%d columns, should be %d", len(f), columns)
		}
		return row(f)
	})
}

func (s *snomed) sort() {
	slices.SortFunc(s.concepts, func(a, b state) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.time, b.time)) })
	slices.Sort(s.preferred)
	slices.SortFunc(s.tags, func(a, b tagged) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.rank, b.rank)) })
	slices.SortFunc(s.parents, func(a, b [2]int64) int { return slices.Compare(a[:], b[:]) })
}

func sctid(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is no SNOMED CT identifier", s)
	}
	return n, nil
}

func (s *snomed) concept(f []string) error {
	id, err := sctid(f[0])
	if err != nil {
		return err
	}
	time, err := strconv.ParseInt(f[1], 10, 32)
	if err != nil {
		return fmt.Errorf("%q is no date", f[1])
	}
	s.concepts = append(s.concepts, state{id, int32(time), f[2] == "1"})
	return nil
}

// active tells whether a concept is; an unknown one is an error where all are known.
func (s *snomed) active(id int64) (bool, error) {
	if s.concepts == nil {
		return true, nil
	}
	after, _ := slices.BinarySearchFunc(s.concepts, id+1, func(c state, id int64) int { return cmp.Compare(c.id, id) })
	if after == 0 || s.concepts[after-1].id != id {
		return false, fmt.Errorf("concept %d is in no Concept file", id)
	}
	return s.concepts[after-1].active, nil
}

func (s *snomed) language(f []string) error {
	id, err := sctid(f[5])
	if err == nil && f[2] == "1" && f[6] == preferredHere {
		s.preferred = append(s.preferred, id)
	}
	return err
}

// tag notes what is in the last brackets of a fully specified name.
func (s *snomed) tag(f []string) error {
	_, tag := cutTag(f[7])
	if f[2] != "1" || f[6] != typeFSN || tag == "" {
		return nil
	}
	id, err := sctid(f[4])
	if err != nil {
		return nil // told when names are read
	}
	n := slices.Index(s.tagNames, tag)
	if n < 0 {
		n = len(s.tagNames)
		s.tagNames = append(s.tagNames, strings.Clone(tag))
	}
	rank := slices.Index(s.e.o.Langs, f[5])
	if rank < 0 {
		rank = 255
	}
	s.tags = append(s.tags, tagged{id, uint8(rank), uint16(n)})
	return nil
}

// cutTag separates a fully specified name from its semantic tag.
func cutTag(fsn string) (name, tag string) {
	i := strings.LastIndex(fsn, " (")
	if i < 0 || !strings.HasSuffix(fsn, ")") {
		return fsn, ""
	}
	return fsn[:i], fsn[i+2 : len(fsn)-1]
}

func (s *snomed) parent(f []string) error {
	if f[2] != "1" || f[7] != isA {
		return nil
	}
	child, err := sctid(f[4])
	if err != nil {
		return err
	}
	up, err := sctid(f[5])
	if err == nil {
		s.parents = append(s.parents, [2]int64{child, up})
	}
	return err
}

func (s *snomed) description(f []string) error {
	if f[2] != "1" {
		return nil
	}
	description, err := sctid(f[0])
	if err != nil {
		return err
	}
	c, active, err := s.begin(f[4])
	if err != nil || !active {
		return err
	}
	n := kb.Name{Text: lexical.Clean(f[7]), Lang: f[5], Kind: "synonym"}
	if n.Text == "" {
		return fmt.Errorf("description %s has no text", f[0])
	}
	switch _, preferred := slices.BinarySearch(s.preferred, description); {
	case f[6] == typeFSN:
		n.Text, _ = cutTag(n.Text)
		c.Parents = s.parentsOf(f[4])
	case preferred && f[6] == typeSynonym:
		n.Kind, c.Name = "preferred", n.Text
	}
	c.Names = []kb.Name{n}
	s.e.concept(c)
	return nil
}

// begin is a concept with its type.
func (s *snomed) begin(concept string) (c kb.Concept, active bool, err error) {
	id, err := sctid(concept)
	if err != nil {
		return c, false, err
	}
	if active, err = s.active(id); err != nil || !active {
		return c, false, err
	}
	c.ID = concept
	at, ok := slices.BinarySearchFunc(s.tags, id, func(t tagged, id int64) int { return cmp.Compare(t.id, id) })
	if ok {
		c.Type = s.tagNames[s.tags[at].tag]
	}
	return c, true, nil
}

func (s *snomed) parentsOf(concept string) (out []string) {
	id, _ := sctid(concept)
	at, _ := slices.BinarySearchFunc(s.parents, id, func(p [2]int64, id int64) int { return cmp.Compare(p[0], id) })
	for ; at < len(s.parents) && s.parents[at][0] == id; at++ {
		out = append(out, strconv.FormatInt(s.parents[at][1], 10))
	}
	return slices.Compact(out)
}

func (s *snomed) definition(f []string) error {
	if f[2] != "1" || len(s.e.o.Langs) > 0 && !slices.Contains(s.e.o.Langs, f[5]) {
		return nil
	}
	c, active, err := s.begin(f[4])
	if err == nil && active {
		c.Definition = lexical.Clean(f[7])
		s.e.concept(c)
	}
	return err
}

func (s *snomed) association(f []string) error {
	kind, known := associations[f[4]]
	if f[2] != "1" || !known {
		return nil
	}
	for _, id := range f[5:7] {
		if _, err := sctid(id); err != nil {
			return err
		}
	}
	s.e.concept(kb.Concept{ID: f[5], Relations: []kb.Relation{{Kind: kind, ID: f[6]}}})
	return nil
}
