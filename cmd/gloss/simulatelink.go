package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/batch"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/simulate"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
)

func simulateLink(cmd *cobra.Command, o *simulateOptions, in string) (err error) {
	if len(o.kbs) == 0 {
		return wrongUse(errors.New("simulate --task link needs a knowledge base: --kb [LABEL=]DIR"))
	}
	questions, err := batch.Questions(in, o.texts)
	if err != nil {
		return err
	}
	lo := simulate.LinkOptions{Bins: o.bins, Memory: &link.Overlay{}, Progress: progress(cmd, "answered")}
	for _, q := range questions {
		if len(q.Gold) > 0 {
			lo.Mentions = append(lo.Mentions, simulate.Linkable{
				Doc: q.Doc, Gold: q.Gold,
				Query: link.Query{Label: q.Label, Text: q.Text, Context: q.Context, Defined: q.Defined, Beside: q.Beside},
			})
		}
	}
	plain, err := o.linker(cmd, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plain.Close()) }()
	learning, err := o.linker(cmd, lo.Memory)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, learning.Close()) }()
	lo.Plain, lo.Learning = plain.Linker, learning.Linker
	if lo.DB, err = firstDB(learning); err != nil {
		return err
	}
	r, err := simulate.Link(cmd.Context(), lo)
	if err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	if err := plot(o.svg, r.Plot); err != nil {
		return err
	}
	if o.asJSON {
		return printJSON(cmd, r)
	}
	return printLinking(cmd, r)
}

// linker opens the knowledge bases with a memory; nil for none.
func (o *simulateOptions) linker(cmd *cobra.Command, memory *link.Overlay) (*suggest.Models, error) {
	mo, err := o.modelOptions(workbench.Config{})
	if err != nil {
		return nil, err
	}
	if mo.Link, err = o.how.settings(mo.Link); err != nil {
		return nil, wrongUse(err)
	}
	mo.NoModel, mo.Strict = true, true
	if err := models.Check(mo); err != nil {
		return nil, err
	}
	return models.Open(cmd.Context(), mo, memory)
}

// firstDB tells the knowledge base that choices for a label are made from.
func firstDB(m *suggest.Models) (func(label string) string, error) {
	l, ok := m.Linker.(*link.Linker)
	if !ok {
		return nil, errors.New("simulate --task link: the linker does not name its knowledge bases")
	}
	return func(label string) string {
		if dbs := l.DBs(label); len(dbs) > 0 {
			return dbs[0]
		}
		return ""
	}, nil
}

func printLinking(cmd *cobra.Command, r *simulate.LinkReport) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "\tmentions\tplain\tlearning\t")
	row := func(name string, s simulate.Share) {
		n := float64(max(1, s.Mentions))
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t\n", name, s.Mentions, float64(s.Plain)/n, float64(s.Learning)/n)
	}
	row("all", r.All)
	row("name answered before", r.Known)
	row("new name", r.New)
	at := 0
	for _, b := range r.Bins {
		row(fmt.Sprintf("%d to %d", at+1, at+b.Mentions), b)
		at += b.Mentions
	}
	return w.Flush()
}
