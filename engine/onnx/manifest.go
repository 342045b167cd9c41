package onnx

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/engine/clean"
)

// ManifestVersion is the version of gloss.json that this program reads.
const ManifestVersion = 1

// Manifest is a gloss.json: what a model directory says about itself beyond the
// files that Hugging Face's tools write. Fields that do not belong to the task are
// empty.
type Manifest struct {
	Version    int      `json:"version"`
	Name       string   `json:"name"`
	Task       string   `json:"task"` // "ner", "encode" or "rerank"
	Languages  []string `json:"languages"`
	Inputs     string   `json:"inputs"`             // "tokenizer" (or empty), or "words+chars"
	Preprocess []string `json:"preprocess"`         // steps before a sentence is cut into pieces or words, see clean.Parse
	Special    *bool    `json:"add_special_tokens"` // nil: true

	// Words and Chars are the vocabularies of a model that reads words and their
	// characters: its inputs are word_ids [batch, words], char_ids [batch, words,
	// characters] and, where it wants one, attention_mask [batch, words].
	Words *Vocabulary `json:"words"`
	Chars *Vocabulary `json:"chars"`

	// Recognition.
	Windows Windows           `json:"windows"`
	Outputs map[string]string `json:"outputs"` // role ("logits", "states") to the output's name
	Layers  []Layer           `json:"layers"`
	// Aggregation makes mentions of the tags of pieces as Hugging Face's
	// TokenClassificationPipeline does; see Aggregations. Empty: the tag of a word is
	// that of its first piece where the model is a plain export, else every piece has
	// its own. Layers with a CRF have none.
	Aggregation string `json:"aggregation"`

	// Encoding.
	Pooling    string `json:"pooling"`    // "mean", "cls", ...; empty: mean
	Normalize  *bool  `json:"normalize"`  // nil: true
	MaxLength  int    `json:"max_length"` // in pieces, special ones included; 0: the model's own
	Dimensions int    `json:"dimensions"`

	Card json.RawMessage `json:"card"` // data, licence and figures of the training
}

// WordsAndChars is the value of Inputs of a model that reads words and their
// characters, and has no tokenizer.json.
const WordsAndChars = "words+chars"

// Windows say how a document is cut for the model. By "sentence", whole sentences
// fill a window. By "line" they do so without crossing the end of a line, so that
// what is found in a line depends on that line alone. By "single", each sentence is
// a window. By "text", pieces fill it wherever sentences end.
type Windows struct {
	Max    int    `json:"max"`    // pieces a window, special ones not counted; 0: as many as the model takes
	By     string `json:"by"`     // what a window is filled with, see below; empty: "sentence"
	Stride int    `json:"stride"` // pieces that a window by text shares with the one before
}

// Aggregations are the strategies of TokenClassificationPipeline (transformers).
// "none" makes a mention of each piece, labelled with its tag. "simple" joins pieces
// by their tags. The others tag whole words: by the first piece, by the mean
// probabilities, or by the piece that is surest. Unlike the pipeline, gloss reads the
// ends that BIOES and its kin mark, leaves out white space at the edges, and gives one
// mention of a label at a place (the likeliest) where bytes of a letter have several.
var Aggregations = []string{"none", "simple", "first", "average", "max"}

// Layer is one set of labels of a recogniser: columns [First, First+len(Labels))
// of its logits.
type Layer struct {
	Name   string   `json:"name"`
	First  int      `json:"first"`
	Labels []string `json:"labels"` // tags, such as "O" and "B-DISEASE"
	Scheme string   `json:"scheme"` // "bioes", "bioesv", "iob2", "iob1", "bilou", "bmewo", "bmewov" or "flat"; empty: found from the tags
	CRF    *CRF     `json:"crf"`    // nil: tags are decoded one by one
	// Calibration makes its scores honest; nil: they are mean probabilities of tags.
	Calibration *Calibration `json:"calibration"`
}

// CRF holds the scores of a linear-chain conditional random field over a layer's
// tags: Transitions[i][j] is that of going from i to j.
type CRF struct {
	Start       []float32   `json:"start"`
	End         []float32   `json:"end"`
	Transitions [][]float32 `json:"transitions"`
}

func parseManifest(data []byte) (*Manifest, error) {
	var version struct {
		Version int `json:"version"`
	}
	if err := parseSettings(data, &version); err != nil {
		return nil, err
	}
	if version.Version != ManifestVersion {
		return nil, fmt.Errorf("it has version %d, and this gloss reads version %d: use a gloss that fits, or export the model again",
			version.Version, ManifestVersion)
	}
	var m Manifest
	if err := parseSettings(data, &m); err != nil {
		return nil, err
	}
	return &m, m.check()
}

