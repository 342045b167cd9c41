// Package workbench opens a corpus and does to it what an annotator asks: typed
// actions become decisions, which are applied in memory at once, journaled in
// order by one writer, and followed by the .ann files. It is headless: the
// terminal interface, a script and a test drive it alike.
package workbench

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/corpus/lease"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// Errors that callers tell apart.
var (
	ErrNoItem   = errors.New("no such mention")                     // it went away, e.g. by an undo
	ErrReadOnly = errors.New("the document is read-only")           //
	ErrNotReady = errors.New("the document is still being read")    //
	ErrNothing  = errors.New("nothing to undo")                     //
	ErrStopped  = errors.New("decisions can no longer be saved")    // see Status.Fatal
	ErrUnknown  = errors.New("the collection has no such document") //
)

// Options say what to open and with what.
type Options struct {
	Dir       string         // a brat collection
	State     string         // where the journal lies; Dir/.gloss if empty
	Who       string         // the annotator
	LinkStyle brat.LinkStyle // for a corpus without links of its own
	Workers   int            // background threads; 0: one a processor
	Ahead     int            // documents to prepare after the one on screen; 0: the default
	// Blind asks the models for nothing: no suggestion influences what is annotated.
	// Search finds concepts all the same.
	Blind bool
	// Probe shows a share of the suggestions otherwise, and says so in Status.
	Probe Probe
	// ReadOnly says why nothing can be decided in any document; empty: it can.
	ReadOnly string

	// LearnEvery is after how many finished documents the models learn from all of them,
	// in the background, where they can; 0: the default, below 0: never.
	LearnEvery int

	// Shelf keeps the recognizers of the collection; nil: there is the one of Load alone.
	Shelf Shelf
	// Used is the name on the shelf of the one that Load opens.
	Used string

	// Order is that of the documents, see Arrange; empty: the one that the annotator chose
	// last, else UsualOrder, else as the collection has them. By uncertainty and by value
	// it is taken once the models are there.
	Order, UsualOrder order.Mode
	// Target is the F1 of suggestions from which on Overview says that one may stop; 0: the default.
	Target float64

	// Linkable tells whether a KB serves the label; nil: none does. Annotations of
	// such labels are pending until they have a link.
	Linkable func(label string) bool
	// Load opens the models, in the background; nil: no suggestions. The overlay
	// is what this corpus taught so far, for the linker.
	Load func(ctx context.Context, memory *link.Overlay) (*suggest.Models, error)
}

// Look tells the workbench what the annotator looks at: the document, the item
// in focus ("" for none) and the code points on screen. What is on screen is
// computed first; the item in focus is left as it is until Merge.
type Look struct {
	Doc    string
	Key    string
	Screen corpus.Span
	Filter string // what the list of documents is narrowed to; kept for Resume, and not read
}

// Workbench is an open collection. All methods are safe for concurrent use, and
// none but Close, Search and the exceptions of Do waits for the disk or a model.
type Workbench struct {
	opts Options
	col  *brat.Collection
	// corpusStyle is how the collection ties mentions to concepts, looked at once.
	corpusStyle func() brat.LinkStyle
	names       []string        // in the order of now, see Arrange; replaced, never changed
	place       map[string]int  // of names; likewise
	reasons     map[string]why  // why documents stand where they do; likewise
	allowed     map[string]bool // labels that are suggested; nil: all
	labels      []string        // labels that can be given where no annotation.conf says
	memory      *link.Overlay
	queue       *suggest.Queue
	journal     *journal.Journal
	written     *written
	leases      *lease.Keeper
	writer      *journal.Writer
	changed     chan struct{}
	stop        context.CancelFunc // of what runs in the background
	atClose     func(f func()) (forget func() bool)
	loops       sync.WaitGroup
	dirty       chan struct{} // wakes the .ann writer
	moved       chan struct{} // wakes the writer of the place
	resumed     Look          // see Resume

	writing   sync.Mutex // held while files are written; taken before mu
	exchange  sync.Mutex // held while the recognizer changes, until models says so; taken before mu
	mu        sync.Mutex
	docs      map[string]*document
	telling   map[string]bool // documents with a merge that is not in the journal on disk yet
	problems  map[string]bool // whether a document had some when it was looked at last
	stale     map[string]bool // of docs: what they were suggested is of models before, see renew
	fold      *journal.State
	pending   *pending // of the bulk that is being done; else nil
	tasks     []*task  // what runs for callers
	steps     steps
	settled   []corpus.Decision // by the run before, oldest first, see Repeat
	folds     map[string]string // see folded
	linkJobs  int               // that were ever submitted
	reranked  int               // see Status.Reranked
	passed    map[string]bool   // documents that were finished in this run: a probe hides nothing there
	held      int               // actions that need every document that is in memory
	models    *suggest.Models   // nil until loaded
	used      string            // name of its recognizer on the shelf
	loading   bool
	look      Look
	since     time.Time  // when the item in focus came into focus
	first     int64      // the journal's last seq when this run began
	last      int64      // the newest decision
	synced    int64      // the newest decision on disk
	unlearnt  int        // documents finished since the models last learnt
	arranged  order.Mode // of names
	chosen    order.Mode // by the annotator, in this session or before; empty: none was
	arrivals  int        // times that an order was asked for
	arranging arranging
	asker     asker
	message   string
	fatal     error
	closed    bool
	warned    bool // it was said that leases are not safe here
}

