package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/train"
)

func newTrain() *cobra.Command {
	o := train.Options{}
	var check, asJSON bool
	cmd := &cobra.Command{
		Use:   "train " + strings.Join(train.Tasks(), "|") + " CONFIG --out MODEL",
		Short: "train a model by a recipe",
		Long: `train runs the recipe that CONFIG names, and leaves a model directory that
--model and --encoder take. CONFIG is a TOML file: "recipe" and the keys that
differ from the recipe's own file, which tells them all (engine/train).

A run that was stopped goes on when the same command is given again. MODEL is
replaced only by a whole model. --check looks at the data and trains nothing.

Training needs a Python with the modules of engine/train/requirements.txt:
--python, $GLOSS_PYTHON, .venv, or python3.`,
		Args: exactly(2, "a task and a configuration"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Task, o.Config = args[0], args[1]
			o.Command = commandLine(o)
			if check {
				return trainCheck(cmd, o, asJSON)
			}
			return trainModel(cmd, o, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Out, "out", "", "directory for the model")
	f.StringVar(&o.Python, "python", "", "Python that trains")
	f.BoolVar(&check, "check", false, "look at the data, and train nothing")
	f.StringVar(&o.Seed, "seed", "", "seed, in place of the configuration's")
	f.StringArrayVar(&o.Set, "set", nil, "SECTION.KEY=VALUE, in place of the configuration's; repeats")
	addJSON(cmd, &asJSON)
	return cmd
}

func trainModel(cmd *cobra.Command, o train.Options, asJSON bool) error {
	if _, err := strconv.ParseUint(o.Seed, 10, 32); o.Seed != "" && err != nil {
		return wrongUse(fmt.Errorf("--seed %q: it is a whole number", o.Seed))
	}
	o.Progress = trainProgress(cmd.ErrOrStderr())
	r, err := train.Run(cmd.Context(), o)
	if errors.Is(err, train.ErrConfig) {
		return wrongUse(err)
	}
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(cmd, r)
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %s, epoch %d of %d, %d parameters, %.0f s\nfigures: %s\n",
		r.Model, r.Recipe, r.BestEpoch, r.Epochs, r.Parameters, r.Seconds, r.Figures)
	return err
}

func trainCheck(cmd *cobra.Command, o train.Options, asJSON bool) error {
	report, err := train.Check(cmd.Context(), o)
	if errors.Is(err, train.ErrConfig) {
		return wrongUse(err)
	}
	if err != nil {
		return err
	}
	var found struct {
		Warnings []string `json:"warnings"`
	}
	if err := json.Unmarshal(report, &found); err != nil {
		return fmt.Errorf("train: the recipe's report: %w", err)
	}
	if asJSON {
		if err := printJSON(cmd, map[string]json.RawMessage{"check": report}); err != nil {
			return err
		}
	} else if err := printReport(cmd.OutOrStdout(), report); err != nil {
		return err
	}
	for _, w := range found.Warnings {
		say(cmd, "%s", w)
	}
	if len(found.Warnings) > 0 {
		return problems(errSilent)
	}
	return nil
}

// printReport prints the numbers and texts of a recipe's report, a line each.
func printReport(out io.Writer, report json.RawMessage) error {
	var found map[string]any
	if err := json.Unmarshal(report, &found); err != nil {
		return fmt.Errorf("train: the recipe's report: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		switch value := found[name].(type) {
		case float64, string, bool:
			if _, err := fmt.Fprintf(out, "%s: %v\n", name, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// trainProgress tells each epoch in a line, and draws the batches between on a
// terminal.
func trainProgress(w io.Writer) func(train.Event) {
	drawn := ""
	if isTerminal(w) {
		drawn = "\r\x1b[K"
		fmt.Fprint(w, "starting") // Python takes a while to open its libraries
	}
	return func(e train.Event) {
		switch e.Kind {
		case "batch":
			if drawn != "" {
				fmt.Fprintf(w, "%sepoch %d of %d %s", drawn, e.Epoch, e.Epochs, bar(e.Done, e.Total))
			}
		case "epoch":
			fmt.Fprintf(w, "%sepoch %d of %d: loss %.4f%s, %.0f s\n", drawn, e.Epoch, e.Epochs, e.Loss, devFigure(e.Dev), e.Seconds)
		case "phase":
			if e.Epoch > 0 {
				fmt.Fprintf(w, "%s%s, epoch %d of %d: loss %.4f\n", drawn, e.Phase, e.Epoch, e.Epochs, e.Loss)
			}
		case "resume":
			fmt.Fprintf(w, "%sgoing on in epoch %d\n", drawn, e.Epoch+1)
		}
	}
}

func devFigure(s *train.Scores) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf(", dev F1 %.4f", s.F1)
}

// bar draws how much is done in 20 cells.
func bar(done, total int) string {
	const cells = 20
	full := cells * done / max(total, 1)
	return fmt.Sprintf("[%s%s] %d of %d", strings.Repeat("#", full), strings.Repeat(".", cells-full), done, total)
}

// commandLine is how the run would be asked for again.
func commandLine(o train.Options) string {
	words := []string{"gloss", "train", o.Task, o.Config, "--out", o.Out}
	if o.Seed != "" {
		words = append(words, "--seed", o.Seed)
	}
	for _, s := range o.Set {
		words = append(words, "--set", s)
	}
	return strings.Join(words, " ")
}
