package journal

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
)

func TestInterleave(t *testing.T) {
	list := func(who string, seconds ...int) []corpus.Decision {
		var ds []corpus.Decision
		for i, s := range seconds {
			ds = append(ds, corpus.Decision{Seq: int64(i + 1), Who: who, Time: noon.Add(time.Duration(s) * time.Second)})
		}
		return ds
	}
	for name, c := range map[string]struct {
		lists [][]corpus.Decision
		want  string
	}{
		"none":                  {nil, ""},
		"one":                   {[][]corpus.Decision{list("a", 1, 2)}, "a1 a2"},
		"two":                   {[][]corpus.Decision{list("a", 1, 3), list("b", 2, 4)}, "a1 b1 a2 b2"},
		"equal times":           {[][]corpus.Decision{list("a", 1, 2), list("b", 1, 2)}, "a1 b1 a2 b2"},
		"a clock went back":     {[][]corpus.Decision{list("a", 9, 1, 2), list("b", 3, 10)}, "b1 a1 a2 a3 b2"},
		"and caught up with it": {[][]corpus.Decision{list("a", 5, 1, 7), list("b", 6)}, "a1 a2 b1 a3"},
	} {
		var got []string
		for _, d := range Interleave(c.lists...) {
			got = append(got, fmt.Sprint(d.Who, d.Seq))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

// A clock that goes back changes neither the order nor what is in force.
func TestAClockThatGoesBack(t *testing.T) {
	dir := t.TempDir()
	j := mustOpen(t, dir)
	ds := decisions(1, 6)
	for i := range ds {
		ds[i].Time = noon.Add(-time.Duration(i) * time.Hour)
	}
	ds[5].Kind, ds[5].Of = corpus.Undo, 5
	mustAppend(t, j, ds)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	again := mustOpen(t, dir)
	for i, d := range all(t, again, Filter{}) {
		if d.Seq != int64(i+1) || !d.Time.Equal(ds[i].Time) {
			t.Errorf("seq %d of %v is at place %d", d.Seq, d.Time, i+1)
		}
	}
	s, err := again.Fold(t.Context())
	if err != nil || s.UndoTarget() != 4 || s.RedoTarget() != 5 {
		t.Errorf("undo %d, redo %d, %v", s.UndoTarget(), s.RedoTarget(), err)
	}
}
