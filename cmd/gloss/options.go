package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
)

// options are the flags that several commands share.
type options struct {
	model, encoder, device string
	kbs, layers            []string
	reranker               string
	learned                string
	modelNamed             bool // --model was given
	learnEvery             int
	abbreviations          string
	threads                int

	at, who, state, linkStyle, theme string
	order, usualOrder                string
	probe, probeKind                 string
	target                           float64
	ascii, blind                     bool
}

func (o *options) addModelFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.model, "model", "", "directory of the recognition model (default: the one that gloss ships)")
	f.StringVar(&o.encoder, "encoder", "", "directory of the name encoder that the KBs were built with (default: the one that gloss ships)")
	f.StringSliceVar(&o.layers, "layers", nil, "layers of the model to run (default: all)")
	o.addKBFlags(cmd)
}

func (o *options) addKBFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&o.kbs, "kb", nil, "knowledge base, as [LABEL=]DIR; repeats, in search order")
	f.StringVar(&o.reranker, "reranker", "", "directory of a cross-encoder, for --strategy bi+cross, or of a learnt ranking")
	f.StringVar(&o.abbreviations, "abbreviations", "", "file of abbreviations that are known before those that come with gloss")
	f.StringVar(&o.device, "device", "", "auto, cpu or cuda[:N] (default auto)")
	f.IntVar(&o.threads, "threads", 0, "threads for the models (default: one a processor)")
}

func (o *options) addWorkbenchFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.at, "at", "", "document to open first")
	f.StringVar(&o.who, "who", "", "annotator (default: the login name)")
	f.StringVar(&o.state, "state", "", "where the journal is kept (default: DIR/.gloss)")
	f.StringVar(&o.linkStyle, "link-style", "", "n or note: how links are written where the corpus has none yet")
	f.StringVar(&o.order, "order", "", "order of the documents: file, random, uncertain (what the models are unsure of first) or value (most of it a second); default: as you left it")
	f.Float64Var(&o.target, "target", 0, fmt.Sprintf("F1 of the suggestions from which on the overview says that you may stop (default %v)", order.DefaultTarget))
	f.StringVar(&o.theme, "theme", "", "auto, dark, light or none")
	f.BoolVar(&o.blind, "blind", false, "no suggestions: annotate without a model's influence; concepts can be searched")
	f.StringVar(&o.probe, "probe", "", "percentage of suggestions to show otherwise, to measure how far they lead the annotator: gloss log DIR --probe")
	f.StringVar(&o.probeKind, "probe-kind", "", "shuffle (default: the first candidates change places) or hide (shown when the document is finished)")
	f.BoolVar(&o.ascii, "ascii", false, "draw without special glyphs")
}

// settle fills in from the corpus's own settings what no flag said.
func (o *options) settle(dir string) (workbench.Config, error) {
	c, err := workbench.ReadConfig(dir)
	if err != nil {
		return c, err
	}
	o.modelNamed = o.model != ""
	for _, s := range []struct {
		flag *string
		file string
	}{{&o.model, c.Model}, {&o.device, c.Device}, {&o.linkStyle, c.LinkStyle}, {&o.theme, c.Theme},
		{&o.reranker, c.Reranker}, {&o.abbreviations, c.Abbreviations}} {
		if *s.flag == "" {
			*s.flag = s.file
		}
	}
	if len(o.layers) == 0 {
		o.layers = c.Layers
	}
	o.usualOrder = c.Order
	o.target = cmp.Or(o.target, c.Target)
	o.ascii = o.ascii || c.ASCII
	o.settleProbe(c)
	if c.LearnEvery != nil {
		if o.learnEvery = *c.LearnEvery; o.learnEvery <= 0 {
			o.learnEvery = -1
		}
	}
	return c, nil
}

// modelOptions are what the flags and the settings of a corpus say about models.
func (o *options) modelOptions(c workbench.Config) (models.Options, error) {
	m := models.Options{
		Model: o.model, Encoder: o.encoder, Layers: o.layers, Device: o.device, Threads: o.threads,
		Reranker: o.reranker, Abbreviations: o.abbreviations, Learned: o.learned,
	}
	for _, ref := range o.kbs {
		label, dir, ok := strings.Cut(ref, "=")
		if !ok {
			label, dir = "", ref
		}
		if _, err := os.Stat(dir); err != nil {
			return m, fmt.Errorf("open the knowledge base: %w", err)
		}
		m.KBs = append(m.KBs, models.KB{Label: label, Dir: dir})
	}
	var err error
	if m.Link, err = link.ParseSettings(c.Link); err != nil {
		return m, fmt.Errorf("%s: %w", workbench.ConfigFile, err)
	}
	if len(o.kbs) > 0 {
		return m, nil
	}
	for _, key := range slices.Sorted(maps.Keys(c.KB)) { // one order: what was computed before is found again by it
		label := key
		if key == "*" {
			label = ""
		}
		for _, d := range c.KB[key] {
			m.KBs = append(m.KBs, models.KB{Label: label, Dir: d})
		}
	}
	return m, nil
}

func (o *options) style() (brat.LinkStyle, error) {
	switch o.linkStyle {
	case "":
		return brat.StyleUnknown, nil
	case "n":
		return brat.StyleN, nil
	case "note":
		return brat.StyleNote, nil
	}
	return 0, wrongUse(fmt.Errorf("--link-style %q: it is n or note", o.linkStyle))
}

// annotator is who decides: --who, else the login name.
func (o *options) annotator() (string, error) {
	if o.who != "" {
		return o.who, nil
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username, nil
	}
	if name := os.Getenv("USER"); name != "" {
		return name, nil
	}
	return "", wrongUse(errors.New("your login name is not known: say who annotates with --who NAME"))
}

// stateDir is where the journals of a corpus lie.
func (o *options) stateDir(dir string) string {
	if o.state != "" {
		return o.state
	}
	return filepath.Join(dir, ".gloss")
}
