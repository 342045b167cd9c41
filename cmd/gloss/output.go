package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/overview"
)

// printJSON prints one JSON document on standard output.
func printJSON(cmd *cobra.Command, v any) error {
	enc := json.NewEncoder(cmd.OutOrStdout())
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// addJSON adds the flag that every command with a result has.
func addJSON(cmd *cobra.Command, on *bool) {
	cmd.Flags().BoolVar(on, "json", false, "print one JSON document on standard output")
}

// say prints a message; messages go to standard error.
func say(cmd *cobra.Command, format string, args ...any) {
	fmt.Fprintf(cmd.ErrOrStderr(), format+"\n", args...)
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// progress draws a line of progress, with the rate and the time left, on a terminal
// only and at most ten times a second.
func progress(cmd *cobra.Command, what string) func(done, total int) {
	w := cmd.ErrOrStderr()
	if !isTerminal(w) {
		return nil
	}
	var last time.Time
	var meter overview.Meter
	return func(done, total int) {
		now := time.Now()
		if done < total && now.Sub(last) < 100*time.Millisecond {
			return
		}
		last = now
		meter.Note([]workbench.Task{{Title: what, Done: done, Total: total}}, now)
		const clear = "\r\x1b[K" // what it says may be shorter than before
		end := ""
		if done >= total {
			end = "\n"
		}
		fmt.Fprint(w, clear, what, " ", strings.Join(meter.Work()[0].Parts(), ", "), end)
	}
}

// create opens an output file, or standard output for "" and "-".
func create(cmd *cobra.Command, path string) (io.Writer, func() error, error) {
	if path == "" || path == "-" {
		return cmd.OutOrStdout(), func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}
