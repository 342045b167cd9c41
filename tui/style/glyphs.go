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
	Here                                 string // at the left of the line that is read

	FocusLeft, FocusRight                         string // around the mention in focus
	Suggested, Pending, Accepted, Linked, NIL, To string // drawn under a mention; To joins its fragments
	Rejected                                      string // under what was refused

	Exact, Letters, Meaning, Corpus string // why a concept is offered

	BarFull, BarEmpty string
	Levels            string // of a chart of single cells, the lowest first
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
		Cursor: "▸", Folder: "▾", Here: "›",
		FocusLeft: "▌", FocusRight: "▐",
		Suggested: "┄", Pending: "─", Accepted: "━", Linked: "═", NIL: "∅", To: "·", Rejected: "×",
		Exact: "=", Letters: "~", Meaning: "≈", Corpus: "+",
		BarFull: "▰", BarEmpty: "▱", Levels: "▁▂▃▄▅▆▇█",
		Ellipsis: "…", Dot: "·", Arrow: "→", Tick: "✓", Range: "–", Unknown: "�",
	}
}

// ASCII are the signs for every other terminal.
func ASCII() *Glyphs {
	return &Glyphs{
		Vertical: "|", Horizontal: "-", TeeDown: "+", TeeUp: "+", TeeLeft: "+", Tee: "+",
		CornerTL: "+", CornerTR: "+", CornerBL: "+", CornerBR: "+",
		Finished: "x", Partly: "o", Untouched: ".", Problem: "!",
		Cursor: ">", Folder: "v", Here: ":",
		FocusLeft: "[", FocusRight: "]",
		Suggested: ".", Pending: "-", Accepted: "_", Linked: "=", NIL: "0", To: "'", Rejected: "x",
		Exact: "=", Letters: "~", Meaning: "^", Corpus: "+",
		BarFull: "#", BarEmpty: "-", Levels: "_.:-=+*#",
		Ellipsis: "..", Dot: "-", Arrow: "->", Tick: "+", Range: "-", Unknown: "?",
	}
}
