package workbench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"
)

// ConfigFile is the name of the optional settings of a corpus.
const ConfigFile = "gloss.toml"

// Config is CORPUS/gloss.toml. Command-line flags win over it.
type Config struct {
	Model         string              `toml:"model"`         // a model directory, relative to the corpus
	Layers        []string            `toml:"layers"`        // of the model; none: all
	Reranker      string              `toml:"reranker"`      // directory of a cross-encoder or of a learnt ranking, relative to the corpus
	Abbreviations string              `toml:"abbreviations"` // a file of abbreviations, relative to the corpus
	Device        string              `toml:"device"`        // auto, cpu, cuda, cuda:N
	LinkStyle     string              `toml:"link_style"`    // n or note, for a corpus without links
	KB            map[string][]string `toml:"kb"`            // label, or "*" for every label: KB directories in search order
	Link          map[string]any      `toml:"link"`          // how to link, see link.ParseSettings
	LearnEvery    *int                `toml:"learn_every"`   // see Options.LearnEvery, but 0: never
	Order         string              `toml:"order"`         // of the documents: file, random, uncertain or value
	Target        float64             `toml:"target"`        // F1 of the suggestions from which on one may stop, above 0 to 1
	Probe         float64             `toml:"probe"`         // share of the suggestions that are probed, 0 to 1; see Probe
	ProbeKind     string              `toml:"probe_kind"`    // shuffle or hide
	Theme         string              `toml:"theme"`         // auto, dark, light, none
	ASCII         bool                `toml:"ascii"`         // marks that need no glyphs
	Keys          any                 `toml:"keys"`          // read by tui.ReadKeys
}

// ReadConfig reads the settings of a corpus; a corpus without any has the zero
// value. An unknown key is an error, so that a misspelling is not silently ignored.
func ReadConfig(dir string) (Config, error) {
	var c Config
	path := filepath.Join(dir, ConfigFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read the settings of the corpus: %w", err)
	}
	dec := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Errorf("%s: %s", path, explain(err))
	}
	for label, dirs := range c.KB {
		for i, d := range dirs {
			dirs[i] = within(dir, d)
		}
		c.KB[label] = dirs
	}
	for _, path := range []*string{&c.Model, &c.Reranker, &c.Abbreviations} {
		if *path != "" {
			*path = within(dir, *path)
		}
	}
	return c, nil
}

func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// explain adds the place and the offending lines to an error of the TOML reader.
func explain(err error) string {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		row, _ := strict.Errors[0].Position()
		return fmt.Sprintf("line %d: gloss knows no setting %q", row, strict.Errors[0].Key())
	}
	var decode *toml.DecodeError
	if errors.As(err, &decode) {
		row, col := decode.Position()
		return fmt.Sprintf("line %d, column %d: %s", row, col, decode.Error())
	}
	return err.Error()
}
