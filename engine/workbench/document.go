package workbench

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/link"
)

// document is a document in memory. The workbench's lock guards it.
type document struct {
	name      string
	text      corpus.Text
	hash      string // SHA-256 of the text, hexadecimal
	file      *brat.File
	stamp     brat.Stamp // of the .ann file as last read or written
	disk      *brat.File // the .ann file as last read or written
	txt       fs.FileInfo
	leased    bool     // the lease is taken, or being taken
	brief     bool     // the lease is for the next write alone
	lent      bool     // somebody else has the lease: readOnly says who
	met       *meeting // a merge that the journal was not told of yet
	sides     *sides   // what could not be joined; nil where nothing is in the way
	path      string   // of the .ann file
	sentences []corpus.Span
	defined   *lexical.Abbreviations // by the document itself
	language  string
	letters   bool
	readOnly  string
	err       error // reading failed; picture stays nil

	begun   bool   // the journal holds the bytes that this file began from
	base    []byte // those bytes, until the journal has them
	lastSeq int64  // newest decision that the file in memory holds
	dirty   bool   // the .ann file on disk is older than memory
	asked   bool   // suggestions have been asked for
	model   string // hash of the recognizer that was asked
	chunks  int    // suggestion jobs that have not come back
	behind  bool   // the picture lacks what came since, for nobody looked
	noted   int64  // version of the picture whose questions are kept, see noteAsks

	suggestions []suggestion           // what the person sees, or would without annotations in their place
	waiting     []suggestion           // came while an item was in focus
	rankings    map[mentionKey]ranking // candidates, and what they were ranked by
	linking     map[mentionKey]bool    // is being looked up for the first time
	rankedBy    uint64                 // version of the memory when all of it was last ranked
	picture     *Doc
}

type suggestion struct {
	corpus.Mention
	source string // "model" or "letters"
	key    string // of its item
}

// Look says what the annotator looks at. A document that is not in memory is
// read in the background.
func (w *Workbench) Look(l Look) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	moved := l.Doc != w.look.Doc || l.Key != w.look.Key
	if l != w.look {
		w.wakePlace()
	}
	w.look = l
	if moved {
		w.since = time.Now() // with its monotonic reading, unlike now: clocks go back
	}
	if d := w.docs[l.Doc]; d == nil {
		w.read(l.Doc)
	} else if moved {
		w.catchUp(d)
		if d.behind {
			w.show(d)
		}
	}
	if moved {
		w.prepare()
	}
}

// read starts reading a document. The lock is held.
func (w *Workbench) read(name string) {
	if _, known := w.place[name]; !known || w.docs[name] != nil {
		return
	}
	w.docs[name] = &document{name: name}
	w.loops.Go(func() {
		d := w.fetch(context.Background(), name)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.arrive(d)
	})
}

// fetch reads a document from disk and brings it to where the journal is.
func (w *Workbench) fetch(ctx context.Context, name string) *document {
	d := w.annotations(ctx, name)
	if d.err == nil {
		d.sentences = segment.Sentences(d.text)
		d.defined = link.Definitions(d.text)
		d.language = suggest.Language(d.text.String())
	}
	return d
}

// annotations is fetch without what only suggestions need of the text.
func (w *Workbench) annotations(ctx context.Context, name string) *document {
	d := &document{name: name, rankings: map[mentionKey]ranking{}, linking: map[mentionKey]bool{}}
	// Looked at before it is read: a later change then shows in the time.
	d.txt, _ = os.Stat(w.col.Path(name, ".txt"))
	src, err := w.col.Read(name)
	if err != nil {
		d.err = err
		return d
	}
	d.disk = src.File.Clone()
	d.text, d.file, d.stamp, d.path, d.hash = src.Text, src.File, src.Ann, src.AnnPath, src.TextHash
	w.col.Config(name) // read here, so that asking for it later does not touch the disk
	if src.ReadOnly {
		d.readOnly = "the collection keeps its annotations in read-only files"
	}
	if w.opts.ReadOnly != "" {
		d.readOnly = w.opts.ReadOnly
	}
	if err := w.settleStyle(ctx, d); err != nil {
		d.err = err
	} else if err := w.recover(ctx, d); err != nil {
		d.err = err
	}
	if h, held := w.leases.Holder(name); held && d.readOnly == "" {
		d.lend(h)
		d.dirty, d.met = false, nil // read again when they are done
	}
	return d
}

// arrive puts a document that was read in its place. The lock is held.
func (w *Workbench) arrive(d *document) {
	if known := w.docs[d.name]; known != nil && known.picture != nil {
		return // an undo read it first
	}
	w.docs[d.name] = d
	if d.err != nil {
		w.message = d.err.Error()
		d.picture = &Doc{Name: d.name, ReadOnly: d.err.Error(), Version: 1}
		w.notify()
		return
	}
	w.tellMeeting(d)
	if d.dirty {
		w.wakeWriter()
	}
	w.draw(d)
	w.prepare()
}

// loaded returns a document that can be decided on. The lock is held.
func (w *Workbench) loaded(name string) (*document, error) {
	d := w.docs[name]
	switch {
	case d == nil || d.picture == nil:
		if _, known := w.place[name]; !known {
			return nil, fmt.Errorf("%s: %w", name, ErrUnknown)
		}
		return nil, fmt.Errorf("%s: %w", name, ErrNotReady)
	case d.err != nil:
		return nil, d.err
	case d.readOnly != "":
		return nil, fmt.Errorf("%s: %w: %s", name, ErrReadOnly, d.readOnly)
	}
	return d, nil
}

// Merge shows the results that waited for the cursor to move on.
func (w *Workbench) Merge(name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.docs[name]
	if d == nil || d.picture == nil || d.picture.Waiting == 0 {
		return
	}
	w.take(d)
	w.redraw(d, nil)
}

// take moves what waited to what is shown. The lock is held.
func (w *Workbench) take(d *document) {
	d.suggestions = append(d.suggestions, d.waiting...)
	d.waiting = nil
}

// focused is the key of the item under the cursor in d, "" for none. The lock is held.
func (w *Workbench) focused(d *document) string {
	if w.look.Doc != d.name {
		return ""
	}
	return w.look.Key
}
