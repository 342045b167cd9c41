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
	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/kb/store"
	"github.com/gloss-nlp/gloss/kb/synth"
)

// kbRequest is what ServeKB is asked.
type kbRequest struct {
	KB      string `json:"kb"`
	Queries int    `json:"queries"`
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
	m, err := models.Open(ctx, models.Options{NoModel: true, Strict: true, Threads: 1, KBs: []models.KB{{Dir: r.KB}}}, nil)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	texts := mentionsOf(k, r.Queries)
	sentences := inSentences(texts)
	var vectors [][]float32
	var failed error
	step := func(what string, n int, f func(i int) error) {
		if failed == nil {
			out.Steps = append(out.Steps, timeSteps(what, n, func(i int) { failed = errors.Join(failed, f(i)) }))
		}
	}
	if k.Scanner() != nil {
		vectors = make([][]float32, len(texts))
		step(StepEmbed, len(texts), func(i int) error {
			rows, err := e.Embed(ctx, texts[i:i+1])
			if err == nil {
				vectors[i] = rows[0]
			}
			return err
		})
		step(StepExact, len(texts), func(i int) error {
			_, err := k.Scanner().Scan(ctx, vectors[i:i+1], 25)
			return err
		})
	}
	step(StepGrams, len(texts), func(i int) error { k.Index().NGram(texts[i], 200); return nil })
	typed := synth.Typed(texts, 1)
	step(StepType, len(typed), func(i int) error { k.Search(typed[i], 20); return nil })
	types := k.Types()
	step(StepTypeOnly, len(typed), func(i int) error { k.Search(typed[i], 20, types[i%len(types)]); return nil })
	step(StepMention, len(texts), func(i int) error {
		_, err := m.Linker.Candidates(ctx, []link.Query{{Text: texts[i], Context: sentences[i]}}, 25)
		return err
	})
	out.Anonymous = anonymousMemory()
	return out, failed
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

// timeSteps calls f for 0..n-1, once before for the first, and measures the rest.
func timeSteps(what string, n int, f func(i int)) KBSteps {
	f(0)
	took, busy := make([]time.Duration, n), make([]time.Duration, n)
	for i := range n {
		start, used := time.Now(), processorTime()
		f(i)
		took[i], busy[i] = time.Since(start), processorTime()-used
	}
	wall, cpu := synth.Distribution(took), synth.Distribution(busy)
	return KBSteps{what, millis(wall.P50), millis(wall.P95), millis(cpu.P95)}
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
