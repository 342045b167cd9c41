package lexical

// Within is the index with the rows that keep accepts alone: nothing else is found. It
// lies in the same memory, and must not be used after Close of x, nor closed.
func (x *Index) Within(keep func(row int32) bool) *Index {
	some := *x
	some.keep = x.both(keep)
	return &some
}

// both accepts what keep and the index accept; nil accepts all.
func (x *Index) both(keep func(row int32) bool) func(row int32) bool {
	switch {
	case x.keep == nil:
		return keep
	case keep == nil:
		return x.keep
	}
	return func(row int32) bool { return x.keep(row) && keep(row) }
}

// keeps tells whether a row may be found.
func (x *Index) keeps(row int32) bool { return x.keep == nil || x.keep(row) }
