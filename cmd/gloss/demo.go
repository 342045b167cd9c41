package main

import (
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/brat"
	corpusdemo "github.com/gloss-nlp/gloss/corpus/demo"
	"github.com/gloss-nlp/gloss/engine/batch"
	"github.com/gloss-nlp/gloss/engine/models"
)

func newDemo() *cobra.Command {
	o := &options{}
	var dir string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "the workbench on notes, models and a KB that come with gloss",
		Long: `demo opens the workbench on a fresh copy of the embedded corpus. Without a
terminal it annotates and links every note instead, and prints a summary.`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error { return demo(cmd, o, dir, asJSON) },
	}
	o.addModelFlags(cmd)
	o.addWorkbenchFlags(cmd)
	addJSON(cmd, &asJSON)
	cmd.Flags().StringVar(&dir, "dir", "", "where to put the copy (default: a new temporary directory)")
	return cmd
}

func demo(cmd *cobra.Command, o *options, dir string, asJSON bool) error {
	if dir == "" {
		tmp, err := os.MkdirTemp("", "gloss-demo-")
		if err != nil {
			return err
		}
		dir = filepath.Join(tmp, "demo")
	}
	if err := corpusdemo.Copy(dir); err != nil {
		return err
	}
	config, err := o.settle(dir)
	if err != nil {
		return err
	}
	mo, err := o.modelOptions(config)
	if err != nil {
		return err
	}
	mo.DemoKBs = len(mo.KBs) == 0
	if asJSON || !isTerminal(cmd.InOrStdin()) || !isTerminal(cmd.OutOrStdout()) {
		return demoHeadless(cmd, dir, mo, asJSON)
	}
	err = runWorkbench(cmd, o, dir, mo)
	say(cmd, "The notes and your decisions are in %s; open them again with: gloss demo --dir %s", dir, dir)
	return err
}

// demoHeadless annotates and links every note, beside the copy.
func demoHeadless(cmd *cobra.Command, dir string, mo models.Options, asJSON bool) error {
	col, err := brat.Open(dir)
	if err != nil {
		return err
	}
	mo.Strict = true
	m, err := models.Open(cmd.Context(), mo, nil)
	if err != nil {
		return err
	}
	defer m.Close()
	out := dir + "-annotated"
	sum, err := batch.Annotate(cmd.Context(), col, m, batch.Options{Out: out, Workers: mo.Threads})
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd, sum)
	}
	return printSummary(cmd, sum, out)
}

func printSummary(cmd *cobra.Command, s batch.Summary, out string) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "documents\tsentences\tsuggestions\tlinked\tseconds\tdevice\t")
	fmt.Fprintf(w, "%d\t%d\t%d\t%d\t%.2f\t%s\t\n", s.Documents, s.Sentences, s.Spans, s.Linked, s.Seconds, s.Device)
	if err := w.Flush(); err != nil {
		return err
	}
	say(cmd, "results: %s", out)
	return nil
}
