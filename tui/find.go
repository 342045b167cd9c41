package tui

import (
	"fmt"
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

// find is a search of the text.
type find struct {
	open   bool // hits are shown
	typing bool // the search line takes the keys
	input  *dialog.Input
	query  string     // of the last search, offered again
	from   corpus.Off // where the search began
	hits   []corpus.Span
	at     int // the hit to stand on, -1 for none

	doc    string // folded is the text of this document
	text   string
	folded string
	offs   []int32 // byte offsets in folded of every 64th code point
}

// startFind opens the search line.
func (m *Model) startFind() {
	m.find.open, m.find.typing = true, true
	m.find.input = dialog.NewInput("/", m.find.query)
	m.find.from = m.text.Visible().Start
	if m.find.query != "" {
		m.search()
	}
}

func (m *Model) leaveFind() {
	f := &m.find
	f.open, f.typing, f.hits, f.at = false, false, nil, -1
	m.text.SetHits(nil, -1)
}

// pressFind takes a key of the search line: hits are found as one types.
func (m *Model) pressFind(k tea.KeyPressMsg) {
	q := m.keys.Hits
	switch {
	case key.Matches(k, q.Leave):
		m.leaveFind()
	case key.Matches(k, q.Prev):
		m.stepHit(-1)
	case key.Matches(k, q.Confirm):
		m.find.typing = false
		if len(m.find.hits) == 0 {
			q := m.find.input.Value()
			m.leaveFind()
			if q != "" {
				m.refuse("not in this document: " + q)
			}
			return
		}
		m.sayHit()
	case key.Matches(k, q.Next):
		m.stepHit(1)
	default:
		if m.find.input.Update(k) {
			m.search()
		}
	}
}

// pressHits takes the keys of an open search; false for keys that mean what they always do.
func (m *Model) pressHits(k tea.KeyPressMsg) bool {
	q := m.keys.Hits
	switch {
	case key.Matches(k, q.Leave):
		m.leaveFind()
	case key.Matches(k, q.Prev):
		m.stepHit(-1)
	case key.Matches(k, q.Next):
		m.stepHit(1)
	default:
		return false
	}
	return true
}

// search finds the query without regard to case and accents, and goes to the first
// hit that is not above the screen.
func (m *Model) search() {
	f := &m.find
	f.query = f.input.Value()
	f.fold(m.docName, m.doc.Text)
	f.hits, f.at = f.all(foldRunes(f.query)), -1
	if len(f.hits) > 0 {
		f.at = sort.Search(len(f.hits), func(i int) bool { return f.hits[i].Start >= f.from }) % len(f.hits)
	}
	m.showHit()
}

func (m *Model) stepHit(n int) {
	f := &m.find
	if len(f.hits) == 0 {
		m.refuse("not in this document: " + f.query)
		return
	}
	f.at = (f.at + n + len(f.hits)) % len(f.hits)
	m.showHit()
	m.sayHit()
}

func (m *Model) showHit() {
	f := &m.find
	m.text.SetHits(f.hits, f.at)
	if f.at >= 0 {
		m.text.Reveal(f.hits[f.at])
		m.sayHit()
		return
	}
	if f.query != "" {
		m.refuse("not in this document")
	}
}

func (m *Model) sayHit() {
	m.say(fmt.Sprintf("hit %d of %d", m.find.at+1, len(m.find.hits)))
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
