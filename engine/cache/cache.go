// Package cache keeps what models computed in a file, so that a corpus that is
// opened again shows its suggestions at once: mentions by text and model, nearest
// names by name and knowledge base. The file may be deleted at any time. One that
// is damaged is thrown away, one that cannot be used is done without.
package cache

import (
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/mattn/go-sqlite3"
)

// File is the cache's name in the state directory of a corpus.
const File = "cache.db"

// version is that of the file's layout and of what the values mean.
const version = 1

// limit is the size in bytes from which on the entries that were not used for the
// longest time go: some 80,000 names, or the mentions of a million sentences.
const limit = 256 << 20

// trimEvery is how many stores lie between two looks at the size.
const trimEvery = 256

// Cache is safe for concurrent use. All of its methods work, and find nothing,
// where its file cannot be used.
type Cache struct {
	path  string
	warn  func(error)
	limit int64
	today int64 // days since 1970: entries remember when they were used

	mu      sync.Mutex
	db      *sql.DB // nil: the file cannot be used
	renewed bool    // a damaged file was thrown away
	stored  int
}

// Open opens the cache in a file, which is made where it is missing, with mode 0600.
// warn, where it is not nil, hears why a file was thrown away or cannot be used. The
// caller closes the cache.
func Open(path string, warn func(error)) *Cache {
	if warn == nil {
		warn = func(error) {}
	}
	c := &Cache{path: path, warn: warn, limit: limit, today: time.Now().Unix() / (24 * 60 * 60)}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open()
	return c
}

// open opens the file. The lock is held.
func (c *Cache) open() {
	db, err := connect(c.path)
	if err == nil {
		c.db = db
		return
	}
	c.fail(err)
}

var errVersion = errors.New("another version of gloss wrote it")

func connect(path string) (_ *sql.DB, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	// Nothing is synced: what a power cut damages is thrown away. Another process
	// that writes is not waited for long.
	address := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{
		"_busy_timeout": {"100"}, "_journal_mode": {"TRUNCATE"}, "_synchronous": {"OFF"}, "_txlock": {"immediate"},
	}.Encode()}
	db, err := sql.Open("sqlite3", address.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	defer func() {
		if err != nil {
			err = errors.Join(err, db.Close())
		}
	}()
	var v int
	if err := db.QueryRow(`PRAGMA user_version`).Scan(&v); err != nil {
		return nil, err
	}
	if v != 0 && v != version {
		return nil, errVersion
	}
	_, err = db.Exec(fmt.Sprintf(`CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL);
		CREATE INDEX IF NOT EXISTS entries_used ON entries (used);
		PRAGMA user_version = %d`, version))
	return db, err
}

// fail deals with an error of the file: a busy one is left alone this time, a
// damaged one is thrown away once, any other is not used again. The lock is held.
func (c *Cache) fail(err error) {
	var cause sqlite3.Error
	if errors.As(err, &cause) && (cause.Code == sqlite3.ErrBusy || cause.Code == sqlite3.ErrLocked) && c.db != nil {
		return
	}
	if c.db != nil {
		c.db.Close() // its errors are those of the damage
		c.db = nil
	}
	damaged := errors.Is(err, errVersion) || errors.Is(err, errDamaged) ||
		cause.Code == sqlite3.ErrCorrupt || cause.Code == sqlite3.ErrNotADB || cause.Code == sqlite3.ErrError
	if !damaged || c.renewed {
		c.warn(fmt.Errorf("work without the cache %s: %w", c.path, err))
		return
	}
	c.renewed = true
	c.warn(fmt.Errorf("throw the cache %s away and begin anew: %w", c.path, err))
	for _, end := range []string{"", "-journal"} {
		if err := os.Remove(c.path + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			c.warn(fmt.Errorf("work without the cache: %w", err))
			return
		}
	}
	c.open()
}

var errDamaged = errors.New("an entry does not have its checksum")

// key names an entry by what its value depends on.
type key [sha256.Size]byte

// keyOf hashes parts whose borders count.
func keyOf(parts ...string) key {
	h := sha256.New()
	for _, p := range parts {
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return key(h.Sum(nil))
}

// get returns the values of keys, nil for those that are not there.
func (c *Cache) get(keys []key) [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([][]byte, len(keys))
	if c.db == nil {
		return out
	}
	if err := c.read(keys, out); err != nil {
		clear(out)
		c.fail(err)
	}
	return out
}

func (c *Cache) read(keys []key, out [][]byte) error {
	find, err := c.db.Prepare(`SELECT value, used FROM entries WHERE key = ?`)
	if err != nil {
		return err
	}
	defer find.Close()
	var old []key
	for i, k := range keys {
		var value []byte
		var used int64
		err := find.QueryRow(k[:]).Scan(&value, &used)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		if len(value) < 4 || binary.LittleEndian.Uint32(value) != sum(k, value[4:]) {
			return errDamaged
		}
		out[i] = value[4:]
		if used != c.today {
			old = append(old, k)
		}
	}
	if len(old) == 0 {
		return nil
	}
	return c.change(`UPDATE entries SET used = ?2 WHERE key = ?1`, len(old), func(i int) []any {
		return []any{old[i][:], c.today}
	})
}

// put stores values by their keys.
func (c *Cache) put(keys []key, values [][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.db == nil || len(keys) == 0 {
		return
	}
	err := c.change(`INSERT OR REPLACE INTO entries (key, value, used) VALUES (?1, ?2, ?3)`, len(keys), func(i int) []any {
		value := binary.LittleEndian.AppendUint32(nil, sum(keys[i], values[i]))
		return []any{keys[i][:], append(value, values[i]...), c.today}
	})
	before := c.stored / trimEvery
	c.stored += len(keys)
	if err == nil && c.stored/trimEvery > before {
		err = c.trim()
	}
	if err != nil {
		c.fail(err)
	}
}

// sum is the checksum of a value and its key: a disk that was not synced may give
// anything back.
func sum(k key, value []byte) uint32 {
	return crc32.Update(crc32.ChecksumIEEE(k[:]), crc32.IEEETable, value)
}

// change runs a statement n times in one transaction. The lock is held.
func (c *Cache) change(statement string, n int, arguments func(i int) []any) (err error) {
	tx, err := c.db.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	prepared, err := tx.Prepare(statement)
	if err != nil {
		return err
	}
	defer prepared.Close()
	for i := range n {
		if _, err := prepared.Exec(arguments(i)...); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// trim deletes the entries that were not used for the longest time, until a quarter
// of the room is free. The file does not shrink, and does not grow any more. The
// lock is held.
func (c *Cache) trim() error {
	size, entries, err := c.size()
	if err != nil || size <= c.limit {
		return err
	}
	for size > c.limit*3/4 && entries > 0 {
		_, err := c.db.Exec(`DELETE FROM entries WHERE rowid IN (SELECT rowid FROM entries ORDER BY used, rowid LIMIT ?)`, entries/8+1)
		if err != nil {
			return err
		}
		if size, entries, err = c.size(); err != nil {
			return err
		}
	}
	return nil
}

// size is that of the pages in use, and the number of entries.
func (c *Cache) size() (bytes, entries int64, err error) {
	err = c.db.QueryRow(`SELECT (p.page_count - f.freelist_count) * s.page_size, (SELECT count(*) FROM entries)
		FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s`).Scan(&bytes, &entries)
	return bytes, entries, err
}

// Close closes the file. A second call does nothing.
func (c *Cache) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.db == nil {
		return nil
	}
	err := c.db.Close()
	c.db = nil
	if err != nil {
		return fmt.Errorf("close the cache %s: %w", c.path, err)
	}
	return nil
}
