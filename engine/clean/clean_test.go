package clean

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestParseErrors(t *testing.T) {
	for list, want := range map[string]string{
		"uper":                          `"uper" is unknown`,
		"numbers":                       "want numbers=TOKEN",
		"numbers=":                      "want numbers=TOKEN",
		"numbers=a b":                   "without white space",
		"lower=yes":                     `"lower=yes" is unknown`,
		"skip-one-word-sentences|lower": "must be the last",
		"uper|numbers":                  "want numbers=TOKEN",
	} {
		if _, err := Parse(strings.Split(list, "|")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v does not say %q", list, err, want)
		}
	}
	if s, err := Parse(nil); err != nil || !s.None() {
		t.Errorf("no steps: %v", err)
	}
}

func parse(t testing.TB, steps ...string) Steps {
	t.Helper()
	s, err := Parse(steps)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestClean(t *testing.T) {
	for _, c := range []struct{ steps, text, want string }{
		{"lower", "ÁRBOL İ ΣΑΣ ẞ", "árbol i σασ ß"},
		{"drop-punct", "(Ca. ductal/lobulillar, G3) -- ", "Ca ductal lobulillar G3"},
		{"drop-punct", "a - b\r\n", "a b\r\n"},
		{"drop-punct", "fiebre ❤\ufe0f\u0301 👨\u200d👩 alta", "fiebre alta"},
		{"drop-punct", "cafe\u0301.", "cafe\u0301"},
		{"numbers=Cifra", "1.5 cm, 3,5,7; 4. CD20 3mg 5-6 ½", "Cifra cm, Cifra; Cifra. CD20 3mg Cifra-Cifra ½"},
		{"numbers=0 drop-punct", "1.5", "0"},
		{"drop-punct numbers=0", "1.5", "0 0"},
		{"drop-punct skip-one-word-sentences", "Diagnóstico: ", ""},
		{"skip-one-word-sentences", "¿Sí?", ""},
		{"skip-one-word-sentences", "¿Sí, no?", "¿Sí, no?"},
		{"", " as it is.", " as it is."},
	} {
		if got := parse(t, strings.Fields(c.steps)...).Clean(c.text).String; got != c.want {
			t.Errorf("%s of %q: %q, want %q", c.steps, c.text, got, c.want)
		}
	}
}

// What stands for a part of the original leads back to it, whatever bytes it has.
func TestSource(t *testing.T) {
	for _, c := range []struct{ steps, text, part, want string }{
		{"lower", "😀 ÁRBOL", "árbol", "ÁRBOL"},
		{"lower", "İİx İstanbul", "istanbul", "İstanbul"}, // two bytes become one
		{"drop-punct", "«Ca. (ductal)» 😀", "Ca ductal", "Ca. (ductal"},
		{"drop-punct", "😀, cafe\u0301, no", "cafe\u0301 ", "cafe\u0301"},
		{"drop-punct", "un .. 😀 dos", " dos", "dos"},
		{"numbers=Cifra", "mide 1,5 cm", "ifr", "1,5"},
		{"numbers=n drop-punct lower", "Mide 12.000,5 CM.\r\nNo", "n cm", "12.000,5 CM"},
	} {
		clean := parse(t, strings.Fields(c.steps)...).Clean(c.text)
		at := strings.LastIndex(clean.String, c.part)
		if at < 0 {
			t.Errorf("%q has no %q", clean.String, c.part)
			continue
		}
		if from, to := clean.Source(at, at+len(c.part)); c.text[from:to] != c.want {
			t.Errorf("%s of %q: %q stands for %q, want %q", c.steps, c.text, c.part, c.text[from:to], c.want)
		}
	}
}

// golden.json holds what the recipe's own function returns; testdata/golden.py writes it.
func TestCleanIsTheRecipes(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text, Clean string
		Steps       []string
		Sources     [][2]int // of code points [a,b), b-a < 4 or to the end
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 200 {
		t.Fatalf("%d cases, want the whole file", len(cases))
	}
	for _, c := range cases {
		got := parse(t, c.Steps...).Clean(c.Text)
		if got.String != c.Clean {
			t.Errorf("%v of %q: %q, want %q", c.Steps, c.Text, got.String, c.Clean)
			continue
		}
		if len(c.Steps) == 0 {
			continue // a text that was not cleaned has no map
		}
		at, n, i := runeStarts(c.Clean), utf8.RuneCountInString(c.Clean), 0
		for a := 0; a <= n; a++ {
			for b := a; b <= n; b++ {
				if b-a >= 4 && b < n {
					continue
				}
				from, to := got.Source(at[a], at[b])
				f, l := utf8.RuneCountInString(c.Text[:from]), utf8.RuneCountInString(c.Text[:to])
				if want := c.Sources[i]; f != want[0] || l != want[1] {
					t.Errorf("%v of %q: [%d,%d) stands for [%d,%d), want %v", c.Steps, c.Text, a, b, f, l, want)
				}
				i++
			}
		}
	}
}

// runeStarts are the bytes at which the code points of s begin, and its length.
func runeStarts(s string) []int {
	var at []int
	for i := range s {
		at = append(at, i)
	}
	return append(at, len(s))
}

// Whatever the steps, every part of the cleaned text stands for whole code points of
// the original, in its order.
func FuzzSource(f *testing.F) {
	for i, text := range []string{"(Ca. 1,5) 😀\r\n", "cafe\u0301 İ .\u0301", "a 5 b", "👨\u200d👩 3"} {
		f.Add(text, uint8(i*31))
	}
	all := []string{"lower", "drop-punct", "numbers=Cifra", "numbers=ñ", "drop-punct", "lower"}
	f.Fuzz(func(t *testing.T, text string, chosen uint8) {
		if !utf8.ValidString(text) || len(text) > 200 {
			return
		}
		var steps []string
		for i, step := range all {
			if chosen>>i&1 != 0 {
				steps = append(steps, step)
			}
		}
		c := parse(t, steps...).Clean(text)
		at := runeStarts(c.String)
		for i := range at {
			before := 0
			for j := i; j < len(at); j++ {
				from, to := c.Source(at[i], at[j])
				if from < 0 || from > to || to > len(text) || !utf8.ValidString(text[from:to]) {
					t.Fatalf("%v of %q: bytes [%d,%d) stand for [%d,%d)", steps, text, at[i], at[j], from, to)
				}
				if to < before {
					t.Fatalf("%v of %q: a longer part of %q ends earlier", steps, text, c.String)
				}
				before = to
			}
		}
	})
}
