package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/store"
)

func newKB() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "kb",
		Short: "build, search and look at knowledge bases",
		RunE: func(cmd *cobra.Command, args []string) error {
			return wrongUse(errors.New("kb needs one of: build, add, search, info, recall, diff, tune"))
		},
	}
	cmd.AddCommand(newKBBuild(), newKBAdd(), newKBSearch(), newKBInfo(), newKBRecall(), newKBDiff(), newKBTune())
	return cmd
}

func newKBSearch() *cobra.Command {
	var k int
	var types []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "search K QUERY",
		Short: "look names up, as the workbench does while one types",
		Args:  exactly(2, "a knowledge base and a query"),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := store.Open(args[0], store.Options{})
			if err != nil {
				return err
			}
			defer store.Close()
			found := store.Search(args[1], k, types...)
			if asJSON {
				if found == nil {
					found = []kb.Candidate{}
				}
				return printJSON(cmd, map[string]any{"results": found})
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, c := range found {
				fmt.Fprintf(w, "%s\t%s\t%s\t%.2f\t%s: %s", c.ID, c.Name, c.Type, float64(c.Score), c.Evidence.Match, c.Evidence.Name)
				for _, p := range c.Evidence.Parts {
					fmt.Fprintf(w, ", %s of %s", p.What, p.ID)
				}
				fmt.Fprintln(w)
			}
			return w.Flush()
		},
	}
	cmd.Flags().IntVarP(&k, "top", "k", 10, "how many")
	cmd.Flags().StringArrayVar(&types, "type", nil, "semantic type to find concepts of; repeats (default: all)")
	addJSON(cmd, &asJSON)
	return cmd
}

func newKBInfo() *cobra.Command {
	var verify, asJSON bool
	o := models.Options{}
	cmd := &cobra.Command{
		Use:   "info K",
		Short: "tell what a knowledge base holds and what it was made from",
		Args:  exactly(1, "a knowledge base"),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := store.ReadMeta(args[0])
			if err != nil {
				return err
			}
			if verify {
				if err := verifyKB(cmd, args[0], m, o); err != nil {
					return err
				}
			}
			return printMeta(cmd, m, asJSON)
		},
	}
	cmd.Flags().BoolVar(&verify, "verify", false, "read all files whole, compare them with what was written, and find 1,000 of its names")
	cmd.Flags().StringVar(&o.Encoder, "encoder", "", "with --verify: the name encoder that it was built with (default: the one that gloss ships)")
	addJSON(cmd, &asJSON)
	return cmd
}

// verifyKB fails where a knowledge base is not what was built, or does not find its names.
func verifyKB(cmd *cobra.Command, dir string, m store.Meta, o models.Options) (err error) {
	var e kb.Embedder
	if m.Encoder != "" {
		opened, err := models.OpenEncoder(o)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, opened.Close()) }()
		e = opened
	}
	k, err := store.Open(dir, store.Options{Embedder: e})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, k.Close()) }()
	if err := errors.Join(k.Verify(cmd.Context()), k.CheckNames(cmd.Context(), e, nil)); err != nil {
		return err
	}
	say(cmd, "%s is what was built, and finds its own names", dir)
	return nil
}

func printMeta(cmd *cobra.Command, m store.Meta, asJSON bool) error {
	if asJSON {
		return printJSON(cmd, m)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "made by\t%s\n", m.CreatedBy)
	fmt.Fprintf(w, "name\t%s\nconcepts\t%d\nnames\t%d\nof these from annotations\t%d\n", m.Name, m.Concepts, m.Names, m.Mentions)
	encoder := "none: by letters alone"
	if m.Encoder != "" {
		encoder = strings.TrimSpace(fmt.Sprintf("%s %.12s, %d dimensions", m.EncoderName, m.Encoder, m.Dimensions))
	}
	fmt.Fprintf(w, "encoder\t%s\nindex\t%s\n", encoder, m.Index)
	if m.ScanRecall > 0 {
		fmt.Fprintf(w, "recall of the scan by bits\t%.4f\n", m.ScanRecall)
	}
	if m.Recall > 0 {
		fmt.Fprintf(w, "recall of hnsw\t%.3f\n", m.Recall)
	}
	if m.Licence != "" {
		fmt.Fprintf(w, "licence\t%s\n", m.Licence)
	}
	for _, s := range m.Sources {
		fmt.Fprintf(w, "source\t%s %.12s\n", s.Path, s.SHA256)
	}
	for _, warning := range m.Warnings {
		fmt.Fprintf(w, "note\t%s\n", warning)
	}
	return w.Flush()
}

// baseName is the name of a knowledge base: as asked for, else of its directory.
func baseName(dir, name string) string {
	if name != "" {
		return name
	}
	return filepath.Base(filepath.Clean(dir))
}
