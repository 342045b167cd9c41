package brat

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// All walks types and their children, parents first.
func All(types []*Type) iter.Seq[*Type] {
	return func(yield func(*Type) bool) {
		var walk func([]*Type) bool
		walk = func(types []*Type) bool {
			for _, t := range types {
				if !yield(t) || !walk(t.Children) {
					return false
				}
			}
			return true
		}
		walk(types)
	}
}

// EntityTypes lists the names of the entity types that annotators may use, in
// the order of the file.
func (c *Config) EntityTypes() []string {
	var out []string
	for t := range All(c.Entities) {
		if !t.Unused && !slices.Contains(out, t.Name) {
			out = append(out, t.Name)
		}
	}
	return out
}

// Type finds an entity or event type by name.
func (c *Config) Type(name string) (*Type, bool) {
	for _, types := range [][]*Type{c.Entities, c.Events} {
		for t := range All(types) {
			if t.Name == name {
				return t, true
			}
		}
	}
	return nil, false
}

// Expand replaces the sets <ENTITY>, <EVENT>, <RELATION> and <ANY> by the names they stand for.
func (c *Config) Expand(types []string) []string {
	var out []string
	add := func(types []*Type) {
		for t := range All(types) {
			out = append(out, t.Name)
		}
	}
	for _, t := range types {
		known := false
		if t == "<ENTITY>" || t == "<ANY>" {
			add(c.Entities)
			known = true
		}
		if t == "<EVENT>" || t == "<ANY>" {
			add(c.Events)
			known = true
		}
		if t == "<RELATION>" || t == "<ANY>" {
			for _, r := range c.Relations {
				out = append(out, r.Name)
			}
			known = true
		}
		if !known && t != "<NONE>" {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Labels are what a person is to read for a type, from full to short; the name
// itself where visual.conf has none.
func (c *Config) Labels(name string) []string {
	if l := c.labels[name]; len(l) > 0 {
		return slices.Clone(l)
	}
	return []string{name}
}

// Label is the fullest label of a type that has at most width characters; the
// shortest one where none fits, or where width is 0 or less the full one.
func (c *Config) Label(name string, width int) string {
	labels := c.Labels(name)
	if width <= 0 {
		return labels[0]
	}
	short := labels[0]
	for _, l := range labels {
		n := utf8.RuneCountInString(l)
		if n <= width {
			return l
		}
		if n < utf8.RuneCountInString(short) {
			short = l
		}
	}
	return short
}

// Drawing is a value of [drawing] for a type, such as "bgColor" or "fgColor":
// its own, else that of SPAN_DEFAULT, ARC_DEFAULT or ATTRIBUTE_DEFAULT; empty
// where there is none or it was taken away by <NONE>. Colours are CSS: names,
// #rgb, #rrggbb, rgb(r,g,b). Attributes with several values have one for each,
// separated by "|".
func (c *Config) Drawing(name, key string) string {
	for _, t := range []string{name, "SPAN_DEFAULT", "ARC_DEFAULT", "ATTRIBUTE_DEFAULT"} {
		if v, ok := c.drawing[t][key]; ok {
			return v
		}
	}
	return ""
}

// ArcBundle is how brat draws arcs to the same place: "all" or "none".
func (c *Config) ArcBundle() string { return option(c.options, "Arcs", "bundle", "none") }

// TextDirection is "ltr" or "rtl".
func (c *Config) TextDirection() string { return option(c.options, "Text", "direction", "ltr") }

func option(options map[string]map[string]string, name, key, otherwise string) string {
	if v, ok := options[name][key]; ok {
		return v
	}
	return otherwise
}

func (c *Config) visual(p *confParser) {
	c.labels, c.drawing = map[string][]string{}, map[string]map[string]string{}
	each(p.entries("labels"), 0, func(e *entry, _ int) {
		labels := slices.Clone(e.terms[1:])
		for i, l := range labels {
			if l == "<EMPTY>" {
				labels[i] = " "
			}
		}
		c.labels[e.terms[0]] = labels
	})
	c.drawing = settings(p.entries("drawing"), drawn)
	c.options = settings(p.entries("options"), slices.Clone[[]string])
}

// settings are KEY:VALUE by the name of the entry, the last of a name.
func settings(entries []*entry, convert func([]string) []string) map[string]map[string]string {
	out := map[string]map[string]string{}
	each(entries, 0, func(e *entry, _ int) {
		values := map[string]string{}
		for _, a := range e.args {
			values[a.key] = strings.Join(convert(a.values), "|")
		}
		out[e.terms[0]] = values
	})
	return out
}

// drawn are the values that are meant: a comma would have ended the argument.
func drawn(values []string) []string {
	out := slices.Clone(values)
	for i, v := range out {
		switch v {
		case "<NONE>", "<EMPTY>":
			out[i] = ""
		default:
			out[i] = strings.ReplaceAll(v, "-", ",")
		}
	}
	return out
}

// each walks entries and their children, parents first.
func each(entries []*entry, depth int, f func(e *entry, depth int)) {
	for _, e := range entries {
		f(e, depth)
		each(e.children, depth+1, f)
	}
}
