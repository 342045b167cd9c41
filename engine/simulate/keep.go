package simulate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/score"
	"github.com/gloss-nlp/gloss/engine/learn"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/order"
)

// kept is an encoder that reads each text once.
type kept struct {
	learn.Encoder
	mu     sync.Mutex
	states map[string][]ner.States
}

func newKept(e learn.Encoder) *kept { return &kept{Encoder: e, states: map[string][]ner.States{}} }

// States of all of a text.
func (k *kept) States(ctx context.Context, text corpus.Text, sentences []corpus.Span) ([]ner.States, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s, ok := k.states[text.String()]; ok {
		return s, nil
	}
	s, err := k.Encoder.States(ctx, text, sentences)
	if err == nil {
		k.states[text.String()] = s
	}
	return s, err
}

// settings are what curves depend on.
type settings struct {
	Labels    []string    `json:"labels"`
	Sizes     []int       `json:"sizes"`
	Unit      Unit        `json:"unit"`
	Sentences []int       `json:"sentences"`
	Share     float64     `json:"share"`
	Costs     order.Costs `json:"costs"`
	Pool      string      `json:"pool"` // hashes
	Test      string      `json:"test"`
	Model     string      `json:"model"`
}

const settingsFile = "settings.json"

// claim makes the directory of a simulation, or refuses one that was begun otherwise.
func (s *simulation) claim() error {
	if s.o.Dir == "" {
		return nil
	}
	now := settings{s.o.Labels, s.o.Sizes, s.o.Unit, s.o.Sentences, s.o.Share, s.o.Costs, hash(s.o.Pool), hash(s.o.Test), s.o.Model}
	var then settings
	found, err := s.load(settingsFile, &then)
	switch {
	case err != nil:
		return err
	case found && !reflect.DeepEqual(now, then):
		return fmt.Errorf("simulation in %s: %w: use those of its %s, or another directory", s.o.Dir, ErrSettings, settingsFile)
	case found:
		return nil
	}
	if err := os.MkdirAll(s.o.Dir, 0o755); err != nil {
		return err
	}
	return s.save(settingsFile, now)
}

// hash tells documents from others.
func hash(docs []corpus.Document) string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, d := range docs {
		_ = enc.Encode([]any{d.Name, d.Text.String(), d.Mentions}) // a hash takes everything
	}
	return hex.EncodeToString(h.Sum(nil))
}

// fileOf is the file of a curve.
func fileOf(c Curve) string {
	more := ""
	if c.Unit == Sentence {
		more = "-sentence"
	}
	if c.Bare {
		more += "-bare"
	}
	return fmt.Sprintf("curve-%s-%d%s.json", c.Order, c.Seed, more)
}

// load reads a file of the simulation; false where there is none.
func (s *simulation) load(name string, into any) (bool, error) {
	if s.o.Dir == "" {
		return false, nil
	}
	path := filepath.Join(s.o.Dir, name)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return false, fmt.Errorf("%s: %w: delete it to simulate this part again", path, err)
	}
	return true, nil
}

// save writes a file of the simulation whole or not at all.
func (s *simulation) save(name string, v any) error {
	if s.o.Dir == "" {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("keep %s: %w", name, err)
	}
	path := filepath.Join(s.o.Dir, name)
	if err := os.WriteFile(path+".new", append(data, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// full learns from the whole pool.
func (s *simulation) full(ctx context.Context) error {
	var done struct {
		Full score.Counts
		Fit  float64
	}
	const name = "full.json"
	found, err := s.load(name, &done)
	if err != nil {
		return err
	}
	if !found {
		s.o.Say("reading %d documents", len(s.o.Pool)+len(s.o.Test))
		for i, d := range append(s.o.Pool[:len(s.o.Pool):len(s.o.Pool)], s.o.Test...) {
			if _, err := s.states.States(ctx, d.Text, nil); err != nil {
				return fmt.Errorf("%s: %w", d.Name, err)
			}
			if i%100 == 99 {
				s.o.Say("read %d", i+1)
			}
		}
		started := time.Now()
		r, err := s.learner(1).Learn(ctx, s.o.Pool, learn.Layer{Name: layer, Labels: s.o.Labels}, nil)
		if err != nil {
			return err
		}
		done.Fit = time.Since(started).Seconds()
		if done.Full, err = s.score(ctx, &r.Head); err != nil {
			return err
		}
		if err := s.save(name, done); err != nil {
			return err
		}
	}
	s.report.Full, s.report.FullFit = done.Full, done.Fit
	s.o.Say("learnt from all %d documents: F1 %.3f, %.0f s", len(s.o.Pool), value(done.Full.F1), done.Fit)
	return nil
}
