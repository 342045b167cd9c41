package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/bench"
)

func newBench() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "measure this machine, beside gloss's peers where they are installed",
	}
	cmd.AddCommand(newBenchNER(), newBenchLink(), newBenchKB(), newBenchLearn())
	return cmd
}

func newBenchNER() *cobra.Command {
	o := bench.NEROptions{Worker: benchWorker("ner")}
	var shapes []string
	var asJSON, worker bool
	cmd := &cobra.Command{
		Use:   "ner DIR",
		Short: "recognition beside transformers' pipeline, over the texts of DIR",
		Long: `bench ner runs a model over texts of DIR with gloss and with transformers'
TokenClassificationPipeline on torch, by turns, on the processor: the same model,
text, windows and threads, the fastest batch size of each, and the median of the
runs. Spans are compared. Each side is a process of its own, whose peak of memory is
told.

Without --model it makes BERTs with random weights. Python needs torch,
transformers, onnx and onnxruntime; without them gloss is measured alone.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if worker {
				return bench.Serve(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout())
			}
			if err := exactly(1, "one directory")(cmd, args); err != nil {
				return err
			}
			for _, s := range shapes {
				shape, err := bench.ParseShape(s)
				if err != nil {
					return wrongUse(fmt.Errorf("--shapes: %w", err))
				}
				o.Shapes = append(o.Shapes, shape)
			}
			return benchNER(cmd, o, args[0], asJSON)
		},
	}
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringVar(&o.Model, "model", "", "directory of a model: an export, with the weights that it was made from beside it (default: random models)")
	f.StringSliceVar(&shapes, "shapes", []string{"4x256", "12x768"}, "layers and width of the random models")
	f.IntVar(&o.Docs, "docs", 0, "number of texts (default: some seconds of each model; more than there are: all)")
	f.IntVar(&o.Threads, "threads", runtime.NumCPU(), "threads of each side")
	f.IntVar(&o.Runs, "runs", 5, "runs of each side, of which the median counts")
	f.StringVar(&o.Python, "python", pythonDefault(), "Python with torch and transformers (default: $GLOSS_PYTHON, else python3)")
	f.BoolVar(&worker, "worker", false, "be gloss's side of a comparison")
	f.MarkHidden("worker") // the flag exists
	return cmd
}

func pythonDefault() string {
	if python := os.Getenv("GLOSS_PYTHON"); python != "" {
		return python
	}
	return "python3"
}

// benchWorker runs this program as the process that a benchmark measures.
func benchWorker(what string) func(ctx context.Context) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, self, "bench", what, "--worker") }
}

func benchNER(cmd *cobra.Command, o bench.NEROptions, dir string, asJSON bool) error {
	if o.Threads < 1 || o.Runs < 1 || o.Docs < 0 {
		return wrongUse(fmt.Errorf("--threads and --runs are at least 1, --docs is not negative"))
	}
	col, err := brat.Open(dir)
	if err != nil {
		return err
	}
	for _, name := range col.Names() {
		text, err := col.ReadText(name)
		if err != nil {
			return err
		}
		o.Texts = append(o.Texts, text.String())
	}
	o.Say = func(format string, args ...any) { say(cmd, format, args...) }
	report, err := bench.NER(cmd.Context(), o)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd, report)
	}
	return printBench(cmd.OutOrStdout(), report)
}

func printBench(out io.Writer, r bench.NERReport) error {
	for _, m := range r.Models {
		fmt.Fprintf(out, "%s, %d documents, %d threads\n", m.Name, m.Documents, r.Threads)
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "side\tbest batch\tdocuments/s\ttimes\tpeak MB\tspans\tdiffer\t")
		for _, s := range m.Sides {
			times, differ := "", ""
			if s.Times > 0 {
				times = fmt.Sprintf("%.2f", s.Times)
			}
			if s.Differ != nil {
				differ = fmt.Sprint(*s.Differ)
			}
			fmt.Fprintf(w, "%s\t%d %s\t%.2f\t%s\t%d\t%d\t%s\t\n", s.Name, s.Batch, s.Unit, s.PerSecond, times, s.Peak>>20, s.Spans, differ)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if r.Torch != "" {
		fmt.Fprintf(out, "torch %s, transformers %s\n", r.Torch, r.Transformers)
	}
	for _, note := range r.Notes {
		fmt.Fprintln(out, "note:", note)
	}
	return nil
}
