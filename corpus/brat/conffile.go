package brat

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ConfProblem is something wrong in a configuration file.
type ConfProblem struct {
	File    string
	Line    int    // from 1
	Warning bool   // brat goes on; otherwise it ignores the whole file
	Message string // what is wrong
	Fix     string // what to do
}

// Error is the problem with its place.
func (p ConfProblem) Error() string {
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Message, p.Fix)
}

// entry is one line of a section.
type entry struct {
	line     int
	terms    []string // the storage form first
	unused   bool
	args     []confArg
	children []*entry
}

// confArg is one KEY:VALUE of an entry. Key keeps the angle brackets of special keys.
type confArg struct {
	key    string
	repeat string // "", "?", "*", "+", "{N}" or "{N-M}"
	values []string
}

// arg is the argument of that key.
func (e *entry) arg(key string) (confArg, bool) {
	i := slices.IndexFunc(e.args, func(a confArg) bool { return a.key == key })
	if i < 0 {
		return confArg{}, false
	}
	return e.args[i], true
}

// confParser reads the grammar that annotation.conf, visual.conf and tools.conf share.
type confParser struct {
	file     string
	problems []ConfProblem
	sections map[string][]*entry

	section string
	macros  [][2]string    // of the present section, in order
	last    map[int]*entry // by depth; brat never clears it within a section
	above   map[*entry]*entry
}

var (
	confSection  = regexp.MustCompile(`^\s*\[(.*)\]\s*$`)
	confRule     = regexp.MustCompile(`^\s*-+\s*$`)
	confMacro    = regexp.MustCompile(`^<([a-zA-Z_-]+)>=\s*(.*?)\s*$`)
	confLeftover = regexp.MustCompile(`<([a-zA-Z_-]+)>`)
	confEntry    = regexp.MustCompile(`^(\s*)(\S+)(?:\s+(.*))?$`)
	confTabEntry = regexp.MustCompile(`^(\s*)([^\t]+)(?:\t(.*))?$`)
	confArgument = regexp.MustCompile(`^(\S*?):(\S*)$`)
	confRepeat   = regexp.MustCompile(`(?:[?*+]|\{[0-9]+(?:-[0-9]+)?\})$`)
	confUnsafe   = regexp.MustCompile(`[^a-zA-Z0-9_-]`)
)

var confReserved = strings.Fields("ANY ENTITY RELATION EVENT NONE EMPTY REL-TYPE URL URLBASE UNICODE GLYPH-POS DEFAULT NORM OVERLAP OVL-TYPE INHERIT")

// parseConf reads a configuration file. A line that does not parse is
// reported and left out; brat would ignore the whole file.
func parseConf(file string, data []byte, expected ...string) *confParser {
	p := &confParser{file: file, sections: map[string][]*entry{}, above: map[*entry]*entry{}}
	if err := CheckUTF8(p.file, data); err != nil {
		line := 1
		if u := (*UTF8Error)(nil); errors.As(err, &u) {
			line = u.Line
		}
		p.fail(line, "the file is not valid UTF-8", "convert the file to UTF-8")
		return p
	}
	s := string(data)
	if rest, ok := strings.CutPrefix(s, "\ufeff"); ok {
		p.fail(1, "a byte order mark hides the first section from brat", "remove the byte order mark")
		s = rest
	}
	p.begin("")
	n := 0
	for l := range strings.SplitSeq(s, "\n") {
		n++
		p.parse(n, l)
	}
	for _, section := range expected {
		if _, ok := p.sections[section]; !ok {
			p.warn(n, "the section ["+section+"] is missing", "add it, even if it is empty")
		}
	}
	return p
}

func (p *confParser) fail(line int, message, fix string) {
	p.problems = append(p.problems, ConfProblem{File: p.file, Line: line, Message: message, Fix: fix})
}

func (p *confParser) warn(line int, message, fix string) {
	p.problems = append(p.problems, ConfProblem{File: p.file, Line: line, Warning: true, Message: message, Fix: fix})
}

func (p *confParser) begin(section string) {
	if section == "spans" {
		section = "entities"
	}
	p.section, p.macros, p.last = section, nil, map[int]*entry{}
	if section != "" && p.sections[section] == nil {
		p.sections[section] = []*entry{}
	}
}

