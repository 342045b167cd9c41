package journal

import (
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// remark is what a decision says in words of a mention.
type remark struct {
	step int64
	text string // of a flag: empty takes it away
}

// proposed is a concept and the step that proposed it.
type proposed struct {
	step int64
	corpus.Proposal
}

// remark notes flags, and why no concept fits. What was said of an annotation
// ends with it: its id is given to the next new one.
func (s *State) remark(doc *docState, d corpus.Decision) {
	about := d.After
	if about == nil {
		about = d.Before
	}
	switch {
	case d.Kind == corpus.Propose:
		if p, ok := d.Proposed(); ok {
			s.proposals = append(s.proposals, proposed{d.Step, p})
		}
	case about == nil:
	case d.Kind == corpus.Flag:
		key := flagKey(*about)
		doc.flags[key] = append(doc.flags[key], remark{d.Step, d.Note})
	case d.Kind == corpus.NIL && d.Note != "" && about.ID != "":
		doc.reasons[about.ID] = append(doc.reasons[about.ID], remark{d.Step, d.Note})
	case d.Kind == corpus.Delete && doc.flags[about.ID] != nil:
		doc.flags[about.ID] = append(doc.flags[about.ID], remark{step: d.Step})
	}
}

// flagKey names an annotation by its id, and a suggestion by its place.
func flagKey(m corpus.Mention) string {
	if m.ID != "" {
		return m.ID
	}
	return "?" + m.Label + " " + m.Spans.String()
}

// Flag is why a mention is marked for discussion; empty where it is not. A mention
// without an id is a suggestion.
func (s *State) Flag(doc string, m corpus.Mention) string {
	d := s.doc(doc)
	if d == nil || len(d.flags) == 0 {
		return ""
	}
	return s.said(d.flags[flagKey(m)])
}

// Flagged is a mention that is marked for discussion.
type Flagged struct {
	Doc string
	Key string // its identifier, or "?LABEL SPANS" of a suggestion
	Why string
}

// Flagged lists the mentions that are marked for discussion, by document.
func (s *State) Flagged() []Flagged {
	var list []Flagged
	for _, name := range s.names() {
		d := s.doc(name)
		for _, key := range slices.Sorted(maps.Keys(d.flags)) {
			if why := s.said(d.flags[key]); why != "" {
				list = append(list, Flagged{name, key, why})
			}
		}
	}
	return list
}

// said is the last remark in force.
func (s *State) said(remarks []remark) string {
	for _, r := range slices.Backward(remarks) {
		if !s.undone[r.step] {
			return r.text
		}
	}
	return ""
}

// Reason is why no concept fits an annotation, where its last decision in force is
// NIL and gave a reason; else empty.
func (s *State) Reason(doc, id string) string {
	d := s.doc(doc)
	if d == nil || len(d.reasons) == 0 || d.mentions[id] == nil {
		return ""
	}
	for _, e := range slices.Backward(d.mentions[id].history) {
		if s.undone[e.step] {
			continue
		}
		for _, r := range slices.Backward(d.reasons[id]) {
			if e.kind == none && r.step == e.step {
				return r.text
			}
		}
		return ""
	}
	return ""
}

// Proposals are the concepts that were proposed, oldest first, without those whose
// proposal was taken back.
func (s *State) Proposals() []corpus.Proposal {
	var list []corpus.Proposal
	for _, p := range s.proposals {
		if !s.undone[p.step] {
			list = append(list, p.Proposal)
		}
	}
	return list
}
