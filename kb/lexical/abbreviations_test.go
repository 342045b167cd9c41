package lexical

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/kb"
)

func TestClinicalAbbreviations(t *testing.T) {
	a, err := ReadAbbreviations(strings.NewReader(clinical), "abbreviations.tsv")
	if err != nil {
		t.Fatal(err)
	}
	if a.Len() < 500 {
		t.Errorf("%d abbreviations, should be at least 500", a.Len())
	}
	if en, err := ReadAbbreviations(strings.NewReader(clinical), "abbreviations.tsv", "en"); err != nil || en.Len() >= a.Len() || en.Expand("CHF") == nil || en.Expand("EPOC") != nil {
		t.Errorf("English alone: %d, %v", en.Len(), err)
	}
	first := map[string]int{}
	for n, line := range strings.Split(clinical, "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 3 {
			continue
		}
		if other, ok := first[f[0]+" "+f[1]]; ok {
			t.Errorf("lines %d and %d are both of %q: put their expansions together", other, n+1, f[0])
		}
		first[f[0]+" "+f[1]] = n + 1
	}
}

func abbreviations(t *testing.T, lines ...string) *Abbreviations {
	t.Helper()
	a, err := ReadAbbreviations(strings.NewReader(strings.Join(lines, "\n")), "own.tsv")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestExpand(t *testing.T) {
	a := abbreviations(t, "# comment", "", "HTA\tes\thipertensión arterial", "Ca.\tes\tcarcinoma|cáncer", "ES\tes\tesclerosis sistémica",
		"IRA\tes\tinsuficiencia renal aguda", "IRA\tes\tinfección respiratoria aguda", "ARA II\tes\tantagonista", "ARA\tes\tara", "VIA\tes\tvaso")
	for _, c := range []struct {
		text string
		want []string
	}{
		{"HTA", []string{"hipertensión arterial"}},
		{"hta grave", []string{"hipertensión arterial grave"}},
		{"Ca. de mama", []string{"carcinoma de mama", "cáncer de mama"}},
		{"Ca  de mama con HTA", []string{"carcinoma de mama con hipertensión arterial", "cáncer de mama con hipertensión arterial"}},
		{"IRA", []string{"insuficiencia renal aguda", "infección respiratoria aguda"}},
		{"ARA-II", []string{"antagonista"}}, // folded
		{"es una HTAP", nil},
		{"ES", []string{"esclerosis sistémica"}},
		{"LA ES ES", nil},
		{"DOLOR POR HTA", []string{"DOLOR POR hipertensión arterial"}},
		{"vía", []string{"vaso"}},
		{"fiebre", nil},
		{"", nil},
	} {
		got := a.Expand(c.text)
		if !slices.Equal(got, c.want) {
			t.Errorf("Expand(%q) = %q, want %q", c.text, got, c.want)
		}
	}
	if got := a.Expand(strings.Repeat("IRA ", 10)); len(got) != maxExpansions {
		t.Errorf("%d expansions of ten ambiguous abbreviations, should be %d", len(got), maxExpansions)
	}
	var none *Abbreviations
	if none.Expand("HTA") != nil || none.Len() != 0 || none.With(a).Expand("HTA") == nil {
		t.Error("no abbreviations know something")
	}
}

func TestOwnAbbreviationsComeFirst(t *testing.T) {
	a := abbreviations(t, "PCR\tes\tproteína C reactiva")
	user := abbreviations(t, "PCR\tes\tparada cardiorrespiratoria", "XYZ\t\tequis")
	text := "prueba de control rápida (PCR)"
	got := a.With(user).WithDefined(Defined(text)...).Expand("PCR")
	if want := []string{"prueba de control rápida", "parada cardiorrespiratoria", "proteína C reactiva"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := a.Expand("PCR"); len(got) != 1 || a.Expand("XYZ") != nil {
		t.Errorf("the first set changed: %q", got)
	}
}

func TestBrokenAbbreviationsAreNamed(t *testing.T) {
	for _, bad := range []string{"HTA", "HTA\tes", "HTA\tes\t", "\tes\tx", "HTA\tes\tx\ty", "HTA\tes\tx||y", "\xff\tes\tx"} {
		_, err := ReadAbbreviations(strings.NewReader("A\tes\tb\n"+bad+"\n"), "own.tsv")
		if err == nil || !strings.Contains(err.Error(), "own.tsv:2") {
			t.Errorf("%q gave %v", bad, err)
		}
	}
}

func TestDefined(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"Paciente con hipertensión arterial (HTA) y tos.", []string{"HTA=hipertensión arterial"}},
		{"diagnóstico de VIH (virus de la inmunodeficiencia humana) en 2003", []string{"VIH=virus de la inmunodeficiencia humana"}},
		{"proteína C reactiva (PCR) de 3, reacción en cadena de la polimerasa (PCR)", []string{"PCR=proteína C reactiva"}}, // the letters of the second are in another order
		{"tomografía axial computarizada (TAC, con contraste)", []string{"TAC=tomografía axial computarizada"}},
		{"carcinoma ductal infiltrante (CDI) G3 (T1)", []string{"CDI=carcinoma ductal infiltrante"}},
		{"Émbolo pulmonar (EP)", []string{"EP=Émbolo pulmonar"}},
		{"Niño 世界: heat shock transcription factor (HSF)", []string{"HSF=heat shock transcription factor"}},
		{"lo vio. Arterial hipertensión. Otra (HTA)", nil}, // another sentence
		{"el paciente (varón) de 30 años (ver tabla)", nil},
		{"HTA (HTA)", nil},
		{"fiebre (39)", nil},
		{"masa (4 cm", nil},
		{"a (B)", nil},
		{"EPOC (enfermedad pulmonar obstructiva crónica, severa)", []string{"EPOC=enfermedad pulmonar obstructiva crónica"}},
		{"", nil},
	} {
		var got []string
		for _, d := range Defined(c.text) {
			got = append(got, d.Short+"="+d.Long)
			r := []rune(c.text)
			if s, l := string(r[d.ShortSpan.Start:d.ShortSpan.End]), string(r[d.LongSpan.Start:d.LongSpan.End]); s != d.Short || l != d.Long {
				t.Errorf("%q: spans hold %q and %q", c.text, s, l)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("Defined(%q) = %q, want %q", c.text, got, c.want)
		}
	}
}

func FuzzDefined(f *testing.F) {
	f.Add("hipertensión arterial (HTA) VIH (virus (x))")
	f.Add("(((A)B\xffC (Ab")
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range Defined(s) {
			if d.Short == "" || d.Long == "" || d.ShortSpan.Len() <= 0 || d.LongSpan.Len() <= 0 {
				t.Fatalf("%q: %+v", s, d)
			}
		}
		ClinicalAbbreviations().Expand(s)
	})
}

