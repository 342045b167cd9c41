package brat

import (
	"fmt"
	"os"

	"github.com/gloss-nlp/gloss/corpus"
)

// ReadText reads the text of a document alone, which must be UTF-8.
func (c *Collection) ReadText(name string) (corpus.Text, error) {
	path := c.Path(name, ".txt")
	data, err := os.ReadFile(path)
	if err != nil {
		return corpus.Text{}, fmt.Errorf("read document: %w", err)
	}
	if err := CheckUTF8(path, data); err != nil {
		return corpus.Text{}, fmt.Errorf("read document: %w", err)
	}
	return corpus.NewText(string(data)), nil
}

// HasAnnotations tells whether some document has an .ann file with lines in it.
// It stops at the first; in a collection of bare texts it looks at all.
func (c *Collection) HasAnnotations() bool {
	for _, name := range c.names {
		if info, err := os.Stat(c.Path(name, ".ann")); err == nil && info.Size() > 0 {
			return true
		}
	}
	return false
}

// CompareNames orders document names as Collection.Names does.
func CompareNames(a, b string) int { return naturalCompare(a, b) }
