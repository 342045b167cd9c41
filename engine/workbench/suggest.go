package workbench

import (
	"context"
	"fmt"
	"strconv"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// topK is how many candidates are kept for a mention.
const topK = 25

// defaultAhead is how many documents after the one on screen are prepared.
const defaultAhead = 20

// loadModels opens the models and asks for what is in memory already.
func (w *Workbench) loadModels(ctx context.Context) {
	m, err := w.opts.Load(ctx, w.memory)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loading = false
	w.models = m
	switch {
	case err != nil:
		w.message = "no suggestions: " + err.Error()
	case len(m.Warnings) > 0:
		w.message = m.Warnings[0]
	}
	if m != nil && len(w.labels) == 0 {
		w.labels = m.Labels
	}
	for _, d := range w.docs {
		if d.picture != nil && d.err == nil {
			w.draw(d)
		}
	}
	w.prepare()
	w.notify()
	if m != nil {
		w.arrangeAgain()
	}
}

// prepare reads and computes the document on screen and those after it, nearest
// first. The lock is held.
func (w *Workbench) prepare() {
	w.dropStale()
	at, ok := w.place[w.look.Doc]
	if !ok || w.closed {
		return
	}
	for i := at; i < len(w.names) && i <= at+w.opts.Ahead; i++ {
		d := w.docs[w.names[i]]
		if d == nil {
			w.read(w.names[i])
		} else if d.picture != nil && d.err == nil {
			w.ask(d)
		}
	}
	w.queue.Rank(w.priority)
	w.forget()
}

// ask submits the suggestion jobs of a document, once. The lock is held.
func (w *Workbench) ask(d *document) {
	if d.asked || w.models == nil {
		return
	}
	d.asked, d.model = true, w.models.Hash
	source := ""
	if !w.opts.Blind {
		source = w.models.Source(d.language)
	}
	d.letters = source == suggest.ByLetters && w.models.Recognizer != nil
	if source != "" {
		for i, sentences := range suggest.Chunks(d.text, d.sentences) {
			d.chunks++
			w.submit(suggest.Job{ID: "suggest:" + d.name + ":" + strconv.Itoa(i), Group: d.name, Run: func(ctx context.Context) {
				w.suggest(ctx, d, sentences, source)
			}})
		}
	}
	w.draw(d)
	w.wantCandidates(d)
}

func (w *Workbench) submit(j suggest.Job) {
	j.Priority = w.priority(j)
	w.queue.Submit(j)
}

// nobodyWaits is the priority of work for no document in particular.
const nobodyWaits = 1 << 30

// priority ranks jobs by how soon a person sees their result.
func (w *Workbench) priority(j suggest.Job) int {
	switch {
	case j.ID == rankJob || j.ID == switchJob:
		return -1
	case j.ID == learnJob || j.ID == compareJob:
		return nobodyWaits - 1 // before what goes through all documents
	case j.Group == "":
		return nobodyWaits
	}
	distance := w.place[j.Group] - w.place[w.look.Doc]
	if distance < 0 {
		distance = len(w.names) - distance
	}
	return distance
}

// suggest computes one piece of a document, off the lock.
func (w *Workbench) suggest(ctx context.Context, d *document, sentences []corpus.Span, source string) {
	found, err := w.models.Suggest(ctx, d.text, sentences, source)
	w.promptly(func() { w.suggested(d, found, source, err, ctx.Err()) })
}

// promptly runs f with the lock held, on a thread of its own: those of the queue have a
// low priority, and one that waited for a processor with the lock would hold up the screen.
func (w *Workbench) promptly(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.mu.Lock()
		defer w.mu.Unlock()
		f()
	}()
	<-done
}

// suggested takes the suggestions for a piece of a document. The lock is held.
func (w *Workbench) suggested(d *document, found []corpus.Mention, source string, err, cancelled error) {
	d.chunks--
	if err != nil {
		if cancelled == nil {
			w.message = fmt.Sprintf("suggestions for %s: %v", d.name, err)
		}
		w.draw(d)
		return
	}
	for _, m := range found {
		if w.allowed == nil || w.allowed[m.Label] {
			d.waiting = append(d.waiting, suggestion{m, source, suggestionKey(m)})
		}
	}
	if w.focused(d) == "" {
		w.take(d)
	}
	// A picture of a long document takes milliseconds, and each piece calls for one.
	if d.behind = d.chunks > 0 && d.name != w.look.Doc; !d.behind {
		w.show(d)
	}
}

// show draws what came for a document and asks for its candidates. The lock is held.
func (w *Workbench) show(d *document) {
	d.behind = false
	w.draw(d)
	w.wantCandidates(d)
}

// forget drops documents that are far away and wholly on disk. The lock is held.
func (w *Workbench) forget() {
	const room = 200
	if len(w.docs) <= room || w.held > 0 {
		return
	}
	gone := map[string]bool{}
	for name, d := range w.docs {
		far := w.priority(suggest.Job{Group: name}) > w.opts.Ahead
		if far && d.picture != nil && !d.dirty && d.lastSeq <= w.synced {
			gone[name] = true
		}
	}
	if len(gone) == 0 {
		return
	}
	w.queue.Cancel(func(j suggest.Job) bool { return gone[j.Group] })
	for name := range gone {
		if w.asker.known != nil { // somebody asks
			w.noteAsks(w.docs[name])
		}
		delete(w.docs, name)
	}
}
