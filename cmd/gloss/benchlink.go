package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/bench"
)

func newBenchLink() *cobra.Command {
	o := bench.LinkOptions{}
	var sizes []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "link",
		Short: "search by meaning beside faiss-cpu, over made-up vectors",
		Long: `bench link makes vectors, isotropic and clustered, and measures how long the
nearest of them take to be found, by one thread and by all, one query at a time and
32: with gloss's scans, and with faiss-cpu's exact, quantised and graph indexes. What
each index finds is compared with a scan of all vectors in float32.

Python needs faiss-cpu; without it gloss is measured alone. Sizes in the millions
need some GB of memory and of --dir.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.K < 1 || o.Queries < 32 || o.Seconds <= 0 {
				return wrongUse(fmt.Errorf("--top is at least 1, --queries at least 32, --seconds more than 0"))
			}
			for _, p := range o.Peers {
				if !slices.Contains(bench.PeerIndexes, p) {
					return wrongUse(fmt.Errorf("--peers %s: they are %s", p, strings.Join(bench.PeerIndexes, ", ")))
				}
			}
			for _, n := range o.Threads {
				if n < 1 {
					return wrongUse(fmt.Errorf("--threads %d: at least 1", n))
				}
			}
			if err := addVectors(&o, sizes); err != nil {
				return err
			}
			o.Say = func(format string, args ...any) { say(cmd, format, args...) }
			report, err := bench.Link(cmd.Context(), o)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, report)
			}
			return printBenchLink(cmd.OutOrStdout(), report)
		},
	}
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringSliceVar(&sizes, "sizes", []string{"53000x768", "290000x768", "2460000x128"}, "rows and dimensions of the vectors")
	f.IntVarP(&o.K, "top", "k", 25, "how many nearest are asked for")
	f.IntVar(&o.Queries, "queries", 64, "number of queries")
	f.IntSliceVar(&o.Threads, "threads", nil, "numbers of threads (default: one, and all)")
	f.Float64Var(&o.Seconds, "seconds", 2, "time for each figure")
	f.StringSliceVar(&o.Peers, "peers", nil, "of faiss's indexes: "+strings.Join(bench.PeerIndexes, ", ")+" (default: all; hnsw up to 60,000 rows)")
	f.StringVar(&o.Python, "python", pythonDefault(), "Python with faiss-cpu (default: $GLOSS_PYTHON, else python3)")
	f.StringVar(&o.Dir, "dir", os.TempDir(), "where the vectors are written meanwhile")
	return cmd
}

// addVectors adds sets of these sizes, each isotropic and clustered.
func addVectors(o *bench.LinkOptions, sizes []string) error {
	for _, s := range sizes {
		set, err := bench.ParseVectors(s)
		if err != nil {
			return wrongUse(fmt.Errorf("--sizes: %w", err))
		}
		clustered := set
		clustered.Clustered = true
		o.Sets = append(o.Sets, set, clustered)
	}
	return nil
}

func printBenchLink(out io.Writer, r bench.LinkReport) error {
	for _, set := range r.Sets {
		fmt.Fprintf(out, "%s, the %d nearest, milliseconds a query\n", set.Vectors, r.K)
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprint(w, "index\trecall\tbuild s\tMB\t")
		for _, t := range set.Indexes[0].Times {
			fmt.Fprintf(w, "%d thr. x%d\t", t.Threads, t.Batch)
		}
		fmt.Fprintln(w)
		for _, x := range set.Indexes {
			name := x.Name
			if x.Note != "" {
				name += " (" + x.Note + ")"
			}
			fmt.Fprintf(w, "%s\t%.4f\t%.1f\t%d\t", name, x.Recall, x.Build, x.Bytes>>20)
			for _, t := range x.Times {
				fmt.Fprintf(w, "%.3g\t", t.Millis)
			}
			fmt.Fprintln(w)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "gloss's instructions: %s", r.Kernel)
	if r.Faiss != "" {
		fmt.Fprintf(out, "; faiss %s", r.Faiss)
	}
	fmt.Fprintln(out)
	for _, note := range r.Notes {
		fmt.Fprintln(out, "note:", note)
	}
	return nil
}