// check finds everything that is wrong at once.
func (m *Manifest) check() error {
	var errs []error
	errs = append(errs, m.checkInputs())
	if _, err := clean.Parse(m.Preprocess); err != nil {
		errs = append(errs, err)
	}
	if m.MaxLength < 0 || m.Dimensions < 0 {
		errs = append(errs, errors.New("max_length and dimensions must not be negative"))
	}
	errs = append(errs, m.Windows.check())
	if a := m.Aggregation; a != "" && !slices.Contains(Aggregations, a) {
		errs = append(errs, fmt.Errorf("aggregation %q is unknown: want one of %s", a, strings.Join(Aggregations, ", ")))
	}
	seen := map[string]bool{}
	for i, l := range m.Layers {
		if l.Name == "" || seen[l.Name] {
			errs = append(errs, fmt.Errorf("layer %d: its name %q is empty or taken", i, l.Name))
		}
		seen[l.Name] = true
		if l.CRF != nil && m.Aggregation != "" {
			errs = append(errs, fmt.Errorf("layer %q: it has a crf, which leaves nothing to the aggregation %q", l.Name, m.Aggregation))
		}
		if err := l.Check(); err != nil {
			errs = append(errs, fmt.Errorf("layer %q: %w", l.Name, err))
		}
	}
	return errors.Join(errs...)
}

func (m *Manifest) checkInputs() error {
	switch {
	case m.Inputs != "" && m.Inputs != "tokenizer" && m.Inputs != WordsAndChars:
		return fmt.Errorf("inputs %q are unknown: want \"tokenizer\" or %q", m.Inputs, WordsAndChars)
	case m.Inputs != WordsAndChars && (m.Words != nil || m.Chars != nil):
		return fmt.Errorf("words and chars are for inputs %q", WordsAndChars)
	case m.Inputs != WordsAndChars:
		return nil
	case m.Words == nil || m.Chars == nil:
		return fmt.Errorf("inputs %q want the vocabularies words and chars", WordsAndChars)
	case slices.Contains([]string{"first", "average", "max"}, m.Aggregation):
		return fmt.Errorf("aggregation %q is for pieces of words, and this model reads whole words", m.Aggregation)
	case len(m.Layers) == 0:
		return fmt.Errorf("inputs %q want layers", WordsAndChars)
	}
	return nil
}

func (w Windows) check() error {
	switch {
	case w.By != "" && !slices.Contains([]string{"sentence", "line", "single", "text"}, w.By):
		return fmt.Errorf("windows.by %q is unknown: want \"sentence\", \"line\", \"single\" or \"text\"", w.By)
	case w.Max < 0:
		return errors.New("windows.max must not be negative")
	case w.Stride != 0 && w.By != "text":
		return errors.New("windows.stride is for windows by \"text\"")
	case w.Stride < 0 || w.Max > 0 && w.Stride >= w.Max:
		return fmt.Errorf("windows.stride %d must be from 0 up to below windows.max", w.Stride)
	}
	return nil
}

// Check tells what is wrong with a layer's labels and arrays.
func (l Layer) Check() error {
	n := len(l.Labels)
	if n == 0 || l.First < 0 {
		return fmt.Errorf("it has %d labels from column %d on", n, l.First)
	}
	for i, label := range l.Labels {
		if before := slices.Index(l.Labels, label); before < i {
			return fmt.Errorf("labels %d and %d are both %q", before, i, label)
		}
	}
	if err := l.Calibration.check(); err != nil {
		return err
	}
	if l.CRF == nil {
		return nil
	}
	if len(l.CRF.Start) != n || len(l.CRF.End) != n || len(l.CRF.Transitions) != n {
		return fmt.Errorf("crf arrays of %d, %d and %d rows for %d labels",
			len(l.CRF.Start), len(l.CRF.End), len(l.CRF.Transitions), n)
	}
	for i, row := range l.CRF.Transitions {
		if len(row) != n {
			return fmt.Errorf("crf.transitions[%d] has %d columns for %d labels", i, len(row), n)
		}
	}
	return nil
}

// ModelConfig is what gloss reads of a config.json.
type ModelConfig struct {
	ModelType    string            `json:"model_type"`
	ID2Label     map[string]string `json:"id2label"`
	HiddenSize   int               `json:"hidden_size"`
	MaxPositions int               `json:"max_position_embeddings"`
	PadID        *int64            `json:"pad_token_id"`
}

// Labels are the model's labels in the order of its columns; empty where
// config.json names none.
func (c ModelConfig) Labels() ([]string, error) {
	labels := make([]string, len(c.ID2Label))
	for key, label := range c.ID2Label {
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i >= len(labels) || labels[i] != "" {
			return nil, fmt.Errorf("config.json: id2label: %q is not a column from 0 to %d", key, len(labels)-1)
		}
		labels[i] = label
	}
	if i := slices.Index(labels, ""); i >= 0 {
		return nil, fmt.Errorf("config.json: id2label: the label of column %d is empty", i)
	}
	return labels, nil
}

// positionOffset is how many positions a model type keeps for itself: RoBERTa and
// its kin count from the padding identifier on.
func (c ModelConfig) positionOffset() int {
	switch c.ModelType {
	case "roberta", "xlm-roberta", "camembert", "longformer", "mpnet":
		return 2
	}
	return 0
}

// MaxPieces is the longest input that the model takes, special pieces included;
// 0 where config.json does not tell.
func (c ModelConfig) MaxPieces() int { return max(0, c.MaxPositions-c.positionOffset()) }

// Pad is the identifier that fills the ends of short rows.
func (c ModelConfig) Pad() int64 {
	if c.PadID == nil {
		return 0
	}
	return *c.PadID
}
