package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/export"
)

func newExport() *cobra.Command {
	o := &options{}
	var what, out string
	cmd := &cobra.Command{
		Use:   "export DIR --for ner|linker|reranker|aliases|concepts --out F",
		Short: "write training data from decisions, as JSON lines, the names that were linked, or the concepts proposed",
		Long: `export writes for ner a line a document that somebody decided on: its text, its
mentions, the suggestions that were refused, and whether it is finished (only then
is the rest of the text free of mentions). For linker and reranker a line a chosen concept: the
mention in its sentence, the choice, and what was shown and not picked. For aliases
it writes a table of the names that were linked, which kb add and kb build read; for
concepts one of the concepts that annotators proposed, for kb add --names.`,
		Args: exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if exports[what] == nil {
				return wrongUse(fmt.Errorf("--for %q: it is ner, linker, reranker, aliases or concepts", what))
			}
			return exportDecisions(cmd, o, args[0], what, out)
		},
	}
	f := cmd.Flags()
	f.StringVar(&what, "for", "", "ner, linker, reranker, aliases or concepts")
	f.StringVar(&out, "out", "", "file for the result (default: standard output)")
	f.StringVar(&o.who, "who", "", "one annotator only (default: all)")
	f.StringVar(&o.state, "state", "", "where the journals are kept (default: DIR/.gloss)")
	return cmd
}

// exports are what there is to export, by --for.
var exports = map[string]func(io.Writer, []corpus.Decision, export.Source) (int, error){
	"ner": export.NER, "linker": export.Links, "reranker": export.Links, "aliases": export.Aliases, "concepts": export.Concepts,
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
	n, err := exports[what](w, all, documents{col})
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