// parse reads one line.
func (p *confParser) parse(n int, l string) {
	if m := confSection.FindStringSubmatch(l); m != nil {
		p.begin(m[1])
		return
	}
	trimmed := trimSpace(l)
	if trimmed == "" || trimmed[0] == '#' || confRule.MatchString(l) {
		return
	}
	if m := confMacro.FindStringSubmatch(l); m != nil {
		if slices.Contains(confReserved, m[1]) {
			p.fail(n, "<"+m[1]+"> is reserved and cannot be defined", "use another name")
			return
		}
		p.macros = append(p.macros, [2]string{"<" + m[1] + ">", m[2]})
		return
	}
	for _, m := range p.macros {
		l = strings.ReplaceAll(l, m[0], m[1])
	}
	for _, m := range confLeftover.FindAllStringSubmatch(l, -1) {
		if !slices.Contains(confReserved, m[1]) {
			p.fail(n, "<"+m[1]+"> is not defined", "define it above in this section: <"+m[1]+">=value")
			return
		}
	}
	p.entry(n, l)
}

// entry reads a line that is neither a section, a macro nor a comment.
func (p *confParser) entry(n int, l string) {
	shape := confEntry
	if p.section == "labels" {
		shape = confTabEntry
	}
	m := shape.FindStringSubmatch(l)
	if m == nil {
		p.fail(n, "not an entry", "write a name, then arguments")
		return
	}
	depth := len([]rune(m[1]))
	parent := p.last[depth-1]
	if depth > 0 && parent == nil {
		p.fail(n, "no parent one level up", "indent by one space or tab per level")
		return
	}
	e := &entry{line: n}
	args, bad := p.args(m[3], parent)
	if bad != "" && strings.Contains(l, "\t") && p.section != "labels" {
		// Arguments with spaces in them: brat then takes all up to the tab as the name.
		if t := confTabEntry.FindStringSubmatch(l); t != nil {
			if again, worse := p.args(t[3], parent); worse == "" {
				m, args, bad = t, again, ""
			}
		}
	}
	if bad != "" {
		p.fail(n, bad, "write KEY:VALUE pairs with commas between them")
		return
	}
	e.args = args
	if !p.terms(e, m[2]) {
		return
	}
	p.last[depth] = e
	p.above[e] = parent
	if p.section == "" {
		return // before the first section lines are read and ignored
	}
	if parent != nil {
		parent.children = append(parent.children, e)
	} else {
		p.sections[p.section] = append(p.sections[p.section], e)
	}
}

// terms splits the names of an entry; the first becomes a storage form.
func (p *confParser) terms(e *entry, s string) bool {
	for t := range strings.SplitSeq(s, "|") {
		if t = trimSpace(t); t == "" {
			continue
		}
		if rest, ok := strings.CutPrefix(t, "!"); ok {
			e.unused, t = true, rest
		}
		e.terms = append(e.terms, t)
	}
	if len(e.terms) == 0 || e.terms[0] == "" {
		p.fail(e.line, "the entry has no name", "write a name first")
		return false
	}
	if first := e.terms[0]; first != "<OVERLAP>" && confUnsafe.MatchString(first) {
		e.terms[0] = confUnsafe.ReplaceAllString(first, "_")
		p.warn(e.line, fmt.Sprintf("%q is not a storage name; brat reads %q", first, e.terms[0]), "use letters, digits, _ and - only")
	}
	return true
}

// args reads comma-separated arguments; bad says what is wrong.
func (p *confParser) args(s string, parent *entry) (args []confArg, bad string) {
	for a := range strings.SplitSeq(s, ",") {
		if a = trimSpace(a); a == "" {
			continue
		}
		if a == "<INHERIT>" {
			if parent != nil {
				args = append(args, parent.args...)
			}
			continue
		}
		m := confArgument.FindStringSubmatch(a)
		if m == nil {
			return nil, fmt.Sprintf("the argument %q is not KEY:VALUE: no spaces inside, no comments after an entry", a)
		}
		arg := confArg{key: m[1]}
		separator := "|"
		if strings.HasPrefix(arg.key, "<") {
			if arg.key == "<REL-TYPE>" {
				separator = "-"
			}
		} else if r := confRepeat.FindString(arg.key); r != "" {
			arg.key, arg.repeat = strings.TrimSuffix(arg.key, r), r
			if k := arg.key; (r == "*" || r == "+" || r[0] == '{') && k != "" && isNum(k[len(k)-1]) {
				return nil, fmt.Sprintf("the key %q ends in a digit and cannot repeat", k)
			}
		}
		if slices.ContainsFunc(args, func(b confArg) bool { return b.key == arg.key }) {
			return nil, fmt.Sprintf("the key %q occurs twice", arg.key)
		}
		arg.values = strings.Split(m[2], separator)
		if slices.Contains(arg.values, "") && !strings.HasPrefix(arg.key, "<") {
			return nil, fmt.Sprintf("the argument %q has an empty value", a)
		}
		args = append(args, arg)
	}
	return args, ""
}
