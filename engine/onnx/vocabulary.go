package onnx

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Vocabulary gives the words, or the characters, of a model their identifiers: the
// first entry has identifier 0. It is safe for concurrent use once it is loaded.
type Vocabulary struct {
	Entries []string `json:"entries"` // the entries themselves, or
	File    string   `json:"file"`    // the file of the bundle that holds them, one a line
	Padding int64    `json:"padding"` // identifier that fills short rows
	Unknown int64    `json:"unknown"` // identifier of what is not among the entries
	Lower   bool     `json:"lower"`   // looked up in lower case, by Unicode's simple mapping
	Max     int      `json:"max"`     // of characters: as many of a word are read, its first; 0: all

	ids map[string]int64
}

// Len is the number of entries.
func (v *Vocabulary) Len() int { return len(v.Entries) }

// ID is the identifier of a word or character.
func (v *Vocabulary) ID(entry string) int64 {
	if v.Lower {
		entry = strings.Map(unicode.ToLower, entry)
	}
	if id, known := v.ids[entry]; known {
		return id
	}
	return v.Unknown
}

// load reads the entries and tells all that is wrong. what is the vocabulary's name
// in gloss.json.
func (v *Vocabulary) load(files fs.FS, what string) error {
	if v.File != "" {
		if len(v.Entries) > 0 {
			return fmt.Errorf("%s: it has both entries and a file; want one of them", what)
		}
		data, err := fs.ReadFile(files, v.File)
		if err != nil {
			return fmt.Errorf("%s: read %q: %w", what, v.File, unwrapPath(err))
		}
		v.Entries = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	}
	var errs []error
	v.ids = make(map[string]int64, len(v.Entries))
	for i, entry := range v.Entries {
		id := int64(i)
		before, taken := v.ids[entry]
		switch {
		case !utf8.ValidString(entry) || entry == "":
			errs = append(errs, fmt.Errorf("entry %d is empty or not UTF-8", i))
		case taken:
			errs = append(errs, fmt.Errorf("entries %d and %d are both %q", before, i, entry))
		case what == "chars" && id != v.Padding && id != v.Unknown && utf8.RuneCountInString(entry) != 1:
			errs = append(errs, fmt.Errorf("entry %d, %q, is not one character", i, entry))
		}
		v.ids[entry] = id
	}
	n := int64(len(v.Entries))
	if v.Padding < 0 || v.Padding >= n || v.Unknown < 0 || v.Unknown >= n || v.Padding == v.Unknown {
		errs = append(errs, fmt.Errorf("padding %d and unknown %d must be two of %d entries", v.Padding, v.Unknown, n))
	}
	if v.Max < 0 || v.Max > 0 && what != "chars" {
		errs = append(errs, errors.New("max must not be negative, and is for chars alone"))
	}
	const most = 5 // a wrong file is wrong in every line
	if extra := len(errs) - most; extra > 0 {
		errs = append(errs[:most], fmt.Errorf("and %d more", extra))
	}
	if len(errs) > 0 {
		return fmt.Errorf("%s: %w", what, errors.Join(errs...))
	}
	return nil
}
