package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/vec"
)

const (
	// embedChunk is how many names are embedded together: between two of them the context is looked at.
	embedChunk = 1024
	// embedAhead is how many chunks are embedded at a time: while one is in the model, another is cut into pieces.
	embedAhead = 2
)

// embedding writes the vectors of all names, in the order of their rows. Texts that
// the memos know are not embedded again; what is embedded goes to the checkpoint.
type embedding struct {
	embedder kb.Embedder
	memos    []*memo
	keep     *checkpoint
}

// chunk is a run of names and, once it is done, their vectors.
type chunk struct {
	texts, fresh []string
	vectors      [][]float32 // of texts
	err          error
	done         chan struct{}
}

// embed writes the vector files of a directory whose kb.db is complete.
func (e *embedding) embed(ctx context.Context, dir string, m Meta, progress func(done int)) (err error) {
	w, err := vec.Create(filepath.Join(dir, f32File), filepath.Join(dir, i8File), m.Names, m.Dimensions)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, w.Abort())
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan *chunk, embedAhead-1)
	read := make(chan error, 1)
	go func() {
		defer close(chunks)
		read <- e.read(ctx, filepath.Join(dir, dbFile), chunks)
	}()
	n := 0
	err = e.write(w, chunks, func(names int) { n += names; progress(n) })
	cancel()
	for c := range chunks { // nothing may be running when the files are closed
		<-c.done
	}
	// Where writing failed, reading was cancelled because of it.
	if readErr := <-read; err == nil {
		err = readErr
	}
	if err != nil {
		return err
	}
	done = true
	return w.Close()
}

// read cuts the names into chunks and embeds them, embedAhead at a time.
func (e *embedding) read(ctx context.Context, path string, chunks chan<- *chunk) (err error) {
	db, err := openDB(path, "mode=ro&immutable=1")
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var texts []string
	send := func() error {
		c := &chunk{texts: texts, done: make(chan struct{})}
		texts = nil
		select {
		case chunks <- c: // one is with the writer, the others wait in the channel
		case <-ctx.Done():
			return ctx.Err()
		}
		go func() {
			defer close(c.done)
			c.err = e.run(ctx, c)
		}()
		return nil
	}
	err = each(ctx, db, "SELECT text FROM names ORDER BY row", func(rows *sql.Rows) error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		if texts = append(texts, text); len(texts) < embedChunk {
			return nil
		}
		return send()
	})
	if err == nil && len(texts) > 0 {
		err = send()
	}
	return err
}

// run fills in the vectors of a chunk, each distinct text embedded once.
func (e *embedding) run(ctx context.Context, c *chunk) error {
	c.vectors = make([][]float32, len(c.texts))
	at := map[string]int{} // text -> place in fresh
	for i, text := range c.texts {
		if _, ok := at[text]; ok {
			continue
		}
		for _, m := range e.memos {
			if c.vectors[i] == nil {
				c.vectors[i] = m.find(text)
			}
		}
		if c.vectors[i] == nil {
			at[text] = len(c.fresh)
			c.fresh = append(c.fresh, text)
		}
	}
	if len(c.fresh) == 0 {
		return ctx.Err()
	}
	vectors, err := e.embedder.Embed(ctx, c.fresh)
	switch {
	case err != nil:
		return fmt.Errorf("embed names: %w", err)
	case len(vectors) != len(c.fresh):
		return fmt.Errorf("embed names: %d vectors for %d texts", len(vectors), len(c.fresh))
	}
	for i, text := range c.texts {
		if c.vectors[i] == nil {
			c.vectors[i] = vectors[at[text]]
		}
	}
	return nil
}

// write takes the chunks in order.
func (e *embedding) write(w *vec.Writer, chunks <-chan *chunk, progress func(names int)) error {
	for c := range chunks {
		<-c.done
		if c.err != nil {
			return c.err
		}
		byText := make(map[string][]float32, len(c.texts))
		for i, v := range c.vectors {
			if err := w.Add(v); err != nil {
				return err
			}
			byText[c.texts[i]] = v
		}
		fresh := make([][]float32, len(c.fresh))
		for i, text := range c.fresh {
			fresh[i] = byText[text]
		}
		if err := e.keep.add(c.fresh, fresh); err != nil {
			return err
		}
		progress(len(c.texts))
	}
	return nil
}
