package tui

import (
	"flag"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/tui/cells"
)

type windowSize struct{ w, h int }

// goldenSizes are the least that serves, the one that most terminals begin with, and two larger ones.
var goldenSizes = []windowSize{{60, 16}, {80, 24}, {120, 40}, {200, 60}}

func TestScreens(t *testing.T) {
	for _, z := range append([]windowSize{{40, 12}}, goldenSizes...) {
		t.Run(fmt.Sprintf("%dx%d", z.w, z.h), func(t *testing.T) {
			s := open(t, z.w, z.h, Options{})
			golden.RequireEqual(t, trimmed(s.m.View().Content))
		})
	}
	t.Run("ascii", func(t *testing.T) {
		golden.RequireEqual(t, trimmed(open(t, 80, 24, Options{ASCII: true}).m.View().Content))
	})
	t.Run("search", func(t *testing.T) {
		s := open(t, 80, 24, Options{})
		s.f.found = candidates("x")
		s.press("s")
		golden.RequireEqual(t, trimmed(s.m.View().Content))
	})
	t.Run("help", func(t *testing.T) {
		s := open(t, 120, 40, Options{})
		s.press("?")
		golden.RequireEqual(t, trimmed(s.m.View().Content))
	})
	t.Run("colours", func(t *testing.T) {
		s := open(t, 80, 24, Options{})
		s.m.opt.Theme = "dark"
		s.send(tea.BackgroundColorMsg{Color: color.Black})
		golden.RequireEqual(t, s.m.View().Content)
	})
}

func trimmed(s string) string {
	rows := strings.Split(ansi.Strip(s), "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.Join(rows, "\n") + "\n"
}

// Whatever is open at whatever size, a frame is as large as the screen, and the
// marks that scripts wait for are whole.
func TestFramesFit(t *testing.T) {
	for _, keys := range []string{"", "n", "s", "?", ":", "t", "/", "v v w", "f", "o", "m", "h", "G"} {
		for w := leastWidth; w <= 220; w += 13 {
			for _, h := range []int{leastHeight, 24, 50} {
				s := open(t, w, h, Options{})
				s.press(keys)
				rows := strings.Split(s.m.View().Content, "\n")
				if len(rows) != h {
					t.Fatalf("%q at %dx%d: %d rows", keys, w, h, len(rows))
				}
				for i, r := range rows {
					if got := cells.Width(r); got != w {
						t.Fatalf("%q at %dx%d: row %d is %d wide: %q", keys, w, h, i, got, ansi.Strip(r))
					}
				}
				last := ansi.Strip(rows[h-1])
				if !strings.Contains(last, "idle") || !strings.HasSuffix(strings.TrimRight(last, " "), s.m.savedText()) {
					t.Fatalf("%q at %dx%d: the status line is %q", keys, w, h, last)
				}
			}
		}
	}
}

func TestASmallScreenSaysWhatIsNeeded(t *testing.T) {
	s := open(t, 40, 12, Options{})
	s.wantText("gloss needs 60 columns")
	s.press("a")
	s.wantLog()
	if !s.press("q") {
		t.Error("q did not leave")
	}
	s = open(t, 40, 12, Options{})
	s.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	s.wantText("▌adenocarcinoma de pulmón▐")
	for w := 1; w < 70; w += 3 {
		for h := 1; h < 20; h++ {
			s.send(tea.WindowSizeMsg{Width: w, Height: h})
			if got := len(strings.Split(s.m.View().Content, "\n")); got > h {
				t.Fatalf("%dx%d: %d rows", w, h, got)
			}
		}
	}
}

func TestTheManualIsFresh(t *testing.T) {
	path := filepath.Join("..", "docs", "keys.md")
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(Manual()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != Manual() {
		t.Error("docs/keys.md is stale: run go generate ./tui")
	}
}

// longDocument is a document of 75,000 words with 2,000 mentions.
func longDocument(tb testing.TB) *Model {
	tb.Helper()
	f := newFake()
	text := strings.Repeat("Varón de 63 años, fumador, con metástasis óseas. ", 9400)
	var ms []string
	for i := range 2000 {
		ms = append(ms, string("spaln"[i%5])+" ENFERMEDAD fumador")
	}
	f.add("long", text, ms...)
	d := f.docs["long"]
	for i := range d.Items {
		start := corpus.Off(i) * d.Text.Len() / 2000
		d.Items[i].Spans = corpus.One(start, start+12)
	}
	m := New(f, Options{})
	m.Update(tea.WindowSizeMsg{Width: 200, Height: 60})
	m.Update(changedMsg{})
	return m
}

func BenchmarkScroll(b *testing.B) {
	m := longDocument(b)
	keys := []tea.KeyPressMsg{stroke("j"), stroke("j"), stroke("k")}
	for i := 0; b.Loop(); i++ {
		m.Update(keys[i%3])
		_ = m.View()
	}
}

func BenchmarkNext(b *testing.B) {
	m := longDocument(b)
	for i := 0; b.Loop(); i++ {
		k := "n"
		if i%2000 > 1000 {
			k = "p"
		}
		m.Update(stroke(k))
		_ = m.View()
	}
}

func BenchmarkAccept(b *testing.B) {
	m := longDocument(b)
	for i := 0; b.Loop(); i++ {
		m.Update(stroke([]string{"a", "u"}[i%2]))
		_ = m.View()
	}
}

func BenchmarkOpen(b *testing.B) {
	m := longDocument(b)
	for b.Loop() {
		m.docName, m.doc = "", nil
		m.open("long", "")
		m.compose()
	}
}
