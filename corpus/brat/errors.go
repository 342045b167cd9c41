package brat

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// The errors that callers tell apart with errors.Is.
var (
	// ErrUTF8: a file holds bytes that are not UTF-8. The error wraps an *UTF8Error.
	ErrUTF8 = errors.New("not valid UTF-8")
	// ErrConflict: recorded edits do not fit the present lines; nothing was changed.
	ErrConflict = errors.New("the annotations have changed")
	// ErrInUse: an annotation cannot be deleted because a relation or an event refers to it.
	ErrInUse = errors.New("still referred to")
	// ErrNoID: there is no annotation of that id, or it is of another kind.
	ErrNoID = errors.New("no such annotation")
	// ErrInvalid: what was to be written would not be readable again (a label with a space, a span outside the text).
	ErrInvalid = errors.New("cannot be written")
	// ErrNoDocuments: a directory has no .txt file in it or below.
	ErrNoDocuments = errors.New("no documents")
	// ErrNoDocument: the collection has no document of that name.
	ErrNoDocument = errors.New("no such document")
	// ErrChanged: a file is not what was read; nothing was written.
	ErrChanged = errors.New("changed on disk since it was read")
	// ErrReadOnly: the annotations come from .a1/.a2 files, which are not written.
	ErrReadOnly = errors.New("read-only annotations")
)

// UTF8Error says where a file stops being UTF-8.
type UTF8Error struct {
	File   string // empty where Parse was given bytes
	Line   int    // from 1, counting line feeds
	Offset int    // byte offset in the file, from 0
	Byte   byte   // the first byte that does not fit
}

// Error says what and where, and what to do.
func (e *UTF8Error) Error() string {
	where := fmt.Sprintf("line %d", e.Line)
	if e.File != "" {
		where = fmt.Sprintf("%s:%d", e.File, e.Line)
	}
	return fmt.Sprintf("%s: %v: byte 0x%02X at offset %d: convert the file to UTF-8", where, ErrUTF8, e.Byte, e.Offset)
}

// Unwrap makes errors.Is(err, ErrUTF8) hold.
func (e *UTF8Error) Unwrap() error { return ErrUTF8 }

// CheckUTF8 returns nil, or an *UTF8Error for the first bad byte of a file.
func CheckUTF8(file string, b []byte) error {
	if utf8.Valid(b) {
		return nil
	}
	at := 0
	for at < len(b) {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return &UTF8Error{File: file, Line: 1 + bytes.Count(b[:at], []byte{'\n'}), Offset: at, Byte: b[at]}
}
