package corpus

import (
	"encoding/json"
	"math"
	"strconv"
)

// Link ties a mention to a concept of a knowledge base.
type Link struct {
	DB   string `json:"db"`             // name of the knowledge base; empty for link style "note"
	ID   string `json:"id"`             // concept identifier, may hold colons
	Name string `json:"name,omitempty"` // preferred name at the time of linking
}

// Score is a probability in [0, 1], or not-a-number where there is none, which JSON writes as null.
type Score float64

// NoScore is the score of what a person wrote.
var NoScore = Score(math.NaN())

// Known tells whether there is a score.
func (s Score) Known() bool { return !math.IsNaN(float64(s)) }

// MarshalJSON writes null for a missing score.
func (s Score) MarshalJSON() ([]byte, error) {
	if !s.Known() || math.IsInf(float64(s), 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, float64(s), 'g', -1, 64), nil
}

// UnmarshalJSON reads a number or null.
func (s *Score) UnmarshalJSON(b []byte) error {
	var f *float64
	if err := json.Unmarshal(b, &f); err != nil {
		return err
	}
	*s = NoScore
	if f != nil {
		*s = Score(*f)
	}
	return nil
}

// Mention is a labelled piece of a document, with its links to concepts.
type Mention struct {
	ID    string `json:"id"`    // brat id ("T3"); empty for a suggestion
	Label string `json:"label"` // type name as annotation.conf writes it
	Spans Spans  `json:"spans"`
	Text  string `json:"text"` // Text.Join(Spans)
	Score Score  `json:"score"`
	Links []Link `json:"links"`
}

// Same tells whether both mark the same place with the same label.
func (m Mention) Same(o Mention) bool { return m.Label == o.Label && m.Spans.Equal(o.Spans) }

// Clone returns a copy that shares no memory with m.
func (m Mention) Clone() Mention {
	m.Spans = m.Spans.Clone()
	m.Links = append([]Link(nil), m.Links...)
	return m
}

// MarshalJSON writes links as [] rather than null.
func (m Mention) MarshalJSON() ([]byte, error) {
	type plain Mention
	if m.Links == nil {
		m.Links = []Link{}
	}
	if m.Spans == nil {
		m.Spans = Spans{}
	}
	return json.Marshal(plain(m))
}

// Document is a text with its mentions. Name is the path relative to the
// collection, with slashes, without extension.
type Document struct {
	Name     string
	Text     Text
	Mentions []Mention
}
