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

	"github.com/gloss-nlp/gloss/engine/retrain"
	"github.com/gloss-nlp/gloss/engine/train"
)

func newTrain() *cobra.Command {
	o := train.Options{}
	from := &options{}
	var check, asJSON bool
	var corpusDir string
	cmd := &cobra.Command{
		Use:   "train " + strings.Join(train.Tasks(), "|") + " CONFIG --out MODEL",
		Short: "train a model by a recipe",
		Long: `train runs the recipe that CONFIG names, and leaves a model directory that
--model and --encoder take. CONFIG is a TOML file: "recipe" and the keys that
differ from the recipe's own file, which tells them all (engine/train).

A run that was stopped goes on when the same command is given again. MODEL is
replaced only by a whole model. --check looks at the data and trains nothing.

--from DIR trains a recognizer from the finished documents of DIR, but for the third
that is held out, and tells how good it is there against the model in use. CONFIG may be
left out then, and --out: the model is one of gloss models DIR.
Training needs a Python with the modules of engine/train/requirements.txt:
--python, $GLOSS_PYTHON, .venv, or python3.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if corpusDir != "" && len(args) == 1 {
				return nil
			}
			return exactly(2, "a task and a configuration")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Task = args[0]
			if len(args) > 1 {
				o.Config = args[1]
			}
			o.Command = commandLine(o, corpusDir)
			if corpusDir != "" {
				return trainOn(cmd, o, from, corpusDir, check, asJSON)
			}
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
	f.StringVar(&corpusDir, "from", "", "train from the finished documents of this collection, and compare")
	f.StringVar(&from.state, "state", "", "where the journals of --from are kept (default: DIR/.gloss)")
	addJSON(cmd, &asJSON)
	return cmd
}

// trainOn trains from a collection.
func trainOn(cmd *cobra.Command, o train.Options, from *options, dir string, check, asJSON bool) error {
	if o.Task != "ner" || check {
		return wrongUse(errors.New("--from trains a recognizer (ner), and has no --check: it says what is missing before it begins"))
	}
	if err := checkSeed(o.Seed); err != nil {
		return err
	}
	run := retrain.Run{Recipe: retrain.Recipe{Config: o.Config, Set: o.Set, Seed: o.Seed}, Out: o.Out, Command: o.Command}
	return trainFrom(cmd, from, dir, run, o.Python, asJSON)
}

func checkSeed(seed string) error {
	if _, err := strconv.ParseUint(seed, 10, 32); seed != "" && err != nil {
		return wrongUse(fmt.Errorf("--seed %q: it is a whole number", seed))
	}
	return nil
}

func trainModel(cmd *cobra.Command, o train.Options, asJSON bool) error {
	if err := checkSeed(o.Seed); err != nil {
		return err
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
func commandLine(o train.Options, from string) string {
	words := []string{"gloss", "train", o.Task}
	for _, w := range [][]string{{o.Config}, {"--from", from}, {"--out", o.Out}} {
		if w[len(w)-1] != "" {
			words = append(words, w...)
		}
	}
	if o.Seed != "" {
		words = append(words, "--seed", o.Seed)
	}
	for _, s := range o.Set {
		words = append(words, "--set", s)
	}
	return strings.Join(words, " ")
}
