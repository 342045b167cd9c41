package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/corpus/check"
)

func newCheck() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check DIR",
		Short: "find what is wrong with offsets and annotation files",
		Long:  "check reads every document of a collection and changes nothing. It exits with 1 where something is found.",
		Args:  exactly(1, "one directory"),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := check.Dir(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if asJSON {
				if found == nil {
					found = []check.Finding{}
				}
				err = printJSON(cmd, map[string]any{"findings": found})
			} else {
				for _, f := range found {
					fmt.Fprintf(cmd.OutOrStdout(), "%s:%d: %s: %s\n", f.File, f.Line, f.Kind, f.Message)
					if f.Fix != "" {
						fmt.Fprintf(cmd.OutOrStdout(), "    %s\n", f.Fix)
					}
				}
				say(cmd, "%d findings", len(found))
			}
			if err == nil && len(found) > 0 {
				return problems(errSilent)
			}
			return err
		},
	}
	addJSON(cmd, &asJSON)
	return cmd
}

// journalled makes sure that dir is a collection.
func journalled(dir string) (*brat.Collection, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	return brat.Open(dir)
}
