package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/lens/draw"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/kb/terms"
	"github.com/gloss-nlp/gloss/tui"
)

// errorsOptions are the flags of errors.
type errorsOptions struct {
	options
	gold          string
	preds         []string
	labels, known []string
	cands         string
	html          string
	cases, asJSON bool
	class, cause  string
	stage         string
	top           int
	opinion       bool
	sure          float64
	open          bool
	into          string
}

func newErrors() *cobra.Command {
	o := &errorsOptions{}
	cmd := &cobra.Command{
		Use:   "errors --gold G --pred P [--pred Q]...",
		Short: "show where annotations differ from gold ones, and why",
		Long: `errors compares predictions with gold annotations, several models side by side where
--pred repeats: boundary classes, each label, length and cause (hyphens, abbreviations, long
mentions, misspellings, unseen words, nesting, mentions found in pieces, wrong edges alone),
the words that wrong edges lose and gain, confused labels, calibration, and where gold has
links, at which stage linking went wrong. Classes sum to what gloss eval counts.

A side is a brat directory or a shared task's table, or from journals: DIR@MOMENT, the
directory as it was then (a time in RFC 3339, or with --who a number of gloss log); DIR@WHO,
what an annotator decided, of the documents that the annotator decided on; DIR@WHO@MOMENT.

Exit code 0 means that the sides were compared, whatever the differences.

With --second-opinion G is what people annotated and P a model's opinion of it: it lists
where the model contradicts them with confidence, and strings that are annotated in one
place and not in another.

With --open the workbench steps through the errors (n, p), a queue for each class, cause and
stage (Q), with both sides one above the other. Of several models each error names those that
make it, by the letters of the report, and each model has a queue. Where --into names a directory, what is wrong is
corrected there by the keys of the workbench, and y takes what the other side says; the sides
themselves are never changed.`,
		Args: exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error { return runErrors(cmd, o) },
	}
	addJSON(cmd, &o.asJSON)
	f := cmd.Flags()
	f.StringVar(&o.gold, "gold", "", "gold annotations: a directory, a table, DIR@MOMENT or DIR@WHO")
	f.StringArrayVar(&o.preds, "pred", nil, "predicted annotations, likewise; repeats")
	f.StringVar(&o.who, "who", "", "whose journal a side DIR@MOMENT is taken from (default: all)")
	f.StringVar(&o.state, "state", "", "where the journals are kept (default: DIR/.gloss)")
	f.StringSliceVar(&o.labels, "labels", nil, "look at these labels only (default: those of gold)")
	f.StringArrayVar(&o.known, "known", nil, "annotations that the model learnt from, to tell unseen words; repeats")
	f.StringArrayVar(&o.kbs, "kb", nil, "knowledge base of the links, as [LABEL=]DIR; repeats")
	f.StringVar(&o.cands, "cands", "", "what gloss link printed for P (default: the candidates that gloss annotate left in P)")
	f.StringVar(&o.html, "html", "", "write a report as a page that needs nothing beside itself")
	f.BoolVar(&o.cases, "cases", false, "list the errors, a line each, or with --json as \"cases\"")
	f.StringVar(&o.class, "class", "", "list the cases of this class only, such as split or missed")
	f.StringVar(&o.cause, "cause", "", "list the cases with this cause only, such as hyphen or misspelling")
	f.StringVar(&o.stage, "stage", "", "list the cases whose link ended at this stage only, such as ranked_low")
	f.IntVar(&o.top, "top", 15, "how many words at wrong edges to print")
	f.BoolVar(&o.opinion, "second-opinion", false, "list annotations of G that P contradicts with confidence, and uneven ones")
	f.Float64Var(&o.sure, "sure", 0.9, "how sure a second opinion must be, from 0 to 1")
	f.BoolVar(&o.open, "open", false, "step through the errors in the workbench")
	f.StringVar(&o.into, "into", "", "with --open: the directory to correct, made as a copy of gold where it does not exist")
	return cmd
}

