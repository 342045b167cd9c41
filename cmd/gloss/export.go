package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/export"
)

func newExport() *cobra.Command {
	o := &options{}
	var what, out string
	cmd := &cobra.Command{
		Use:   "export DIR --for ner|linker --out F",
		Short: "write training data from decisions, as JSON lines",
		Long: `export writes for ner a line a document that somebody decided on: its text, its
mentions, the suggestions that were refused, and whether it is finished (only then
is the rest of the text free of mentions). For linker a line a chosen concept: the
mention in its sentence, the choice, and what was shown and not picked.`,
		Args: exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if what != "ner" && what != "linker" {
				return wrongUse(fmt.Errorf("--for %q: it is ner or linker", what))
			}
			return exportDecisions(cmd, o, args[0], what, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&what, "for", "", "ner or linker")
	f.StringVar(&out, "out", "", "file for the result (default: standard output)")
	f.StringVar(&o.who, "who", "", "one annotator only (default: all)")
	f.StringVar(&o.state, "state", "", "where the journals are kept (default: DIR/.gloss)")
	return cmd
}

func exportDecisions(cmd *cobra.Command, o *options, dir, what, out string) error {
	all, err := decisions(cmd, o, dir)
	if err != nil {
		return err
	}
	col, err := brat.Open(dir)
	if err != nil {
		return err
	}
	w, closeOut, err := create(cmd, out)
	if err != nil {
		return err
	}
	write := export.NER
	if what == "linker" {
		write = export.Links
	}
	n, err := write(w, all, documents{col})
	if err = errors.Join(err, closeOut()); err != nil {
		return err
	}
	say(cmd, "%d lines", n)
	return nil
}

// documents reads what export asks for.
type documents struct{ col *brat.Collection }

func (d documents) Document(name string) (corpus.Document, error) {
	doc, err := d.col.Read(name)
	if err != nil {
		return corpus.Document{}, err
	}
	return corpus.Document{Name: name, Text: doc.Text, Mentions: doc.File.Mentions()}, nil
}
