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
	key      string
	repeat   string // "", "?", "*", "+", "{N}" or "{N-M}"
	min, max int
	values   []string
}

// special tells of keys with a meaning of their own, such as <NORM>.
func (a confArg) special() bool { return strings.HasPrefix(a.key, "<") }

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
	sections map[string]*confSection
	section  *confSection // the present one
}

// confSection is what the lines of a section build up. A section that begins
// again goes on where it ended, macros and depths included.
type confSection struct {
	name    string
	entries []*entry // at the top
	macros  [][2]string
	last    map[int]*entry // by depth; brat never clears it
}

// entries are those at the top of a section; none where it is missing.
func (p *confParser) entries(section string) []*entry {
	if s := p.sections[section]; s != nil {
		return s.entries
	}
	return nil
}

// pySpace is Python's white space as a character class.
const pySpace = `\s\v\x1c-\x1f\x{85}\p{Z}`

var (
	confHeader   = confPattern(`^~*\[(.*)\]~*$`)
	confRule     = confPattern(`^~*-+~*$`)
	confMacro    = confPattern(`^<([a-zA-Z_-]+)>=~*(.*?)~*$`)
	confLeftover = regexp.MustCompile(`<.*?>`)
	confEntry    = confPattern(`^(~*)(^^+)(?:~+(.*))?$`)
	confTabEntry = confPattern(`^(~*)([^\t]+)(?:\t(.*))?$`)
	confArgument = confPattern(`^(^^*?):(^^*)$`)
	confRepeat   = confPattern(`^(^^+?)(\{^^+\}|\?|\*|\+|)$`)
	confRange    = regexp.MustCompile(`^\{([0-9]{1,9})(?:-([0-9]{1,9}))?\}$`)
	confUnsafe   = regexp.MustCompile(`[^a-zA-Z0-9_-]`)
)

// confPattern compiles a pattern in which ~ stands for Python's \s and ^^ for
// its \S, which know more white space than Go's.
func confPattern(s string) *regexp.Regexp {
	s = strings.ReplaceAll(s, "^^", "[^"+pySpace+"]")
	return regexp.MustCompile(strings.ReplaceAll(s, "~", "["+pySpace+"]"))
}

var confReserved = strings.Fields("<ANY> <ENTITY> <RELATION> <EVENT> <NONE> <EMPTY> <REL-TYPE> <URL> <URLBASE> <UNICODE> <GLYPH-POS> <DEFAULT> <NORM> <OVERLAP> <OVL-TYPE> <INHERIT>")

const (
	general   = "general" // what brat calls the lines before the first section
	unlimited = 1 << 30
)

// parseConf reads a configuration file. A line that does not parse is
// reported and left out; brat would ignore the whole file.
func parseConf(file string, data []byte, expected, optional []string) *confParser {
	p := &confParser{file: file, sections: map[string]*confSection{}}
	p.begin(general)
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
	n := 0
	for l := range strings.SplitSeq(s, "\n") {
		n++
		if m := confHeader.FindStringSubmatch(l); m == nil {
			p.parse(n, l)
		} else if p.begin(m[1]); !slices.Contains(expected, p.section.name) && !slices.Contains(optional, p.section.name) {
			p.warn(n, "brat ignores the section ["+m[1]+"]", "the sections are "+strings.Join(slices.Concat(expected, optional), ", "))
		}
	}
	for _, section := range expected {
		if p.sections[section] == nil {
			p.warn(n, "the section ["+section+"] is missing", "add it, even if it is empty")
		}
	}
	return p
}

// broken tells whether brat would ignore the file.
func (p *confParser) broken() bool {
	return slices.ContainsFunc(p.problems, func(c ConfProblem) bool { return !c.Warning })
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
	if p.sections[section] == nil {
		p.sections[section] = &confSection{name: section, last: map[int]*entry{}}
	}
	p.section = p.sections[section]
}

// parse reads one line that does not begin a section.
func (p *confParser) parse(n int, l string) {
	trimmed := trimSpace(l)
	if trimmed == "" || trimmed[0] == '#' || confRule.MatchString(l) {
		return
	}
	if m := confMacro.FindStringSubmatch(l); m != nil {
		p.define(n, "<"+m[1]+">", m[2])
		return
	}
	const most = 1 << 16 // macros that hold macros double with every one
	for _, m := range p.section.macros {
		k := strings.Count(l, m[0])
		if k > 0 && len(l)+k*len(m[1]) > most {
			p.fail(n, "the macros of this line expand to more than 64 KB", "use shorter macros")
			return
		}
		l = strings.ReplaceAll(l, m[0], m[1])
	}
	for _, s := range confLeftover.FindAllString(l, -1) {
		if !slices.Contains(confReserved, s) {
			p.fail(n, s+" is not defined", "define it above in this section: <NAME>=value")
			return
		}
	}
	p.entry(n, l)
}

