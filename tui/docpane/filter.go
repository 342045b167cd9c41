package docpane

import "github.com/gloss-nlp/gloss/engine/workbench"

// Filter chooses documents by their state.
type Filter int

// The filters, in the order in which a key goes through them.
const (
	All        Filter = iota
	Unfinished        // not called finished yet
	Pending           // something is to be decided, or may be: it was not read yet
	Problems          // something is wrong in the .ann file, as far as documents were looked at
	filters
)

// Next is the filter that follows, All after the last.
func (f Filter) Next() Filter { return (f + 1) % filters }

// String says which documents pass; empty for All.
func (f Filter) String() string {
	return [filters]string{"", "unfinished", "to decide", "with problems"}[f]
}

// ParseFilter is the filter with the name; All where there is none.
func ParseFilter(name string) Filter {
	for f := All; f < filters; f++ {
		if f.String() == name {
			return f
		}
	}
	return All
}

// Passes tells whether a document passes.
func (f Filter) Passes(d workbench.Info) bool {
	switch f {
	case Unfinished:
		return !d.Finished
	case Pending:
		return !d.Finished && (!d.Loaded || d.Undecided > 0)
	case Problems:
		return d.Problem
	}
	return true
}
