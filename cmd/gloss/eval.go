package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/corpus/score"
)

func newEval() *cobra.Command {
	var gold, pred, docs, codes string
	var asJSON bool
	o := score.Options{}
	cmd := &cobra.Command{
		Use:   "eval --gold G --pred P",
		Short: "score predicted annotations against gold ones",
		Long: `eval compares two brat directories, or tables of a shared task, and prints
precision, recall and F1 with a 95 % interval (bootstrap by document).`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if gold == "" || pred == "" {
				return wrongUse(errors.New("eval needs --gold G and --pred P"))
			}
			if codes != "" {
				list, err := readLines(codes)
				if err != nil {
					return err
				}
				o.Codes = list
			}
			res, err := evaluate(gold, pred, docs, o)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, res)
			}
			return printScores(cmd, res)
		},
	}
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringVar(&gold, "gold", "", "gold annotations: a brat directory or a shared task's table")
	f.StringVar(&pred, "pred", "", "predicted annotations, likewise")
	f.StringVar(&o.Profile, "profile", "clean", "how to score")
	f.StringVar(&o.Task, "task", "ner", "ner (spans and labels) or norm (their codes too)")
	f.StringVar(&codes, "codes", "", "file with the valid codes, one a line")
	f.StringSliceVar(&o.Labels, "labels", nil, "score these labels only")
	f.StringVar(&docs, "docs", "", "file with the documents to score, one a line (default: those of gold)")
	return cmd
}

func evaluate(gold, pred, docs string, o score.Options) (*score.Result, error) {
	g, err := convert.Mentions(gold)
	if err != nil {
		return nil, fmt.Errorf("read gold: %w", err)
	}
	p, err := convert.Mentions(pred)
	if err != nil {
		return nil, fmt.Errorf("read predictions: %w", err)
	}
	if docs != "" {
		names, err := readLines(docs)
		if err != nil {
			return nil, err
		}
		g, p = only(g, names), only(p, names)
	}
	res, err := score.Score(g, p, o)
	if errors.Is(err, score.ErrOptions) {
		err = wrongUse(err)
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

func printScores(cmd *cobra.Command, r *score.Result) error {
	for _, w := range r.Warnings {
		say(cmd, "warning: %s", w)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "label\tgold\tpred\ttp\tfp\tfn\tprecision\trecall\tF1\t95 %%\n")
	for _, label := range r.Labels() {
		printCounts(w, label, r.PerLabel[label])
	}
	printCounts(w, "all ("+r.Profile+", "+r.Task+")", r.Counts)
	return w.Flush()
}

func printCounts(w *tabwriter.Writer, label string, c score.Counts) {
	fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%.4f\t%.4f\t%.4f\t%.4f–%.4f\n",
		label, c.Gold, c.Pred, c.TP, c.FP, c.FN, c.Precision, c.Recall, c.F1, c.CI95[0], c.CI95[1])
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
