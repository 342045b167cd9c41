// Package source reads terminologies as a stream of concepts: delimited tables,
// OBO files, Babelon translations, and the mentions of an annotated corpus.
//
// A reader may yield a concept several times, each time with some of its names;
// whoever builds a knowledge base merges them by identifier.
package source

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/kb"
)

// ErrFormat is the error of a file whose format or columns are not known.
var ErrFormat = errors.New("unknown format")

// Problem is a line that could not be read.
type Problem struct {
	File string
	Line int // from 1
	Err  error
}

// Error is "file:line: what is wrong".
func (p *Problem) Error() string { return fmt.Sprintf("%s:%d: %v", p.File, p.Line, p.Err) }

// Unwrap returns what is wrong.
func (p *Problem) Unwrap() error { return p.Err }

// Options tells how to read a file. The zero value recognises known formats.
type Options struct {
	Columns *Columns      // of a table whose header is not known
	Lang    string        // ISO 639-1, of names whose source does not tell
	Type    string        // of concepts whose source does not tell
	Warn    func(Problem) // gets each broken line, which is then skipped; nil: a broken line ends the reading
}

// Read streams the concepts of a file. The last pair may have an error, after
// which there are no more: the file cannot be opened or read, its format is
// unknown (ErrFormat, naming the columns found), or a line is broken (*Problem)
// and Options.Warn is nil. The file is opened anew for each pass.
func Read(path string, o Options) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(kb.Concept{}, fmt.Errorf("open terminology: %w", err))
			return
		}
		defer f.Close() // only read
		for c, err := range ReadFrom(f, path, o) {
			if !yield(c, err) {
				return
			}
		}
	}
}

// ReadFrom is Read on an open file; name is what messages call it, and its
// extension helps where the content does not tell the format. One pass only.
func ReadFrom(r io.Reader, name string, o Options) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		e := &emitter{file: name, o: o, yield: yield}
		in := newLines(r)
		if err := read(in, e); err != nil && !e.stopped {
			yield(kb.Concept{}, err)
		}
	}
}

func read(in *lines, e *emitter) error {
	for in.next() {
		if strings.TrimSpace(in.text) == "" {
			continue
		}
		if strings.HasPrefix(in.text, "format-version:") || strings.HasPrefix(in.text, "[Term]") {
			return readOBO(in, e)
		}
		return readTable(in, e)
	}
	if in.err != nil {
		return fmt.Errorf("read %s: %w", e.file, in.err)
	}
	return fmt.Errorf("%s: empty file: %w", e.file, ErrFormat)
}

// emitter hands concepts and problems to whoever reads.
type emitter struct {
	file    string
	o       Options
	yield   func(kb.Concept, error) bool
	stopped bool // the reader wants no more, or has had its error
}

// concept hands over a concept; false means stop.
func (e *emitter) concept(c kb.Concept) bool {
	if c.Type == "" {
		c.Type = e.o.Type
	}
	for i := range c.Names {
		if c.Names[i].Lang == "" {
			c.Names[i].Lang = e.o.Lang
		}
	}
	e.stopped = !e.yield(c, nil)
	return !e.stopped
}

// problem reports a broken line; false means stop.
func (e *emitter) problem(line int, format string, args ...any) bool {
	p := Problem{e.file, line, fmt.Errorf(format, args...)}
	if e.o.Warn != nil {
		e.o.Warn(p)
		return true
	}
	e.yield(kb.Concept{}, &p)
	e.stopped = true
	return false
}

// maxLine is more than any line of a terminology: longer ones are no text.
const maxLine = 16 << 20

// lines reads a text line by line, without line ends and without a byte order mark.
type lines struct {
	in   *bufio.Scanner
	text string
	no   int // of text, from 1
	err  error
	held []string // lines that are to be given once more
}

func newLines(r io.Reader) *lines {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 1<<16), maxLine)
	return &lines{in: s}
}

// next moves to the next line, and is false at the end or on an error.
func (l *lines) next() bool {
	if len(l.held) > 0 {
		l.text, l.held = l.held[0], l.held[1:]
		l.no++
		return true
	}
	if !l.in.Scan() {
		if l.err = l.in.Err(); l.err != nil {
			l.err = fmt.Errorf("line %d: %w", l.no+1, l.err)
		}
		return false
	}
	l.no++
	l.text = l.in.Text() // the scanner has taken CR off
	if l.no == 1 {
		l.text = strings.TrimPrefix(l.text, "\ufeff")
	}
	return true
}

// back makes next give the last lines again.
func (l *lines) back(last ...string) {
	l.held = append(last, l.held...)
	l.no -= len(last)
}

// valid tells whether the current line is UTF-8.
func (l *lines) valid() bool { return utf8.ValidString(l.text) }
