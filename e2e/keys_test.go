package e2e

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryKey tells, story by story, what each key of the shipped map does: on the
// screen, in the journal and in the .ann files. A key that no story presses fails it.
func TestEveryKey(t *testing.T) {
	used := usedKeys{}
	told := 0
	for _, story := range []struct {
		name string
		tell func(*screen)
	}{
		{"deciding", tellDeciding},
		{"saying more of a mention", tellRemarks},
		{"moving boundaries", tellBoundaries},
		{"splitting and joining", tellSplitting},
		{"selecting text", tellSelecting},
		{"moving about", tellMoving},
		{"finding in the text", tellFinding},
		{"searching concepts", tellSearching},
		{"reading about a concept", tellConcept},
		{"deciding everywhere", tellEverywhere},
		{"accepting many", tellAccepting},
		{"taking back", tellHistory},
		{"two versions of a file", tellVersions},
		{"the lens", tellLens},
		{"help, overview and leaving", tellWorkbench},
	} {
		t.Run(story.name, func(t *testing.T) {
			told++
			story.tell(&screen{t: t, used: &used})
		})
	}
	if told == 15 { // else the stories were chosen by -run
		used.complete(t)
	}
}

// onDemo starts on a note of the demo.
func (s *screen) onDemo(doc string) *screen {
	s.t.Helper()
	fresh, dir := demo(s.t, doc)
	return s.begin(fresh, dir)
}

// onNotes starts on files, without suggestions.
func (s *screen) onNotes(content map[string]string) *screen {
	s.t.Helper()
	dir := files(s.t, content)
	return s.begin(start(s.t, 120, 40, dir, "--who", "ana", "--blind"), dir)
}

func (s *screen) begin(fresh *screen, dir string) *screen {
	s.t.Helper()
	s.sock, s.dir, s.count = fresh.sock, dir, 0
	return s.settle(0)
}

// saves waits until one decision more, or some more, are on disk.
func (s *screen) saves() *screen {
	s.t.Helper()
	s.until("another decision is saved", func() bool { return s.saved() > s.count })
	s.see(`\bidle\b`)
	s.count = s.saved()
	return s
}

// last is the newest decision of the journal.
func (s *screen) last() decision {
	s.t.Helper()
	all := log(s.t, s.dir)
	if len(all) == 0 {
		s.t.Fatal("the journal is empty")
	}
	return all[len(all)-1]
}

// decided fails where the newest decision is of another kind, or about another text.
func (s *screen) decided(kind, text string) *screen {
	s.t.Helper()
	d := s.last()
	m := d.After
	if m == nil {
		m = d.Before
	}
	if d.Kind != kind || m != nil && m.Text != text {
		s.t.Errorf("the newest decision is %s of %+v, want %s of %q", d.Kind, m, kind, text)
	}
	return s
}

// holds fails where an .ann file lacks a line.
func (s *screen) holds(doc, line string) *screen {
	s.t.Helper()
	if ann := read(s.t, filepath.Join(s.dir, filepath.FromSlash(doc)+".ann")); !strings.Contains(ann, line) {
		s.t.Errorf("%s.ann lacks %q:\n%s", doc, line, ann)
	}
	return s
}

// rests waits until what was open is closed, and the hints are those at rest. A key
// that follows escape at once is told as one key with alt, or begins a control string.
func (s *screen) rests() *screen {
	s.t.Helper()
	return s.while("").see(`\? keys +: commands`)
}

// leaves ends the session.
func (s *screen) leaves() { s.t.Helper(); s.while("").press("q").ended() }

