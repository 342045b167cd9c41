package brat

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Names of the configuration files.
const (
	AnnotationConf = "annotation.conf"
	VisualConf     = "visual.conf"
	ToolsConf      = "tools.conf"
	ShortcutsConf  = "kb_shortcuts.conf"
	AccessConf     = "acl.conf"
)

// Type is an entity or event type.
type Type struct {
	Name     string   // as it stands in .ann files
	Other    []string // further names or ids
	Unused   bool     // marked "!": a heading, not offered to annotators
	Norm     []string // knowledge bases, from <NORM>
	Roles    []Role   // events only
	Children []*Type
	Depth    int // 0 at the top
	Line     int // in annotation.conf, from 1
}

// Role is an argument of an event or relation type.
type Role struct {
	Name     string
	Repeat   string   // "", "?", "*", "+", "{N}" or "{N-M}"
	Min, Max int      // how often it may stand
	Types    []string // may hold sets; see Config.Expand
}

// RelationType is one line of [relations]; a relation may have several.
type RelationType struct {
	Name   string
	Unused bool   // marked "!"
	Roles  []Role // two, in a right file
	Kinds  []string
	Line   int
}

// Equiv tells whether the relation is written as a "*" line.
func (r RelationType) Equiv() bool {
	return r.Name == "Equiv" && r.Kinds == nil || slices.Contains(r.Kinds, "symmetric") && slices.Contains(r.Kinds, "transitive")
}

// AttributeType is an attribute of annotations.
type AttributeType struct {
	Name    string
	Targets []string // types that may have it; may hold sets; see Config.Expand
	Values  []string // empty for a binary attribute
	Default string
	Depth   int // 0 at the top; brat offers no others to annotators
	Line    int
}

// OverlapRule allows annotations to overlap; without one, none may.
type OverlapRule struct {
	Arg1, Arg2 []string // may hold sets; see Config.Expand
	Kinds      []string // contain (Arg1 inside Arg2), equal, cross, or <ANY>; none says nothing
	Nesting    bool     // the old ENTITY-NESTING, which counts only where no <OVERLAP> speaks of the types
	Line       int
}

// Config is what the configuration files say of a document. It is not changed
// after it was read and may be used by many goroutines.
type Config struct {
	AnnotationFile string // that was found; empty for none
	VisualFile     string
	ToolsFile      string
	Entities       []*Type // hierarchies, in the order of the file
	Events         []*Type
	Relations      []RelationType
	Attributes     []AttributeType
	Overlaps       []OverlapRule
	Tools          Tools
	Shortcuts      []Shortcut
	Access         Access
	Problems       []ConfProblem // what could not be read was left out

	// AnnotationBroken tells that brat ignores all of annotation.conf and goes
	// by types of its own, because of a line that does not parse.
	AnnotationBroken bool

	labels  map[string][]string
	drawing map[string]map[string]string
	options map[string]map[string]string // of visual.conf
}

// Config returns the configuration of a document. As in brat, each file is
// looked up on its own, in the document's directory and then upwards, and the
// first that is found counts alone. The search goes past the directory that
// was opened, since that may be part of a larger collection.
func (c *Collection) Config(name string) *Config {
	dir := filepath.Dir(c.Path(name, ".txt"))
	c.mu.Lock()
	defer c.mu.Unlock()
	if conf, ok := c.config[dir]; ok {
		return conf
	}
	conf := ReadConfig(dir)
	c.config[dir] = conf
	return conf
}

// ReadConfig reads the configuration that holds for documents in dir.
func ReadConfig(dir string) *Config {
	conf := &Config{}
	for _, name := range []string{AnnotationConf, VisualConf, ToolsConf, ShortcutsConf, AccessConf} {
		if path, data := lookUp(dir, name); path != "" {
			conf.parse(name, path, data)
		}
	}
	return conf
}

// parse takes in one of the files.
func (c *Config) parse(name, path string, data []byte) {
	var p *confParser
	switch name {
	case AnnotationConf:
		c.AnnotationFile = path
		p = parseConf(path, data, []string{"entities", "relations", "events", "attributes"}, nil)
		c.annotation(p)
	case VisualConf:
		c.VisualFile = path
		p = parseConf(path, data, []string{"labels", "drawing"}, []string{"options"})
		c.visual(p)
	case ToolsConf:
		c.ToolsFile = path
		p = parseConf(path, data, nil, []string{"options", "search", "annotators", "disambiguators", "normalization"})
		c.tools(p)
	case ShortcutsConf:
		p = &confParser{file: path}
		c.shortcuts(p, data)
	case AccessConf:
		p = &confParser{file: path}
		c.access(p, data)
	}
	c.Problems = append(c.Problems, p.problems...)
}

// lookUp finds a file in dir or the nearest directory above; path is empty where there is none.
func lookUp(dir, name string) (path string, data []byte) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", nil
	}
	for {
		path := filepath.Join(dir, name)
		if data, err := os.ReadFile(path); err == nil {
			return path, data
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", nil
		}
		dir = up
	}
}

