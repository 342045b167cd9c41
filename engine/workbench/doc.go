package workbench

import (
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/kb"
)

// State is how far a mention has come.
type State int

// The states of an item.
const (
	Suggested State = iota // proposed by a model or by letters; not in the .ann file
	Pending                // annotated, but nobody decided on its link yet
	Accepted               // annotated, decided to stay without a link
	Linked                 // annotated, with a concept
	NIL                    // annotated, decided that no concept fits
)

// Undecided tells whether the item still waits for the annotator.
func (s State) Undecided() bool { return s == Suggested || s == Pending }

// Item is one mention as a person sees it: an annotation of the file or a suggestion.
type Item struct {
	corpus.Mention

	Key        string          // names the item within its document; kept while the item lives
	State      State           //
	Proposal   *corpus.Mention // what the model would mark instead, where its boundary differs; else nil
	Candidates []kb.Candidate  // best first; empty until Ready
	Ready      bool            // the candidates have been looked up
	Ranks      []int           // of the candidates, from 1, where a probe shows them in another order; else nil
	Source     string          // "model", "letters" or "" (written by a person or found in the file)
	Note       string          // AnnotatorNotes, where it is not a code
	Attributes []string        // attributes of the file, "Negation" or "Certainty=low"
	Flag       string          // why it is marked for discussion; "" where it is not
	Reason     string          // of NIL, where one was given
	Ties       []Tie           // relations and events of the file that it takes part in
}

// Doc is an immutable picture of a document. A new one is made at every change.
type Doc struct {
	Name     string
	Text     corpus.Text
	Version  int64            // grows with every change of this document
	Items    []Item           // in reading order: by start, then longer first
	Waiting  int              // results that came since the cursor moved; Merge shows them
	Rejected []corpus.Mention // suggestions that were refused here and would be made again
	Problems []brat.Problem
	ReadOnly string // why nothing can be decided here, or ""
	Conflict bool   // that is because of changes that could not be joined; see Workbench.Conflict
	Finished bool
	Language string // ISO 639-1 as detected, or ""
	Letters  bool   // the model does not know the language: suggestions are by letters
	Busy     bool   // suggestions are still being computed

	counted   bool
	undecided int
	alike     map[mentionKey]int // see Workbench.alikeIn; nil until asked for
}

// Item returns the item with the key, and its place; -1 where there is none.
func (d *Doc) Item(key string) (Item, int) {
	for i := range d.Items {
		if d.Items[i].Key == key {
			return d.Items[i], i
		}
	}
	return Item{}, -1
}

// Undecided counts the items that wait for the annotator.
func (d *Doc) Undecided() int {
	if d.counted {
		return d.undecided
	}
	n := 0
	for i := range d.Items {
		if d.Items[i].State.Undecided() {
			n++
		}
	}
	return n
}

// NextUndecided is the key of the first undecided item after place i, going round
// once; "" where all is decided.
func (d *Doc) NextUndecided(i int) string {
	for n := range d.Items {
		it := d.Items[(i+1+n)%len(d.Items)]
		if it.State.Undecided() {
			return it.Key
		}
	}
	return ""
}

// Info is a line of the document list.
type Info struct {
	Name      string
	Loaded    bool // the counts below are known
	Undecided int
	Decided   int
	Finished  bool
	Problem   bool   // the document has problems, or cannot be read
	Checked   bool   // whether it has is known
	Reason    string // why it stands where it does, see Arrange, in a few words; may be empty
	About     string // the same in whole sentences
}

// Task is one thing that runs in the background.
type Task struct {
	Title       string
	Done, Total int // Total 0: unknown
}

// Status is the state of the whole workbench.
type Status struct {
	Saved   int    // decisions of this run that are on disk
	Unsaved int    // decisions that are not on disk yet
	Device  string // "cpu", "cuda:0"; "" until the models are loaded
	Model   string // name of the model; "" where there is none
	Tasks   []Task // empty: idle
	// Reranked counts the undecided mentions whose candidates came in another order by what
	// the last decision taught (or its undo took back); it grows while they are ranked anew.
	Reranked int
	Blind    bool       // no suggestions are shown, and no concepts offered
	Probe    string     // that a probe is on, and of what; "" where none is
	Order    order.Mode // of the documents, as they stand now
	Message  string     // the newest message for the status bar, e.g. a model that could not be loaded
	Fatal    error      // decisions cannot be saved: input must stop
}

// Idle tells whether nothing runs in the background and everything is saved.
func (s Status) Idle() bool { return len(s.Tasks) == 0 && s.Unsaved == 0 }
