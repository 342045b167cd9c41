package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/engine/batch"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

func newLink() *cobra.Command {
	o := &options{}
	var k int
	var out, texts string
	var features bool
	how := &strategyFlags{}
	cmd := &cobra.Command{
		Use:   "link IN --kb K",
		Short: "find candidates for mentions",
		Long: `link prints a line of JSON for every mention of IN: the spans of a brat
directory, a shared task's table (with its texts: --text DIR), or a table with a
mention and, after a tab, its context in each line.`,
		Args: exactly(1, "one input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if k < 1 {
				return wrongUse(errors.New("-k must be at least 1"))
			}
			m, err := openLinker(cmd, o, args[0], how)
			if err != nil {
				return err
			}
			defer m.Close()
			questions, err := batch.Questions(args[0], texts)
			if err != nil {
				return err
			}
			w, closeOut, err := create(cmd, out)
			if err != nil {
				return err
			}
			if features {
				n, err := batch.Features(cmd.Context(), w, m.Linker.(batch.Featurer), questions, progress(cmd, "linked"))
				if err == nil {
					say(cmd, "%d mentions with a link", n)
				}
				return errors.Join(err, closeOut())
			}
			return errors.Join(batch.Link(cmd.Context(), w, m, questions, k, progress(cmd, "linked")), closeOut())
		},
	}
	o.addKBFlags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.encoder, "encoder", "", "directory of the name encoder that the KBs were built with (default: the one that gloss ships)")
	f.IntVarP(&k, "top", "k", 25, "candidates a mention")
	f.StringVar(&out, "out", "", "file for the result (default: standard output)")
	f.StringVar(&texts, "text", "", "directory with the .txt files of a table")
	f.BoolVar(&features, "features", false, "write what gloss train reranker learns from: linked mentions, their candidates and features")
	how.add(cmd)
	f.Bool("json", true, "the output is always JSON lines")
	return cmd
}

// openLinker opens what links the mentions of in, by the flags, and where in is a corpus with
// settings of its own, by those.
func openLinker(cmd *cobra.Command, o *options, in string, how *strategyFlags) (*suggest.Models, error) {
	var config workbench.Config
	if info, err := os.Stat(in); err == nil && info.IsDir() {
		if config, err = o.settle(in); err != nil {
			return nil, err
		}
	}
	mo, err := o.modelOptions(config)
	if err != nil {
		return nil, err
	}
	if len(mo.KBs) == 0 {
		return nil, wrongUse(errors.New("link needs a knowledge base: --kb [LABEL=]DIR"))
	}
	if mo.Link, err = how.settings(mo.Link); err != nil {
		return nil, wrongUse(err)
	}
	mo.NoModel, mo.Strict = true, true
	if err := models.Check(mo); err != nil {
		return nil, err
	}
	m, err := models.Open(cmd.Context(), mo, nil)
	if err != nil {
		return nil, err
	}
	for _, w := range m.Warnings {
		say(cmd, "%s", w)
	}
	return m, nil
}
