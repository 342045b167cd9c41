package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus/convert"
)

func newConvert() *cobra.Command {
	var o convert.Options
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "convert IN OUT --from F --to T",
		Short: "convert a corpus between formats, and tell what was lost",
		Long:  "convert reads a corpus in one format and writes it in another. What the target\ncannot hold is told on standard error, with counts. OUT must be new, empty, or\nwhat convert left there before.\n\nTables and files of tokens have no text. With --text their mentions are placed in\nthe texts of a directory; without, the text of a file of tokens is made of its\nwords: a line a sentence, words parted by a space but for punctuation.\n\nFormats:\n" + formatList(),
		Args:  exactly(2, "the input and the output"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.To == "" {
				return wrongUse(errors.New("convert needs --to FORMAT"))
			}
			if o.From == "" {
				var err error
				if o.From, err = convert.Detect(args[0]); err != nil {
					return err
				}
			}
			for _, name := range []string{o.From, o.To} {
				if !convert.Known(name) {
					return wrongUse(fmt.Errorf("there is no format %q: see \"gloss convert --help\"", name))
				}
			}
			r, err := convert.Convert(cmd.Context(), args[0], args[1], o)
			if err != nil {
				return err
			}
			say(cmd, "%d documents, %d mentions; written %d", r.Documents, r.Mentions, r.Written)
			for _, l := range r.Lost {
				say(cmd, "%7d  %s: %s", l.Count, l.What, l.How)
			}
			if asJSON {
				return printJSON(cmd, r)
			}
			return nil
		},
	}
	addJSON(cmd, &asJSON)
	f := cmd.Flags()
	f.StringVar(&o.From, "from", "", "format of the input (default: by what is there)")
	f.StringVar(&o.To, "to", "", "format of the output")
	f.StringVar(&o.Texts, "text", "", "directory with the texts, for tables and files of tokens")
	return cmd
}

func formatList() string {
	var b strings.Builder
	for _, f := range convert.Formats() {
		about := f.About
		if !f.Readable {
			about += " (written only)"
		}
		fmt.Fprintf(&b, "  %-21s %s\n", f.Name, about)
	}
	return strings.TrimRight(b.String(), "\n")
}
