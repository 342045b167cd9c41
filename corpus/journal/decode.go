package journal

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// decodeMention reads the JSON of a mention. Opening a corpus reads two of them
// for every decision ever made, so the form that this package writes has a
// reader of its own; everything else goes to encoding/json.
func decodeMention(raw []byte) (*corpus.Mention, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	s := shape{rest: string(raw)}
	if m := s.mention(); !s.other && s.rest == "" {
		return m, nil
	}
	m := new(corpus.Mention)
	if err := json.Unmarshal(raw, m); err != nil {
		return nil, err
	}
	return m, nil
}

// shape reads JSON of one known shape: these keys in this order, no white
// space, no escapes. Whatever differs sets other, after which nothing counts.
type shape struct {
	rest  string
	other bool
}

func (s *shape) mention() *corpus.Mention {
	m := new(corpus.Mention)
	s.want(`{"id":`)
	m.ID = s.text()
	s.want(`,"label":`)
	m.Label = s.text()
	s.want(`,"spans":[`)
	m.Spans = corpus.Spans{}
	for more := !s.next(`]`); more && !s.other; more = s.comma() {
		m.Spans = append(m.Spans, s.span())
	}
	s.want(`,"text":`)
	m.Text = s.text()
	s.want(`,"score":`)
	m.Score = s.score()
	s.want(`,"links":[`)
	m.Links = []corpus.Link{}
	for more := !s.next(`]`); more && !s.other; more = s.comma() {
		m.Links = append(m.Links, s.link())
	}
	s.want(`}`)
	return m
}

func (s *shape) span() corpus.Span {
	s.want(`[`)
	start := s.number(',')
	s.want(`,`)
	end := s.number(']')
	s.want(`]`)
	return corpus.Span{Start: start, End: end}
}

func (s *shape) link() (l corpus.Link) {
	s.want(`{"db":`)
	l.DB = s.text()
	s.want(`,"id":`)
	l.ID = s.text()
	if s.next(`,"name":`) {
		l.Name = s.text()
	}
	s.want(`}`)
	return l
}

// comma tells whether a list goes on; where it does not, it has ended.
func (s *shape) comma() bool {
	if s.next(`,`) {
		return true
	}
	s.want(`]`)
	return false
}

func (s *shape) next(literal string) bool {
	rest, ok := strings.CutPrefix(s.rest, literal)
	s.rest = rest
	return ok
}

func (s *shape) want(literal string) {
	if !s.next(literal) {
		s.other = true
	}
}

// text takes a string without escapes; those, and signs that JSON does not
// allow as they are, are left to encoding/json.
func (s *shape) text() string {
	s.want(`"`)
	for i := range len(s.rest) {
		switch c := s.rest[i]; {
		case c == '"':
			t := s.rest[:i]
			s.rest = s.rest[i+1:]
			s.other = s.other || !utf8.ValidString(t) // encoding/json replaces such bytes
			return t
		case c == '\\' || c < ' ':
			s.other = true
			return ""
		}
	}
	s.other = true
	return ""
}

// until takes what comes before the sign c.
func (s *shape) until(c byte) string {
	i := strings.IndexByte(s.rest, c)
	if i < 0 {
		s.other = true
		return ""
	}
	t := s.rest[:i]
	s.rest = s.rest[i:]
	return t
}

func (s *shape) number(end byte) corpus.Off {
	digits := s.until(end)
	n, err := strconv.Atoi(digits)
	if err != nil || strconv.Itoa(n) != digits {
		s.other = true
	}
	return corpus.Off(n)
}

func (s *shape) score() corpus.Score {
	word := s.until(',')
	if word == "null" {
		return corpus.NoScore
	}
	f, err := strconv.ParseFloat(word, 64)
	if err != nil || !json.Valid([]byte(word)) { // JSON knows fewer forms than ParseFloat
		s.other = true
	}
	return corpus.Score(f)
}
