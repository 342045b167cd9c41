package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/kb/store"
)

// topKOptions are the flags of topk.
type topKOptions struct {
	gold, cands, against string
	known, kbs           []string
	score.TopKOptions
}

func newTopK() *cobra.Command {
	var o topKOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "topk --gold G --cands F.jsonl [--against F2.jsonl]",
		Short: "how often the right concept is among the first k candidates",
		Long: `topk scores what gloss link printed, with 95 % intervals by a bootstrap over
documents. --against it also tells whether two runs differ, on the same drawn documents.`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.gold == "" || o.cands == "" {
				return wrongUse(errors.New("topk needs --gold G and --cands F.jsonl"))
			}
			res, err := topK(o)
			if errors.Is(err, score.ErrOptions) {
				return wrongUse(err)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, res)
			}
			return printTopK(cmd.OutOrStdout(), res, o.At)
		},
	}
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringVar(&o.gold, "gold", "", "gold annotations with links")
	f.StringVar(&o.cands, "cands", "", "what gloss link printed")
	f.StringVar(&o.against, "against", "", "what it printed in another run, to compare with")
	f.StringArrayVar(&o.known, "known", nil, "annotations whose names and codes count as seen; repeats")
	f.StringArrayVar(&o.kbs, "kb", nil, "the knowledge base that was searched, for the ceiling; repeats")
	f.StringSliceVar(&o.Without, "without", nil, "leave out mentions of these codes; 8000/* is all that begin so")
	f.BoolVar(&o.Reachable, "reachable", false, "leave out mentions whose code is in no --kb")
	f.IntSliceVar(&o.At, "at", []int{1, 5, 25}, "the ks")
	return cmd
}

// topKComparison is the result of topk with another run beside it.
type topKComparison struct {
	*score.TopKResult
	Against *score.TopKDifference `json:"against,omitempty"`
}

func topK(o topKOptions) (*topKComparison, error) {
	gold, err := convert.Mentions(o.gold)
	if err != nil {
		return nil, fmt.Errorf("read gold: %w", err)
	}
	for _, path := range o.known {
		seen, err := convert.Mentions(path)
		if err != nil {
			return nil, fmt.Errorf("read known annotations: %w", err)
		}
		o.Known = append(o.Known, convert.Flatten(seen)...)
	}
	for _, dir := range o.kbs {
		if o.Codes, err = addCodes(o.Codes, dir); err != nil {
			return nil, err
		}
	}
	of := func(path string) (*score.TopKResult, error) {
		lines, err := readCandidates(path)
		if err != nil {
			return nil, err
		}
		return score.TopK(gold, lines, o.TopKOptions)
	}
	one, err := of(o.cands)
	if err != nil || o.against == "" {
		return &topKComparison{TopKResult: one}, err
	}
	other, err := of(o.against)
	if err != nil {
		return nil, err
	}
	d := one.Against(other)
	return &topKComparison{one, &d}, nil
}

// addCodes adds the identifiers of a knowledge base.
func addCodes(codes []string, dir string) (_ []string, err error) {
	k, err := store.Open(dir, store.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	return append(codes, k.IDs()...), nil
}

func printTopK(out io.Writer, r *topKComparison, at []int) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "mentions\tn\tceiling")
	for _, k := range at {
		fmt.Fprintf(w, "\ttop-%d", k)
	}
	fmt.Fprintln(w)
	for _, row := range []struct {
		name string
		s    score.TopKSet
	}{{"all", r.All}, {"unseen name", r.UnseenName}, {"unseen code", r.UnseenCode}} {
		fmt.Fprintf(w, "%s\t%d\t%s", row.name, row.s.N, ratio(row.s.Ceiling))
		for _, k := range at {
			fmt.Fprintf(w, "\t%s %s", ratio(row.s.Top[fmt.Sprint(k)]), span95(row.s.CI95[fmt.Sprint(k)]))
		}
		fmt.Fprintln(w)
	}
	if d := r.Against; d != nil {
		for _, row := range []struct {
			name string
			d    score.TopKDiffs
		}{{"all, more than the other", d.All}, {"unseen name", d.UnseenName}, {"unseen code", d.UnseenCode}} {
			fmt.Fprintf(w, "%s\t\t", row.name)
			for _, k := range at {
				fmt.Fprintf(w, "\t%s %s", ratio(row.d.Diff[fmt.Sprint(k)]), span95(row.d.Diff95[fmt.Sprint(k)]))
			}
			fmt.Fprintln(w)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "codes hit: %d of %d\n", r.CodesHit, r.Codes)
	return err
}

// span95 writes an interval.
func span95(ci [2]corpus.Score) string {
	if !ci[0].Known() {
		return "" // e.g. of one document
	}
	return fmt.Sprintf("[%s, %s]", ratio(ci[0]), ratio(ci[1]))
}

// readCandidates reads the output of gloss link.
func readCandidates(path string) ([]score.Line, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var lines []score.Line
	dec := json.NewDecoder(f)
	for dec.More() {
		var l score.Line
		if err := dec.Decode(&l); err != nil {
			return nil, fmt.Errorf("%s, mention %d: %w", path, len(lines)+1, err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

// ratio writes a share with four decimals, "-" where there is none.
func ratio(s corpus.Score) string {
	if !s.Known() {
		return "-"
	}
	return fmt.Sprintf("%.4f", float64(s))
}
