package e2e

import (
	"strings"
	"testing"
)

// TestByValue is a session by value: the order is switched, kept for the next session, and
// the questions of all documents are answered one after another.
func TestByValue(t *testing.T) {
	s, dir := demo(t, "hospital/card-02")
	s.settle(0).see(`\d+ of \d+ `)
	s.press("V").see(`Order of the documents`).press("v").see(`1 of \d+ by value`).see(`\bidle\b`)
	s.press("]").see(`2 of \d+ by value`).see(`\d+ of \d+ unsure, about \d+ (s|min)`)
	s.press("M").see(`why now +The models are unsure of`).press("Escape").hides(`In full`)
	s.press("q").ended()

	s = start(t, 80, 24, "demo", "--dir", dir, "--who", "ana")
	s.settle(0).see(`1 of \d+ by value`)
	s.press("Q").see(`question 1 · \d+ more`).see(`(unsure|fairly sure): \d+ %|two concepts|second concept|by chance`).see(`\bidle\b`)
	var docs []string
	for n := 1; n <= 3; n++ {
		s.press("a").settle(n)
		docs = append(docs, log(t, dir)[n-1].Doc)
	}
	s.see(`question 4 · \d+ more`)
	texts := map[string]bool{}
	for _, d := range log(t, dir) {
		if d.Kind != "accept" || texts[d.After.Label+d.After.Text] {
			t.Errorf("%s of %+v: nothing is asked twice", d.Kind, d.After)
		}
		texts[d.After.Label+d.After.Text] = true
	}
	if docs[0] == docs[1] && docs[1] == docs[2] {
		t.Errorf("three questions were all in %s", docs[0])
	}
	s.press("p").see(`question 3 ·`).press("Q").see(`the queue is left`)
	s.press("q").ended()

	s = start(t, 80, 24, "demo", "--dir", dir, "--who", "ana", "--order", "file")
	s.settle(0).see(`\d+ of \d+ +0 % finished`)
	s.press("q").ended()
	if out, errs := both(t, 2, dir, "--order", "best"); !strings.Contains(errs, "unknown order") || out != "" {
		t.Errorf("an order that is none: %s%s", out, errs)
	}
}
