package brat_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

type bratCase struct {
	Name  string `json:"name"`
	Txt   string `json:"txt"`
	Ann   string `json:"ann"`
	Lines []struct {
		Kind    string     `json:"kind"`
		ID      string     `json:"id"`
		Type    string     `json:"type"`
		Spans   [][2]int   `json:"spans"`
		Text    string     `json:"text"`
		Target  string     `json:"target"`
		Value   any        `json:"value"`
		DB      string     `json:"db"`
		Ref     string     `json:"ref"`
		Trigger string     `json:"trigger"`
		Args    [][]string `json:"args"`
		Members []string   `json:"members"`
	} `json:"lines"`
	FailedLines   []int    `json:"failed_lines"`
	DocumentFails string   `json:"document_fails"`
	Errors        []string `json:"errors"`
}

// bratKinds are the names that the cases use.
var bratKinds = map[string]brat.Kind{
	"unknown": brat.Unknown, "unparsed-with-id": brat.Unparsed, "textbound": brat.Textbound,
	"attribute": brat.Attribute, "relation": brat.Relation, "equiv": brat.Equiv,
	"event": brat.Event, "norm": brat.Normalization, "note": brat.Note,
}

func TestCases(t *testing.T) {
	raw, err := os.ReadFile(sharedPath(t, "cases", "brat.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []bratCase `json:"cases"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			f := parse(t, c.Txt, c.Ann)
			if got := string(f.Bytes()); got != c.Ann {
				t.Errorf("bytes\n got %q\nwant %q", got, c.Ann)
			}
			fatal, failed, dangling := problems(f)
			if fatal != (c.DocumentFails != "") {
				t.Errorf("fatal = %v, want %q; %v", fatal, c.DocumentFails, f.Problems())
			}
			if c.DocumentFails != "" {
				return
			}
			checkFailed(t, c, f, failed)
			if !breaksInside(c.Ann) {
				checkLines(t, c, f)
			}
			for _, e := range c.Errors {
				if strings.HasSuffix(e, "not defined") || strings.Contains(e, "not defined,") {
					if dangling == 0 && !strings.Contains(c.Ann, "\r") {
						t.Errorf("want a dangling reference for %q, got %v", e, f.Problems())
					}
				}
			}
		})
	}
}

func problems(f *brat.File) (fatal bool, failed []int, dangling int) {
	for _, p := range f.Problems() {
		switch {
		case p.Level == brat.Fatal:
			fatal = true
		case p.Level == brat.Failed && !slices.Contains(failed, p.Line):
			failed = append(failed, p.Line)
		case p.Kind == brat.Dangling:
			dangling++
		}
	}
	return fatal, failed, dangling
}

// breaksInside: brat sees more lines than there are line feeds.
func breaksInside(ann string) bool {
	return strings.ContainsAny(strings.ReplaceAll(ann, "\r\n", "\n"), "\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029")
}

// checkFailed compares the lines that brat does not read. Where a line holds a
// character that brat takes for a line end, its parts fail for brat one by one.
func checkFailed(t *testing.T, c bratCase, f *brat.File, failed []int) {
	t.Helper()
	want := c.FailedLines
	if breaksInside(c.Ann) {
		want = nil
		part := 0
		for i := range f.Len() {
			parts := 1 + strings.Count(f.Line(i).Raw, "\u2028") + strings.Count(f.Line(i).Raw, "\v") + strings.Count(f.Line(i).Raw, "\u0085")
			for range parts {
				part++
				if slices.Contains(c.FailedLines, part) && !slices.Contains(want, i+1) {
					want = append(want, i+1)
				}
			}
		}
	}
	if !slices.Equal(failed, want) {
		t.Errorf("failed lines %v, want %v; %v", failed, want, f.Problems())
	}
}