func tellDeciding(s *screen) {
	const doc = "hospital/card-02"
	s.onDemo(doc).see(`▌Varón▐`)
	for n := 1; n <= 9; n++ {
		s.press(strconv.Itoa(n))
		d := s.saves().last()
		if d.Kind != "link" || len(d.Offer.Candidates) < n || d.After.Links[0].ID != d.Offer.Candidates[n-1].ID {
			s.t.Errorf("key %d decided %+v", n, d)
		}
		s.press("p").see(`▌Varón▐`)
	}
	s.press("x").saves().decided("unlink", "Varón")
	s.press("0").saves().decided("nil", "Varón")
	s.see(`▌drogas▐`).press("r").saves().decided("reject", "drogas")
	s.press("a").saves().decided("accept", s.last().After.Text)
	s.see(`▌estenosis aórtica bicúspide▐`).press("t").see(`Label of estenosis`)
	s.while("list").press("Down", "Down", "C-n", "Tab", "Up", "C-p", "BTab", "PageDown", "PageUp", "Down", "Down", "Enter").while("")
	s.saves().decided("label", "estenosis aórtica bicúspide")
	s.press("u").saves().see(`undid label`)
	s.press("C-r").saves().see(`redid label`)
	s.press("t").see(`Label of`).while("list").press("Escape").rests()
	s.press("t").see(`Label of`).while("list").press("C-c").rests()
	s.press("f").saves().see(`finished`)
	s.press("f").saves()
	if d := s.last(); d.Kind != "reopen" {
		s.t.Errorf("f on a finished document decided %+v", d)
	}
	s.leaves()
}

func tellRemarks(s *screen) {
	const doc = "hospital/card-02"
	s.onDemo(doc).see(`▌Varón▐`)
	s.press("z").see(`skipped Varón`).see(`▌drogas▐`)
	s.press("n", "n", "n", "n").see(`▌fiebre▐`)
	s.press("1").saves().decided("link", "fiebre")
	concept := s.last().After.Links[0].ID
	s.see(`▌escalofríos▐`).press("c").saves().decided("link", "escalofríos")
	if got := s.last().After.Links[0].ID; got != concept {
		s.t.Errorf("c linked to %s, the decision before to %s", got, concept)
	}
	s.see(`▌sudoración profusa▐`).press("N").see(`No concept fits`).press("1").saves()
	s.see(`▌lumbalgia▐`).press("C").see(`A concept that is missing`)
	s.write("X:1").while("list").press("Enter", "Enter").write("dolor lumbar").see(`parent > dolor lumbar`).see(`\bidle\b`).see(`▸ \S+ .*lumb`).press("Down", "Up", "Enter").while("").saves()
	s.holds(doc, "X:1\t")
	if all := log(s.t, s.dir); !slices.ContainsFunc(all, func(d decision) bool {
		return strings.Contains(d.Note, `"id":"X:1"`) && strings.Contains(d.Note, `"parent":"`)
	}) {
		s.t.Errorf("no decision proposes X:1 with its parent: %+v", all)
	}
	s.press("p").see(`▌lumbalgia▐`)
	s.press("e").see(`Note on lumbalgia`).write("revisar").while("list").press("Enter").while("").saves()
	s.holds(doc, "\trevisar\n")
	s.press("i").see(`Attributes of`).press("1").saves().decided("attribute", "lumbalgia")
	s.holds(doc, "\tNegation T")
	s.press("!").saves().decided("flag", "lumbalgia")
	s.press("!").saves()
	s.leaves()
}

const noteText = "Niega dolor torácico y abdominal, fiebre alta.\nTos seca muy intensa desde ayer.\n"

// oneNote is a collection with a single note.
func oneNote(ann string) map[string]string {
	return map[string]string{"annotation.conf": "[entities]\nSINTOMA\nENFERMEDAD\n[relations]\n[events]\n[attributes]\n", "a.txt": noteText, "a.ann": ann}
}

func tellBoundaries(s *screen) {
	s.onNotes(oneNote("T1\tSINTOMA 6 20\tdolor torácico\n")).press("n").see(`▌dolor torácico▐`)
	for _, step := range []struct{ key, text string }{
		{"h", " dolor torácico"}, {"l", "dolor torácico"}, {"H", "dolor torácic"}, {"=", "dolor torácico"}, {"L", "dolor torácico "}, {"B", "dolor torácico"},
		{"b", "Niega dolor torácico"}, {"w", "dolor torácico"}, {"W", "dolor torácico y"}, {"u", "dolor torácico"}, {"-", "dolor"}, {"+", "dolor torácico"},
	} {
		s.press(step.key).saves()
		if d := s.last(); d.After == nil || d.After.Text != step.text {
			s.t.Errorf("%s made it %+v, want %q", step.key, d.After, step.text)
		}
	}
	s.holds("a", "T1\tSINTOMA 6 20\tdolor torácico\n").leaves()
}

