package workbench

import (
	"fmt"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// choose links an item to a candidate, and accepts it.
func (w *Workbench) choose(a Choose) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	c := a.Candidate
	if c.NIL() {
		return w.chooseNIL(ChooseNIL{At: a.At, Shown: a.Shown})
	}
	to := []corpus.Link{{DB: c.DB, ID: c.ID, Name: c.Name}}
	shown := a.Shown
	if shown == nil {
		shown = it.Candidates
	}
	res, err := w.relink(d, it, corpus.Decision{Kind: corpus.SetLink, Offer: w.offer(it, shown)}, to)
	res.Message = fmt.Sprintf("%q → %s %s", it.Text, c.ID, c.Name)
	return res, err
}

// chooseNIL accepts an item and says that no concept fits. The file has no
// standard form for that, so the journal alone holds it. A reason becomes the note of
// an annotation that has none, unless it would be read as a code.
func (w *Workbench) chooseNIL(a ChooseNIL) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	shown := a.Shown
	if shown == nil {
		shown = it.Candidates
	}
	reason := strings.Join(strings.Fields(a.Reason), " ")
	res, err := w.relink(d, it, corpus.Decision{Kind: corpus.NIL, Offer: w.offer(it, shown), Note: reason}, nil)
	if err == nil && reason != "" {
		res.Message = fmt.Sprintf("%q: no concept fits: %s", it.Text, reason)
	}
	return res, err
}

// noteReason writes why no concept fits where the file can hold it, and tells the
// lines that changed.
func noteReason(d *document, id, reason, note string) []corpus.LineEdit {
	if reason == "" || note != "" {
		return nil
	}
	edit, err := d.file.SetNote(id, reason)
	if err != nil {
		return nil // it looks like a code, or the line is an event's: the journal has it
	}
	return edit
}

// unlink removes the links of an annotation, which is pending again.
func (w *Workbench) unlink(a Unlink) (Result, error) {
	d, it, err := w.target(a.At)
	if err != nil {
		return Result{}, err
	}
	if len(it.Links) == 0 {
		return Result{Doc: d.name, Key: it.Key, Message: "it has no link"}, nil
	}
	return w.relink(d, it, corpus.Decision{Kind: corpus.Unlink}, nil)
}

// relink gives an item other links and records the decision.
func (w *Workbench) relink(d *document, it Item, c corpus.Decision, to []corpus.Link) (Result, error) {
	before := it.Mention.Clone()
	after, added, err := w.annotate(d, it)
	if err != nil {
		return Result{}, err
	}
	after.Links = to
	changed, err := d.file.SetLinks(after.ID, to, d.file.LinkStyle())
	if err != nil {
		if undo := d.file.Revert(added); undo != nil {
			err = fmt.Errorf("%w (and taking it back failed: %w)", err, undo)
		}
		return Result{}, fmt.Errorf("link %q in %s: %w", it.Text, d.name, err)
	}
	changed = append(changed, noteReason(d, after.ID, c.Note, it.Note)...)
	c.Doc, c.Before, c.After, c.Edit = d.name, &before, &after, append(added, changed...)
	return Result{Doc: d.name, Key: after.ID, Seq: w.record(c)}, nil
}
