package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
)

// fake is a workbench in memory. Tests change its documents and read its log.
type fake struct {
	names    []string
	docs     map[string]*workbench.Doc
	finished map[string]bool
	status   workbench.Status
	changed  chan struct{}
	log      []string
	looks    []workbench.Look
	left     workbench.Look              // where the last run ended
	waiting  map[string][]workbench.Item // results that wait for Merge
	undo     []step
	redo     []step
	unread   map[string]bool // Ready says no for actions in these documents
	found    []kb.Candidate
	labels   []string
	fresh    int
	counts   workbench.Overview
	all      chan error // ends SuggestAll, and Learn; nil: SuggestAll has nothing to do
	ordered  chan error // ends Arrange with an error; nil: it works at once
	reasons  map[string]string
	picks    []workbench.Questions // that Questions answers with, one after another
	refuses  error                 // of Questions
	aside    bool                  // SwitchLearnt was asked for, an odd number of times
	trained  suggest.Bundle
	models   []suggest.Bundle
	few      error // of Models
	conflict workbench.Conflict
	onDisk   map[string]*workbench.Doc // not read yet
	skimmed  int                       // how often Skim was asked
	checked  bool                      // Check has ended
	bare     bool                      // no knowledge base is open
	hold     chan struct{}             // Skim waits for it before each document; nil: it does not
}

type step struct {
	doc           string
	before, after *workbench.Doc
	key           string
}

func newFake() *fake {
	return &fake{
		docs: map[string]*workbench.Doc{}, finished: map[string]bool{}, changed: make(chan struct{}, 1),
		waiting: map[string][]workbench.Item{}, unread: map[string]bool{},
		labels: []string{"MORFOLOGIA_NEOPLASIA", "ENFERMEDAD", "PROCEDIMIENTO", "SINTOMA"},
		status: workbench.Status{Device: "cpu"},
	}
}

// add makes a document. A mention is "state label text", its text found after the
// one before; "a|b" is discontinuous.
func (f *fake) add(name, text string, mentions ...string) {
	d := &workbench.Doc{Name: name, Text: corpus.NewText(text), Version: 1}
	from := 0
	for _, m := range mentions {
		parts := strings.SplitN(m, " ", 3)
		it := workbench.Item{Ready: true, Key: fmt.Sprintf("%s/%d", name, len(d.Items))}
		it.Label, it.Score = parts[1], corpus.NoScore
		states := map[string]workbench.State{"s": workbench.Suggested, "p": workbench.Pending, "a": workbench.Accepted, "l": workbench.Linked, "n": workbench.NIL}
		it.State = states[parts[0]]
		at := from
		for k, piece := range strings.Split(parts[2], "|") {
			i := strings.Index(text[at:], piece)
			if i < 0 {
				panic(piece + " is not in the text")
			}
			i += at
			at = i + len(piece)
			it.Spans = append(it.Spans, corpus.Span{Start: d.Text.Off(i), End: d.Text.Off(at)})
			if k == 0 {
				from = i
			}
		}
		it.Text = d.Text.Join(it.Spans)
		if it.State == workbench.Suggested {
			it.Score, it.Source = corpus.Score(0.95-float64(len(d.Items))*0.04), "model"
		}
		if it.State == workbench.Linked {
			it.Links = []corpus.Link{{DB: "CIE-O", ID: "8140/3", Name: "adenocarcinoma, SAI"}}
		}
		it.Candidates = candidates(it.Text)
		d.Items = append(d.Items, it)
	}
	f.names = append(f.names, name)
	f.docs[name] = d
}

func candidates(text string) []kb.Candidate {
	c := func(id, name, match, matched string, score float64, chosen int) kb.Candidate {
		return kb.Candidate{DB: "CIE-O", ID: id, Name: name, Score: corpus.Score(score),
			Evidence: kb.Evidence{Match: match, Name: matched, Chosen: chosen, Lexical: corpus.NoScore, Dense: corpus.NoScore}}
	}
	return []kb.Candidate{
		c("8140/3", "adenocarcinoma, SAI", "exact", "adenocarcinoma", .91, 14),
		c("8250/3", "adenocarcinoma bronquioloalveolar", "ngram", "adenoca. pulmonar", .63, 0),
		c("8046/3", "carcinoma no microcítico", "dense", "carcinoma no microcítico", .41, 0),
		c("8070/3", "carcinoma de células escamosas, SAI", "dense", "carcinoma epidermoide", .33, 1),
		c("8010/3", "carcinoma, SAI", "ngram", "carcinoma", .31, 0),
		c("8000/6", "neoplasia metastásica", "corpus", text, .22, 0),
		c("8041/3", "carcinoma microcítico, SAI", "dense", "oat cell", .18, 0),
		c("8012/3", "carcinoma de células grandes", "dense", "", .12, 0),
		c("8020/3", "carcinoma indiferenciado", "dense", "", .09, 0),
		c("8030/3", "carcinoma de células gigantes", "dense", "", .07, 0),
	}
}

