package tui

import (
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/workbench"
)

// last is the newest thing that the workbench did.
func (s *screen) last() string {
	if len(s.f.log) == 0 {
		return ""
	}
	return s.f.log[len(s.f.log)-1]
}

func (s *screen) wantLast(want string) {
	s.t.Helper()
	if got := s.last(); got != want {
		s.t.Errorf("the workbench did %q last, want %q", got, want)
	}
}

func TestAllOccurrencesAreSeenBeforeTheyAreDecided(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("tab tab tab tab tab tab")
	s.wantFocus("SAOS")
	s.press("*")
	s.wantLast(`occurrences of "SAOS" "" in 0`)
	s.wantText(`Link "SAOS" → 8140/3 adenocarcinoma, SAI, in this document`, "[x] ", "▌SAOS▐ en tratamiento", "1 of 1", "1 document looked at")
	s.press("tab")
	s.wantLast(`occurrences of "SAOS" "" in 1`)
	s.wantText("in the whole corpus", "onco1", "2 of 2", "new mention")
	s.press("3")
	s.wantText("→ 8046/3 carcinoma no microcítico")
	s.press("l")
	s.wantText(`Accept "SAOS" as ENFERMEDAD without a link`)
	s.press("space") // the place in onco1 is struck out
	s.wantText("[ ] onco1", "1 of 2")
	s.press("N enter")
	if s.m.box.Box == nil {
		t.Fatal("nothing is left, and it was applied")
	}
	s.wantText("every place is struck out")
	s.press("A enter")
	s.wantLast(`apply 2: accept "SAOS" as ENFERMEDAD without a link, in the whole corpus`)
	if s.m.box.Box != nil || s.m.bulk != nil {
		t.Error("the list stayed open")
	}
}

func TestOccurrencesByAPattern(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("* /")
	s.write("ciclos|HTA")
	s.press("enter")
	s.wantText("Link /ciclos|HTA/", "▌ciclos▐", "▌HTA▐", "2 of 2")
	s.press("/ ctrl+u")
	s.write("(")
	s.press("enter")
	s.wantText("missing closing )")
	s.press("esc")
	if s.m.bulk != nil || s.m.box.Box != nil {
		t.Error("esc did not leave")
	}
	s.press("a")
	s.wantLast("accept")
}

func TestSuggestionsAreAcceptedByAFilter(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("A")
	s.wantLast("acceptable 0.90 [] exact false link true in 0")
	s.wantText("Accept with the first candidate, score from 0.90, in this document", "1 of 1", "2 documents have no suggestions yet")
	s.press("- -")
	s.wantLast("acceptable 0.80 [] exact false link true in 0")
	s.wantText("2 of 2")
	s.press("t t e l tab")
	s.wantLast("acceptable 0.80 [ENFERMEDAD] exact true link false in 1")
	s.press("t t t + t")
	s.wantLast("acceptable 0.85 [MORFOLOGIA_NEOPLASIA] exact true link false in 1")
	s.press("enter")
	if !strings.HasPrefix(s.last(), "apply 1: accept without a link, score from 0.85, exact names, MORFOLOGIA_NEOPLASIA") {
		t.Errorf("the workbench did %q", s.last())
	}
}

func TestAnOldPreviewIsDropped(t *testing.T) {
	s := open(t, 120, 40, Options{})
	_, cmd := s.m.Update(stroke("*"))
	s.m.Update(stroke("enter"))
	if s.m.box.Box == nil {
		t.Fatal("enter applied what is not known yet")
	}
	s.wantText("still looking for the places")
	s.wantText("looking")
	old := s.m.bulk.generation
	_, again := s.m.Update(stroke("tab"))
	s.send(placesMsg{generation: old, preview: workbench.Preview{Places: make([]workbench.Place, 7)}})
	s.wantText("looking")
	s.run(again)
	s.wantText("in the whole corpus", "1 of 1")
	s.press("esc")
	s.run(cmd)
	if s.m.box.Box != nil {
		t.Error("an answer opened what was left")
	}
}

func TestAnyOneDecisionIsTakenBack(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("U")
	s.wantText("nothing was decided here yet")
	s.press("a r 0 U")
	s.wantText("History: enter takes that step back alone", "accept")
	s.press("down down enter")
	s.wantLog("accept", "reject", "nil of 9", "alone 1", "undo")
}

func TestKeysWaitForTheHistory(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("a")
	_, cmd := s.m.Update(stroke("U"))
	s.m.Update(stroke("enter"))
	s.wantLog("accept")
	s.run(cmd)
	s.wantLog("accept", "alone 1", "undo")
}

func TestThePageOfAConcept(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("d")
	s.wantText("8140/3", "what it means", "another name", "broader      8010/3 carcinoma, SAI", "chosen for   adenoca (14)", `linked in    onco1: "adenoca."`, "1 of 9")
	s.press("n")
	s.wantText("8250/3", "2 of 9", "has not chosen it yet")
	s.press("n")
	s.wantText("the KB cannot be read")
	s.press("p p p")
	s.wantText("9 of 9")
	s.press("n n enter")
	s.wantLast("choose 8250/3 of 9")
	s.wantFocus("pulmón")
	s.press("d d")
	if s.m.box.Box != nil || s.m.detail != nil {
		t.Error("d did not close the page")
	}
}

func TestASearchIsNarrowedToAType(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.found = candidates("x")
	for i := range s.f.found {
		s.f.found[i].Type = []string{"morphology", "", "behaviour"}[i%3]
	}
	s.press("s")
	s.wantText("2 types", "8250/3")
	s.press("ctrl+t")
	s.wantText("only morphology", "8140/3")
	if got := len(s.m.concept.results); got != 4 {
		t.Errorf("%d results of that type, want 4", got)
	}
	s.press("ctrl+t")
	s.wantText("only behaviour", "8046/3")
	s.press("ctrl+t")
	s.wantText("2 types", "8250/3")
	s.press("ctrl+d n enter")
	s.wantLast("choose 8250/3 of 10")
	if s.m.concept != nil {
		t.Error("the search stayed open")
	}
}

func TestReRankingIsCounted(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.status.Reranked = 12
	s.press("1")
	s.wantText("12 re-ranked")
}

func TestABoxSaysItsKeys(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("t")
	if strings.Contains(s.text(), "r reject") {
		t.Errorf("the keys at rest are shown while a list is open:\n%s", s.text())
	}
}

func TestPlacesThatAreLeftOutSayWhy(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("* /")
	s.write("LOEs hepáticas|HTA")
	s.press("enter")
	s.wantText(" ·  n progresión de las ▌LOEs hepáticas▐", "linked to 8140/3", "1 of 1")
	s.press("A down space space enter")
	if !strings.HasPrefix(s.last(), "apply 1:") {
		t.Errorf("the workbench did %q: what is left out cannot be chosen", s.last())
	}
}

func TestWhatALinkWouldConcernIsCounted(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.add("many", "Asma, sin asma ni más asma.", "l ENFERMEDAD Asma", "s ENFERMEDAD asma", "p ENFERMEDAD asma")
	s.send(changedMsg{})
	s.m.open("many", "")
	s.press("tab")
	s.wantText("* 1 alike")
}

func TestWhatReadsLongIsGivenUp(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("a ]")
	s.f.unread["onco2"] = true
	_, cmd := s.m.Update(stroke("u"))
	s.wantText("esc gives up")
	s.press("esc")
	s.run(cmd)
	s.wantLog("accept")
	s.wantText("given up: nothing has changed")
	s.press("a") // keys act again
	s.wantLog("accept", "accept")
}
