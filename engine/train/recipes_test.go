package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/ner"
	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

// small makes any model from scratch small enough for a test.
const small = "encoder.hidden=32 encoder.layers=1 encoder.heads=2 encoder.feed_forward=32 train.epochs=9 train.patience=0 " +
	"train.batch_windows=8 train.rate_encoder=5e-3 train.rate=5e-3 train.device=cpu"

// words makes a model that reads words small enough.
const words = "network.hidden=24 vectors.dims=24 vectors.min_count=1 train.epochs=14 train.patience=0 train.batch_windows=8 train.rate=1e-2 " +
	"train.dropout=0.1 train.device=cpu"

// recipes are what TestRecipes trains: the recipe's name, and the keys in which a
// run differs from its defaults. CORPUS is the folder of the test's texts, NAMES a
// file of names, CHECKPOINT a folder of a Hugging Face model.
var recipes = []struct{ name, sets string }{
	{"symptemist", small},
	{"symptemist", small + " head.bilstm=16 names.files=['NAMES'] pretrain.epochs=1 pretrain.rate=1e-3 tokenizer.kind=bpe windows.max=24"},
	{"symptemist", small + " scheme.name=bmewo-v head.crf=false windows.by=line"},
	{"livingner", small},
	{"livingner", small + " encoder.path=CHECKPOINT scheme.name=bioes windows.by=sentence"},
	{"cantemist", small + " head.size=20 train.dropout=0.1"},
	{"cantemist", small + " encoder.path=CHECKPOINT head.size=20 head.layers=2 train.dropout=0.1 scheme.name=bmewov preprocess=['lower','drop-punct'] windows.by=sentence"},
	{"pharmaconer", words},
	{"pharmaconer", words + " vectors.kind=word2vec head.crf=false windows.max=9 windows.by=line vocabulary.longest=4 preprocess=['numbers=0']"},
	{"pharmaconer-bert", small},
}

// TestRecipes trains a tiny model by every recipe, exports it, and compares what
// gloss finds with the recipe's own decoding of the model that was trained. It
// takes a Python with torch, and minutes: make test-train runs it.
func TestRecipes(t *testing.T) {
	python := trainer(t)
	t.Run("unit tests", func(t *testing.T) { runPython(t, python, "-m", "unittest", "discover", "-s", "tests") })
	folder := t.TempDir()
	writeCorpus(t, folder)
	runPython(t, python, "-c", checkpoint, filepath.Join(folder, "checkpoint"))
	replacer := strings.NewReplacer("NAMES", filepath.Join(folder, "names.tsv"), "CHECKPOINT", filepath.Join(folder, "checkpoint"))
	for i, r := range recipes {
		t.Run(fmt.Sprintf("%d %s", i, r.name), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			config := filepath.Join(dir, "config.toml")
			text := fmt.Sprintf("recipe = %q\nlanguages = []\n[data]\ntrain = [%q]\n", r.name, filepath.Join(folder, "brat"))
			if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			o := Options{Task: "ner", Python: python, Set: strings.Fields(replacer.Replace(r.sets))}
			run := filepath.Join(dir, "run")
			last, err := call(t.Context(), o, []string{"train", config, "--out", run}, nil)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("figures %s", last.Figures)
			compare(t, filepath.Join(run, "bundle"), decoded(t, python, run, filepath.Join(folder, "brat")), filepath.Join(folder, "brat"))
		})
	}
}

// trainer is a Python that can train, with the recipes of this checkout. The test is
// skipped where there is none.
func trainer(t *testing.T) string {
	t.Helper()
	if os.Getenv("GLOSS_TRAIN_TESTS") == "" {
		t.Skip("recipes are trained by: make test-train")
	}
	python, err := FindPython(t.Context(), "", "engine/train/requirements.txt")
	if errors.Is(err, ErrPython) {
		t.Skipf("no recipe is tested: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	sources, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("PYTHONPATH", sources)
	t.Setenv("PYTHONDONTWRITEBYTECODE", "1")
	return python
}

// runPython runs Python and returns what it prints.
func runPython(t *testing.T, python string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), python, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args[:min(2, len(args))], " "), err, said.String())
	}
	return out
}

// checkpoint writes a random BERT with its tokenizer, as a user would have one.
const checkpoint = `
import sys
from transformers import BertConfig, BertForMaskedLM, PreTrainedTokenizerFast
from gloss_ner.units import learn_tokenizer
tokenizer = learn_tokenizer(["fiebre tos disnea paciente con aspirina"] * 9, {"kind": "wordpiece", "pieces": 400, "min_count": 1})
BertForMaskedLM(BertConfig(vocab_size=tokenizer.get_vocab_size(), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
    intermediate_size=32, max_position_embeddings=140)).save_pretrained(sys.argv[1])
PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", mask_token="[MASK]").save_pretrained(sys.argv[1])`

// found is a span with its score.
type found struct {
	start, end corpus.Off
	label      string
}

