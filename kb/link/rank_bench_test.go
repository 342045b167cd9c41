package link

import (
	"fmt"
	"testing"
)

// BenchmarkFeatures tells what a learnt ranking costs a mention before its trees are walked.
func BenchmarkFeatures(b *testing.B) {
	k := newBase(tumours(b, true)[""][0])
	a := &ask{text: "carcinoma epidermoide pobremente diferenciado", context: "El estudio mostró un carcinoma epidermoide pobremente diferenciado de pulmón con metástasis.", jobs: []*job{{text: "carcinoma epidermoide pobremente diferenciado", kbs: []*base{k}}}}
	var all []*found
	for i := range ranked {
		f := newFound(0, int32(i%k.Meta().Concepts))
		f.row, f.lex, f.dense, f.score = int32(i%k.Meta().Names), 0.5, 0.6, float64(ranked-i)/ranked
		f.alias = fmt.Sprint("carcinoma de células ", i)
		all = append(all, f)
	}
	for b.Loop() {
		tableOf(a, all)
	}
}
