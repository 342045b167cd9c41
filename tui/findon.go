package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// elsewhere counts what a search finds in the documents beside the open one, in the
// background. A nil one counts nothing.
type elsewhere struct {
	cancel context.CancelFunc
	found  chan docHits
	counts map[string]int // hits by document, of those that were looked at
	hits   int            // the sum of counts
	with   int            // documents that have some
	over   bool           // all were looked at
}

// docHits is how many hits a document has.
type docHits struct {
	doc string
	n   int
}

// elsewhereMsg is what was found meanwhile.
type elsewhereMsg struct {
	of   *elsewhere
	more []docHits
	over bool
}

// hitsPause is how far apart the news of a search are: each is a frame.
const hitsPause = 100 * time.Millisecond

// lookElsewhere begins to look in the other documents of the collection, the nearest
// first, where that was not done yet.
func (m *Model) lookElsewhere() tea.Cmd {
	f := &m.find
	if f.rest != nil || len(m.docs) < 2 || f.query.empty() {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	e := &elsewhere{cancel: cancel, found: make(chan docHits, 64), counts: make(map[string]int, len(m.docs))}
	f.rest = e
	wb, q, names := m.wb, f.query, outwards(m.docs, m.at)
	return func() tea.Msg {
		go func() {
			defer close(e.found)
			_ = wb.Skim(ctx, names, q.mention == nil, func(d *workbench.Doc) { // it fails only where it was stopped
				select {
				case e.found <- docHits{d.Name, q.count(d)}:
				case <-ctx.Done():
				}
			})
		}()
		return e.next()
	}
}

// outwards are the documents beside the one at a place, the nearest first.
func outwards(docs []workbench.Info, at int) []string {
	names := make([]string, 0, len(docs))
	for d := 1; len(names) < len(docs)-1; d++ {
		if i := at + d; i < len(docs) {
			names = append(names, docs[i].Name)
		}
		if i := at - d; i >= 0 {
			names = append(names, docs[i].Name)
		}
	}
	return names
}

// next waits for what is found, and a little longer.
func (e *elsewhere) next() tea.Msg {
	msg := elsewhereMsg{of: e}
	pause := time.After(hitsPause)
	one, ok := <-e.found
	for ok {
		msg.more = append(msg.more, one)
		select {
		case one, ok = <-e.found:
		case <-pause:
			return msg
		}
	}
	msg.over = true
	return msg
}

func (e *elsewhere) stop() {
	if e != nil {
		e.cancel()
	}
}

// running tells whether documents are still being looked at.
func (e *elsewhere) running() bool { return e != nil && !e.over }

// note says how many hits a document has.
func (e *elsewhere) note(doc string, n int) {
	was := e.counts[doc]
	e.counts[doc] = n
	e.hits += n - was
	e.with += min(n, 1) - min(was, 1)
}

// apply counts what was found, and goes on where that was waited for and no key was
// pressed since.
func (msg elsewhereMsg) apply(m *Model) tea.Cmd {
	f, e := &m.find, msg.of
	if f.rest != e {
		return nil // it is a search that was left
	}
	for _, one := range msg.more {
		if one.doc != m.docName { // what is open is counted as it is
			e.note(one.doc, one.n)
		}
	}
	e.over = msg.over
	var again tea.Cmd
	if !e.over {
		again = func() tea.Msg { return e.next() }
	}
	switch stands := m.message == f.said; {
	case !stands:
		f.wish = 0
	case f.wish != 0:
		return tea.Batch(again, m.goOn(f.wish))
	case f.at >= 0:
		m.sayOfHits(m.hitText())
	}
	return again
}

// noHitHere goes on from a document without a hit.
func (m *Model) noHitHere() tea.Cmd {
	if m.find.query.empty() || len(m.docs) < 2 {
		m.leaveFind()
		m.sayNoHit()
		return nil
	}
	return tea.Batch(m.lookElsewhere(), m.goOn(1))
}

// goOn goes to the first hit of the next document that has one, or with -1 to the last
// hit of the previous one, round the collection.
func (m *Model) goOn(dir int) tea.Cmd {
	f := &m.find
	f.wish = 0
	name, known := m.docName, true
	if f.rest != nil {
		name, known = m.nextWithHit(dir)
	}
	switch n := len(f.hits); {
	case !known:
		f.wish = dir
		m.sayOfHits("looking in the other documents: " + m.keys.Hits.Leave.Help().Key + " gives up")
	case name != m.docName:
		return m.enterFound(name, dir)
	case n == 0:
		m.leaveFind()
		m.sayNoHit()
	default:
		f.edge = dir
		return m.found()
	}
	return nil
}

// nextWithHit is the next document with a hit, or the previous one; the open one where
// no other has any. Not known is what was not looked at yet.
func (m *Model) nextWithHit(dir int) (name string, known bool) {
	e, n := m.find.rest, len(m.docs)
	for i := 1; i < n; i++ {
		name = m.docs[((m.at+dir*i)%n+n)%n].Name
		switch hits, looked := e.counts[name]; {
		case hits > 0:
			return name, true
		case !looked && !e.over:
			return "", false
		}
	}
	return m.docName, true
}

// enterFound opens a document for one of its hits. The search stays open.
func (m *Model) enterFound(name string, dir int) tea.Cmd {
	f := &m.find
	f.rest.note(m.docName, len(f.hits))
	kept := *f
	*f = find{run: kept.run} // else it would be left with all that is open
	m.enter(name, "")
	*f = kept
	f.rest.note(name, 0) // its hits are counted as they are
	f.hits, f.keys, f.at, f.edge, f.busy = nil, nil, -1, dir, false
	m.touched = true // they came for a hit, not for what is to be decided
	return m.findHere()
}

// findHere finds in a document that was entered, as soon as it is there.
func (m *Model) findHere() tea.Cmd {
	if f := &m.find; f.edge == 0 || f.busy || m.doc == nil {
		return nil
	}
	return m.searchHere()
}

// sayOfHits says a line that later news of the same search may replace.
func (m *Model) sayOfHits(s string) {
	m.find.said = s
	m.say(s)
}

// hitText says which hit one stands on: of the document, and of all as soon as they are
// known.
func (m *Model) hitText() string {
	f := &m.find
	at, n := f.at+1, len(f.hits)
	switch e := f.rest; {
	case e == nil:
		return fmt.Sprintf("hit %d of %d", at, n)
	case !e.over:
		return fmt.Sprintf("hit %d of %d here, %d in %s so far", at, n, e.hits+n, plural(e.with+1, "document", "documents"))
	default:
		for _, d := range m.docs[:m.at] {
			at += e.counts[d.Name]
		}
		return fmt.Sprintf("hit %d of %d in %s", at, e.hits+n, plural(e.with+1, "document", "documents"))
	}
}
