package main

import (
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

func newKB() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "kb",
		Short: "build, search and look at knowledge bases",
		RunE: func(cmd *cobra.Command, args []string) error {
			return wrongUse(errors.New("kb needs one of: build, search, info"))
		},
	}
	cmd.AddCommand(newKBBuild(), newKBSearch(), newKBInfo())
	return cmd
}

// kbBuild are the flags of kb build.
type kbBuild struct {
	out, name, columns, codes, model, index, licence, lang, device string
	corpora                                                        []string
	letters, strict, json                                          bool
}

func newKBBuild() *cobra.Command {
	b := &kbBuild{}
	cmd := &cobra.Command{
		Use:   "build SRC... --out K",
		Short: "make a knowledge base from terminologies and annotated corpora",
		Long: `build reads tables (TSV, CSV), OBO ontologies and Babelon translations, and
with --from-corpus the names that an annotated corpus uses for its codes. Names
are embedded with the name encoder. The old KB stays whole until the new one has
found its own names.`,
		RunE: func(cmd *cobra.Command, args []string) error { return b.run(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&b.out, "out", "", "directory of the knowledge base")
	f.StringVar(&b.name, "name", "", "its name, the DB of links (default: the last part of --out)")
	f.StringVar(&b.columns, "columns", "", "columns of a table, as id=..,name=A|B,type=..")
	f.StringArrayVar(&b.corpora, "from-corpus", nil, "annotated corpus whose mentions become names; repeats")
	f.StringVar(&b.codes, "codes", "", "file with the codes to keep, one a line")
	f.StringVar(&b.model, "model", "", "directory of the name encoder (default: the one that gloss ships)")
	f.BoolVar(&b.letters, "letters", false, "embed nothing: find by letters alone")
	f.StringVar(&b.index, "index", store.IndexExact, "exact, or hnsw where its measured recall is good enough")
	f.StringVar(&b.licence, "licence", "", "licence of the sources")
	f.StringVar(&b.lang, "lang", "", "language of names whose source does not tell")
	f.StringVar(&b.device, "device", "", "auto, cpu or cuda[:N]")
	f.BoolVar(&b.strict, "strict", false, "stop at a broken line instead of leaving it out")
	addJSON(cmd, &b.json)
	return cmd
}

func (b *kbBuild) run(cmd *cobra.Command, args []string) error {
	if b.out == "" || len(args)+len(b.corpora) == 0 {
		return wrongUse(errors.New("kb build needs --out K and something to build from: SRC or --from-corpus DIR"))
	}
	if b.index != store.IndexExact && b.index != store.IndexHNSW {
		return wrongUse(fmt.Errorf("--index %q: it is exact or hnsw", b.index))
	}
	o := store.BuildOptions{
		Name: baseName(b.out, b.name), Licence: b.licence, CreatedBy: "gloss kb build", Index: b.index,
		Progress: stages(cmd),
	}
	var err error
	if o.Concepts, o.Sources, err = b.concepts(cmd, args, o.Name); err != nil {
		return err
	}
	if b.codes != "" {
		codes, err := readLines(b.codes)
		if err != nil {
			return err
		}
		keep := make(map[string]bool, len(codes))
		for _, c := range codes {
			keep[c] = true
		}
		o.Keep = func(id string) bool { return keep[id] }
	}
	if !b.letters {
		enc, err := models.OpenEncoder(models.Options{Encoder: b.model, Device: b.device})
		if err != nil {
			return err
		}
		defer enc.Close()
		o.Embedder = enc
	}
	meta, err := store.Build(cmd.Context(), b.out, o)
	if err != nil {
		return err
	}
	for _, w := range meta.Warnings {
		say(cmd, "%s", w)
	}
	return printMeta(cmd, meta, b.json)
}

// concepts streams every source, one after the other.
func (b *kbBuild) concepts(cmd *cobra.Command, args []string, db string) (iter.Seq2[kb.Concept, error], []store.Source, error) {
	o := source.Options{Lang: b.lang}
	if b.columns != "" {
		c, err := source.ParseColumns(b.columns)
		if err != nil {
			return nil, nil, wrongUse(err)
		}
		o.Columns = c
	}
	if !b.strict {
		o.Warn = func(p source.Problem) { say(cmd, "left out: %v", p.Error()) }
	}
	var sources []store.Source
	for _, path := range args {
		s, err := store.FileSource(path)
		if err != nil {
			return nil, nil, err
		}
		sources = append(sources, s)
	}
	var mentions []corpus.Mention
	for _, dir := range b.corpora {
		all, err := convert.Mentions(dir)
		if err != nil {
			return nil, nil, err
		}
		mentions = append(mentions, convert.Flatten(all)...)
		sources = append(sources, store.Source{Path: dir})
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

// stages shows the stages of a build on a terminal.
func stages(cmd *cobra.Command) func(stage string, done, total int) {
	if !isTerminal(cmd.ErrOrStderr()) {
		return nil
	}
	return func(stage string, done, total int) {
		if total > 0 {
			fmt.Fprintf(cmd.ErrOrStderr(), "\r\x1b[K%s %d of %d", stage, done, total)
		} else {
			fmt.Fprintf(cmd.ErrOrStderr(), "\r\x1b[K%s %d", stage, done)
		}
	}
}

func newKBSearch() *cobra.Command {
	var k int
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "search K QUERY",
		Short: "look names up, as the workbench does while one types",
		Args:  exactly(2, "a knowledge base and a query"),
		RunE: func(cmd *cobra.Command, args []string) error {
			store, err := store.Open(args[0], store.Options{})
			if err != nil {
				return err
			}
			defer store.Close()
			found := store.Search(args[1], k)
			if asJSON {
				if found == nil {
					found = []kb.Candidate{}
				}
				return printJSON(cmd, map[string]any{"results": found})
			}
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			for _, c := range found {
				fmt.Fprintf(w, "%s\t%s\t%s\t%.2f\t%s: %s\n", c.ID, c.Name, c.Type, float64(c.Score), c.Evidence.Match, c.Evidence.Name)
			}
			return w.Flush()
		},
	}
	cmd.Flags().IntVarP(&k, "top", "k", 10, "how many")
	addJSON(cmd, &asJSON)
	return cmd
}

func newKBInfo() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "info K",
		Short: "tell what a knowledge base holds and what it was made from",
		Args:  exactly(1, "a knowledge base"),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := store.ReadMeta(args[0])
			if err != nil {
				return err
			}
			return printMeta(cmd, m, asJSON)
		},
	}
	addJSON(cmd, &asJSON)
	return cmd
}

