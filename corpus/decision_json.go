package corpus

import (
	"encoding/json"
	"slices"
)

// TimeLayout is how the time of a decision is written: RFC 3339, always with
// milliseconds. Times are in UTC.
const TimeLayout = "2006-01-02T15:04:05.000Z07:00"

// Kinds lists every kind of decision, in the order of the documentation.
func Kinds() []Kind {
	return []Kind{
		Accept, Reject, Create, Delete, SetSpan, SetLabel, SetLink, Unlink, NIL, Note, Flag, Attribute, Propose,
		Finish, Reopen, Bulk, Undo, Redo,
	}
}

// Valid tells whether k is one of the kinds that a journal may hold.
func (k Kind) Valid() bool { return slices.Contains(Kinds(), k) }

// MarshalJSON writes the time in UTC with exactly three decimals, which the
// standard encoding would drop where they are zero.
func (d Decision) MarshalJSON() ([]byte, error) {
	type plain Decision
	return json.Marshal(struct {
		Seq  int64  `json:"seq"`
		Time string `json:"time"`
		plain
	}{d.Seq, d.Time.UTC().Format(TimeLayout), plain(d)})
}
