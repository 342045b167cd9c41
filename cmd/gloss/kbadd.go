package main

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

func newKBAdd() *cobra.Command {
	b := &kbBuild{}
	var names, aliases []string
	cmd := &cobra.Command{
		Use:   "add K",
		Short: "add names to a knowledge base",
		Long: `add makes a new knowledge base of K and more names, and puts it in the place of K
once it has found its own names. --names takes whatever kb build reads; --aliases
what gloss export --for aliases wrote: the names that annotators linked to concepts
of K. Names that K has are not embedded again.`,
		Args: exactly(1, "a knowledge base"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(names)+len(aliases) == 0 {
				return wrongUse(errors.New("kb add needs --names FILE or --aliases FILE"))
			}
			return b.add(cmd, args[0], names, aliases)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&names, "names", nil, "terminology with names to add, and concepts; repeats")
	f.StringArrayVar(&aliases, "aliases", nil, "names of concepts of K; repeats")
	b.addCommon(cmd)
	return cmd
}

func (b *kbBuild) add(cmd *cobra.Command, dir string, names, aliases []string) (err error) {
	base, err := store.OpenReader(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, base.Close()) }()
	meta := base.Meta()
	b.out, b.letters, b.codesOf = dir, meta.Encoder == "", meta.Grammar
	o := store.BuildOptions{Name: meta.Name, Index: meta.Index, Base: dir}
	if o.Concepts, o.Sources, err = b.concepts(cmd, slices.Concat(names, aliases), meta.Name); err != nil {
		return err
	}
	if len(names) == 0 {
		o.Keep = source.KeepParts(func(id string) bool {
			has, err := base.Has(cmd.Context(), id)
			return err == nil && has
		})
	}
	return b.build(cmd, o)
}
