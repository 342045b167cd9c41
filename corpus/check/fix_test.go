package check_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/check"
)

func read(t *testing.T, elem ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// fix runs Fix on one document a and returns what its .ann file is then.
func fix(t *testing.T, dir string) (check.FixReport, string) {
	t.Helper()
	r, err := check.Fix(t.Context(), dir, check.FixOptions{Backup: filepath.Join(dir, ".gloss", "backup")})
	if err != nil {
		t.Fatal(err)
	}
	return r, read(t, dir, "a.ann")
}

// TestFix has a case for every repair, and for its neighbours that are not certain.
func TestFix(t *testing.T) {
	const text = "Hello wörld 𝒳 foo bar\nline two\n"
	const nfd = "cafe\u0301 solo" // 10 code points, one more than as NFC
	for _, c := range []struct {
		name, text, before, after string // after empty: nothing is certain
		left                      []string
	}{
		{"crlf as one", "ab\r\ncd\r\nef gh\r\n", "T1\tX 3 5\tcd\nT2\tX 6 8\tef\nT3\tX 9 11\tgh\n", "T1\tX 4 6\tcd\nT2\tX 8 10\tef\nT3\tX 11 13\tgh\n", nil},
		{"byte order mark", "\ufeffab cd ef", "T1\tX 0 2\tab\nT2\tX 3 5\tcd more\n", "T1\tX 1 3\tab\nT2\tX 4 6\tcd more\n", nil},
		{"utf-16", "ab 𝒳 cd 𝒳 ef", "T1\tX 0 2\tab\nT2\tX 6 8\tcd\nA1\tNeg T2\nT3\tX 12 14;0 2\tef ab\n", "T1\tX 0 2\tab\nT2\tX 5 7\tcd\nA1\tNeg T2\nT3\tX 10 12;0 2\tef ab\n", nil},
		{"utf-8", "ñandú año sí", "T1\tX 0 7\tñandú\nT2\tX 8 12\taño\nT3\tX 13 16\tsí\n", "T1\tX 0 5\tñandú\nT2\tX 6 9\taño\nT3\tX 10 12\tsí\n", nil},
		{"nfc offsets and text", nfd + " doble", "T1\tX 0 4\tcaf\u00e9\nT2\tX 5 9\tsolo\nT3\tX 10 15\tdoble\n", "T1\tX 0 5\tcafe\u0301\nT2\tX 6 10\tsolo\nT3\tX 11 16\tdoble\n", nil},
		{"a heading was cut off", "uno dos tres cuatro", "T1\tX 14 17\tdos\nT2\tX 18 22\ttres\nT3\tX 23 29\tcuatro\n", "T1\tX 4 7\tdos\nT2\tX 8 12\ttres\nT3\tX 13 19\tcuatro\n", nil},
		{"a word was put in", "uno dos mas tres cuatro", "T1\tX 4 7\tdos\nT2\tX 8 12\ttres\nT3\tX 13 19\tcuatro\n", "T1\tX 4 7\tdos\nT2\tX 12 16\ttres\nT3\tX 17 23\tcuatro\n", nil},
		{"two shifts fit", "uno dos tres uno dos tres", "T1\tX 30 33\tuno\nT2\tX 34 37\tdos\n", "", []string{"1 out-of-range", "2 out-of-range"}},
		{"too short a proof", "ñ a b", "T1\tX 3 4\ta\nT2\tX 5 6\tb\n", "", []string{"1 offset-reading", "1 text-mismatch", "2 out-of-range"}},
		{"two programs", "ñandú año sí nuncas", "T1\tX 0 5\tñandú\nT2\tX 6 9\taño\nT3\tX 13 16\tsí\nT4\tX 17 23\tnuncas\n", "T1\tX 0 5\tñandú\nT2\tX 6 9\taño\nT3\tX 10 12\tsí\nT4\tX 13 19\tnuncas\n", []string{}},
		{"two programs and a line that is right in both counts", "ñaaaa año sí nuncas", "T1\tX 3 5\taa\nT2\tX 6 9\taño\nT3\tX 12 15\tsí\nT4\tX 16 22\tnuncas\n", "T1\tX 3 5\taa\nT2\tX 6 9\taño\nT3\tX 10 12\tsí\nT4\tX 13 19\tnuncas\n", nil},
		{"two programs and a line that either may have written", "ñandú año sí nuncas", "T1\tX 0 5\tñandú\nT2\tX 6 9\taño\nT3\tX 13 16\tsí\nT4\tX 17 23\tnuncas\nT5\tX 6 9\n", "",
			[]string{"3 offset-reading", "3 text-mismatch", "4 out-of-range", "5 missing-text"}},
		{"a reading for a line without text", "ñandú año sí", "T1\tX 0 7\tñandú\nT2\tX 8 12\n", "T1\tX 0 5\tñandú\nT2\tX 6 9\taño\n", nil},
		{"one wrong text", text, "T1\tX 0 5\tHello\nT2\tX 6 11\tworld\n", "", []string{"2 text-mismatch"}},
		{"unicode form", nfd, "T1\tX 0 5\tcaf\u00e9\n", "T1\tX 0 5\tcafe\u0301\n", nil},
		{"inverted", text, "T1\tX 5 0\tHello\nT2\tX 5 0\tother\n", "T1\tX 0 5\tHello\nT2\tX 5 0\tother\n", []string{"2 inverted-span"}},
		{"out of range", "Hello", "T1\tX 0 9\tHello\nT2\tX -1 5\tHello\nT3\tX 0 9\tHello you\n", "T1\tX 0 5\tHello\nT2\tX 0 5\tHello\nT3\tX 0 9\tHello you\n", []string{"3 out-of-range"}},
		{"overlapping fragments", text, "T1\tX 3 5;0 3\tlo Hel\nT2\tX 0 5;0 5\tHello Hello\nT3\tX 0 4;2 5\tHello\nT4\tX 0 3;1 5\tnot so\n", "T1\tX 0 3;3 5\tHel lo\nT2\tX 0 5\tHello\nT3\tX 0 5\tHello\nT4\tX 0 3;1 5\tnot so\n", []string{"4 overlapping-fragments"}},
		{"newline", text, "T1\tX 18 26\tbar line\nT2\tX 18 26\tbar\\nline\nT3\tX 18 22\tbar\nT4\tX 18 26\tbarn line\n", "T1\tX 18 21;22 26\tbar line\nT2\tX 18 21;22 26\tbar line\nT3\tX 18 21\tbar\nT4\tX 18 26\tbarn line\n", []string{"4 newline-in-span"}},
		{"newline in the file", text, "T1\tX 18 26\tbar\nline\nT2\tX 0 5\tHello\n", "T1\tX 18 21;22 26\tbar line\nT2\tX 0 5\tHello\n", nil},
		{"crlf in the file", "ab\r\ncd", "T1\tX 0 6\tab\r\ncd\r\n", "T1\tX 0 2;4 6\tab cd\r\n", nil},
		{"line separator", "ab\u2028cd", "T1\tX 0 5\tab\u2028cd\n#1\tN T1\ta\u2028b\n", "T1\tX 0 2;3 5\tab cd\n#1\tN T1\ta\u2028b\n", []string{"2 line-separator"}},
		{"blank lines", text, "\nT1\tX 0 5\tHello\n  \r\n", "T1\tX 0 5\tHello\n", nil},
		{"byte order mark of the annotations", text, "\ufeffT1\tX 0 5\tHello\nA1\tNeg T1\n", "T1\tX 0 5\tHello\nA1\tNeg T1\n", nil},
		{"byte order mark before an id that is taken", text, "\ufeffT1\tX 0 5\tHello\nT1\tX 6 11\twörld\n", "", []string{"1 bom"}},
		{"duplicate ids", text, "T1\tX 0 5\tHello\nT1\tX 6 11\twörld\nT3\tX 0 5\tHello\nT3\tX 0 5\tHello\n", "T1\tX 0 5\tHello\nT2\tX 6 11\twörld\nT3\tX 0 5\tHello\n", nil},
		{"duplicate id that is referred to", text, "T1\tX 0 5\tHello\nT1\tX 6 11\twörld\nA1\tNeg T1\n", "", []string{"2 duplicate-id"}},
		{"duplicate id, then wrong text", text, "T1\tX 0 5\tHello\nT1\tX 6 11\tworld\n", "", []string{"2 duplicate-id"}},
		{"missing text", text, "T1\tX 0 5\tHello\nT2\tX 6 11\nT3\tX 14 17\t \n", "T1\tX 0 5\tHello\nT2\tX 6 11\twörld\nT3\tX 14 17\tfoo\n", nil},
		{"missing text beside a wrong one", text, "T1\tX 0 5\tJello\nT2\tX 6 11\n", "", []string{"1 text-mismatch", "2 missing-text"}},
		{"old style", text, "T1\tX 0 5;14 17\tHellofoo\tx\n", "T1\tX 0 5;14 17\tHello foo\tx\n", nil},
		{"empty span", text, "T1\tX 3 3\n", "T1\tX 3 3\t\n", nil},
		{"carriage return", text, "T1\tX 0 5\tHello\r\nA1\tNeg T1\r\nA2\tSure T1 low\r\n", "T1\tX 0 5\tHello\r\nA1\tNeg T1\t\r\nA2\tSure T1 low\t\r\n", nil},
		{"separators", text, "T1 X 0 5 Hello\nT2\tX  6  11\twörld\nT3\tX 0 5; 14 17\tHello foo\nT4 X 0 5 Jello\n", "T1\tX 0 5\tHello\nT2\tX 6 11\twörld\nT3\tX 0 5;14 17\tHello foo\nT4 X 0 5 Jello\n", []string{"4 unknown-line"}},
		{"what nobody can decide", text, "A1\tNeg T7\nnonsense\nE1\tX:T9\nR1\tRel T1 T2\n1\tX\n", "", []string{"1 dangling-reference", "2 unknown-line", "3 unloadable", "4 unloadable", "4 unloadable", "5 unloadable"}},
		{"no line end", text, "\nT1\tX 5 0\tHello", "T1\tX 0 5\tHello", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := tree(t, map[string]string{"a.txt": c.text, "a.ann": c.before})
			_, all := found(t, dir)
			r, after := fix(t, dir)
			if c.after == "" {
				if after != c.before || len(r.Fixed) != 0 {
					t.Errorf("changed to %q", after)
				}
			} else if after != c.after || len(r.Fixed) != 1 {
				t.Errorf("got  %q\nwant %q", after, c.after)
			}
			var left []string
			for _, f := range r.Findings {
				left = append(left, fmt.Sprintf("%d %s", f.Line, f.Kind))
				if f.Certain {
					t.Errorf("certain and left: %+v", f)
				}
			}
			if !slices.Equal(left, c.left) && len(left)+len(c.left) > 0 {
				t.Errorf("left %q, want %q", left, c.left)
			}
			if got := slices.ContainsFunc(all, func(f check.Finding) bool { return f.Certain }); got != (c.after != "") {
				t.Errorf("told to be certain: %v; %v", got, all)
			}
			checkAgain(t, dir, c.before, r, after)
		})
	}
}

