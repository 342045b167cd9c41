package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/corpus/score/official"
)

// evalOptions are the flags of eval.
type evalOptions struct {
	profile, task   string
	gold, pred      string
	against         string
	docs, codes     string
	labels          []string
	classes, asJSON bool
	calibration     bool
}

func newEval() *cobra.Command {
	o := evalOptions{}
	cmd := &cobra.Command{
		Use:   "eval --gold G --pred P [--against Q]",
		Short: "score predicted annotations against gold ones",
		Long: `eval compares two brat directories, or tables of a shared task, and prints
precision, recall and F1 with a 95 % interval (bootstrap by document; a single
document with mentions does not tell how much documents differ, so it has none). With
--against it also tells whether P and Q differ, on the same drawn documents.

A profile other than clean gives the numbers of that task's official script, its
defects included, and a warning wherever the script does something unexpected.`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runEval(cmd, o) },
	}
	addJSON(cmd, &o.asJSON)
	f := cmd.Flags()
	f.StringVar(&o.gold, "gold", "", "gold annotations: a brat directory or a shared task's table")
	f.StringVar(&o.pred, "pred", "", "predicted annotations, likewise")
	f.StringVar(&o.against, "against", "", "other predictions to compare with")
	f.StringVar(&o.profile, "profile", score.Clean, "how to score: "+score.Clean+" or an official script, one of "+strings.Join(official.Profiles(), " "))
	f.StringVar(&o.task, "task", "ner", "ner (spans and labels), norm (their codes too), or another task of the profile")
	f.StringVar(&o.codes, "codes", "", "file with the valid codes, one a line (official profiles: as their script reads it)")
	f.StringSliceVar(&o.labels, "labels", nil, "score these labels only")
	f.StringVar(&o.docs, "docs", "", "file with the documents to score, one a line (default: those of gold)")
	f.BoolVar(&o.classes, "classes", false, "also count boundary classes")
	f.BoolVar(&o.calibration, "calibration", false, "also tell how far the scores that annotate gave can be believed")
	return cmd
}

// comparison is the result of eval with another prediction beside it.
type comparison struct {
	*score.Result
	Against *score.Difference `json:"against,omitempty"`
}

func runEval(cmd *cobra.Command, o evalOptions) error {
	if o.gold == "" || o.pred == "" {
		return wrongUse(errors.New("eval needs --gold G and --pred P"))
	}
	res, err := evaluateBoth(o)
	var script *official.ScriptError
	switch {
	case errors.As(err, &script):
		if !o.asJSON {
			return problems(fmt.Errorf("the official script of %s would fail: %w", o.profile, err))
		}
		if err := printJSON(cmd, map[string]string{"error": script.Message}); err != nil {
			return err
		}
		return problems(errSilent)
	case errors.Is(err, score.ErrOptions):
		return wrongUse(err)
	case err != nil:
		return err
	case o.asJSON:
		return printJSON(cmd, res)
	}
	return printScores(cmd, res)
}

func evaluateBoth(o evalOptions) (*comparison, error) {
	res, err := evaluate(o, o.pred)
	if err != nil || o.against == "" {
		return &comparison{Result: res}, err
	}
	other, err := evaluate(o, o.against)
	if err != nil {
		return nil, err
	}
	diff := res.Against(other)
	return &comparison{res, &diff}, nil
}

func evaluate(o evalOptions, pred string) (*score.Result, error) {
	if o.profile == score.Clean {
		return evaluateClean(o, pred)
	}
	if o.labels != nil || o.docs != "" || o.classes || o.calibration {
		return nil, fmt.Errorf("%w: --labels, --docs, --classes and --calibration go with profile %s; an official script chooses for itself", score.ErrOptions, score.Clean)
	}
	return official.Score(official.Options{Profile: o.profile, Task: o.task, Gold: o.gold, Pred: pred, Codes: o.codes})
}

