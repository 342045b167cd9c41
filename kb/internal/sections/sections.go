// Package sections keeps named arrays of numbers in one file that is mapped into
// memory when it is read, and while it is written: what the index of a knowledge base
// is made of. The same arrays may be kept in memory alone.
//
// A file begins with a header of little-endian integers: 8 bytes that name its kind,
// its version and the number of sections (uint32), the size of the file (uint64), and
// for each section its name (16 bytes), offset and length in bytes (uint64), and
// CRC-32C (uint32, and four bytes of padding); then the CRC-32C of all that. Sections
// begin at multiples of a page of the machine that wrote them.
package sections

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"unsafe"
)

// ErrDamaged is the error of a file that does not hold what it should.
var ErrDamaged = errors.New("damaged index file")

// ErrVersion is the error of a file of another version.
var ErrVersion = errors.New("index file of another version")

const (
	kindSize    = 8
	nameSize    = 16
	fixedSize   = kindSize + 4 + 4 + 8
	entrySize   = nameSize + 8 + 8 + 4 + 4
	maxSections = 48
	headerRoom  = 4096 // fixedSize + maxSections*entrySize + 4, and to spare
)

// Number is what arrays are made of.
type Number interface {
	~uint8 | ~uint16 | ~int32 | ~uint32 | ~int64 | ~uint64 | ~float32 | ~float64
}

// Set is a set of named arrays. One that was opened is safe for concurrent use until Close.
type Set struct {
	kind    string
	version uint32
	path    string // empty: in memory
	file    *os.File
	at      int64 // where the next section begins
	list    []section
	close   []func() error
}

type section struct {
	name   string
	offset int64
	data   []byte
	sum    uint32
}

var table = crc32.MakeTable(crc32.Castagnoli)

// littleEndian tells whether memory has the byte order of the files.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// InMemory begins a set that is not written anywhere.
func InMemory() *Set { return &Set{} }

// Create begins a file; kind has up to 8 bytes. Its arrays are mapped from the file as
// they are made, so that they take no memory of their own. Finish or Close it.
func Create(path, kind string, version uint32) (*Set, error) {
	if !littleEndian {
		return nil, errors.New("index files need a little-endian machine")
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("create index: %w", err)
	}
	return &Set{kind: kind, version: version, path: path, file: f, at: int64(max(headerRoom, os.Getpagesize()))}, nil
}

// Make adds an array of n numbers, all zero.
func Make[T Number](s *Set, name string, n int) ([]T, error) {
	var zero T
	if s.path == "" {
		out := make([]T, n)
		s.list = append(s.list, section{name: name, data: asBytes(out)})
		return out, nil
	}
	if len(name) > nameSize || len(s.list) == maxSections {
		return nil, fmt.Errorf("section %q of %s: too long a name or too many sections", name, s.path)
	}
	size := int64(n) * int64(unsafe.Sizeof(zero))
	sec := section{name: name, offset: s.at}
	if size > 0 {
		if err := s.file.Truncate(s.at + size); err != nil {
			return nil, fmt.Errorf("write %s: %w", s.path, err)
		}
		data, unmap, err := mapRange(s.file, s.at, int(size), true)
		if err != nil {
			return nil, fmt.Errorf("map %s: %w", s.path, err)
		}
		sec.data = data
		s.close = append(s.close, unmap)
		page := int64(os.Getpagesize())
		s.at = (s.at + size + page - 1) / page * page
	}
	s.list = append(s.list, sec)
	return asNumbers[T](sec.data), nil
}

// Finish writes the header of a created file, and syncs and closes it. The arrays must
// not be used afterwards.
func (s *Set) Finish() (err error) {
	if s.path == "" {
		return nil
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	head := make([]byte, fixedSize, headerRoom)
	copy(head, s.kind)
	binary.LittleEndian.PutUint32(head[kindSize:], s.version)
	binary.LittleEndian.PutUint32(head[kindSize+4:], uint32(len(s.list)))
	size := int64(headerRoom)
	for _, sec := range s.list {
		size = max(size, sec.offset+int64(len(sec.data)))
		e := make([]byte, entrySize)
		copy(e, sec.name)
		binary.LittleEndian.PutUint64(e[nameSize:], uint64(sec.offset))
		binary.LittleEndian.PutUint64(e[nameSize+8:], uint64(len(sec.data)))
		binary.LittleEndian.PutUint32(e[nameSize+16:], crc32.Checksum(sec.data, table))
		head = append(head, e...)
	}
	binary.LittleEndian.PutUint64(head[kindSize+8:], uint64(size))
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(head, table))
	if err := s.file.Truncate(size); err != nil {
		return fmt.Errorf("write %s: %w", s.path, err)
	}
	if _, err := s.file.WriteAt(head, 0); err != nil {
		return fmt.Errorf("write %s: %w", s.path, err)
	}
	for _, sec := range s.list {
		if err := flush(s.file, sec.offset, sec.data); err != nil {
			return fmt.Errorf("write %s: %w", s.path, err)
		}
	}
	if err := s.file.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", s.path, err)
	}
	return nil
}

