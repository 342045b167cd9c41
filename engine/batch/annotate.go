// Package batch runs the models over whole collections, without a person: it
// annotates documents into a new directory, and finds candidates for mentions
// that are given.
package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

// Options say how to annotate a collection.
type Options struct {
	Out           string // directory for the results; made where it is missing
	MinScore      float64
	Labels        []string       // keep these only; none: all
	LinkStyle     brat.LinkStyle // how links are written into .ann files
	Shard, Shards int            // this process takes every Shards-th document from Shard (1-based) on; 0: all
	Workers       int            // documents at a time; 0: one a processor
	Progress      func(done, total int)
}

// Summary is what a run did. Documents that an earlier run had finished count too.
type Summary struct {
	Documents int     `json:"documents"`
	Resumed   int     `json:"resumed"` // of these, those that an earlier run had finished
	Sentences int     `json:"sentences"`
	Spans     int     `json:"spans"`
	Linked    int     `json:"linked"`
	Seconds   float64 `json:"seconds"`
	Device    string  `json:"device"`
}

// Span is a mention with the candidates that were found for it.
type Span struct {
	corpus.Mention
	Source     string         `json:"source"`
	Candidates []kb.Candidate `json:"candidates"`
}

// MarshalJSON writes the mention's own fields and the candidates side by side.
func (s Span) MarshalJSON() ([]byte, error) {
	type fields struct {
		ID         string         `json:"id"`
		Label      string         `json:"label"`
		Spans      corpus.Spans   `json:"spans"`
		Text       string         `json:"text"`
		Score      corpus.Score   `json:"score"`
		Links      []corpus.Link  `json:"links"`
		Source     string         `json:"source"`
		Candidates []kb.Candidate `json:"candidates"`
	}
	f := fields{s.ID, s.Label, s.Spans, s.Text, s.Score, s.Links, s.Source, s.Candidates}
	if f.Links == nil {
		f.Links = []corpus.Link{}
	}
	if f.Candidates == nil {
		f.Candidates = []kb.Candidate{}
	}
	return plainJSON(f)
}

// Row is a line of gloss.jsonl.
type Row struct {
	Doc       string `json:"doc"`
	Model     string `json:"model"`     // what the spans were computed with, see run.key
	TextHash  string `json:"text_hash"` // SHA-256, hexadecimal
	Sentences int    `json:"sentences"`
	Language  string `json:"language"`
	Spans     []Span `json:"spans"`
}

// tally is what a Summary counts in a row.
type tally struct{ sentences, spans, linked int }

func (r Row) tally() tally {
	t := tally{sentences: r.Sentences, spans: len(r.Spans)}
	for _, s := range r.Spans {
		if len(s.Links) > 0 {
			t.linked++
		}
	}
	return t
}

func (s *Summary) add(t tally) {
	s.Documents++
	s.Sentences += t.sentences
	s.Spans += t.spans
	s.Linked += t.linked
}

// Annotate writes the texts of a collection, .ann files with what the models
// found in them, and a log of scores and candidates, in the order of the
// documents once the run is complete. Only texts are read: the annotations of
// the collection play no part. A run that was interrupted goes on where it
// stopped. Documents that cannot be read are left out; the error
// then joins one ErrDocument for each, and the summary counts the others. An
// .ann file of the collection with lines that are none joins an ErrBroken.
func Annotate(ctx context.Context, col *brat.Collection, m *suggest.Models, o Options) (Summary, error) {
	start := time.Now()
	r, err := newRun(col, m, o)
	if err != nil {
		return Summary{}, err
	}
	err = r.all(ctx)
	r.sum.Seconds = time.Since(start).Seconds()
	r.sum.Device = m.Device
	return r.sum, errors.Join(err, r.log.Close())
}

// Problems of single documents, which do not end a run.
var (
	ErrDocument = errors.New("document left out")      // its text cannot be read
	ErrBroken   = errors.New("broken annotation file") // beside a text; the text was annotated all the same
)

