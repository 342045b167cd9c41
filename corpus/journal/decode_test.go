package journal

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// However a mention is written, both readers must read the same.
func FuzzDecodeMention(f *testing.F) {
	full := mention("T1", "X", "niño \"a\" \u2028<b>", "1:2", "3")
	full.Links[0].Name, full.Spans = "n", corpus.Spans{{Start: 0, End: 3}, {Start: 5, End: 9}}
	bare := &corpus.Mention{Score: corpus.NoScore}
	for _, m := range []*corpus.Mention{full, bare, mention("T2", "Y", "tos", "1")} {
		raw, err := json.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	for _, s := range []string{
		``, `{}`, `null`, `{"id":"a","label":"b","spans":[[01,+2]],"text":"t","score":.5,"links":[]}`,
		`{"id":"a","label":"b","spans":[[-1,2]],"text":"t","score":-1e-3,"links":[]}x`,
		`{"id":"a","label":"b","spans":[[1,2],],"text":"t","score":1,"links":[]}`,
		`{"id":"a","label":"b","spans":[[1,2]],"text":"t","score":1.,"links":[]}`,
		`{"id":"a","label":"b","spans":[[1,2]],"text":"` + "\xff" + `","score":0,"links":[]}`,
		`{"id":"a","label":"b","spans":[[1,2]],"text":"` + "\t" + `","score":00,"links":[]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := decodeMention([]byte(s))
		if s == "" {
			if got != nil || err != nil {
				t.Fatalf("nothing gave %v, %v", got, err)
			}
			return
		}
		want := new(corpus.Mention)
		wantErr := json.Unmarshal([]byte(s), want)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: error %v, want %v", s, err, wantErr)
		}
		if err != nil {
			return
		}
		for _, m := range []*corpus.Mention{got, want} {
			if !m.Score.Known() {
				m.Score = -7 // not-a-number equals nothing
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\ngot  %+v\nwant %+v", s, got, want)
		}
	})
}

func TestUsualMentionsTakeTheShortWay(t *testing.T) {
	raw, err := json.Marshal(mention("T1", "X", "niño", "1", "2"))
	if err != nil {
		t.Fatal(err)
	}
	s := shape{rest: string(raw)}
	if s.mention(); s.other || s.rest != "" {
		t.Errorf("%s is not read as what this package writes", raw)
	}
}
