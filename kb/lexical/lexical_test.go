package lexical

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Càncer (de mama), HER-2+", "cancer de mama her 2+"},
		{"  Señal\tÑandú ", "senal nandu"},
		{"Straße ΑΣ", "strasse ασ"},
		{"½ mg ﬁbra", "1 2 mg fibra"},
		{"Łódź Ærø", "lodz aero"},
		{"İstanbul ısı", "istanbul isi"},
		{"多囊性腎", "多囊 囊性 性腎"},
		{"β-talasemia", "β talasemia"},
		{"がん細胞", "がん ん細 細胞"},
		{"か\u3099ん ｶﾞﾝ", "がん ガン"},
		{"กำแ", "กํา ําแ"},
		{"Ꮐꮐ ΣΑΣ ß", "ꮐꮐ σασ ss"},
		{"HER2陽性", "her2 陽性"},
		{"--", "--"},
		{" ", ""},
		{"हिन्दी", "हिन्दी"}, // vowel signs stay
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestKeyIgnoresOrderAndPlural(t *testing.T) {
	for _, c := range [][2]string{
		{"Tumores de la mama", "mama, tumor"},
		{"metastases", "metastasis"},
		{"Biopsies of bone", "bone biopsy"},
		{"veces", "vez"},
		{"diseases", "disease"},
		{"Crohn's disease", "disease, Crohn"},
	} {
		if Key(c[0]) != Key(c[1]) {
			t.Errorf("%q has key %q, %q has %q", c[0], Key(c[0]), c[1], Key(c[1]))
		}
	}
	for _, c := range [][2]string{{"con fiebre", "sin fiebre"}, {"virus", "viru"}, {"T1", "T2"}} {
		if Key(c[0]) == Key(c[1]) {
			t.Errorf("%q and %q share the key %q", c[0], c[1], Key(c[0]))
		}
	}
}

func TestExactLevels(t *testing.T) {
	x := New([]string{"Cáncer de mama", "cáncer de mama", "cancer de mama", "mama, cánceres de", "ER+", "ER-", "--"})
	for _, c := range []struct {
		text string
		want []Match
	}{
		{"cáncer de mama", []Match{{1, AsIs}, {0, CaseOnly}, {2, Folded}, {3, WordOrder}}},
		{"CANCER DE MAMA", []Match{{2, CaseOnly}, {0, Folded}, {1, Folded}, {3, WordOrder}}},
		{"er-", []Match{{5, CaseOnly}}},
		{"--", []Match{{6, AsIs}}},
		{"cáncer de", nil},
		{"", nil},
		{"cáncer de mama izquierda", nil},
	} {
		if got := x.Exact(c.text); !slices.Equal(got, c.want) {
			t.Errorf("Exact(%q) = %v, want %v", c.text, got, c.want)
		}
	}
}

// bruteCosine returns a function that computes what NGram must find, straight from
// the definition.
func bruteCosine(names []string) func(query string) []float64 {
	vector := func(s string) map[string]float64 {
		v := map[string]float64{}
		for _, w := range strings.Fields(Fold(s)) {
			r := []rune(" " + w + " ")
			for n := minGram; n <= maxGram; n++ {
				for i := 0; i+n <= len(r); i++ {
					v[string(r[i:i+n])]++
				}
			}
		}
		return v
	}
	df := map[string]float64{}
	vs := make([]map[string]float64, len(names))
	for i, name := range names {
		vs[i] = vector(name)
		for g := range vs[i] {
			df[g]++
		}
	}
	weigh := func(v map[string]float64) float64 {
		var sum float64
		for g := range v {
			v[g] *= math.Log((1+float64(len(names)))/(1+df[g])) + 1
			sum += v[g] * v[g]
		}
		return math.Sqrt(sum)
	}
	lengths := make([]float64, len(names))
	for i, v := range vs {
		lengths[i] = weigh(v)
	}
	return func(query string) []float64 {
		q := vector(query)
		qn := weigh(q)
		out := make([]float64, len(names))
		for i, v := range vs {
			for g := range q {
				out[i] += q[g] * v[g] / qn / lengths[i]
			}
		}
		return out
	}
}

// madeUp returns n pronounceable names of one to five words.
func madeUp(n int, seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 1))
	syllables := strings.Fields("car ci no ma a de lin fo sar co me ta sis tu mor du cto in fil tra lo bu li llar es ca mo so")
	vocab := make([]string, 20+n/10)
	for i := range vocab {
		for range 2 + rng.IntN(4) {
			vocab[i] += syllables[rng.IntN(len(syllables))]
		}
	}
	names := make([]string, n)
	for i := range names {
		var ws []string
		for range 1 + rng.IntN(5) {
			// Squaring makes some words frequent, as in real names.
			f := rng.Float64()
			ws = append(ws, vocab[int(f*f*float64(len(vocab)))])
		}
		names[i] = strings.Join(ws, " ")
	}
	return names
}

