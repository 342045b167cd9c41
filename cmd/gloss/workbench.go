package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/cache"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/tui"
)

// closing is how long quitting may take before it gives up.
const closing = 30 * time.Second

// openWorkbench opens the terminal workbench on a collection.
func openWorkbench(cmd *cobra.Command, o *options, dir string) error {
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("%w (to see a list of commands: gloss --help)", err)
	}
	if _, err := brat.Open(dir); err != nil {
		return err
	}
	config, err := o.settle(dir)
	if err != nil {
		return err
	}
	mo, err := o.modelOptions(config)
	if err != nil {
		return err
	}
	return runWorkbench(cmd, o, dir, mo)
}

// runWorkbench runs the workbench until the person quits, then writes what is
// left to write.
func runWorkbench(cmd *cobra.Command, o *options, dir string, mo models.Options) error {
	shelf, used, notice, err := o.shelve(dir, &mo)
	if err != nil {
		return err
	}
	if err := models.Check(mo); err != nil {
		return err
	}
	wo, err := o.workbenchOptions(dir, mo)
	if err != nil {
		return err
	}
	return showWorkbench(cmd, withShelf(wo, shelf, used, notice), tui.Options{Title: title(dir), At: o.at, Theme: o.theme, ASCII: o.ascii, Demo: mo.DemoKBs})
}

// needTerminal is an error where there is no terminal, and says what does without.
func needTerminal(cmd *cobra.Command, instead string) error {
	if !isTerminal(cmd.InOrStdin()) || !isTerminal(cmd.OutOrStdout()) {
		return wrongUse(errors.New("the workbench needs a terminal; without one, use " + instead))
	}
	return nil
}

// showWorkbench opens a collection and shows it. The keys are those of its settings.
func showWorkbench(cmd *cobra.Command, wo workbench.Options, so tui.Options) (err error) {
	if so.Keys, err = tui.ReadKeys(filepath.Join(wo.Dir, workbench.ConfigFile)); err != nil {
		return err
	}
	if err := needTerminal(cmd, "gloss annotate"); err != nil {
		return err
	}
	if err := offerConf(cmd, wo.Dir); err != nil {
		return err
	}
	restore := quietErrors() // before the models load, which may have something to say
	watch := startGuard(os.Stdin, logPath())
	wb, err := workbench.Open(cmd.Context(), wo)
	if err != nil {
		watch.dismiss()
		restore()
		return err
	}
	// The models' threads have a low priority, and hold one of Go's processors each
	// while they decode: the screen must find another one free.
	runtime.GOMAXPROCS(2 * runtime.NumCPU())
	if so.Lens == nil {
		so.New, so.Met = firstTime()
	}
	watch.ready()
	runErr := runProgram(cmd.Context(), tui.New(wb, so))
	watch.dismiss()
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	err = errors.Join(runErr, wb.Close(ctx))
	restore()
	return err
}

// runProgram shows the workbench until the person quits or a signal comes. The
// terminal is as it was before when it returns, also after a panic.
func runProgram(ctx context.Context, model tea.Model, opts ...tea.ProgramOption) error {
	// Signals end ctx. The library's own handler would wait for ever to tell a program
	// that ctx has ended already.
	opts = append(append(tui.ProgramOptions(), tea.WithContext(ctx), tea.WithoutSignalHandler()), opts...)
	p := tea.NewProgram(model, opts...)
	_, err := p.Run()
	switch {
	case errors.Is(err, tea.ErrProgramPanic):
		return fmt.Errorf("the screen failed, which is a fault of gloss. Every decision is on disk: open the collection again to go on. Details: %s", logPath())
	case errors.Is(err, tea.ErrInterrupted) || ctx.Err() != nil:
		return nil // a signal: the work is saved all the same
	}
	return err
}

// title is the name of a collection.
func title(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return filepath.Base(dir)
}

func (o *options) workbenchOptions(dir string, mo models.Options) (workbench.Options, error) {
	who, err := o.annotator()
	if err != nil {
		return workbench.Options{}, err
	}
	style, err := o.style()
	if err != nil {
		return workbench.Options{}, err
	}
	for _, mode := range []string{o.order, o.usualOrder} {
		if _, err := order.ParseMode(mode); err != nil {
			return workbench.Options{}, wrongUse(err)
		}
	}
	if err := order.CheckTarget(cmp.Or(o.target, order.DefaultTarget)); err != nil {
		return workbench.Options{}, wrongUse(err)
	}
	probe, err := o.probed()
	if err != nil {
		return workbench.Options{}, err
	}
	mo.Cache = filepath.Join(o.stateDir(dir), cache.File)
	if mo.Learned == "" {
		mo.Learned = filepath.Join(o.stateDir(dir), learn.FileName)
	}
	mo.Warn = logError
	return workbench.Options{
		Dir: dir, State: o.stateDir(dir), Who: who, LinkStyle: style, Workers: o.threads, Blind: o.blind, Probe: probe, LearnEvery: o.learnEvery,
		Order: order.Mode(o.order), UsualOrder: order.Mode(o.usualOrder), Target: o.target, Linkable: mo.Linkable,
		Load: func(ctx context.Context, memory *link.Overlay) (*suggest.Models, error) {
			m, err := models.Open(ctx, mo, memory)
			logOpening(m, err)
			return m, err
		},
	}, nil
}

// offerConf asks, for a folder of bare texts, whether to write the
// annotation.conf that brat would need.
func offerConf(cmd *cobra.Command, dir string) error {
	col, err := brat.Open(dir)
	if err != nil {
		return err
	}
	if brat.HasConf(dir) || col.HasAnnotations() {
		return nil
	}
	say(cmd, "%s holds texts, and no annotation.conf. gloss can write one with the labels of its model, so that brat opens the folder too.", dir)
	fmt.Fprint(cmd.ErrOrStderr(), "Write annotation.conf? [y/N] ")
	answer, err := bufio.NewReader(cmd.InOrStdin()).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if a := strings.ToLower(strings.TrimSpace(answer)); a != "y" && a != "yes" {
		return nil
	}
	labels, err := models.ShippedLabels()
	if err != nil {
		return err
	}
	return brat.WriteConf(dir, labels)
}

// quietErrors keeps what native libraries print away from the screen: it goes
// to a log in the user's cache, or nowhere where that cannot be written.
func quietErrors() (restore func()) {
	f, err := openLog()
	if err != nil {
		if f, err = os.OpenFile(os.DevNull, os.O_WRONLY, 0); err != nil {
			return func() {}
		}
	}
	back, err := onnx.CaptureStderr(f)
	if err != nil {
		_ = f.Close()
		return func() {}
	}
	return func() { _ = errors.Join(back(), f.Close()) }
}

// logOpening logs in full what the status bar has room to begin.
func logOpening(m *suggest.Models, err error) {
	if err != nil {
		logError(err)
	}
	if m == nil {
		return
	}
	for _, w := range m.Warnings {
		logError(errors.New(w))
	}
}

// logError writes to where quietErrors sends the standard error stream.
func logError(err error) {
	fmt.Fprintln(os.Stderr, time.Now().Format(time.RFC3339), err)
}

// logPath is where the log lies; "" where the user has no place for caches.
func logPath() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "gloss", "gloss.log")
}

func openLog() (*os.File, error) {
	path := logPath()
	if path == "" {
		return nil, os.ErrNotExist
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
}
