package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/kb/store"
)

func newKBRecall() *cobra.Command {
	var k, queries int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "recall K",
		Short: "measure what each index of a knowledge base finds of the nearest names",
		Long: `recall takes names of the knowledge base as queries and compares what its indexes
find with a scan of all vectors in float32, on one thread.`,
		Args: exactly(1, "a knowledge base"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if k < 1 || queries < 1 {
				return wrongUse(errors.New("--top and --queries are at least 1"))
			}
			base, err := store.Open(args[0], store.Options{})
			if err != nil {
				return err
			}
			defer base.Close()
			found, err := base.Recall(cmd.Context(), k, queries)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, map[string]any{"k": k, "indexes": found})
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintf(w, "index\trecall@%d\tqueries\tms a query\n", k)
			for _, x := range found {
				fmt.Fprintf(w, "%s\t%.4f\t%d\t%.2f\n", x.Index, x.Recall, x.Queries, x.Millis)
			}
			return w.Flush()
		},
	}
	cmd.Flags().IntVarP(&k, "top", "k", 25, "how many nearest")
	cmd.Flags().IntVar(&queries, "queries", 100, "how many names are looked for")
	addJSON(cmd, &asJSON)
	return cmd
}