func printMeta(cmd *cobra.Command, m store.Meta, asJSON bool) error {
	if asJSON {
		return printJSON(cmd, m)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "name\t%s\nconcepts\t%d\nnames\t%d\nof these from annotations\t%d\n", m.Name, m.Concepts, m.Names, m.Mentions)
	encoder := "none: by letters alone"
	if m.Encoder != "" {
		encoder = fmt.Sprintf("%.12s, %d dimensions", m.Encoder, m.Dimensions)
	}
	fmt.Fprintf(w, "encoder\t%s\nindex\t%s\n", encoder, m.Index)
	if m.Recall > 0 {
		fmt.Fprintf(w, "recall of hnsw\t%.3f\n", m.Recall)
	}
	if m.Licence != "" {
		fmt.Fprintf(w, "licence\t%s\n", m.Licence)
	}
	for _, s := range m.Sources {
		fmt.Fprintf(w, "source\t%s %.12s\n", s.Path, s.SHA256)
	}
	for _, warning := range m.Warnings {
		fmt.Fprintf(w, "note\t%s\n", warning)
	}
	return w.Flush()
}

// baseName is the name of a knowledge base: as asked for, else of its directory.
func baseName(dir, name string) string {
	if name != "" {
		return name
	}
	return filepath.Base(filepath.Clean(dir))
}
