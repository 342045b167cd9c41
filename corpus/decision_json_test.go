package corpus

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func TestDecisionJSON(t *testing.T) {
	d := Decision{
		Seq: 3, Time: time.Date(2026, 1, 2, 4, 5, 6, 0, time.FixedZone("", 3600)), Who: "ana", Doc: "a/b", Kind: SetLink,
		After:  &Mention{ID: "T1", Label: "X", Spans: One(0, 4), Text: "niño", Score: 0.5, Links: []Link{{DB: "kb", ID: "1"}}},
		Millis: 12, Step: 3,
	}
	const want = `{"seq":3,"time":"2026-01-02T03:05:06.000Z","who":"ana","doc":"a/b","kind":"link","before":null,` +
		`"after":{"id":"T1","label":"X","spans":[[0,4]],"text":"niño","score":0.5,"links":[{"db":"kb","id":"1"}]},"ms":12,"step":3}`
	got, err := json.Marshal(d)
	if err != nil || string(got) != want {
		t.Fatalf("got %s, %v\nwant %s", got, err, want)
	}
	var back Decision
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	d.Time = d.Time.UTC()
	if !reflect.DeepEqual(back, d) {
		t.Errorf("got %+v\nwant %+v", back, d)
	}
}

// The names are in files and scripts: a change here breaks both.
func TestKindsAreFixed(t *testing.T) {
	want := []Kind{
		"accept", "reject", "create", "delete", "span", "label", "link", "unlink", "nil", "note", "flag", "attribute",
		"concept", "finish", "reopen", "bulk", "undo", "redo",
	}
	if !reflect.DeepEqual(Kinds(), want) {
		t.Errorf("got %v", Kinds())
	}
	if Kind("Accept").Valid() || Kind("").Valid() || !Undo.Valid() {
		t.Error("Valid is wrong")
	}
}
