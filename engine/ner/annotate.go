package ner

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
)

// Input is a text, or some of its sentences.
type Input struct {
	Text      corpus.Text
	Sentences []corpus.Span // in order, without overlaps; nil: all of the text
}

// Annotate returns the mentions of a text, or of some consecutive sentences of it,
// by start. They have no ID and no links; their score is the mean probability of
// the tags of their pieces, or words, calibrated where the model says how. They never begin or end with white space. No layers means all.
func (m *Model) Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error) {
	found, err := m.AnnotateAll(ctx, []Input{{text, sentences}}, layers)
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// AnnotateAll annotates several texts, whose windows share batches. Result i is that
// of input i. A model of 8 bits gives slightly other scores in other company; where
// a text must give the same whenever it is run, use Annotate.
func (m *Model) AnnotateAll(ctx context.Context, inputs []Input, layers []string) ([][]corpus.Mention, error) {
	chosen, err := m.choose(layers)
	if err != nil {
		return nil, err
	}
	cut := make([][]*window, len(inputs))
	if err := m.session.Each(ctx, len(inputs), func(_ context.Context, i int) (err error) {
		sentences := inputs[i].Sentences
		if sentences == nil {
			sentences = segment.Sentences(inputs[i].Text)
		}
		if cut[i], err = m.windows(i, inputs[i].Text, sentences); err != nil {
			return fmt.Errorf("annotate text %d: %w", i, err)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	windows := slices.Concat(cut...)
	results := make([][][]hit, len(windows)) // by window and layer
	g := graph{m.session, m.width}
	if slices.ContainsFunc(chosen, func(l layer) bool { return l.head != nil }) {
		if g, err = m.states.open(); err != nil {
			return nil, fmt.Errorf("annotate: states of model %s: %w", m.Name(), err)
		}
	}
	if err := m.runWindows(ctx, g, windows, func(w int, values []float32, width int) {
		for _, l := range chosen {
			results[w] = append(results[w], m.decode(l, windows[w], values, width))
		}
	}); err != nil {
		return nil, fmt.Errorf("annotate: %w", err)
	}
	found := make([][]corpus.Mention, len(inputs))
	next := 0
	for i, in := range inputs {
		first := next
		for next < len(windows) && windows[next].text == i {
			next++
		}
		found[i] = mentions(in.Text, results[first:next], len(chosen), assembly{sweep: m.by == "text", lines: m.aggregation == ""})
	}
	return found, nil
}

// assembly says how mentions are put together.
type assembly struct {
	sweep bool // windows may share pieces
	lines bool // mentions stay in a line, and take the marks of their last letter along
}

// mentions puts together what the windows of a text gave.
func mentions(text corpus.Text, windows [][][]hit, layers int, how assembly) []corpus.Mention {
	var found []corpus.Mention
	for l := range layers {
		var hits []hit
		for _, w := range windows {
			hits = append(hits, w[l]...)
		}
		if how.sweep && len(windows) > 1 {
			hits = sweep(text.String(), hits)
		}
		for _, h := range hits {
			start, end := h.start, h.end
			if how.lines {
				start, end = longestLine(text.String(), start, end)
			}
			start, end = trim(text.String(), start, end)
			if start == end {
				continue
			}
			if how.lines {
				end = withMarks(text.String(), end)
			}
			s := corpus.One(text.Off(start), text.Off(end))
			found = append(found, corpus.Mention{Label: h.label, Spans: s, Text: text.Join(s), Score: corpus.Score(min(1, h.score))})
		}
	}
	return merge(found)
}

// choose finds layers by name; no names are all layers.
func (m *Model) choose(names []string) ([]layer, error) {
	if len(names) == 0 {
		return m.layers, nil
	}
	var chosen []layer
	for _, name := range names {
		i := slices.IndexFunc(m.layers, func(l layer) bool { return l.name == name })
		if i < 0 {
			return nil, fmt.Errorf("model %s has no layer %q; it has %s", m.Name(), name, strings.Join(m.Layers(), ", "))
		}
		chosen = append(chosen, m.layers[i])
	}
	return chosen, nil
}

// runWindows runs the windows and calls done, from several goroutines, with what the
// graph says of each: [pieces, width], without the rows of the template.
func (m *Model) runWindows(ctx context.Context, g graph, windows []*window, done func(w int, values []float32, width int)) error {
	type job struct {
		window int
		part
	}
	type state struct {
		values  []float32 // of a window that runs in parts
		pending atomic.Int32
	}
	states := make([]state, len(windows))
	var jobs []job
	var rows [][]int64
	var chars [][][]int64
	for i, w := range windows {
		cut := parts(len(w.ids), m.limit)
		states[i].pending.Store(int32(len(cut)))
		if len(cut) > 1 {
			states[i].values = make([]float32, len(w.ids)*g.width)
		}
		for _, p := range cut {
			jobs = append(jobs, job{i, p})
			rows = append(rows, slices.Concat(m.before, w.ids[p.start:p.end], m.after))
			if m.words != nil {
				chars = append(chars, w.chars[p.start:p.end])
			}
		}
	}
	return g.session.RunRows(ctx, rows, m.batchOf(chars), func(row int, values []float32, width int) {
		j := jobs[row]
		values = values[len(m.before)*width : len(values)-len(m.after)*width]
		s := &states[j.window]
		if s.values == nil {
			done(j.window, values, width)
			return
		}
		copy(s.values[j.from*width:j.to*width], values[(j.from-j.start)*width:(j.to-j.start)*width])
		if s.pending.Add(-1) == 0 {
			done(j.window, s.values, width)
		}
	})
}

// decode turns what the graph says of a window into what one layer finds.
func (m *Model) decode(l layer, w *window, values []float32, width int) []hit {
	switch {
	case l.head != nil:
		return l.hits(l.chain(l.head.joint(values, width, m.width), w.spans))
	case l.crf != nil:
		return l.hits(l.chain(emissions{values: values, width: width, first: l.first, n: len(l.tags)}, w.spans))
	case m.aggregation == aggregateNone:
		units := m.tagUnits(l, w, values, width)
		return l.hits(units, unitsApart(units.path, l.tags))
	}
	units := m.tagUnits(l, w, values, width)
	runs := lenientRuns(units.path, l.tags)
	return l.hits(units, append(runs, nested(units.path, l.tags, runs)...))
}

// chain tags pieces by the layer's chain, and finds the mentions in them.
func (l layer) chain(e emissions, spans []span) (tagged, []run) {
	units := tagged{path: l.crf.viterbi(e), spans: spans}
	find := lenientRuns
	if l.whole() {
		find = strictRuns
	}
	runs := find(units.path, l.tags)
	if len(runs) > 0 {
		units.chances = l.crf.chances(e, units.path)
	}
	return units, append(runs, nested(units.path, l.tags, runs)...)
}

// hits scores mentions by the chances of their tags.
func (l layer) hits(units tagged, runs []run) []hit {
	found := make([]hit, 0, len(runs))
	for _, r := range runs {
		sum := 0.0
		for t := r.first; t <= r.last; t++ {
			sum += units.chances[t]
		}
		place := span{units.spans[r.first].start, units.spans[r.last].end}
		found = append(found, hit{place, r.label, l.honest.Apply(sum / float64(r.last-r.first+1)), r.inner})
	}
	return found
}

// trim takes white space off both ends of a range of bytes.
func trim(s string, start, end int) (int, int) {
	start = end - len(strings.TrimLeftFunc(s[start:end], unicode.IsSpace))
	end = start + len(strings.TrimRightFunc(s[start:end], unicode.IsSpace))
	return start, end
}

// longestLine is the longest part of a range of bytes that lies in one line, of
// equals the last. Tags that go on over the end of a line join a heading to what
// stands below it.
func longestLine(s string, start, end int) (int, int) {
	from, to := start, start
	for at := start; at < end; {
		next := end
		if i := strings.IndexByte(s[at:end], '\n'); i >= 0 {
			next = at + i
		}
		if next-at >= to-from {
			from, to = at, next
		}
		at = next + 1
	}
	return from, to
}

// withMarks moves the end of a range over the accents of its last letter:
// normalisers that compose letters leave them to no piece.
func withMarks(s string, end int) int {
	return len(s) - len(strings.TrimLeftFunc(s[end:], unicode.IsMark))
}

// merge sorts mentions by place and keeps one, the likeliest, of those that two
// layers give with the same label.
func merge(mentions []corpus.Mention) []corpus.Mention {
	slices.SortStableFunc(mentions, func(a, b corpus.Mention) int {
		x, y := a.Spans[0], b.Spans[0]
		return cmp.Or(cmp.Compare(x.Start, y.Start), cmp.Compare(x.End, y.End), cmp.Compare(a.Label, b.Label), cmp.Compare(b.Score, a.Score))
	})
	return slices.CompactFunc(mentions, func(a, b corpus.Mention) bool { return a.Same(b) })
}
