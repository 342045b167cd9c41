package main

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

func newKBTune() *cobra.Command {
	how := &strategyFlags{}
	var corpus, encoder, device string
	var withNIL, asJSON bool
	cmd := &cobra.Command{
		Use:   "tune K --from-corpus DIR --strategy S",
		Short: "find the settings of a linking strategy on annotated data",
		Long: `tune tries the settings of a strategy on the linked mentions of DIR and keeps in kb.json those
whose first candidates are right most often. DIR must not be among what K was built
from: its names would be found whatever the settings are.`,
		Args: exactly(1, "a knowledge base"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if corpus == "" || how.strategy == "" {
				return wrongUse(errors.New("kb tune needs --from-corpus DIR and --strategy S"))
			}
			settings, err := how.settings(link.Settings{})
			if err != nil {
				return wrongUse(err)
			}
			t, err := tune(cmd, args[0], corpus, models.Options{Encoder: encoder, Device: device, Link: settings}, withNIL)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, t)
			}
			return printTuning(cmd, t)
		},
	}
	how.add(cmd)
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringVar(&corpus, "from-corpus", "", "annotated corpus with links")
	f.StringVar(&encoder, "encoder", "", "directory of the name encoder that K was built with (default: the one that gloss ships)")
	f.StringVar(&device, "device", "", "auto, cpu or cuda[:N]")
	f.BoolVar(&withNIL, "nil", false, "also find the score below which no concept fits")
	return cmd
}

// tune finds settings and keeps them.
func tune(cmd *cobra.Command, dir, corpus string, o models.Options, withNIL bool) (t store.Tuning, err error) {
	m, err := store.ReadMeta(dir)
	if err != nil {
		return t, err
	}
	all, err := convert.Mentions(corpus)
	if err != nil {
		return t, err
	}
	sum := source.HashMentions(all)
	if slices.ContainsFunc(m.Sources, func(s store.Source) bool { return s.SHA256 == sum }) {
		return t, wrongUse(fmt.Errorf("%s holds the mentions of %s: tune it on other annotations, or build it without them", dir, corpus))
	}
	var gold []link.Gold
	for _, name := range slices.Sorted(maps.Keys(all)) {
		for _, mention := range all[name] {
			g := link.Gold{Query: link.Query{Label: mention.Label, Text: mention.Text}}
			for _, l := range mention.Links {
				g.IDs = append(g.IDs, l.ID)
			}
			if len(g.IDs) > 0 {
				gold = append(gold, g)
			}
		}
	}
	options := link.TuneOptions{
		Gold: gold, NIL: withNIL, Progress: progress(cmd, "tried"),
		Data: fmt.Sprintf("%s, %d documents", filepath.Base(filepath.Clean(corpus)), len(all)),
	}
	t, err = models.Tune(cmd.Context(), dir, o, options)
	if err != nil {
		return t, err
	}
	strategy, err := link.Lookup(o.Link.Strategy)
	if err != nil {
		return t, err
	}
	return t, store.Tune(dir, strategy.Name, t)
}

func printTuning(cmd *cobra.Command, t store.Tuning) error {
	var settings []string
	for _, name := range slices.Sorted(maps.Keys(t.Params)) {
		settings = append(settings, fmt.Sprintf("%s=%g", name, t.Params[name]))
	}
	before := "not tuned before"
	if t.Before > 0 {
		before = fmt.Sprintf("%.4f before", t.Before)
	}
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\nfirst candidate right for %.4f of %d mentions (%s)\n", strings.Join(settings, " "), t.Accuracy, t.Mentions, before)
	return err
}
