// Command gloss is a terminal workbench for annotating text and linking it to
// knowledge bases. This package is wiring: flags, paths, signals, exit codes.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes of every command.
const (
	exitProblems = 1 // found problems
	exitWrongUse = 2
	exitCannot   = 3 // a file, a library or a device is missing, or nothing usable is left
)

// exitError is an error with the exit code that it brings.
type exitError struct {
	code int
	err  error
}

func (e exitError) Error() string { return e.err.Error() }
func (e exitError) Unwrap() error { return e.err }

func problems(err error) error { return exitError{exitProblems, err} }
func wrongUse(err error) error { return exitError{exitWrongUse, err} }

// errSilent ends with an exit code and no message: all was said already.
var errSilent = errors.New("")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process: it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if msg := err.Error(); msg != "" {
		fmt.Fprintln(errOut, "gloss:", msg)
	}
	var e exitError
	if errors.As(err, &e) {
		return e.code
	}
	return exitCannot
}

// newRoot makes the command tree. The root itself opens the workbench.
func newRoot() *cobra.Command {
	o := &options{}
	root := &cobra.Command{
		Use:   "gloss DIR",
		Short: "annotate text and link it to knowledge bases, in a terminal",
		Long: `gloss opens a brat corpus, runs entity recognition and linking in the background,
and lets you accept, correct and link mentions by keyboard. Every decision is on
disk at once.

"gloss demo" shows it on notes that come with it.`,
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return wrongUse(errors.New(`name one directory to open, or a command: see "gloss --help"`))
			}
			return openWorkbench(cmd, o, args[0])
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return wrongUse(fmt.Errorf("%w: see %q", err, cmd.CommandPath()+" --help"))
	})
	o.addModelFlags(root)
	o.addWorkbenchFlags(root)
	root.AddCommand(
		newDemo(), newAnnotate(), newLink(), newTopK(), newEval(), newErrors(), newAgree(), newKB(), newExport(), newTrain(), newModels(), newLearn(), newSimulate(),
		newCheck(), newConvert(), newLog(), newUndo(), newReplay(), newDoctor(), newBench(),
	)
	root.AddCommand(newJournal())
	return root
}

// exactly is cobra.ExactArgs with an error of wrong use.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return wrongUse(fmt.Errorf("%s needs %s: see %q", cmd.CommandPath(), what, cmd.CommandPath()+" --help"))
		}
		return nil
	}
}
