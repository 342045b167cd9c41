package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/simulate"
)

// simulateOptions are the flags of simulate.
type simulateOptions struct {
	options
	simulate.Options
	task, test, texts string
	unit              string
	orders            []string
	seeds             int
	costs             []string
	measured, svg     string
	bins              int
	asJSON            bool
	how               strategyFlags
}

func newSimulate() *cobra.Command {
	o := &simulateOptions{}
	cmd := &cobra.Command{
		Use:   "simulate POOL --test TEST | simulate IN --task link --kb K",
		Short: "what an order of documents, suggestions and learning would save an annotator",
		Long: `simulate lets the annotations of POOL answer in place of an annotator, document by
document, in several orders. After some documents a layer is learnt from those that are
annotated, and scored on TEST; a model of costs says how long the work would have taken,
with the layer's suggestions and without. The layer begins from nothing: the figures mean
something where the model was not trained on the labels of POOL.

With --unit sentence it asks for sentences in place of documents, each with the one before
it and the one after; file order, to compare with, stays that of documents.

With --out, what is done is kept there after each update, and a simulation that was stopped
goes on from it.

With --task link it answers the linked mentions of IN (as gloss link reads them) one by one,
and tells how often the first candidate was right before, with what was chosen so far and
without.`,
		Args: exactly(1, "documents to annotate"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch o.task {
			case "ner":
				return simulateNER(cmd, o, args[0])
			case "link":
				return simulateLink(cmd, o, args[0])
			}
			return wrongUse(fmt.Errorf("--task %q: it is ner or link", o.task))
		},
	}
	addJSON(cmd, &o.asJSON)
	o.addKBFlags(cmd)
	o.how.add(cmd)
	f := cmd.Flags()
	f.StringVar(&o.task, "task", "ner", "ner or link")
	f.StringVar(&o.test, "test", "", "documents to score on")
	f.StringVar(&o.texts, "text", "", "directory with the .txt files of a table, with --task link")
	f.StringVar(&o.model, "model", "", "directory of a model that was not trained on the labels (default: the one that gloss ships)")
	f.StringVar(&o.encoder, "encoder", "", "directory of the name encoder that the KBs were built with (default: the one that gloss ships)")
	f.StringSliceVar(&o.Labels, "labels", nil, "labels of the layer (default: all of POOL)")
	f.StringSliceVar(&o.orders, "orders", []string{"file", "random", "uncertain", "value"}, "orders to compare")
	f.IntVar(&o.seeds, "seeds", 3, "courses of each order that chance has a part in")
	f.IntSliceVar(&o.Sizes, "sizes", []int{10, 20, 40, 80, 160, 320}, "numbers of documents after which the layer is learnt anew, rising")
	f.StringVar(&o.unit, "unit", string(simulate.Document), "what is asked at a time: document, or sentence, which is read with the one before it and the one after")
	f.IntSliceVar(&o.Sentences, "sentences", []int{100, 300, 600, 1000, 1500, 2200}, "the same of sentences, with --unit sentence")
	f.Float64Var(&o.Share, "share", 0.1, "share of the documents that is drawn by chance, to tell how good the layer is")
	f.Float64Var(&o.Target, "target", 0.95, "share of the F1 of the whole POOL that is to be reached")
	f.StringSliceVar(&o.costs, "cost", nil, "seconds: read=S (100 words), accept=S, fix=S, reject=S, new=S, link=S, jump=S (to another place)")
	f.StringVar(&o.measured, "costs", "", "a corpus whose journals say how long decisions take")
	f.StringVar(&o.who, "who", "", "the annotator of --costs whose journal counts")
	f.StringVar(&o.state, "state", "", "where the journals of --costs are kept (default: DIR/.gloss)")
	f.StringVar(&o.Dir, "out", "", "directory that keeps what is done, to go on from")
	f.StringVar(&o.svg, "svg", "", "file for a plot")
	f.IntVar(&o.bins, "bins", 20, "points of the curve, with --task link")
	return cmd
}

// check finds what is wrong with the numbers.
func (o *simulateOptions) check() error {
	rising := func(n []int) bool { return len(n) > 0 && n[0] >= 1 && slices.IsSorted(n) }
	switch {
	case o.seeds < 1:
		return errors.New("--seeds is at least 1")
	case len(o.orders) == 0:
		return errors.New("--orders names one at least")
	case !(o.Target > 0 && o.Target <= 1):
		return fmt.Errorf("--target %v: it lies above 0 and at 1 at most", o.Target)
	case !(o.Share >= 0 && o.Share <= 1):
		return fmt.Errorf("--share %v: it lies between 0 and 1", o.Share)
	case !rising(o.Sizes), o.unit == string(simulate.Sentence) && !rising(o.Sentences):
		return errors.New("--sizes and --sentences rise from 1")
	}
	return nil
}

