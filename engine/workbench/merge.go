package workbench

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// otherText is why a document is read-only whose offsets count another text.
const otherText = "its .txt file is not the one that was decided on: put that one back, or say that this is the one with gloss journal begin"

// meet joins what another program wrote to an .ann file with what was decided
// here. base is the state that both began from, mine the state in memory.
// Where they cannot be joined the document shows theirs, read-only: what was
// decided stays in the journal, and the file as it is.
func (d *document) meet(base, mine, theirs *brat.File) {
	merged, ids, err := brat.Merge(base, mine, theirs)
	d.sides = nil
	if err != nil {
		d.sides = &sides{base.Clone(), mine.Clone(), theirs.Clone(), err}
		theirs.SetLinkStyle(mine.LinkStyle())
		d.begun, d.file = true, theirs
		d.readOnly = fmt.Sprintf("another program changed its .ann file, and both cannot be joined (%v): your decisions are in the journal; "+
			"get them with gloss replay, or go on from the file as it is with gloss journal begin", err)
		return
	}
	merged.SetLinkStyle(mine.LinkStyle())
	joined, file := merged.Bytes(), theirs.Bytes()
	d.file, d.disk = merged, theirs.Clone()
	d.dirty = !bytes.Equal(joined, file)
	if !d.dirty && len(ids) == 0 {
		d.begun, d.base = false, file // nothing to tell until something is decided
		return
	}
	d.met = &meeting{file: file, joined: joined, mine: mine, ids: ids}
}

// meeting is what the journal is to be told of a merge.
type meeting struct {
	file, joined []byte            // the file as it was found, and as it will be
	mine         *brat.File        // what was decided here
	ids          map[string]string // annotations that have other ids since
}

// tellMeeting records a merge: the file is a new beginning, twice, as it was
// found and as it will be written, so that a crash in between is understood.
// What was decided on annotations that have other ids now is decided on those.
// The lock is held.
func (w *Workbench) tellMeeting(d *document) {
	m := d.met
	if m == nil {
		return
	}
	d.met, d.begun, d.base = nil, true, nil
	row := journal.Begun{Doc: d.name, Time: now(), Text: d.hash, Ann: m.file}
	rows := []journal.Begun{row}
	if !bytes.Equal(m.file, m.joined) {
		row.Ann = m.joined
		rows = append(rows, row)
	}
	w.telling[d.name] = true
	if err := w.writer.Enqueue(journal.Batch{Begun: rows}); err != nil {
		w.fatal = err
	}
	w.message = d.name + ": another program changed its .ann file; its changes and yours are joined"
	var off, on []corpus.Decision
	for _, id := range slices.Sorted(maps.Keys(m.ids)) {
		kind := w.fold.Decided(d.name, id)
		before, ok := m.mine.Mention(id)
		after, there := d.file.Mention(m.ids[id])
		if kind == "" || !ok || !there && m.ids[id] != "" {
			continue
		}
		const why = "renumbered by another program"
		bare := before.Clone()
		bare.Links = nil
		off = append(off, corpus.Decision{Doc: d.name, Kind: corpus.Unlink, Before: &before, After: &bare, Note: why})
		if !there {
			continue // it is gone, and its id may be given to another one
		}
		on = append(on, corpus.Decision{Doc: d.name, Kind: kind, Before: &after, After: &after, Note: why})
	}
	if len(off) > 0 {
		w.record(append(off, on...)...)
	}
}

// reconcile is called when the .ann file is not what was last read or written:
// it reads the file anew and joins it with what is in memory. It tells whether
// the document can be written now.
func (w *Workbench) reconcile(d *document) (bool, error) {
	src, err := w.col.Read(d.name)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err != nil:
		return false, w.refuse(d, "another program changed its files, which cannot be read now; your decisions are in the journal", err)
	case src.TextHash != d.hash:
		return false, w.refuse(d, otherText, brat.ErrChanged)
	}
	d.stamp = src.Ann
	if d.meet(d.disk, d.file, src.File); d.readOnly != "" {
		return false, w.refuse(d, d.readOnly, brat.ErrChanged)
	}
	if d.met == nil { // they wrote what was to be written
		d.met = &meeting{file: d.file.Bytes(), joined: d.file.Bytes(), mine: d.file}
	}
	w.tellMeeting(d)
	w.draw(d)
	return w.writable(d), nil
}

// writable tells whether an .ann file is to be written, and the journal on disk knows all
// that it would hold. The lock is held.
func (w *Workbench) writable(d *document) bool {
	return d.dirty && d.lastSeq <= w.synced && !w.telling[d.name]
}

// told forgets the merges that are in the journal on disk by now. The lock is held.
func (w *Workbench) told() {
	if len(w.telling) == 0 {
		return
	}
	clear(w.telling)
	for _, b := range w.writer.Unsaved() {
		for _, row := range b.Begun {
			if len(b.Decisions) == 0 { // else it is where a file begins, which its decisions wait for
				w.telling[row.Doc] = true
			}
		}
	}
}

// refuse makes a document read-only; its decisions stay in the journal. The lock is held.
func (w *Workbench) refuse(d *document, why string, err error) error {
	d.readOnly, d.dirty = why, false
	w.message = d.name + ": " + why
	w.draw(d)
	return fmt.Errorf("%s: %w", d.name, err)
}

// sameText tells whether the text of a document is still the one that was
// read; it reads the file only where its size or time is another.
func (w *Workbench) sameText(d *document) (bool, error) {
	info, err := os.Stat(w.col.Path(d.name, ".txt"))
	if err != nil {
		return false, err
	}
	if d.txt != nil && info.Size() == d.txt.Size() && info.ModTime().Equal(d.txt.ModTime()) {
		return true, nil
	}
	s, err := brat.StampOf(w.col.Path(d.name, ".txt"))
	return err == nil && s.Sum == d.hash, err
}
