package kb

// Relation leads from a concept, or from an identifier that is none any more, to a
// concept that it is also called by.
type Relation struct {
	Kind string `json:"kind"` // one of the constants below, or as the source writes it
	ID   string `json:"id"`   // where it leads
}

// Kinds of relation.
const (
	TradenameOf = "tradename_of" // from a brand to its substance
	ReplacedBy  = "replaced_by"  // from a retired identifier to the one to use instead
	SameAs      = "same_as"      // from a retired identifier to the one that means the same
	MaybeSame   = "possibly_equivalent_to"
	WasA        = "was_a" // from a retired identifier to a concept that is broader
)

// Retires tells whether a relation of this kind says what to use instead of its
// beginning.
func (r Relation) Retires() bool { return r.Kind == ReplacedBy || r.Kind == SameAs }
