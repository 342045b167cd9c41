package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

// MergeReport says what became of two journals.
type MergeReport struct {
	Decisions int        `json:"decisions"` // of the result
	A         int        `json:"a"`         // decisions that only the first has
	B         int        `json:"b"`         // decisions that only the second has
	Common    int        `json:"common"`    // decisions that both have, as copies of one journal do
	Conflicts []Conflict `json:"conflicts"`
}

// Merge joins two journals, and writes the result to the new file out; with
// out empty it only tells what would be.
//
// The result holds all decisions of a, under their own numbers, and then those
// of b that a does not have, in their order; who and when stay as they are.
// Where both decided on a document, what b did is done again on what a left:
// lines are found by what they say, and an id that both gave away becomes
// another. Where that cannot be done the document begins anew, as b had it, so
// that replay gives a's file up to there and b's file at the end; what they
// disagree on is in the list of conflicts.
func Merge(ctx context.Context, a, b, out string) (MergeReport, error) {
	if _, err := os.Lstat(out); out != "" && !errors.Is(err, fs.ErrNotExist) {
		return MergeReport{}, fmt.Errorf("%w: %s is there already: name a new file", ErrOut, out)
	}
	first, err := load(ctx, a)
	if err != nil {
		return MergeReport{}, err
	}
	second, err := load(ctx, b)
	if err != nil {
		return MergeReport{}, err
	}
	m := merger{a: first, b: second, number: map[int64]int64{}, docs: map[string]*joint{},
		steps: map[int64]*step{}, made: map[int64][]corpus.LineEdit{}}
	m.findCommon()
	m.report.Conflicts = []Conflict{}
	if err := m.prepare(); err != nil {
		return MergeReport{}, err
	}
	m.compare()
	if err := m.join(); err != nil {
		return MergeReport{}, err
	}
	slices.SortStableFunc(m.report.Conflicts, func(x, y Conflict) int { return compareConflicts(x, y) })
	m.report.Decisions = m.report.A + m.report.B + m.report.Common
	if out == "" {
		return m.report, nil
	}
	return m.report, m.write(ctx, out)
}

// step is what goes into the log together.
type step struct {
	begun     []journal.Begun
	decisions []corpus.Decision
	common    bool // the other journal has it too
}

// load reads a journal as steps; what begins without a decision comes last.
func load(ctx context.Context, path string) (_ []*step, err error) {
	j, err := journal.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	var steps []*step
	at := map[int64]*step{}
	for d, err := range j.All(ctx, journal.Filter{}) {
		if err != nil {
			return nil, err
		}
		last := len(steps) - 1
		if last < 0 || steps[last].decisions[0].Step != d.Step {
			steps = append(steps, &step{})
			last++
		}
		steps[last].decisions = append(steps[last].decisions, d)
		at[d.Seq] = steps[last]
	}
	docs, err := j.Docs(ctx)
	if err != nil {
		return nil, err
	}
	rest := &step{}
	for _, doc := range docs {
		rows, err := j.Begun(ctx, doc)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			s := at[r.Seq]
			if s == nil {
				s = rest
			}
			s.begun = append(s.begun, r)
		}
	}
	if len(rest.begun) > 0 {
		steps = append(steps, rest)
	}
	return steps, nil
}

// key is what a step says, whatever its numbers are.
func (s *step) key() (string, error) {
	var parts []any
	for _, d := range s.decisions {
		d.Seq, d.Step, d.Of = 0, 0, 0
		parts = append(parts, d)
	}
	for _, b := range s.begun {
		b.Seq = 0
		parts = append(parts, b)
	}
	data, err := json.Marshal(parts)
	return string(data), err
}

// joint is a document that both decided on, while b's part is done again.
type joint struct {
	file  *brat.File        // as it is after the steps so far; nil: b goes on by itself
	ids   map[string]string // what b's annotations are called
	order order
	ann   []byte // as a left it
	text  string
	end   time.Time // when a left it
}

// order says who knew what the other had decided on a document.
type order uint8

const (
	apart  order = iota // neither did: only then there are conflicts
	bLater              // b began where a ended
	aLater              // a began where b ended: what a left is the end
)

type merger struct {
	a, b   []*step
	steps  map[int64]*step             // b's, by their number in b
	made   map[int64][]corpus.LineEdit // what a decision of b, by its number in b, did to the joint file
	number map[int64]int64             // of b's decisions, in the result
	docs   map[string]*joint
	result []journal.Batch
	last   int64
	report MergeReport
}

// findCommon pairs the steps that both have: those of copies of one journal.
func (m *merger) findCommon() {
	known := map[string][]*step{}
	for _, s := range m.a {
		if k, err := s.key(); err == nil {
			known[k] = append(known[k], s)
		}
		m.report.A += len(s.decisions)
	}
	for _, s := range m.b {
		k, err := s.key()
		if twins := known[k]; err == nil && len(twins) > 0 {
			known[k] = twins[1:]
			s.common, twins[0].common = true, true
			for i, d := range s.decisions {
				m.number[d.Seq] = twins[0].decisions[i].Seq
			}
			m.report.Common += len(s.decisions)
			continue
		}
		m.report.B += len(s.decisions)
	}
	m.report.A -= m.report.Common
}

// join puts the steps of b behind those of a.
func (m *merger) join() error {
	for _, s := range m.a {
		m.result = append(m.result, journal.Batch{Begun: s.begun, Decisions: s.decisions})
		m.last += int64(len(s.decisions))
	}
	own := trace{} // b's files as b had them
	for _, s := range m.b {
		if len(s.decisions) > 0 {
			m.steps[s.decisions[0].Step] = s
		}
		if s.common {
			if err := own.take(s); err != nil {
				return err
			}
			continue
		}
		for _, d := range s.decisions {
			m.last++
			m.number[d.Seq] = m.last
		}
		if err := m.joinStep(own, s); err != nil {
			return err
		}
	}
	for _, doc := range slices.Sorted(maps.Keys(m.docs)) {
		if j := m.docs[doc]; j.order == aLater {
			row := journal.Begun{Doc: doc, Time: j.end, Text: j.text, Ann: j.ann}
			m.result = append(m.result, journal.Batch{Begun: []journal.Begun{row}})
		}
	}
	return nil
}

