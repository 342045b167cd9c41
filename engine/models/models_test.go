package models

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/segment"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
	"github.com/gloss-nlp/gloss/engine/suggest"
	kbdemo "github.com/gloss-nlp/gloss/kb/demo"
	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/kb/store"
)

// foreign is an encoder that is not the shipped one.
type foreign struct{}

func (foreign) Dimensions() int { return 2 }
func (foreign) Hash() string    { return "foreign" }

func (foreign) Embed(_ context.Context, texts []string) ([][]float32, error) {
	rows := make([][]float32, len(texts))
	for i := range rows {
		rows[i] = []float32{1, 0}
	}
	return rows, nil
}

func TestCheck(t *testing.T) {
	letters := build(t, "letters", nil, "1: tos")
	vectors := build(t, "vectors", foreign{}, "1: tos")
	empty := t.TempDir()
	layers := onnxtest.Testdata("layers")
	for _, c := range []struct {
		name string
		o    Options
		is   error
		says string
	}{
		{name: "nothing asked for"},
		{name: "all there", o: Options{Model: layers, Device: "cuda:1", KBs: []KB{{Dir: letters}}}},
		{name: "device", o: Options{Device: "gpu"}, says: `"gpu"`},
		{name: "no such model", o: Options{Model: filepath.Join(empty, "m")}, is: onnx.ErrBundle, says: "open the model"},
		{name: "a model without a model", o: Options{Model: empty}, is: onnx.ErrBundle, says: empty},
		{name: "layer", o: Options{Model: layers, Layers: []string{"nope"}}, is: ErrLayer, says: `"nope"`},
		{name: "layer of the shipped model", o: Options{Layers: []string{"nope"}}, is: ErrLayer, says: "cantemist"},
		{name: "layers but no model", o: Options{NoModel: true, Layers: []string{"nope"}}},
		{name: "no such knowledge base", o: Options{KBs: []KB{{Dir: empty}}}, is: store.ErrNotKB, says: "open the knowledge base"},
		{name: "vectors of another encoder", o: Options{KBs: []KB{{Dir: letters}, {Dir: vectors}}}, is: store.ErrEncoder, says: vectors},
		{name: "no such encoder", o: Options{Encoder: filepath.Join(empty, "e"), KBs: []KB{{Dir: letters}}}, is: onnx.ErrBundle, says: "name encoder"},
	} {
		err := Check(c.o)
		switch {
		case c.is == nil && c.says == "":
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		case err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says):
			t.Errorf("%s: error %v, want %v with %q", c.name, err, c.is, c.says)
		}
	}
}

func TestLinkable(t *testing.T) {
	one, every, demo := Options{KBs: []KB{{Label: "A"}}}, Options{KBs: []KB{{}}}, Options{DemoKBs: true}
	for _, c := range []struct {
		o     Options
		label string
		want  bool
	}{{one, "A", true}, {one, "B", false}, {every, "B", true}, {demo, "SINTOMA", true}, {demo, "UNCLEAR", false}, {Options{}, "SINTOMA", false}} {
		if c.o.Linkable(c.label) != c.want {
			t.Errorf("%+v links %s: %v", c.o, c.label, !c.want)
		}
	}
}

// noDevice is a device that no machine has, so that nothing native is opened.
const noDevice = "cuda:999"

// Without a device a person still gets what letters can do, and is told.
func TestOpenGoesOnWithoutADevice(t *testing.T) {
	dir := build(t, "symptoms", nil, "S1: fiebre, calentura", "S2: tos")
	o := Options{Device: noDevice, KBs: []KB{{Label: "SINTOMA", Dir: dir}}}
	m, err := Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.Recognizer != nil || m.Device != "none" || len(m.Warnings) == 0 {
		t.Errorf("device %q, warnings %q", m.Device, m.Warnings)
	}
	text := corpus.NewText("Con calentura.")
	found, err := m.Suggest(t.Context(), text, segment.Sentences(text), m.Source("es"))
	if err != nil || len(found) != 1 || found[0].Label != "SINTOMA" || found[0].Text != "calentura" {
		t.Fatalf("found %+v, %v", found, err)
	}
	cands, err := m.Linker.Candidates(t.Context(), []link.Query{{Label: "SINTOMA", Text: found[0].Text}}, 5)
	if err != nil || len(cands[0]) == 0 || cands[0][0].ID != "S1" || cands[0][0].DB != "symptoms" {
		t.Errorf("candidates %+v, %v", cands, err)
	}
	o.Strict = true
	if m, err := Open(t.Context(), o, nil); err == nil {
		m.Close()
		t.Error("strict, and yet opened without the device")
	}
}

