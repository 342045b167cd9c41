package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/bench"
)

func newBenchKB() *cobra.Command {
	o := bench.KBOptions{Worker: benchWorker("kb")}
	var asJSON, worker bool
	cmd := &cobra.Command{
		Use:   "kb [K...]",
		Short: "open knowledge bases, search them and link mentions with them",
		Long: `bench kb measures knowledge bases, on one thread: how long each takes to open, to
find a mention's vector, the nearest names by meaning and by letters, the answers to
what somebody types, and the ranked candidates of a mention with the shipped models.
Mentions are names of the knowledge base: of three, one as it is, one with words in
another order or left out, and one misspelled.

With --sizes it makes names up, and keeps the knowledge bases in --dir: one of 2.5
million names takes 20 minutes and 4 GB.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if worker {
				return bench.ServeKB(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
			}
			o.KBs = args
			if len(o.KBs)+len(o.Sizes) == 0 || o.Queries < 1 || o.Rounds < 1 {
				return wrongUse(errors.New("bench kb needs a knowledge base or --sizes; --queries and --rounds are at least 1"))
			}
			for _, n := range o.Sizes {
				if n < 1 {
					return wrongUse(fmt.Errorf("--sizes %d: at least 1", n))
				}
			}
			o.Say = func(format string, args ...any) { say(cmd, format, args...) }
			report, err := bench.KB(cmd.Context(), o)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, report)
			}
			return printBenchKB(cmd.OutOrStdout(), report)
		},
	}
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.IntSliceVar(&o.Sizes, "sizes", nil, "numbers of names of knowledge bases to make up")
	f.IntVar(&o.Queries, "queries", 300, "number of queries of each kind")
	f.IntVar(&o.Rounds, "rounds", 1, "how often all are asked; the fastest time of each counts, where other programs run")
	f.StringVar(&o.Dir, "dir", filepath.Join(os.TempDir(), "gloss-bench-kb"), "where made-up knowledge bases are kept")
	f.BoolVar(&worker, "worker", false, "measure the knowledge base of a request")
	f.MarkHidden("worker") // the flag exists
	return cmd
}

func printBenchKB(out io.Writer, r bench.KBReport) error {
	for _, k := range r.KBs {
		fmt.Fprintf(out, "%s: %d names, %d dimensions; opens in %.1f ms; %.0f MB that are not pages of files, %.0f of them before it is opened\n",
			k.KB, k.Names, k.Dimensions, k.Open, k.Anonymous, k.Before)
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "milliseconds\tp50\tp95\tprocessor p95\t")
		for _, s := range k.Steps {
			fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t\n", s.What, s.P50, s.P95, s.CPU)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}
