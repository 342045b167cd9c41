package tui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// hit is what the search stands on, and in which document.
func (s *screen) hit() string {
	f := s.m.find
	if f.at < 0 || s.m.doc == nil {
		return s.m.docName + ":"
	}
	return s.m.docName + ": " + s.m.doc.Text.Slice(f.hits[f.at])
}

func (s *screen) wantHit(want string) {
	s.t.Helper()
	if got := s.hit(); got != want {
		s.t.Errorf("the search stands on %q, want %q", got, want)
	}
}

func TestFindingGoesOnThroughTheCollection(t *testing.T) {
	for _, c := range []struct{ line, in1, in2, in3 string }{
		{"hta", "HTA", "HTA", "HTA"},
		{"re:HTA|asma", "HTA", "HTA", "asma"},
		{"label:enf", "HTA", "metástasis óseas y hepáticas", "asma"},
	} {
		t.Run(c.line, func(t *testing.T) {
			s := open(t, 120, 40, Options{})
			s.f.docs["onco3"].Text = corpus.NewText("Paciente con asma, HTA.")
			s.press("[ /")
			s.write(c.line)
			s.wantText("hit 1 of 1")
			if s.f.skimmed > 0 {
				t.Error("the other documents were looked at before it was asked for")
			}
			s.press("enter")
			s.wantHit("onco1: " + c.in1)
			s.press("enter")
			s.wantHit("onco2: " + c.in2)
			s.wantText("hit 2 of ", "in 3 documents")
			for s.m.docName == "onco2" {
				s.press("ctrl+n")
			}
			s.wantHit("onco3: " + c.in3)
			for s.m.docName == "onco3" {
				s.press("enter")
			}
			s.wantHit("onco1: " + c.in1) // round
			s.wantText("hit 1 of ")
			s.press("ctrl+p")
			if s.m.docName != "onco3" {
				t.Errorf("back from the first hit is %s", s.hit())
			}
			s.press("esc")
			if s.m.find.open || s.m.docName != "onco3" {
				t.Error("escape ends the search where one is")
			}
			if s.f.skimmed != 1 {
				t.Errorf("the collection was looked through %d times", s.f.skimmed)
			}
		})
	}
}

// Enter goes on where the open document has no hit; where no document has one it says so.
func TestFindingBeginsElsewhereWhereNothingIsHere(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.press("/")
	s.write("con asma")
	s.wantText("not in this document: enter looks in the others")
	s.press("enter")
	s.wantHit("onco3: con asma")
	s.wantText("hit 1 of 1 in 1 document")
	s.press("enter")
	s.wantHit("onco3: con asma") // there is no other one
	s.press("esc /")
	s.write("zzz")
	s.press("enter")
	s.wantText("in none of the 3 documents: zzz")
	if s.m.find.open || s.m.docName != "onco3" {
		t.Error("a search without hits stayed open, or went away")
	}
}

// A document that is not in memory is entered, and its hit shown when it is there.
func TestFindingEntersADocumentThatIsNotRead(t *testing.T) {
	s := open(t, 120, 40, Options{})
	s.f.add("onco4", "Niega fiebre. Tos. Fiebre ayer.", "s SINTOMA Tos")
	d := s.f.docs["onco4"]
	s.f.docs["onco4"], s.f.onDisk = nil, map[string]*workbench.Doc{"onco4": d}
	s.send(changedMsg{})
	s.press("/")
	s.write("re:fiebre")
	s.press("enter ctrl+p")
	if s.m.docName != "onco4" || s.m.doc != nil {
		t.Fatalf("it is at %s", s.hit())
	}
	s.press("enter")
	s.wantText("still looking in this document")
	s.f.docs["onco4"] = d
	_, cmd := s.m.Update(changedMsg{})
	s.runOne(cmd)
	s.wantHit("onco4: Fiebre")
	s.wantText("hit 3 of 3 in 2 documents")
	if s.m.focus != "" {
		t.Errorf("%q took the focus: the reader came for the hit", s.focus())
	}
	s.press("n")
	s.wantFocus("Tos")
}

// runOne runs the commands of a batch but for the first, which waits for the workbench.
func (s *screen) runOne(cmd tea.Cmd) {
	batch, ok := cmd().(tea.BatchMsg)
	if !ok {
		return
	}
	for _, c := range batch[1:] {
		s.run(c)
	}
}

// held is a search whose look at the other documents is held up, and its next news.
func held(t *testing.T, line string) (s *screen, news chan tea.Msg) {
	t.Helper()
	s = open(t, 120, 40, Options{})
	s.f.hold = make(chan struct{})
	s.press("[ /")
	s.write(line)
	_, cmd := s.m.Update(stroke("enter"))
	news = make(chan tea.Msg, 10)
	go func() { news <- cmd() }()
	return s, news
}

func TestNoKeyWaitsForTheOtherDocuments(t *testing.T) {
	s, news := held(t, "hta")
	s.wantText("hit 1 of 1 here, 1 in 1 document so far", "searching")
	s.m.Update(stroke("ctrl+n"))
	s.wantText("looking in the other documents: esc gives up")
	s.wantHit("onco1: HTA")
	close(s.f.hold)
	s.send(<-news)
	s.wantHit("onco2: HTA") // it goes on by itself
	s.wantText("hit 2 of 2 in 2 documents", "idle")
}

func TestAnotherKeyEndsTheWishToGoOn(t *testing.T) {
	s, news := held(t, "hta")
	s.m.Update(stroke("ctrl+n"))
	s.m.Update(stroke("j"))
	close(s.f.hold)
	s.send(<-news)
	s.wantHit("onco1: HTA")
	s.press("ctrl+n")
	s.wantHit("onco2: HTA")
}

func TestLeavingStopsTheLookAtTheOtherDocuments(t *testing.T) {
	s, news := held(t, "hta")
	s.m.Update(stroke("esc"))
	msg := <-news // it is not held up any more
	s.send(msg)
	if s.m.find.open || s.m.find.rest != nil {
		t.Error("what is over is shown")
	}
	s.wantText("idle")
	s.press("/")
	s.write("sma")
	s.send(msg)
	s.wantText("not in this document")
}

func TestOutwards(t *testing.T) {
	docs := []workbench.Info{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}, {Name: "e"}}
	for at, want := range map[int]string{0: "b c d e", 1: "c a d e", 4: "d c b a"} {
		got := ""
		for _, n := range outwards(docs, at) {
			got += n + " "
		}
		if got != want+" " {
			t.Errorf("from %d: %q, want %q", at, got, want)
		}
	}
	if n := len(outwards(docs[:1], 0)); n != 0 {
		t.Errorf("%d documents beside one", n)
	}
}
