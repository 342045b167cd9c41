package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
	"github.com/gloss-nlp/gloss/corpus/pace"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// settleProbe fills in the probe of the corpus's own settings where no flag said it.
func (o *options) settleProbe(c workbench.Config) {
	if o.probe == "" && c.Probe != 0 {
		o.probe = strconv.FormatFloat(100*c.Probe, 'f', -1, 64)
	}
	if o.probeKind == "" {
		o.probeKind = c.ProbeKind
	}
}

// probed is the probe that the flags and the settings ask for.
func (o *options) probed() (workbench.Probe, error) {
	percent := 0.0
	if o.probe != "" {
		var err error
		if percent, err = strconv.ParseFloat(strings.TrimSuffix(o.probe, "%"), 64); err != nil {
			return workbench.Probe{}, wrongUse(fmt.Errorf("--probe %q: it is a percentage, such as 5", o.probe))
		}
	}
	p, err := workbench.NewProbe(percent/100, o.probeKind)
	if err != nil {
		return p, wrongUse(err)
	}
	if p.Share > 0 && o.blind {
		return p, wrongUse(errors.New("--probe compares with suggestions, and --blind shows none: leave one of them out"))
	}
	return p, nil
}

// probeReport is what the journal of one annotator tells of a probe.
type probeReport struct {
	Journal string `json:"journal"`
	pace.Probed
}

// logProbe tells, of each annotator, how far suggestions led them.
func logProbe(cmd *cobra.Command, o *options, dir string, asJSON bool) error {
	if _, err := journalled(dir); err != nil {
		return err
	}
	paths, err := o.journals(dir)
	if err != nil {
		return err
	}
	reports := make([]probeReport, len(paths))
	for i, path := range paths {
		reports[i].Journal = filepath.Base(path)
		if reports[i].Probed, err = countProbed(cmd, path); err != nil {
			return err
		}
	}
	if asJSON {
		return printJSON(cmd, map[string]any{"probes": reports})
	}
	return printProbes(cmd, reports)
}

func countProbed(cmd *cobra.Command, path string) (pace.Probed, error) {
	all, err := readJournal(cmd, path)
	if err != nil {
		return pace.Probed{}, err
	}
	state := journal.NewState()
	for _, d := range all {
		state.Apply(d)
	}
	return pace.CountProbed(func(yield func(corpus.Decision, error) bool) {
		for _, d := range all {
			if !yield(d, nil) {
				return
			}
		}
	}, state.Undone)
}

func printProbes(cmd *cobra.Command, reports []probeReport) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, r := range reports {
		fmt.Fprintln(w, r.Journal)
		for _, line := range []struct {
			what string
			rate pace.Rate
		}{
			{"candidates as ranked: took the first", r.First},
			{"candidates shuffled: took the first all the same", r.Misled},
			{"candidates shuffled: took the one that ranks first", r.Sought},
			{"suggestions shown: taken as they are", r.Kept},
			{"suggestions hidden: annotated with the same boundaries", r.Found},
			{"suggestions hidden: annotated with the same or others", r.Touched},
			{"suggestions missed: taken as they are once shown", r.Missed},
		} {
			fmt.Fprintf(w, "  %s\t%s\n", line.what, rateText(line.rate))
		}
	}
	return w.Flush()
}

// rateText is a share with its counts and its interval.
func rateText(r pace.Rate) string {
	if r.Of == 0 {
		return "none"
	}
	low, high := r.Interval()
	return fmt.Sprintf("%.1f %%  (%d of %d; 95 %%: %.1f to %.1f)", 100*r.Share(), r.Count, r.Of, 100*low, 100*high)
}
