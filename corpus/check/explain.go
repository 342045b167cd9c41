package check

import (
	"fmt"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// explanation says how the offsets of a document are to be read.
type explanation struct {
	reading
	doubt   bool // some text field does not match the offsets as code points
	matched int  // fields that match as code points
	gained  int  // fields that match in the reading alone; 0 where no reading explains the others
	mixed   bool // some fields match as code points alone: two programs wrote the file
	certain bool // the reading may be applied
}

// Evidence for a reading: the characters of text fields that match only in it.
const (
	enough       = 4
	enoughFitted = 8 // for a reading with a number of its own, and for mixed files
)

// explain finds the reading in which most text fields match that do not match
// as code points.
func explain(fields []field, text corpus.Text) explanation {
	e := explanation{}
	var wrong, right []field
	for _, f := range fields {
		if f.matches(text, identity) {
			right = append(right, f)
		} else {
			wrong = append(wrong, f)
		}
	}
	e.matched, e.doubt = len(right), len(wrong) > 0
	if !e.doubt {
		return e
	}
	rivals := readings(text)
	kept := 0 // of the right ones
	for _, r := range rivals {
		gained := count(wrong, text, r.convert)
		if gained == 0 || gained < e.gained {
			continue
		}
		if k := count(right, text, r.convert); gained > e.gained || k > kept {
			e.reading, e.gained, kept = r, gained, k
		}
	}
	if e.gained+kept < len(fields) {
		if r, from, by, ok := shift(fields, wrong, text); ok {
			r.name = fmt.Sprintf("characters moved by %+d", -by)
			if from >= 0 {
				r.name += fmt.Sprintf(" from %d on", from)
			}
			e.reading, e.gained, kept = r, len(wrong), len(right)
		}
	}
	e.mixed = kept < len(right)
	// Half of the misses may be single errors; below that it is no system, and
	// one line among right ones is no second program.
	if e.gained == 0 || 2*e.gained < len(wrong) || e.mixed && e.gained < 2 {
		return explanation{doubt: true, matched: e.matched}
	}
	e.certain = e.sure(wrong, text, rivals)
	return e
}

// sure tells whether the reading may be applied: enough characters speak for
// it, and no other reading does as well with another result.
func (e *explanation) sure(wrong []field, text corpus.Text, rivals []reading) bool {
	evidence := 0
	differs := make([]bool, len(rivals))
	for _, f := range wrong {
		mine, ok := convertAll(f.spans, text, e.convert)
		if !ok || !f.says(text.Join(mine)) {
			continue
		}
		evidence += utf8.RuneCountInString(f.text)
		for i, r := range rivals {
			theirs, ok := convertAll(f.spans, text, r.convert)
			differs[i] = differs[i] || ok && !theirs.Equal(mine) && f.says(text.Join(theirs))
		}
	}
	for i, r := range rivals {
		if differs[i] && count(wrong, text, r.convert) >= e.gained {
			return false
		}
	}
	if e.fitted || e.mixed {
		return evidence >= enoughFitted
	}
	return evidence >= enough
}

// describe says what the reading explains, of so many fields.
func (e *explanation) describe(fields int) string {
	if e.mixed {
		return fmt.Sprintf("%d of %d text fields match the offsets as code points, and %d of the others as %s", e.matched, fields, e.gained, e.name)
	}
	return fmt.Sprintf("%d of %d text fields match the offsets as code points, but %d as %s", e.matched, fields, e.matched+e.gained, e.name)
}
