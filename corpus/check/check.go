// Package check finds what is wrong in a brat collection and says what to do:
// lines that brat does not read, offsets that count something else, and what
// the configuration does not allow. Dir reads only; Fix repairs what is certain.
package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// The kinds of findings that brat.ProblemKind does not name.
const (
	InvalidUTF8   = "invalid-utf8"
	Unreadable    = "unreadable"
	NoText        = "no-text-file"   // an .ann file without its .txt
	OffsetReading = "offset-reading" // the offsets count something other than code points
	UnicodeForm   = "unicode-form"   // the text field differs from the text in its normalization form alone
	BrokenConfig  = "broken-config"  // brat ignores the whole file
	ConfigWarning = "config-warning"
)

// Finding is one thing that is wrong.
type Finding struct {
	File    string `json:"file"` // relative to the directory, with slashes
	Line    int    `json:"line"` // from 1; 0 where it concerns the whole file
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Fix     string `json:"fix"`               // what to do
	Certain bool   `json:"certain,omitempty"` // Fix does it
}

// String is the finding as compilers write them.
func (f Finding) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s: %s", f.File, f.Message, f.Fix)
	}
	return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Message, f.Fix)
}

// Dir checks every document of a collection, its configuration, and .ann files
// without a text. Findings come in the order of the documents and lines. The
// error is for what cannot be checked at all (brat.ErrNoDocuments, no such
// directory) and for a cancelled ctx; a file that cannot be read is a finding.
func Dir(ctx context.Context, dir string) ([]Finding, error) {
	c, err := brat.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	found := make([][]Finding, c.Len())
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), c.Len()) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= c.Len() {
					return
				}
				found[i] = document(c, c.Name(i))
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("check %s: %w", dir, err)
	}
	out := config(c)
	for _, f := range found {
		out = append(out, f...)
	}
	orphans, err := withoutText(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	return append(out, orphans...), nil
}

// relative is the path of a finding.
func relative(c *brat.Collection, path string) string {
	dir, err := filepath.Abs(c.Dir())
	if err == nil {
		if path, err = filepath.Abs(path); err == nil {
			if rel, err := filepath.Rel(dir, path); err == nil {
				return filepath.ToSlash(rel)
			}
		}
	}
	return filepath.ToSlash(path)
}

func document(c *brat.Collection, name string) []Finding {
	d, err := c.Read(name)
	if err != nil {
		return append([]Finding{failure(c, c.Path(name, ".txt"), err)}, annEncoding(c, name, err)...)
	}
	plan := planRepairs(d.File)
	var out []Finding
	for _, i := range issues(d, c.Config(name)) {
		path, line := d.Place(i.Line)
		f := Finding{File: relative(c, path), Line: line, Kind: i.Kind, Message: i.Message, Fix: i.Fix}
		if fix, ok := plan.fixes[problemAt{i.Line, i.Kind}]; ok {
			f.Fix, f.Certain = fix, !d.ReadOnly
		}
		refine(&f, d, i)
		out = append(out, f)
	}
	return append(offsets(c, d, plan), out...)
}

// issues are the problems of a file and what its configuration does not allow,
// in the order of the lines. Where there is no annotation.conf, or brat cannot
// read it or the document, there is nothing to hold the annotations against.
func issues(d *brat.Document, conf *brat.Config) []Issue {
	var out []Issue
	fatal := false
	for _, p := range d.File.Problems() {
		fatal = fatal || p.Level == brat.Fatal
		out = append(out, Issue{Line: p.Line, Kind: string(p.Kind), ID: p.ID, Message: p.Message, Fix: p.Fix})
	}
	if conf.AnnotationFile == "" || conf.AnnotationBroken || fatal {
		return out
	}
	// What made the validation give up is among the problems.
	if more, err := Validate(d.File, conf); err == nil {
		out = append(out, more...)
		slices.SortStableFunc(out, func(a, b Issue) int { return a.Line - b.Line })
	}
	return out
}

