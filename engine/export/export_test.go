package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// documents are what the files say now.
type documents map[string]corpus.Document

func (d documents) Document(name string) (corpus.Document, error) {
	doc, ok := d[name]
	if !ok {
		return corpus.Document{}, errors.New("no such document")
	}
	doc.Name = name
	return doc, nil
}

const text = "Niño con fiebre.\nTos & fiebre.\n"

func mention(id string, start, end corpus.Off, links ...corpus.Link) corpus.Mention {
	spans := corpus.One(start, end)
	return corpus.Mention{ID: id, Label: "SINTOMA", Spans: spans, Text: corpus.NewText(text).Join(spans), Score: corpus.NoScore, Links: links}
}

func doc(mentions ...corpus.Mention) corpus.Document {
	return corpus.Document{Text: corpus.NewText(text), Mentions: mentions}
}

var (
	fever  = mention("", 9, 15)
	cough  = mention("", 17, 20)
	hp1    = corpus.Link{DB: "hp", ID: "HP:1", Name: "fiebre"}
	hp2    = corpus.Link{DB: "hp", ID: "HP:2", Name: "tos"}
	shown  = &corpus.Offer{Candidates: []corpus.Offered{{DB: "x", ID: "X:9", Score: 0.9}, {DB: "hp", ID: "HP:1", Score: 0.8}, {DB: "hp", ID: "HP:2", Score: 0.5}}}
	linked = mention("T1", 9, 15, hp1)
)

// numbered gives decisions their place in the journal. Each is a step of its own.
func numbered(all ...corpus.Decision) []corpus.Decision {
	for i := range all {
		all[i].Seq = int64(i + 1)
		if all[i].Step == 0 {
			all[i].Step = all[i].Seq
		}
		if all[i].Who == "" {
			all[i].Who = "ana"
		}
		if all[i].Doc == "" {
			all[i].Doc = "a"
		}
	}
	return all
}

func with(d corpus.Decision, before, after *corpus.Mention) corpus.Decision {
	d.Before, d.After = before, after
	return d
}

func kind(k corpus.Kind) corpus.Decision { return corpus.Decision{Kind: k} }

func undo(of int64) corpus.Decision { return corpus.Decision{Kind: corpus.Undo, Of: of} }
func redo(of int64) corpus.Decision { return corpus.Decision{Kind: corpus.Redo, Of: of} }

