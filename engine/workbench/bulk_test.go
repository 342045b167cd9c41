package workbench

import (
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/replay"
	"github.com/gloss-nlp/gloss/kb"
)

var dos = kb.Candidate{DB: "kb", ID: "B:2", Name: "dos"}

const linkedFever = "T1\tSINTOMA 9 15\tfiebre\nN1\tReference T1 kb:B:2\tdos\n"

// A bulk over two documents is one step: for undo, for redo, and after a restart.
func TestBulkIsOneStep(t *testing.T) {
	r := newRig(t)
	r.view("b")
	r.view("a")
	chosen := func() int {
		if c := r.memory.Chosen("SINTOMA", "fiebre"); len(c) > 0 {
			return c[0].Count
		}
		return 0
	}
	check := func(when, a, b string, aliases int) {
		t.Helper()
		if got := r.ann("a"); got != a {
			t.Errorf("%s: a.ann\n%s", when, got)
		}
		if got := r.ann("b"); got != b {
			t.Errorf("%s: b.ann\n%s", when, got)
		}
		if chosen() != aliases {
			t.Errorf("%s: the link counts %d times, want %d", when, chosen(), aliases)
		}
		if got := r.replayed(replay.At{}); got["a"] != a || got["b"] != b {
			t.Errorf("%s: the journal has %q", when, got)
		}
	}
	res := r.do(Bulk{[]Action{
		Choose{At: At{"b", "?SINTOMA 9 15"}, Candidate: dos},
		Reject{At{"a", "T1"}},
		Choose{At: At{"a", "?SINTOMA 9 15"}, Candidate: dos},
		Finish{At{Doc: "b"}},
	}})
	if res.Doc != "b" || res.Key != "T1" || res.Message != "4 decisions" {
		t.Errorf("result %+v", res)
	}
	check("done", linkedFever, linkedFever, 2)
	kinds := []corpus.Kind{}
	for _, d := range r.steps.known[1] {
		kinds = append(kinds, d.Kind)
	}
	if len(kinds) != 5 || kinds[0] != corpus.Bulk || r.steps.known[1][4].Step != 1 {
		t.Errorf("the step is %v", kinds)
	}
	if res := r.do(Undo{}); res.Message != "undid 4 decisions" || r.Doc("b").Finished {
		t.Errorf("undo: %+v", res)
	}
	check("undone", noteAnn, "", 0)
	r.do(Redo{})
	check("redone", linkedFever, linkedFever, 2)
	r.reopen() // no document is in memory when the step is undone
	r.do(Undo{Seq: 3})
	check("undone after a restart", noteAnn, "", 0)
	r.reopen()
	r.do(Redo{})
	check("redone after a restart", linkedFever, linkedFever, 2)
}

func TestBulkIsAllOrNothing(t *testing.T) {
	at := func(key string) At { return At{"a", key} }
	for name, actions := range map[string][]Action{
		"the last fails":        {Accept{at("?SINTOMA 9 15")}, SetLabel{at("T1"), "FARMACO"}, Accept{at("T77")}},
		"another is not read":   {Accept{at("?SINTOMA 9 15")}, Accept{At{"zz", "T1"}}},
		"one item twice":        {Accept{at("?SINTOMA 9 15")}, Choose{At: at("?SINTOMA 9 15"), Candidate: dos}},
		"one annotation twice":  {Create{At{Doc: "a"}, corpus.One(0, 4), "X"}, Create{At{Doc: "a"}, corpus.One(0, 4), "X"}},
		"an undo among them":    {Accept{at("T1")}, Undo{}},
		"a bulk in a bulk":      {Bulk{[]Action{Accept{at("T1")}}}},
		"nothing":               {},
		"a span that is no use": {Reject{at("T1")}, MoveSpan{at("?SINTOMA 9 15"), corpus.One(10, 1000)}},
	} {
		r := newRig(t)
		before := r.view("a")
		if _, err := r.Do(t.Context(), Bulk{actions}); err == nil {
			t.Errorf("%s: no error", name)
		}
		if s := r.Status(); s.Saved+s.Unsaved != 0 || r.ann("a") != noteAnn || len(r.Doc("a").Items) != len(before.Items) {
			t.Errorf("%s: something changed: %+v", name, s)
		}
		r.do(Accept{at("?SINTOMA 9 15")}) // goes on as if nothing had been
		if got := r.ann("a"); got != noteAnn+"T2"+fever {
			t.Errorf("%s: then\n%s", name, got)
		}
	}
}

// Annotations that are made with their links are told apart by their places.
func TestBulkMakesSeveralLinkedAnnotations(t *testing.T) {
	r := newRig(t)
	r.view("b")
	made := func(from, to corpus.Off) Action {
		return CreateLinked{At: At{Doc: "b"}, Spans: corpus.One(from, to), Label: "SINTOMA", Candidate: dos}
	}
	r.do(Bulk{[]Action{made(0, 4), made(18, 21)}})
	if got, want := r.ann("b"), "T1\tSINTOMA 0 4\tNiño\nN1\tReference T1 kb:B:2\tdos\nT2\tSINTOMA 18 21\ttos\nN2\tReference T2 kb:B:2\tdos\n"; got != want {
		t.Errorf("%s", got)
	}
	if _, err := r.Do(t.Context(), Bulk{[]Action{made(9, 15), made(9, 15)}}); err == nil {
		t.Error("one place twice is no error")
	}
}
