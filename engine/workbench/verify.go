package workbench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Verify waits until everything is written, and then compares what there is four
// times of every document in memory: the picture that a person sees, the file in memory,
// the file on disk, and what the journal gives when it is replayed; the fold in memory
// with one made anew, and the linker's memory with that. It returns all that differs. It
// is for tests and for hunting faults: other calls wait meanwhile.
func (w *Workbench) Verify(ctx context.Context) error {
	if err := w.writeRest(ctx); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fatal != nil {
		return w.fatal
	}
	if w.last != w.synced {
		return fmt.Errorf("verify: decisions go on meanwhile: %d of %d are on disk", w.synced, w.last)
	}
	errs := []error{w.verifyFold(ctx)}
	for _, name := range w.names {
		d := w.docs[name]
		if d == nil || d.picture == nil || d.err != nil {
			continue
		}
		if err := w.verifyDocument(ctx, d); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

// verifyFold compares what decisions amount to with the same made anew.
func (w *Workbench) verifyFold(ctx context.Context) error {
	anew := journal.NewState()
	for c, err := range w.journal.All(ctx, journal.Filter{Slim: true}) {
		if err != nil {
			return err
		}
		anew.Apply(c)
	}
	want, err := anew.MarshalBinary()
	if err != nil {
		return err
	}
	got, err := w.fold.MarshalBinary()
	if err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return errors.New("the fold in memory is not that of the journal")
	}
	if !slices.Equal(w.memory.Proposals(), anew.Proposals()) {
		return errors.New("the linker knows other proposals than the journal")
	}
	for _, a := range anew.Aliases(lexical.Fold) {
		n := 0
		for _, c := range w.memory.Chosen(a.Label, a.Text) {
			if c.DB == a.DB && c.ID == a.ID {
				n = c.Count
			}
		}
		if n != a.Count {
			return fmt.Errorf("the linker counts %q as %s %d times, the journal %d times", a.Text, a.ID, n, a.Count)
		}
	}
	return nil
}

func (w *Workbench) verifyDocument(ctx context.Context, d *document) error {
	if d.readOnly != "" {
		return nil // the file is somebody else's
	}
	memory := d.file.Bytes()
	disk, err := os.ReadFile(d.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !bytes.Equal(disk, memory) {
		return differ("the file on disk", disk, "memory", memory)
	}
	begun, ok, err := w.journal.LastBegun(ctx, d.name, 0)
	if err != nil {
		return err
	}
	if ok && d.begun {
		replayed, err := brat.Parse(begun.Ann, d.text)
		if err != nil {
			return err
		}
		for c, err := range w.journal.All(ctx, journal.Filter{Doc: d.name, From: begun.Seq}) {
			if err == nil {
				err = replayed.Apply(c.Edit)
			}
			if err != nil {
				return fmt.Errorf("replay: %w", err)
			}
		}
		if !bytes.Equal(replayed.Bytes(), memory) {
			return differ("the journal", replayed.Bytes(), "memory", memory)
		}
	}
	return w.verifyPicture(d, memory)
}

// verifyPicture compares the annotations of the picture with those of the file, read anew.
func (w *Workbench) verifyPicture(d *document, memory []byte) error {
	f, err := brat.Parse(memory, d.text)
	if err != nil {
		return err
	}
	f.SetLinkStyle(d.file.LinkStyle())
	shown := map[string]Item{}
	for _, it := range d.picture.Items {
		if it.State != Suggested {
			shown[it.ID] = it
		}
	}
	_, attributes := remarks(f)
	for _, m := range f.Mentions() {
		it, ok := shown[m.ID]
		switch {
		case !ok:
			return fmt.Errorf("%s %q is in the file and not shown", m.ID, m.Text)
		case !it.Same(m) || !sameLinks(it.Links, m.Links) || !slices.Equal(it.Attributes, attributes[m.ID]):
			return fmt.Errorf("%s is shown as %+v, and in the file %+v", m.ID, it.Mention, m)
		case it.State != w.stateOf(d, m):
			return fmt.Errorf("%s %q is shown in the state %d, decided is %d", m.ID, m.Text, it.State, w.stateOf(d, m))
		}
		delete(shown, m.ID)
	}
	for id, it := range shown {
		return fmt.Errorf("%s %q is shown and not in the file", id, it.Text)
	}
	if d.picture.Finished != w.fold.Finished(d.name) {
		return fmt.Errorf("it is shown as finished: %v", d.picture.Finished)
	}
	return nil
}

// differ names the first line that two files do not share.
func differ(a string, x []byte, b string, y []byte) error {
	xs, ys := bytes.Split(x, []byte("\n")), bytes.Split(y, []byte("\n"))
	line := func(s [][]byte, i int) string {
		if i >= len(s) {
			return "nothing"
		}
		return fmt.Sprintf("%q", s[i])
	}
	i := 0
	for i < len(xs) && i < len(ys) && bytes.Equal(xs[i], ys[i]) {
		i++
	}
	return fmt.Errorf("line %d: %s has %s, %s has %s", i+1, a, line(xs, i), b, line(ys, i))
}
