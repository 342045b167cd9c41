package workbench

import "github.com/gloss-nlp/gloss/corpus"

// Place is where an action of a bulk would change something, with enough around it
// to be judged in a list.
type Place struct {
	Doc   string
	Key   string       // the item that is there; "" where an annotation would be made
	Spans corpus.Spans //
	Label string       // that it would have
	Text  string       // what it marks
	Line  string       // the line around it, white space made plain, cut to about a hundred code points
	In    corpus.Span  // where the hull of Spans lies in Line, in code points of it
	Do    Action       // what Apply does here
}

// Preview lists what a bulk would do, in the order of the collection and the text.
type Preview struct {
	Places    []Place
	LeftOut   []LeftOut // documents that cannot be decided on now
	Done      int       // places where nothing would change
	Documents int       // that were looked at
	Unknown   int       // documents without suggestions yet, where a filter looks for those
}
