package lexical

import "testing"

func TestSimilarity(t *testing.T) {
	of := Similarity("niño")
	for text, want := range map[string]float32{"niño": 1, "niña": 0.75, "": 0, "nino tos": 0.375} {
		if got := of(text); got != want {
			t.Errorf("niño and %q: %v, want %v", text, got, want)
		}
	}
}