func (f *fake) Documents() []workbench.Info {
	var list []workbench.Info
	for _, n := range f.names {
		i := workbench.Info{Name: n, Finished: f.finished[n], Reason: f.reasons[n], About: f.reasons[n]}
		i.Checked = f.docs[n] != nil || f.checked
		if d := f.onDisk[n]; d != nil && f.checked {
			i.Problem = len(d.Problems) > 0
		}
		if d := f.docs[n]; d != nil {
			i.Loaded, i.Undecided, i.Problem = true, d.Undecided(), len(d.Problems) > 0
			i.Decided = len(d.Items) - i.Undecided
		}
		list = append(list, i)
	}
	return list
}

func (f *fake) Doc(name string) *workbench.Doc { return f.docs[name] }
func (f *fake) Status() workbench.Status       { return f.status }
func (f *fake) Changed() <-chan struct{}       { return f.changed }
func (f *fake) Look(l workbench.Look)          { f.looks = append(f.looks, l) }
func (f *fake) Resume() workbench.Look         { return f.left }
func (f *fake) Linkable(string) bool           { return !f.bare }
func (f *fake) Config(string) *brat.Config     { return nil }
func (f *fake) Labels(string) []string         { return f.labels }
func (f *fake) Search(_ context.Context, _, q string, _ int) ([]kb.Candidate, error) {
	f.log = append(f.log, "search "+q)
	return f.found, nil
}

