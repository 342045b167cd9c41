package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// demo starts the workbench on a copy of the demo that the test can look into.
func demo(t testing.TB, doc string) (*screen, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	return start(t, 120, 40, "demo", "--dir", dir, "--at", doc, "--who", "ana"), dir
}

// TestAnAnnotatorsSession walks the whole main job: step, accept, fix a
// boundary, pick the second candidate, undo, quit, and find it all again.
func TestAnAnnotatorsSession(t *testing.T) {
	const doc = "hospital/card-02" // no annotations yet: everything comes from the model
	s, dir := demo(t, doc)
	s.settle(0)
	ann := filepath.Join(dir, filepath.FromSlash(doc)+".ann")

	s.press("a").settle(1)
	first := log(t, dir)[0]
	if first.Kind != "accept" || first.Doc != doc || first.After == nil || first.After.ID != "T1" {
		t.Fatalf("the first decision is %+v", first)
	}
	if want := "T1\t" + first.After.Label; !strings.HasPrefix(read(t, ann), want) {
		t.Errorf("%s.ann does not begin with %q:\n%s", doc, want, read(t, ann))
	}

	s.press("r").settle(2) // a mention for which the demo has no concepts
	s.press("L").settle(3) // the next one, one character longer
	moved := log(t, dir)[2]
	if moved.Kind != "span" || moved.After.Spans[0][1] != moved.Before.Spans[0][1]+1 {
		t.Errorf("the boundary decision is %+v → %+v", moved.Before, moved.After)
	}
	s.press("H").settle(4)

	s.press("2").settle(5)
	picked := log(t, dir)[4]
	if picked.Kind != "link" || len(picked.After.Links) != 1 {
		t.Fatalf("the link decision is %+v", picked)
	}
	link := "\tReference " + picked.After.ID + " " + picked.After.Links[0].DB + ":" + picked.After.Links[0].ID + "\t"
	if !strings.Contains(read(t, ann), link) {
		t.Errorf("no line with %q in\n%s", link, read(t, ann))
	}
	if second := picked.Offer.Candidates[1]; second.ID != picked.After.Links[0].ID {
		t.Errorf("key 2 chose %s, the second candidate was %s", picked.After.Links[0].ID, second.ID)
	}

	s.press("u").settle(6).see("undid link")
	if strings.Contains(read(t, ann), link) {
		t.Errorf("the undone link is still in the file")
	}
	s.press("C-r").settle(7).see("redid link")
	before := read(t, ann)
	s.press("q").ended()

	again := start(t, 120, 40, "demo", "--dir", dir, "--at", doc, "--who", "ana")
	again.settle(0).see(`1 linked`)
	if got := read(t, ann); got != before || !strings.Contains(got, link) {
		t.Errorf("after reopening the file is\n%swant\n%s", got, before)
	}
	again.press("u").settle(1)
	if strings.Contains(read(t, ann), link) {
		t.Errorf("an undo after reopening left the link in the file")
	}
	if kinds := kindsOf(log(t, dir)); kinds != "accept reject span span link undo redo undo" {
		t.Errorf("the journal tells %q", kinds)
	}
	again.press("q").ended()
}

func kindsOf(all []decision) string {
	var kinds []string
	for _, d := range all {
		kinds = append(kinds, d.Kind)
	}
	return strings.Join(kinds, " ")
}

// TestNothingSavedIsLostByAKill kills the program right after it said that the
// decisions are saved.
func TestNothingSavedIsLostByAKill(t *testing.T) {
	s, dir := demo(t, "hospital/card-02")
	s.settle(0)
	s.press("a", "a", "0", "r").see(`saved 4\b`)
	s.kill()
	if n := len(log(t, dir)); n != 4 {
		t.Fatalf("%d decisions after the kill, 4 were called saved", n)
	}
	again := start(t, 120, 40, "demo", "--dir", dir, "--at", "hospital/card-02", "--who", "ana")
	again.settle(0)
	if n := strings.Count(read(t, filepath.Join(dir, "hospital", "card-02.ann")), "\nT"); n != 2 {
		t.Errorf("%d further mentions in the recovered file, want 2", n)
	}
	again.press("q").ended()
}

// TestMentionsAreWrittenAndReadByKeyboardAlone selects text, gives it a label,
// changes the label, writes a note, finishes the document.
func TestMentionsAreWrittenByKeyboardAlone(t *testing.T) {
	s, dir := demo(t, "hospital/onc-01")
	s.settle(0)
	s.press("g", "v").see("begin here")
	s.press("v", "w", "Enter").see("(?i)label")
	s.press("Enter").settle(1)
	made := log(t, dir)[0]
	if made.Kind != "create" || made.After == nil || made.After.Text == "" {
		t.Fatalf("selecting made %+v", made)
	}
	s.press("t").see("(?i)label").press("2").settle(2)
	if d := log(t, dir)[1]; d.Kind != "label" || d.After.Label == d.Before.Label {
		t.Errorf("the label decision is %+v", d)
	}
	s.press("e").see("(?i)note").write("revisar").press("Enter").settle(3)
	if !strings.Contains(read(t, filepath.Join(dir, "hospital", "onc-01.ann")), "\trevisar\n") {
		t.Error("the note is not in the file")
	}
	s.press("f").settle(4).see("(?i)finished")
	if kinds := kindsOf(log(t, dir)); kinds != "create label note finish" {
		t.Errorf("the journal tells %q", kinds)
	}
	s.press("q").ended()
}

