package brat

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Collection is a directory of documents, sub-directories included. Its list
// is taken once, by Open. It is safe for concurrent use.
type Collection struct {
	dir   string
	names []string
	index map[string]int

	style  func() LinkStyle
	mu     sync.Mutex
	config map[string]*Config // by directory
}

// Open lists the documents of a collection without reading them. A document is
// a file that ends in .txt; names that begin with "." or "hidden_" are left
// out, as in brat. The error wraps ErrNoDocuments where there is none.
func Open(dir string) (*Collection, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("open collection: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("open collection: %s is a file: give the directory that holds the .txt files", dir)
	}
	l := lister{}
	if err := l.list(dir, ""); err != nil {
		return nil, fmt.Errorf("open collection: %w", err)
	}
	if len(l.names) == 0 {
		return nil, fmt.Errorf("open collection: %w in %s: a document is a file that ends in .txt", ErrNoDocuments, dir)
	}
	slices.SortFunc(l.names, naturalCompare)
	c := &Collection{dir: dir, names: l.names, index: make(map[string]int, len(l.names)), config: map[string]*Config{}}
	for i, name := range l.names {
		c.index[name] = i
	}
	c.style = sync.OnceValue(func() LinkStyle {
		return c.SampleStyle(func(name string) ([]byte, error) { return os.ReadFile(c.Path(name, ".ann")) })
	})
	return c, nil
}

// lister walks directories; symbolic links are followed, but never in a circle.
type lister struct {
	names []string
	above []fs.FileInfo // the directories on the way down
}

func (l *lister) list(dir, prefix string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(l.above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }) {
		return nil
	}
	l.above = append(l.above, info)
	defer func() { l.above = l.above[:len(l.above)-1] }()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "hidden_") {
			continue
		}
		isDir := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 {
			target, err := os.Stat(filepath.Join(dir, name))
			if err != nil {
				continue // a link to nowhere is no document
			}
			isDir = target.IsDir()
		}
		switch base, txt := strings.CutSuffix(name, ".txt"); {
		case isDir:
			if err := l.list(filepath.Join(dir, name), prefix+name+"/"); err != nil {
				return err
			}
		case txt:
			l.names = append(l.names, prefix+base)
		}
	}
	return nil
}

// Dir is the directory that was opened.
func (c *Collection) Dir() string { return c.dir }

// Len is the number of documents.
func (c *Collection) Len() int { return len(c.names) }

// Names lists the documents in natural order (cc2 before cc10): the paths
// relative to the collection, with slashes, without extension.
func (c *Collection) Names() []string { return slices.Clone(c.names) }

// Name is the document at that place of the order, from 0.
func (c *Collection) Name(i int) string { return c.names[i] }

// Index is the place of a document in the order, from 0.
func (c *Collection) Index(name string) (int, bool) {
	i, ok := c.index[name]
	return i, ok
}

// Path is the file of a document with the given extension, such as ".ann".
func (c *Collection) Path(name, ext string) string {
	return filepath.Join(c.dir, filepath.FromSlash(name)+ext)
}

// ForgetConfig makes Config read the files again, after one was written.
func (c *Collection) ForgetConfig() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.config)
}

// LinkStyle is the style of the collection, found once by looking at some of
// its .ann files; StyleUnknown where they have no links. Read gives it to every
// File whose own lines do not say.
func (c *Collection) LinkStyle() LinkStyle { return c.style() }

// SampleStyle is the link style of .ann files spread over the collection, as read gives
// them: until some with mentions were seen; a corpus of bare texts costs no more than the
// tries. What read refuses is left out.
func (c *Collection) SampleStyle(read func(name string) ([]byte, error)) LinkStyle {
	const tries, enough = 200, 20
	var count styleCount
	step := max(1, len(c.names)/tries)
	seen := 0
	for i := 0; i < len(c.names) && seen < enough; i += step {
		ann, err := read(c.names[i])
		if err != nil || len(ann) == 0 || !utf8.Valid(ann) {
			continue
		}
		before := count.mentions
		count.addRaw(string(ann))
		if count.mentions > before {
			seen++
		}
	}
	return count.style()
}

// addRaw counts lines without the text that they belong to.
func (c *styleCount) addRaw(ann string) {
	for src := range strings.SplitSeq(ann, "\n") {
		l := &line{}
		l.Raw = strings.TrimSuffix(src, "\r")
		id, rest, ok := strings.Cut(l.Raw, "\t")
		if !ok || !validID(id) {
			continue
		}
		data, tail := rest, ""
		if i := strings.IndexByte(rest, '\t'); i >= 0 {
			data, tail = rest[:i], rest[i:]
		}
		switch id[0] {
		case 'T':
			l.Kind = Textbound
		case 'N':
			l.normalization(data, tail)
		case '#':
			l.note(data, tail)
		}
		c.add(l.Line)
	}
}

// naturalCompare orders names as a person would: path by path, numbers by value.
func naturalCompare(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		if isNum(x[0]) && isNum(y[0]) {
			p, restX := cutNumber(x)
			q, restY := cutNumber(y)
			if len(p) != len(q) {
				return len(p) - len(q)
			}
			if c := strings.Compare(p, q); c != 0 {
				return c
			}
			x, y = restX, restY
			continue
		}
		if x[0] != y[0] {
			return int(rank(x[0])) - int(rank(y[0]))
		}
		x, y = x[1:], y[1:]
	}
	if len(x) != len(y) {
		return len(x) - len(y)
	}
	return strings.Compare(a, b) // "01" and "1"
}

func isNum(b byte) bool { return '0' <= b && b <= '9' }

// rank puts the slash first, so that a directory's documents stay together.
func rank(b byte) byte {
	if b == '/' {
		return 0
	}
	return b
}

// cutNumber cuts the digits that s begins with, leading zeros dropped.
func cutNumber(s string) (digits, rest string) {
	end := 0
	for end < len(s) && isNum(s[end]) {
		end++
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}
