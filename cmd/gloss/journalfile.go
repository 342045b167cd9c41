package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/journal"
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
	cmd.AddCommand(newJournalBegin())
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
