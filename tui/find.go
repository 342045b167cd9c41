package tui

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"golang.org/x/text/unicode/norm"
)

// find is a search of the text, or of the mentions in it.
type find struct {
	open   bool // hits are shown
	typing bool // the search line takes the keys
	busy   bool // a pattern is being looked for
	input  *dialog.Input
	line   string // of the last search, offered again
	query  query
	wrong  error      // why the line asks for nothing
	from   corpus.Off // where the search began
	hits   []corpus.Span
	keys   []string // of the mentions, where mentions are hits
	at     int      // the hit to stand on, -1 for none
	run    int      // counts searches: what an older one found is dropped

	rest *elsewhere // the other documents; nil: they were not asked for
	edge int        // the document was come to for its first hit, 1, or its last one, -1
	wish int        // go on in this direction as soon as it is known where to
	said string     // what was said of the hits last

	doc    string // folded is the text of this document
	text   string
	folded string
	offs   []int32 // byte offsets in folded of every 64th code point
}

// hitsMsg is what a pattern matches.
type hitsMsg struct {
	run  int
	hits []corpus.Span
}

// startFind opens the search line.
func (m *Model) startFind() tea.Cmd {
	m.find.open, m.find.typing = true, true
	m.find.input = dialog.NewInput("/", m.find.line)
	m.find.from = m.text.Visible().Start
	return m.search()
}

func (m *Model) leaveFind() {
	f := &m.find
	f.open, f.typing, f.busy, f.hits, f.keys, f.at = false, false, false, nil, nil, -1
	f.run++
	f.rest.stop()
	f.rest, f.edge, f.wish = nil, 0, 0
	m.text.SetHits(nil, -1)
}

// pressFind takes a key of the search line: hits are found as one types.
func (m *Model) pressFind(k tea.KeyPressMsg) tea.Cmd {
	f, q := &m.find, m.keys.Hits
	switch {
	case key.Matches(k, q.Leave):
		m.leaveFind()
	case key.Matches(k, q.Prev):
		return m.stepHit(-1)
	case key.Matches(k, q.Confirm):
		f.typing = false
		switch {
		case f.busy: // what it finds goes on
		case len(f.hits) == 0:
			return m.noHitHere()
		default:
			return m.stepHit(0)
		}
	case key.Matches(k, q.Next):
		return m.stepHit(1)
	default:
		if f.input.Update(k) {
			return m.search()
		}
	}
	return nil
}

// pressHits takes the keys of an open search; false for keys that mean what they always do.
func (m *Model) pressHits(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	q := m.keys.Hits
	switch {
	case key.Matches(k, q.Leave):
		m.leaveFind()
	case key.Matches(k, q.Prev):
		cmd = m.stepHit(-1)
	case key.Matches(k, q.Next, q.Confirm):
		cmd = m.stepHit(1)
	default:
		return nil, false
	}
	return cmd, true
}

// search finds what the line asks for, and goes to the first hit that is not above the
// screen. Text is found without regard to case and accents.
func (m *Model) search() tea.Cmd {
	f := &m.find
	f.line = f.input.Value()
	f.rest.stop()
	f.rest, f.edge, f.wish = nil, 0, 0
	f.query, f.wrong = parseQuery(f.line, m.labels)
	return m.searchHere()
}

// searchHere finds what is asked for in the open document.
func (m *Model) searchHere() tea.Cmd {
	f := &m.find
	f.hits, f.keys, f.at, f.busy = nil, nil, -1, false
	f.run++
	switch {
	case f.query.pattern != nil:
		f.busy = true
		m.text.SetHits(nil, -1)
		run, p, t := f.run, f.query.pattern, m.doc.Text
		return func() tea.Msg { return hitsMsg{run, matches(p, t)} }
	case f.query.mention != nil:
		m.findMentions()
	default:
		f.fold(m.docName, m.doc.Text)
		f.hits = f.all(f.query.text)
	}
	return m.found()
}

// apply takes what a pattern matches.
func (msg hitsMsg) apply(m *Model) tea.Cmd {
	f := &m.find
	if msg.run != f.run || !f.busy {
		return nil
	}
	f.busy, f.hits = false, msg.hits
	entered := f.edge != 0
	cmd := m.found()
	switch {
	case entered || f.typing:
		return cmd
	case len(f.hits) == 0:
		return m.noHitHere()
	}
	return m.lookElsewhere()
}

// found goes to the first hit that is not above where the search began, or to the edge
// where the document was come to from another one.
func (m *Model) found() tea.Cmd {
	f := &m.find
	n, edge := len(f.hits), f.edge
	f.at, f.edge = -1, 0
	switch {
	case edge != 0 && n == 0: // it is not as it was when it was looked at
		return m.goOn(edge)
	case edge < 0:
		f.at = n - 1
	case edge > 0:
		f.at = 0
	case n > 0:
		f.at = sort.Search(n, func(i int) bool { return f.hits[i].Start >= f.from }) % n
	}
	m.showHit()
	if edge != 0 && f.query.mention != nil {
		m.focusOn(f.keys[f.at])
	}
	return nil
}

