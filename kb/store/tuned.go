package store

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"github.com/gloss-nlp/gloss/kb"
)

// Tuning is what was found for a strategy on annotated data. It holds for the
// knowledge base and the encoder that it was found with: building anew drops it.
type Tuning struct {
	Params   map[string]float64 `json:"params"`
	Data     string             `json:"data"`     // what it was found on, in words
	Mentions int                `json:"mentions"` // of that
	Accuracy float64            `json:"accuracy"` // share of them whose first candidate is right, with these settings
	Before   float64            `json:"before"`   // the same with the settings that were in force before; 0 where there were none
}

// Tune keeps what was found for a strategy in the kb.json of a knowledge base, in the
// place of what was there for it. An open KB goes on with what it read.
func Tune(dir, strategy string, t Tuning) error {
	return change(dir, func(m *Meta) {
		m.Tuned = maps.Clone(m.Tuned)
		if m.Tuned == nil {
			m.Tuned = map[string]Tuning{}
		}
		m.Tuned[strategy] = t
	})
}

// Declare says in the kb.json of a knowledge base how its codes are made of parts.
func Declare(dir string, g kb.Grammar) error {
	if _, err := g.Compile(); err != nil {
		return err
	}
	return change(dir, func(m *Meta) { m.Grammar = &g })
}

// change replaces kb.json as a whole by a changed one.
func change(dir string, how func(*Meta)) error {
	m, err := ReadMeta(dir)
	if err != nil {
		return err
	}
	how(&m)
	tmp, err := os.MkdirTemp(dir, ".meta-")
	if err != nil {
		return fmt.Errorf("write %s: %w", metaFile, err)
	}
	defer os.RemoveAll(tmp) // only what a failure left
	if err := writeMeta(tmp, m); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(tmp, metaFile), filepath.Join(dir, metaFile)); err != nil {
		return fmt.Errorf("write %s: %w", metaFile, err)
	}
	return syncDir(dir)
}
