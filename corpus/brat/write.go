package brat

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// Stamp is what a file was when it was read. The zero Stamp says that there was no file.
type Stamp struct {
	Size    int64
	ModTime time.Time
	Sum     string // SHA-256 of the content, hexadecimal
}

// Exists tells whether there was a file.
func (s Stamp) Exists() bool { return s.Sum != "" }

// Same tells whether both have the same content; a file that was only touched is the same.
func (s Stamp) Same(o Stamp) bool { return s.Size == o.Size && s.Sum == o.Sum }

// StampOf reads the file and returns its stamp; the zero Stamp where there is none.
func StampOf(path string) (Stamp, error) {
	_, s, err := readStamped(path)
	return s, err
}

// Unchanged tells, without reading it, whether a file looks as it was when it
// was stamped: by size and time alone. For a cheap look every second or so.
func (s Stamp) Unchanged(path string) bool {
	info, err := os.Stat(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist) && !s.Exists()
	}
	return s.Exists() && info.Size() == s.Size && info.ModTime().Equal(s.ModTime)
}

func readStamped(path string) ([]byte, Stamp, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Stamp{}, nil
	}
	if err != nil {
		return nil, Stamp{}, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat() // before reading: a later change then shows in the time
	if err != nil {
		return nil, Stamp{}, err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, Stamp{}, err
	}
	return data, stamp(data, info), nil
}

func stamp(data []byte, info fs.FileInfo) Stamp {
	sum := sha256.Sum256(data)
	return Stamp{Size: int64(len(data)), ModTime: info.ModTime(), Sum: hex.EncodeToString(sum[:])}
}

// Write replaces the content of path as one step: whoever reads sees the old
// content or the new, also after a power cut. The file must still be what
// expect says, else the error wraps ErrChanged and nothing is written; the
// zero Stamp expects no file, and never replaces one. The mode is kept (0644
// less the umask for a new file), and a symbolic link stays one: its target is
// written. Content that is there already is not written again. Between the
// check and the rename another program could write; the check is made last, so
// that the time for that is a few microseconds.
func Write(path string, data []byte, expect Stamp) (Stamp, error) {
	s, err := write(path, data, expect)
	if err != nil {
		return Stamp{}, fmt.Errorf("write %s: %w", path, err)
	}
	return s, nil
}

func write(path string, data []byte, expect Stamp) (_ Stamp, err error) {
	target, err := resolve(path)
	if err != nil {
		return Stamp{}, err
	}
	if s, err := expectStamp(target, expect); err != nil {
		return Stamp{}, err
	} else if sum := sha256.Sum256(data); s.Exists() && s.Sum == hex.EncodeToString(sum[:]) {
		return s, nil
	}
	// A rename would pass over a file that its owner made read-only.
	if expect.Exists() && !writable(target) {
		return Stamp{}, fmt.Errorf("%w: it may not be written (see its permissions)", ErrReadOnly)
	}
	tmp, err := writeTemp(target, data)
	if err != nil {
		return Stamp{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfThere(tmp))
		}
	}()
	info, err := os.Stat(tmp)
	if err != nil {
		return Stamp{}, err
	}
	if _, err := expectStamp(target, expect); err != nil {
		return Stamp{}, err
	}
	if expect.Exists() {
		err = os.Rename(tmp, target)
	} else {
		err = create(tmp, target)
	}
	if err != nil {
		return Stamp{}, err
	}
	if err := syncDir(filepath.Dir(target)); err != nil {
		return Stamp{}, err
	}
	return stamp(data, info), nil
}

// writable tells whether an existing file may be written.
func writable(path string) bool {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// resolve follows symbolic links, also to a file that does not exist yet.
func resolve(path string) (string, error) {
	for range 40 {
		to, err := os.Readlink(path)
		if err != nil {
			return path, nil // not a link, or not there: what follows tells
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		path = to
	}
	return "", errors.New("too many symbolic links")
}

// expectStamp reads the present stamp and compares it.
func expectStamp(path string, expect Stamp) (Stamp, error) {
	now, err := StampOf(path)
	switch {
	case err != nil:
		return Stamp{}, err
	case now.Same(expect):
		return now, nil
	case !expect.Exists():
		return Stamp{}, fmt.Errorf("%w: somebody made it meanwhile; read it again", ErrChanged)
	case !now.Exists():
		return Stamp{}, fmt.Errorf("%w: somebody removed it; read the document again", ErrChanged)
	}
	return Stamp{}, fmt.Errorf("%w: read it again and make the change there", ErrChanged)
}

// writeTemp writes data to a new file beside target, with target's mode, and
// brings it to the disk. Its name is hidden from listings.
func writeTemp(target string, data []byte) (_ string, err error) {
	mode, keep := fs.FileMode(0o644), false
	if info, err := os.Stat(target); err == nil {
		mode, keep = info.Mode().Perm(), true
	}
	f, err := openTemp(target, mode)
	if err != nil {
		return "", err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			err = errors.Join(err, removeIfThere(f.Name()))
		}
	}()
	if keep { // past the umask
		if err := f.Chmod(mode); err != nil {
			return "", err
		}
	}
	if _, err := f.Write(data); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}

// openTemp makes a file of a new name beside target. os.CreateTemp would make
// it 0600, and only the system knows the umask that a new file is to respect.
func openTemp(target string, mode fs.FileMode) (*os.File, error) {
	for {
		name := filepath.Join(filepath.Dir(target), fmt.Sprintf(".gloss-%08x.tmp", rand.Uint32()))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// create gives tmp the name target unless there is such a file by now.
func create(tmp, target string) error {
	err := os.Link(tmp, target)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: somebody made it meanwhile; read it again", ErrChanged)
	}
	if err != nil { // a file system without hard links
		return os.Rename(tmp, target)
	}
	return os.Remove(tmp)
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncDir brings a rename to the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	return errors.Join(err, d.Close())
}