func checkLines(t *testing.T, c bratCase, f *brat.File) {
	t.Helper()
	at := 0
	for i := range f.Len() {
		got := f.Line(i)
		if at == len(c.Lines) || got.Kind == brat.Equiv && at > 0 && merged(c.Lines[at-1].Members, got.Members) {
			continue // brat merges equivs that share a member while it reads
		}
		want := c.Lines[at]
		at++
		kind := got.Kind
		if kind == brat.Textbound && got.Failed {
			kind = brat.Unparsed
		}
		if kind != bratKinds[want.Kind] {
			t.Errorf("line %d: kind %v, want %s", i+1, kind, want.Kind)
			continue
		}
		if kind == brat.Unknown || kind == brat.Equiv && merged(want.Members, got.Members) {
			continue
		}
		if got.ID != want.ID {
			t.Errorf("line %d: id %q, want %q", i+1, got.ID, want.ID)
		}
		if kind == brat.Unparsed {
			continue
		}
		value, _ := want.Value.(string)
		spans := corpus.Spans{}
		for _, s := range want.Spans {
			spans = append(spans, corpus.Span{Start: corpus.Off(s[0]), End: corpus.Off(s[1])})
		}
		trim := func(s string) string { return strings.TrimSuffix(s, "\r") }
		if got.Type != want.Type || got.Target != trim(want.Target) || got.Value != trim(value) || got.DB != want.DB ||
			got.Ref != want.Ref || got.Trigger != want.Trigger || got.Text != want.Text || !got.Spans.Equal(spans) {
			t.Errorf("line %d: got %+v, want %+v", i+1, got, want)
		}
		args := [][]string{}
		for _, a := range want.Args {
			args = append(args, a[:2])
		}
		if !slices.EqualFunc(got.Args, args, func(a brat.Arg, b []string) bool { return a.Role == b[0] && a.ID == b[1] }) {
			t.Errorf("line %d: args %v, want %v", i+1, got.Args, args)
		}
	}
	if at != len(c.Lines) {
		t.Errorf("%d lines, want %d", at, len(c.Lines))
	}
}

// merged tells whether every member of b is in a.
func merged(a, b []string) bool {
	return len(a) > 0 && !slices.ContainsFunc(b, func(m string) bool { return !slices.Contains(a, m) })
}

func TestCorporaRoundTrip(t *testing.T) {
	files, mentions, bad := 0, 0, map[brat.ProblemKind]int{}
	eachAnn(t, func(path string, ann []byte, txt string) {
		f := parse(t, txt, string(ann))
		if string(f.Bytes()) != string(ann) {
			t.Errorf("%s: bytes differ", path)
		}
		files++
		mentions += len(f.Mentions())
		for _, p := range f.Problems() {
			bad[p.Kind]++
			if bad[p.Kind] < 4 {
				t.Logf("%s:%v", path, p)
			}
		}
	})
	t.Logf("%d files, %d mentions, problems %v", files, mentions, bad)
	// Five lines of one PharmaCoNER document are known not to match its text.
	if len(bad) > 1 || bad[brat.TextMismatch] > 5 {
		t.Errorf("problems %v, want at most 5 text mismatches", bad)
	}
}

func TestPythonRules(t *testing.T) {
	for r := rune(0); r < 0x3000; r++ {
		if unicode.IsDigit(r) {
			f := parse(t, "x", "T1\tX "+string(r)+" 1\tx\n")
			if got := f.Line(0).Kind; got != brat.Textbound && got != brat.Unparsed {
				t.Fatalf("digit %q: %v", r, got)
			}
		}
	}
	for s, want := range map[string]corpus.Off{"٣": 3, "0_3": 3, "+3": 3, "003": 3, "३": 3, "３": 3, "\u00a03": 3} {
		f := parse(t, "abcdef", "T1\tX "+s+" 4\td\n")
		if l := f.Line(0); l.Kind != brat.Textbound || l.Spans[0].Start != want {
			t.Errorf("start %q: %+v, want %d", s, l, want)
		}
	}
	for _, s := range []string{"_3", "3_", "0__3", "--3", "", "3.0", "x", "³"} {
		if l := parse(t, "abcdef", "T1\tX "+s+" 4\td\n").Line(0); l.Kind != brat.Unparsed {
			t.Errorf("start %q: %+v, want unparsed", s, l)
		}
	}
}

func TestWhiteSpace(t *testing.T) {
	for after, want := range map[string]bool{" x": true, "\u00a0x": true, "\x1fx": true, "\u3000x": true, "\u200bx": false, "x": false, "\x00": false} {
		if got := !parse(t, "Hello", "T1\tX 0 5\tHello"+after+"\n").Line(0).Failed; got != want {
			t.Errorf("%q after the text: read %v, want %v", after, got, want)
		}
	}
}