func tellSplitting(s *screen) {
	s.onNotes(oneNote("T1\tSINTOMA 6 32\tdolor torácico y abdominal\nT2\tSINTOMA 47 67\tTos seca muy intensa\n"))
	s.press("n", "|").saves().see(`split into "dolor torácico" and "abdominal"`)
	s.holds("a", "\tSINTOMA 23 32\tabdominal\n")
	s.press("J").saves().holds("a", "T1\tSINTOMA 6 32\tdolor torácico y abdominal\n")
	s.press("n").see(`▌Tos seca muy intensa▐`)
	for _, leave := range []string{"Escape", "q", "C-c"} {
		s.press("|").see(`split: "Tos" and`).while("splitting").press("l", "h", "w", "b", "Right", "Left", "Tab", "BTab").see(`split: "Tos" and`)
		s.press(leave).rests().see(`▌Tos seca muy intensa▐`)
	}
	s.press("|").while("splitting").press("l", "Enter").while("").saves().holds("a", "T2\tSINTOMA 47 55\tTos seca\n")
	s.press("u").saves().press("|").while("splitting").press("|").while("").saves().holds("a", "T2\tSINTOMA 47 50\tTos\n")
	s.press("p", "F").see(`begin here|fragment`).while("selecting").press("w", "w", "w", "v", "Enter").while("").saves()
	if d := s.last(); d.After == nil || len(d.After.Spans) < 2 {
		s.t.Errorf("F decided %+v", d.After)
	}
	s.leaves()
}

func tellSelecting(s *screen) {
	s.onNotes(map[string]string{"annotation.conf": "[entities]\nSINTOMA\n", "a.ann": "",
		"a.txt": "Niega fiebre alta. Tos seca.\nDesde ayer.\n"})
	for _, leave := range []string{"Escape", "q", "C-c"} {
		s.press("v").see(`v begin here`).while("selecting").press("w", "v", "l", "h", "Right", "Left").see(`new mention: fiebre|new mention: f`)
		s.press(leave).rests().see(`saved 0`)
	}
	s.press("v").while("selecting")
	s.press("j", "k", "Down", "Up", "$", "^", "End", "Home", "C-Right", "C-Left", ")", "(", "C-Down", "C-Up", "b", "w")
	s.press("Space", "w", "w").see(`new mention: fiebre alta`).press("Enter").see(`Label of fiebre alta`).while("list").press("Enter").while("").saves()
	s.holds("a", "T1\tSINTOMA 6 17\tfiebre alta\n")
	s.press("v").while("selecting").press("j", "s").see(`new mention: Desde ayer`).press("Enter").see(`Label of Desde ayer`).while("list").press("Enter").while("").saves()
	s.holds("a", "T2\tSINTOMA 29 40\tDesde ayer.\n")
	s.leaves()
}

func tellMoving(s *screen) {
	text := strings.Repeat("Paciente con tos y fiebre.\n", 120)
	s.onNotes(map[string]string{"annotation.conf": "[entities]\nSINTOMA\n", "a.txt": text, "b.txt": "Otra nota.\n",
		"a.ann": "T1\tSINTOMA 13 16\ttos\nT2\tSINTOMA 19 25\tfiebre\n"})
	s.press("n").see(`▌tos▐`).press("n").see(`▌fiebre▐`).press("p").see(`▌tos▐`)
	s.press("Tab").see(`all is decided|no mention`).press("BTab").see(`all is decided|no mention`)
	s.press("G").see(`line 121 of 121`).press("g", "G", "Home", "End").press("j").see(`this is the end of the text`)
	s.press("k", "Up", "Down", "PageUp", "PageDown").press("Space").see(`this is the end of the text`)
	s.press("g").press("k").see(`this is the beginning of the text`)
	s.press("]").see(`Otra nota`).press("[").see(`Paciente con tos`)
	s.press("o").see(`go to:`).write("b").while("list").press("Enter").while("").see(`Otra nota`)
	s.press("m").see(`marks are underlines`).press("m")
	s.press("M").see(`In full`).while("list").press("Escape").rests()
	s.press("P").see(`documents?: `)
	s.press("V").see(`Order of the documents`).see(`value: most to ask`).while("list").press("Down", "Down", "Down", "Enter").while("").see(`documents by chance`).see(`1 of 2 by chance`)
	s.leaves()
}

