package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/tui"
)

// onlyLooking is why nothing can be decided where no --into says where to.
const onlyLooking = "--into DIR corrects a copy"

// openErrors steps through cases in the workbench, on a copy of gold: the one that
// --into names, or one that is thrown away and in which nothing can be decided.
func openErrors(cmd *cobra.Command, o *errorsOptions, gold lens.Side, preds []lens.Side, look *tui.Lens) (err error) {
	if len(look.Cases) == 0 {
		say(cmd, "nothing differs: there is nothing to step through")
		return nil
	}
	if err := needTerminal(cmd, "gloss errors --cases"); err != nil {
		return err
	}
	look.Begin = o.class + o.cause + o.stage
	dir := o.into
	if dir == "" {
		tmp, err := os.MkdirTemp("", "gloss-errors-*")
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
		dir = filepath.Join(tmp, title(o.gold))
	}
	if err := o.makeInto(cmd, dir); err != nil {
		return err
	}
	given, err := givenBy(look, gold, preds, dir)
	if err != nil {
		return err
	}
	own := &options{who: o.who, kbs: o.kbs, theme: o.theme, learnEvery: -1}
	config := workbench.Config{}
	if ref, err := parseSide(o.gold); err == nil {
		if info, err := os.Stat(ref.path); err == nil && info.IsDir() {
			if config, err = own.settle(ref.path); err != nil { // its paths are relative to the source
				return err
			}
		}
	}
	mo, err := own.modelOptions(config)
	if err != nil {
		return err
	}
	mo.NoModel, mo.Model, mo.Layers, own.learnEvery, own.order = true, "", nil, -1, ""
	wo, err := own.workbenchOptions(dir, mo)
	if err != nil {
		return err
	}
	wo.Load = loadGiven(given, mo)
	if o.into == "" {
		wo.ReadOnly = onlyLooking
	}
	err = showWorkbench(cmd, wo, tui.Options{Title: title(dir), Theme: own.theme, ASCII: own.ascii, Lens: look})
	if o.into != "" {
		say(cmd, "what you decided is in %s; go on with the same command", dir)
	}
	return err
}

// loadGiven loads what a side says in the place of a recognizer, and the knowledge bases.
func loadGiven(given suggest.Given, mo models.Options) func(context.Context, *link.Overlay) (*suggest.Models, error) {
	return func(ctx context.Context, memory *link.Overlay) (*suggest.Models, error) {
		m := &suggest.Models{Device: "cpu"}
		if len(mo.KBs) > 0 {
			opened, err := models.Open(ctx, mo, memory)
			logOpening(opened, err)
			if err == nil {
				m = opened
			}
		}
		m.Recognizer, m.Learn = given, nil
		return m, nil
	}
}

// makeInto makes dir a brat copy of gold where it does not exist yet.
func (o *errorsOptions) makeInto(cmd *cobra.Command, dir string) error {
	for _, name := range append([]string{o.gold}, o.preds...) {
		ref, err := parseSide(name)
		if err != nil {
			return err
		}
		if within(dir, ref.path) || within(ref.path, dir) {
			return wrongUse(fmt.Errorf("--into %s: it is, or lies in, or holds %s, which is compared; name a directory of its own", dir, ref.path))
		}
	}
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil // what was corrected before
	}
	ref, err := parseSide(o.gold)
	if err != nil {
		return err
	}
	if ref.journal {
		_, err := replaySide(cmd, &o.options, ref, dir)
		return err
	}
	co := convert.Options{To: "brat"}
	if co.From, err = convert.Detect(ref.path); err != nil {
		return err
	}
	if co.From != "brat" && len(o.preds) > 0 { // a table: its texts lie with the predictions
		if info, err := os.Stat(o.preds[0]); err == nil && info.IsDir() {
			co.Texts = o.preds[0]
		}
	}
	_, err = convert.Convert(cmd.Context(), ref.path, dir, co)
	return err
}

// within tells whether a path is a directory or lies in it, whatever links lead there.
func within(path, dir string) bool {
	rel, err := filepath.Rel(real(dir), real(path))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// real is a path without links, as far as it exists.
func real(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if r, err := filepath.EvalSymlinks(path); err == nil {
		return r
	}
	if parent := filepath.Dir(path); parent != path {
		return filepath.Join(real(parent), filepath.Base(path))
	}
	return path
}

// givenBy is what the other side says, by the texts of the copy, which must be those
// that were compared.
func givenBy(look *tui.Lens, gold lens.Side, preds []lens.Side, dir string) (suggest.Given, error) {
	docs, err := convert.Documents(dir)
	if err != nil {
		return nil, fmt.Errorf("read --into: %w", err)
	}
	given := suggest.Given{}
	for _, c := range look.Cases {
		d, ok := docs[c.Doc]
		if !ok {
			return nil, fmt.Errorf("%s has no document %s, which is compared: it is no copy of %s", dir, c.Doc, gold.Name)
		}
		for _, side := range append([]lens.Side{gold}, preds...) {
			if text := side.Docs[c.Doc].Text.String(); text != "" && text != d.Text.String() {
				return nil, fmt.Errorf("%s: the text of %s is not that of %s", dir, c.Doc, side.Name)
			}
		}
		text := d.Text.String()
		for _, m := range withoutIDs(c.Pred) {
			if !slices.ContainsFunc(given[text], m.Same) { // several models may say it
				given[text] = append(given[text], m)
			}
		}
	}
	return given, nil
}

// withoutIDs are mentions as suggestions: identifiers are those of the other side.
func withoutIDs(mentions []corpus.Mention) []corpus.Mention {
	all := make([]corpus.Mention, len(mentions))
	for i, m := range mentions {
		all[i] = m.Clone()
		all[i].ID = ""
	}
	return all
}
