package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/check"
	"github.com/gloss-nlp/gloss/kb/diff"
	"github.com/gloss-nlp/gloss/kb/store"
)

func newKBDiff() *cobra.Command {
	var asJSON bool
	var dir string
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "tell what differs between two versions of a knowledge base",
		Long: `diff lists concepts that were added, are gone, were merged into another or renamed,
and names gained or lost. With --corpus it lists instead the mentions of a corpus whose
concept went away, was merged or renamed, or that another concept is called by now. It
changes nothing, and exits with 1 where something is found.`,
		Args: exactly(2, "two knowledge bases"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withReaders(args[0], args[1], func(old, new *store.Reader) error {
				if dir != "" {
					return checkLinks(cmd, old, new, dir, asJSON)
				}
				return diffKBs(cmd, old, new, asJSON)
			})
		},
	}
	addJSON(cmd, &asJSON)
	cmd.Flags().StringVar(&dir, "corpus", "", "list the mentions of this corpus that changes concern")
	return cmd
}

// withReaders opens two knowledge bases for f; old may be empty, and is nil then.
func withReaders(oldDir, newDir string, f func(old, new *store.Reader) error) (err error) {
	var old *store.Reader
	if oldDir != "" {
		if old, err = store.OpenReader(oldDir); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, old.Close()) }()
	}
	new, err := store.OpenReader(newDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, new.Close()) }()
	return f(old, new)
}

// side is one of the knowledge bases that were compared.
type side struct {
	Name     string `json:"name"`
	Hash     string `json:"hash"`
	Concepts int    `json:"concepts"`
	Names    int    `json:"names"`
}

func sideOf(r *store.Reader) side {
	m := r.Meta()
	return side{m.Name, m.Hash, m.Concepts, m.Names}
}

func diffKBs(cmd *cobra.Command, old, new *store.Reader, asJSON bool) error {
	changes, err := diff.Compare(cmd.Context(), old, new)
	if err != nil {
		return err
	}
	counts := map[string]int{diff.Added: 0, diff.Gone: 0, diff.Merged: 0, diff.Renamed: 0, diff.Names: 0}
	for _, c := range changes {
		counts[c.Kind]++
	}
	if asJSON {
		if changes == nil {
			changes = []diff.Change{}
		}
		err = printJSON(cmd, map[string]any{"old": sideOf(old), "new": sideOf(new), "counts": counts, "changes": changes})
	} else {
		err = printChanges(cmd, changes)
		say(cmd, "%d added, %d gone, %d merged, %d renamed, %d with other names",
			counts[diff.Added], counts[diff.Gone], counts[diff.Merged], counts[diff.Renamed], counts[diff.Names])
	}
	if err == nil && len(changes) > 0 {
		return problems(errSilent)
	}
	return err
}

func printChanges(cmd *cobra.Command, changes []diff.Change) error {
	for _, c := range changes {
		line := fmt.Sprintf("%s %s %s", c.Kind, c.ID, c.Name)
		if c.Was != "" {
			line += ", was " + c.Was
		}
		if len(c.Into) > 0 {
			line += ", now " + strings.Join(c.Into, " or ")
		}
		if c.Kind == diff.Renamed || c.Kind == diff.Names {
			for _, name := range c.Gained {
				line += "\n    + " + name
			}
			for _, name := range c.Lost {
				line += "\n    - " + name
			}
		}
		if _, err := fmt.Fprintln(cmd.OutOrStdout(), line); err != nil {
			return err
		}
	}
	return nil
}

// checkLinks prints what there is to say about the links of a corpus.
func checkLinks(cmd *cobra.Command, old, new *store.Reader, dir string, asJSON bool) error {
	found, err := linkFindings(cmd.Context(), old, new, dir)
	if err != nil {
		return err
	}
	return report(cmd, found, asJSON)
}

func linkFindings(ctx context.Context, old, new *store.Reader, dir string) ([]check.Finding, error) {
	all, err := diff.Corpus(dir)
	if err != nil {
		return nil, err
	}
	return diff.Mentions(ctx, old, new, all)
}
