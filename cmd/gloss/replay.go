package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/replay"
)

func newReplay() *cobra.Command {
	o := &options{}
	var out, at string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "replay DIR --out OUT",
		Short: "rebuild the annotation files from the journals, as of any moment",
		Long: `replay writes the collection DIR to the new directory OUT, with the .ann file of every
document that was decided on rebuilt from the journals alone. Other files are copied,
texts linked. DIR is left as it is. Where several annotators decided on a document,
the one who decided last counts; --who takes the journal of one.`,
		Args: exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return wrongUse(errors.New("replay needs --out, a new directory"))
			}
			moment, err := replay.ParseAt(at)
			if err != nil {
				return wrongUse(err)
			}
			if _, err := journalled(args[0]); err != nil {
				return err
			}
			paths, err := o.journals(args[0])
			if err != nil {
				return err
			}
			report, err := replay.Dir(cmd.Context(), replay.Options{
				Dir: args[0], Out: out, State: o.stateDir(args[0]), Journals: paths, At: moment,
			})
			if errors.Is(err, replay.ErrAt) {
				return wrongUse(err)
			}
			if err != nil {
				return err
			}
			return printReplay(cmd, report, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "where to write; a new directory")
	f.StringVar(&at, "at", "", "a sequence number of gloss log (with --who where several annotate), or a time in RFC 3339 (default: now)")
	f.StringVar(&o.who, "who", "", "one annotator only (default: all)")
	f.StringVar(&o.state, "state", "", "where the journals are kept (default: DIR/.gloss)")
	addJSON(cmd, &asJSON)
	return cmd
}

func printReplay(cmd *cobra.Command, report replay.Report, asJSON bool) error {
	if asJSON {
		if err := printJSON(cmd, report); err != nil {
			return err
		}
	}
	for _, w := range report.Warnings {
		say(cmd, "%s", w)
	}
	say(cmd, "%d of %d documents rebuilt from the journals", len(report.Rebuilt), report.Documents)
	if len(report.Warnings) > 0 {
		return problems(errSilent)
	}
	return nil
}