func tellFinding(s *screen) {
	s.onNotes(map[string]string{"annotation.conf": "[entities]\nSINTOMA\n", "a.txt": "Tos y fiebre. La fiebre cede; sin FIEBRE hoy.\n"})
	s.press("/").write("fiebre").see(`hit 1 of 3`).while("finding").press("C-n").see(`hit 2 of 3`).press("C-p").see(`hit 1 of 3`)
	s.press("S-Enter").see(`hit 3 of 3|hit 1 of 3`).press("Enter", "Enter").see(`hit [123] of 3`).press("Escape").rests()
	s.leaves()
	s.onNotes(map[string]string{"annotation.conf": "[entities]\nSINTOMA\n", "a.txt": "Tos y fiebre.\n", "b.txt": "Sin hallazgos.\n", "c.txt": "FIEBRE alta, fiebre.\n"})
	s.press("/").write("fiebre").see(`hit 1 of 1`).while("finding").press("Enter").see(`hit 1 of 3 in 2 documents`)
	s.press("Enter").see(`hit 2 of 3`).see(`FIEBRE alta`).press("C-p").see(`Tos y fiebre`).press("C-p").see(`hit 3 of 3`).press("Escape").rests()
	s.leaves()
}

func tellSearching(s *screen) {
	s.onDemo("hospital/card-02").see(`▌Varón▐`)
	for n := 1; n <= 9; n++ {
		s.press("s").see(`search:`).see(`(?m)^.*\b9 [A-Z]`).see(`\bidle\b`).while("searching").press(strconv.Itoa(n)).while("").saves().decided("link", "Varón")
		s.press("p").see(`▌Varón▐`)
	}
	s.press("n", "n", "n").see(`▌estenosis aórtica bicúspide▐`)
	s.press("s").write("insuficiencia r").see("search: insuficiencia r").see(`\bidle\b`).see("insuficiencia renal").while("searching")
	s.press("Down", "C-n", "Tab", "Up", "C-p", "C-t").press("C-d").see(`─ Concept`).while("list").press("Escape").hides(`─ Concept`).while("searching").press("Escape").rests()
	s.press("s").while("searching").press("C-c").rests()
	s.press("s").write("insuficiencia renal").see("search: insuficiencia renal").see(`\bidle\b`).while("searching").press("Enter").while("").saves()
	if d := s.last(); d.Kind != "link" || d.After.Text != "estenosis aórtica bicúspide" {
		s.t.Errorf("the search decided %+v", d)
	}
	s.leaves()
}

func tellConcept(s *screen) {
	s.onDemo("hospital/card-02").see(`▌Varón▐`)
	s.press("d").see(`1 of \d+`).while("concept").press("n").see(`2 of \d+`).press("p").see(`1 of \d+`)
	s.press("Right").see(`2 of \d+`).press("Left").see(`1 of \d+`).press("n", "Enter").while("").saves()
	if d := s.last(); d.Kind != "link" || d.After.Links[0].ID != d.Offer.Candidates[1].ID {
		s.t.Errorf("the second concept was read, and %+v decided", d)
	}
	s.leaves()
}

func tellEverywhere(s *screen) {
	s.onDemo("hospital/card-02").press("n", "n", "n", "n", "n").see(`▌fiebre▐`)
	s.press("*").see(`Link "fiebre"`).see(`in this document`).while("places")
	s.press("Tab").see(`in the whole corpus`).press("Tab").see(`in this document`)
	for n := 1; n <= 9; n++ {
		s.press(strconv.Itoa(n)).see(`Link "fiebre"`)
	}
	s.press("l").see(`without a link`).press("l").see(`Link "fiebre"`)
	s.press("N", "A", "Space", "Space", "A").see(`\bidle\b`)
	s.press("/").see(`regular expression`).while("list").press("Enter").see(`Link "fiebre"`).see(`documents? looked at`).press("Enter").while("").saves()
	if d := log(s.t, s.dir)[0]; d.Kind != "bulk" && d.Kind != "link" {
		s.t.Errorf("the same everywhere began with %+v", d)
	}
	s.leaves()
}

