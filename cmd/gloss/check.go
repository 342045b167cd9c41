package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/check"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/kb/store"
)

func newCheck() *cobra.Command {
	o := &options{}
	var asJSON, fix bool
	var kbs []string
	cmd := &cobra.Command{
		Use:   "check DIR",
		Short: "find what is wrong with offsets and annotation files, and repair what is certain",
		Long: `check reads every document of a collection: lines that brat does not read, offsets
that count something other than characters, and what annotation.conf does not
allow. With --kb it looks too whether the concepts of links are in a knowledge base,
and what stands for them where not. It changes nothing, and exits with 1 where
something is found.

With --fix it repairs what can be decided without a person, shows it as a diff,
keeps the old files in .gloss/backup, and exits with 1 where something is left.
Documents with decisions in a journal are left alone: a repair of theirs would
not be in the journal.`,
		Args: exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if fix && len(kbs) > 0 {
				return wrongUse(errors.New("--fix repairs no links: leave --kb or --fix away"))
			}
			if fix {
				return fixCorpus(cmd, args[0], o.stateDir(args[0]), asJSON)
			}
			return checkCorpus(cmd, args[0], kbs, asJSON)
		},
	}
	addJSON(cmd, &asJSON)
	cmd.Flags().StringArrayVar(&kbs, "kb", nil, "knowledge base that links are held against; repeats")
	cmd.Flags().BoolVar(&fix, "fix", false, "repair what is certain")
	cmd.Flags().StringVar(&o.state, "state", "", "where the journals are, and old files are kept (default: DIR/.gloss)")
	return cmd
}

func checkCorpus(cmd *cobra.Command, dir string, kbs []string, asJSON bool) error {
	found, err := check.Dir(cmd.Context(), dir)
	if err != nil {
		return err
	}
	for _, k := range kbs {
		err := withReaders("", k, func(_, kb *store.Reader) error {
			links, err := linkFindings(cmd.Context(), nil, kb, dir)
			found = append(found, links...)
			return err
		})
		if err != nil {
			return err
		}
	}
	return report(cmd, found, asJSON)
}

// report prints findings, and is a problem where there are any.
func report(cmd *cobra.Command, found []check.Finding, asJSON bool) (err error) {
	if asJSON {
		if found == nil {
			found = []check.Finding{}
		}
		err = printJSON(cmd, map[string]any{"findings": found})
	} else {
		err = printFindings(cmd, found)
	}
	if err == nil && len(found) > 0 {
		return problems(errSilent)
	}
	return err
}

func printFindings(cmd *cobra.Command, found []check.Finding) error {
	certain := 0
	for _, f := range found {
		if f.Certain {
			certain++
		}
		if _, err := fmt.Fprintf(cmd.OutOrStdout(), "%s:%d: %s: %s\n    %s\n", f.File, f.Line, f.Kind, f.Message, f.Fix); err != nil {
			return err
		}
	}
	repairs := ""
	if certain > 0 {
		repairs = fmt.Sprintf(", of which --fix repairs %d", certain)
	}
	say(cmd, "findings: %d%s", len(found), repairs)
	return nil
}

func fixCorpus(cmd *cobra.Command, dir, state string, asJSON bool) error {
	paths, err := journal.Find(state)
	if err != nil {
		return err
	}
	report, err := check.Fix(cmd.Context(), dir, check.FixOptions{
		Backup: filepath.Join(state, "backup"),
		Keep:   func(ctx context.Context, doc string) (string, error) { return decided(ctx, paths, doc) },
	})
	if asJSON {
		err = errors.Join(err, printJSON(cmd, report))
	} else {
		for _, f := range report.Fixed {
			fmt.Fprint(cmd.OutOrStdout(), f.Diff)
			say(cmd, "repaired %s; the old file is %s", f.File, f.Backup)
		}
		for _, r := range report.Refused {
			say(cmd, "left %s alone: %s", r.File, r.Reason)
		}
	}
	if err != nil {
		return err
	}
	if !asJSON {
		if err := printFindings(cmd, report.Findings); err != nil {
			return err
		}
	}
	if len(report.Findings) > 0 {
		return problems(errSilent)
	}
	return nil
}

// decided tells whose journal has decisions on a document.
func decided(ctx context.Context, paths []string, doc string) (_ string, err error) {
	for _, path := range paths {
		j, err := journal.OpenFile(path)
		if err != nil {
			return "", err
		}
		_, begun, err := j.LastBegun(ctx, doc, 0)
		if err = errors.Join(err, j.Close()); err != nil {
			return "", err
		}
		if begun {
			return path + " has decisions on it, and would not know of the repair; correct it in the workbench", nil
		}
	}
	return "", nil
}

// journalled makes sure that dir is a collection.
func journalled(dir string) (*brat.Collection, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	return brat.Open(dir)
}
