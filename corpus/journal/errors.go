package journal

import "errors"

// The errors that callers tell apart, with errors.Is.
var (
	// ErrBusy says that a living process holds the journal; the message has its process id.
	ErrBusy = errors.New("the journal is in use")
	// ErrSeq says that decisions do not follow the last one on disk.
	ErrSeq = errors.New("decisions out of order")
	// ErrVersion says that the journal has a format which this gloss does not know.
	ErrVersion = errors.New("unknown journal version")
	// ErrNotJournal says that the file is no journal.
	ErrNotJournal = errors.New("not a gloss journal")
	// ErrReadOnly says that the journal was opened for reading.
	ErrReadOnly = errors.New("the journal is open for reading only")
	// ErrInvalid says that a decision cannot be stored as it is.
	ErrInvalid = errors.New("invalid decision")
	// ErrVanished says that the file of the journal is no longer where it was opened.
	ErrVanished = errors.New("the journal is no longer there")
	// ErrClosed says that the writer was closed.
	ErrClosed = errors.New("the journal writer is closed")
)
