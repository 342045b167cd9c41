package onnx

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// modelFiles are the names under which a directory may hold its model, best first.
var modelFiles = []string{"model.onnx", "onnx/model.onnx", "model_quantized.onnx", "onnx/model_quantized.onnx", "model_optimized.onnx"}

// sideFiles are the other files that decide what a model computes.
var sideFiles = []string{
	"config.json", "gloss.json", "modules.json", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json",
	"1_Pooling/config.json", "2_Normalize/config.json",
}

// Bundle is a model directory: model.onnx, tokenizer.json, config.json, and
// gloss.json where it was made for gloss. It is safe for concurrent use and holds
// no native memory.
type Bundle struct {
	name     string
	files    fs.FS
	root     string // directory on disk; empty for an embedded one
	model    string // path of the model file inside files
	manifest *Manifest
	config   ModelConfig
	tokens   tokenizerConfig
	sums     map[string]string // file to its SHA-256
	hash     string
}

// OpenDir opens a model directory on disk. The path may also be that of an
// .onnx file in it, which then is the model.
func OpenDir(dir string) (*Bundle, error) {
	model := ""
	if strings.HasSuffix(dir, ".onnx") {
		dir, model = filepath.Split(dir)
		dir = filepath.Clean(dir)
		if filepath.Base(dir) == "onnx" { // the tokenizer lies beside the folder
			dir, model = filepath.Dir(dir), "onnx/"+model
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w; give the directory of a model", ErrBundle, dir, unwrapPath(err))
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%w: %s is not a directory; give the directory of a model", ErrBundle, dir)
	}
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBundle, dir, err)
	}
	return openBundle(os.DirFS(absolute), filepath.Base(absolute), absolute, model)
}

// OpenBundle opens a model directory of any file system, such as one that is
// embedded in the program; name stands for it in errors.
func OpenBundle(files fs.FS, name string) (*Bundle, error) {
	return openBundle(files, name, "", "")
}

func openBundle(files fs.FS, name, root, model string) (*Bundle, error) {
	b := &Bundle{name: name, files: files, root: root, model: model, sums: map[string]string{}}
	where := name
	if root != "" {
		where = root
	}
	if err := b.read(); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrBundle, where, err)
	}
	if b.manifest != nil && b.manifest.Name != "" {
		b.name = b.manifest.Name
	}
	return b, nil
}

// read looks at every file and tells all that is wrong.
func (b *Bundle) read() error {
	var errs []error
	if b.model == "" {
		i := slices.IndexFunc(modelFiles, b.has)
		if i < 0 {
			errs = append(errs, fmt.Errorf("it has no model; want one of %s (export one with \"optimum-cli export onnx\")", strings.Join(modelFiles, ", ")))
		} else {
			b.model = modelFiles[i]
		}
	}
	_, err := readSettings(b.files, "config.json", &b.config)
	errs = append(errs, err)
	_, err = readSettings(b.files, "tokenizer_config.json", &b.tokens)
	errs = append(errs, err, b.readManifest())
	if !b.has("tokenizer.json") && (b.manifest == nil || b.manifest.Inputs != WordsAndChars) {
		errs = append(errs, errors.New("it has no tokenizer.json; save the model's fast tokenizer there"))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return b.sum()
}

func (b *Bundle) readManifest() error {
	data, err := fs.ReadFile(b.files, "gloss.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		b.manifest, err = parseManifest(data)
	}
	if err == nil && b.manifest.Inputs == WordsAndChars {
		err = errors.Join(b.manifest.Words.load(b.files, "words"), b.manifest.Chars.load(b.files, "chars"))
	}
	if err != nil {
		return fmt.Errorf("gloss.json: %w", unwrapPath(err))
	}
	return nil
}

func (b *Bundle) has(name string) bool {
	info, err := fs.Stat(b.files, name)
	return err == nil && !info.IsDir()
}

// sum hashes the files that decide what the model computes. The model's own name
// does not count: a copy under another name computes the same.
func (b *Bundle) sum() error {
	type file struct{ path, as string }
	files := []file{{b.model, "model"}, {b.model + "_data", "weights"}, {b.model + ".data", "weights"}}
	for _, name := range sideFiles {
		files = append(files, file{name, name})
	}
	if m := b.manifest; m != nil && m.Inputs == WordsAndChars {
		files = append(files, file{m.Words.File, "words"}, file{m.Chars.File, "chars"})
	}
	for _, f := range files {
		if f.path == "" || !b.has(f.path) {
			continue
		}
		sum, err := fileSum(b.files, f.path)
		if err != nil {
			return err
		}
		b.sums[f.as] = sum
	}
	b.hash = b.HashOf()
	return nil
}

func fileSum(files fs.FS, name string) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Name is that of gloss.json, else that of the directory.
func (b *Bundle) Name() string { return b.name }

// Hash identifies the contents: 64 hexadecimal digits over the model, its
// tokenizer and its settings.
func (b *Bundle) Hash() string { return b.hash }

// HashOf is a hash of the model and the tokenizer alone, with what else decides a
// result; without arguments, of all files.
func (b *Bundle) HashOf(settings ...string) string {
	h := sha256.New()
	names := make([]string, 0, len(b.sums))
	for name := range b.sums {
		if len(settings) == 0 || name == "model" || name == "weights" || name == "tokenizer.json" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(h, "%s %s\n", name, b.sums[name])
	}
	for _, s := range settings {
		fmt.Fprintf(h, "%q\n", s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Unusable wraps what is wrong with a bundle in ErrBundle and names it; an error
// that does so already stays as it is.
func (b *Bundle) Unusable(err error) error {
	if errors.Is(err, ErrBundle) {
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrBundle, b.name, err)
}

// Manifest is gloss.json; nil where there is none.
func (b *Bundle) Manifest() *Manifest { return b.manifest }

// Config is config.json; zero where there is none.
func (b *Bundle) Config() ModelConfig { return b.config }

// ReadJSON reads a file of the bundle into v. A missing file leaves v as it is and
// tells so.
func (b *Bundle) ReadJSON(name string, v any) (found bool, err error) {
	if found, err = readSettings(b.files, name, v); err != nil {
		err = b.Unusable(err)
	}
	return found, err
}

// Tokenizer makes the tokenizer; the caller closes it.
func (b *Bundle) Tokenizer() (*Tokenizer, error) {
	data, err := fs.ReadFile(b.files, "tokenizer.json")
	if err == nil {
		var t *Tokenizer
		if t, err = NewTokenizer(data); err == nil {
			t.words.unknown = string(b.tokens.Unknown)
			return t, nil
		}
	}
	return nil, b.Unusable(err)
}

// MaxPieces is the longest input that the model takes, special pieces included;
// 0 where neither config.json nor tokenizer_config.json tells.
func (b *Bundle) MaxPieces() int {
	longest := b.config.MaxPieces()
	// Files that know no limit write 1e30.
	if n := b.tokens.MaxLength; n >= 1 && n < 1e6 && (longest == 0 || int(n) < longest) {
		longest = int(n)
	}
	return longest
}

// Source is the model file.
func (b *Bundle) Source() (Source, error) {
	if b.root != "" {
		return Source{Path: filepath.Join(b.root, filepath.FromSlash(b.model))}, nil
	}
	data, err := fs.ReadFile(b.files, b.model)
	if err != nil {
		return Source{}, b.Unusable(err)
	}
	return Source{Data: data}, nil
}