func TestNGramEqualsBruteForce(t *testing.T) {
	names := madeUp(3000, 7)
	x := New(names)
	brute := bruteCosine(names)
	queries := append(madeUp(60, 8), names[17], names[400]+" otro", "zzzz", "", "a")
	for _, q := range queries {
		want := brute(q)
		got := x.NGram(q, 25)
		floor := 1.0
		for _, h := range got {
			if d := math.Abs(float64(h.Score) - want[h.Row]); d > 1e-5 {
				t.Fatalf("NGram(%q): row %d scores %v, brute force %v", q, h.Row, h.Score, want[h.Row])
			}
			floor = min(floor, float64(h.Score))
		}
		found := map[int32]bool{}
		for _, h := range got {
			found[h.Row] = true
		}
		if len(got) < 25 {
			floor = floorCosine
		}
		for row, s := range want {
			if s > floor+1e-5 && !found[int32(row)] {
				t.Fatalf("NGram(%q) misses row %d (%q, %v) above %v", q, row, names[row], s, floor)
			}
		}
	}
}

// TestNGramFindsNamesOfManyWeakWords: the best names may hold no word that resembles one
// of the query much, but many that do a little.
func TestNGramFindsNamesOfManyWeakWords(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	text := func(words int) string {
		var ws []string
		for range words {
			w := make([]byte, 3+rng.IntN(5))
			for i := range w {
				w[i] = "abcdefgh"[rng.IntN(8)]
			}
			ws = append(ws, string(w))
		}
		return strings.Join(ws, " ")
	}
	var names []string
	for range 3000 {
		names = append(names, text(1+rng.IntN(12)))
	}
	x := New(names)
	brute := bruteCosine(names)
	for range 40 {
		q := text(6)
		want := brute(q)
		slices.Sort(want)
		for i, h := range x.NGram(q, 10) {
			if w := want[len(want)-1-i]; math.Abs(float64(h.Score)-w) > 1e-5 {
				t.Fatalf("NGram(%q): place %d scores %v, brute force %v", q, i, h.Score, w)
			}
		}
	}
}

func TestSearchTiers(t *testing.T) {
	x := New([]string{"fiebre", "fiebre amarilla", "fiebre de origen desconocido", "episodio de fiebre", "desfiebre", "Fiebres", "tos"})
	var got []string
	for _, f := range x.Search("fiebre", 10) {
		got = append(got, fmt.Sprint(f.Tier, " ", x.Name(f.Row)))
	}
	want := []string{"exact fiebre", "exact Fiebres", "prefix fiebre amarilla", "prefix fiebre de origen desconocido",
		"words episodio de fiebre", "ngram desfiebre"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for _, c := range []struct {
		query string
		first int32
	}{{"fi", 0}, {"desc fieb", 2}, {"désfiebre", 4}, {"fiebre am", 1}, {"fibre amarila", 1}, {"T", 6}} {
		got := x.Search(c.query, 3)
		if len(got) == 0 || got[0].Row != c.first {
			t.Errorf("Search(%q) = %v, want row %d first", c.query, got, c.first)
		}
	}
	if got := x.Search("", 3); got != nil {
		t.Errorf("an empty query found %v", got)
	}
}

func TestSearchScoresDescendInUnitRange(t *testing.T) {
	x := New(madeUp(500, 3))
	for _, q := range madeUp(50, 3) {
		last := float32(1)
		for _, f := range x.Search(q[:len(q)/2], 30) {
			if f.Score > last || f.Score <= 0 {
				t.Fatalf("Search(%q): score %v after %v", q, f.Score, last)
			}
			last = f.Score
		}
	}
}

func TestSpot(t *testing.T) {
	x := New([]string{"carcinoma", "carcinoma de mama", "Fiebre", "ALA", "TC", "8140", "多囊性腎", "de", "ganglio centinela"})
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Niño con CARCINOMA de  mama y fiebre.", []string{"9-27:CARCINOMA de  mama", "30-36:fiebre"}},
		{"el ala derecha; ALA y TC, tc", []string{"16-19:ALA", "22-24:TC"}},
		{"carcinoma. De mama", []string{"0-9:carcinoma"}},
		{"macrocarcinoma 8140 de", nil},
		{"患者有多囊性腎病", []string{"3-7:多囊性腎"}},
		{"ganglio\ncentinela", []string{"0-17:ganglio\ncentinela"}},
		{"ganglio\n\ncentinela", nil},
		{"", nil},
	} {
		text := corpus.NewText(c.text)
		var got []string
		for _, s := range x.Spot(text) {
			got = append(got, fmt.Sprintf("%d-%d:%s", s.Span.Start, s.Span.End, text.Slice(s.Span)))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Spot(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func TestEmptyIndex(t *testing.T) {
	x := New(nil)
	if x.Exact("a") != nil || x.NGram("a", 3) != nil || x.Search("a", 3) != nil || x.Spot(corpus.NewText("a b")) != nil {
		t.Error("an empty index found something")
	}
}

func BenchmarkNGram50k(b *testing.B) {
	names := madeUp(50_000, 1)
	x := New(names)
	queries := madeUp(100, 2)
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		x.NGram(queries[i%len(queries)], 100)
	}
}

func BenchmarkSearch50k(b *testing.B) {
	x := New(madeUp(50_000, 1))
	queries := madeUp(100, 2)
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		x.Search(queries[i%len(queries)], 20)
	}
}

func BenchmarkNew50k(b *testing.B) {
	names := madeUp(50_000, 1)
	for b.Loop() {
		New(names)
	}
}