// refine says more of a text field that does not match: whether only its
// normalization form differs, or where its text stands.
func refine(f *Finding, d *brat.Document, i Issue) {
	if i.Kind != string(brat.TextMismatch) && i.Kind != string(brat.OutOfRange) {
		return
	}
	l := d.File.Line(i.Line - 1)
	at := field{i.Line, l.Spans, tailOf(l.Raw)}
	if l.Text != "" && sameForm(at.text, l.Text) {
		f.Kind = UnicodeForm
		f.Message = fmt.Sprintf("the text field is what %s marks, but in another Unicode normalization form", l.Spans)
		return
	}
	if f.Certain {
		return
	}
	if start, ok := at.nearest(d.Text); ok {
		end := start + corpus.Off(utf8.RuneCountInString(at.text))
		f.Fix = fmt.Sprintf("move it to %d %d, the nearest place where its text stands, or correct the text", start, end)
	}
}

// failure is the finding for a file that could not be read.
func failure(c *brat.Collection, path string, err error) Finding {
	if u := (*brat.UTF8Error)(nil); errors.As(err, &u) {
		return Finding{File: relative(c, u.File), Line: u.Line, Kind: InvalidUTF8,
			Message: fmt.Sprintf("byte 0x%02X at offset %d is not valid UTF-8, so the document cannot be read", u.Byte, u.Offset),
			Fix:     "convert the file to UTF-8"}
	}
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		path, err = p.Path, p.Err
	}
	return Finding{File: relative(c, path), Kind: Unreadable, Message: err.Error(), Fix: "make the file readable"}
}

// annEncoding looks at the .ann file where the .txt could not be read, so that
// one run tells of both.
func annEncoding(c *brat.Collection, name string, err error) []Finding {
	path := c.Path(name, ".ann")
	if u := (*brat.UTF8Error)(nil); errors.As(err, &u) && u.File == path {
		return nil
	}
	ann, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	if err := brat.CheckUTF8(path, ann); err != nil {
		return []Finding{failure(c, path, err)}
	}
	return nil
}

// config reports each configuration file once.
func config(c *brat.Collection) []Finding {
	var out []Finding
	seen := map[brat.ConfProblem]bool{}
	for _, name := range c.Names() {
		for _, p := range c.Config(name).Problems {
			if seen[p] {
				continue
			}
			seen[p] = true
			kind := BrokenConfig
			if p.Warning {
				kind = ConfigWarning
			}
			out = append(out, Finding{File: relative(c, p.File), Line: p.Line, Kind: kind, Message: p.Message, Fix: p.Fix})
		}
	}
	return out
}

// withoutText lists .ann files that no document can show.
func withoutText(ctx context.Context, c *brat.Collection) ([]Finding, error) {
	var out []Finding
	err := filepath.WalkDir(c.Dir(), func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name := e.Name()
		if path != c.Dir() && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "hidden_")) {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		base, ann := strings.CutSuffix(relative(c, path), ".ann")
		if _, ok := c.Index(base); ann && !ok && !e.IsDir() {
			out = append(out, Finding{File: base + ".ann", Kind: NoText,
				Message: "there is no text for these annotations", Fix: "add " + base + ".txt, or delete the file"})
		}
		return nil
	})
	return out, err
}

// offsets tells whether another way of counting explains text fields that do
// not match. One such finding stands for the document, before those of its lines.
func offsets(c *brat.Collection, d *brat.Document, p *plan) []Finding {
	fields := textFields(d.File)
	e := explain(fields, d.Text)
	if e.gained == 0 {
		return nil
	}
	first := slices.IndexFunc(fields, func(f field) bool { return !f.matches(d.Text, identity) })
	path, line := d.Place(fields[first].line)
	return []Finding{{File: relative(c, path), Line: line, Kind: OffsetReading,
		Message: e.describe(len(fields)), Fix: "convert the offsets from " + e.name + " to code points", Certain: p.rereads() && !d.ReadOnly}}
}
