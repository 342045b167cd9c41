package kb

import (
	"fmt"
	"regexp"
	"strings"
)

// Grammar says how the codes of a terminology are made of parts, so that codes can be
// composed that no name carries. A knowledge base declares it in its kb.json.
type Grammar struct {
	// Pattern is a regular expression with a named group for each part; "base" is the one that
	// names tell, the others are told by single words of a mention.
	Pattern string `json:"pattern"`
	// Template is the code with {part} where each part stands; what is missing is left out.
	Template string `json:"template"`
}

// Grammars are those that are known by name. icd-o: morphology codes of ICD-O with
// behaviour, grade, and the /H of the CANTEMIST guidelines for what is more specific than
// the code.
var Grammars = map[string]Grammar{
	"icd-o": {`^(?P<base>\d{4})/(?P<behaviour>\d)(?P<grade>\d)?(?P<general>/H)?$`, "{base}/{behaviour}{grade}{general}"},
}

// Codes reads and writes the codes of a Grammar. It is safe for concurrent use.
type Codes struct {
	pattern  *regexp.Regexp
	template string
	parts    []string // names, the base first
}

// Compile checks the grammar: it needs a group "base" and another one, and a template
// that has them all.
func (g Grammar) Compile() (*Codes, error) {
	re, err := regexp.Compile(g.Pattern)
	if err != nil {
		return nil, fmt.Errorf("grammar of codes: %w", err)
	}
	c := &Codes{pattern: re, template: g.Template, parts: []string{"base"}}
	for _, name := range re.SubexpNames() {
		if name != "" && name != "base" {
			c.parts = append(c.parts, name)
		}
	}
	for _, name := range c.parts {
		if re.SubexpIndex(name) < 0 || len(c.parts) < 2 || !strings.Contains(g.Template, "{"+name+"}") {
			return nil, fmt.Errorf("grammar of codes: the pattern needs a group (?P<base>...) and others, and the template {base} and the others; they are %q and %q", g.Pattern, g.Template)
		}
	}
	return c, nil
}

// Parts are the names of the parts, the base first.
func (c *Codes) Parts() []string { return c.parts }

// Split are the parts of a code in the order of Parts; not ok where it is no such code.
func (c *Codes) Split(code string) (parts []string, ok bool) {
	m := c.pattern.FindStringSubmatch(code)
	if m == nil {
		return nil, false
	}
	for _, name := range c.parts {
		parts = append(parts, m[c.pattern.SubexpIndex(name)])
	}
	return parts, true
}

// Join is the code of parts.
func (c *Codes) Join(parts []string) string {
	code := c.template
	for i, name := range c.parts {
		code = strings.ReplaceAll(code, "{"+name+"}", parts[i])
	}
	return code
}
