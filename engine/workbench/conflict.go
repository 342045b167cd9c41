package workbench

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// Resolution is how a conflict with another program's changes ends.
type Resolution int

// The ways out of a conflict. Whatever is chosen, the journal keeps what was decided.
const (
	TakeTheirs Resolution = iota // go on from the file as it is
	TakeJoined                   // their file, with those of our changes that fit
)

// Conflict is a document whose .ann file another program changed so that both
// sides cannot be joined. Until it is resolved the document is read-only, the
// file theirs, and the journal ours.
type Conflict struct {
	Why     string       // what cannot be joined
	Mine    []LineChange // what was decided here since both were the same
	Theirs  []LineChange // what the file has changed since
	Joined  []LineChange // how TakeJoined would change their file
	Dropped []LineChange // what TakeJoined leaves out of Mine
}

// LineChange is a changed line of an .ann file; Old is empty where it was added,
// New where it was removed.
type LineChange struct {
	Line     int // in the file that both began from, from 1; of an added line, in the new one
	Old, New string
}

// ErrNoConflict says that there is nothing to resolve.
var ErrNoConflict = errors.New("the document has no conflict")

// sides are what could not be joined.
type sides struct {
	base, mine, theirs *brat.File
	why                error
}

// Conflict tells what stands against what in a document whose .ann file another
// program changed; ErrNoConflict where nothing does.
func (w *Workbench) Conflict(doc string) (Conflict, error) {
	w.mu.Lock()
	d := w.docs[doc]
	var s *sides
	if d != nil {
		s = d.sides
	}
	w.mu.Unlock()
	if s == nil {
		return Conflict{}, fmt.Errorf("%s: %w", doc, ErrNoConflict)
	}
	joined, _, left, err := brat.Join(s.base, s.mine, s.theirs) // files of sides are not changed any more
	if err != nil {
		return Conflict{}, fmt.Errorf("%s: %w", doc, err)
	}
	return Conflict{
		Why: s.why.Error(), Mine: lineChanges(brat.Diff(s.base, s.mine)), Theirs: lineChanges(brat.Diff(s.base, s.theirs)),
		Joined: lineChanges(brat.Diff(s.theirs, joined)), Dropped: lineChanges(left),
	}, nil
}

func lineChanges(edits []corpus.LineEdit) []LineChange {
	list := make([]LineChange, len(edits))
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return strings.TrimSuffix(*s, "\r")
	}
	for i, e := range edits {
		list[i] = LineChange{e.At + 1, text(e.Old), text(e.New)}
	}
	return list
}

// resolve ends a conflict: the document goes on from their file, or from theirs with
// what of ours fits. The lock is held.
func (w *Workbench) resolve(a Resolve) (Result, error) {
	d := w.docs[a.Doc]
	if d == nil || d.sides == nil {
		return Result{}, fmt.Errorf("%s: %w", a.Doc, ErrNoConflict)
	}
	if d.lent {
		return Result{}, fmt.Errorf("%s: %w: %s", a.Doc, ErrReadOnly, d.readOnly)
	}
	s, ids := d.sides, map[string]string{}
	file, message := s.theirs.Clone(), "goes on from the file as it is"
	if a.How == TakeJoined {
		var left []corpus.LineEdit
		var err error
		if file, ids, left, err = brat.Join(s.base, s.mine, s.theirs); err != nil {
			return Result{}, fmt.Errorf("%s: %w", a.Doc, err)
		}
		message = fmt.Sprintf("has their changes and yours, but for %s of yours", count(len(left), "line"))
	}
	file.SetLinkStyle(s.mine.LinkStyle())
	d.file, d.disk, d.sides, d.readOnly = file, s.theirs.Clone(), nil, ""
	d.dirty = !bytes.Equal(file.Bytes(), s.theirs.Bytes())
	d.met = &meeting{file: s.theirs.Bytes(), joined: file.Bytes(), mine: s.mine, ids: movedOrGone(s, file, ids)}
	w.tellMeeting(d)
	message = d.name + " " + message
	w.message = message
	if d.dirty {
		w.lease(d, 1)
		w.wakeWriter()
	}
	w.draw(d)
	w.wantCandidates(d)
	return Result{Doc: d.name, Message: message}, nil
}

// movedOrGone adds, to the ids of ours that are others now, those of annotations that
// are gone, or that somebody else's new annotation has: "" stands for none.
func movedOrGone(s *sides, now *brat.File, ids map[string]string) map[string]string {
	all := maps.Clone(ids)
	for _, m := range s.mine.Mentions() {
		if _, moved := all[m.ID]; moved {
			continue
		}
		_, old := s.base.Mention(m.ID)
		if o, there := now.Mention(m.ID); !there || !old && !o.Same(m) {
			all[m.ID] = ""
		}
	}
	return all
}
