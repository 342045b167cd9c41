package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/batch"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/store"
)

func newLink() *cobra.Command {
	o := &options{}
	var k int
	var out, texts string
	var features bool
	how := &strategyFlags{}
	cmd := &cobra.Command{
		Use:   "link IN --kb K",
		Short: "find candidates for mentions",
		Long: `link prints a line of JSON for every mention of IN: the spans of a brat
directory, a shared task's table (with its texts: --text DIR), or a table with a
mention and, after a tab, its context in each line.`,
		Args: exactly(1, "one input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if k < 1 {
				return wrongUse(errors.New("-k must be at least 1"))
			}
			m, err := openLinker(cmd, o, args[0], how)
			if err != nil {
				return err
			}
			defer m.Close()
			questions, err := batch.Questions(args[0], texts)
			if err != nil {
				return err
			}
			w, closeOut, err := create(cmd, out)
			if err != nil {
				return err
			}
			if features {
				n, err := batch.Features(cmd.Context(), w, m.Linker.(batch.Featurer), questions, progress(cmd, "linked"))
				if err == nil {
					say(cmd, "%d mentions with a link", n)
				}
				return errors.Join(err, closeOut())
			}
			return errors.Join(batch.Link(cmd.Context(), w, m, questions, k, progress(cmd, "linked")), closeOut())
		},
	}
	o.addKBFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.encoder, "encoder", "", "directory of the name encoder that the KBs were built with (default: the one that gloss ships)")
	f.IntVarP(&k, "top", "k", 25, "candidates a mention")
	f.StringVar(&out, "out", "", "file for the result (default: standard output)")
	f.StringVar(&texts, "text", "", "directory with the .txt files of a table")
	f.BoolVar(&features, "features", false, "write what gloss train reranker learns from: linked mentions, their candidates and features")
	how.add(cmd)
	f.Bool("json", true, "the output is always JSON lines")
	return cmd
}

// openLinker opens what links the mentions of in, by the flags, and where in is a corpus with
// settings of its own, by those.
func openLinker(cmd *cobra.Command, o *options, in string, how *strategyFlags) (*suggest.Models, error) {
	var config workbench.Config
	if info, err := os.Stat(in); err == nil && info.IsDir() {
		if config, err = o.settle(in); err != nil {
			return nil, err
		}
	}
	mo, err := o.modelOptions(config)
	if err != nil {
		return nil, err
	}
	if len(mo.KBs) == 0 {
		return nil, wrongUse(errors.New("link needs a knowledge base: --kb [LABEL=]DIR"))
	}
	if mo.Link, err = how.settings(mo.Link); err != nil {
		return nil, wrongUse(err)
	}
	mo.NoModel, mo.Strict = true, true
	if err := models.Check(mo); err != nil {
		return nil, err
	}
	m, err := models.Open(cmd.Context(), mo, nil)
	if err != nil {
		return nil, err
	}
	for _, w := range m.Warnings {
		say(cmd, "%s", w)
	}
	return m, nil
}

func newTopK() *cobra.Command {
	var gold, cands string
	var known, kbs []string
	var at []int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "topk --gold G --cands F.jsonl",
		Short: "how often the right concept is among the first k candidates",
		Args:  exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if gold == "" || cands == "" {
				return wrongUse(errors.New("topk needs --gold G and --cands F.jsonl"))
			}
			res, err := topK(gold, cands, known, kbs, at)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, res)
			}
			return printTopK(cmd, res, at)
		},
	}
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringVar(&gold, "gold", "", "gold annotations with links")
	f.StringVar(&cands, "cands", "", "what gloss link printed")
	f.StringArrayVar(&known, "known", nil, "annotations whose names and codes count as seen; repeats")
	f.StringArrayVar(&kbs, "kb", nil, "the knowledge base that was searched, for the ceiling; repeats")
	f.IntSliceVar(&at, "at", []int{1, 5, 25}, "the ks")
	return cmd
}

func topK(gold, cands string, known, kbs []string, at []int) (*score.TopKResult, error) {
	g, err := convert.Mentions(gold)
	if err != nil {
		return nil, fmt.Errorf("read gold: %w", err)
	}
	lines, err := readCandidates(cands)
	if err != nil {
		return nil, err
	}
	o := score.TopKOptions{At: at}
	for _, path := range known {
		seen, err := convert.Mentions(path)
		if err != nil {
			return nil, fmt.Errorf("read known annotations: %w", err)
		}
		o.Known = append(o.Known, convert.Flatten(seen)...)
	}
	for _, dir := range kbs {
		if o.Codes, err = addCodes(o.Codes, dir); err != nil {
			return nil, err
		}
	}
	res, err := score.TopK(g, lines, o)
	if errors.Is(err, score.ErrOptions) {
		err = wrongUse(err)
	}
	return res, err
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

func printTopK(cmd *cobra.Command, r *score.TopKResult, at []int) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
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
			fmt.Fprintf(w, "\t%s", ratio(row.s.Top[fmt.Sprint(k)]))
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "codes hit: %d of %d\n", r.CodesHit, r.Codes)
	return nil
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
