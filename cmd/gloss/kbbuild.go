package main

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

// kbBuild are the flags of kb build and kb add.
type kbBuild struct {
	out, name, columns, codes, model, index, licence, lang, device string
	langs, types, vocabularies                                     []string
	corpora                                                        []string
	letters, strict, official, json                                bool
	grammar                                                        string
	noise                                                          int
	codesOf                                                        *kb.Grammar // what grammar says; nil: nothing
	skipped                                                        skippedLines
}

func newKBBuild() *cobra.Command {
	b := &kbBuild{}
	cmd := &cobra.Command{
		Use:   "build SRC... --out K",
		Short: "make a knowledge base from terminologies and annotated corpora",
		Long: `build reads tables (TSV, CSV; the gazetteers of shared tasks), OBO ontologies and
OBO graphs (JSON), Babelon translations, UMLS (a directory with MRCONSO.RRF), SNOMED
CT (an RF2 release), NCBI Taxonomy (a dump, taxdump.tar.gz) and what brat normalizes
by (a tools.conf, its database); directories and archives as they are distributed.
With --from-corpus it adds the names that an annotated corpus uses for its codes.

Names are embedded with the name encoder. The old KB stays whole until the new one
has found its own names. A build that was interrupted goes on where it was when it is
started again. Lines that cannot be read are named, counted and left out.`,
		RunE: func(cmd *cobra.Command, args []string) error { return b.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&b.out, "out", "", "directory of the knowledge base")
	f.StringVar(&b.name, "name", "", "its name, the DB of links (default: the last part of --out)")
	f.StringVar(&b.codes, "codes", "", "file with the codes to keep, one a line; composites of them are kept too")
	f.StringArrayVar(&b.corpora, "from-corpus", nil, "annotated corpus whose mentions become names; repeats")
	f.StringSliceVar(&b.types, "types", nil, "semantic types to keep, as the source writes them; of UMLS also T047")
	f.StringSliceVar(&b.vocabularies, "vocabularies", nil, "of UMLS: the source vocabularies (SAB) to keep")
	f.BoolVar(&b.letters, "letters", false, "embed nothing: find by letters alone")
	f.StringVar(&b.grammar, "grammar", "", "how codes are made of parts, so that codes can be composed: icd-o, or PATTERN TEMPLATE")
	f.IntVar(&b.noise, "noise", 0, "misspelled copies to add to each concept with fewer than that many names")
	f.StringVar(&b.index, "index", store.IndexExact, "exact, or hnsw where its measured recall is good enough")
	b.addCommon(cmd)
	return cmd
}

// addCommon adds the flags that every build has.
func (b *kbBuild) addCommon(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&b.columns, "columns", "", "columns of a table, as id=..,name=A|B,type=..")
	f.StringVar(&b.model, "model", "", "directory of the name encoder (default: the one that gloss ships)")
	f.StringVar(&b.licence, "licence", "", "licence of the sources; @FILE for its text")
	f.StringVar(&b.lang, "lang", "", "language of names whose source does not tell")
	f.StringSliceVar(&b.langs, "langs", nil, "languages to keep, as es,en, the most wanted first; names of no known one stay")
	f.BoolVar(&b.official, "official", false, "leave translations out that are not official yet")
	f.StringVar(&b.device, "device", "", "auto, cpu or cuda[:N]")
	f.BoolVar(&b.strict, "strict", false, "stop at a broken line or a cycle of parents instead of leaving it out")
	addJSON(cmd, &b.json)
}

func (b *kbBuild) run(cmd *cobra.Command, args []string) error {
	if b.out == "" || len(args)+len(b.corpora) == 0 {
		return wrongUse(errors.New("kb build needs --out K and something to build from: SRC or --from-corpus DIR"))
	}
	if b.index != store.IndexExact && b.index != store.IndexHNSW {
		return wrongUse(fmt.Errorf("--index %q: it is exact or hnsw", b.index))
	}
	if b.noise < 0 {
		return wrongUse(fmt.Errorf("--noise %d: it is at least 0", b.noise))
	}
	grammar, err := parseGrammar(b.grammar)
	if err != nil {
		return wrongUse(err)
	}
	b.codesOf = grammar
	o := store.BuildOptions{Name: baseName(b.out, b.name), Index: b.index}
	if b.codes != "" {
		codes, err := source.ReadCodes(b.codes)
		if err != nil {
			return err
		}
		o.Keep = codes.Keep
	}
	if o.Concepts, o.Sources, err = b.concepts(cmd, args, o.Name); err != nil {
		return err
	}
	if b.noise > 0 {
		o.Concepts = source.WithNoise(o.Concepts, b.noise, noiseSeed)
	}
	return b.build(cmd, o)
}

// build does what o says, with the encoder and the settings of the flags.
func (b *kbBuild) build(cmd *cobra.Command, o store.BuildOptions) error {
	var err error
	if o.Licence, err = licenceText(b.licence); err != nil {
		return err
	}
	if !b.letters {
		enc, err := models.OpenEncoder(models.Options{Encoder: b.model, Device: b.device})
		if err != nil {
			return err
		}
		defer enc.Close()
		o.Embedder = enc
	}
	o.CreatedBy, o.Strict, o.Progress, o.Notes = program(), b.strict, stages(cmd), b.skipped.notes
	meta, err := store.Build(cmd.Context(), b.out, o)
	if err != nil {
		return err
	}
	if b.codesOf != nil {
		if err := store.Declare(b.out, *b.codesOf); err != nil {
			return err
		}
		meta.Grammar = b.codesOf
	}
	for _, w := range meta.Warnings {
		say(cmd, "%s", w)
	}
	return printMeta(cmd, meta, b.json)
}

