package link

import (
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/kb/lexical"
)

const (
	// longestRuns is how many words of a mention may be looked up in all their runs.
	longestRuns = 16
	// runShare is the share of a mention from which on a run of its words that is a name makes a candidate.
	runShare = 0.3
	// runScore is how much such a candidate scores a share of the mention.
	runScore = 0.9
)

// run is a run of words of a mention that equals a name.
type run struct {
	concept int32
	row     int32
	share   float32 // of the mention's characters
}

// runs are the names of a knowledge base among the runs of a text's words, but for the whole; of
// each concept the longest.
func (k *base) runs(text string) []run {
	words := strings.Fields(text)
	if len(words) > longestRuns {
		return nil
	}
	at := map[int32]int{}
	var out []run
	length := float32(max(1, utf8.RuneCountInString(lexical.Fold(text))))
	for n := len(words) - 1; n > 0; n-- {
		for from := 0; from+n <= len(words); from++ {
			part := strings.Join(words[from:from+n], " ")
			for _, m := range k.Index().Exact(part) {
				if m.Level > lexical.Folded {
					continue
				}
				c, share := k.ConceptOf(m.Row), float32(utf8.RuneCountInString(lexical.Fold(part)))/length
				if i, ok := at[c]; !ok {
					at[c] = len(out)
					out = append(out, run{c, m.Row, share})
				} else if share > out[i].share {
					out[i].share, out[i].row = share, m.Row
				}
			}
		}
	}
	return out
}

// named adds the concepts that long runs of a mention's words name.
func (l *Linker) named(a *ask, all []*found) []*found {
	for _, f := range all {
		if f.exact {
			return all
		}
	}
	have := map[spot]bool{}
	for _, f := range all {
		have[f.place()] = true
	}
	for n, k := range a.jobs[0].kbs {
		for _, r := range a.runs(n) {
			if f := newFound(n, r.concept); r.share >= runShare && !have[f.place()] {
				have[f.place()] = true
				f.row, f.count, f.match, f.score = r.row, k.Count(r.row), "ngram", runScore*float64(r.share)
				all = append(all, f)
			}
		}
	}
	return all
}
