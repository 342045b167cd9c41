// Package lease says who is deciding on a document now, so that a second
// program opens it read-only. A lease is a small file in the state directory
// with a holder, who renews it; it is locked where the file system can, so that
// it ends with its process, and expires elsewhere.
package lease

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Renewal is how often a holder is to renew its leases, and Lifetime how long
// one lasts that is not renewed. Clocks of two machines that share a directory
// without locks should differ by less than Lifetime - Renewal.
const (
	Renewal  = 15 * time.Second
	Lifetime = 60 * time.Second
)

// ErrHeld says that somebody else decides on the document. The error is a *HeldError.
var ErrHeld = errors.New("somebody else is working on it")

// Holder is who has a lease.
type Holder struct {
	Doc     string    `json:"doc"`
	Who     string    `json:"who"`
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	Renewed time.Time `json:"renewed"`
	Expires time.Time `json:"expires"`
}

// String names the holder for a message.
func (h Holder) String() string {
	if h.Who == "" {
		return "another gloss"
	}
	if own, _ := os.Hostname(); h.Host == own || h.Host == "" {
		return fmt.Sprintf("%s (process %d)", h.Who, h.PID)
	}
	return fmt.Sprintf("%s (process %d on %s)", h.Who, h.PID, h.Host)
}

// HeldError says who holds a lease.
type HeldError struct{ Holder Holder }

// Error names the holder.
func (e *HeldError) Error() string { return fmt.Sprintf("%v: %s", ErrHeld, e.Holder) }

// Unwrap makes errors.Is(err, ErrHeld) hold.
func (e *HeldError) Unwrap() error { return ErrHeld }

// Keeper takes and keeps leases for one annotator. It is safe for concurrent use.
type Keeper struct {
	dir, who, host string
	now            func() time.Time

	mu     sync.Mutex
	held   map[string]*os.File
	unsafe bool
}

// NewKeeper keeps leases in dir, which is made with the first of them.
func NewKeeper(dir, who string) *Keeper {
	host, _ := os.Hostname() // a missing name: locks and expiry still count
	return &Keeper{dir: dir, who: who, host: host, now: time.Now, held: map[string]*os.File{}}
}

// Unsafe tells whether the file system has refused locks: then two programs
// that begin on a document in the same moment may both believe that they have it.
func (k *Keeper) Unsafe() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.unsafe
}

// path keeps names short and free of slashes; the document is in the file.
func (k *Keeper) path(doc string) string {
	sum := sha256.Sum256([]byte(doc))
	return filepath.Join(k.dir, hex.EncodeToString(sum[:8])+".lease")
}

// Holder tells who else holds a document, and whether anybody does. It writes nothing.
func (k *Keeper) Holder(doc string) (Holder, bool) {
	k.mu.Lock()
	own := k.held[doc] != nil
	k.mu.Unlock()
	data, err := os.ReadFile(k.path(doc))
	if own || err != nil {
		return Holder{}, false
	}
	var h Holder
	if json.Unmarshal(data, &h) != nil {
		return Holder{}, false // half written: Take will tell
	}
	return h, k.lives(h)
}

// lives tells whether a holder is to be respected where no lock tells. An
// annotator has one program a machine, since it locks the journal: what they
// left themselves is a dead program's.
func (k *Keeper) lives(h Holder) bool {
	if h.PID == 0 || !h.Expires.After(k.now()) {
		return false
	}
	if h.Host != k.host {
		return true
	}
	return h.Who != k.who && alive(h.PID)
}

// Take gets the lease of a document, or renews it. The error is ErrHeld where
// a living holder has it.
func (k *Keeper) Take(doc string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if f := k.held[doc]; f != nil {
		return k.sign(f, doc)
	}
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return fmt.Errorf("take the lease of %s: %w", doc, err)
	}
	for {
		f, err := k.lock(doc)
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return err
		}
		if err := k.sign(f, doc); err != nil {
			return errors.Join(fmt.Errorf("take the lease of %s: %w", doc, err), f.Close())
		}
		k.held[doc] = f
		return nil
	}
}

// errGone says that a file was removed between its opening and its locking.
var errGone = errors.New("removed")

// lock opens and locks the file of a lease that nobody holds.
func (k *Keeper) lock(doc string) (_ *os.File, err error) {
	path := k.path(doc)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take the lease of %s: %w", doc, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}()
	locked, err := tryLock(f)
	if err != nil {
		k.unsafe = true // the file alone must tell
	}
	var h Holder
	data, _ := io.ReadAll(io.LimitReader(f, 1<<16))
	_ = json.Unmarshal(data, &h) // an empty file: nobody, or somebody who is about to sign
	if err == nil && !locked {
		return nil, &HeldError{h}
	}
	// On this machine the lock has told; another machine's may not be seen here.
	if k.lives(h) && (k.unsafe || h.Host != k.host) {
		return nil, &HeldError{h}
	}
	here, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if there, err := os.Stat(path); err != nil || !os.SameFile(here, there) {
		return nil, errGone
	}
	return f, nil
}

// sign writes the holder into the file.
func (k *Keeper) sign(f *os.File, doc string) error {
	now := k.now().UTC()
	data, err := json.Marshal(Holder{Doc: doc, Who: k.who, Host: k.host, PID: os.Getpid(), Renewed: now, Expires: now.Add(Lifetime)})
	if err != nil {
		return err
	}
	if _, err := f.WriteAt(append(data, '\n'), 0); err != nil {
		return err
	}
	return f.Truncate(int64(len(data) + 1))
}

// Renew renews all leases that are held.
func (k *Keeper) Renew() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var errs []error
	for doc, f := range k.held {
		errs = append(errs, k.sign(f, doc))
	}
	return errors.Join(errs...)
}

// Release ends the lease of a document, if it is held.
func (k *Keeper) Release(doc string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.release(doc)
}

// release removes the file while it is locked: who has opened it sees that it is gone.
func (k *Keeper) release(doc string) error {
	f := k.held[doc]
	if f == nil {
		return nil
	}
	delete(k.held, doc)
	err := os.Remove(k.path(doc))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// Close ends all leases.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var errs []error
	for doc := range k.held {
		errs = append(errs, k.release(doc))
	}
	return errors.Join(errs...)
}
