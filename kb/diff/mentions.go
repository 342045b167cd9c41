package diff

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/check"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/store"
)

// Kinds of finding.
const (
	ConceptGone    = "concept-gone"    // the concept is not in the knowledge base
	ConceptMerged  = "concept-merged"  // another one stands for it
	ConceptRenamed = "concept-renamed" // it has another preferred name now
	BetterConcept  = "better-concept"  // a concept got exactly the mention's name since, and the linked one has it not
)

// Located is a linked mention of a corpus, with its place for messages.
type Located struct {
	File    string // relative to the corpus
	Line    int    // from 1; 0 where it is not known
	Mention corpus.Mention
	Link    corpus.Link
}

// Mentions are the findings about the links of a corpus to a knowledge base, in the
// order given: links to concepts that are gone, were merged or renamed, and, where old
// is the knowledge base that they were made with, mentions that another concept is
// called by now. Without old (nil) a link is to a renamed concept where it shows a
// name that the concept has not. Links that name another knowledge base do not count.
func Mentions(ctx context.Context, old, new *store.Reader, all []Located) ([]check.Finding, error) {
	v := &verdicts{ctx: ctx, old: old, new: new, of: map[string]*verdict{}}
	if err := v.named(all); err != nil {
		return nil, err
	}
	var out []check.Finding
	for _, m := range all {
		if m.Link.ID == "" || m.Link.DB != "" && m.Link.DB != new.Meta().Name && (old == nil || m.Link.DB != old.Meta().Name) {
			continue
		}
		f, err := v.finding(m)
		if err != nil {
			return nil, err
		}
		if f != nil {
			f.File, f.Line = m.File, m.Line
			out = append(out, *f)
		}
	}
	return out, nil
}

// verdicts remember what became of the concepts that a corpus uses.
type verdicts struct {
	ctx      context.Context
	old, new *store.Reader
	of       map[string]*verdict // by identifier
	nowIn    map[string][]string // folded text of a mention -> concepts of that name in new
	wasIn    map[string][]string // the same in old
}

// verdict is what became of a concept.
type verdict struct {
	inOld, inNew bool
	was, now     kb.Concept
	into         []string
	intoName     string
}

// named looks up which concepts bear the texts of mentions as names.
func (v *verdicts) named(all []Located) error {
	if v.old == nil {
		return nil
	}
	wanted := map[string]bool{}
	for _, m := range all {
		wanted[lexical.Fold(m.Mention.Text)] = true
	}
	look := func(r *store.Reader) (map[string][]string, error) {
		out := map[string][]string{}
		err := r.EachName(v.ctx, func(id, text string) {
			if at := lexical.Fold(text); wanted[at] && !slices.Contains(out[at], id) {
				out[at] = append(out[at], id)
			}
		})
		return out, err
	}
	var err error
	if v.nowIn, err = look(v.new); err == nil {
		v.wasIn, err = look(v.old)
	}
	return err
}

func (v *verdicts) verdict(id string) (*verdict, error) {
	if have := v.of[id]; have != nil {
		return have, nil
	}
	out := &verdict{}
	get := func(r *store.Reader) (kb.Concept, bool, error) {
		if r == nil {
			return kb.Concept{}, false, nil
		}
		c, err := r.Concept(v.ctx, id)
		if errors.Is(err, store.ErrNoConcept) {
			return c, false, nil
		}
		return c, err == nil, err
	}
	var err error
	if out.was, out.inOld, err = get(v.old); err != nil {
		return nil, err
	}
	if out.now, out.inNew, err = get(v.new); err != nil {
		return nil, err
	}
	if !out.inNew {
		if out.into, err = replacement(v.ctx, v.old, v.new, id); err != nil {
			return nil, err
		}
	}
	if len(out.into) == 1 {
		c, err := v.new.Concept(v.ctx, out.into[0])
		if err != nil {
			return nil, err
		}
		out.intoName = " (" + c.Name + ")"
	}
	v.of[id] = out
	return out, nil
}

// finding is what there is to say of a link, nil for nothing. A composite code counts
// by its parts where it is no concept itself.
func (v *verdicts) finding(m Located) (*check.Finding, error) {
	ids := []string{m.Link.ID}
	whole, err := v.verdict(m.Link.ID)
	if err != nil {
		return nil, err
	}
	if parts := kb.CodeParts(m.Link.ID); !whole.inNew && !whole.inOld && len(whole.into) == 0 && len(parts) > 0 {
		ids = parts
	}
	for _, id := range ids {
		d, err := v.verdict(id)
		if err != nil {
			return nil, err
		}
		if f := v.judge(m, id, d); f != nil {
			return f, nil
		}
	}
	return nil, nil
}

func (v *verdicts) judge(m Located, id string, d *verdict) *check.Finding {
	name := v.new.Meta().Name
	switch {
	case !d.inNew && len(d.into) > 0:
		return &check.Finding{Kind: ConceptMerged, Message: fmt.Sprintf("%q is linked to %s, which was merged into %s%s", m.Mention.Text, id, strings.Join(d.into, " or "), d.intoName),
			Fix: "link it to " + strings.Join(d.into, " or ")}
	case !d.inNew && (v.old == nil || d.inOld):
		return &check.Finding{Kind: ConceptGone, Message: fmt.Sprintf("%q is linked to %s, which %s has not", m.Mention.Text, id, name), Fix: "choose another concept"}
	case !d.inNew:
		return nil // neither has it
	}
	if better := v.better(m, id); better != "" {
		return &check.Finding{Kind: BetterConcept, Message: fmt.Sprintf("%q is linked to %s (%s), and is a name of %s now", m.Mention.Text, id, d.now.Name, better),
			Fix: "look whether " + better + " fits better"}
	}
	was := d.was.Name
	if v.old == nil {
		was = m.Link.Name
	}
	renamed := was != "" && was != d.now.Name
	if v.old == nil { // any of its names may have been shown
		renamed = renamed && !slices.ContainsFunc(d.now.Names, func(n kb.Name) bool { return n.Text == was })
	}
	if renamed {
		return &check.Finding{Kind: ConceptRenamed, Message: fmt.Sprintf("%q is linked to %s, which was called %q and is %q now", m.Mention.Text, id, was, d.now.Name),
			Fix: "look whether it is still meant"}
	}
	return nil
}

// better is the only concept that bears a mention's text as a name now and did not
// before, where the linked one does not bear it.
func (v *verdicts) better(m Located, id string) string {
	at := lexical.Fold(m.Mention.Text)
	if v.old == nil || slices.Contains(v.nowIn[at], id) {
		return ""
	}
	fresh := slices.DeleteFunc(slices.Clone(v.nowIn[at]), func(other string) bool { return slices.Contains(v.wasIn[at], other) })
	if len(fresh) != 1 {
		return ""
	}
	return fresh[0]
}
