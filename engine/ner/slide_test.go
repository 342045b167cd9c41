package ner_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

const slidingNote = `Mujer de 54 años con carcinoma ductal infiltrante. Acude por tos, fiebre y dolor torácico de tres días.
Exploración: adenopatía axilar; hepatomegalia. La radiografía muestra un infiltrado en el lóbulo inferior derecho. Sin derrame.

Se inicia quimioterapia con paclitaxel (80 mg/m²) y carboplatino. 😀 Buena tolerancia, sin náuseas ni vómitos.
Al mes presenta metástasis hepáticas y óseas. Se pauta radioterapia paliativa; la paciente fallece.`

var linesBefore = []string{
	"Antecedentes de asma.", "No fumadora. Hipertensa.", "Niega alergias a medicamentos, a alimentos o al látex.", "Apendicectomía.",
	"Madre con cáncer de mama; padre sano. Dos hijos.", "", "Tratamiento: enalapril 5 mg.",
}

// slide puts more and more lines before a note, and tells of the note's mentions how
// many changed and by how much the scores of the others did at most.
func slide(t *testing.T, m *ner.Model) (mentions, changed int, moved float64) {
	t.Helper()
	find := func(before string) map[string]float64 {
		text := corpus.NewText(before + slidingNote)
		all, err := m.Annotate(t.Context(), text, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		start, found := corpus.NewText(before).Len(), map[string]float64{}
		for _, x := range all {
			if s := x.Spans[0]; s.Start >= start {
				found[fmt.Sprint(x.Label, s.Start-start, s.End-start)] = float64(x.Score)
			}
		}
		return found
	}
	alone := find("")
	for n := range linesBefore {
		now := find(strings.Join(linesBefore[:n+1], "\n") + "\n")
		for key, score := range alone {
			if other, ok := now[key]; ok {
				moved = max(moved, math.Abs(other-score))
			} else {
				changed++
			}
		}
		for key := range now {
			if _, ok := alone[key]; !ok {
				changed++
			}
		}
	}
	return len(alone), changed, moved
}

// In windows by line what is found does not depend on where a window ends: what
// stands before a line plays no part. In windows by sentence it does, for models
// that look around.
func TestLinesDoNotDependOnWindows(t *testing.T) {
	settings := `{"version": 1, "aggregation": "simple", "windows": {"max": 40, "by": %q}}`
	mentions, changed, moved := slide(t, exported(t, "wordpiece", fmt.Sprintf(settings, "line")))
	if mentions < 20 || changed != 0 || moved > 1e-5 {
		t.Errorf("by line: %d of %d mentions changed, scores by %v", changed, mentions, moved)
	}
	if _, changed, _ := slide(t, exported(t, "wordpiece", fmt.Sprintf(settings, "sentence"))); changed == 0 {
		t.Error("by sentence nothing changed either: the test tests nothing")
	}
}

// Where the shipped model reads sentences of several lines together, what stands
// before a note may move a score, and a span where two are about as likely. By line
// nothing may change, but for the company in a batch, which weights of 8 bits feel.
func TestShippedModelWhenANoteSlides(t *testing.T) {
	b := onnxtest.Shipped(t, "ner")
	m, err := ner.Open(onnxtest.Runtime(t), b, ner.Options{BatchTokens: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	mentions, changed, moved := slide(t, m)
	if b.Manifest().Windows.By == "line" && (changed > 0 || moved > 1e-6) {
		t.Errorf("by line: %d of %d mentions changed, scores by %v", changed, mentions, moved)
	}
	t.Logf("%d mentions, %d places: %d changed, scores by %.3f at most", mentions, len(linesBefore), changed, moved)
	if total := mentions * len(linesBefore); mentions < 10 || changed*10 > total {
		t.Errorf("%d of %d changed", changed, total)
	}
}
