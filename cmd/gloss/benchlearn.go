package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/engine/bench"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/models"
)

func newBenchLearn() *cobra.Command {
	o := bench.LearnOptions{}
	var mo models.Options
	var test, full, svg string
	var labels []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "learn DIR --test TEST --labels L,..",
		Short: "how good a layer becomes that is learnt from few documents",
		Long: `bench learn draws documents of DIR in several orders, learns a layer of these labels
from nothing from the first ones of each, and scores it on TEST: beside a dictionary of
the strings that are annotated in the same documents, beside what the layer was told to
be worth without TEST, and beside a model that was trained on it. The model must not have
been trained on these labels for its figures to mean anything.`,
		Args: exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if test == "" || len(labels) == 0 {
				return wrongUse(errors.New("bench learn needs --test TEST and --labels"))
			}
			o.Layer = learn.Layer{Name: "learnt", Labels: labels}
			o.Say = func(format string, args ...any) { say(cmd, format, args...) }
			return benchLearn(cmd, o, mo, args[0], test, full, svg, asJSON)
		},
	}
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringVar(&test, "test", "", "documents to score on")
	f.StringSliceVar(&labels, "labels", nil, "labels of the layer")
	f.StringVar(&mo.Model, "model", "", "directory of a model that does not know the labels (default: the one that gloss ships)")
	f.StringVar(&full, "full", "", "directory of a model that was trained on the labels, for comparison")
	f.StringVar(&svg, "svg", "", "file for a plot")
	f.IntSliceVar(&o.Sizes, "sizes", []int{5, 10, 25, 50, 100}, "numbers of documents, rising")
	f.IntVar(&o.More, "more", 10, "documents that are finished after the last size, for the time of a refit")
	f.IntVar(&o.Draws, "draws", 3, "orders of DIR")
	f.Uint64Var(&o.Seed, "seed", 1, "seed of the orders")
	f.IntVar(&mo.Threads, "threads", 1, "threads of the encoder")
	f.StringVar(&mo.Device, "device", "cpu", "auto, cpu or cuda[:N]")
	return cmd
}

func benchLearn(cmd *cobra.Command, o bench.LearnOptions, mo models.Options, dir, test, full, svg string, asJSON bool) (err error) {
	if !slices.IsSorted(o.Sizes) {
		return wrongUse(errors.New("--sizes must rise"))
	}
	if o.Train, err = documentsOf(dir); err != nil {
		return err
	}
	if o.Test, err = documentsOf(test); err != nil {
		return err
	}
	m, err := models.OpenRecognizer(mo)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	o.Encoder = m
	if full != "" {
		mo.Model = full
		if o.Full, err = models.OpenRecognizer(mo); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, o.Full.Close()) }()
	}
	r, err := bench.Learn(cmd.Context(), o)
	if err != nil {
		return err
	}
	if svg != "" {
		f, err := os.Create(svg)
		if err != nil {
			return err
		}
		if err := errors.Join(r.Plot(f), f.Close()); err != nil {
			return err
		}
	}
	if asJSON {
		return printJSON(cmd, r)
	}
	return printLearning(cmd, r)
}

// documentsOf reads a collection in the order of names.
func documentsOf(dir string) ([]corpus.Document, error) {
	all, err := convert.Documents(dir)
	if err != nil {
		return nil, err
	}
	var docs []corpus.Document
	for _, name := range slices.Sorted(maps.Keys(all)) {
		docs = append(docs, all[name])
	}
	return docs, nil
}

func printLearning(cmd *cobra.Command, r *bench.LearnReport) error {
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%v: %d test documents, %d mentions; means of the draws, lowest to highest\n", r.Labels, r.TestDocuments, r.TestMentions)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "documents\tmentions\tlearnt F1\t\ttold F1\tdictionary F1\tencode s\tevaluate s\tfit s\t")
	for _, s := range r.Sizes {
		n := float64(len(s.Draws))
		var sum [7]float64
		low, high := 1.0, 0.0
		for _, d := range s.Draws {
			for i, v := range []float64{float64(d.Mentions), f1(d.Learnt.F1), f1(d.Told.F1), f1(d.Dictionary.F1), d.Seconds.Encode, d.Seconds.Evaluate, d.Seconds.Fit} {
				sum[i] += v / n
			}
			low, high = min(low, f1(d.Learnt.F1)), max(high, f1(d.Learnt.F1))
		}
		fmt.Fprintf(w, "%d\t%.0f\t%.3f\t%.3f-%.3f\t%.3f\t%.3f\t%.1f\t%.1f\t%.1f\t\n", s.Documents, sum[0], sum[1], low, high, sum[2], sum[3], sum[4], sum[5], sum[6])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if len(r.Refit) > 0 {
		fmt.Fprintf(out, "again after more documents: %.1f s\n", r.Refit)
	}
	if r.Full != nil {
		fmt.Fprintf(out, "full training: F1 %.3f (%.3f-%.3f)\n", r.Full.F1, r.Full.CI95[0], r.Full.CI95[1])
	}
	return nil
}

// f1 is 0 where nothing was found.
func f1(s corpus.Score) float64 {
	if !s.Known() {
		return 0
	}
	return float64(s)
}
