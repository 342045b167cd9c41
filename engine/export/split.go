package export

import (
	"crypto/sha256"
	"encoding/binary"
	"io"

	"github.com/gloss-nlp/gloss/corpus"
)

// The parts of the documents of training data.
const (
	SplitTrain = "train"
	SplitHeld  = "held" // never trained on: what models are compared on
)

// heldOf is that one document in so many is held out.
const heldOf = 3

// Split tells which part a document belongs to. It follows from the SHA-256 of its text
// alone, so that what is held out stays so however many documents are added, under
// whatever name, on any machine; documents of one text are on one side.
func Split(text string) string {
	sum := sha256.Sum256([]byte(text))
	if binary.BigEndian.Uint64(sum[:8])%heldOf == 0 {
		return SplitHeld
	}
	return SplitTrain
}

// WriteFinished writes documents that are finished as NER does, without what was refused there.
func WriteFinished(out io.Writer, docs []corpus.Document) error {
	enc := newEncoder(out)
	for _, d := range docs {
		r := NERRow{Doc: d.Name, Text: d.Text.String(), Finished: true, Spans: append([]corpus.Mention{}, d.Mentions...), Rejected: []corpus.Mention{}}
		r.Split = Split(r.Text)
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}