// noiseSeed makes misspelled names the same every time.
const noiseSeed = 1

// parseGrammar finds a grammar by name, or reads a pattern and a template.
func parseGrammar(s string) (*kb.Grammar, error) {
	if s == "" {
		return nil, nil
	}
	g, ok := kb.Grammars[s]
	if !ok {
		pattern, template, two := strings.Cut(s, " ")
		if !two {
			return nil, fmt.Errorf("--grammar %q: it is icd-o, or a pattern and, after a space, a template", s)
		}
		g = kb.Grammar{Pattern: pattern, Template: template}
	}
	_, err := g.Compile()
	return &g, err
}

// licenceText is a licence as given, or the text of the file after "@".
func licenceText(licence string) (string, error) {
	file, ok := strings.CutPrefix(licence, "@")
	if !ok {
		return licence, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read licence: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// program is what made a knowledge base, with its version where it is known.
func program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "gloss"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "gloss " + s.Value[:min(12, len(s.Value))]
		}
	}
	return "gloss " + info.Main.Version
}

// concepts streams every source, one after the other.
func (b *kbBuild) concepts(cmd *cobra.Command, args []string, db string) (iter.Seq2[kb.Concept, error], []store.Source, error) {
	o := source.Options{Lang: b.lang, Langs: b.langs, Types: b.types, Vocabularies: b.vocabularies, Official: b.official, DB: db}
	if b.columns != "" {
		c, err := source.ParseColumns(b.columns)
		if err != nil {
			return nil, nil, wrongUse(err)
		}
		o.Columns = c
	}
	if !b.strict {
		o.Warn = func(p source.Problem) { b.skipped.add(cmd, p) }
	}
	sources, err := sourcesOf(args)
	if err != nil {
		return nil, nil, err
	}
	var mentions []corpus.Mention
	for _, dir := range b.corpora {
		all, err := convert.Mentions(dir)
		if err != nil {
			return nil, nil, err
		}
		mentions = append(mentions, convert.Flatten(all)...)
		sources = append(sources, store.Source{Path: filepath.Base(filepath.Clean(dir)), SHA256: source.HashMentions(all)})
	}
	return func(yield func(kb.Concept, error) bool) {
		for _, path := range args {
			for c, err := range source.Read(path, o) {
				if !yield(c, err) {
					return
				}
			}
		}
		skipped := func(m corpus.Mention, l corpus.Link) { say(cmd, "left out: %q with code %q", m.Text, l.ID) }
		source.FromCorpus(slices.Values(mentions), "", skipped)(yield)
	}, sources, nil
}

// sourcesOf describes the files that paths are read from.
func sourcesOf(paths []string) (out []store.Source, err error) {
	for _, path := range paths {
		files, err := source.Files(path)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			s, err := store.FileSource(file)
			if err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	return out, nil
}

// skippedLines counts what could not be read, by file.
type skippedLines struct {
	files []string
	n     map[string]int
}

// namedLines is how many broken lines of a file are told one by one.
const namedLines = 20

func (s *skippedLines) add(cmd *cobra.Command, p source.Problem) {
	if s.n == nil {
		s.n = map[string]int{}
	}
	if s.n[p.File] == 0 {
		s.files = append(s.files, p.File)
	}
	s.n[p.File]++
	switch n := s.n[p.File]; {
	case n <= namedLines:
		say(cmd, "left out: %v", p.Error())
	case n == namedLines+1:
		say(cmd, "left out: more lines of %s, which are counted only; --strict stops at the first", p.File)
	}
}

func (s *skippedLines) notes() []string {
	var out []string
	for _, file := range s.files {
		lines := "lines"
		if s.n[file] == 1 {
			lines = "line"
		}
		out = append(out, fmt.Sprintf("left out %d %s of %s", s.n[file], lines, file))
	}
	return out
}

// stages shows the stages of a build on a terminal, with their rate and what is left.
func stages(cmd *cobra.Command) func(stage string, done, total int) {
	if !isTerminal(cmd.ErrOrStderr()) {
		return nil
	}
	var now string
	var begun time.Time
	var first int
	return func(stage string, done, total int) {
		if stage != now {
			now, begun, first = stage, time.Now(), done
			fmt.Fprintln(cmd.ErrOrStderr())
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "\r\x1b[K%s", stageLine(stage, done-first, done, total, time.Since(begun)))
	}
}

// stageLine tells how far a stage is that has done so many names in a time.
func stageLine(stage string, lately, done, total int, took time.Duration) string {
	line := fmt.Sprintf("%s %d", stage, done)
	if total > 0 {
		line += fmt.Sprintf(" of %d", total)
	}
	if lately <= 0 || took <= 0 {
		return line
	}
	rate := float64(lately) / took.Seconds()
	line += fmt.Sprintf(", %.0f names/s", rate)
	if total > done {
		left := time.Duration(float64(total-done) / rate * float64(time.Second))
		line += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	return line
}
