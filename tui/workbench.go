package tui

import (
	"context"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb"
)

// Reader shows the corpus as it stands.
type Reader interface {
	Documents() []workbench.Info
	Doc(name string) *workbench.Doc
	Status() workbench.Status
	Changed() <-chan struct{}
}

// Viewer is told what the annotator looks at.
type Viewer interface {
	Look(workbench.Look)
	Resume() workbench.Look // where the annotator left
	Merge(doc string)
}

// Decider takes the annotator's decisions.
type Decider interface {
	Do(ctx context.Context, a workbench.Action) (workbench.Result, error)
	Ready(a workbench.Action) bool
}

// Labeller knows the labels of the collection, and the attributes of each.
type Labeller interface {
	Config(doc string) *brat.Config
	Labels(doc string) []string
	Attributes(doc, label string) []brat.AttributeType
}

// Searcher looks concepts up, for labels that a knowledge base serves.
type Searcher interface {
	Linkable(label string) bool
	Search(ctx context.Context, label, query string, k int) ([]kb.Candidate, error)
}

// Skimmer looks at documents beside the one that is open.
type Skimmer interface {
	Check(ctx context.Context) error
	Skim(ctx context.Context, names []string, textOnly bool, see func(*workbench.Doc)) error
}

// Previewer finds the places that a bulk would change, before it does.
type Previewer interface {
	Occurrences(ctx context.Context, p workbench.Pattern) (workbench.Preview, error)
	Acceptable(ctx context.Context, f workbench.Filter) (workbench.Preview, error)
	WouldDecide(at workbench.At) int
}

// Teller tells what is known of concepts, and what was decided.
type Teller interface {
	Concept(ctx context.Context, label, db, id string) (workbench.Concept, error)
	History(ctx context.Context, q workbench.HistoryQuery) ([]workbench.Entry, error)
}

// Surveyor counts what was decided in the whole collection, and computes for all of it.
type Surveyor interface {
	Overview(ctx context.Context) (workbench.Overview, error)
	SuggestAll(ctx context.Context) (failed int, err error)
}

// Orderer orders documents, and mentions, by what is worth asking.
type Orderer interface {
	Arrange(ctx context.Context, mode order.Mode) error
	Questions(ctx context.Context, n int) (workbench.Questions, error)
}

// Learner improves the models from what was finished, and lays that aside.
type Learner interface {
	Learn(ctx context.Context) (report string, err error)
	SwitchLearnt(ctx context.Context) (report string, err error)
}

// Resolver tells what another program's changes to a document stand against.
type Resolver interface {
	Conflict(doc string) (workbench.Conflict, error)
}

// Workbench is what the terminal interface drives. Every method without a context, and
// Do of an action that is Ready, returns at once.
type Workbench interface {
	Resolver
	Surveyor
	Orderer
	Learner
	Trainer
	Previewer
	Teller
	Reader
	Viewer
	Decider
	Labeller
	Searcher
	Skimmer
}
