package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/engine/retrain"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

func newLog() *cobra.Command {
	o := &options{}
	var asJSON, probe bool
	cmd := &cobra.Command{
		Use:   "log DIR",
		Short: "list the decisions on a corpus, and what happened to its models, oldest first",
		Args:  exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if probe {
				return logProbe(cmd, o, args[0], asJSON)
			}
			all, err := decisions(cmd, o, args[0])
			if err != nil {
				return err
			}
			models, err := o.modelEvents(args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, map[string]any{"decisions": all, "models": models})
			}
			return printLog(cmd, all, models)
		},
	}
	addJSON(cmd, &asJSON)
	cmd.Flags().BoolVar(&probe, "probe", false, "how far suggestions led each annotator, by what a probe showed otherwise")
	cmd.Flags().StringVar(&o.who, "who", "", "one annotator only (default: all)")
	cmd.Flags().StringVar(&o.state, "state", "", "where the journals are kept (default: DIR/.gloss)")
	return cmd
}

// journals are the files of the journals of a corpus; of one annotator where --who names one.
func (o *options) journals(dir string) ([]string, error) {
	state := o.stateDir(dir)
	paths, err := journal.Find(state)
	if err != nil || o.who == "" {
		return paths, err
	}
	path, err := journal.Path(state, o.who)
	if err != nil {
		return nil, wrongUse(err)
	}
	if !slices.Contains(paths, path) {
		return nil, fmt.Errorf("%s has decided nothing here: there is no %s", o.who, path)
	}
	return []string{path}, nil
}

// decisions reads the journals of a corpus, by time, each annotator's in its
// order. A corpus without any has none.
func decisions(cmd *cobra.Command, o *options, dir string) ([]corpus.Decision, error) {
	if _, err := journalled(dir); err != nil {
		return nil, err
	}
	paths, err := o.journals(dir)
	if err != nil {
		return nil, err
	}
	journals := make([][]corpus.Decision, len(paths))
	for i, path := range paths {
		if journals[i], err = readJournal(cmd, path); err != nil {
			return nil, err
		}
	}
	return journal.Interleave(journals...), nil
}

func readJournal(cmd *cobra.Command, path string) (all []corpus.Decision, err error) {
	j, err := journal.OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	for d, err := range j.All(cmd.Context(), journal.Filter{}) {
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// modelEvents are what happened to the models of a corpus; by one annotator where --who names one.
func (o *options) modelEvents(dir string) ([]retrain.Event, error) {
	all, err := retrain.ReadHistory(o.stateDir(dir))
	return slices.DeleteFunc(append([]retrain.Event{}, all...), func(e retrain.Event) bool { return o.who != "" && e.Who != o.who }), err
}

// logTime is how the log tells a time.
const logTime = "2006-01-02 15:04:05"

func printLog(cmd *cobra.Command, all []corpus.Decision, models []retrain.Event) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	before := func(t time.Time) {
		for ; len(models) > 0 && models[0].Time.Before(t); models = models[1:] {
			e := models[0]
			fmt.Fprintf(w, "-\t%s\t%s\t-\t%s\t%s\n", e.Time.Local().Format(logTime), e.Who, e.Kind, strings.TrimSpace(e.Model+" "+e.Note))
		}
	}
	for _, d := range all {
		before(d.Time)
		what := ""
		if m := d.After; m != nil {
			what = m.Label + " " + m.Spans.String() + " " + m.Text
			if len(m.Links) > 0 {
				what += " → " + m.Links[0].ID + " " + m.Links[0].Name
			}
		} else if m := d.Before; m != nil {
			what = m.Label + " " + m.Spans.String() + " " + m.Text
		}
		if p, ok := d.Proposed(); ok {
			what = p.ID + " " + p.Name
		} else if d.Note != "" {
			what = strings.TrimSpace(what + " (" + d.Note + ")")
		}
		if d.Of != 0 {
			what = fmt.Sprintf("step %d: %s", d.Of, what)
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", d.Seq, d.Time.Local().Format(logTime), d.Who, d.Doc, d.Kind, strings.ReplaceAll(what, "\n", " "))
	}
	if len(models) > 0 {
		before(models[len(models)-1].Time.Add(time.Nanosecond))
	}
	return w.Flush()
}

func newUndo() *cobra.Command {
	o := &options{}
	var last int
	var seq int64
	cmd := &cobra.Command{
		Use:   "undo DIR --last N | --seq S",
		Short: "take decisions back",
		Args:  exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (last > 0) == (seq > 0) {
				return wrongUse(errors.New("undo needs either --last N or --seq S"))
			}
			return undo(cmd, o, args[0], last, seq)
		},
	}
	f := cmd.Flags()
	f.IntVar(&last, "last", 0, "take back the last N steps")
	f.Int64Var(&seq, "seq", 0, "take back the step that holds this decision (see gloss log)")
	f.StringVar(&o.who, "who", "", "whose decisions (default: the login name)")
	f.StringVar(&o.state, "state", "", "where the journal is kept (default: DIR/.gloss)")
	return cmd
}

func undo(cmd *cobra.Command, o *options, dir string, last int, seq int64) (err error) {
	who, err := o.annotator()
	if err != nil {
		return err
	}
	if _, err := journalled(dir); err != nil {
		return err
	}
	wb, err := workbench.Open(cmd.Context(), workbench.Options{Dir: dir, State: o.stateDir(dir), Who: who})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, wb.Close(cmd.Context())) }()
	var action workbench.Action = workbench.Undo{}
	if seq > 0 {
		action, last = workbench.Undo{Seq: seq}, 1
	}
	for range last {
		res, err := wb.Do(cmd.Context(), action)
		if err != nil {
			return err
		}
		say(cmd, "%s: %s", res.Doc, res.Message)
	}
	return nil
}
