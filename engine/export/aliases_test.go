package export

import (
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb/source"
)

func TestAliases(t *testing.T) {
	const text = "fiebre fiebre tos \"seca\" tos"
	at := func(id string, start, end corpus.Off, links ...corpus.Link) corpus.Mention {
		return corpus.Mention{ID: id, Label: "S", Spans: corpus.One(start, end), Text: corpus.NewText(text).Join(corpus.One(start, end)), Links: links}
	}
	x := corpus.Link{DB: "x", ID: "X:1"}
	mentions := []corpus.Mention{at("T1", 0, 6, hp1), at("T2", 7, 13, hp1), at("T3", 18, 24, hp2), at("T4", 14, 17), at("T5", 25, 28, x)}
	var all []corpus.Decision
	for _, m := range mentions {
		bare := m
		bare.Links = nil
		k := corpus.SetLink
		if m.Links == nil {
			k = corpus.NIL
		}
		all = append(all, with(kind(k), &bare, &m))
	}
	var out strings.Builder
	n, err := Aliases(&out, numbered(all...), documents{"a": {Text: corpus.NewText(text), Mentions: mentions}})
	want := "db\tid\tname\tkind\tcount\nhp\tHP:1\tfiebre\tmention\t2\nhp\tHP:2\t\"\"\"seca\"\"\"\tmention\t1\nx\tX:1\ttos\tmention\t1\n"
	if err != nil || n != 3 || out.String() != want {
		t.Errorf("%d, %v, got\n%swant\n%s", n, err, out.String(), want)
	}
	var read []string
	for c, err := range source.ReadFrom(strings.NewReader(out.String()), "aliases", source.Options{DB: "hp"}) {
		if err != nil || len(c.Names) != 1 || c.Names[0].Kind != "mention" {
			t.Fatalf("%+v, %v", c, err)
		}
		read = append(read, c.ID+" "+c.Names[0].Text+strings.Repeat("!", c.Names[0].Count))
	}
	if got := strings.Join(read, "; "); got != `HP:1 fiebre!!; HP:2 "seca"!` {
		t.Errorf("read back %q", got)
	}
}

func TestAliasesOfNothing(t *testing.T) {
	var out strings.Builder
	if n, err := Aliases(&out, nil, documents{}); n != 0 || err != nil || out.String() != "db\tid\tname\tkind\tcount\n" {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
	if _, err := Aliases(&out, numbered(with(kind(corpus.SetLink), &fever, &linked)), documents{}); err == nil {
		t.Error("a document that cannot be read was passed over")
	}
}
