package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/doctor"
)

func newDoctor() *cobra.Command {
	var device string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "tell what is installed, what is missing, and what mends it",
		Args:  exactly(0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			checks := doctor.Run(device)
			if asJSON {
				if err := printJSON(cmd, map[string]any{"checks": checks}); err != nil {
					return err
				}
			} else {
				printChecks(cmd, checks)
			}
			if slices.ContainsFunc(checks, func(c doctor.Check) bool { return c.Needed && !c.OK }) {
				return problems(errSilent)
			}
			return nil
		},
	}
	addJSON(cmd, &asJSON)
	cmd.Flags().StringVar(&device, "device", "auto", "the device to look for")
	return cmd
}

func printChecks(cmd *cobra.Command, checks []doctor.Check) {
	out := cmd.OutOrStdout()
	for _, c := range checks {
		mark := "ok"
		switch {
		case !c.OK && c.Needed:
			mark = "MISSING"
		case !c.OK:
			mark = "-"
		}
		fmt.Fprintf(out, "%-8s %-16s %s\n", mark, c.Name, c.Detail)
		if c.Fix != "" {
			fmt.Fprintf(out, "%-8s %-16s mend it with: %s\n", "", "", c.Fix)
		}
	}
}
