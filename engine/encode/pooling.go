package encode

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// pooling says how the vectors of a text's pieces become one.
type pooling string

// The kinds of pooling, as sentence-transformers names them. The vectors of all
// pieces count, special ones included.
const (
	mean     pooling = "mean"
	cls      pooling = "cls" // the first piece
	maximum  pooling = "max"
	meanSqrt pooling = "mean_sqrt_len_tokens" // the sum over the root of the number
	weighted pooling = "weightedmean"         // piece i, from 1, weighs i
	last     pooling = "lasttoken"
)

// flags are the names that older files of sentence-transformers use.
var flags = map[string]pooling{
	"pooling_mode_cls_token":            cls,
	"pooling_mode_mean_tokens":          mean,
	"pooling_mode_max_tokens":           maximum,
	"pooling_mode_mean_sqrt_len_tokens": meanSqrt,
	"pooling_mode_weightedmean_tokens":  weighted,
	"pooling_mode_lasttoken":            last,
}

func parsePooling(s string) (pooling, error) {
	for _, known := range flags {
		if string(known) == s {
			return known, nil
		}
	}
	return "", fmt.Errorf("pooling %q is unknown; want mean, cls, max, mean_sqrt_len_tokens, weightedmean or lasttoken", s)
}

// pool writes the vector of n pieces, [n, width] in a row, to out.
func (p pooling) pool(out, values []float32, width int) {
	n := len(values) / width
	row := func(i int) []float32 { return values[i*width : (i+1)*width] }
	switch p {
	case cls:
		copy(out, row(0))
		return
	case last:
		copy(out, row(n-1))
		return
	case maximum:
		copy(out, row(0))
		for i := 1; i < n; i++ {
			for j, v := range row(i) {
				out[j] = max(out[j], v)
			}
		}
		return
	}
	total := float32(0)
	for i := range n {
		weight := float32(1)
		if p == weighted {
			weight = float32(i + 1)
		}
		total += weight
		for j, v := range row(i) {
			out[j] += weight * v
		}
	}
	if p == meanSqrt {
		total = float32(math.Sqrt(float64(n)))
	}
	for j := range out {
		out[j] /= total
	}
}

// normalize scales a vector to length one; a zero vector stays.
func normalize(v []float32) {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	if sum == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(sum))
	for i := range v {
		v[i] *= scale
	}
}

// settings are what decides a vector beside model and tokenizer.
type settings struct {
	pooling   pooling
	maxLength int  // pieces, special ones included
	special   bool // the template's pieces are added
	lower     bool // the text is lower-cased first
	inGraph   bool // layers come after pooling, so that the graph has to pool
}

// key is what the hash covers.
func (s settings) key() string {
	return fmt.Sprintf("pooling=%s max_length=%d special=%t lower=%t", s.pooling, s.maxLength, s.special, s.lower)
}

// defaultMaxLength is that of names where the model does not tell one.
const defaultMaxLength = 512

// settingsOf reads gloss.json, else the files of sentence-transformers, else
// config.json.
func settingsOf(b *onnx.Bundle) (settings, error) {
	s := settings{pooling: mean, maxLength: b.Config().MaxPieces(), special: true}
	if s.maxLength == 0 {
		s.maxLength = defaultMaxLength
	}
	if err := s.readSentenceTransformers(b); err != nil {
		return s, err
	}
	m := b.Manifest()
	if m == nil {
		return s, nil
	}
	if m.Task != "" && m.Task != "encode" {
		return s, fmt.Errorf("it is a model for the task %q, not for \"encode\"", m.Task)
	}
	if len(m.Preprocess) > 0 {
		return s, errors.New("its preprocess steps are for recognisers: let the tokenizer's normalizer do them")
	}
	if m.Pooling != "" {
		p, err := parsePooling(m.Pooling)
		if err != nil {
			return s, fmt.Errorf("gloss.json: %w", err)
		}
		s.pooling = p
	}
	if m.MaxLength > 0 {
		s.maxLength = m.MaxLength
	}
	if m.Special != nil {
		s.special = *m.Special
	}
	return s, nil
}

func (s *settings) readSentenceTransformers(b *onnx.Bundle) error {
	var modules []struct{ Path, Type string }
	if _, err := b.ReadJSON("modules.json", &modules); err != nil {
		return err
	}
	folder := "1_Pooling"
	for _, m := range modules {
		name := m.Type[strings.LastIndexByte(m.Type, '.')+1:]
		switch name {
		case "Transformer", "Normalize": // rows get unit length in any case
		case "Pooling":
			folder = m.Path
		case "Dense":
			s.inGraph = true
		default:
			return fmt.Errorf("modules.json: the module %s is not supported; want Transformer, Pooling, Dense and Normalize", m.Type)
		}
	}
	var limits struct {
		MaxSeqLength int  `json:"max_seq_length"`
		Lower        bool `json:"do_lower_case"`
	}
	if _, err := b.ReadJSON("sentence_bert_config.json", &limits); err != nil {
		return err
	}
	if limits.MaxSeqLength > 0 {
		s.maxLength = limits.MaxSeqLength
	}
	s.lower = limits.Lower
	return s.readPooling(b, folder+"/config.json")
}

func (s *settings) readPooling(b *onnx.Bundle, file string) error {
	config := map[string]any{}
	if found, err := b.ReadJSON(file, &config); err != nil || !found {
		return err
	}
	if name, ok := config["pooling_mode"].(string); ok {
		p, err := parsePooling(name)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		s.pooling = p
		return nil
	}
	var chosen []pooling
	for flag, p := range flags {
		if on, _ := config[flag].(bool); on {
			chosen = append(chosen, p)
		}
	}
	if len(chosen) != 1 {
		return fmt.Errorf("%s: %d kinds of pooling are on; want one", file, len(chosen))
	}
	s.pooling = chosen[0]
	return nil
}