type run struct {
	col  *brat.Collection
	m    *suggest.Models
	o    Options
	key  string // hash of model, KBs and options: a line of another key is no result of this run
	log  *resultLog
	sum  Summary
	done map[string]entry // of an earlier run

	inside string // path of the output relative to the collection; empty where it lies elsewhere
}

func newRun(col *brat.Collection, m *suggest.Models, o Options) (*run, error) {
	if o.Workers == 0 {
		o.Workers = runtime.NumCPU()
	}
	if o.LinkStyle == brat.StyleUnknown {
		o.LinkStyle = brat.StyleN
	}
	inside, err := safe(col, o.Out)
	if err != nil {
		return nil, err
	}
	r := &run{col: col, m: m, o: o, key: runKey(m, o), inside: inside}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return nil, fmt.Errorf("make the output directory: %w", err)
	}
	if r.log, err = openLog(o.Out, o.Shard, o.Shards, r.key); err != nil {
		return nil, err
	}
	return r, nil
}

// all annotates the documents, a few at a time, and logs each when it is done.
func (r *run) all(ctx context.Context) error {
	names := r.names()
	if err := r.log.Adopt(r.key, names); err != nil {
		return err
	}
	r.done = maps.Clone(r.log.rows) // the log's own changes while workers read
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make(chan outcome) // without room: what is done is logged, not held
	var workers sync.WaitGroup
	var next atomic.Int64
	for range r.o.Workers {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(names) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				res := r.document(ctx, names[i])
				res.index = i
				if res.err != nil && !errors.Is(res.err, ErrDocument) {
					cancel(res.err) // at once: the next document would fail as well
				}
				results <- res
			}
		})
	}
	go func() {
		workers.Wait()
		close(results)
	}()
	return r.collect(ctx, cancel, names, results)
}

// outcome is what became of a document.
type outcome struct {
	index  int // of its name
	row    Row
	old    *entry // an earlier run had it; row is empty
	broken error  // an ErrBroken beside the result
	err    error
}

// collect logs the results until there are no more. Where an error ends the run,
// what was finished is logged all the same, so that the next run does not do it
// again.
func (r *run) collect(ctx context.Context, cancel context.CancelCauseFunc, names []string, results <-chan outcome) error {
	single := make([]error, len(names)) // in the order of the documents, whichever was done first
	finished := make([]bool, len(names))
	ended, done := false, 0
	for res := range results {
		done++
		switch {
		case errors.Is(res.err, ErrDocument):
			single[res.index] = res.err
		case res.err != nil:
			ended = true
		default:
			if err := r.keep(res); err != nil {
				ended = true
				cancel(err)
				continue
			}
			finished[res.index], single[res.index] = true, res.broken
		}
		if !ended && r.o.Progress != nil {
			r.o.Progress(done, len(names))
		}
	}
	if ended || done < len(names) {
		return context.Cause(ctx) // what came first; other errors may only follow from it
	}
	var counted []string
	for i, name := range names {
		if finished[i] {
			counted = append(counted, name)
		}
	}
	return errors.Join(errors.Join(single...), r.log.Arrange(counted))
}

// keep counts a result, and logs it where it is new.
func (r *run) keep(res outcome) error {
	if res.old != nil {
		r.sum.add(res.old.tally)
		r.sum.Resumed++
		return nil
	}
	if err := r.log.Append(res.row); err != nil {
		return err
	}
	r.sum.add(res.row.tally())
	return nil
}

// broken tells of lines in a document's own .ann file that nobody can read.
// They play no part here, but whoever runs over a corpus should hear of them.
func (r *run) broken(name string) error {
	path := r.col.Path(name, ".ann")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	f, err := brat.Parse(data, corpus.Text{})
	if err != nil {
		return fmt.Errorf("%w: %s: %w", ErrBroken, path, err)
	}
	for _, p := range f.Problems() {
		if p.Kind == brat.UnknownLine || p.Kind == brat.BrokenLine || p.Kind == brat.Unloadable {
			return fmt.Errorf("%w: %s:%d: %s", ErrBroken, path, p.Line, p.Message)
		}
	}
	return nil
}