func TestLive(t *testing.T) {
	for _, c := range []struct {
		name string
		all  []corpus.Decision
		want []int64
	}{
		{"nothing", nil, nil},
		{"undone", numbered(kind(corpus.Accept), kind(corpus.Accept), undo(1)), []int64{2}},
		{"redone", numbered(kind(corpus.Accept), undo(1), redo(1)), []int64{1}},
		{"undone again", numbered(kind(corpus.Accept), undo(1), redo(1), undo(1)), nil},
		{"a step of several", numbered(kind(corpus.Bulk), corpus.Decision{Kind: corpus.Accept, Step: 1}, kind(corpus.Accept), undo(1)), []int64{3}},
		{"another annotator's step of that number", numbered(kind(corpus.Accept), corpus.Decision{Kind: corpus.Undo, Of: 1, Who: "eva"}), []int64{1}},
	} {
		var got []int64
		for _, d := range Live(c.all) {
			got = append(got, d.Seq)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestNER(t *testing.T) {
	reject := func(m corpus.Mention) corpus.Decision { return with(kind(corpus.Reject), &m, nil) }
	for _, c := range []struct {
		name     string
		all      []corpus.Decision
		finished bool
		rejected int
	}{
		{"finished", numbered(kind(corpus.Finish)), true, 0},
		{"reopened", numbered(kind(corpus.Finish), kind(corpus.Reopen)), false, 0},
		{"reopening undone", numbered(kind(corpus.Finish), kind(corpus.Reopen), undo(2)), true, 0},
		{"finishing undone", numbered(kind(corpus.Finish), kind(corpus.Note), undo(1)), false, 0},
		{"rejected", numbered(reject(cough)), false, 1},
		{"rejected twice", numbered(reject(cough), reject(cough)), false, 1},
		{"rejection undone", numbered(reject(cough), kind(corpus.Note), undo(1)), false, 0},
		{"rejected and annotated after all", numbered(reject(fever)), false, 0},
	} {
		var out strings.Builder
		n, err := NER(&out, c.all, documents{"a": doc(linked), "untouched": doc()})
		var row NERRow
		if err != nil || n != 1 || json.Unmarshal([]byte(out.String()), &row) != nil {
			t.Fatalf("%s: %d rows, %v: %s", c.name, n, err, out.String())
		}
		if row.Finished != c.finished || len(row.Rejected) != c.rejected || row.Doc != "a" || row.Text != text || len(row.Spans) != 1 {
			t.Errorf("%s: %s", c.name, out.String())
		}
	}
}

func TestNERWritesDocumentsByName(t *testing.T) {
	all := numbered(corpus.Decision{Doc: "b", Kind: corpus.Finish}, corpus.Decision{Doc: "a", Kind: corpus.Note}, corpus.Decision{Doc: "c", Kind: corpus.Note}, undo(3))
	var out strings.Builder
	n, err := NER(&out, all, documents{"a": doc(), "b": doc(linked)})
	want := `{"doc":"a","text":"Niño con fiebre.\nTos & fiebre.\n","finished":false,"split":"train","spans":[],"rejected":[]}
{"doc":"b","text":"Niño con fiebre.\nTos & fiebre.\n","finished":true,"split":"train","spans":[{"id":"T1","label":"SINTOMA","spans":[[9,15]],"text":"fiebre","score":null,` +
		`"links":[{"db":"hp","id":"HP:1","name":"fiebre"}]}],"rejected":[]}
`
	if err != nil || n != 2 || out.String() != want {
		t.Errorf("%d rows, %v\n%s\nwant\n%s", n, err, out.String(), want)
	}
	if _, err := NER(&out, all, documents{"a": doc()}); err == nil || !strings.Contains(err.Error(), "export b") {
		t.Errorf("a document that cannot be read: %v", err)
	}
}

func TestLinks(t *testing.T) {
	choose := func(before, after corpus.Mention) corpus.Decision {
		return with(corpus.Decision{Kind: corpus.SetLink, Offer: shown, Millis: 7}, &before, &after)
	}
	bare := mention("T1", 9, 15)
	other := mention("T1", 9, 15, hp2)
	code := mention("T1", 9, 15, corpus.Link{ID: "HP:1"})
	reused := mention("T1", 17, 20)
	nilAt := func(before, after corpus.Mention) corpus.Decision {
		return with(corpus.Decision{Kind: corpus.NIL, Offer: shown}, &before, &after)
	}
	deleted := func(m corpus.Mention) corpus.Decision { return with(kind(corpus.Delete), &m, nil) }
	moved := mention("T1", 5, 15, hp1)
	for _, c := range []struct {
		name string
		file corpus.Mention
		all  []corpus.Decision
		want string // of each row: seq db:id rank negatives
	}{
		{"chosen", linked, numbered(choose(bare, linked)), "1 hp:HP:1 2 [X:9 HP:2]"},
		{"a suggestion that was linked at once", linked, numbered(choose(fever, linked)), "1 hp:HP:1 2 [X:9 HP:2]"},
		{"chosen again", linked, numbered(choose(bare, other), choose(other, linked)), "2 hp:HP:1 2 [X:9 HP:2]"},
		{"the second choice undone", linked, numbered(choose(bare, linked), choose(linked, other), undo(2)), "1 hp:HP:1 2 [X:9 HP:2]"},
		{"undone", bare, numbered(choose(bare, linked), undo(1)), ""},
		{"NIL", bare, numbered(nilAt(bare, bare)), "1 : 0 [X:9 HP:1 HP:2]"},
		{"unlinked", bare, numbered(choose(bare, linked), with(kind(corpus.Unlink), &linked, &bare)), ""},
		{"changed by another program", other, numbered(choose(bare, linked)), ""},
		{"moved afterwards", moved, numbered(choose(bare, linked), with(kind(corpus.SetSpan), &linked, &moved)), "1 hp:HP:1 2 [X:9 HP:2]"},
		{"a code in a note", code, numbered(choose(bare, linked)), "1 hp:HP:1 2 [X:9 HP:2]"},
		{"NIL, deleted, and its id given to another", reused, numbered(nilAt(bare, bare), deleted(bare), with(kind(corpus.Create), nil, &reused)), ""},
		{"NIL, deleted, and its id given to another in the file", reused, numbered(nilAt(bare, bare), deleted(bare)), ""},
		{"NIL, deleted elsewhere, and its id given to another", reused, numbered(nilAt(bare, bare), with(kind(corpus.Accept), &cough, &reused)), ""},
		{"deleted, and taken back", linked, numbered(choose(bare, linked), deleted(linked), undo(2)), "1 hp:HP:1 2 [X:9 HP:2]"},
		{"accepted alone", linked, numbered(with(kind(corpus.Accept), &linked, &linked)), ""},
	} {
		var out strings.Builder
		n, err := Links(&out, c.all, documents{"a": doc(c.file)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(out.String()) {
			var r LinkRow
			if err := json.Unmarshal([]byte(line), &r); err != nil {
				t.Fatal(err)
			}
			var ids []string
			for _, o := range r.Negatives {
				ids = append(ids, o.ID)
			}
			got = append(got, fmt.Sprintf("%d %s:%s %d %v", r.Seq, r.DB, r.ID, r.Rank, ids))
			if r.Context != "Niño con fiebre." || r.Doc != "a" || r.Who != "ana" || r.Text != c.file.Text {
				t.Errorf("%s: %s", c.name, line)
			}
		}
		if strings.Join(got, "; ") != c.want || n != len(got) {
			t.Errorf("%s: %d rows %q, want %q", c.name, n, got, c.want)
		}
	}
}

// Two knowledge bases may have a concept of the same identifier; a code in a
// note does not say which of them was meant.
func TestACodeOfTwoKnowledgeBases(t *testing.T) {
	code := mention("T1", 9, 15, corpus.Link{ID: "1"})
	offer := &corpus.Offer{Candidates: []corpus.Offered{{DB: "a", ID: "0"}, {DB: "a", ID: "1"}, {DB: "b", ID: "1"}}}
	var out strings.Builder
	_, err := Links(&out, numbered(with(corpus.Decision{Kind: corpus.SetLink, Offer: offer}, &fever, &code)), documents{"a": doc(code)})
	if err != nil || !strings.Contains(out.String(), `"db":"a","id":"1","name":"","rank":2,"negatives":[{"db":"a","id":"0","score":0}]`) {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestLinksAreInTheOrderOfTheText(t *testing.T) {
	first, second := mention("T2", 9, 15, hp1), mention("T1", 17, 20, hp2)
	all := numbered(with(kind(corpus.SetLink), &cough, &second), with(kind(corpus.SetLink), &fever, &first))
	var out strings.Builder
	n, err := Links(&out, all, documents{"a": doc(second, first)})
	if i, j := strings.Index(out.String(), "HP:1"), strings.Index(out.String(), "HP:2"); err != nil || n != 2 || i > j {
		t.Errorf("%d, %v: %s", n, err, out.String())
	}
	if strings.Contains(out.String(), "null") {
		t.Errorf("nothing shown is to be [], not null: %s", out.String())
	}
}

func TestFinished(t *testing.T) {
	d := func(seq int64, doc string, kind corpus.Kind, of int64) corpus.Decision {
		return corpus.Decision{Seq: seq, Step: seq, Who: "ana", Doc: doc, Kind: kind, Of: of}
	}
	got := Finished([]corpus.Decision{
		d(1, "b", corpus.Finish, 0), d(2, "a", corpus.Finish, 0), d(3, "c", corpus.Finish, 0), d(4, "c", corpus.Reopen, 0),
		d(5, "d", corpus.Finish, 0), d(6, "d", corpus.Undo, 5), d(7, "e", corpus.Create, 0),
	})
	if !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("finished: %v", got)
	}
}
