// Package source reads terminologies as a stream of concepts:
//
//   - tables (TSV, CSV) of any columns, the gazetteers of shared tasks among them
//   - OBO ontologies and OBO-Graphs JSON
//   - Babelon translations and the synonym tables beside them
//   - UMLS: a directory or archive with MRCONSO.RRF, and MRSTY, MRREL and MRCUI where present
//   - SNOMED CT: an RF2 release (its Snapshot files)
//   - NCBI Taxonomy: names.dmp and nodes.dmp, as a directory, zip or tar.gz
//   - normalization databases of brat: their source lines, the .db file, or a tools.conf
//   - the mentions of an annotated corpus (FromCorpus)
//
// A reader may yield a concept several times, each time with some of its names, and
// an identifier that was retired with its relations alone; whoever builds a knowledge
// base puts them together by identifier.
package source

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/kb"
)

// ErrFormat is the error of a file whose format or columns are not known.
var ErrFormat = errors.New("unknown format")

// Formats are what Read recognises, in words.
const Formats = "a table (TSV, CSV), OBO, OBO-Graphs JSON, Babelon, UMLS RRF (MRCONSO.RRF), SNOMED CT RF2 (Snapshot), " +
	"an NCBI Taxonomy dump (names.dmp), a brat tools.conf or normalization database"

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
	Columns *Columns // of a table whose header is not known
	Lang    string   // ISO 639-1, of names whose source does not tell
	Type    string   // of concepts whose source does not tell
	// Langs are the languages to keep, the most wanted first: a name that a source gives
	// in another is left out. None keeps all; names of no known language stay.
	Langs []string
	// Types are the semantic types to keep, as the source writes them; of UMLS the
	// identifiers (T047) too. None keeps all.
	Types        []string
	Vocabularies []string // of UMLS: the source vocabularies (SAB) to keep; none keeps all
	Official     bool     // leaves translations out that are not official yet
	// DB is the knowledge base that is being built: of a table with a column "db" the
	// rows of others are left out, and of a tools.conf it is the database to read.
	DB   string
	Warn func(Problem) // gets each broken line, which is then skipped; nil: a broken line ends the reading
}

// Read streams the concepts of a file, a directory or an archive. The last pair may
// have an error, after which there are no more: something cannot be opened or read,
// its format is unknown (ErrFormat, naming the columns found), or a line is broken
// (*Problem) and Options.Warn is nil. Everything is opened anew for each pass.
func Read(path string, o Options) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		e := &emitter{file: path, o: o, yield: yield}
		if err := e.readPath(path); err != nil && !e.stopped {
			yield(kb.Concept{}, err)
		}
	}
}

// ReadFrom is Read on an open file, without the files that may lie beside it; name is
// what messages call it. One pass only.
func ReadFrom(r io.Reader, name string, o Options) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		e := &emitter{file: name, o: o, yield: yield}
		if err := e.readFile(r); err != nil && !e.stopped {
			yield(kb.Concept{}, err)
		}
	}
}

func (e *emitter) readPath(path string) (err error) {
	in, rel, err := plain(path)
	if err != nil {
		return err
	}
	e.rel = rel
	if rel != nil {
		defer func() { err = errors.Join(err, rel.Close()) }()
	}
	if in != nil {
		defer in.Close() // only read
		e.dir = filepath.Dir(path)
		return e.readFile(in)
	}
	e.dir = path
	main := ""
	for _, name := range []string{find(rel, "MRCONSO.RRF"), find(rel, "names.dmp")} {
		if main == "" {
			main = name
		}
	}
	snomed := snomedFiles(rel)
	switch {
	case len(snomed.descriptions) > 0:
		return readSNOMED(e, snomed)
	case main == "" && len(rel.names()) == 1:
		main = rel.names()[0]
	case main == "":
		return fmt.Errorf("%s: none of its %d files begins a terminology (MRCONSO.RRF, names.dmp, sct2_Description_Snapshot*.txt): %w; formats are %s",
			path, len(rel.names()), ErrFormat, Formats)
	}
	r, err := rel.open(main)
	if err != nil {
		return fmt.Errorf("open %s in %s: %w", main, path, err)
	}
	defer r.Close() // only read
	e.file = filepath.Join(path, filepath.FromSlash(main))
	return e.readFile(r)
}

// head is enough of a file to know its format by.
const head = 1 << 16

