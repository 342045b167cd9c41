package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/replay"
	"github.com/gloss-nlp/gloss/engine/batch"
	"github.com/gloss-nlp/gloss/kb"
)

// sideHelp tells how annotations are named that need not lie in files as they are.
const sideHelp = `a brat directory or a shared task's table; DIR@MOMENT: as it was then; DIR@WHO: what an annotator decided; DIR@WHO@MOMENT`

// sideRef is a side as it was named.
type sideRef struct {
	path, who string
	at        replay.At
	journal   bool // not the files as they are
}

// parseSide reads what sideHelp describes. A path that is there is never taken apart.
func parseSide(s string) (sideRef, error) {
	if _, err := os.Stat(s); err == nil || !strings.Contains(s, "@") {
		return sideRef{path: s}, err
	}
	for i := range len(s) {
		if s[i] != '@' {
			continue
		}
		if _, err := os.Stat(s[:i]); err != nil {
			continue
		}
		ref, rest := sideRef{path: s[:i], journal: true}, s[i+1:]
		if at, err := replay.ParseAt(rest); err == nil && rest != "" {
			ref.at = at
			return ref, nil
		}
		ref.who = rest
		if j := strings.LastIndexByte(rest, '@'); j >= 0 {
			if at, err := replay.ParseAt(rest[j+1:]); err == nil {
				ref.who, ref.at = rest[:j], at
			}
		}
		if ref.who == "" {
			return ref, wrongUse(fmt.Errorf("%s: after @ comes an annotator, a moment (RFC 3339 or a number of gloss log), or both: %s", s, sideHelp))
		}
		return ref, nil
	}
	return sideRef{}, fmt.Errorf("%s: no such directory or file", s)
}

// readSide reads annotations with texts, scores and candidates. of says which
// documents it has where it does not have all of its directory; nil for all.
func readSide(cmd *cobra.Command, o *options, name string) (side lens.Side, of map[string]bool, err error) {
	ref, err := parseSide(name)
	if err != nil {
		return side, nil, err
	}
	side = lens.Side{Name: name}
	if ref.journal {
		side.Docs, of, err = readJournalled(cmd, o, ref)
	} else {
		side.Docs, err = convert.Documents(ref.path)
	}
	if err == nil && len(side.Docs) == 0 {
		err = fmt.Errorf("%s has no documents; name %s", name, sideHelp)
	}
	if err == nil && !ref.journal {
		side.Offers, err = readOffers(ref.path)
	}
	return side, of, err
}

// readJournalled reads documents as journals have them.
func readJournalled(cmd *cobra.Command, o *options, ref sideRef) (docs map[string]corpus.Document, of map[string]bool, err error) {
	tmp, err := os.MkdirTemp("", "gloss-errors-*")
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	out := filepath.Join(tmp, "replayed")
	if of, err = replaySide(cmd, o, ref, out); err != nil {
		return nil, nil, err
	}
	if docs, err = convert.Documents(out); err == nil && of != nil {
		docs = onlyDocs(docs, of)
	}
	return docs, of, err
}

// replaySide rebuilds a directory from its journals, and returns the documents
// that the annotator decided on; nil where none was named.
func replaySide(cmd *cobra.Command, o *options, ref sideRef, out string) (map[string]bool, error) {
	own := *o
	if ref.who != "" {
		own.who = ref.who
	}
	paths, err := own.journals(ref.path)
	if err != nil {
		return nil, err
	}
	if len(paths) == 0 {
		return nil, fmt.Errorf("%s: nobody has decided anything there yet: there is no journal in %s", ref.path, own.stateDir(ref.path))
	}
	report, err := replay.Dir(cmd.Context(), replay.Options{
		Dir: ref.path, Out: out, State: own.stateDir(ref.path), Journals: paths, At: ref.at,
	})
	if errors.Is(err, replay.ErrAt) {
		return nil, wrongUse(err)
	}
	if err != nil {
		return nil, err
	}
	for _, w := range report.Warnings {
		say(cmd, "warning: %s", w)
	}
	if own.who == "" {
		return nil, nil
	}
	of := map[string]bool{}
	for _, doc := range report.Rebuilt {
		of[doc] = true
	}
	return of, nil
}

func onlyDocs(docs map[string]corpus.Document, of map[string]bool) map[string]corpus.Document {
	kept := map[string]corpus.Document{}
	for name, d := range docs {
		if of[name] {
			kept[name] = d
		}
	}
	return kept
}

// readOffers reads the candidates that gloss annotate left in a directory; a
// table has none.
func readOffers(path string) (map[lens.Place][]corpus.Offered, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return nil, err
	}
	all := map[lens.Place][]corpus.Offered{}
	err = batch.ReadLogs(path, func(row batch.Row) {
		for _, s := range row.Spans {
			if len(s.Candidates) > 0 {
				all[lens.PlaceOf(row.Doc, s.Mention)] = offersOf(s.Candidates)
			}
		}
	})
	return all, err
}

func offersOf(candidates []kb.Candidate) []corpus.Offered {
	offers := make([]corpus.Offered, len(candidates))
	for i, c := range candidates {
		offers[i] = corpus.Offered{DB: c.DB, ID: c.ID, Score: c.Score}
	}
	return offers
}
