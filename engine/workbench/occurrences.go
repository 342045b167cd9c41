package workbench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Scope says how far a bulk reaches.
type Scope int

// The scopes.
const (
	InDocument Scope = iota // Pattern.Doc, Filter.Doc
	InCorpus                // every document of the collection
)

// Pattern says which stretches of text to find, and what to make of each: a mention
// with Label, linked to Candidate where that is not nil. Where an item stands on the
// very span, it is that item that is decided on.
type Pattern struct {
	Scope     Scope
	Doc       string        // of InDocument
	Text      string        // as the mention reads; letter case, and how white space is written, make no difference
	Regexp    string        // RE2 syntax instead of Text; what its first group matched, else all of it
	Whole     bool          // of Text: only where no letter or digit goes on at its ends
	Label     string        // of the mentions
	Candidate *kb.Candidate // nil: accept without a link
}

// Filter chooses suggestions, and pending annotations, that are to be accepted.
type Filter struct {
	Scope    Scope
	Doc      string   // of InDocument
	MinScore float64  // of the recognizer; what has no score passes only where this is 0
	Labels   []string // none: any
	Exact    bool     // only where a name of the first candidate equals the mention
	Link     bool     // link to the first candidate; else accept without a link
	MinLink  float64  // of Link: least score of the first candidate
}

// Occurrences lists where a pattern occurs, with what Apply would do at each place:
// nothing is changed. Stretches that are decided on otherwise, or lie within a
// mention of the label, are left out and told. It reads the collection, so call it
// off the event loop; Status has a task meanwhile.
func (w *Workbench) Occurrences(ctx context.Context, p Pattern) (Preview, error) {
	find, err := p.compile()
	if err != nil {
		return Preview{}, err
	}
	return w.previewOf(ctx, "looking for "+p.about(), p.Scope, p.Doc, func(ctx context.Context, name string) (found, error) {
		w.mu.Lock()
		d := w.docs[name]
		ready := d != nil && d.picture != nil && d.err == nil
		w.mu.Unlock()
		if !ready {
			text, err := os.ReadFile(w.col.Path(name, ".txt"))
			if err != nil {
				return found{}, err
			}
			if len(find(string(text))) == 0 {
				return found{}, nil
			}
			if d = w.annotations(ctx, name); d.err != nil {
				return found{}, d.err
			}
		}
		matches := find(d.text.String())
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.placesOf(d, p, matches), nil
	})
}

// about names a pattern for a person.
func (p Pattern) about() string {
	if p.Regexp != "" {
		return "/" + p.Regexp + "/"
	}
	return fmt.Sprintf("%q", p.Text)
}

// compile makes the search of a pattern: from a text to the bytes [start, end) of
// each match.
func (p Pattern) compile() (func(string) [][2]int, error) {
	if p.Label == "" {
		return nil, errors.New("find occurrences: no label is given")
	}
	expr := p.Regexp
	if expr == "" {
		words := strings.Fields(p.Text)
		if len(words) == 0 {
			return nil, errors.New("find occurrences: there is nothing to find: give a text or a pattern")
		}
		for i, word := range words {
			words[i] = regexp.QuoteMeta(word)
		}
		expr = "(?i)" + strings.Join(words, `\s+`)
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, fmt.Errorf("find occurrences: %w", err)
	}
	whole := p.Whole && p.Regexp == ""
	return func(text string) [][2]int {
		var out [][2]int
		for _, m := range re.FindAllStringSubmatchIndex(text, -1) {
			at := [2]int{m[0], m[1]}
			if len(m) >= 4 && m[2] >= 0 {
				at = [2]int{m[2], m[3]}
			}
			if strings.TrimSpace(text[at[0]:at[1]]) != "" && !(whole && goesOn(text, at)) {
				out = append(out, at)
			}
		}
		return out
	}, nil
}

// goesOn tells whether a word goes on at either end of a match.
func goesOn(text string, at [2]int) bool {
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
	after, _ := utf8.DecodeRuneInString(text[at[1]:])
	first, _ := utf8.DecodeRuneInString(text[at[0]:])
	last, _ := utf8.DecodeLastRuneInString(text[:at[1]])
	return word(before) && word(first) || word(after) && word(last)
}