// HasConf tells whether an annotation.conf holds for documents in dir.
func HasConf(dir string) bool {
	path, _ := lookUp(dir, AnnotationConf)
	return path != ""
}

// WriteConf makes an annotation.conf with the given entity types in dir; ask
// the user first. An existing file is never replaced (ErrChanged).
func WriteConf(dir string, types []string) error {
	var b strings.Builder
	b.WriteString("[entities]\n")
	for i, t := range types {
		if t == "" || confUnsafe.MatchString(t) {
			return fmt.Errorf("write %s: %w: the type %q: use letters, digits, _ and - only", AnnotationConf, ErrInvalid, t)
		}
		if !slices.Contains(types[:i], t) {
			b.WriteString(t + "\n")
		}
	}
	b.WriteString("\n[relations]\n\n[events]\n\n[attributes]\n")
	path := filepath.Join(dir, AnnotationConf)
	if _, err := os.Lstat(path); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write %s: %w: there is one already", path, errors.Join(ErrChanged, err))
	}
	_, err := Write(path, []byte(b.String()), Stamp{})
	return err
}

func (c *Config) annotation(p *confParser) {
	c.AnnotationBroken = p.broken()
	c.Entities = types(p.entries("entities"), 0)
	c.Events = types(p.entries("events"), 0)
	each(p.entries("relations"), 0, func(e *entry, _ int) {
		switch e.terms[0] {
		case "<OVERLAP>", "ENTITY-NESTING":
			c.overlap(p, e)
		default:
			c.relation(p, e)
		}
	})
	each(p.entries("attributes"), 0, func(e *entry, depth int) {
		a := AttributeType{Name: e.terms[0], Depth: depth, Line: e.line}
		if v, ok := e.arg("Arg"); ok {
			a.Targets = v.values
		} else {
			p.warn(e.line, "the attribute "+a.Name+" has no Arg, so it applies to nothing", "add Arg:<ANY>, or the types that may have it")
		}
		if v, ok := e.arg("Value"); ok {
			a.Values = v.values
		}
		if v, ok := e.arg("<DEFAULT>"); ok {
			a.Default = v.values[0]
		}
		c.Attributes = append(c.Attributes, a)
	})
}

func types(entries []*entry, depth int) []*Type {
	var out []*Type
	for _, e := range entries {
		t := &Type{Name: e.terms[0], Other: e.terms[1:], Unused: e.unused, Depth: depth, Line: e.line, Children: types(e.children, depth+1)}
		if v, ok := e.arg("<NORM>"); ok {
			t.Norm = v.values
		}
		t.Roles = e.roles()
		out = append(out, t)
	}
	return out
}

// roles are the arguments without the special ones.
func (e *entry) roles() []Role {
	var out []Role
	for _, a := range e.args {
		if !a.special() {
			out = append(out, Role{Name: a.key, Repeat: a.repeat, Min: a.min, Max: a.max, Types: a.values})
		}
	}
	return out
}

func (c *Config) relation(p *confParser, e *entry) {
	r := RelationType{Name: e.terms[0], Unused: e.unused, Roles: e.roles(), Line: e.line}
	if v, ok := e.arg("<REL-TYPE>"); ok {
		r.Kinds = v.values
	}
	if len(r.Roles) != 2 && !r.Unused {
		p.warn(e.line, fmt.Sprintf("the relation %s has %d roles, not two", r.Name, len(r.Roles)), "write Arg1:TYPE, Arg2:TYPE")
	}
	c.Relations = append(c.Relations, r)
}

func (c *Config) overlap(p *confParser, e *entry) {
	roles := e.roles()
	if len(roles) != 2 {
		p.warn(e.line, e.terms[0]+" has not both Arg1 and Arg2, so it says nothing", "write Arg1:TYPE, Arg2:TYPE")
		return
	}
	o := OverlapRule{Arg1: roles[0].Types, Arg2: roles[1].Types, Nesting: e.terms[0] != "<OVERLAP>", Line: e.line}
	if o.Nesting {
		o.Kinds = []string{"contain"}
		c.Overlaps = append(c.Overlaps, o)
		return
	}
	const fix = "add <OVL-TYPE>: and contain, equal, cross or <ANY>"
	v, ok := e.arg("<OVL-TYPE>")
	if !ok {
		p.warn(e.line, "<OVERLAP> has no <OVL-TYPE>, so it allows nothing", fix)
	}
	o.Kinds = v.values
	for _, k := range o.Kinds {
		if !slices.Contains([]string{"contain", "equal", "cross", "<ANY>"}, k) {
			p.warn(e.line, fmt.Sprintf("brat knows no way to overlap called %q", k), fix)
		}
	}
	c.Overlaps = append(c.Overlaps, o)
}