func TestOpenFailsWhereAKnowledgeBaseDoes(t *testing.T) {
	dir := build(t, "symptoms", nil, "S2: tos")
	for name, o := range map[string]Options{
		"not there": {KBs: []KB{{Dir: dir}, {Dir: t.TempDir()}}},
		"strategy":  {KBs: []KB{{Dir: dir}}, Link: link.Settings{Strategy: "guess"}},
	} {
		o.Device = noDevice
		if m, err := Open(t.Context(), o, nil); err == nil {
			m.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

// What a run over a collection is compared by must tell apart all that changes candidates.
func TestLinkingTellsHowKnowledgeBasesAreUsed(t *testing.T) {
	a, b := build(t, "a", nil, "1: tos"), build(t, "b", nil, "2: tos")
	seen := map[string]string{}
	for name, o := range map[string]Options{
		"one label":     {KBs: []KB{{Label: "A", Dir: a}, {Label: "A", Dir: b}}},
		"another label": {KBs: []KB{{Label: "A", Dir: a}, {Label: "B", Dir: b}}},
		"other order":   {KBs: []KB{{Label: "A", Dir: b}, {Label: "A", Dir: a}}},
		"types":         {KBs: []KB{{Label: "A", Dir: a, Types: []string{"x"}}, {Label: "A", Dir: b}}},
		"weight":        {KBs: []KB{{Label: "A", Dir: a}, {Label: "A", Dir: b}}, Link: link.Settings{}.With("weight", 0.5)},
		"strategy":      {KBs: []KB{{Label: "A", Dir: a}, {Label: "A", Dir: b}}, Link: link.Settings{Strategy: link.ExactThenDense}},
	} {
		o.Device = noDevice
		m, err := Open(t.Context(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		m.Close()
		if other, ok := seen[m.Linking]; ok {
			t.Errorf("%s and %s are the same: %s", name, other, m.Linking)
		}
		seen[m.Linking] = name
		if len(m.KBHashes) != 2 {
			t.Errorf("%s: %d hashes", name, len(m.KBHashes))
		}
	}
}

func TestDemoTablesServeTheLabelsOfTheTerminology(t *testing.T) {
	want := map[string]string{}
	for _, table := range kbdemo.Tables() {
		for _, label := range table.Labels {
			want[label] = table.Name
		}
	}
	got := map[string]string{}
	for _, table := range demoTables {
		got[table.label] = table.table
	}
	for label, table := range want {
		if got[label] != table {
			t.Errorf("%s is served by %q, want %q", label, got[label], table)
		}
	}
	if len(got) != len(want) {
		t.Errorf("labels %v, want %v", got, want)
	}
	labels, err := ShippedLabels()
	if err != nil {
		t.Skip("the shipped model is not in this checkout: ", err)
	}
	for label := range want {
		found := false
		for _, l := range labels {
			found = found || l == label
		}
		if !found {
			t.Errorf("the shipped model gives no %s, only %q", label, labels)
		}
	}
}

func TestDemoKBsAreBuiltOnce(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	o := Options{Device: noDevice, DemoKBs: true}
	m, err := Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	text := corpus.NewText("A 10-year-old girl with fever; albumin 3 g/dl; Plasmodium falciparum; adenocarcinoma.")
	labels := map[string]string{}
	for _, f := range m.Spotter.Spot(text, corpus.Span{End: text.Len()}) {
		labels[f.Text] = f.Label
	}
	for word, label := range map[string]string{
		"girl": "HUMAN", "fever": "SINTOMA", "albumin": "PROTEINAS", "Plasmodium falciparum": "SPECIES", "adenocarcinoma": "MORFOLOGIA_NEOPLASIA",
	} {
		if labels[word] != label {
			t.Errorf("%s is %q, want %s", word, labels[word], label)
		}
	}
	dirs, err := filepath.Glob(filepath.Join(cache, "gloss", "kb", "*"))
	if err != nil || len(dirs) != len(kbdemo.Tables()) {
		t.Fatalf("built %q, %v", dirs, err)
	}
	// A second start takes them as they are: a mark that building would sweep away stays.
	mark := filepath.Join(dirs[0], "mark")
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := Open(t.Context(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := os.Stat(mark); err != nil {
		t.Error("built again: ", err)
	}
	if again.Linking != m.Linking {
		t.Error("the same terminology is told apart")
	}
}

func TestOpenTheShippedModel(t *testing.T) {
	onnxtest.Shipped(t, "ner")
	onnxtest.Shipped(t, "names")
	t.Setenv(onnx.EnvLibrary, onnxtest.Library(t))
	dir := build(t, "letters", nil, "S1: fiebre")
	m, err := Open(t.Context(), Options{Device: "cpu", Threads: 1, Strict: true, Layers: []string{"symptemist"}, KBs: []KB{{Label: "SINTOMA", Dir: dir}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := corpus.NewText("Paciente de 64 años que acude por fiebre de tres días de evolución.")
	found, err := m.Suggest(t.Context(), text, segment.Sentences(text), m.Source("es"))
	if err != nil || len(found) != 1 || found[0].Label != "SINTOMA" || !strings.HasPrefix(found[0].Text, "fiebre") {
		t.Errorf("found %+v, %v", found, err)
	}
	if m.Device != "cpu" || m.Hash == "" || len(m.Warnings) > 0 || m.Source("en") != suggest.ByLetters {
		t.Errorf("device %q, hash %q, warnings %q, languages %q", m.Device, m.Hash, m.Warnings, m.Languages)
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}
