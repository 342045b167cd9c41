package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/export"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/retrain"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/train"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
)

// shelf is the models of a corpus. base is the directory of the one that its settings name.
func (o *options) shelf(dir, base, python string) (*retrain.Shelf, error) {
	who, err := o.annotator()
	if err != nil {
		return nil, err
	}
	return retrain.New(retrain.Options{
		State: o.stateDir(dir), Who: who, Model: base, Learned: filepath.Join(o.stateDir(dir), learn.FileName), Python: python,
		Open: func(model string) (retrain.Model, error) {
			return models.OpenRecognizer(models.Options{Model: model, Device: o.device, Threads: o.threads})
		},
	}), nil
}

// shelve puts the model that was switched to last in the place of the one that the
// settings name, but where --model named one. notice is what a person should know of it.
func (o *options) shelve(dir string, mo *models.Options) (shelf *retrain.Shelf, used, notice string, err error) {
	quiet := *o
	quiet.threads = 1 // comparing leaves the other processors to the keys
	if shelf, err = quiet.shelf(dir, mo.Model, ""); err != nil || o.modelNamed {
		return shelf, retrain.Base, "", err
	}
	if shelf.Waiting() {
		notice = "a training that was stopped waits: train (see :) goes on with it"
	}
	used, problem := shelf.Used()
	if used == retrain.Base && problem == nil {
		return shelf, used, notice, nil
	}
	with := *mo
	if with.Model, with.Learned = shelf.Place(used); problem == nil {
		problem = models.Check(with)
	}
	if problem != nil {
		return shelf, retrain.Base, fmt.Sprintf("the model as configured suggests again: %v", problem), nil
	}
	*mo = with
	return shelf, used, notice, nil
}

// withShelf lets a workbench train and exchange models.
func withShelf(wo workbench.Options, shelf *retrain.Shelf, used, notice string) workbench.Options {
	load := wo.Load
	wo.Shelf, wo.Used = desk{shelf}, used
	wo.Load = func(ctx context.Context, memory *link.Overlay) (*suggest.Models, error) {
		m, err := load(ctx, memory)
		if m != nil && notice != "" {
			m.Warnings = append([]string{notice}, m.Warnings...)
		}
		return m, err
	}
	return wo
}

// desk is the shelf of a corpus, as a workbench sees it.
type desk struct{ *retrain.Shelf }

// Train implements workbench.Shelf: in the background, with what a person should know.
func (d desk) Train(ctx context.Context, docs []corpus.Document, used string, told func(what string, done, total int)) (suggest.Bundle, error) {
	run := retrain.Run{Used: used, Background: true, Progress: func(e train.Event) {
		if e.Kind == "batch" {
			told("", (e.Epoch-1)*e.Total+e.Done, e.Epochs*e.Total)
		}
	}}
	run.Begun = func(b retrain.Begun) { told("the training "+b.String(), 0, 0) }
	out, err := d.Shelf.Train(ctx, docs, run)
	switch {
	case err == nil:
		return out.Bundle, nil
	case errors.Is(err, train.ErrStopped) && ctx.Err() != nil:
		return out.Bundle, ctx.Err()
	case errors.Is(err, train.ErrPython):
		err = fmt.Errorf("%w. Without Python, learn (see :) fits layers in seconds", err)
	}
	logError(err)
	first, _, _ := strings.Cut(err.Error(), "\n")
	return out.Bundle, errors.New(first)
}

// trainFrom trains from the finished documents of a corpus, and tells how good the model
// is against the one in use there.
func trainFrom(cmd *cobra.Command, o *options, dir string, run retrain.Run, python string, asJSON bool) error {
	docs, err := finishedOf(cmd, o, dir)
	if err != nil {
		return err
	}
	config, err := o.settle(dir)
	if err != nil {
		return err
	}
	shelf, err := o.shelf(dir, config.Model, python)
	if err != nil {
		return err
	}
	if run.Used, err = shelf.Used(); err != nil {
		say(cmd, "compared with the model as configured: %v", err)
		run.Used = retrain.Base
	}
	run.Progress = trainProgress(cmd.ErrOrStderr())
	run.Begun = func(b retrain.Begun) { say(cmd, "the training of %s %s", b.Name, b) }
	out, err := shelf.Train(cmd.Context(), docs, run)
	switch {
	case errors.Is(err, train.ErrConfig):
		return wrongUse(err)
	case err != nil:
		return err
	case asJSON:
		return printJSON(cmd, out.Bundle)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", out.Dir, out.Comparison)
	if err == nil && run.Out == "" {
		say(cmd, "gloss models %s --use %s switches to it, as the key of the models does in the workbench", dir, out.Name)
	}
	return err
}

// finishedOf are the documents of a corpus that are finished, as they are on disk.
func finishedOf(cmd *cobra.Command, o *options, dir string) ([]corpus.Document, error) {
	col, err := brat.Open(dir)
	if err != nil {
		return nil, err
	}
	all, err := decisions(cmd, o, dir)
	if err != nil {
		return nil, err
	}
	finished := export.Finished(all)
	var docs []corpus.Document
	for _, name := range col.Names() {
		if !slices.Contains(finished, name) {
			continue
		}
		d, err := (documents{col}).Document(name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}