func (f *fake) Skim(ctx context.Context, names []string, _ bool, see func(*workbench.Doc)) error {
	f.skimmed++
	for _, name := range names {
		if f.hold != nil {
			select {
			case <-f.hold:
			case <-ctx.Done():
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d := f.docs[name]
		if d == nil {
			d = f.onDisk[name]
		}
		see(d)
	}
	return nil
}

func (f *fake) Check(ctx context.Context) error {
	f.log = append(f.log, "check")
	if f.hold != nil {
		select {
		case <-f.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	f.checked = true
	return nil
}

func (f *fake) Ready(a workbench.Action) bool {
	if _, ok := a.(workbench.Undo); ok && len(f.undo) > 0 {
		return !f.unread[f.undo[len(f.undo)-1].doc]
	}
	return true
}

func (f *fake) Merge(name string) {
	more := f.waiting[name]
	if len(more) == 0 {
		return
	}
	delete(f.waiting, name)
	d := f.edit(name)
	d.Items = append(d.Items, more...)
	d.Waiting = 0
	slices.SortStableFunc(d.Items, func(a, b workbench.Item) int { return int(a.Spans.Hull().Start - b.Spans.Hull().Start) })
	f.docs[name] = d
}

// wait lets results arrive that wait for the cursor.
func (f *fake) wait(name string, items ...workbench.Item) {
	f.waiting[name] = append(f.waiting[name], items...)
	d := f.edit(name)
	d.Waiting = len(f.waiting[name])
	f.docs[name] = d
}

// edit is a copy of a document to change.
func (f *fake) edit(name string) *workbench.Doc {
	d := *f.docs[name]
	d.Items = slices.Clone(d.Items)
	d.Version++
	return &d
}

func (f *fake) Do(ctx context.Context, a workbench.Action) (workbench.Result, error) {
	if err := ctx.Err(); err != nil {
		return workbench.Result{}, err
	}
	switch a := a.(type) {
	case workbench.Undo:
		if a.Seq != 0 {
			f.log = append(f.log, fmt.Sprintf("alone %d", a.Seq))
		}
		return f.takeBack()
	case workbench.Redo:
		if len(f.redo) == 0 {
			return workbench.Result{}, workbench.ErrNothing
		}
		s := f.redo[len(f.redo)-1]
		f.redo = f.redo[:len(f.redo)-1]
		f.docs[s.doc] = s.after
		f.undo = append(f.undo, s)
		f.log = append(f.log, "redo")
		return workbench.Result{Doc: s.doc, Key: s.key}, nil
	case workbench.Create:
		f.fresh++
		return f.apply(a.Doc, "", fmt.Sprintf("new/%d", f.fresh), "create "+a.Label, func(d *workbench.Doc, _ *workbench.Item) {
			it := workbench.Item{Key: fmt.Sprintf("new/%d", f.fresh), State: workbench.Pending}
			it.Label, it.Spans, it.Text, it.Score = a.Label, a.Spans, d.Text.Join(a.Spans), corpus.NoScore
			d.Items = append(d.Items, it)
			slices.SortStableFunc(d.Items, func(x, y workbench.Item) int { return int(x.Spans.Hull().Start - y.Spans.Hull().Start) })
		})
	case workbench.Finish:
		f.finished[a.Doc] = true
		return f.apply(a.Doc, "", a.Key, "finish", func(d *workbench.Doc, _ *workbench.Item) { d.Finished = true })
	case workbench.Reopen:
		f.finished[a.Doc] = false
		return f.apply(a.Doc, "", a.Key, "reopen", func(d *workbench.Doc, _ *workbench.Item) { d.Finished = false })
	}
	return f.decide(a)
}

func (f *fake) decide(a workbench.Action) (workbench.Result, error) {
	switch a := a.(type) {
	case workbench.Accept:
		return f.apply(a.Doc, a.Key, a.Key, "accept", func(_ *workbench.Doc, it *workbench.Item) { it.State = workbench.Accepted })
	case workbench.Choose:
		return f.apply(a.Doc, a.Key, a.Key, fmt.Sprintf("choose %s of %d", a.Candidate.ID, len(a.Shown)), func(_ *workbench.Doc, it *workbench.Item) {
			it.State = workbench.Linked
			it.Links = []corpus.Link{{DB: a.Candidate.DB, ID: a.Candidate.ID, Name: a.Candidate.Name}}
		})
	case workbench.ChooseNIL:
		log := fmt.Sprintf("nil of %d", len(a.Shown))
		if a.Reason != "" {
			log += " because " + a.Reason
		}
		return f.apply(a.Doc, a.Key, a.Key, log, func(_ *workbench.Doc, it *workbench.Item) { it.State = workbench.NIL })
	case workbench.Reject:
		return f.apply(a.Doc, a.Key, "", "reject", func(d *workbench.Doc, it *workbench.Item) {
			key := it.Key
			d.Items = slices.DeleteFunc(d.Items, func(it workbench.Item) bool { return it.Key == key })
		})
	case workbench.Unlink:
		return f.apply(a.Doc, a.Key, a.Key, "unlink", func(_ *workbench.Doc, it *workbench.Item) { it.State, it.Links = workbench.Pending, nil })
	case workbench.MoveSpan:
		return f.apply(a.Doc, a.Key, a.Key, "span "+a.Spans.String(), func(d *workbench.Doc, it *workbench.Item) {
			it.Spans, it.Text = a.Spans, d.Text.Join(a.Spans)
		})
	case workbench.SetLabel:
		return f.apply(a.Doc, a.Key, a.Key, "label "+a.Label, func(_ *workbench.Doc, it *workbench.Item) { it.Label = a.Label })
	case workbench.SetNote:
		return f.apply(a.Doc, a.Key, a.Key, "note "+a.Text, func(_ *workbench.Doc, it *workbench.Item) { it.Note = a.Text })
	}
	return f.decideMore(a)
}

// apply changes a copy of the document. key "" is no item; result is the key to look at.
func (f *fake) apply(doc, key, result, log string, change func(*workbench.Doc, *workbench.Item)) (workbench.Result, error) {
	before := f.docs[doc]
	d := f.edit(doc)
	var it *workbench.Item
	if key != "" {
		i := slices.IndexFunc(d.Items, func(it workbench.Item) bool { return it.Key == key })
		if i < 0 {
			return workbench.Result{}, workbench.ErrNoItem
		}
		it = &d.Items[i]
	}
	change(d, it)
	f.docs[doc] = d
	at := key
	if at == "" {
		at = result
	}
	f.undo = append(f.undo, step{doc, before, d, at})
	f.redo = nil
	f.status.Saved++
	f.log = append(f.log, log)
	return workbench.Result{Doc: doc, Key: result}, nil
}

func (f *fake) takeBack() (workbench.Result, error) {
	if len(f.undo) == 0 {
		return workbench.Result{}, workbench.ErrNothing
	}
	s := f.undo[len(f.undo)-1]
	f.undo = f.undo[:len(f.undo)-1]
	f.redo = append(f.redo, s)
	f.docs[s.doc] = s.before
	f.log = append(f.log, "undo")
	return workbench.Result{Doc: s.doc, Key: s.key, Message: "undone"}, nil
}