// Open opens the collection and its journal. The documents are not read, and
// the models not loaded, before it returns.
func Open(ctx context.Context, o Options) (*Workbench, error) {
	col, err := brat.Open(o.Dir)
	if err != nil {
		return nil, err
	}
	w := newWorkbench(o, col)
	w.leases = lease.NewKeeper(filepath.Join(w.opts.State, "leases"), o.Who)
	if w.journal, err = journal.Open(w.opts.State, o.Who); err != nil {
		return nil, err
	}
	if w.written, err = openWritten(w.journal.Path()); err != nil {
		return nil, errors.Join(err, w.journal.Close())
	}
	w.survey()
	w.resumed, w.chosen = w.readPlace()
	w.opts.Order = cmp.Or(o.Order, w.chosen, o.UsualOrder, order.File)
	if err := w.replay(ctx); err != nil {
		return nil, errors.Join(err, w.written.close(), w.journal.Close())
	}
	behind, err := w.revisited(ctx)
	if err != nil {
		return nil, errors.Join(err, w.journal.Close())
	}
	w.first = w.journal.Last()
	w.last, w.synced = w.first, w.first
	w.writer = journal.NewWriter(w.journal, w.saved, w.failed)
	run, cancel := context.WithCancel(context.Background())
	w.stop = cancel
	w.atClose = func(f func()) func() bool { return context.AfterFunc(run, f) }
	w.loops.Go(func() { w.writeLoop(run) })
	w.loops.Go(func() { w.leaseLoop(run) })
	w.loops.Go(func() { w.placeLoop(run) })
	if w.opts.Order == order.Random {
		w.arrangeAsAsked(ctx)
	}
	if o.Load != nil {
		w.loading = true
		w.loops.Go(func() { w.loadModels(run) })
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, name := range behind {
		w.read(name)
	}
	return w, nil
}

func newWorkbench(o Options, col *brat.Collection) *Workbench {
	if o.State == "" {
		o.State = filepath.Join(o.Dir, ".gloss")
	}
	if o.Workers == 0 {
		o.Workers = runtime.NumCPU()
	}
	if o.Ahead == 0 {
		o.Ahead = defaultAhead
	}
	if o.LearnEvery == 0 {
		o.LearnEvery = defaultLearnEvery
	}
	w := &Workbench{
		opts: o, used: o.Used, col: col, names: col.Names(), place: map[string]int{}, memory: &link.Overlay{}, arranged: order.File,
		changed: make(chan struct{}, 1), dirty: make(chan struct{}, 1), moved: make(chan struct{}, 1),
		docs: map[string]*document{}, problems: map[string]bool{}, telling: map[string]bool{}, stale: map[string]bool{}, passed: map[string]bool{},
	}
	for i, name := range w.names {
		w.place[name] = i
	}
	w.corpusStyle = sync.OnceValue(w.sampleCorpusStyle)
	w.queue = suggest.NewQueue(o.Workers, w.notify)
	return w
}

// replay folds what the journal holds into memory.
func (w *Workbench) replay(ctx context.Context) error {
	fold, err := w.journal.Fold(ctx)
	if err != nil {
		return err
	}
	w.fold = fold
	w.learn()
	return nil
}

// Documents lists the collection in the order of now, see Arrange.
func (w *Workbench) Documents() []Info {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]Info, len(w.names))
	for i, name := range w.names {
		list[i] = Info{Name: name, Finished: w.fold.Finished(name), Reason: w.reasons[name].short, About: w.reasons[name].about}
		if d := w.docs[name]; d != nil && d.picture != nil {
			list[i].Loaded = true
			list[i].Undecided = d.picture.Undecided()
			list[i].Decided = len(d.picture.Items) - list[i].Undecided
			w.problems[name] = d.err != nil || len(d.picture.Problems) > 0
		}
		list[i].Problem, list[i].Checked = w.problems[name]
	}
	return list
}