// findMentions collects the mentions that the query means.
func (m *Model) findMentions() {
	f := &m.find
	f.hits, f.keys = nil, nil
	for i := range m.doc.Items {
		if it := &m.doc.Items[i]; f.query.mention(m.doc, it) {
			f.hits, f.keys = append(f.hits, it.Spans.Hull()), append(f.keys, it.Key)
		}
	}
}

// findAgain follows the mentions of the document, where mentions are hits.
func (m *Model) findAgain() {
	f := &m.find
	if !f.open || f.query.mention == nil {
		return
	}
	was := ""
	if f.at >= 0 {
		was = f.keys[f.at]
	}
	m.findMentions()
	if f.at = slices.Index(f.keys, was); f.at < 0 && len(f.hits) > 0 {
		f.at = min(sort.Search(len(f.hits), func(i int) bool { return f.hits[i].Start >= m.text.Here() }), len(f.hits)-1)
	}
	m.text.SetHits(f.hits, f.at)
}

// stepHit goes n hits on, beyond the last one of the document into the next that has one;
// where mentions are hits, the mention comes into focus.
func (m *Model) stepHit(n int) tea.Cmd {
	f := &m.find
	if f.query.mention != nil && len(f.hits) > 0 {
		m.moveOn()
	}
	cmd := m.lookElsewhere()
	at := max(f.at, 0) + n
	switch {
	case f.busy || f.edge != 0:
		m.say("still looking in this document")
		return cmd
	case f.query.empty():
		m.sayNoHit()
		return nil
	case len(f.hits) == 0 || at < 0 || at >= len(f.hits):
		return tea.Batch(cmd, m.goOn(n))
	}
	f.at = at
	m.showHit()
	if f.query.mention != nil {
		m.focusOn(f.keys[f.at])
	}
	return cmd
}

func (m *Model) showHit() {
	f := &m.find
	m.text.SetHits(f.hits, f.at)
	switch {
	case f.at >= 0:
		m.text.Reveal(f.hits[f.at])
		m.sayOfHits(m.hitText())
	case f.line == "":
		m.say("find " + queryForms)
	case f.wrong != nil:
		m.refuse(f.wrong.Error())
	case !f.query.empty() && len(m.docs) > 1:
		m.refuse("not in this document: " + m.keys.Hits.Confirm.Help().Key + " looks in the others")
	case !f.query.empty():
		m.refuse("not in this document")
	}
}

// sayNoHit says that there is nothing to go to.
func (m *Model) sayNoHit() {
	switch f := &m.find; {
	case f.wrong != nil:
		m.refuse(f.wrong.Error())
	case f.line != "" && len(m.docs) > 1:
		m.refuse("in none of the " + plural(len(m.docs), "document", "documents") + ": " + f.line)
	case f.line != "":
		m.refuse("not in this document: " + f.line)
	}
}

// foldStride is how many code points lie between two entries of the index.
const foldStride = 64

// fold prepares the text of a document: one folded code point for each of its own,
// so that offsets stay what they are.
func (f *find) fold(doc string, t corpus.Text) {
	if f.doc == doc && f.text == t.String() {
		return
	}
	f.doc, f.text = doc, t.String()
	f.folded = foldRunes(f.text)
	f.offs = f.offs[:0]
	i := 0
	for b := range f.folded {
		if i%foldStride == 0 {
			f.offs = append(f.offs, int32(b))
		}
		i++
	}
}

// all are the places of a folded query.
func (f *find) all(query string) []corpus.Span {
	var hits []corpus.Span
	if query == "" {
		return hits
	}
	n := corpus.Off(utf8.RuneCountInString(query))
	for at := 0; ; {
		i := strings.Index(f.folded[at:], query)
		if i < 0 {
			return hits
		}
		o := f.off(at + i)
		hits = append(hits, corpus.Span{Start: o, End: o + n})
		at += i + len(query)
	}
}

func (f *find) off(b int) corpus.Off {
	i := sort.Search(len(f.offs), func(i int) bool { return int(f.offs[i]) > b }) - 1
	return corpus.Off(i*foldStride + utf8.RuneCountInString(f.folded[f.offs[i]:b]))
}

// foldRunes replaces every code point by its small letter without accent.
func foldRunes(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				return r + ('a' - 'A')
			}
			return r
		}
		r = unicode.ToLower(r)
		if d := norm.NFD.PropertiesString(string(r)).Decomposition(); len(d) > 0 {
			if base, _ := utf8.DecodeRune(d); base < 0x250 || unicode.IsLetter(base) {
				return base
			}
		}
		return r
	}, s)
}
