package style

// Glyphs are the signs that the screen is drawn with. Each has an ASCII form, for
// terminals that cannot show the others.
type Glyphs struct {
	Vertical, Horizontal         string // rules between panels
	TeeDown, TeeUp, TeeLeft, Tee string // where rules meet: ┬ ┴ ├ ┤
	CornerTL, CornerTR           string
	CornerBL, CornerBR           string

	Finished, Partly, Untouched, Problem string // states of a document
	Cursor, Folder                       string

	FocusLeft, FocusRight                         string // around the mention in focus
	Suggested, Pending, Accepted, Linked, NIL, To string // drawn under a mention; To joins its fragments

	Exact, Letters, Meaning, Corpus string // why a concept is offered

	BarFull, BarEmpty string
	Ellipsis          string
	Dot               string // between parts of a line
	Arrow             string
	Tick              string
	Range             string // between two digits
	Unknown           string // in the place of a control character
}

// Unicode are the signs for a UTF-8 terminal.
func Unicode() *Glyphs {
	return &Glyphs{
		Vertical: "│", Horizontal: "─", TeeDown: "┬", TeeUp: "┴", TeeLeft: "├", Tee: "┤",
		CornerTL: "╭", CornerTR: "╮", CornerBL: "╰", CornerBR: "╯",
		Finished: "✓", Partly: "◐", Untouched: "·", Problem: "!",
		Cursor: "▸", Folder: "▾",
		FocusLeft: "▌", FocusRight: "▐",
		Suggested: "┄", Pending: "─", Accepted: "━", Linked: "═", NIL: "∅", To: "·",
		Exact: "=", Letters: "~", Meaning: "≈", Corpus: "+",
		BarFull: "▰", BarEmpty: "▱",
		Ellipsis: "…", Dot: "·", Arrow: "→", Tick: "✓", Range: "–", Unknown: "�",
	}
}

// ASCII are the signs for every other terminal.
func ASCII() *Glyphs {
	return &Glyphs{
		Vertical: "|", Horizontal: "-", TeeDown: "+", TeeUp: "+", TeeLeft: "+", Tee: "+",
		CornerTL: "+", CornerTR: "+", CornerBL: "+", CornerBR: "+",
		Finished: "x", Partly: "o", Untouched: ".", Problem: "!",
		Cursor: ">", Folder: "v",
		FocusLeft: "[", FocusRight: "]",
		Suggested: ".", Pending: "-", Accepted: "_", Linked: "=", NIL: "0", To: "'",
		Exact: "=", Letters: "~", Meaning: "^", Corpus: "+",
		BarFull: "#", BarEmpty: "-",
		Ellipsis: "..", Dot: "-", Arrow: "->", Tick: "+", Range: "-", Unknown: "?",
	}
}