// Doc is the newest picture of a document, nil while it is not read yet; Look
// asks for it.
func (w *Workbench) Doc(name string) *Doc {
	w.mu.Lock()
	defer w.mu.Unlock()
	if d := w.docs[name]; d != nil {
		return d.picture
	}
	return nil
}

// Changed receives after every change of what the other methods return. It is
// coalesced: read the state anew each time.
func (w *Workbench) Changed() <-chan struct{} { return w.changed }

func (w *Workbench) notify() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// Config is the collection's configuration as it applies to a document.
func (w *Workbench) Config(doc string) *brat.Config { return w.col.Config(doc) }

// Labels are the labels that can be given, in the order of annotation.conf.
func (w *Workbench) Labels(doc string) []string {
	if types := w.col.Config(doc).EntityTypes(); len(types) > 0 {
		return types
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.labels
}

// Linkable tells whether a KB serves the label.
func (w *Workbench) Linkable(label string) bool { return w.linkable(label) }

// Search looks a query up in the KBs of a label, as one types. It may take as
// long as the search does, so call it off the event loop.
func (w *Workbench) Search(ctx context.Context, label, query string, k int) ([]kb.Candidate, error) {
	w.mu.Lock()
	m := w.models
	w.mu.Unlock()
	if m == nil || m.Linker == nil {
		return nil, nil
	}
	return m.Linker.Search(ctx, label, query, k)
}

// Status is the state of the whole workbench.
func (w *Workbench) Status() Status {
	jobs := w.queue.Len()
	w.mu.Lock()
	defer w.mu.Unlock()
	s := Status{
		Saved: int(w.synced - w.first), Unsaved: int(w.last - w.synced),
		Message: w.message, Fatal: w.fatal, Reranked: w.reranked, Probe: w.opts.Probe.String(), Order: w.arranged,
		Blind: w.opts.Blind,
	}
	if w.models != nil {
		s.Device, s.Model = w.models.Device, w.models.Name
	}
	if w.loading {
		s.Tasks = append(s.Tasks, Task{Title: "loading models"})
	}
	for _, t := range w.tasks {
		s.Tasks = append(s.Tasks, t.Task)
	}
	reading, writing := 0, 0
	for _, d := range w.docs {
		switch {
		case d.picture == nil && d.err == nil:
			reading++
		case d.dirty:
			writing++
		}
	}
	if n := len(w.telling); n > 0 {
		s.Tasks = append(s.Tasks, Task{Title: "saving a merge", Total: n})
	}
	if reading > 0 {
		s.Tasks = append(s.Tasks, Task{Title: "reading", Total: reading})
	}
	if writing > 0 {
		s.Tasks = append(s.Tasks, Task{Title: "writing", Total: writing})
	}
	if jobs > 0 {
		s.Tasks = append(s.Tasks, Task{Title: "suggesting", Total: jobs})
	}
	return s
}

// Close writes everything that is decided, stops the background work and frees
// the models. It returns the first failure; what could not be written to an
// .ann file is in the journal all the same.
func (w *Workbench) Close(ctx context.Context) error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	w.mu.Unlock()
	w.queue.Close()
	w.writer.Retry() // what stopped it may have been mended meanwhile
	drained := w.writer.Drain(ctx)
	w.stop()
	w.loops.Wait()
	written := w.writeRest(ctx)
	_ = w.writePlace() // without it the next session begins at the first document, that is all
	err := errors.Join(drained, written, w.writer.Close(), w.written.close(), w.leases.Close())
	_ = w.journal.Snapshot(ctx, w.fold) // without it the next start is slower, that is all
	err = errors.Join(err, w.journal.Close())
	if w.models != nil && w.models.Close != nil {
		err = errors.Join(err, w.models.Close())
	}
	return err
}
