package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/models"
)

// learnOptions are the flags of learn.
type learnOptions struct {
	options
	all    bool
	layer  string
	labels []string
	out    string
	asJSON bool
}

func newLearn() *cobra.Command {
	o := &learnOptions{}
	cmd := &cobra.Command{
		Use:   "learn DIR",
		Short: "fit the model's layers, or new labels, to the finished documents of DIR, in seconds",
		Long: `learn fits layers over the encoder of the model to the documents of DIR that are
finished: each layer of the model whose labels occur there goes on from where it stands,
and labels that the model does not know become a layer that begins from nothing. Two
documents are the least.

Each document is scored by a layer that was fitted without it. What is better than the
model's own layer, by more than chance, is kept in DIR/.gloss/learned.json, which gloss DIR uses from then on,
and gloss annotate with --learned; delete the file to go back.`,
		Args: exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error { return runLearn(cmd, o, args[0]) },
	}
	addJSON(cmd, &o.asJSON)
	f := cmd.Flags()
	f.BoolVar(&o.all, "all", false, "learn from every document of DIR, finished or not")
	f.StringVar(&o.layer, "layer", "", "learn this layer only: one of the model's, or with --labels a new one")
	f.StringSliceVar(&o.labels, "labels", nil, "labels of a new layer (default: those of DIR that the model does not know)")
	f.StringVar(&o.out, "out", "", "file for what is learnt (default: DIR/.gloss/"+learn.FileName+")")
	f.StringVar(&o.model, "model", "", "directory of the recognition model (default: that of DIR/gloss.toml, else the one that gloss ships)")
	f.StringVar(&o.device, "device", "", "auto, cpu or cuda[:N] (default auto)")
	f.IntVar(&o.threads, "threads", 0, "threads of the encoder (default: one a processor)")
	f.StringVar(&o.who, "who", "", "documents that this annotator finished (default: anybody)")
	f.StringVar(&o.state, "state", "", "where the journals are kept (default: DIR/.gloss)")
	return cmd
}

func runLearn(cmd *cobra.Command, o *learnOptions, dir string) (err error) {
	docs, err := o.finished(cmd, dir)
	if err != nil {
		return err
	}
	if o.out == "" {
		o.out = filepath.Join(o.stateDir(dir), learn.FileName)
	}
	if _, err := o.settle(dir); err != nil {
		return err
	}
	model, err := models.OpenRecognizer(models.Options{Model: o.model, Device: o.device, Threads: o.threads})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	layers := o.chosen(docs, model.Layers(), func(layer string) []string { return model.Labels(layer) })
	if len(layers) == 0 {
		return fmt.Errorf("nothing to learn: the %d finished documents of %s have no mentions", len(docs), dir)
	}
	before, err := learn.Load(o.out, model.Hash())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		say(cmd, "%v; what it holds will be replaced", err)
	}
	learner := learn.New(model, learn.Options{})
	results, left := []*learn.Result{}, error(nil)
	for _, layer := range layers {
		r, err := learner.Learn(cmd.Context(), docs, layer, learn.HeadOf(before, layer.Name))
		switch {
		case len(layers) > 1 && errors.Is(err, learn.ErrNone):
			say(cmd, "%v", err)
			left = err
			continue
		case cmd.Context().Err() != nil:
			return fmt.Errorf("%w: nothing was written", err)
		case err != nil:
			return err
		}
		results = append(results, r)
	}
	if len(results) == 0 {
		return left
	}
	return o.keep(cmd, model.Hash(), results)
}

// finished are the documents to learn from.
func (o *learnOptions) finished(cmd *cobra.Command, dir string) ([]corpus.Document, error) {
	col, err := brat.Open(dir)
	if err != nil {
		return nil, err
	}
	if !o.all {
		docs, err := finishedOf(cmd, &o.options, dir)
		if err == nil && len(docs) == 0 {
			err = fmt.Errorf("no document of %s is finished: finish some in the workbench (key f), or learn from all with --all", dir)
		}
		return docs, err
	}
	docs := make([]corpus.Document, len(col.Names()))
	for i, name := range col.Names() {
		if docs[i], err = (documents{col}).Document(name); err != nil {
			return nil, err
		}
	}
	return docs, nil
}

// chosen are the layers to learn.
func (o *learnOptions) chosen(docs []corpus.Document, layers []string, labels func(string) []string) []learn.Layer {
	name := o.layer
	if name == "" && len(o.labels) > 0 {
		name = learn.Own
		if known := labels(name); known != nil && !slices.Equal(slices.Sorted(slices.Values(known)), slices.Sorted(slices.Values(o.labels))) {
			name = learn.Free(layers)
		}
	}
	if name != "" {
		return []learn.Layer{{Name: name, Labels: o.labels}}
	}
	return learn.Choose(docs, layers, labels)
}

// keep writes the layers that are better than the model's own, and prints how good
// each is.
func (o *learnOptions) keep(cmd *cobra.Command, model string, results []*learn.Result) error {
	var better []learn.Learned
	for _, r := range results {
		if r.Better {
			better = append(better, r.Learned())
		}
	}
	if len(better) > 0 {
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		if err := learn.Save(o.out, model, better); err != nil {
			return err
		}
	}
	if o.asJSON {
		out := ""
		if len(better) > 0 {
			out = o.out
		}
		return printJSON(cmd, map[string]any{"layers": results, "out": out})
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "layer\tdocuments\tmentions\tP\tR\tF1\t95 %\tmodel's own F1\tdifference, 95 %\tseconds\t")
	for _, r := range results {
		old, gain, verdict := "-", "-", "kept"
		if r.Old != nil {
			old, gain = ratio(r.Old.F1), interval(r.Old.Diff95)
		}
		if !r.Better {
			verdict = "no better, left"
		}
		s := r.Seconds
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%.1f\t%s\n", r.Layer, r.Used, r.Mentions, ratio(r.New.Precision), ratio(r.New.Recall),
			ratio(r.New.F1), interval(r.New.CI95), old, gain, s.Encode+s.Evaluate+s.Fit, verdict)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		if r.Lost > 0 {
			say(cmd, "layer %s: %d mentions lie in or across others, and could not be learnt", r.Layer, r.Lost)
		}
		if r.Used < r.Documents {
			say(cmd, "layer %s: fitted to %d of %d documents, which is what memory holds", r.Layer, r.Used, r.Documents)
		}
	}
	if len(better) > 0 {
		say(cmd, "kept in %s", o.out)
	}
	return nil
}

func interval(ci [2]corpus.Score) string { return ratio(ci[0]) + " to " + ratio(ci[1]) }