func evaluateClean(o evalOptions, pred string) (*score.Result, error) {
	so := score.Options{Task: o.task, Labels: o.labels, Calibration: o.calibration}
	read := convert.Mentions
	if o.calibration {
		read = convert.Scored
	}
	if o.codes != "" {
		list, err := readLines(o.codes)
		if err != nil {
			return nil, err
		}
		so.Codes = list
	}
	g, err := convert.Mentions(o.gold)
	if err != nil {
		return nil, fmt.Errorf("read gold: %w", err)
	}
	p, err := read(pred)
	if err != nil {
		return nil, fmt.Errorf("read predictions: %w", err)
	}
	if o.docs != "" {
		names, err := readLines(o.docs)
		if err != nil {
			return nil, err
		}
		g, p = only(g, names), only(p, names)
	}
	res, err := score.Score(g, p, so)
	if err == nil && o.classes {
		res.Classes = score.CountClasses(score.Paired(g, p, nil, res.Labels()))
	}
	return res, err
}

// only keeps the named documents; one that is not there has no mentions.
func only(all map[string][]corpus.Mention, names []string) map[string][]corpus.Mention {
	kept := make(map[string][]corpus.Mention, len(names))
	for _, n := range names {
		kept[n] = all[n]
	}
	return kept
}

func printScores(cmd *cobra.Command, r *comparison) error {
	for _, w := range r.Warnings {
		say(cmd, "warning: %s", w)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "label\tgold\tpred\ttp\tfp\tfn\tprecision\trecall\tF1\t95 %%\n")
	for _, label := range r.Labels() {
		printCounts(w, label, r.PerLabel[label])
	}
	if classes, ok := r.Classes.(map[string]score.Counts); ok {
		for _, name := range slices.Sorted(maps.Keys(classes)) {
			printCounts(w, name, classes[name])
		}
	} else {
		printCounts(w, "all ("+r.Profile+", "+r.Task+")", r.Counts)
	}
	if r.Overlap != nil {
		printCounts(w, "overlap", *r.Overlap)
	}
	if r.Against != nil {
		printCounts(w, "against", r.Against.Counts)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	printMore(cmd, r)
	return nil
}

// printMore prints what only some tasks have.
func printMore(cmd *cobra.Command, r *comparison) {
	out := cmd.OutOrStdout()
	if classes, ok := r.Classes.(score.ClassCounts); ok {
		for _, class := range score.Classes() {
			fmt.Fprintf(out, "%-12s %d\n", class, classes[class])
		}
	}
	if r.MAP != nil {
		fmt.Fprintf(out, "mean average precision %v\n", *r.MAP)
	}
	if r.Accuracy != nil {
		fmt.Fprintf(out, "accuracy %v\n", *r.Accuracy)
	}
	if c := r.Calibration; c != nil && c.Scored > 0 {
		fmt.Fprintf(out, "score      predicted  right  mean score  precision\n")
		for _, b := range c.Bins {
			if b.Pred > 0 {
				fmt.Fprintf(out, "%.1f–%.1f %12d %6d %11.3f %10.3f\n", b.From, b.To, b.Pred, b.TP, b.Score, b.Precision)
			}
		}
		fmt.Fprintf(out, "calibration error %.4f (mean distance of score and precision)\n", c.ECE)
	}
	switch d := r.Against; {
	case d == nil:
	case !d.Diff95[0].Known():
		fmt.Fprintf(out, "F1 differs by %+.4f, in one document, which gives no interval\n", d.Diff)
	default:
		fmt.Fprintf(out, "F1 differs by %+.4f, 95 %% %+.4f to %+.4f\n", d.Diff, d.Diff95[0], d.Diff95[1])
	}
}

func printCounts(w *tabwriter.Writer, label string, c score.Counts) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%.4f\t%.4f\t%.4f\t%s\n",
		label, c.Gold, c.Pred, c.TP, c.FP, c.FN, c.Precision, c.Recall, c.F1, ci95(c.CI95))
}

// ci95 writes an interval, where there is one.
func ci95(ci [2]corpus.Score) string {
	if !ci[0].Known() {
		return "none"
	}
	return fmt.Sprintf("%.4f–%.4f", ci[0], ci[1])
}

func readLines(path string) ([]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines, nil
}
