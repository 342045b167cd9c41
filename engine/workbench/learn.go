package workbench

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// rankJob is the job that ranks mentions again; a newer one takes the place of the older.
const rankJob = "rank again"

// rankedAtOnce is how many mentions are ranked again before they are shown.
const rankedAtOnce = 128

// learn brings the overlay to what the decisions in force teach: which concepts
// were chosen for which names, and which were proposed. The lock is held, or
// nobody else knows the workbench yet.
func (w *Workbench) learn() {
	was := w.memory.Version()
	for _, a := range w.fold.AliasChanges() {
		w.memory.Count(a.Label, a.Text, a.DB, a.ID, a.Count)
	}
	w.memory.SetProposals(w.fold.Proposals())
	if w.memory.Version() == was || !w.links() {
		return
	}
	w.reranked = 0
	w.submit(suggest.Job{ID: rankJob, Run: w.rankAgain})
}

// rankAgain asks for new candidates of what the memory of the corpus speaks of
// otherwise by now: all of it in the document on screen; in others, the nearest first,
// where another candidate may come first. The rest waits until somebody looks at its
// document. Until they come the old candidates stay.
func (w *Workbench) rankAgain(ctx context.Context) {
	w.mu.Lock()
	looked, version := w.docs[w.look.Doc], w.memory.Version()
	w.mu.Unlock()
	batch := rerank{w: w, ctx: ctx}
	for _, o := range w.outdated(ctx, looked) {
		if ctx.Err() != nil {
			return // a newer one begins with what is left
		}
		batch.add(o)
		if len(batch.queries) >= rankedAtOnce {
			batch.do()
		}
	}
	batch.do()
	w.mu.Lock()
	defer w.mu.Unlock()
	if looked != nil && ctx.Err() == nil {
		looked.rankedBy = version
	}
}

// outdated is a document with the mentions of it that are to be ranked again, and those
// whose candidates follow from what they were.
type outdated struct {
	d    *document
	keys map[mentionKey]bool
	now  map[mentionKey]ranking
}

// outdated compares what the memory says now with what it said when candidates were
// ranked. It looks at every mention in memory, each text once.
func (w *Workbench) outdated(ctx context.Context, looked *document) []outdated {
	type known struct {
		d        *document
		rankings map[mentionKey]ranking
	}
	w.mu.Lock()
	var all []known
	for _, d := range w.docs {
		if d.picture != nil && len(d.rankings) > 0 {
			all = append(all, known{d, maps.Clone(d.rankings)})
		}
	}
	slices.SortFunc(all, func(a, b known) int {
		return w.priority(suggest.Job{Group: a.d.name}) - w.priority(suggest.Job{Group: b.d.name})
	})
	w.mu.Unlock()
	texts := map[string][]string{}
	for _, k := range all {
		for key := range k.rankings {
			texts[key.label] = append(texts[key.label], key.text)
		}
	}
	// Where it fails, letters alone tell here; ranking again meets the same error and says it.
	_ = w.prepareMemory(ctx, texts)
	var list []outdated
	says := map[mentionKey]link.Recall{}
	for _, k := range all {
		o := outdated{k.d, map[mentionKey]bool{}, map[mentionKey]ranking{}}
		for key, then := range k.rankings {
			now, ok := says[key]
			if !ok && ctx.Err() == nil {
				now = w.memory.Recall(key.label, key.text)
				says[key] = now
			}
			if r, ok := then.following(now); ok {
				o.now[key] = r
			} else if k.d == looked && !now.Equal(then.recalled) || then.overtaken(now) {
				o.keys[key] = true
			}
		}
		if len(o.keys)+len(o.now) > 0 {
			list = append(list, o)
		}
	}
	return list
}

// following is the ranking where nothing changed but what was chosen for the very name.
func (r ranking) following(now link.Recall) (ranking, bool) {
	if r.bare == nil || slices.Equal(r.recalled.Chosen, now.Chosen) || !slices.Equal(r.recalled.Near, now.Near) {
		return ranking{}, false
	}
	list, ok := link.Remember(r.bare, now.Chosen)
	if len(now.Chosen) == 0 {
		list, ok = r.bare, true
	}
	return ranking{list, r.bare, now}, ok
}

// overtaken tells whether what the memory says now may bring another candidate to the
// first place: another choice for the very name; and unless the first one is of an equal
// name, a concept that resembling names stand for now, or one that they brought there.
func (r ranking) overtaken(now link.Recall) bool {
	if !slices.Equal(r.recalled.Chosen, now.Chosen) {
		return true
	}
	if slices.Equal(r.recalled.Near, now.Near) {
		return false
	}
	if len(r.candidates) == 0 {
		return true
	}
	first := r.candidates[0]
	if m := first.Evidence.Match; m == "exact" || m == "corpus" || m == "rule" {
		return false
	}
	for _, n := range now.Near {
		if n.ID != first.ID && !slices.Contains(r.recalled.Near, n) {
			return true
		}
	}
	for _, n := range r.recalled.Near {
		if n.ID == first.ID && !slices.Contains(now.Near, n) {
			return true
		}
	}
	return false
}

// catchUp ranks a document again that was not looked at while the corpus learnt. The
// lock is held.
func (w *Workbench) catchUp(d *document) {
	if w.links() && d.picture != nil && d.rankedBy != w.memory.Version() {
		w.submit(suggest.Job{ID: rankJob, Run: w.rankAgain})
	}
}

// rerank collects mentions of several documents, so that they are ranked together.
type rerank struct {
	w       *Workbench
	ctx     context.Context
	queries []link.Query
	docs    []*document // of each query
}

func (r *rerank) add(o outdated) {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	for key, now := range o.now {
		r.w.reranks(o.d, key, now)
	}
	if len(o.now) > 0 {
		r.w.draw(o.d)
	}
	queries := r.w.queries(o.d, func(k mentionKey) bool { return o.keys[k] })
	r.queries = append(r.queries, queries...)
	for range queries {
		r.docs = append(r.docs, o.d)
	}
}

// do ranks what was collected, and draws the documents.
func (r *rerank) do() {
	if len(r.queries) == 0 {
		return
	}
	queries, docs, w := r.queries, r.docs, r.w
	r.queries, r.docs = nil, nil
	rankings, err := w.rankingsOf(r.ctx, queries)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		if r.ctx.Err() == nil {
			w.message = fmt.Sprintf("rank again: %v", err)
		}
		return
	}
	for i, q := range queries {
		d := docs[i]
		w.reranks(d, mentionKey{q.Label, q.Text}, rankings[i])
		if i+1 == len(docs) || docs[i+1] != d {
			w.draw(d)
		}
	}
}

// reranks gives a mention its new candidates, and counts the items that this changes. The
// lock is held.
func (w *Workbench) reranks(d *document, key mentionKey, now ranking) {
	if !sameOrder(d.rankings[key].candidates, now.candidates) {
		w.reranked += d.waitingFor(key)
	}
	d.rankings[key] = now
}

func sameOrder(a, b []kb.Candidate) bool {
	return slices.EqualFunc(a, b, func(x, y kb.Candidate) bool { return x.DB == y.DB && x.ID == y.ID })
}

// waitingFor counts the undecided items of a mention.
func (d *document) waitingFor(key mentionKey) int {
	n := 0
	for i := range d.picture.Items {
		it := &d.picture.Items[i]
		if it.State.Undecided() && it.Label == key.label && it.Text == key.text {
			n++
		}
	}
	return n
}