// TestTheSmallestScreenKeepsItsMarks looks at 80 by 24.
func TestTheSmallestScreenKeepsItsMarks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	s := start(t, 80, 24, "demo", "--dir", dir, "--who", "ana")
	s.settle(0).press("a").settle(1)
	for _, line := range strings.Split(s.text(), "\n") {
		if n := len([]rune(line)); n > 80 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	s.tmux("resize-window", "-x", "50", "-y", "12")
	s.see(`60`)
	s.tmux("resize-window", "-x", "160", "-y", "50")
	s.settle(1).press("q").ended()
}

// TestANewLanguageIsSuggestedByLetters opens an English note, which the model
// does not know.
func TestANewLanguageIsSuggestedByLetters(t *testing.T) {
	s, _ := demo(t, "hospital/en-02")
	s.settle(0).see("by letters")
	s.press("1").settle(1).press("q").ended()
}

// TestKBSearchLinks looks a concept up as one types.
func TestKBSearchLinks(t *testing.T) {
	s, dir := demo(t, "hospital/card-02")
	s.settle(0).press("n", "n", "n").see("Enfermedad").press("s").write("insuficiencia r").see("search: insuficiencia r").settle(0).see("insuficiencia renal")
	s.press("Enter").settle(1)
	if d := log(t, dir)[0]; d.Kind != "link" || len(d.After.Links) != 1 {
		t.Errorf("the search decided %+v", d)
	}
	s.press("q").ended()
}

// TestTheWorkOfAnAnnotatorIsExported annotates, finishes and exports.
func TestTheWorkOfAnAnnotatorIsExported(t *testing.T) {
	s, dir := demo(t, "hospital/card-02")
	s.settle(0)
	s.press("1", "r", "0", "f").settle(4).press("q").ended()
	ner := command(t, 0, "export", dir, "--for", "ner")
	if !strings.Contains(ner, `"finished":true`) || strings.Count(ner, "\n") != 1 {
		t.Errorf("export --for ner: %.300s", ner)
	}
	links := command(t, 0, "export", dir, "--for", "linker")
	if strings.Count(links, "\n") != 2 || !strings.Contains(links, `"negatives":[{`) {
		t.Errorf("export --for linker: %.600s", links)
	}
	_, said := both(t, 0, "undo", dir, "--who", "ana", "--last", "2")
	if !regexp.MustCompile(`undid finish[\s\S]*undid nil`).MatchString(said) {
		t.Errorf("undo says %q", said)
	}
	if n := len(log(t, dir)); n != 6 {
		t.Errorf("%d decisions after undoing two, want 6", n)
	}
	if _, err := os.Stat(filepath.Join(dir, ".gloss", "journal-ana.db")); err != nil {
		t.Error(err)
	}
}

// TestAFolderOfTextsIsAskedAbout opens bare texts: an annotation.conf is written
// when the person says so, and only then.
func TestAFolderOfTextsIsAskedAbout(t *testing.T) {
	texts := map[string]string{"nota.txt": "Niña de 3 años con fiebre y tos seca.\n"}
	dir := files(t, texts)
	s := start(t, 100, 30, dir, "--who", "ana")
	s.see(`Write annotation\.conf\?`).press("n", "Enter").settle(0).press("q").ended()
	if _, err := os.Stat(filepath.Join(dir, "annotation.conf")); err == nil {
		t.Error("annotation.conf was written though the answer was no")
	}
	s = start(t, 100, 30, dir, "--who", "ana")
	s.see(`Write annotation\.conf\?`).press("y", "Enter").settle(0)
	if conf := read(t, filepath.Join(dir, "annotation.conf")); !strings.Contains(conf, "\nSINTOMA\n") {
		t.Errorf("annotation.conf is\n%s", conf)
	}
	s.press("n", "a").settle(1).press("q").ended()
	if ann := read(t, filepath.Join(dir, "nota.ann")); !strings.HasPrefix(ann, "T1\t") {
		t.Errorf("nota.ann is %q", ann)
	}
}

// TestABrokenLineIsShownAndKept opens a document with a line that is none.
func TestABrokenLineIsShownAndKept(t *testing.T) {
	broken := "T1 SINTOMA 19 25 fiebre\n"
	dir := files(t, map[string]string{
		"nota.txt": "Niña de 3 años con fiebre y tos seca.\n", "nota.ann": broken,
		"annotation.conf": "[entities]\nSINTOMA\n",
	})
	s := start(t, 100, 30, dir, "--who", "ana")
	s.settle(0).see("line 1").press("n", "a").settle(1).press("q").ended()
	if ann := read(t, filepath.Join(dir, "nota.ann")); !strings.HasPrefix(ann, broken) || !strings.Contains(ann, "\tSINTOMA ") {
		t.Errorf("nota.ann is %q", ann)
	}
}

// TestASecondAnnotatorProcessIsRefused opens a corpus twice for the same person.
func TestASecondAnnotatorProcessIsRefused(t *testing.T) {
	s, dir := demo(t, "hospital/card-02")
	s.settle(0)
	_, said := both(t, 3, "undo", dir, "--who", "ana", "--last", "1")
	if !strings.Contains(said, "journal") {
		t.Errorf("the second process says %q", said)
	}
	s.press("q").ended()
}
