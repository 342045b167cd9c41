package cells

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestFitIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	parts := []string{"adenocarcinoma", "世界", " ", "é", "e\u0301", "\x1b[1;31mrojo\x1b[m", "❤️", "👩‍👩‍👧", "x"}
	for range 2000 {
		s := ""
		for range r.IntN(10) {
			s += parts[r.IntN(len(parts))]
		}
		w := 1 + r.IntN(40)
		if got := Width(Fit(s, w, "…")); got != w {
			t.Fatalf("Fit(%q, %d) is %d wide", s, w, got)
		}
		if got := Width(Spread(s, "saved 14", w, "…")); got != w {
			t.Fatalf("Spread(%q, %d) is %d wide", s, w, got)
		}
		if got := Width(CutLeft(s, w, "…")); got > w {
			t.Fatalf("CutLeft(%q, %d) is %d wide", s, w, got)
		}
		if plain := ansi.Strip(s); Width(CutMiddle(plain, w, "…")) > w {
			t.Fatalf("CutMiddle(%q, %d) is %d wide", plain, w, Width(CutMiddle(plain, w, "…")))
		}
	}
}

func TestOverlayKeepsTheWidth(t *testing.T) {
	screen := []string{"0123456789", "世界世界世界", "\x1b[31mabcdefghij\x1b[m"}
	Overlay(screen, []string{"XX", "XX", "XX"}, 3, 0)
	want := []string{"012XX56789", "世 XX 界世界"}
	for i := range want {
		if got := ansi.Strip(screen[i]); got != want[i] {
			t.Errorf("row %d is %q, want %q", i, got, want[i])
		}
	}
	if got := ansi.Strip(screen[2]); got != "abcXXfghij" {
		t.Errorf("row 2 is %q", got)
	}
}

func TestCutMiddleKeepsBothEnds(t *testing.T) {
	const s = "no suggestions: open /home/ana/models/oncology/model.onnx: no such file"
	if got, want := CutMiddle(s, 40, "…"), "no suggestion…gy/model.onnx: no such file"; got[:13] != want[:13] || got[len(got)-20:] != want[len(want)-20:] {
		t.Errorf("got %q", got)
	}
	if got := CutMiddle("short", 40, "…"); got != "short" {
		t.Errorf("got %q", got)
	}
}

func TestWrap(t *testing.T) {
	got := Wrap("adenocarcinoma de pulmón estadio IV", 16, 2, "…")
	if want := []string{"adenocarcinoma", "de pulmón estad…"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCleanLeavesNothingForTheTerminal(t *testing.T) {
	if got := Clean("a\x1b[31m\nb\u202ec\x07"); got != "a[31m bc" {
		t.Errorf("got %q", got)
	}
}