func (o *errorsOptions) check() error {
	switch {
	case o.gold == "" || len(o.preds) == 0 && !o.opinion:
		return errors.New("errors needs --gold G and --pred P")
	case o.class != "" && !slices.Contains(score.Classes(), score.Class(o.class)):
		return fmt.Errorf("--class %q: it is one of %s", o.class, list(score.Classes()))
	case o.cause != "" && !slices.Contains(lens.Causes(), lens.Cause(o.cause)):
		return fmt.Errorf("--cause %q: it is one of %s", o.cause, list(lens.Causes()))
	case o.stage != "" && !slices.Contains(lens.Stages(), lens.Stage(o.stage)):
		return fmt.Errorf("--stage %q: it is one of %s", o.stage, list(lens.Stages()))
	case o.cands != "" && len(o.preds) != 1:
		return errors.New("--cands goes with one --pred")
	case o.opinion && len(o.preds) > 1:
		return errors.New("--second-opinion takes one --pred")
	case o.opinion && (o.html != "" || o.cases || o.class != "" || o.cause != "" || o.stage != ""):
		return errors.New("--second-opinion lists by itself: leave --html, --cases, --class, --cause and --stage away")
	case o.open && (o.asJSON || o.cases || named(o.class, o.cause, o.stage) > 1):
		return errors.New("--open shows the cases itself: leave --json and --cases away, and name one of --class, --cause and --stage at most")
	case o.into != "" && !o.open:
		return errors.New("--into goes with --open")
	case !(o.sure >= 0 && o.sure <= 1):
		return fmt.Errorf("--sure %v: it is a share from 0 to 1", o.sure)
	}
	o.cases = o.cases || o.class != "" || o.cause != "" || o.stage != ""
	return nil
}

// named counts the flags that were given.
func named(flags ...string) int {
	return len(slices.DeleteFunc(flags, func(f string) bool { return f == "" }))
}

func list[S ~string](names []S) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = string(n)
	}
	return strings.Join(parts, " ")
}

func runErrors(cmd *cobra.Command, o *errorsOptions) (err error) {
	if err := o.check(); err != nil {
		return wrongUse(err)
	}
	gold, preds, err := readSides(cmd, o)
	if err != nil {
		return err
	}
	if o.opinion {
		return secondOpinion(cmd, o, gold, preds)
	}
	lo := lens.Options{Labels: o.labels}
	if lo.Known, err = readKnown(o.known); err != nil {
		return err
	}
	if len(o.kbs) > 0 {
		kbs, err := terms.Open(refs(o.kbs))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, kbs.Close()) }()
		lo.KB = kbs.For
	}
	view := draw.View{Top: o.top}
	for _, pred := range preds {
		r, err := lens.Look(gold, pred, lo)
		if err != nil {
			return err
		}
		view.Reports = append(view.Reports, r)
	}
	if err := showErrors(cmd, o, view); err != nil || !o.open {
		return err
	}
	var names []string
	var cases [][]lens.Case
	for _, r := range view.Reports {
		names, cases = append(names, r.Pred), append(cases, r.Cases)
	}
	return openErrors(cmd, o, gold, preds, tui.LensOfModels(names, cases))
}

// readSides reads both sides. Where predictions are an annotator's, gold is cut
// down to the documents that the annotator decided on.
func readSides(cmd *cobra.Command, o *errorsOptions) (gold lens.Side, preds []lens.Side, err error) {
	if gold, _, err = readSide(cmd, &o.options, o.gold); err != nil {
		return gold, nil, fmt.Errorf("read gold: %w", err)
	}
	for _, name := range o.preds {
		pred, of, err := readSide(cmd, &o.options, name)
		if err != nil {
			return gold, nil, fmt.Errorf("read predictions: %w", err)
		}
		if of != nil {
			kept := onlyDocs(gold.Docs, of)
			if left := len(gold.Docs) - len(kept); left > 0 {
				say(cmd, "warning: %d documents of gold on which there is no decision in %s are left out", left, name)
			}
			gold.Docs = kept
		}
		preds = append(preds, pred)
	}
	if o.cands != "" {
		preds[0].Offers, err = readCands(o.cands)
	}
	return gold, preds, err
}

// readCands reads the candidates that gloss link printed.
func readCands(path string) (map[lens.Place][]corpus.Offered, error) {
	lines, err := readCandidates(path)
	if err != nil {
		return nil, err
	}
	all := map[lens.Place][]corpus.Offered{}
	for _, l := range lines {
		offers := make([]corpus.Offered, len(l.Candidates))
		for i, c := range l.Candidates {
			offers[i] = corpus.Offered{ID: c.ID, Score: corpus.NoScore}
		}
		all[lens.Place{Doc: l.Doc, Label: l.Label, Hull: corpus.Span{Start: l.Start, End: l.End}}] = offers
	}
	return all, nil
}