func tellAccepting(s *screen) {
	s.onDemo("hospital/card-02").press("A").see(`score from 0.90`).while("places")
	s.press("<").see(`score from 0.85`).press("-").see(`score from 0.80`).press(">").see(`score from 0.85`).press("+").see(`score from 0.90`)
	s.press("e").see(`exact names`).press("e").press("t").see(`0.90, [A-Z]`).press("l").see(`without a link`).press("l", "Escape").rests()
	s.press("A").see(`score from 0.90`).see(`documents? looked at`).while("list").press("Enter").while("").saves()
	if s.count < 10 {
		s.t.Errorf("%d decisions after accepting all that is sure", s.count)
	}
	s.press("u").saves()
	if ann := read(s.t, filepath.Join(s.dir, "hospital", "card-02.ann")); strings.TrimSpace(ann) != "" {
		s.t.Errorf("one undo did not take all back:\n%s", ann)
	}
	s.leaves()
}

func tellHistory(s *screen) {
	s.onDemo("hospital/card-02").press("a").saves().press("a").saves().press("a").saves()
	s.press("U").see(`History`).while("list").press("Down", "Down", "Enter").while("").saves().see(`Varón`)
	if d := s.last(); d.Kind != "undo" || d.Before == nil || d.Before.Text != "Varón" {
		s.t.Errorf("the history took back %+v", d)
	}
	s.leaves()
}

func tellVersions(s *screen) {
	const began = "T1\tSINTOMA 6 20\tdolor torácico\nT2\tSINTOMA 34 40\tfiebre\n"
	theirs := strings.Replace(began, "T1\tSINTOMA", "T1\tENFERMEDAD", 1)
	for key, want := range map[string]string{"t": "T1\tENFERMEDAD 6 20\tdolor torácico\nT2\tSINTOMA 34 40\tfiebre\n", "j": "T1\tENFERMEDAD 6 20\tdolor torácico\nT2\tSINTOMA 34 45\tfiebre alta\n"} {
		s.count = 0
		s.onNotes(oneNote(began)).press("n")
		rewrite(s.t, filepath.Join(s.dir, "a.ann"), theirs)
		s.press("W").press("n", "W").see(`another program changed this file: D chooses`)
		s.press("a").see(`read-only`)
		s.press("D").see(`Two versions of a`).see(`- T1`).while("differences").press(key).while("")
		s.until("the file is as it was chosen", func() bool { return read(s.t, filepath.Join(s.dir, "a.ann")) == want })
		s.leaves()
	}
}

func tellWorkbench(s *screen) {
	s.onDemo("hospital/card-02")
	s.press("?").see(`─ Keys`).while("list").press("Escape").rests().press("F1").see(`─ Keys`).while("list").press("Escape").rests()
	s.press("a").saves().press("O").see(`Overview`).see(`0 of \d+ finished`).see(`1 settled by you`).while("list").press("Escape").rests()
	s.press("X").see(`nothing runs that was asked for`)
	s.press("E").see(`suggestions for every document`).press("X").see(`stopped|suggestions for every document are computed|nothing runs`)
	s.press("R").see(`0 finished, two are the least`).press("S").see(`nothing was learnt here yet`)
	s.press("K").see(`too few finished documents: none is finished`)
	s.press("Y").see(`─ Models`).see(`as configured +in use`).while("list").press("Escape").rests()
	s.press("f").saves().press("]").see(`\bidle\b`).press("a").saves().press("f").saves()
	s.press("R").see(`2 documents, cross-validated`)
	s.press("T").see(`Tour 1 of 8`).press("a").see(`Tour 2 of 8`).press("Escape").see(`the tour is over`)
	s.press("D").see(`no other program changed this document`)
	s.press("y").see(`nothing is compared here`) // of gloss errors --open
	s.press("Q").see(`question 1 · \d+ more`).press("Q").see(`the queue is left`).see(`\bidle\b`)
	s.press(":").see(`Commands`).write("overview").while("list").press("Enter").see(`Overview`).press("C-c").rests()
	s.see(`\bidle\b`).press("C-c").ended()
}
