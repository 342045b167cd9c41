package sections

import (
	"fmt"
	"iter"
	"math"
	"sort"
	"strings"
	"unsafe"
)

// Texts are strings in one array of bytes, which spares a million headers.
type Texts struct {
	all []byte
	off []uint32 // n+1 bounds into all
}

// MakeTexts adds texts to a set: n of them, size bytes in all. It ranges over them once.
func MakeTexts(s *Set, name string, n, size int, texts iter.Seq[string]) (Texts, error) {
	var t Texts
	if size > math.MaxUint32 {
		return t, fmt.Errorf("section %s: more than 4 GiB of text", name)
	}
	var err error
	if t.all, err = Make[byte](s, name, size); err != nil {
		return t, err
	}
	if t.off, err = Make[uint32](s, name+".off", n+1); err != nil {
		return t, err
	}
	at, i := 0, 0
	for text := range texts {
		if i++; i > n || at+len(text) > size {
			return t, fmt.Errorf("section %s: more text than was counted", name)
		}
		at += copy(t.all[at:], text)
		t.off[i] = uint32(at)
	}
	if i != n || at != size {
		return t, fmt.Errorf("section %s: %d texts of %d bytes, %d of %d were counted", name, i, at, n, size)
	}
	return t, nil
}

// GetTexts reads what MakeTexts wrote: n texts, or any number where n is negative.
func GetTexts(s *Set, name string, n int) (t Texts, err error) {
	if n >= 0 {
		n++
	}
	if t.off, err = Get[uint32](s, name+".off", n); err != nil {
		return t, err
	}
	if len(t.off) == 0 {
		return t, fmt.Errorf("%s: section %s.off is empty: %w", s.path, name, ErrDamaged)
	}
	t.all, err = Get[byte](s, name, int(t.off[len(t.off)-1]))
	return t, err
}

// Len is the number of texts.
func (t Texts) Len() int { return max(0, len(t.off)-1) }

// Size is the length of a text in bytes.
func (t Texts) Size(i int32) int { return int(t.off[i+1] - t.off[i]) }

// At is a copy of a text, which may be kept.
func (t Texts) At(i int32) string { return strings.Clone(t.View(i)) }

// View is a text without a copy; it must not be used after the set is closed.
func (t Texts) View(i int32) string {
	b := t.all[t.off[i]:t.off[i+1]]
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// Search returns the first text of a sorted list from which on ok is true.
func (t Texts) Search(ok func(text string) bool) int32 {
	return int32(sort.Search(t.Len(), func(i int) bool { return ok(t.View(int32(i))) }))
}
