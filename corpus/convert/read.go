package convert

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// readFile reads a file that must be UTF-8, gzipped or not, without its byte
// order mark.
func readFile(path string) ([]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err == nil {
			data, err = io.ReadAll(z)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
	if err := brat.CheckUTF8(path, data); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), nil
}

// readBrat reads a collection.
func readBrat(ctx context.Context, dir string) ([]doc, error) {
	col, err := brat.Open(dir)
	if err != nil {
		return nil, err
	}
	docs := make([]doc, 0, col.Len())
	for _, name := range col.Names() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d, err := col.Read(name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, doc{Document: corpus.Document{Name: name, Text: d.Text, Mentions: d.File.Mentions()}, file: d.File})
	}
	return docs, nil
}

// addScores gives mentions the scores that "gloss annotate" left beside them.
func addScores(dir string, docs []doc) error {
	scores, err := readScores(dir)
	if err != nil || len(scores) == 0 {
		return err
	}
	for _, d := range docs {
		for i, m := range d.Mentions {
			if s, ok := scores[place(d.Name, m)]; ok {
				d.Mentions[i].Score = s
			}
		}
	}
	return nil
}

func place(name string, m corpus.Mention) string {
	return name + "\x00" + m.Label + "\x00" + m.Spans.String()
}

// readScores reads the scores in the gloss*.jsonl files of a directory; a line
// that a crash cut is no score.
func readScores(dir string) (map[string]corpus.Score, error) {
	logs, err := filepath.Glob(filepath.Join(dir, "gloss*.jsonl"))
	if err != nil || len(logs) == 0 {
		return nil, err
	}
	scores := map[string]corpus.Score{}
	for _, path := range logs {
		data, err := readFile(path)
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(data) {
			var row jsonlRow
			if json.Unmarshal(line, &row) != nil {
				continue
			}
			for _, m := range row.Spans {
				if m.Score.Known() {
					scores[place(row.name(), m)] = m.Score
				}
			}
		}
	}
	return scores, nil
}

// anchor gives documents the texts of a directory: offsets stay where a format
// has them, and words are looked for in the text, one after the other. Texts
// that the input does not know become documents without mentions, in the order
// of the collection.
func anchor(docs []doc, dir string, r *Report) ([]doc, error) {
	col, err := brat.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	at := map[string]int{}
	for i, d := range docs {
		if _, twice := at[d.Name]; twice {
			return nil, fmt.Errorf("%w: there are two documents %q", ErrInput, d.Name)
		}
		at[d.Name] = i
	}
	out := make([]doc, 0, col.Len())
	for _, name := range col.Names() {
		text, err := col.ReadText(name)
		if err != nil {
			return nil, err
		}
		d := doc{Document: corpus.Document{Name: name, Text: text}}
		if i, known := at[name]; known {
			delete(at, name)
			if d, err = docs[i].anchored(text, r); err != nil {
				return nil, err
			}
		}
		out = append(out, d)
	}
	if len(at) > 0 {
		var missing []string
		for name := range at {
			missing = append(missing, name)
		}
		return nil, fmt.Errorf("%w: %s has no text for %d documents, such as %s", ErrInput, dir, len(missing), slices.Min(missing))
	}
	return out, nil
}

func (d doc) anchored(text corpus.Text, r *Report) (doc, error) {
	if !d.bare { // its text was made from words
		moved, err := moveTo(d, text)
		if err != nil {
			return doc{}, err
		}
		return moved, nil
	}
	d.bare, d.Text = false, text
	mentions := slices.Clone(d.Mentions)
	for i, m := range mentions {
		if err := checkSpans(d, m); err != nil {
			return doc{}, err
		}
		if len(m.Spans) == 1 {
			m.Spans = asFragments(text, m.Spans[0])
		}
		was := m.Text
		m.Text = text.Join(m.Spans)
		if was != "" && strings.Join(strings.Fields(was), " ") != strings.Join(strings.Fields(m.Text), " ") {
			r.lose(1, "mentions whose words differ from the text", "written with the words at their offsets")
		}
		mentions[i] = m
	}
	d.Mentions = mentions
	return d, nil
}

// checkName refuses names that lead out of a directory, or that brat would hide.
func checkName(name string) error {
	bad := name == "" || !filepath.IsLocal(filepath.FromSlash(name)) || strings.ContainsAny(name, "\x00\n\r\t\\")
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || part == "" || part[0] == '.' || strings.HasPrefix(part, "hidden_")
	}
	if bad {
		return fmt.Errorf("%w: %q is no name for a document", ErrInput, name)
	}
	return nil
}

// copyCollection reads every file of a brat directory that is not hidden.
func copyCollection(ctx context.Context, dir string, r *Report) ([]file, error) {
	docs, err := readBrat(ctx, dir)
	if err != nil {
		return nil, err
	}
	for _, d := range docs {
		r.Documents++
		r.Mentions += len(d.Mentions)
		r.Written += len(d.Mentions)
	}
	var files []file
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		if strings.HasPrefix(e.Name(), ".") {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a link to nowhere
		}
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		files = append(files, file{name: filepath.ToSlash(rel), data: data, mode: info.Mode().Perm()})
		return err
	})
	return files, err
}
