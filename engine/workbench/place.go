package workbench

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"unicode"

	"github.com/gloss-nlp/gloss/corpus"
)

// Place is where an action of a bulk would change something, with enough around it
// to be judged in a list.
type Place struct {
	Doc   string
	Key   string       // the item that is there; "" where an annotation would be made
	Spans corpus.Spans //
	Label string       // that it would have
	Text  string       // what it marks
	Line  string       // the line around it, white space made plain, cut to about a hundred code points
	In    corpus.Span  // where the hull of Spans lies in Line, in code points of it
	Do    Action       // what Apply does here
}

// Preview lists what a bulk would do, in the order of the collection and the text.
type Preview struct {
	Places    []Place
	LeftOut   []LeftOut // documents that cannot be decided on now
	Done      int       // places where nothing would change
	Documents int       // that were looked at
	Unknown   int       // documents without suggestions yet, where a filter looks for those
}

// mostPlaces is how many places a preview lists: a bulk is one step, which is undone whole.
const mostPlaces = 20_000

// found is what a preview has of one document.
type found struct {
	places  []Place
	left    []LeftOut
	done    int
	unknown bool
}

// previewOf puts together what look finds in each document of a scope. Documents
// that cannot be read are left out.
func (w *Workbench) previewOf(ctx context.Context, title string, scope Scope, doc string, look func(context.Context, string) (found, error)) (Preview, error) {
	names, place := w.collection()
	if scope == InDocument {
		names = []string{doc}
	}
	for _, name := range names {
		if _, known := place[name]; !known {
			return Preview{}, ErrUnknown
		}
	}
	task := w.begin(title, len(names))
	defer task.end()
	all := make([]found, len(names))
	var mu sync.Mutex
	err := parallel(ctx, len(names), func(i int) {
		f, err := look(ctx, names[i])
		if err != nil {
			f = found{left: []LeftOut{{Doc: names[i], Why: err.Error()}}}
		}
		mu.Lock()
		all[i] = f
		mu.Unlock()
		task.step()
	})
	if err != nil {
		return Preview{}, err
	}
	n := 0
	for _, f := range all {
		n += len(f.places) + len(f.left)
	}
	if n > mostPlaces {
		return Preview{}, fmt.Errorf("%s: there are %d places, more than the %d that one step takes: narrow it", title, n, mostPlaces)
	}
	p := Preview{Documents: len(names)}
	for _, f := range all {
		p.Places = append(p.Places, f.places...)
		p.LeftOut = append(p.LeftOut, f.left...)
		p.Done += f.done
		if f.unknown {
			p.Unknown++
		}
	}
	return p, nil
}

// shownAround is how many code points on either side of a place its line has.
const shownAround = 50

// placeAt is a place without what is to be done there.
func placeAt(d *document, spans corpus.Spans, label string) Place {
	hull := spans.Hull()
	p := Place{Doc: d.name, Spans: spans, Label: label, Text: d.text.Join(spans)}
	before := d.text.Slice(corpus.Span{Start: max(0, hull.Start-shownAround), End: hull.Start})
	after := d.text.Slice(corpus.Span{Start: hull.End, End: min(d.text.Len(), hull.End+shownAround)})
	if i := strings.LastIndexByte(before, '\n'); i >= 0 {
		before = before[i+1:]
	}
	if i := strings.IndexByte(after, '\n'); i >= 0 {
		after = after[:i]
	}
	before = strings.TrimLeftFunc(plain(before), unicode.IsSpace)
	p.In.Start = corpus.Off(len([]rune(before)))
	p.In.End = p.In.Start + hull.Len()
	p.Line = before + plain(d.text.Slice(hull)) + strings.TrimRightFunc(plain(after), unicode.IsSpace)
	return p
}

// plain makes each sign of white space a space, so that offsets stay.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}
