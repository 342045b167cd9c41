package workbench

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// DefaultFlag is the reason of a flag that was given none.
const DefaultFlag = "to be discussed"

// flag marks an item for discussion, or takes the mark away where why is empty.
// The file has no standard form for that, so the journal alone holds it.
func (w *Workbench) flag(at At, why string) (Result, error) {
	d, it, err := w.target(at)
	if err != nil {
		return Result{}, err
	}
	if why == it.Flag {
		return Result{Doc: d.name, Key: it.Key, Message: "nothing changed"}, nil
	}
	m := it.Mention.Clone()
	if why == "" && w.fold.Flag(d.name, m) == "" {
		m.ID = "" // it was marked while it was a suggestion
	}
	message := fmt.Sprintf("%q is marked: %s", it.Text, why)
	if why == "" {
		message = fmt.Sprintf("%q is not marked any more", it.Text)
	}
	seq := w.record(corpus.Decision{Doc: d.name, Kind: corpus.Flag, Before: &m, After: &m, Note: why})
	return Result{Doc: d.name, Key: it.Key, Seq: seq, Message: message}, nil
}

// flagOf is why an item is marked for discussion: as the annotation that it is, or
// as the suggestion that it was.
func (w *Workbench) flagOf(doc string, m corpus.Mention) string {
	if why := w.fold.Flag(doc, m); why != "" || m.ID == "" {
		return why
	}
	m.ID = ""
	return w.fold.Flag(doc, m)
}

// toggleAttribute gives an item an attribute, or takes it away.
func (w *Workbench) toggleAttribute(a ToggleAttribute) (Result, error) {
	_, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	text := a.Name
	if a.Value != "" {
		text += "=" + a.Value
	}
	off := slices.Contains(it.Attributes, text)
	res, err := w.alter(a.At, corpus.Attribute, func(d *document, m *corpus.Mention) ([]corpus.LineEdit, error) {
		if off {
			return d.file.RemoveAttribute(m.ID, a.Name)
		}
		return d.file.SetAttribute(m.ID, a.Name, a.Value)
	})
	if err == nil && off {
		res.Message = fmt.Sprintf("%q: no %s", it.Text, text)
	} else if err == nil {
		res.Message = fmt.Sprintf("%q: %s", it.Text, text)
	}
	return res, err
}

// Attributes are the attributes that annotation.conf allows for a label, in its
// order; those without Values are binary.
func (w *Workbench) Attributes(doc, label string) []brat.AttributeType {
	conf := w.col.Config(doc)
	return slices.DeleteFunc(slices.Clone(conf.Attributes), func(t brat.AttributeType) bool {
		return t.Depth > 0 || strings.HasPrefix(t.Name, "!") || !slices.Contains(conf.Expand(t.Targets), label)
	})
}
