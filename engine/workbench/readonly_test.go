package workbench

import (
	"errors"
	"testing"
)

// What is only looked at is shown with its suggestions, and nothing is decided in it.
func TestReadOnlyForEverybody(t *testing.T) {
	r := newRig(t)
	r.readOnly = "only to look at"
	r.reopen()
	d := r.view("a")
	if d.ReadOnly != "only to look at" || len(d.Items) < 2 {
		t.Fatalf("%q, %d items", d.ReadOnly, len(d.Items))
	}
	for _, a := range []Action{Accept{At{"a", d.Items[0].Key}}, Reject{At{"a", d.Items[0].Key}}, Finish{At{Doc: "a"}}} {
		if _, err := r.Do(t.Context(), a); !errors.Is(err, ErrReadOnly) {
			t.Errorf("%T: %v, want ErrReadOnly", a, err)
		}
	}
}