// joinStep does one step of b again. Begun rows of documents that both have
// are those of b's own way, unless that is left.
func (m *merger) joinStep(own trace, s *step) error {
	var batch journal.Batch
	for _, row := range s.begun {
		j := m.docs[row.Doc]
		if j != nil && j.file != nil && m.began(own, row) {
			continue // it began as a's part did, or went on from it
		}
		if j != nil && j.file != nil {
			m.conflict(Conflict{Doc: row.Doc, Kind: OtherBegin, Message: "the second journal goes on from a file that the first does not know"})
			j.file = nil
		}
		batch.Begun = append(batch.Begun, row)
	}
	before := own.clone(s)
	if err := own.take(s); err != nil {
		return err
	}
	for i, d := range s.decisions {
		if j := m.docs[d.Doc]; j != nil && j.file != nil {
			edit, err := m.again(j, s, i)
			if err != nil {
				m.conflict(Conflict{Doc: d.Doc, Kind: SameLines, B: side(d), Message: err.Error()})
				j.file = nil
				batch.Begun = append(batch.Begun, journal.Begun{Doc: d.Doc, Time: d.Time, Text: d.Text, Ann: before[d.Doc]})
			} else {
				m.made[d.Seq] = edit
				d.Edit, d.Before, d.After = edit, j.rename(d.Before), j.rename(d.After)
			}
		}
		d.Seq, d.Step = m.number[d.Seq], m.number[d.Step]
		if d.Of != 0 {
			d.Of = m.number[d.Of]
		}
		batch.Decisions = append(batch.Decisions, d)
	}
	m.result = append(m.result, batch)
	return nil
}

// again does the i-th decision of a step of b on the joint file, and returns the
// edits as made. An undo takes back what its step did here, which is less than
// it did in b where a had the same lines already; a redo repeats that.
func (m *merger) again(j *joint, s *step, i int) ([]corpus.LineEdit, error) {
	d := s.decisions[i]
	of := m.steps[d.Of]
	if of == nil || of.common || len(of.decisions) != len(s.decisions) {
		return j.file.Rebase(d.Edit, j.ids)
	}
	mate := i
	if d.Kind == corpus.Undo { // its rows stand in reverse order
		mate = len(of.decisions) - 1 - i
	}
	edit, known := m.made[of.decisions[mate].Seq]
	if d.Kind == corpus.Undo {
		edit = corpus.Invert(edit)
	}
	if !known {
		return j.file.Rebase(d.Edit, j.ids)
	}
	return edit, j.file.Apply(edit)
}

func (j *joint) rename(m *corpus.Mention) *corpus.Mention {
	if m == nil || j.ids[m.ID] == "" || j.ids[m.ID] == m.ID {
		return m
	}
	c := m.Clone()
	c.ID = j.ids[m.ID]
	return &c
}

// prepare finds the documents that both decided on, copies left out.
func (m *merger) prepare() error {
	a, b := trace{}, trace{}
	ends := map[string]time.Time{}
	var begunA, begunB map[string]journal.Begun
	var err error
	if begunA, err = a.follow(m.a, ends); err != nil {
		return err
	}
	if begunB, err = b.follow(m.b, map[string]time.Time{}); err != nil {
		return err
	}
	for doc, end := range ends {
		j := &joint{file: a[doc].file.Clone(), ids: map[string]string{}, ann: a[doc].file.Bytes(), text: a[doc].text, end: end}
		rowA, okA := begunA[doc]
		rowB, okB := begunB[doc]
		switch together := bytes.Equal(rowA.Ann, rowB.Ann); {
		case okB && a.is(rowB) && !together:
			j.order = bLater
		case okA && b.is(rowA) && !together:
			j.order, j.file = aLater, nil
		}
		m.docs[doc] = j
	}
	return nil
}

// began tells whether a beginning of b's is a state that a had as well.
func (m *merger) began(own trace, row journal.Begun) bool {
	if own[row.Doc] != nil { // b went on after another program's change
		return false
	}
	states := trace{}
	for _, s := range m.a {
		if len(s.about(row.Doc).decisions)+len(s.about(row.Doc).begun) == 0 {
			continue
		}
		if err := states.takeEach(s.about(row.Doc), func() bool { return states.is(row) }); errors.Is(err, errFound) {
			return true
		}
	}
	return false
}

// about is the part of a step that one document has.
func (s *step) about(doc string) *step {
	part := &step{}
	for _, b := range s.begun {
		if b.Doc == doc {
			part.begun = append(part.begun, b)
		}
	}
	for _, d := range s.decisions {
		if d.Doc == doc {
			part.decisions = append(part.decisions, d)
		}
	}
	return part
}

// write makes the file of the result; it appears whole or not at all.
func (m *merger) write(ctx context.Context, out string) (err error) {
	tmp, err := os.MkdirTemp(filepath.Dir(filepath.Clean(out)), ".gloss-merge-*")
	if err != nil {
		return fmt.Errorf("merge journals: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	j, err := journal.Open(tmp, "merged")
	if err != nil {
		return err
	}
	if err := errors.Join(j.AppendBatch(ctx, m.result...), j.Close()); err != nil {
		return fmt.Errorf("merge journals: %w", err)
	}
	return os.Rename(j.Path(), out)
}