// placesOf says what is to be done at the matches in a document. The lock is held.
func (w *Workbench) placesOf(d *document, p Pattern, matches [][2]int) found {
	var f found
	if d.readOnly != "" {
		if len(matches) > 0 {
			f.left = append(f.left, LeftOut{Doc: d.name, Why: d.readOnly})
		}
		return f
	}
	items, _ := w.items(d)
	for _, m := range matches {
		s := trim(d.text, corpus.Span{Start: d.text.Off(m[0]), End: d.text.Off(m[1])})
		spans, err := w.usable(d, corpus.Spans{s})
		if err != nil {
			continue // of white space alone
		}
		at := placeAt(d, spans, p.Label)
		why := ""
		if at.Do, at.Key, why = w.occurrence(d, p, items, spans); why != "" {
			f.left = append(f.left, LeftOut{d.name, &at, why})
		} else if at.Do == nil {
			f.done++
		} else {
			f.places = append(f.places, at)
		}
	}
	return f
}

// occurrence is what to do with a stretch of text: an action, perhaps on an item; why
// it is left out; or neither, where it is so already.
func (w *Workbench) occurrence(d *document, p Pattern, items []Item, spans corpus.Spans) (do Action, key, why string) {
	hull := spans.Hull()
	for _, it := range items {
		same := it.Spans.Equal(spans)
		switch {
		case !it.Spans.Overlaps(spans):
		case same && it.Label == p.Label:
			do, why = p.on(At{d.name, it.Key}, it)
			return do, it.Key, why
		case it.State == Suggested: // only a proposal
		case same:
			return nil, "", "annotated as " + it.Label
		case it.Label == p.Label && it.Spans.Hull().Contains(hull):
			return nil, "", fmt.Sprintf("part of %q", it.Text)
		case it.Label == p.Label:
			return nil, "", fmt.Sprintf("overlaps %q", it.Text)
		}
	}
	if w.fold.Rejected(d.name, p.Label, spans) {
		return nil, "", "rejected there"
	}
	if p.Candidate != nil {
		return CreateLinked{At{Doc: d.name}, spans, p.Label, *p.Candidate}, "", ""
	}
	return Create{At{Doc: d.name}, spans, p.Label}, "", ""
}

// on is what a pattern does with an item on its very span.
func (p Pattern) on(at At, it Item) (do Action, why string) {
	switch {
	case it.State == Pending && p.Candidate == nil:
		return nil, "" // it is annotated, which is all that is wanted
	case it.State.Undecided():
		return settling(at, it, p.Candidate), ""
	case it.State == Linked && (p.Candidate == nil || it.Links[0].ID == p.Candidate.ID):
		return nil, ""
	case it.State == Linked:
		return nil, "linked to " + it.Links[0].ID
	case it.State == NIL && (p.Candidate == nil || p.Candidate.NIL()), it.State == Accepted && p.Candidate == nil:
		return nil, ""
	case it.State == NIL:
		return nil, "no concept fits, it was decided"
	}
	return nil, "accepted without a link"
}

// settling accepts an item, with a link where a candidate is given.
func settling(at At, it Item, c *kb.Candidate) Action {
	if c == nil {
		return Accept{at}
	}
	return Choose{At: at, Candidate: *c, Shown: it.Candidates}
}

// WouldDecide counts the other undecided mentions in memory that read as the item
// does, under the same label: those that a link of it would be the first candidate of.
func (w *Workbench) WouldDecide(at At) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	d := w.docs[at.Doc]
	if d == nil || d.picture == nil {
		return 0
	}
	it, i := d.picture.Item(at.Key)
	if i < 0 {
		return 0
	}
	key, n := mentionKey{it.Label, w.folded(it.Text)}, 0
	for _, d := range w.docs {
		if d.picture != nil {
			n += w.alikeIn(d.picture)[key]
		}
	}
	if it.State.Undecided() {
		n--
	}
	return n
}

// alikeIn counts the undecided mentions of a picture by label and folded text, once: it
// is asked for at every step. The lock is held.
func (w *Workbench) alikeIn(p *Doc) map[mentionKey]int {
	if p.alike == nil {
		p.alike = make(map[mentionKey]int, p.Undecided())
		for i := range p.Items {
			if it := &p.Items[i]; it.State.Undecided() {
				p.alike[mentionKey{it.Label, w.folded(it.Text)}]++
			}
		}
	}
	return p.alike
}

// folded is lexical.Fold of a mention's text, remembered: the same few thousand are
// asked for at every key. The lock is held.
func (w *Workbench) folded(text string) string {
	const most = 50_000
	if f, ok := w.folds[text]; ok {
		return f
	}
	if w.folds == nil || len(w.folds) > most {
		w.folds = map[string]string{}
	}
	f := strings.Clone(lexical.Fold(text)) // of its own: a piece of a text would keep all of that in memory
	w.folds[strings.Clone(text)] = f
	return f
}
