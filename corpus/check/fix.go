package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

// FixOptions are what Fix needs to know.
type FixOptions struct {
	// Backup is the directory that keeps the files as they were. It is made
	// where it is missing, with mode 0700; the files in it get 0600.
	Backup string
	// Keep says why a document is not to be touched; empty where it may be.
	// A nil function lets all be touched.
	Keep func(ctx context.Context, doc string) (string, error)
}

// Repaired is an .ann file that was written anew.
type Repaired struct {
	File   string `json:"file"`   // relative to the directory, with slashes
	Backup string `json:"backup"` // where the old file is kept
	Diff   string `json:"diff"`   // unified
}

// Refused is an .ann file that could be repaired and was left alone.
type Refused struct {
	File   string `json:"file"` // relative to the directory, with slashes
	Reason string `json:"reason"`
}

// FixReport is what Fix did, and what is left.
type FixReport struct {
	Findings []Finding  `json:"findings"`
	Fixed    []Repaired `json:"fixed"`
	Refused  []Refused  `json:"refused"`
}

// Fix repairs what is certain in the .ann files of a collection, and then
// checks it again. Lines that it does not repair keep every byte. Each file is
// copied to the backup directory and then replaced in one step, unless another
// program changed it meanwhile; .a1 and .a2 files are never written. A second
// run changes nothing. After an error the report says what was done before.
func Fix(ctx context.Context, dir string, o FixOptions) (FixReport, error) {
	r := FixReport{Findings: []Finding{}, Fixed: []Repaired{}, Refused: []Refused{}}
	c, err := brat.Open(dir)
	if err != nil {
		return r, fmt.Errorf("fix: %w", err)
	}
	for _, name := range c.Names() {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		d, err := c.Read(name)
		if err != nil {
			continue // one of the findings
		}
		if err := r.fix(ctx, c, d, o); err != nil {
			return r, fmt.Errorf("fix: %w", err)
		}
	}
	left, err := Dir(ctx, dir)
	if err != nil {
		return r, err
	}
	r.Findings = append(r.Findings, left...)
	return r, nil
}

// fix repairs one document.
func (r *FixReport) fix(ctx context.Context, c *brat.Collection, d *brat.Document, o FixOptions) error {
	p := planRepairs(d.File)
	if !p.changes() {
		return nil
	}
	file := relative(c, d.AnnPath)
	refuse := func(reason string) {
		r.Refused = append(r.Refused, Refused{File: file, Reason: reason})
	}
	if d.ReadOnly {
		refuse("the annotations may not be written: they come from .a1 and .a2 files, or the file's permissions forbid it")
		return nil
	}
	if o.Keep != nil {
		reason, err := o.Keep(ctx, d.Name)
		if err != nil {
			return err
		}
		if reason != "" {
			refuse(reason)
			return nil
		}
	}
	kept, err := backUp(o.Backup, filepath.FromSlash(d.Name)+".ann", d.File.Bytes())
	if err != nil {
		return fmt.Errorf("keep the old %s: %w", file, err)
	}
	_, err = brat.Write(d.AnnPath, p.bytes(), d.Ann)
	if errors.Is(err, brat.ErrChanged) || errors.Is(err, brat.ErrReadOnly) || errors.Is(err, fs.ErrPermission) {
		refuse(err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	r.Fixed = append(r.Fixed, Repaired{File: file, Backup: kept, Diff: p.diff(file)})
	return nil
}

// backUp keeps data as dir/name, or name.2 and so on where another content has
// that name, and returns the path once it is on the disk.
func backUp(dir, name string, data []byte) (string, error) {
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		to := path
		if n > 1 {
			to = fmt.Sprintf("%s.%d", path, n)
		}
		err := writeNew(to, data)
		if !errors.Is(err, fs.ErrExist) {
			return to, err
		}
		if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, data) {
			return to, nil
		}
	}
}

// writeNew writes a file that is not there yet, and brings it to the disk.
func writeNew(path string, data []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path)) // half a backup is none
	}
	return syncDir(filepath.Dir(path))
}

// syncDir brings a new name to the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
