package tui

import (
	"errors"
	"testing"

	"github.com/gloss-nlp/gloss/engine/workbench"
)

// ask is a question about the n-th mention of a document.
func (f *fake) ask(doc string, n int, reason string) workbench.Question {
	it := f.docs[doc].Items[n]
	return workbench.Question{At: workbench.At{Doc: doc, Key: it.Key}, Label: it.Label, Text: it.Text, Spans: it.Spans, Reason: reason, About: "In full: " + reason}
}

// queued is the sample with three questions in two documents.
func queued(t *testing.T, w, h int) *screen {
	t.Helper()
	s := open(t, w, h, Options{})
	s.f.picks = []workbench.Questions{
		{List: []workbench.Question{s.f.ask("onco3", 0, "the models are unsure: 51 %"), s.f.ask("onco2", 8, "drawn by chance"), s.f.ask("onco2", 3, "two concepts fit about as well, 4 alike")}, Left: 7},
	}
	s.f.picks[0].List[1].Chance, s.f.picks[0].List[2].Alike = true, 4
	return s
}

func TestTheQueueStepsThroughDocuments(t *testing.T) {
	for _, w := range []int{60, 80, 120} {
		s := queued(t, w, 30)
		s.press("Q")
		s.wantFocus("asma")
		s.wantText("question 1 · 9 more", "n next · Q leaves", "the models are unsure: 51 %")
		s.press("a") // a decision goes on to the next question, in its document
		s.wantFocus("HTA")
		s.wantText(`accepted "asma"`, "question 2 · 8 more", "drawn by chance")
		s.press("n")
		s.wantFocus("carboplatino")
		s.wantText("two concepts fit about as well, 4 alike")
		if w == 120 {
			s.wantText("4 alike (* decides all)")
		}
		s.press("M")
		s.wantText("The question", "In full: two concepts fit", "4 more read the same")
		s.press("esc p p")
		s.wantFocus("asma") // what was decided is shown on the way back
		if it := s.m.item(); it.State != workbench.Accepted {
			t.Errorf("%+v", it)
		}
		s.press("p")
		s.wantText("this is the first question")
		s.press("Q n")
		s.wantText("this is the last mention") // of its document: the queue is left
	}
}

// One who goes elsewhere, decides there or takes something back is one key from the question.
func TestTheQueueWaits(t *testing.T) {
	s := queued(t, 120, 40)
	s.press("Q a")
	s.wantFocus("HTA")
	s.press("tab a")
	s.wantText(`it is "HTA", above or below`)
	if s.m.docName != "onco2" || s.focus() == "HTA" {
		t.Errorf("a decision on another mention goes to %q in %s", s.focus(), s.m.docName)
	}
	s.press("]")
	s.wantText("it is in onco2")
	s.press("n")
	s.wantFocus("HTA")
	s.press("z")
	s.wantText("skipped HTA")
	s.wantFocus("carboplatino")
	s.press("u u")
	if s.m.docName != "onco3" {
		t.Errorf("an undo shows what came back, in %s", s.m.docName)
	}
	s.press("n")
	s.wantFocus("carboplatino")
	s.press("Q")
	s.wantText("the queue is left")
	s.press("] Q") // it goes on where it was
	s.wantFocus("carboplatino")
}

// What comes late takes nobody away from what they turned to, or type, meanwhile.
func TestALateQuestionWaits(t *testing.T) {
	for _, elsewhere := range []string{"/", "p"} {
		s := queued(t, 120, 40)
		s.press("Q n n n") // no more is known
		s.press(elsewhere)
		at := s.m.focused()
		questionsMsg{questions: workbench.Questions{List: []workbench.Question{s.f.ask("onco3", 0, "late")}}}.apply(s.m)
		if s.m.focused() != at || s.m.find.open != (elsewhere == "/") {
			t.Errorf("after %s: from %v to %v", elsewhere, at, s.m.focused())
		}
		if elsewhere == "/" {
			s.press("esc")
		}
		s.press("n")
		s.wantFocus("asma")
	}
}

// Questions that are gone, or were decided meanwhile, are passed; at the end the screen says
// what is left to do.
func TestTheQueueEnds(t *testing.T) {
	s := queued(t, 80, 24)
	d := s.f.edit("onco2")
	d.Items[8].State = workbench.Linked
	s.f.docs["onco2"] = d
	s.f.picks = append(s.f.picks, workbench.Questions{Unknown: 12})
	s.press("Q a")
	s.wantFocus("carboplatino")
	s.press("r")
	s.wantText(`rejected "carboplatino"`)
	s.run(s.m.moreQuestions()) // as with the next news
	s.wantText("no more is known: E computes 12 documents")
	s.f.picks = []workbench.Questions{{}}
	s.press("E")
	s.wantText("all is asked: the rest reads alike")
	s.f.picks = []workbench.Questions{{List: []workbench.Question{s.f.ask("onco2", 4, "new")}}}
	s.press("n")
	s.wantFocus("infiltración de médula ósea")
}

// A question whose mention is still being computed is waited for, without a focus before.
func TestTheQueueWaitsForItsMention(t *testing.T) {
	s := queued(t, 80, 24)
	whole := s.f.docs["onco3"]
	d := s.f.edit("onco3")
	d.Items, d.Busy = nil, true
	s.f.docs["onco3"] = d
	s.press("Q")
	s.wantFocus("")
	s.wantText("reading onco3")
	later := *whole
	later.Version += 2
	s.f.docs["onco3"] = &later
	s.send(changedMsg{})
	s.wantFocus("asma")
}

func TestNoQueue(t *testing.T) {
	s := queued(t, 80, 24)
	s.f.status.Device = ""
	s.m.refresh()
	s.press("Q")
	s.wantText("there is no model that suggests what could be asked")
	s.f.status.Device = "cpu"
	s.m.refresh()
	s.f.refuses = errors.New("ask: nothing is suggested in this session")
	s.press("Q")
	s.wantText("nothing is suggested in this session")
	s.press("n") // through the document
	s.wantFocus("pulmón")
}

// What is computed for the queue can be stopped, and nothing else is begun beside.
func TestTheQueueComputesBeside(t *testing.T) {
	s := queued(t, 80, 24)
	s.f.all = make(chan error)
	_, cmd := s.m.Update(stroke("Q"))
	s.press("V")
	s.wantText("suggestions are being computed for the queue: X stops that")
	s.press("X")
	s.run(cmd)
	s.wantText("stopped: what was computed is kept")
	s.wantFocus("asma")
	s.m.dash.asked = asked{stop: func() {}, doing: "something else runs"}
	s.press("Q Q") // left, and begun again
	s.wantFocus("asma")
}