// checkAgain: the old file is kept, a second run changes nothing, and the diff says what was done.
func checkAgain(t *testing.T, dir, before string, r check.FixReport, after string) {
	t.Helper()
	again, same := fix(t, dir)
	if same != after || len(again.Fixed) != 0 {
		t.Errorf("a second run makes %q of %q", same, after)
	}
	for _, f := range r.Fixed {
		if kept := read(t, f.Backup); kept != before {
			t.Errorf("kept %q, want %q", kept, before)
		}
		if got := patch(t, before, f.Diff); got != after {
			t.Errorf("the diff makes %q, want %q\n%s", got, after, f.Diff)
		}
	}
}

// patch applies a unified diff.
func patch(t *testing.T, s, diff string) string {
	t.Helper()
	lines := strings.SplitAfter(s, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	var out []string
	at := 0
	diff = strings.ReplaceAll(diff, "\n\\ No newline at end of file\n", "\x00")
	for d := range strings.SplitAfterSeq(strings.ReplaceAll(diff, "\x00", "\x00\n"), "\n") {
		d = strings.ReplaceAll(d, "\x00\n", "")
		switch {
		case strings.HasPrefix(d, "--- ") || strings.HasPrefix(d, "+++ ") || d == "":
		case strings.HasPrefix(d, "@@ "):
			var from, n int
			if _, err := fmt.Sscanf(d, "@@ -%d,%d", &from, &n); err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				from--
			}
			out = append(out, lines[at:from]...)
			at = from
		case d[0] == '+':
			out = append(out, d[1:])
		default:
			if at == len(lines) || lines[at] != d[1:] {
				t.Fatalf("the diff expects %q in line %d", d, at+1)
			}
			if d[0] == ' ' {
				out = append(out, lines[at])
			}
			at++
		}
	}
	return strings.Join(append(out, lines[at:]...), "")
}

