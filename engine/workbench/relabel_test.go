package workbench

import "testing"

// A suggestion that got another label is decided: it does not stand there again under
// the old one, after a restart neither, until the label is taken back.
func TestARelabelledSuggestionIsDecided(t *testing.T) {
	r := newRig(t)
	d := r.view("b")
	before := len(d.Items)
	r.do(SetLabel{At{"b", keysOf(d, "paracetamol")[0]}, "SINTOMA"})
	check := func(when string) {
		t.Helper()
		d := r.view("b")
		if keys := keysOf(d, "paracetamol"); len(keys) != 1 || len(d.Items) != before || d.Items[1].Label == "FARMACO" {
			t.Errorf("%s: %d mentions of paracetamol, %d of all, there were %d", when, len(keys), len(d.Items), before)
		}
	}
	check("at once")
	r.reopen()
	check("after a restart")
	r.do(Undo{})
	if d := r.view("b"); len(d.Items) != before || d.Items[1].State != Suggested {
		t.Errorf("after an undo: %+v", d.Items)
	}
}
