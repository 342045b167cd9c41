package source

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// HashMentions identifies the annotations of a corpus, by document: the SHA-256 of
// their texts and links.
func HashMentions(all map[string][]corpus.Mention) string {
	h := sha256.New()
	for _, doc := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(h, "%q\n", doc)
		for _, m := range all[doc] {
			fmt.Fprintf(h, "%q %v %q\n", m.Text, m.Spans, m.Links)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// mangled is a code that a spreadsheet turned into a rounded number: which code it
// was can no longer be told.
var mangled = regexp.MustCompile(`^[0-9][.,][0-9]+E\+[0-9]+$`)

// FromCorpus makes names out of an annotated corpus: the text of each mention
// becomes a name, of kind "mention" and counted once, of each concept that the
// mention is linked to. db, where not empty, limits it to links of that knowledge
// base and those that name none. Mangled codes and mentions without text are left
// out, and given to skipped where that is not nil.
func FromCorpus(mentions iter.Seq[corpus.Mention], db string, skipped func(corpus.Mention, corpus.Link)) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		for m := range mentions {
			text := lexical.Clean(m.Text)
			for _, l := range m.Links {
				switch {
				case l.ID == "" || db != "" && l.DB != "" && l.DB != db:
				case text == "" || mangled.MatchString(l.ID):
					if skipped != nil {
						skipped(m, l)
					}
				default:
					c := kb.Concept{ID: l.ID, Names: []kb.Name{{Text: text, Kind: "mention", Count: 1}}}
					if !yield(c, nil) {
						return
					}
				}
			}
		}
	}
}