// decoded is what the recipe itself finds in every text.
func decoded(t *testing.T, python, run, folder string) map[string]map[found]float64 {
	t.Helper()
	var raw map[string][][4]any
	if err := json.Unmarshal(runPython(t, python, "-m", "gloss_ner", "predict", folder, "--run", run), &raw); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[found]float64{}
	for name, spans := range raw {
		out[name] = map[found]float64{}
		for _, s := range spans {
			out[name][found{corpus.Off(s[0].(float64)), corpus.Off(s[1].(float64)), s[2].(string)}] = s[3].(float64)
		}
	}
	return out
}

func compare(t *testing.T, bundle string, want map[string]map[found]float64, folder string) {
	t.Helper()
	b, err := onnx.OpenDir(bundle)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ner.Open(onnxtest.Runtime(t), b, ner.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	spans := 0
	for name, wanted := range want {
		text, err := os.ReadFile(filepath.Join(folder, name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		mentions, err := m.Annotate(t.Context(), corpus.NewText(string(text)), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		spans += len(mentions)
		for _, own := range mentions {
			key := found{own.Spans[0].Start, own.Spans[0].End, own.Label}
			score, ok := wanted[key]
			if !ok {
				t.Errorf("%s: gloss finds %v, the recipe does not", name, key)
			} else if math.Abs(score-float64(own.Score)) > 1e-4 {
				t.Errorf("%s: %v has score %v, the recipe's is %v", name, key, own.Score, score)
			}
			delete(wanted, key)
		}
		for key := range wanted {
			t.Errorf("%s: the recipe finds %v, gloss does not", name, key)
		}
	}
	if spans < 20 {
		t.Errorf("%d spans in all: the model learnt too little for the comparison to say something", spans)
	}
}

// sentences have their mentions in brackets, with a letter for the label; they may
// be nested.
var sentences = []string{
	"Paciente de %d años con [S|fiebre] y [S|tos seca].",
	"Se pauta [D|aspirina] %d mg cada 8 h por el Dr. Soler.",
	"La [S|disnea] cede con [D|salbutamol]; no hay [S|dolor torácico].",
	"Sin [S|fiebre 😀] desde hace %d días. ¿[S|Cefalea]? No.",
	"[S|dolor en la [P|rodilla]] izquierda tras la caída.",
	"Toma [D|parace\u0301tamol] e [D|ibuprofeno], T.A. 120/%d.",
	"Antecedentes\n\n[S|Náuseas] y [S|vómitos] en %d ocasiones.",
	"Niega [S|tos], [S|disnea], [S|cefalea], [S|fiebre], [S|náuseas], [S|mareo] y también [S|dolor en el [P|hombro]], que hace %d meses " +
		"había referido a su médico, quien le dio [D|ibuprofeno] y [D|aspirina] sin que mejorara de manera apreciable en todo ese tiempo.",
	"Alta a los %d días sin incidencias.",
}

// labels of the letters; they are those of recipes that have labels of their own.
var labels = strings.NewReplacer("S", "SINTOMA", "D", "NORMALIZABLES", "P", "PROTEINAS")

// writeCorpus writes 20 annotated documents, and names with synonyms.
func writeCorpus(t *testing.T, folder string) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 20 {
		var text, ann strings.Builder
		for _, n := range random.Perm(len(sentences)) {
			sentence := sentences[n]
			if strings.Contains(sentence, "%d") {
				sentence = fmt.Sprintf(sentence, 2+random.IntN(90))
			}
			mark(&text, &ann, sentence)
			text.WriteString([]string{" ", "\n", "\r\n"}[random.IntN(3)])
		}
		base := filepath.Join(folder, "brat", fmt.Sprintf("doc-%02d", i))
		write(t, base+".txt", text.String())
		write(t, base+".ann", ann.String())
	}
	write(t, filepath.Join(folder, "names.tsv"), "id\tname\n1\tfiebre\n1\thipertermia\n1\tpirexia\n2\tdisnea\n2\tfalta de aire\n3\tcefalea\n3\tdolor de cabeza\n")
}

// mark writes a sentence without its brackets to text, and its mentions to ann.
func mark(text, ann *strings.Builder, sentence string) {
	type open struct {
		start int
		label string
	}
	var stack []open
	at := utf8.RuneCountInString(text.String())
	for i := 0; i < len(sentence); {
		r, size := utf8.DecodeRuneInString(sentence[i:])
		switch r {
		case '[':
			stack = append(stack, open{at, labels.Replace(sentence[i+1 : i+2])})
			size = len("[S|")
		case ']':
			o := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			covered := string([]rune(text.String())[o.start:at])
			fmt.Fprintf(ann, "T%d\t%s %d %d\t%s\n", strings.Count(ann.String(), "\n")+1, o.label, o.start, at, covered)
		default:
			text.WriteRune(r)
			at++
		}
		i += size
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
