package brat

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/gloss-nlp/gloss/corpus"
)

// Document is a document of a collection as it was read.
type Document struct {
	Name     string
	Text     corpus.Text
	TextHash string // SHA-256 of the .txt file, hexadecimal
	File     *File
	AnnPath  string // where the annotations are written
	Ann      Stamp  // what Write is to find there; zero where there is no .ann file yet
	ReadOnly bool   // annotations come from .a1, .a2 ..., or the .ann file may not be written

	parts []part
}

// part is a file that annotations were read from.
type part struct {
	path  string
	lines int
}

// partial are the extensions that brat reads, in this order, where there is no .ann file.
var partial = []string{".a1", ".a2", ".co", ".rel"}

// Read reads a document: its .txt, and its .ann where it has one, else the
// .a1, .a2, .co and .rel files as one read-only stream, else no annotations.
// Both must be UTF-8; the error names the file, and wraps an *UTF8Error with
// the line. A document that was added after Open is read as well.
func (c *Collection) Read(name string) (*Document, error) {
	d, err := readDocument(c.Path(name, ""), name)
	if err != nil {
		return nil, err
	}
	if d.File.LinkStyle() == StyleUnknown {
		d.File.SetLinkStyle(c.LinkStyle())
	}
	return d, nil
}

func readDocument(base, name string) (*Document, error) {
	txt, err := os.ReadFile(base + ".txt")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read document: %w: %w", ErrNoDocument, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	if err := CheckUTF8(base+".txt", txt); err != nil {
		return nil, fmt.Errorf("read document: %w", err)
	}
	sum := sha256.Sum256(txt)
	d := &Document{Name: name, Text: corpus.NewText(string(txt)), TextHash: hex.EncodeToString(sum[:]), AnnPath: base + ".ann"}
	ann, stamp, err := readStamped(d.AnnPath)
	if err != nil {
		return nil, fmt.Errorf("read annotations: %w", err)
	}
	d.Ann = stamp
	d.ReadOnly = stamp.Exists() && !writable(d.AnnPath)
	if !stamp.Exists() {
		if ann, err = d.readPartial(base); err != nil {
			return nil, err
		}
	}
	if err := CheckUTF8(d.AnnPath, ann); err != nil {
		return nil, fmt.Errorf("read annotations: %w", err)
	}
	if d.File, err = Parse(ann, d.Text); err != nil {
		return nil, err
	}
	return d, nil
}

// readPartial joins the partial files that are there; each ends with a line end.
func (d *Document) readPartial(base string) ([]byte, error) {
	var all []byte
	for _, ext := range partial {
		b, err := os.ReadFile(base + ext)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read annotations: %w", err)
		}
		if err := CheckUTF8(base+ext, b); err != nil {
			return nil, fmt.Errorf("read annotations: %w", err)
		}
		if len(b) > 0 && b[len(b)-1] != '\n' {
			b = append(b, '\n')
		}
		all = append(all, b...)
		lines := 0
		for _, c := range b {
			if c == '\n' {
				lines++
			}
		}
		d.parts = append(d.parts, part{base + ext, lines})
		d.ReadOnly = true
	}
	return all, nil
}

// Place tells the file and the line in it, from 1, of a line of d.File as it
// was read; they differ from AnnPath and line for .a1 and .a2 files only.
func (d *Document) Place(line int) (string, int) {
	for _, p := range d.parts {
		if line <= p.lines {
			return p.path, line
		}
		line -= p.lines
	}
	return d.AnnPath, line
}

// Save writes the present annotations where they were read, unless somebody
// else has changed them (ErrChanged), and keeps the new stamp. An .ann file
// that is not there is made only for lines to hold. ErrReadOnly where the
// document is.
func (d *Document) Save() error {
	if len(d.parts) > 0 {
		return fmt.Errorf("save %s: %w: join the .a1 and .a2 files into an .ann file first", d.Name, ErrReadOnly)
	}
	data := d.File.Bytes()
	if len(data) == 0 && !d.Ann.Exists() {
		return nil
	}
	stamp, err := Write(d.AnnPath, data, d.Ann)
	if err != nil {
		return err
	}
	d.Ann = stamp
	return nil
}