func TestFixFiles(t *testing.T) {
	dir := tree(t, map[string]string{"s/a.txt": "Hello", "s/a.ann": "T1\tX 5 0\tHello\n", "b.txt": "Hello", "b.ann": "T1\tX 5 0\tHello\n",
		"c.txt": "Hello", "c.a1": "T1\tX 5 0\tHello\n", "d.txt": "Hello", "d.ann": "T1\tX 0 5\tHello\n", "e.txt": "\xff", "e.ann": "\n"})
	backup := filepath.Join(dir, ".gloss", "backup")
	o := check.FixOptions{Backup: backup, Keep: func(_ context.Context, doc string) (string, error) {
		if doc == "b" {
			return "decided", nil
		}
		return "", nil
	}}
	r, err := check.Fix(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Fixed) != 1 || r.Fixed[0].File != "s/a.ann" || r.Fixed[0].Backup != filepath.Join(backup, "s", "a.ann") {
		t.Errorf("fixed %+v", r.Fixed)
	}
	if want := "--- a/s/a.ann\n+++ b/s/a.ann\n@@ -1,1 +1,1 @@\n-T1\tX 5 0\tHello\n+T1\tX 0 5\tHello\n"; len(r.Fixed) == 1 && r.Fixed[0].Diff != want {
		t.Errorf("diff %q", r.Fixed[0].Diff)
	}
	if len(r.Refused) != 2 || r.Refused[0] != (check.Refused{File: "b.ann", Reason: "decided"}) || r.Refused[1].File != "c.ann" || !strings.Contains(r.Refused[1].Reason, ".a1") {
		t.Errorf("refused %+v", r.Refused)
	}
	if read(t, dir, "b.ann") != "T1\tX 5 0\tHello\n" || read(t, dir, "c.a1") != "T1\tX 5 0\tHello\n" {
		t.Error("a refused file was written")
	}
	if _, err := os.Stat(filepath.Join(dir, "c.ann")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("an .ann file was made beside .a1")
	}
	if runtime.GOOS != "windows" {
		for path, want := range map[string]fs.FileMode{backup: 0o700, filepath.Join(backup, "s"): 0o700, r.Fixed[0].Backup: 0o600} {
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
				t.Errorf("%s: %v, %v, want %v", path, info.Mode(), err, want)
			}
		}
	}
	// A second repair of the same document keeps both old files.
	if err := os.WriteFile(filepath.Join(dir, "s", "a.ann"), []byte("\nT1\tX 0 5\tHello\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if r, err = check.Fix(t.Context(), dir, o); err != nil || len(r.Fixed) != 1 || r.Fixed[0].Backup != filepath.Join(backup, "s", "a.ann.2") || read(t, backup, "s", "a.ann") != "T1\tX 5 0\tHello\n" {
		t.Errorf("second: %+v, %v", r.Fixed, err)
	}
}

