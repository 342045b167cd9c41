package tui

import (
	"context"

	"github.com/gloss-nlp/gloss/corpus/brat"
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
	Merge(doc string)
}

// Decider takes the annotator's decisions.
type Decider interface {
	Do(ctx context.Context, a workbench.Action) (workbench.Result, error)
	Ready(a workbench.Action) bool
}

// Labeller knows the labels of the collection.
type Labeller interface {
	Config(doc string) *brat.Config
	Labels(doc string) []string
}

// Searcher looks concepts up.
type Searcher interface {
	Search(ctx context.Context, label, query string, k int) ([]kb.Candidate, error)
}

// Workbench is what the terminal interface drives. Every method but Search, and Do
// of an action that is not Ready, returns at once.
type Workbench interface {
	Reader
	Viewer
	Decider
	Labeller
	Searcher
}
