package train

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// tiny makes gloss-small, whose defaults take hours, small enough for a test.
const tiny = "tokenizer.lower_pieces=300 tokenizer.min_count=1 tokenizer.cased_pieces=40 tokenizer.cased_min_count=2 " +
	"model.table=16 model.chars=8 model.hidden=24 model.drop_in=0.0 model.drop_out=0.0 pretrain.epochs=1 pretrain.names=false pretrain.candidates=50 " +
	"windows.max=24 train.epochs=12 train.batch_pieces=256 train.rate=2e-2 train.rate_embed=2e-2 train.average=0.9 train.tune_every=0 train.word_dropout=0.0"

// TestRecipesGlossSmall trains the shipped model's recipe on the corpora's own layout, with
// two layers of the test's texts and nothing else, and compares as TestRecipes does.
// Without int8, whose logits depend on what is read together.
func TestRecipesGlossSmall(t *testing.T) {
	python := trainer(t)
	dir := t.TempDir()
	data, run, bundle, texts := filepath.Join(dir, "data"), filepath.Join(dir, "run"), filepath.Join(dir, "bundle"), filepath.Join(dir, "brat")
	writeCorpus(t, dir)
	writeLayers(t, texts, data)
	config := filepath.Join(dir, "config.toml")
	defaults, err := os.ReadFile("gloss_small/gloss_small.toml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, config, string(defaults))
	o := Options{Task: "ner", Python: python, Set: append(strings.Fields(tiny), "data.folder="+data)}
	if _, err := call(t.Context(), o, []string{"train", config, "--out", run}, nil); err != nil {
		t.Fatal(err)
	}
	runPython(t, python, "-m", "gloss_small", "export", "--run", run, "--out", bundle, "--fp32")
	compare(t, bundle, predicted(t, python, bundle, texts), texts)
}

// writeLayers lays the documents of a brat folder out as the corpora do: drugs and
// proteins as PharmaCoNER, symptoms as SympTEMIST, the other corpora empty.
func writeLayers(t *testing.T, texts, data string) {
	t.Helper()
	header := "filename\tmark\tlabel\toff0\toff1\tspan\n"
	symptoms := header
	files, err := filepath.Glob(filepath.Join(texts, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatal("no texts", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		text, ann := readFile(t, file), readFile(t, strings.TrimSuffix(file, ".txt")+".ann")
		var drugs strings.Builder
		for line := range strings.Lines(ann) {
			fields := strings.Fields(line)
			if fields[1] == "SINTOMA" {
				symptoms += strings.Join([]string{name, "T1", fields[1], fields[2], fields[3], "-"}, "\t") + "\n"
			} else {
				drugs.WriteString(line)
			}
		}
		write(t, filepath.Join(data, "spaccc/txt", name+".txt"), text)
		write(t, filepath.Join(data, "pharmaconer/train/brat", name+".txt"), text)
		write(t, filepath.Join(data, "pharmaconer/train/brat", name+".ann"), drugs.String())
	}
	write(t, filepath.Join(data, "spaccc/symptemist_mentions.tsv"), symptoms)
	for _, empty := range []string{"spaccc/distemist_mentions.tsv", "spaccc/medprocner_mentions.tsv"} {
		write(t, filepath.Join(data, empty), header)
	}
	write(t, filepath.Join(data, "livingner/valid.iob2"), "")
	write(t, filepath.Join(data, "cantemist/background.jsonl.gz"), "")
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// predicted is what the recipe's reference of inference finds in every text.
func predicted(t *testing.T, python, bundle, folder string) map[string]map[found]float64 {
	t.Helper()
	var texts map[string]map[string][][4]any // name, layer
	if err := json.Unmarshal(runPython(t, python, "-c", predictFolder, bundle, folder), &texts); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[found]float64{}
	for name, layers := range texts {
		out[name] = map[found]float64{}
		for _, spans := range layers {
			for _, s := range spans {
				out[name][found{corpus.Off(s[0].(float64)), corpus.Off(s[1].(float64)), s[2].(string)}] = s[3].(float64)
			}
		}
	}
	return out
}

// predictFolder reads texts with their line ends as they are.
const predictFolder = `
import json, pathlib, sys
from gloss_small.predict import Predictor
predictor = Predictor.of_bundle(sys.argv[1])
print(json.dumps({p.stem: predictor.predict(p.read_bytes().decode()) for p in pathlib.Path(sys.argv[2]).glob("*.txt")}))`
