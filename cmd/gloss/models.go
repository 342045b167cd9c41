package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/retrain"
	"github.com/gloss-nlp/gloss/engine/suggest"
)

// modelsOptions are the flags of models.
type modelsOptions struct {
	options
	use, add string
	asJSON   bool
}

func newModels() *cobra.Command {
	o := &modelsOptions{}
	cmd := &cobra.Command{
		Use:   "models DIR",
		Short: "compare the models of a corpus, bring another, switch",
		Long: `models lists the models of a corpus: the one that its settings name (or that gloss
ships), and the bundles in DIR/.gloss/models, where gloss train --from DIR leaves them and
where one from another machine is copied. Each is scored on the finished documents that no
training sees, a third of all, against the one in use, with the 95 % interval of the
difference. --add copies a bundle there, --use switches: gloss DIR suggests by it from
then on. "base" is the model of the settings.`,
		Args: exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error { return runModels(cmd, o, args[0]) },
	}
	addJSON(cmd, &o.asJSON)
	f := cmd.Flags()
	f.StringVar(&o.add, "add", "", "copy this bundle to the models of DIR, and compare it")
	f.StringVar(&o.use, "use", "", "switch to this model")
	f.StringVar(&o.device, "device", "", "auto, cpu or cuda[:N] (default auto)")
	f.IntVar(&o.threads, "threads", 0, "threads of the models (default: one a processor)")
	f.StringVar(&o.who, "who", "", "who switches (default: the login name)")
	f.StringVar(&o.state, "state", "", "where the journals are kept (default: DIR/.gloss)")
	return cmd
}

// settingsName is how a command names the model of the settings.
const settingsName = retrain.Reserved

func runModels(cmd *cobra.Command, o *modelsOptions, dir string) error {
	if o.add != "" && o.use != "" {
		return wrongUse(errors.New("models needs either --add or --use: look at the figures between both"))
	}
	if _, err := journalled(dir); err != nil {
		return err
	}
	config, err := o.settle(dir)
	if err != nil {
		return err
	}
	shelf, err := o.shelf(dir, config.Model, "")
	if err != nil {
		return err
	}
	switch {
	case o.use == settingsName:
		return shelf.Use(retrain.Base)
	case o.use != "":
		return shelf.Use(o.use)
	case o.add != "":
		name, err := shelf.Bring(cmd.Context(), o.add)
		if err != nil {
			return err
		}
		say(cmd, "%s is a model of %s now", name, dir)
	}
	return listModels(cmd, o, dir, shelf)
}

func listModels(cmd *cobra.Command, o *modelsOptions, dir string, shelf *retrain.Shelf) error {
	everyone := o.options
	everyone.who = ""
	docs, err := finishedOf(cmd, &everyone, dir)
	if err != nil {
		return err
	}
	used, err := shelf.Used()
	if err != nil {
		say(cmd, "%v; the model of the settings takes its place", err)
		used = retrain.Base
	}
	all, err := shelf.Models(cmd.Context(), docs, used, func(int, int) {})
	if errors.Is(err, retrain.ErrFew) {
		say(cmd, "not compared: %v", err)
	} else if err != nil {
		return err
	}
	if o.asJSON {
		return printModels(cmd, all)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "model\tF1\tdifference, 95 %\tdocuments\t")
	for _, b := range all {
		fmt.Fprintf(w, "%s\t%s\n", commandName(b), figures(b))
	}
	return w.Flush()
}

// commandName is how --use names a model.
func commandName(b suggest.Bundle) string {
	if b.Name == retrain.Base {
		return settingsName
	}
	return b.Name
}

// figures are the columns of a model.
func figures(b suggest.Bundle) string {
	c := b.Comparison
	verdict := ""
	switch {
	case b.Err != nil:
		return "-\t-\t-\tbroken: " + b.Err.Error()
	case b.Used:
		verdict = "in use"
	case c != nil && c.Better:
		verdict = "better"
	case c != nil && c.Worse:
		verdict = "worse"
	case c != nil:
		verdict = "no better by more than chance"
	}
	if c == nil {
		return "-\t-\t-\t" + verdict
	}
	return fmt.Sprintf("%s\t%+.4f (%s)\t%d\t%s", ratio(c.New.F1), float64(c.Old.Diff), interval(c.Old.Diff95), c.Documents, verdict)
}

// printModels prints what there is to know as JSON.
func printModels(cmd *cobra.Command, all []suggest.Bundle) error {
	type model struct {
		suggest.Bundle
		Error string `json:"error,omitempty"`
	}
	list := make([]model, len(all))
	for i, b := range all {
		list[i] = model{Bundle: b}
		if b.Err != nil {
			list[i].Error = b.Err.Error()
		}
	}
	return printJSON(cmd, map[string]any{"models": list})
}
