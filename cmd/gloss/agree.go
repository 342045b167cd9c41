package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/score"
)

func newAgree() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "agree DIR DIR...",
		Short: "tell how far annotators of the same documents agree",
		Long: `agree compares brat directories that hold the same documents, one of each
annotator: F1 and Cohen's kappa of every two, Krippendorff's alpha of all, by
label, and the documents that disagree most.`,
		RunE: func(cmd *cobra.Command, dirs []string) error {
			if len(dirs) < 2 {
				return wrongUse(errors.New(`agree needs two directories at least: see "gloss agree --help"`))
			}
			a, err := agree(dirs)
			switch {
			case err != nil:
				return err
			case asJSON:
				return printJSON(cmd, a)
			}
			return printAgreement(cmd, a)
		},
	}
	addJSON(cmd, &asJSON)
	return cmd
}

func agree(dirs []string) (*score.Agreement, error) {
	texts := map[string]corpus.Text{}
	annotators := make([]score.Annotator, len(dirs))
	differ := ""
	for i, dir := range dirs {
		annotators[i] = score.Annotator{Name: dir, Docs: map[string][]corpus.Mention{}}
		err := eachDocument(dir, func(name string, doc *brat.Document) {
			annotators[i].Docs[name] = doc.File.Mentions()
			text := doc.File.Text()
			if other, ok := texts[name]; ok && other.String() != text.String() {
				differ = name
			}
			texts[name] = text
		})
		if err != nil {
			return nil, err
		}
	}
	if differ != "" {
		return nil, fmt.Errorf("the text of %s differs between the directories: only annotations of one text can be compared", differ)
	}
	a, err := score.Agree(annotators, texts)
	if err == nil && a.Documents == 0 {
		err = errors.New("the directories have no document in common: nothing to compare")
	}
	return a, err
}

// eachDocument reads a collection.
func eachDocument(dir string, fn func(name string, doc *brat.Document)) error {
	col, err := brat.Open(dir)
	if err != nil {
		return err
	}
	for _, name := range col.Names() {
		doc, err := col.Read(name)
		if err != nil {
			return err
		}
		fn(name, doc)
	}
	return nil
}

func printAgreement(cmd *cobra.Command, a *score.Agreement) error {
	for _, w := range a.Warnings {
		say(cmd, "warning: %s", w)
	}
	out := cmd.OutOrStdout()
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "pair\tlabel\tF1\t95 %%\tkappa\n")
	for _, p := range a.Pairs {
		name := p.A + " " + p.B
		for _, label := range slices.Sorted(maps.Keys(p.PerLabel)) {
			l := p.PerLabel[label]
			fmt.Fprintf(w, "%s\t%s\t%.4f\t%s\t%.4f\n", name, label, l.F1, ci95(l.CI95), l.Kappa)
		}
		fmt.Fprintf(w, "%s\tall\t%.4f\t%s\t%.4f\n", name, p.F1, ci95(p.CI95), p.Kappa)
	}
	fmt.Fprintf(w, "\nlabel\talpha\n")
	for _, label := range slices.Sorted(maps.Keys(a.PerLabel)) {
		fmt.Fprintf(w, "%s\t%.4f\n", label, a.PerLabel[label].Alpha)
	}
	fmt.Fprintf(w, "all (%d documents)\t%.4f\n", a.Documents, a.Alpha)
	if len(a.Worst) > 0 {
		fmt.Fprintf(w, "\ndocument\tdisagreements\tF1\n")
	}
	for _, d := range a.Worst {
		fmt.Fprintf(w, "%s\t%d\t%.4f\n", d.Doc, d.Disagreements, d.F1)
	}
	return w.Flush()
}
