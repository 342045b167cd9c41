// Package store builds and opens a knowledge base on disk:
//
//	KB/kb.json       what it is (Meta)
//	KB/kb.db         SQLite: concepts and names
//	KB/concepts.idx  what is asked of names and concepts by number, to be mapped
//	KB/names.idx     the index of the names by their letters (see package lexical)
//	KB/names.f32     vectors of the names (see package vec); absent where letters are enough
//	KB/names.i8      the same in int8
//	KB/names.hnsw    a graph over them, where one was asked for and measured good enough
//
// A knowledge base is never changed in place: Build writes a new directory beside
// the old one and puts it there when it is whole and has found its own names.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/gloss-nlp/gloss/kb"
)

// Errors of this package. They are wrapped; compare with errors.Is.
var (
	// ErrVersion: the directory was written by a newer program.
	ErrVersion = errors.New("unknown version of the knowledge base format")
	// ErrDamaged: a file is missing, cut off, or does not fit the others.
	ErrDamaged = errors.New("damaged knowledge base")
	// ErrNotKB: there is no knowledge base in the directory.
	ErrNotKB = errors.New("not a knowledge base")
	// ErrEncoder: the vectors were made by another encoder than the one at hand.
	ErrEncoder = errors.New("encoder differs")
	// ErrSelfCheck: a fresh knowledge base does not find its own names.
	ErrSelfCheck = errors.New("self-check failed")
	// ErrEmpty: no name was left to build from.
	ErrEmpty = errors.New("no names")
	// ErrCycle: concepts are their own ancestors.
	ErrCycle = errors.New("parents form a cycle")
	// ErrNoConcept: the knowledge base has no concept of this identifier.
	ErrNoConcept = errors.New("no such concept")
)

// Version is the version of the format that Build writes; Open reads no other.
const Version = 3

// The files of a knowledge base.
const (
	metaFile    = "kb.json"
	tableFile   = "concepts.idx"
	lettersFile = "names.idx"
	dbFile      = "kb.db"
	f32File     = "names.f32"
	i8File      = "names.i8"
	bitsFile    = "names.bits"
	graphFile   = "names.hnsw"
)

// The kinds of index.
const (
	IndexExact = "exact"
	IndexHNSW  = "hnsw"
)

// Meta is the content of kb.json. Its names are part of the format.
type Meta struct {
	Version   int      `json:"version"`
	Name      string   `json:"name"` // the DB of its links
	CreatedBy string   `json:"created_by"`
	Licence   string   `json:"licence,omitempty"`
	Sources   []Source `json:"sources"`
	Encoder   string   `json:"encoder,omitempty"` // hash of the encoder; empty: letters only
	// EncoderName is what the encoder calls itself.
	EncoderName string   `json:"encoder_name,omitempty"`
	Dimensions  int      `json:"dimensions,omitempty"`
	Vectors     string   `json:"vectors_sha256,omitempty"` // of names.f32
	Concepts    int      `json:"concepts"`
	Names       int      `json:"names"`
	Mentions    int      `json:"mentions"`              // names that an annotated corpus wrote
	Index       string   `json:"index"`                 // the kind in use: "exact" or "hnsw"
	Recall      float64  `json:"recall,omitempty"`      // at 25, of the graph
	ScanRecall  float64  `json:"scan_recall,omitempty"` // at 25, of a scan with names.bits; 0 without it
	Graph       string   `json:"graph_sha256,omitempty"`
	Letters     string   `json:"letters"` // sum of names.idx
	Table       string   `json:"table"`   // sum of concepts.idx
	Hash        string   `json:"hash"`    // of concepts, names and encoder: equal for equal content
	Warnings    []string `json:"warnings,omitempty"`
	// Grammar says how codes are made of parts, where they are; nil: they are not.
	Grammar *kb.Grammar `json:"grammar,omitempty"`
	// Tuned are the settings of linking strategies that were found on annotated data, by strategy.
	Tuned map[string]Tuning `json:"tuned,omitempty"`
}

// Source is a file that a knowledge base was built from.
type Source struct {
	Path    string `json:"path"`
	SHA256  string `json:"sha256"`
	Licence string `json:"licence,omitempty"`
}

// FileSource describes a file: its base name and its SHA-256.
func FileSource(path string) (Source, error) {
	sum, err := hashFile(path)
	if err != nil {
		return Source{}, fmt.Errorf("hash source: %w", err)
	}
	return Source{Path: filepath.Base(path), SHA256: sum}, nil
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close() // only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// ReadMeta reads the kb.json of a directory: what `kb info` shows without opening the rest.
func ReadMeta(dir string) (Meta, error) {
	var m Meta
	path := filepath.Join(dir, metaFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return m, fmt.Errorf("%s: no %s: %w", dir, metaFile, ErrNotKB)
	}
	if err != nil {
		return m, fmt.Errorf("open knowledge base: %w", err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return m, fmt.Errorf("%s: %w; build it again: %w", path, err, ErrDamaged)
	}
	switch {
	case m.Grammar != nil && m.Version == Version:
		if _, err := m.Grammar.Compile(); err != nil {
			return m, fmt.Errorf("%s: %w: %w", path, err, ErrDamaged)
		}
	}
	switch {
	case m.Version > Version:
		return m, fmt.Errorf("%s: version %d, of a newer gloss; this one reads %d: take that one, or build it again with this one: %w", path, m.Version, Version, ErrVersion)
	case m.Version != Version:
		return m, fmt.Errorf("%s: version %d, this program reads %d; build it again: %w", path, m.Version, Version, ErrVersion)
	case m.Name == "" || m.Letters == "" || m.Table == "" || m.Names <= 0 || m.Concepts <= 0 || m.Dimensions < 0 || (m.Dimensions > 0) != (m.Encoder != ""):
		return m, fmt.Errorf("%s: incomplete; build it again: %w", path, ErrDamaged)
	}
	return m, nil
}

func writeMeta(dir string, m Meta) error {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", metaFile, err)
	}
	return writeSynced(filepath.Join(dir, metaFile), append(b, '\n'))
}

func writeSynced(path string, b []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write knowledge base: %w", err)
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
