package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const (
	lensGold = "T1\tSINTOMA 6 20\tdolor torácico\nT2\tSINTOMA 34 40\tfiebre\n"
	lensPred = "T1\tSINTOMA 6 11\tdolor\nT2\tSINTOMA 34 45\tfiebre alta\nT3\tSINTOMA 47 55\tTos seca\n"
)

// tellLens corrects a copy of gold, error by error.
func tellLens(s *screen) {
	gold, pred := files(s.t, oneNote(lensGold)), files(s.t, oneNote(lensPred))
	into := filepath.Join(s.t.TempDir(), "into")
	s.begin(start(s.t, 120, 40, "errors", "--gold", gold, "--pred", pred, "--open", "--into", into, "--who", "ana"), into)
	s.see(`all 1 of 3`).see(`▌dolor torácico▐`).see(`gold +Niega \[dolor\| torácico\]`).see(`pred +Niega \[dolor\] torácico\|`)
	s.press("y").saves().decided("span", "dolor").holds("a", "T1\tSINTOMA 6 11\tdolor\n")
	s.see(`all 2 of 3`).see(`▌fiebre▐`).press("n").see(`▌Tos seca▐`).press("p").see(`▌fiebre▐`)
	s.press("Q").see(`What to step through`).write("spurious").see(`▸ spurious`).while("list").press("Enter").while("")
	s.see(`spurious 1 of 1`).see(`▌Tos seca▐`).press("r").saves().decided("reject", "Tos seca")
	s.leaves()
	if got := read(s.t, filepath.Join(gold, "a.ann")); got != lensGold {
		s.t.Errorf("gold has become\n%s", got)
	}

	// The next session goes on from what was corrected.
	s.begin(start(s.t, 120, 40, "errors", "--gold", gold, "--pred", pred, "--open", "--into", into, "--who", "ana"), into)
	s.see(`▌dolor▐`).press("n").see(`▌fiebre▐`).press("y").saves().decided("span", "fiebre alta").leaves()
}

// Without --into nothing is decided, and nothing is written beside what is compared.
func TestTheLensOnlyLooks(t *testing.T) {
	gold, pred := files(t, oneNote(lensGold)), files(t, oneNote(lensPred))
	s := start(t, 80, 24, "errors", "--gold", gold, "--pred", pred, "--open", "--class", "spurious", "--who", "ana")
	s.settle(0).see(`spurious 1 of 1`).see(`▌Tos seca▐`)
	s.press("y").see(`read-only: --into DIR corrects a copy +idle`)
	s.press("q").ended()
	for _, dir := range []string{gold, pred} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		if want := []string{"a.ann", "a.txt", "annotation.conf"}; !slices.Equal(names, want) {
			t.Errorf("%s holds %v, want %v", dir, names, want)
		}
	}
}

// With several models each error names those that make it.
func TestTheLensOfSeveralModels(t *testing.T) {
	gold, pred := files(t, oneNote(lensGold)), files(t, oneNote(lensPred))
	other := files(t, oneNote("T1\tSINTOMA 6 11\tdolor\nT2\tSINTOMA 34 40\tfiebre\n"))
	into := filepath.Join(t.TempDir(), "into")
	s := start(t, 120, 40, "errors", "--gold", gold, "--pred", pred, "--pred", other, "--open", "--into", into, "--who", "ana")
	s.settle(0).see(`all 1 of 3`).see(`▌dolor torácico▐`).see(`A B +Niega \[dolor\] torácico\|`).see(`y takes A B`)
	s.press("n").see(`▌fiebre▐`).see(`A +.*\[fiebre\| alta\]`)
	s.press("Q").see(`What to step through`).write("model_B").see(`▸ model_B`).press("Enter").see(`model_B 1 of 1`).see(`▌dolor torácico▐`)
	s.press("y").see(`saved 1`).press("q").ended()
	if got := read(t, filepath.Join(into, "a.ann")); got != "T1\tSINTOMA 6 11\tdolor\nT2\tSINTOMA 34 40\tfiebre\n" {
		t.Errorf("corrected is\n%s", got)
	}
}
