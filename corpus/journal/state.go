package journal

import (
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// State is the fold of one journal: what holds after all its decisions, given
// what was undone. It is made by Apply alone and reads nothing but decisions.
// It is not safe for concurrent use.
type State struct {
	last      int64
	done      []int64 // steps in force, the one to undo next at the end
	redo      []int64 // steps to redo, the next at the end
	undone    map[int64]bool
	finished  map[string][]event // by document
	proposals []proposed
	docs      map[string]*docState
	frozen    map[string][]byte // documents as a snapshot has them, until somebody asks
	counted   turned
	aliases   aliases
}

// docState keeps histories rather than values: which decisions count changes
// with every undo, also of a step that is not the last one.
type docState struct {
	mentions map[string]*mentionState // by identifier
	places   map[string][]event       // by label and spans: refused, or in use again
	flags    map[string][]remark      // by flagKey
	reasons  map[string][]remark      // of NIL, by identifier
}

type mentionState struct {
	history []event
	alias   int32 // what it contributes to the aliases now; 0 for nothing
}

type event struct {
	step  int64
	alias int32 // of a link
	kind  kindCode
}

// turned is a document in which an undo or redo has been taken into account.
type turned struct {
	step int64 // of the undo or redo itself
	doc  string
}

// kindCode is a small form of the kinds that histories hold.
type kindCode uint8

const (
	undecided kindCode = iota // it was decided that nothing is decided: unlinked or deleted
	accepted
	created
	linked
	none // NIL
	on   // finished, or refused
	off
)

var decisive = map[corpus.Kind]kindCode{
	corpus.Accept: accepted, corpus.Create: created, corpus.SetLink: linked, corpus.NIL: none,
	corpus.Unlink: undecided, corpus.Delete: undecided, corpus.Reject: undecided,
}

var kindOf = map[kindCode]corpus.Kind{accepted: corpus.Accept, created: corpus.Create, linked: corpus.SetLink, none: corpus.NIL}

// NewState is the state of an empty journal.
func NewState() *State {
	return &State{undone: map[int64]bool{}, finished: map[string][]event{}, docs: map[string]*docState{}, aliases: newAliases()}
}

// Apply takes the next decision in. One that it has seen, by its Seq, changes nothing.
func (s *State) Apply(d corpus.Decision) {
	if d.Seq <= s.last {
		return
	}
	s.last = d.Seq
	switch d.Kind {
	case corpus.Undo:
		s.turn(d.Of, &s.done, &s.redo, true)
		s.recount(d)
		return
	case corpus.Redo:
		s.turn(d.Of, &s.redo, &s.done, false)
		s.recount(d)
		return
	}
	if d.Seq == d.Step {
		s.done = append(s.done, d.Step)
		s.redo = s.redo[:0]
	}
	switch d.Kind {
	case corpus.Finish:
		s.finished[d.Doc] = append(s.finished[d.Doc], event{step: d.Step, kind: on})
	case corpus.Reopen:
		s.finished[d.Doc] = append(s.finished[d.Doc], event{step: d.Step, kind: off})
	default:
		doc := s.make(d.Doc)
		s.place(doc, d)
		s.mention(doc, d)
		s.remark(doc, d)
	}
}

// turn moves a step from one stack to the other. An undo has one row for every
// decision of its step; the first of them does the work.
func (s *State) turn(step int64, from, to *[]int64, undone bool) {
	i := len(*from) - 1
	for i >= 0 && (*from)[i] != step {
		i--
	}
	if i < 0 {
		return
	}
	*from = slices.Delete(*from, i, i+1)
	*to = append(*to, step)
	if undone {
		s.undone[step] = true
	} else {
		delete(s.undone, step)
	}
}

// recount brings the aliases of a document up to date after an undo or redo,
// which has rows in every document of its step. The first of them does the work.
func (s *State) recount(d corpus.Decision) {
	doc, now := s.doc(d.Doc), turned{d.Step, d.Doc}
	if doc == nil || s.counted == now {
		return
	}
	s.counted = now
	for _, m := range doc.mentions {
		if slices.ContainsFunc(m.history, func(e event) bool { return e.step == d.Of }) {
			s.count(m)
		}
	}
}

// doc is what is known of a document; nil where nothing is.
func (s *State) doc(name string) *docState {
	if raw, ok := s.frozen[name]; ok {
		s.docs[name] = thaw(raw)
		delete(s.frozen, name)
	}
	return s.docs[name]
}

// make is doc for a document of which something becomes known.
func (s *State) make(name string) *docState {
	d := s.doc(name)
	if d == nil {
		d = newDocState()
		s.docs[name] = d
	}
	return d
}

func newDocState() *docState {
	return &docState{
		mentions: map[string]*mentionState{}, places: map[string][]event{}, flags: map[string][]remark{}, reasons: map[string][]remark{},
	}
}

// place notes that a suggestion was refused, or that its place is in use
// again. A deleted annotation counts as refused, and so does the old label of one
// that got another: the same suggestion must not come straight back.
func (s *State) place(doc *docState, d corpus.Decision) {
	refused := d.Kind == corpus.Reject || d.Kind == corpus.Delete
	relabelled := d.Before != nil && d.After != nil && d.Before.Label != d.After.Label
	if refused && d.Before != nil || relabelled {
		key := placeKey(d.Before.Label, d.Before.Spans)
		doc.places[key] = append(doc.places[key], event{step: d.Step, kind: on})
	}
	if refused || d.After == nil || len(doc.places) == 0 {
		return
	}
	key := placeKey(d.After.Label, d.After.Spans)
	if events, ok := doc.places[key]; ok {
		doc.places[key] = append(events, event{step: d.Step, kind: off})
	}
}

func placeKey(label string, spans corpus.Spans) string { return label + "\x00" + spans.String() }

// mention notes what a decision says about a mention of the file.
func (s *State) mention(doc *docState, d corpus.Decision) {
	code, ok := decisive[d.Kind]
	about := d.After
	if about == nil {
		about = d.Before
	}
	if !ok || about == nil || about.ID == "" {
		return
	}
	m := doc.mentions[about.ID]
	if m == nil {
		m = &mentionState{}
		doc.mentions[about.ID] = m
	}
	e := event{step: d.Step, kind: code}
	if code == linked {
		e.alias = s.aliases.intern(about)
	}
	m.history = append(m.history, e)
	s.count(m)
}

// count brings what a mention contributes to the aliases up to date: its last
// link in force, unless that was taken away. To accept a mention leaves its link.
func (s *State) count(m *mentionState) {
	var alias int32
	for _, e := range slices.Backward(m.history) {
		if e.kind != accepted && e.kind != created && !s.undone[e.step] {
			alias = e.alias
			break
		}
	}
	if alias != m.alias {
		s.aliases.add(m.alias, -1)
		s.aliases.add(alias, 1)
		m.alias = alias
	}
}

// current is the kind of the last event in force.
func (s *State) current(history []event) (kindCode, bool) {
	for _, e := range slices.Backward(history) {
		if !s.undone[e.step] {
			return e.kind, true
		}
	}
	return undecided, false
}

// Last is the Seq of the newest decision, 0 at the beginning.
func (s *State) Last() int64 { return s.last }

// UndoTarget is the step that the next undo takes back: the last one that is
// in force; 0 where there is none.
func (s *State) UndoTarget() int64 { return top(s.done) }

// RedoTarget is the step that the next redo repeats: the last one undone, if
// nothing was decided since; 0 where there is none.
func (s *State) RedoTarget() int64 { return top(s.redo) }

func top(stack []int64) int64 {
	if len(stack) == 0 {
		return 0
	}
	return stack[len(stack)-1]
}

// UndoTargets are the steps that n undos would take back, in that order; fewer
// where there are fewer.
func (s *State) UndoTargets(n int) []int64 {
	n = max(0, min(n, len(s.done)))
	steps := slices.Clone(s.done[len(s.done)-n:])
	slices.Reverse(steps)
	return steps
}

// Undone tells whether a step was taken back and not repeated.
func (s *State) Undone(step int64) bool { return s.undone[step] }

// Finished tells whether a document is done by the annotator's word.
func (s *State) Finished(doc string) bool {
	kind, _ := s.current(s.finished[doc])
	return kind == on
}

// FinishedDocs are the documents that are done, sorted by name.
func (s *State) FinishedDocs() []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(s.finished)) {
		if s.Finished(name) {
			names = append(names, name)
		}
	}
	return names
}

// Decided is the kind of the last decision in force that settled a mention:
// Accept, Create, SetLink or NIL; empty where none did, or where its link was
// removed or it was deleted since. Changes of boundaries, label or notes
// settle nothing.
func (s *State) Decided(doc, id string) corpus.Kind {
	d := s.doc(doc)
	if d == nil || d.mentions[id] == nil {
		return ""
	}
	kind, _ := s.current(d.mentions[id].history)
	return kindOf[kind]
}

// Rejected tells whether a suggestion with this label and these spans was
// refused, or an annotation there deleted, and nothing put there since.
func (s *State) Rejected(doc, label string, spans corpus.Spans) bool {
	d := s.doc(doc)
	if d == nil {
		return false
	}
	kind, _ := s.current(d.places[placeKey(label, spans)])
	return kind == on
}
