package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/corpus/replay"
)

func newJournal() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "work on journals themselves",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return wrongUse(fmt.Errorf("name what to do: see %q", cmd.CommandPath()+" --help"))
		},
	}
	cmd.AddCommand(newJournalBegin(), newJournalMerge())
	return cmd
}

func newJournalBegin() *cobra.Command {
	o := &options{}
	cmd := &cobra.Command{
		Use:   "begin DIR DOC...",
		Short: "go on from documents as they are on disk now",
		Long: `begin tells your journal that documents begin anew with the text and the annotations that
they have now: for a document that is read-only because another program changed it in a way
that could not be joined. What was decided before stays in the journal, and gloss replay --at
gives it back; the files are not touched.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return wrongUse(fmt.Errorf("%s needs a directory and documents: see %q", cmd.CommandPath(), cmd.CommandPath()+" --help"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return begin(cmd, o, args[0], args[1:]) },
	}
	cmd.Flags().StringVar(&o.who, "who", "", "whose journal (default: the login name)")
	cmd.Flags().StringVar(&o.state, "state", "", "where the journal is kept (default: DIR/.gloss)")
	return cmd
}

func begin(cmd *cobra.Command, o *options, dir string, docs []string) (err error) {
	who, err := o.annotator()
	if err != nil {
		return err
	}
	col, err := journalled(dir)
	if err != nil {
		return err
	}
	var batch journal.Batch
	for _, name := range docs {
		d, err := col.Read(name)
		if err != nil {
			return err
		}
		batch.Begun = append(batch.Begun, journal.Begun{Doc: name, Time: time.Now(), Text: d.TextHash, Ann: d.File.Bytes()})
	}
	j, err := journal.Open(o.stateDir(dir), who)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	if err := j.AppendBatch(cmd.Context(), batch); err != nil {
		return err
	}
	say(cmd, "%d documents begin anew", len(docs))
	return nil
}

func newJournalMerge() *cobra.Command {
	var out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "merge A B [--out J]",
		Short: "join the journals of two annotators, or of one annotator's two machines",
		Long: `merge lists what two journals disagree on, and exits with 1 where there is something:
one mention decided differently, annotations of one label that overlap, lines that both
changed, documents begun from other files. With --out it writes the journal that has all
decisions of A and then those of B that A does not have, each with who and when. What B did is
done again on what A left; where that cannot be done, the document goes on as B had it.`,
		Args: exactly(2, "two journal files"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := replay.Merge(cmd.Context(), args[0], args[1], out)
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(cmd, r)
			} else {
				for _, c := range r.Conflicts {
					fmt.Fprintf(cmd.OutOrStdout(), "%s: %s: %s\n", c.Doc, c.Kind, c.Message)
				}
			}
			say(cmd, "%d decisions: %d of the first journal alone, %d of the second alone, %d of both; %d conflicts",
				r.Decisions, r.A, r.B, r.Common, len(r.Conflicts))
			if err == nil && len(r.Conflicts) > 0 {
				return problems(errSilent)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the file to write; a new one (default: only tell)")
	addJSON(cmd, &asJSON)
	return cmd
}
