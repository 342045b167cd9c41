package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/kb/store"
	"github.com/gloss-nlp/gloss/kb/synth"
)

// kbRequest is what ServeKB is asked.
type kbRequest struct {
	KB      string `json:"kb"`
	Queries int    `json:"queries"`
	Rounds  int    `json:"rounds"`
}

// ServeKB measures the knowledge base of one request, on one thread. It is made for KB,
// which starts it as a program of its own.
func ServeKB(ctx context.Context, requests io.Reader, answers io.Writer) error {
	runtime.GOMAXPROCS(1)
	var r kbRequest
	if err := json.NewDecoder(requests).Decode(&r); err != nil {
		return fmt.Errorf("read a request: %w", err)
	}
	result, err := measureKB(ctx, r)
	if err != nil {
		return err
	}
	return json.NewEncoder(answers).Encode(result)
}

func measureKB(ctx context.Context, r kbRequest) (out KBResult, err error) {
	out.KB = r.KB
	e, err := models.OpenEncoder(models.Options{Threads: 1})
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	runtime.GC()
	out.Before = anonymousMemory()
	began := time.Now()
	k, err := store.Open(r.KB, store.Options{Embedder: e, Threads: 1})
	if err != nil {
		return out, err
	}
	out.Open = millis(time.Since(began))
	defer func() { err = errors.Join(err, k.Close()) }()
	out.Names, out.Dimensions = k.Meta().Names, k.Meta().Dimensions
	m := &kbMeter{ctx: ctx, kbRequest: r, k: k, texts: mentionsOf(k, r.Queries), result: &out}
	if k.Scanner() != nil {
		m.byMeaning(e)
	}
	m.byLetters()
	m.link(StepMention, link.Settings{})
	if types := k.Types(); len(types) > 1 {
		m.link(StepMentionOnly, link.Settings{Types: map[string][]string{"": types[:1]}})
	}
	out.Anonymous = anonymousMemory()
	return out, m.err
}

// kbMeter measures one step after the other until one fails.
type kbMeter struct {
	ctx context.Context
	kbRequest
	k      *store.KB
	texts  []string
	result *KBResult
	err    error
}

func (m *kbMeter) step(what string, f func(i int) error) {
	if m.err == nil {
		m.result.Steps = append(m.result.Steps, timeSteps(what, len(m.texts), m.Rounds, func(i int) { m.err = errors.Join(m.err, f(i)) }))
	}
}

func (m *kbMeter) byMeaning(e kb.Embedder) {
	vectors := make([][]float32, len(m.texts))
	m.step(StepEmbed, func(i int) error {
		rows, err := e.Embed(m.ctx, m.texts[i:i+1])
		if err == nil {
			vectors[i] = rows[0]
		}
		return err
	})
	m.step(StepExact, func(i int) error {
		_, err := m.k.Scanner().Scan(m.ctx, vectors[i:i+1], 25)
		return err
	})
}

func (m *kbMeter) byLetters() {
	typed, types := synth.Typed(m.texts, 1), m.k.Types()
	m.step(StepGrams, func(i int) error { m.k.Index().NGram(m.texts[i], 200); return nil })
	m.step(StepType, func(i int) error { m.k.Search(typed[i], 20); return nil })
	m.step(StepTypeOnly, func(i int) error { m.k.Search(typed[i], 20, types[i%len(types)]); return nil })
}

// link measures from a text and its sentence to ranked candidates.
func (m *kbMeter) link(what string, how link.Settings) {
	if m.err != nil {
		return
	}
	opened, err := models.Open(m.ctx, models.Options{NoModel: true, Strict: true, Threads: 1, KBs: []models.KB{{Dir: m.KB}}, Link: how}, nil)
	if err != nil {
		m.err = err
		return
	}
	sentences := inSentences(m.texts)
	m.step(what, func(i int) error {
		_, err := opened.Linker.Candidates(m.ctx, []link.Query{{Text: m.texts[i], Context: sentences[i]}}, 25)
		return err
	})
	m.err = errors.Join(m.err, opened.Close())
}

// mentionsOf are n of the names of a knowledge base, evenly spaced, as texts write them.
func mentionsOf(k *store.KB, n int) []string {
	names := k.Meta().Names
	texts := make([]string, min(n, names))
	for i := range texts {
		texts[i] = k.Index().Name(int32(i * names / len(texts)))
	}
	return synth.Written(texts, 1)
}

// inSentences puts each text into a sentence, with the one after it.
func inSentences(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = "Paciente con antecedentes de " + texts[(i+1)%len(texts)] + " que acude a urgencias por " + t + " de tres días de evolución."
	}
	return out
}

// timeSteps calls f for 0..n-1, once before for the first, and measures the rest. Of
// several rounds the fastest time of each counts, which other programs disturb least.
func timeSteps(what string, n, rounds int, f func(i int)) KBSteps {
	f(0)
	took, busy := make([]time.Duration, n), make([]time.Duration, n)
	for round := range rounds {
		for i := range n {
			start, used := time.Now(), processorTime()
			f(i)
			wall, cpu := time.Since(start), processorTime()-used
			if round == 0 {
				took[i], busy[i] = wall, cpu
			}
			took[i], busy[i] = min(took[i], wall), min(busy[i], cpu)
		}
	}
	wall, cpu := synth.Distribution(took), synth.Distribution(busy)
	return KBSteps{what, millis(wall.P50), millis(wall.P95), millis(cpu.P95)}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