func TestFixErrors(t *testing.T) {
	files := map[string]string{"a.txt": "Hello", "a.ann": "T1\tX 5 0\tHello\n", "file": ""}
	dir := tree(t, files)
	if _, err := check.Fix(t.Context(), dir, check.FixOptions{Backup: filepath.Join(dir, "file")}); err == nil || read(t, dir, "a.ann") != files["a.ann"] {
		t.Errorf("without a backup nothing is written: %v", err)
	}
	broken := errors.New("broken")
	keep := func(context.Context, string) (string, error) { return "", broken }
	if _, err := check.Fix(t.Context(), dir, check.FixOptions{Backup: t.TempDir(), Keep: keep}); !errors.Is(err, broken) || read(t, dir, "a.ann") != files["a.ann"] {
		t.Errorf("where the journal cannot be asked nothing is written: %v", err)
	}
	// Another program writes between reading and writing.
	keep = func(context.Context, string) (string, error) {
		return "", os.WriteFile(filepath.Join(dir, "a.ann"), []byte("T2\tX 5 0\tHello\n"), 0o644)
	}
	r, err := check.Fix(t.Context(), dir, check.FixOptions{Backup: t.TempDir(), Keep: keep})
	if err != nil || len(r.Fixed) != 0 || len(r.Refused) != 1 || read(t, dir, "a.ann") != "T2\tX 5 0\tHello\n" {
		t.Errorf("changed meanwhile: %+v, %v", r, err)
	}
	if _, err := check.Fix(t.Context(), t.TempDir(), check.FixOptions{}); err == nil {
		t.Error("no documents")
	}
}