// naiveDistance fills the matrix.
func naiveDistance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		corner := row[0]
		row[0] = i + 1
		for j := range b {
			cost := corner
			if a[i] != b[j] {
				cost++
			}
			corner = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func TestDistanceEqualsTheMatrix(t *testing.T) {
	texts := append(madeUp(60, 4), "", "a", "niño 世界", strings.Repeat("carcinoma ", 30), strings.Repeat("sarcoma ñ", 33),
		strings.Repeat("x", 64), strings.Repeat("x", 65)+"y", strings.Repeat("x", 63)+"yx")
	for _, a := range texts {
		for _, b := range texts {
			if got, want := Distance(a, b), naiveDistance([]rune(a), []rune(b)); got != want {
				t.Fatalf("Distance(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestFuzzy(t *testing.T) {
	x := New([]string{"carcinoma ductal", "Carcinoma  Ductál", "carcinoma lobulillar", "fiebre", "fiebres"})
	for _, c := range []struct {
		text      string
		threshold float32
		k         int
		want      string
	}{
		{"carsinoma ductal", 0.9, 5, "[{0 0.94} {1 0.94}]"},
		{"carsinoma ductal", 0.9, 1, "[{0 0.94}]"},
		{"carsinoma ductal", 0.95, 5, "[]"},
		{"FIEBRE", 0.8, 5, "[{3 1.00} {4 0.86}]"},
		{"", 0, 5, "[]"},
		{"fiebre", 0, 0, "[]"},
	} {
		got := []string{}
		for _, h := range x.Fuzzy(c.text, c.threshold, c.k) {
			got = append(got, fmt.Sprintf("{%d %.2f}", h.Row, h.Score))
		}
		if s := "[" + strings.Join(got, " ") + "]"; s != c.want {
			t.Errorf("Fuzzy(%q, %v, %d) = %s, want %s", c.text, c.threshold, c.k, s, c.want)
		}
	}
}

func TestFuzzyFindsMisspelledNames(t *testing.T) {
	names := madeUp(2000, 12)
	x := New(names)
	for row := 0; row < len(names); row += 37 {
		n := []rune(names[row])
		if len(n) < 8 {
			continue
		}
		n[len(n)/2], n[2] = 'w', 'k'
		if d := Distance(Fold(string(n)), names[row]); !slices.ContainsFunc(x.Fuzzy(string(n), 0.7, 10), func(h kb.Hit) bool {
			return names[h.Row] == names[row]
		}) {
			t.Errorf("%q, %d letters from %q, does not find it", string(n), d, names[row])
		}
	}
}