func readKnown(paths []string) ([]corpus.Document, error) {
	var all []corpus.Document
	for _, path := range paths {
		docs, err := convert.Documents(path)
		if err != nil {
			return nil, fmt.Errorf("read known annotations: %w", err)
		}
		for _, d := range docs {
			all = append(all, d)
		}
	}
	return all, nil
}

// refs are knowledge bases as flags name them: [LABEL=]DIR.
func refs(flags []string) []terms.Ref {
	all := make([]terms.Ref, len(flags))
	for i, flag := range flags {
		label, dir, ok := strings.Cut(flag, "=")
		if !ok {
			label, dir = "", flag
		}
		all[i] = terms.Ref{Label: label, Dir: dir}
	}
	return all
}

func showErrors(cmd *cobra.Command, o *errorsOptions, view draw.View) error {
	for i, r := range view.Reports {
		for _, w := range r.Warnings {
			say(cmd, "warning: %s: %s", o.preds[i], w)
		}
	}
	if o.html != "" {
		if err := writePage(o.html, view); err != nil {
			return err
		}
		say(cmd, "report: %s", o.html)
	}
	switch {
	case o.open:
		return nil
	case o.asJSON:
		return printErrors(cmd, o, view)
	case o.cases:
		for _, r := range view.Reports {
			if len(view.Reports) > 1 {
				fmt.Fprintf(cmd.OutOrStdout(), "# %s\n", r.Pred)
			}
			if err := draw.Cases(cmd.OutOrStdout(), o.chosen(r.Cases)); err != nil {
				return err
			}
		}
		return nil
	}
	return view.Text(cmd.OutOrStdout())
}

// chosen are the cases that the flags ask for; without any, those with an error.
func (o *errorsOptions) chosen(cases []lens.Case) []lens.Case {
	chosen := []lens.Case{}
	for _, c := range cases {
		switch {
		case o.class == "" && o.stage == "" && !c.Wrong():
		case o.class != "" && string(c.Class) != o.class:
		case o.cause != "" && !slices.Contains(c.Causes, lens.Cause(o.cause)):
		case o.stage != "" && !c.Ended(lens.Stage(o.stage)):
		default:
			chosen = append(chosen, c)
		}
	}
	return chosen
}

// printErrors prints the report of one model, or those of several with what
// tells them from the first.
func printErrors(cmd *cobra.Command, o *errorsOptions, view draw.View) error {
	versus := lens.Compare(view.Reports)
	models := make([]lens.Report, len(view.Reports))
	for i, r := range view.Reports {
		models[i] = *r
		models[i].Cases = nil
		if o.cases {
			models[i].Cases = o.chosen(r.Cases)
		}
	}
	if len(models) == 1 {
		return printJSON(cmd, models[0])
	}
	return printJSON(cmd, map[string]any{"models": models, "versus": versus})
}

func writePage(path string, view draw.View) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var w io.Writer = f
	return view.Page(w)
}

func secondOpinion(cmd *cobra.Command, o *errorsOptions, human lens.Side, preds []lens.Side) error {
	var model lens.Side
	if len(preds) > 0 {
		model = preds[0]
	}
	sure := corpus.Score(o.sure)
	found, err := lens.SecondOpinion(human, model, lens.OpinionOptions{Labels: o.labels, Sure: sure, SureLink: sure, Uneven: sure})
	if err != nil {
		return err
	}
	if o.open {
		return openErrors(cmd, o, human, preds, tui.LensOfOpinions(found))
	}
	if o.asJSON {
		return printJSON(cmd, map[string]any{"opinions": found})
	}
	if err := draw.Opinions(cmd.OutOrStdout(), found); err != nil {
		return err
	}
	counts := map[lens.OpinionKind]int{}
	for _, op := range found {
		counts[op.Kind]++
	}
	for _, kind := range lens.OpinionKinds() {
		say(cmd, "%s: %d", kind, counts[kind])
	}
	return nil
}