func simulateNER(cmd *cobra.Command, o *simulateOptions, pool string) (err error) {
	if o.test == "" {
		return wrongUse(errors.New("simulate needs documents to score on: --test TEST"))
	}
	if err := o.check(); err != nil {
		return wrongUse(err)
	}
	for _, s := range o.orders {
		m, err := order.ParseMode(s)
		if err != nil {
			return wrongUse(err)
		}
		o.Orders = append(o.Orders, m)
	}
	unit, err := simulate.ParseUnit(o.unit)
	if err != nil {
		return wrongUse(err)
	}
	o.Unit = unit
	for i := range o.seeds {
		o.Seeds = append(o.Seeds, uint64(i+1))
	}
	if err := o.price(cmd); err != nil {
		return err
	}
	if o.Pool, err = documentsOf(pool); err != nil {
		return err
	}
	if o.Test, err = documentsOf(o.test); err != nil {
		return err
	}
	model, err := models.OpenRecognizer(models.Options{Model: o.model, Device: o.device, Threads: o.threads})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, model.Close()) }()
	o.Encoder, o.Model = model, model.Hash()
	o.Say = func(format string, args ...any) { say(cmd, format, args...) }
	r, err := simulate.Run(cmd.Context(), o.Options)
	if err != nil {
		return err
	}
	if err := plot(o.svg, r.Plot); err != nil {
		return err
	}
	if o.asJSON {
		return printJSON(cmd, r)
	}
	return printSimulation(cmd, r)
}

// price finds what work costs.
func (o *simulateOptions) price(cmd *cobra.Command) error {
	o.Costs = order.DefaultCosts()
	if o.measured != "" {
		if err := o.measure(cmd); err != nil {
			return err
		}
	}
	for _, s := range o.costs {
		if err := o.Costs.Set(s); err != nil {
			return wrongUse(err)
		}
	}
	return nil
}

// measure takes costs from the journal of an annotator.
func (o *simulateOptions) measure(cmd *cobra.Command) error {
	if _, err := journalled(o.measured); err != nil {
		return err
	}
	paths, err := o.journals(o.measured)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return wrongUse(fmt.Errorf("--costs %s: nobody has decided anything there", o.measured))
	}
	if len(paths) > 1 {
		return wrongUse(fmt.Errorf("--costs %s: %d annotators have decided there: name one with --who", o.measured, len(paths)))
	}
	all, err := readJournal(cmd, paths[0])
	if err != nil {
		return err
	}
	report, err := pace.Count(each(all), func(int64) bool { return false }) // time is spent, undone or not
	if err != nil {
		return err
	}
	var n int
	if o.Costs, n = o.Costs.Measured(report); n == 0 {
		say(cmd, "the journal of %s times fewer than %d decisions of every sort: costs are assumed", o.measured, order.FewTimes)
	}
	return nil
}

// plot writes a picture to a file, where one is named.
func plot(path string, draw func(io.Writer) error) error {
	if path == "" {
		return nil
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(draw(f), f.Close())
}

func printSimulation(cmd *cobra.Command, r *simulate.Report) error {
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%d documents, %d mentions of %v; scored on %d documents\n", r.Documents, r.Mentions, r.Labels, r.TestDocuments)
	fmt.Fprintf(out, "learnt from all: F1 %.3f (95 %%: %s); %.0f %% of it is F1 %.3f\n", r.Full.F1, interval(r.Full.CI95), 100*r.Target, r.Target*f1(r.Full.F1))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "order\tsuggestions\treached\tasked\tseconds\tleast\tmost\tsaved\ttold rightly\t")
	for _, s := range r.Summary {
		with := "no"
		if s.Suggestions {
			with = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%d of %d\t%s %ss\t%s\t%s\t%s\t%s\t%d of %d\t\n", s.Order, with, s.Reached, s.Seeds,
			whole(s.Asked), s.Unit, whole(s.Seconds), whole(s.Least), whole(s.Most), percent(s.Saved), s.True, s.Told)
	}
	return w.Flush()
}

func whole(v corpus.Score) string {
	if !v.Known() {
		return "-"
	}
	return fmt.Sprintf("%.0f", float64(v))
}

func percent(v corpus.Score) string {
	if !v.Known() {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*float64(v))
}

// each visits decisions.
func each(all []corpus.Decision) func(yield func(corpus.Decision, error) bool) {
	return func(yield func(corpus.Decision, error) bool) {
		for d := range slices.Values(all) {
			if !yield(d, nil) {
				return
			}
		}
	}
}
