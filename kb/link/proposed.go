package link

import (
	"slices"
	"strings"
	"sync"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// proposals are the concepts that annotators proposed, since no knowledge base has
// them. They are immutable.
type proposals struct {
	list  []corpus.Proposal
	index func() *lexical.Index // of their names, by place in the list
}

// SetProposals says which concepts were proposed, instead of those before.
func (o *Overlay) SetProposals(list []corpus.Proposal) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.proposed != nil && slices.Equal(o.proposed.list, list) || o.proposed == nil && len(list) == 0 {
		return
	}
	list = slices.Clone(list)
	o.version++
	o.proposed = &proposals{list, sync.OnceValue(func() *lexical.Index {
		names := make([]string, len(list))
		for i, p := range list {
			names[i] = p.Name
		}
		return lexical.New(names)
	})}
}

// Proposals are the concepts that were proposed.
func (o *Overlay) Proposals() []corpus.Proposal {
	if p := o.proposals(); p != nil {
		return slices.Clone(p.list)
	}
	return nil
}

// proposals are what was proposed; nil for nothing.
func (o *Overlay) proposals() *proposals {
	if o == nil {
		return nil
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	if o.proposed == nil || len(o.proposed.list) == 0 {
		return nil
	}
	return o.proposed
}

// find is the proposal with an identifier; a link of style "note" names no DB.
func (p *proposals) find(db, id string) (corpus.Proposal, bool) {
	if p != nil {
		for _, c := range p.list {
			if c.ID == id && (db == "" || c.DB == db) {
				return c, true
			}
		}
	}
	return corpus.Proposal{}, false
}

// near are the proposals whose names resemble a text.
func (p *proposals) near(text string) []kb.Hit {
	if p == nil {
		return nil
	}
	return slices.DeleteFunc(p.index().NGram(text, aliasesLooked), func(h kb.Hit) bool { return h.Score < aliasFloor })
}

// propose adds the proposed concepts that resemble a mention to what was found for it.
func (l *Linker) propose(j *job, all []*found) []*found {
	ps := l.o.Overlay.proposals()
	for _, h := range ps.near(j.text) {
		p := ps.list[h.Row]
		f, more := pickProposed(j.kbs, p, all)
		if f == nil {
			continue
		}
		all = more
		f.lex, f.alias = larger(f.lex, h.Score), p.Name
		f.exact = lexical.Fold(p.Name) == lexical.Fold(j.text)
		f.level = lexical.Folded
		f.score, f.match = max(f.score, scoreFused(f, 0)), strongest(f, 0)
	}
	return all
}

// pickProposed is the entry of a proposed concept, added where it is missing; nil where
// the knowledge base that it was proposed for does not serve the label.
func pickProposed(kbs []*base, p corpus.Proposal, all []*found) (*found, []*found) {
	n := slices.IndexFunc(kbs, func(k *base) bool { return k.Name() == p.DB })
	if n < 0 {
		return nil, all
	}
	i := slices.IndexFunc(all, func(f *found) bool { return f.kb == n && f.concept == noConcept && f.id == p.ID })
	if i >= 0 {
		return all[i], all
	}
	f := newFound(n, noConcept)
	f.id, f.name = p.ID, p.Name
	return f, append(all, f)
}

// searchProposed answers a query as it is being typed from the proposed concepts, for
// the knowledge bases of a label; those of no knowledge base serve every label.
func (l *Linker) searchProposed(label, query string, k int) []kb.Candidate {
	ps := l.o.Overlay.proposals()
	if ps == nil {
		return nil
	}
	var out []kb.Candidate
	add := func(p corpus.Proposal, match, name string, score, lex float32) {
		if !l.serves(label, p.DB) || slices.ContainsFunc(out, func(c kb.Candidate) bool { return c.ID == p.ID && c.DB == p.DB }) {
			return
		}
		out = append(out, kb.Candidate{DB: p.DB, ID: p.ID, Name: p.Name, Type: p.Type, Score: corpus.Score(score),
			Evidence: kb.Evidence{Match: match, Name: name, Lexical: corpus.Score(lex), Dense: corpus.NoScore, Type: p.Type}})
	}
	if p, ok := ps.find("", strings.TrimSpace(query)); ok {
		add(p, "exact", p.ID, 1, nan)
	}
	for _, f := range ps.index().Search(query, k) {
		p := ps.list[f.Row]
		add(p, f.Tier.String(), p.Name, f.Score, f.Lexical)
	}
	return out
}

// serves tells whether what was proposed for a knowledge base is offered for a label: it
// is one of those of the label, or none that is open.
func (l *Linker) serves(label, db string) bool {
	if slices.Contains(l.DBs(label), db) {
		return true
	}
	for _, ks := range l.o.KBs {
		for _, k := range ks {
			if k.Name() == db {
				return false
			}
		}
	}
	return true
}

// DBs are the names of the knowledge bases that serve a label, in search order.
func (l *Linker) DBs(label string) []string {
	var names []string
	for _, k := range l.KBs(label) {
		names = append(names, k.Name())
	}
	return names
}
