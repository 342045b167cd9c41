package workbench

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// What a later step deleted cannot get its attribute back.
func TestUndoOfAStepOnWhatWasDeletedSince(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Accept{onA("?SINTOMA 9 15")})
	r.do(ToggleAttribute{onA("T2"), "Negation", ""})
	r.do(ToggleAttribute{onA("T2"), "Negation", ""}) // 3: off
	r.do(Reject{onA("T2")})
	var depends *DependsError
	if _, err := r.Do(t.Context(), Undo{Seq: 3}); !errors.As(err, &depends) || depends.On.Seq != 4 || !strings.Contains(err.Error(), `"fiebre"`) {
		t.Errorf("%v", err)
	}
	if got := r.ann("a"); got != noteAnn {
		t.Errorf("file\n%s", got)
	}
}

// A step of the past is undone alone, unless a later one builds on it.
func TestUndoOfOneStepOfThePast(t *testing.T) {
	r := newRig(t)
	r.view("a")
	r.do(Accept{onA("?SINTOMA 9 15")})                      // 1: T2
	r.do(SetNote{onA("T1"), "dudoso"})                      // 2
	r.do(ChooseNIL{At: onA("T2")})                          // 3: no line, but about T2
	r.do(Create{At{Doc: "a"}, corpus.One(0, 4), "SINTOMA"}) // 4: T3
	check := func(seq, on int64) {
		t.Helper()
		_, err := r.Do(t.Context(), Undo{Seq: seq})
		var depends *DependsError
		if on == 0 && err != nil || on != 0 && (!errors.As(err, &depends) || depends.On.Seq != on) {
			t.Errorf("undo of %d: %v, want it to depend on %d", seq, err, on)
		}
	}
	check(1, 3)
	check(2, 0)
	check(3, 0)
	check(1, 0)
	if got := r.ann("a"); got != noteAnn+"T3\tSINTOMA 0 4\tNiño\n" {
		t.Errorf("file\n%s", got)
	}
	history, err := r.History(t.Context(), HistoryQuery{})
	if err != nil || len(history) != 4 {
		t.Fatalf("%v %+v", err, history)
	}
	for i, want := range []struct {
		seq    int64
		undone bool
		text   string
	}{{4, false, "Niño"}, {3, true, "fiebre"}, {2, true, "tos"}, {1, true, "fiebre"}} {
		if e := history[i]; e.Seq != want.seq || e.Undone != want.undone || e.Text != want.text {
			t.Errorf("entry %d: %+v", i, e)
		}
	}
}

func TestHistoryPages(t *testing.T) {
	r := newRig(t)
	r.view("b")
	r.view("a")
	for range 3 {
		r.do(Bulk{[]Action{SetNote{onA("T1"), "x y"}, Create{At{Doc: "b"}, corpus.One(0, 4), "SINTOMA"}}})
		r.do(Undo{})
	}
	r.reopen()
	r.view("a")
	r.do(SetLabel{onA("T1"), "FARMACO"})
	all, err := r.History(t.Context(), HistoryQuery{})
	if err != nil || len(all) != 4 || all[0].What != "SINTOMA → FARMACO" || all[1].Decisions != 2 || all[1].Documents != 2 || !all[1].Undone {
		t.Fatalf("%v %+v", err, all)
	}
	var paged []Entry
	q := HistoryQuery{Limit: 1}
	for range all {
		page, err := r.History(t.Context(), q)
		if err != nil || len(page) != 1 {
			t.Fatalf("%v %+v", err, page)
		}
		paged = append(paged, page...)
		q.Before = page[0].Seq
	}
	if !reflect.DeepEqual(paged, all) {
		t.Errorf("by pages %+v\nwant %+v", paged, all)
	}
	if rest, err := r.History(t.Context(), q); err != nil || len(rest) > 0 {
		t.Errorf("before the first: %+v %v", rest, err)
	}
}