// Close releases the arrays; no slice of them may be used afterwards.
func (s *Set) Close() error {
	var errs []error
	for _, f := range s.close {
		errs = append(errs, f())
	}
	if s.file != nil {
		errs = append(errs, s.file.Close())
	}
	s.close, s.file, s.list = nil, nil, nil
	return errors.Join(errs...)
}

// Open maps a file. It reads the header alone: a file that is cut off, of another kind
// or mixed up is ErrDamaged or ErrVersion, but only Verify looks at the numbers.
func Open(path, kind string, version uint32) (s *Set, err error) {
	if !littleEndian {
		return nil, errors.New("index files need a little-endian machine")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }() // the mapping outlives the descriptor
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open index: %w", err)
	}
	if info.Size() < headerRoom {
		return nil, fmt.Errorf("%s: cut off at %d bytes: %w", path, info.Size(), ErrDamaged)
	}
	all, unmap, err := mapRange(f, 0, int(info.Size()), false)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	s = &Set{kind: kind, version: version, path: path, close: []func() error{unmap}}
	if err := s.readHeader(all); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Set) readHeader(all []byte) error {
	var kind [kindSize]byte
	copy(kind[:], s.kind)
	if [kindSize]byte(all) != kind {
		return fmt.Errorf("%s: not an index of this kind: %w", s.path, ErrDamaged)
	}
	if v := binary.LittleEndian.Uint32(all[kindSize:]); v != s.version {
		return fmt.Errorf("%s: version %d, this program reads %d: %w", s.path, v, s.version, ErrVersion)
	}
	n := int64(binary.LittleEndian.Uint32(all[kindSize+4:]))
	end := fixedSize + n*entrySize
	if n > maxSections || crc32.Checksum(all[:end], table) != binary.LittleEndian.Uint32(all[end:]) {
		return fmt.Errorf("%s: broken header: %w", s.path, ErrDamaged)
	}
	if size := binary.LittleEndian.Uint64(all[kindSize+8:]); size != uint64(len(all)) {
		return fmt.Errorf("%s: %d bytes, should be %d: %w", s.path, len(all), size, ErrDamaged)
	}
	for e := all[fixedSize:end]; len(e) > 0; e = e[entrySize:] {
		name := e[:nameSize]
		for len(name) > 0 && name[len(name)-1] == 0 {
			name = name[:len(name)-1]
		}
		lo := int64(binary.LittleEndian.Uint64(e[nameSize:]))
		size := int64(binary.LittleEndian.Uint64(e[nameSize+8:]))
		s.list = append(s.list, section{string(name), lo, all[lo : lo+size : lo+size], binary.LittleEndian.Uint32(e[nameSize+16:])})
	}
	return nil
}

// Sum identifies the content of an opened file by the names, lengths and checksums of
// its sections, wherever they lie.
func (s *Set) Sum() string {
	h := crc32.New(table)
	for _, sec := range s.list {
		fmt.Fprintf(h, "%s %d %08x\n", sec.name, len(sec.data), sec.sum)
	}
	return fmt.Sprintf("%08x", h.Sum32())
}

// Verify reads the whole of an opened file and compares the checksums.
func (s *Set) Verify() error {
	for _, sec := range s.list {
		if s.path != "" && crc32.Checksum(sec.data, table) != sec.sum {
			return fmt.Errorf("%s: section %s is not what was written; build it again: %w", s.path, sec.name, ErrDamaged)
		}
	}
	return nil
}

// Get is an array of n numbers, or of any length where n is negative.
func Get[T Number](s *Set, name string, n int) ([]T, error) {
	for _, sec := range s.list {
		if sec.name == name {
			out := asNumbers[T](sec.data)
			if n >= 0 && len(out) != n {
				return nil, fmt.Errorf("%s: section %s holds %d numbers, should hold %d: %w", s.path, name, len(out), n, ErrDamaged)
			}
			return out, nil
		}
	}
	return nil, fmt.Errorf("%s: no section %s: %w", s.path, name, ErrDamaged)
}

func asBytes[T Number](s []T) []byte {
	var zero T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(zero)))
}

func asNumbers[T Number](b []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}
