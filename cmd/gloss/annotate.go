package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/batch"
	"github.com/gloss-nlp/gloss/engine/models"
)

func newAnnotate() *cobra.Command {
	o := &options{}
	b := batch.Options{}
	var shard string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "annotate DIR --out OUT",
		Short: "annotate and link a collection into a new directory",
		Long: `annotate reads only the .txt files of DIR. OUT gets them (hard links or
copies), .ann files, and gloss.jsonl: one line a document, with scores and
candidates. A run that was interrupted goes on where it stopped. Shards have a log
each; a run without --shard afterwards puts them together.`,
		Args: exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if b.Shard, b.Shards, err = parseShard(shard); err != nil {
				return wrongUse(err)
			}
			return annotate(cmd, o, args[0], b, asJSON)
		},
	}
	o.addModelFlags(cmd)
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringVar(&b.Out, "out", "", "directory for the results")
	f.Float64Var(&b.MinScore, "min-score", 0, "leave out spans below this score")
	f.StringVar(&o.learned, "learned", "", "file of gloss learn, whose layers are used too (default: none)")
	f.StringVar(&shard, "shard", "", "I/N: take the I-th of N parts")
	f.StringVar(&o.linkStyle, "link-style", "", "n or note: how links are written (default: as DIR does)")
	return cmd
}

func annotate(cmd *cobra.Command, o *options, dir string, b batch.Options, asJSON bool) error {
	if b.Out == "" {
		return wrongUse(errors.New("annotate needs --out OUT"))
	}
	config, err := o.settle(dir)
	if err != nil {
		return err
	}
	mo, err := o.modelOptions(config)
	if err != nil {
		return err
	}
	mo.Strict = true
	col, err := brat.Open(dir)
	if err != nil {
		return err
	}
	if b.LinkStyle, err = o.style(); err != nil {
		return err
	}
	if b.LinkStyle == brat.StyleUnknown {
		b.LinkStyle = col.LinkStyle()
	}
	m, err := models.Open(cmd.Context(), mo, nil)
	if err != nil {
		return err
	}
	defer m.Close()
	for _, w := range m.Warnings {
		say(cmd, "%s", w)
	}
	b.Workers, b.Progress = mo.Threads, progress(cmd, "annotated")
	sum, err := batch.Annotate(cmd.Context(), col, m, b)
	if err != nil && cmd.Context().Err() != nil {
		return fmt.Errorf("%w: %d documents are done, the same command goes on there", err, sum.Documents)
	}
	single := errors.Is(err, batch.ErrDocument) || errors.Is(err, batch.ErrBroken)
	if err != nil && (!single || sum.Documents == 0) {
		return err
	}
	if err != nil {
		err = problems(err)
	}
	if sum.Resumed > 0 {
		say(cmd, "%d documents were done by earlier runs", sum.Resumed)
	}
	if asJSON {
		return errors.Join(printJSON(cmd, sum), err)
	}
	return errors.Join(printSummary(cmd, sum, b.Out), err)
}

func parseShard(s string) (i, n int, err error) {
	if s == "" {
		return 0, 0, nil
	}
	a, b, ok := strings.Cut(s, "/")
	i, errI := strconv.Atoi(a)
	n, errN := strconv.Atoi(b)
	if !ok || errI != nil || errN != nil || i < 1 || i > n {
		return 0, 0, fmt.Errorf("--shard %q: write it as I/N with 1 <= I <= N", s)
	}
	return i, n, nil
}
