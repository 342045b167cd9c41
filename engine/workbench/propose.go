package workbench

import (
	"errors"
	"fmt"

	"github.com/gloss-nlp/gloss/corpus"
)

// ownDB is the knowledge base of proposed concepts where none serves the label.
const ownDB = "proposed"

// propose adds a concept to those of the corpus, and links an item to it.
func (w *Workbench) propose(a Propose) (Result, error) {
	d, err := w.loaded(a.Doc)
	if err != nil {
		return Result{}, err
	}
	var it Item
	if a.Key != "" {
		if d, it, err = w.target(a.At); err != nil {
			return Result{}, err
		}
	}
	p := a.Concept
	if p.DB == "" {
		p.DB = ownDB
		if len(it.Candidates) > 0 {
			p.DB = it.Candidates[0].DB
		}
	}
	if err := w.proposable(p); err != nil {
		return Result{}, err
	}
	note, err := p.Note()
	if err != nil {
		return Result{}, err
	}
	res := Result{Doc: d.name, Key: it.Key, Message: fmt.Sprintf("proposed: %s %s", p.ID, p.Name)}
	res.Seq, err = w.together(d.name, fmt.Sprintf("proposal of %s %q", p.ID, p.Name), func() error {
		w.record(corpus.Decision{Doc: d.name, Kind: corpus.Propose, Note: note})
		if a.Key == "" {
			return nil
		}
		shown := a.Shown
		if shown == nil {
			shown = it.Candidates
		}
		linked, err := w.relink(d, it, corpus.Decision{Kind: corpus.SetLink, Offer: w.offer(it, shown)}, []corpus.Link{{DB: p.DB, ID: p.ID, Name: p.Name}})
		if err == nil {
			res.Key = linked.Key
		}
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return res, nil
}

// proposable tells why a concept cannot be proposed.
func (w *Workbench) proposable(p corpus.Proposal) error {
	if err := p.Check(); err != nil {
		return err
	}
	for _, known := range w.fold.Proposals() {
		if known.DB == p.DB && known.ID == p.ID {
			return fmt.Errorf("%s is proposed already, as %q: choose it, or give this one another identifier", p.ID, known.Name)
		}
	}
	if p.Parent == p.ID {
		return errors.New("a concept cannot be its own parent")
	}
	return nil
}

// Proposals are the concepts that this annotator proposed, oldest first.
func (w *Workbench) Proposals() []corpus.Proposal {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.fold.Proposals()
}
