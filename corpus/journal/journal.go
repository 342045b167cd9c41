// Package journal is the append-only log of decisions: what was decided, by
// whom, when, and on what offer. Each annotator has one SQLite file, and what
// Append has acknowledged survives kill -9 and a power cut. State folds the
// log into what the workbench needs to know; Writer appends in the background.
package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// Journal is one annotator's log. It is safe for concurrent use. A journal
// from Open holds the lock of its annotator until Close.
type Journal struct {
	who  string
	path string
	db   *sql.DB
	lock *lock       // nil where the journal is read-only
	file fs.FileInfo // of a writable journal, as it was opened

	writing sync.Mutex   // held through a transaction, so that seq has no gaps
	last    atomic.Int64 // last durable seq; changed under writing
	// snapshot is the last seq that the snapshot beside the file covers, as far as known.
	snapshot atomic.Int64
}

// Open opens the journal of who in the state directory dir for writing, and
// makes both where they are missing, with modes 0700 and 0600. The error is
// ErrBusy where a living process has it open, ErrVersion where a newer gloss
// wrote it, ErrNotJournal where the file is something else.
func Open(dir, who string) (*Journal, error) {
	return open(dir, who, onNetwork)
}

// open takes the test for a network file system, so that both journal modes
// can be tested on any disk.
func open(dir, who string, network func(dir string) bool) (_ *Journal, err error) {
	path, err := Path(dir, who)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the state directory: %w", err)
	}
	l, err := acquire(lockPath(path), who)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.release())
		}
	}()
	if err := makeFile(path); err != nil {
		return nil, fmt.Errorf("make journal: %w", err)
	}
	db, err := openWritable(path, network(dir))
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", path, err)
	}
	file, err := os.Stat(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open journal: %w", err), db.Close())
	}
	j := &Journal{who: who, path: path, db: db, lock: l, file: file}
	if _, err := j.readLast(context.Background()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return j, nil
}

// OpenReadOnly opens the journal of who in dir for reading. It takes no lock
// and sees what a writer elsewhere has made durable. The error wraps
// fs.ErrNotExist where there is no such journal.
func OpenReadOnly(dir, who string) (*Journal, error) {
	path, err := Path(dir, who)
	if err != nil {
		return nil, err
	}
	return OpenFile(path)
}

// OpenFile is OpenReadOnly for the file of a journal wherever it lies.
func OpenFile(path string) (*Journal, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	db, err := openReadable(path)
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", path, err)
	}
	j := &Journal{who: whoOf(path), path: path, db: db}
	if _, err := j.readLast(context.Background()); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return j, nil
}

// Who is the annotator as given to Open; for a journal opened by its file, the
// name that the file has.
func (j *Journal) Who() string { return j.who }

// Path is the file of the journal.
func (j *Journal) Path() string { return j.path }

// Last is the seq of the last decision on disk, 0 for an empty journal. A
// read-only journal looks again each time; where that fails, the last answer stands.
func (j *Journal) Last() int64 {
	if j.lock == nil {
		if last, err := j.readLast(context.Background()); err == nil {
			return last
		}
	}
	return j.last.Load()
}

func (j *Journal) readLast(ctx context.Context) (int64, error) {
	var last int64
	err := j.db.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM decisions`).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("read the last decision of %s: %w", j.path, err)
	}
	j.last.Store(last)
	return last, nil
}

// Close frees the file and the lock. It may be called twice.
func (j *Journal) Close() error {
	j.writing.Lock()
	defer j.writing.Unlock()
	err := j.db.Close()
	if j.lock != nil {
		err = errors.Join(err, j.lock.release())
	}
	if err != nil {
		return fmt.Errorf("close journal %s: %w", j.path, err)
	}
	return nil
}

// makeFile creates the file with its mode before SQLite does, since SQLite
// would leave the mode to the umask and gives its own files the mode of this one.
func makeFile(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := f.Chmod(0o600); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes the entry of a new file durable.
func syncDir(dir string) (err error) {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return d.Sync()
}

// dsn is the data source name of a file, whatever signs its path has.
func dsn(path string, options url.Values) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	u := url.URL{Scheme: "file", Path: abs, RawQuery: options.Encode()}
	return u.String(), nil
}
