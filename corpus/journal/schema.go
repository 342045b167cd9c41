package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/mattn/go-sqlite3" // also the driver
)

const (
	applicationID = 0x676c6f73 // "glos"
	version       = 1
)

// schema is the format of version 1. A row of begun comes before the decision
// seq. The triggers make every program that opens the file append-only; the
// one on insertion also stops INSERT OR REPLACE, which deletes without asking
// the trigger on deletion.
const schema = `
CREATE TABLE decisions (
	seq INTEGER PRIMARY KEY,
	time TEXT NOT NULL,
	who TEXT NOT NULL,
	doc TEXT NOT NULL,
	kind TEXT NOT NULL,
	step INTEGER NOT NULL,
	"of" INTEGER NOT NULL,
	ms INTEGER NOT NULL,
	"before" TEXT,
	"after" TEXT,
	edit TEXT,
	offer TEXT,
	note TEXT NOT NULL,
	text_hash TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_doc ON decisions (doc);
CREATE INDEX decisions_step ON decisions (step);
CREATE TABLE begun (
	id INTEGER PRIMARY KEY,
	seq INTEGER NOT NULL,
	doc TEXT NOT NULL,
	time TEXT NOT NULL,
	text_hash TEXT NOT NULL,
	ann BLOB NOT NULL
) STRICT;
CREATE INDEX begun_doc ON begun (doc);
CREATE TRIGGER decisions_follow BEFORE INSERT ON decisions
	WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM decisions)
	BEGIN SELECT raise(ABORT, 'decisions are append-only: seq does not follow'); END;
CREATE TRIGGER decisions_keep_update BEFORE UPDATE ON decisions
	BEGIN SELECT raise(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_keep_delete BEFORE DELETE ON decisions
	BEGIN SELECT raise(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER begun_keep_insert BEFORE INSERT ON begun
	WHEN EXISTS (SELECT 1 FROM begun WHERE id = NEW.id)
	BEGIN SELECT raise(ABORT, 'begun is append-only'); END;
CREATE TRIGGER begun_keep_update BEFORE UPDATE ON begun
	BEGIN SELECT raise(ABORT, 'begun is append-only'); END;
CREATE TRIGGER begun_keep_delete BEFORE DELETE ON begun
	BEGIN SELECT raise(ABORT, 'begun is append-only'); END;
`

// openWritable opens a file for appending and lays the tables out where it is
// empty. A file that is no journal is left as it was.
func openWritable(path string, network bool) (*sql.DB, error) {
	// WAL keeps readers and the writer apart, but needs memory that all
	// processes share, which a network file system does not give. EXTRA also
	// syncs the removal of the rollback journal, which is the commit there.
	mode, sync := "wal", "FULL"
	if network {
		mode, sync = "delete", "EXTRA"
	}
	db, err := connect(path, url.Values{"mode": {"rw"}, "_synchronous": {sync}, "_txlock": {"immediate"}})
	if err != nil {
		return nil, err
	}
	if err := prepare(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := setMode(db, mode); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// setMode also asks macOS to flush the disk's own cache, which its plain sync does not.
func setMode(db *sql.DB, mode string) error {
	ctx := context.Background()
	if _, err := db.ExecContext(ctx, `PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1`); err != nil {
		return err
	}
	var got string
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode = `+mode).Scan(&got); err != nil {
		return fmt.Errorf("set journal mode %s: %w", mode, err)
	}
	if got != mode {
		return fmt.Errorf("set journal mode %s: it stays %s", mode, got)
	}
	return nil
}

// openReadable opens a file for reading. A journal in WAL mode wants to write
// its index even then; where it may not, and no log is left beside the file,
// the file alone is the whole journal and may be read as it is.
func openReadable(path string) (*sql.DB, error) {
	open := func(options url.Values) (*sql.DB, error) {
		db, err := connect(path, options)
		if err != nil {
			return nil, err
		}
		if err := identify(db); err != nil {
			return nil, errors.Join(err, db.Close())
		}
		return db, nil
	}
	db, err := open(url.Values{"mode": {"ro"}})
	if err == nil || errors.Is(err, ErrNotJournal) || errors.Is(err, ErrVersion) {
		return db, err
	}
	if log, e := os.Stat(path + "-wal"); e == nil && log.Size() > 0 {
		return nil, err
	}
	if db, e := open(url.Values{"mode": {"ro"}, "immutable": {"1"}}); e == nil {
		return db, nil
	}
	return nil, err
}

// connect opens one connection: the settings belong to it, and transactions of
// one process need no more.
func connect(path string, options url.Values) (*sql.DB, error) {
	options.Set("_busy_timeout", "10000")
	name, err := dsn(path, options)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite3", name)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// prepare brings an empty file to the current version and checks any other.
func prepare(db *sql.DB) error {
	ctx := context.Background()
	var objects int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&objects); err != nil {
		return foreign(err)
	}
	if objects > 0 {
		return identify(db)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	stamp := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, version)
	if _, err := tx.ExecContext(ctx, schema+stamp); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// identify checks that the file is a journal of a known version.
func identify(db *sql.DB) error {
	ctx := context.Background()
	var id, v int64
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&id); err != nil {
		return foreign(err)
	}
	if err := db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&v); err != nil {
		return err
	}
	if id != applicationID {
		return fmt.Errorf("%w: its application id is %#x", ErrNotJournal, id)
	}
	if v != version {
		return fmt.Errorf("%w %d, this gloss knows %d: use a newer gloss", ErrVersion, v, version)
	}
	return nil
}

// foreign marks the error of a file that is no database at all.
func foreign(err error) error {
	var cause sqlite3.Error
	if errors.As(err, &cause) && cause.Code == sqlite3.ErrNotADB {
		return fmt.Errorf("%w: %w", ErrNotJournal, err)
	}
	return err
}
