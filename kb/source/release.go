package source

import (
	"archive/tar"
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// release is a terminology of several files: a directory, a zip file, a tar.gz.
type release interface {
	names() []string // slash-separated, in order
	open(name string) (io.ReadCloser, error)
	Close() error
}

// find is the first file of a release whose base name is one of those given, without
// regard to case; empty where there is none.
func find(r release, bases ...string) string {
	for _, name := range r.names() {
		if slices.ContainsFunc(bases, func(b string) bool { return strings.EqualFold(path.Base(name), b) }) {
			return name
		}
	}
	return ""
}

// folder is a directory or a zip file.
type folder struct {
	fs.FS
	list  []string
	close func() error
}

func (f *folder) names() []string { return f.list }
func (f *folder) open(name string) (io.ReadCloser, error) {
	return f.Open(name)
}
func (f *folder) Close() error { return f.close() }

// openFolder lists a directory; where deep, those below it too.
func openFolder(dir string, deep bool) (*folder, error) {
	f := &folder{FS: os.DirFS(dir), close: func() error { return nil }}
	err := fs.WalkDir(f.FS, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && !deep:
			return fs.SkipDir
		case !d.IsDir():
			f.list = append(f.list, name)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("open terminology: %w", err)
	}
	return f, nil
}

func openZip(file string) (*folder, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w; it is cut off or no zip file: fetch it again", file, err)
	}
	f := &folder{FS: z, close: z.Close}
	for _, e := range z.File {
		if !strings.HasSuffix(e.Name, "/") && fs.ValidPath(e.Name) {
			f.list = append(f.list, e.Name)
		}
	}
	slices.Sort(f.list)
	return f, nil
}

// tarball is a tar.gz. It is read from its beginning for each file.
type tarball struct {
	file string
	list []string
}

func openTarball(file string) (*tarball, error) {
	t := &tarball{file: file}
	err := t.walk(func(name string, _ io.Reader) bool {
		t.list = append(t.list, name)
		return true
	})
	return t, err
}

// walk calls f for every file until it returns false.
func (t *tarball) walk(f func(name string, r io.Reader) bool) error {
	in, err := os.Open(t.file)
	if err != nil {
		return fmt.Errorf("open terminology: %w", err)
	}
	defer in.Close() // only read
	z, err := gzip.NewReader(bufio.NewReader(in))
	if err != nil {
		return fmt.Errorf("open %s: %w", t.file, err)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read %s: %w; it is cut off or damaged: fetch it again", t.file, err)
		}
		if h.Typeflag == tar.TypeReg && !f(h.Name, r) {
			return nil
		}
	}
}

func (t *tarball) names() []string { return t.list }
func (t *tarball) Close() error    { return nil }

// open streams one file through a pipe.
func (t *tarball) open(name string) (io.ReadCloser, error) {
	r, w := io.Pipe()
	go func() {
		found := false
		err := t.walk(func(have string, in io.Reader) bool {
			if found = have == name; found {
				if _, err := io.Copy(w, in); err != nil {
					w.CloseWithError(fmt.Errorf("read %s in %s: %w", name, t.file, err))
				}
			}
			return !found
		})
		if err == nil && !found {
			err = fs.ErrNotExist
		}
		w.CloseWithError(err) // the first error counts; nil is the end
	}()
	return r, nil
}

// Files are the files that Read reads of a path: those of a directory that belong to
// its format, else the path itself.
func Files(file string) ([]string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("open terminology: %w", err)
	}
	if !info.IsDir() {
		return []string{file}, nil
	}
	r, err := openFolder(file, true)
	if err != nil {
		return nil, err
	}
	s := snomedFiles(r)
	names := slices.Concat(s.concepts, s.descriptions, s.definitions, s.languages, s.relationships, s.history)
	for _, base := range []string{"MRCONSO.RRF", "MRSTY.RRF", "MRREL.RRF", "MRCUI.RRF", "names.dmp", "nodes.dmp", "merged.dmp"} {
		if name := find(r, base); name != "" {
			names = append(names, name)
		}
	}
	if len(names) == 0 && len(r.names()) == 1 {
		names = r.names()
	}
	for i, name := range names {
		names[i] = filepath.Join(file, filepath.FromSlash(name))
	}
	return names, nil
}

// plain opens a file that is not a release, unpacked where it is a gzip; rel is what
// lies beside it. A release gives a nil reader.
func plain(file string) (in io.ReadCloser, rel release, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, nil, fmt.Errorf("open terminology: %w", err)
	}
	if info.IsDir() {
		rel, err = openFolder(file, true)
		return nil, rel, err
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, fmt.Errorf("open terminology: %w", err)
	}
	head := make([]byte, 4)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, nil, errors.Join(fmt.Errorf("read %s: %w", file, err), f.Close())
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read %s: %w", file, err), f.Close())
	}
	switch {
	case bytes.HasPrefix(head[:n], []byte("PK\x03\x04")), bytes.HasPrefix(head[:n], []byte("PK\x05\x06")):
		rel, err = openZip(file)
		return nil, rel, errors.Join(err, f.Close())
	case bytes.HasPrefix(head[:n], []byte{0x1f, 0x8b}):
		return gunzipped(f)
	}
	rel, err = openFolder(filepath.Dir(file), false)
	if err != nil {
		rel = nil // the file alone will do
	}
	return f, rel, nil
}

// gunzipped looks whether a gzip holds a tar file.
func gunzipped(f *os.File) (io.ReadCloser, release, error) {
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("open %s: %w", f.Name(), err), f.Close())
	}
	in := bufio.NewReaderSize(z, 1<<16)
	head, err := in.Peek(512)
	if err == nil && string(head[257:262]) == "ustar" {
		rel, err := openTarball(f.Name())
		return nil, rel, errors.Join(err, f.Close())
	}
	return struct {
		io.Reader
		io.Closer
	}{in, f}, nil, nil
}