// names are the documents of this shard. Results that lie inside the collection
// are no documents of it.
func (r *run) names() []string {
	all := r.col.Names()
	if r.inside != "" {
		all = slices.DeleteFunc(all, func(name string) bool { return strings.HasPrefix(name, r.inside+"/") })
	}
	if r.o.Shards <= 1 {
		return all
	}
	var mine []string
	for i, name := range all {
		if i%r.o.Shards == r.o.Shard-1 {
			mine = append(mine, name)
		}
	}
	return mine
}

// document annotates one document and writes its files.
func (r *run) document(ctx context.Context, name string) outcome {
	if ctx.Err() != nil {
		return outcome{err: ctx.Err()}
	}
	text, err := r.col.ReadText(name)
	if err != nil {
		return outcome{err: fmt.Errorf("%w: %w", ErrDocument, err)}
	}
	hash := hashText(text.String())
	broken := r.broken(name)
	if old, ok := r.done[name]; ok && old.hash == hash && r.written(name) {
		return outcome{old: &old, broken: broken}
	}
	row := Row{Doc: name, Model: r.key, TextHash: hash, Language: suggest.Language(text.String())}
	sentences := segment.Sentences(text)
	row.Sentences = len(sentences)
	if row.Spans, err = r.spans(ctx, text, sentences, row.Language); err != nil {
		return outcome{err: fmt.Errorf("annotate %s: %w", name, err)}
	}
	if err := r.write(name, text, row.Spans); err != nil {
		return outcome{err: err}
	}
	return outcome{row: row, broken: broken}
}

// spans computes the mentions of a text and links each to its best candidate.
func (r *run) spans(ctx context.Context, text corpus.Text, sentences []corpus.Span, language string) ([]Span, error) {
	source := r.m.Source(language)
	spans := []Span{}
	for _, piece := range suggest.Chunks(text, sentences) {
		found, err := r.m.Suggest(ctx, text, piece, source)
		if err != nil {
			return nil, err
		}
		for _, m := range found {
			low := m.Score.Known() && float64(m.Score) < r.o.MinScore
			if !low && (len(r.o.Labels) == 0 || slices.Contains(r.o.Labels, m.Label)) {
				spans = append(spans, Span{Mention: m, Source: source})
			}
		}
	}
	slices.SortStableFunc(spans, func(a, b Span) int {
		x, y := a.Spans.Hull(), b.Spans.Hull()
		return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(y.End, x.End))
	})
	return spans, r.link(ctx, text, sentences, spans)
}

// keep is how many candidates of a mention are logged.
const keep = 25

func (r *run) link(ctx context.Context, text corpus.Text, sentences []corpus.Span, spans []Span) error {
	if r.m.Linker == nil || len(spans) == 0 {
		return nil
	}
	queries := make([]link.Query, len(spans))
	defined := link.Definitions(text)
	found := make([]corpus.Mention, len(spans))
	for i, s := range spans {
		found[i] = s.Mention
	}
	beside := link.Beside(found)
	for i, s := range spans {
		queries[i] = link.Query{Label: s.Label, Text: s.Text, Context: segment.Around(text, sentences, s.Spans.Hull()), Defined: defined, Beside: beside[s.Label]}
	}
	candidates, err := r.m.Linker.Candidates(ctx, queries, keep)
	if err != nil {
		return err
	}
	for i := range spans {
		spans[i].Candidates = candidates[i]
		if len(candidates[i]) > 0 && !candidates[i][0].NIL() {
			c := candidates[i][0]
			spans[i].Links = []corpus.Link{{DB: c.DB, ID: c.ID, Name: c.Name}}
		}
	}
	return nil
}