// damages are ways in which a right line goes wrong.
var damages = []func(r *rand.Rand, l string) string{
	func(_ *rand.Rand, l string) string { return l + l },
	func(_ *rand.Rand, l string) string { return "\n" + l },
	func(_ *rand.Rand, l string) string { return strings.Replace(l, "\t", " ", 1) },
	func(_ *rand.Rand, l string) string { return strings.Replace(l, " ", "  ", 1) },
	func(_ *rand.Rand, l string) string { return l[:strings.LastIndexByte(l, '\t')] + "\n" },
	func(_ *rand.Rand, l string) string { return strings.Replace(l, ";", "; ", 1) },
	func(r *rand.Rand, l string) string {
		return strings.Replace(l, "\t", fmt.Sprintf("\t%d", r.IntN(3)), 1)
	},
	func(r *rand.Rand, l string) string {
		p := strings.SplitN(l, " ", 3)
		return p[0] + " " + fmt.Sprint(r.IntN(40)) + " " + p[2]
	},
	func(_ *rand.Rand, l string) string { return "T1" + l[strings.IndexByte(l, '\t'):] },
	func(_ *rand.Rand, l string) string { return strings.Replace(l, "\n", "\r\n", 1) },
	func(_ *rand.Rand, l string) string { return "A1\tNeg T2\r\n" + l },
	func(r *rand.Rand, l string) string { return l[:r.IntN(len(l))] + "\n" },
}

// TestFixProperties damages files at random: a repair leaves nothing certain,
// touches no line that had nothing wrong with it, and is done once.
func TestFixProperties(t *testing.T) {
	words := []string{"año", "sí", "𝒳", "e\u0301", "de", "uno\n", "dos\r\n", "tres", "ñandú", "la"}
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 1))
		var b strings.Builder
		for range 30 {
			b.WriteString(words[r.IntN(len(words))] + " ")
		}
		text := corpus.NewText(b.String())
		unit := func(o corpus.Off) int { return int(o) }
		if seed%3 == 1 {
			unit = func(o corpus.Off) int { return text.Byte(o) }
		}
		var ann strings.Builder
		for i := range 12 {
			start := corpus.Off(r.IntN(int(text.Len()) - 6))
			end := start + corpus.Off(1+r.IntN(5))
			l := fmt.Sprintf("T%d\tX %d %d\t%s\n", i+1, unit(start), unit(end), strings.NewReplacer("\n", " ", "\r", " ").Replace(text.Slice(corpus.Span{Start: start, End: end})))
			for range r.IntN(2) {
				l = damages[r.IntN(len(damages))](r, l)
			}
			ann.WriteString(l)
		}
		before := ann.String()
		dir := tree(t, map[string]string{"a.txt": text.String(), "a.ann": before})
		_, all := found(t, dir)
		rep, after := fix(t, dir)
		for _, f := range rep.Findings {
			if f.Certain {
				t.Errorf("seed %d: certain and left: %+v", seed, f)
			}
		}
		if more := len(rep.Findings) - len(all); more > 0 {
			t.Errorf("seed %d: %d findings more than before\n%q\n%q", seed, more, before, after)
		}
		untouched := map[int]bool{} // lines, from 1, with nothing certain
		for i := range strings.Count(before, "\n") {
			untouched[i+1] = true
		}
		reread := false
		for _, f := range all {
			if f.Certain {
				delete(untouched, f.Line)
				reread = reread || f.Kind == check.OffsetReading
			}
		}
		rest := after
		for i, l := range strings.SplitAfter(before, "\n") {
			// A reading may also move lines that matched by chance.
			if untouched[i+1] && !reread {
				_, tail, ok := strings.Cut(rest, l)
				if !ok {
					t.Errorf("seed %d: line %d %q is not in %q", seed, i+1, l, rest)
				}
				rest = tail
			}
		}
		checkAgain(t, dir, before, rep, after)
	}
}