// define keeps a macro; a second definition takes the place of the first.
func (p *confParser) define(n int, name, value string) {
	if slices.Contains(confReserved, name) {
		p.fail(n, name+" is reserved and cannot be defined", "use another name")
		return
	}
	i := slices.IndexFunc(p.section.macros, func(m [2]string) bool { return m[0] == name })
	if i < 0 {
		p.section.macros = append(p.section.macros, [2]string{name, value})
	} else {
		p.section.macros[i][1] = value
	}
}

// entry reads a line that is neither a section, a macro nor a comment.
func (p *confParser) entry(n int, l string) {
	shape := confEntry
	if p.section.name == "labels" {
		shape = confTabEntry
	}
	m := shape.FindStringSubmatch(l)
	if m == nil {
		p.fail(n, "not an entry", "write a name, then arguments")
		return
	}
	if strings.Contains(l, "\t") && slices.ContainsFunc(strings.Split(m[3], ","), func(a string) bool {
		return strings.ContainsFunc(trimSpace(a), isSpace)
	}) { // spaces in arguments: brat then takes all up to the tab as the name, as in old files
		if m = confTabEntry.FindStringSubmatch(l); m == nil {
			p.fail(n, "not an entry", "write a name, then arguments")
			return
		}
	}
	depth := len([]rune(m[1]))
	parent := p.section.last[depth-1]
	if depth > 0 && parent == nil {
		p.fail(n, "no parent one level up", "indent by one space or tab per level")
		return
	}
	e := &entry{line: n}
	var bad string
	if e.args, bad = parseArgs(m[3], parent); bad != "" {
		p.fail(n, bad, "write KEY:VALUE pairs with commas between them")
		return
	}
	if !p.terms(e, m[2]) {
		return
	}
	p.section.last[depth] = e
	if parent != nil {
		parent.children = append(parent.children, e)
	} else {
		p.section.entries = append(p.section.entries, e)
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

// parseArgs reads comma-separated arguments; bad says what is wrong.
func parseArgs(s string, parent *entry) (args []confArg, bad string) {
	add := func(a confArg) bool {
		i := slices.IndexFunc(args, func(b confArg) bool { return b.key == a.key })
		switch {
		case i < 0:
			args = append(args, a)
		case a.special():
			args[i] = a
		default:
			bad = fmt.Sprintf("the key %q occurs twice", a.key)
		}
		return bad == ""
	}
	for a := range strings.SplitSeq(s, ",") {
		if a = trimSpace(a); a == "" {
			continue
		}
		inherited := []confArg(nil)
		if a != "<INHERIT>" {
			var arg confArg
			if arg, bad = parseArg(a); bad != "" {
				return nil, bad
			}
			inherited = []confArg{arg}
		} else if parent == nil {
			return nil, "<INHERIT> at the top, where there is no parent"
		} else {
			inherited = parent.args
		}
		for _, arg := range inherited {
			if !add(arg) {
				return nil, bad
			}
		}
	}
	return args, ""
}

// parseArg reads one KEY:VALUE.
func parseArg(a string) (arg confArg, bad string) {
	m := confArgument.FindStringSubmatch(a)
	if m == nil {
		return arg, fmt.Sprintf("the argument %q is not KEY:VALUE: no spaces inside, no comments after an entry", a)
	}
	key, value := m[1], m[2]
	if slices.Contains(confReserved, key) {
		values := []string{value}
		switch key {
		case "<REL-TYPE>":
			values = strings.Split(value, "-")
		case "<NORM>", "<OVL-TYPE>":
			values = strings.Split(value, "|")
		}
		return confArg{key: key, values: values}, ""
	}
	k := confRepeat.FindStringSubmatch(key)
	if k == nil {
		return arg, fmt.Sprintf("the argument %q has no key", a)
	}
	arg = confArg{key: k[1], repeat: k[2], values: strings.Split(value, "|")}
	if arg.min, arg.max, bad = repetition(k[2]); bad != "" {
		return arg, bad
	}
	if last := []rune(arg.key); arg.max > 1 && isDigit(last[len(last)-1]) {
		return arg, fmt.Sprintf("the key %q ends in a digit and cannot repeat", arg.key)
	}
	if slices.ContainsFunc(arg.values, func(v string) bool { return trimSpace(v) == "" }) {
		return arg, fmt.Sprintf("the argument %q has an empty value", a)
	}
	return arg, ""
}

// repetition reads how often an argument may stand.
func repetition(s string) (least, most int, bad string) {
	switch s {
	case "":
		return 1, 1, ""
	case "?":
		return 0, 1, ""
	case "*":
		return 0, unlimited, ""
	case "+":
		return 1, unlimited, ""
	}
	m := confRange.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, fmt.Sprintf("the repetition %s is neither {N} nor {N-M}", s)
	}
	least, _ = parseInt(m[1])
	if most = least; m[2] != "" {
		most, _ = parseInt(m[2])
	}
	if least > most || m[2] == "" && least == 0 {
		return 0, 0, fmt.Sprintf("the repetition %s is empty", s)
	}
	return least, most, ""
}