func (e *emitter) readFile(r io.Reader) error {
	b := bufio.NewReaderSize(r, head)
	begin, err := b.Peek(head)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", e.file, err)
	}
	text := strings.TrimLeft(strings.TrimPrefix(string(begin), "\ufeff"), " \t\r\n")
	switch {
	case strings.HasPrefix(text, sqliteMagic) && e.dir == "":
		return fmt.Errorf("%s: a database can only be read by its path: %w", e.file, ErrFormat)
	case strings.HasPrefix(text, sqliteMagic):
		return readBratDB(e, e.file)
	case strings.HasPrefix(text, "{"):
		return readGraphs(b, e)
	}
	return e.readLines(newLines(b))
}

func (e *emitter) readLines(in *lines) error {
	for in.next() {
		text := in.text
		switch {
		case strings.TrimSpace(text) == "" || strings.HasPrefix(text, "!"):
			continue
		case strings.HasPrefix(text, "format-version:") || strings.HasPrefix(text, "[Term]"):
			return readOBO(in, e)
		case isMRCONSO(text):
			return readUMLS(in, e)
		case strings.Contains(text, "\t|\t"):
			return readNCBI(in, e)
		case isBratLine(text):
			return readBratLines(in, e)
		case e.dir != "" && filepath.Base(e.file) == brat.ToolsConf:
			return readToolsConf(e)
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
	dir     string  // directory or archive of the file, empty where it was given open
	rel     release // what lies there, nil where it is not known
	o       Options
	yield   func(kb.Concept, error) bool
	stopped bool // the reader wants no more, or has had its error
}

// concept hands over a concept as far as the options want it; false means stop.
func (e *emitter) concept(c kb.Concept) bool {
	if c.Type == "" && len(c.Names) > 0 {
		c.Type = e.o.Type
	}
	if len(e.o.Types) > 0 && !slices.Contains(e.o.Types, c.Type) && (c.Type != "" || len(c.Relations) == 0) {
		return true
	}
	return e.typed(c)
}

// typed hands over a concept whose type is wanted; false means stop.
func (e *emitter) typed(c kb.Concept) bool {
	for i := range c.Names {
		if c.Names[i].Lang == "" {
			c.Names[i].Lang = e.o.Lang
		}
	}
	if n := len(c.Names); n > 0 {
		c.Names = slices.DeleteFunc(c.Names, func(n kb.Name) bool { return !e.wants(n) })
		if len(c.Names) < n && !slices.ContainsFunc(c.Names, func(n kb.Name) bool { return n.Text == c.Name }) {
			c.Name = ""
		}
		if len(c.Names) == 0 && c.Definition == "" && len(c.Relations) == 0 {
			return true
		}
	}
	e.stopped = !e.yield(c, nil)
	return !e.stopped
}

func (e *emitter) wants(n kb.Name) bool {
	return (len(e.o.Langs) == 0 || n.Lang == "" || slices.Contains(e.o.Langs, n.Lang)) && (!e.o.Official || n.Kind != "candidate")
}

// problem reports a broken line; false means stop.
func (e *emitter) problem(line int, format string, args ...any) bool {
	return e.problemIn(e.file, line, fmt.Errorf(format, args...))
}

func (e *emitter) problemIn(file string, line int, err error) bool {
	p := Problem{file, line, err}
	if e.o.Warn != nil {
		e.o.Warn(p)
		return true
	}
	e.yield(kb.Concept{}, &p)
	e.stopped = true
	return false
}

// beside calls f for every line of another file of the release until it returns
// false; a file that is not there has none. An error of f is a broken line.
func (e *emitter) beside(name string, f func(in *lines) error) (err error) {
	if e.rel == nil || name == "" || e.stopped {
		return nil
	}
	r, err := e.rel.open(name)
	if err != nil {
		return fmt.Errorf("open %s in %s: %w", name, e.dir, err)
	}
	defer r.Close() // only read
	file := filepath.Join(e.dir, filepath.FromSlash(name))
	in := newLines(r)
	for in.next() {
		if in.text == "" {
			continue
		}
		err := errors.New("not UTF-8")
		if in.valid() {
			err = f(in)
		}
		if err != nil && !e.problemIn(file, in.no, err) {
			return nil
		}
		if e.stopped {
			return nil
		}
	}
	if in.err != nil {
		return fmt.Errorf("read %s: %w", file, in.err)
	}
	return nil
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
