package textpane

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/style"
)

// mentionsOf makes mentions of the strings of a text; a string with "|" is discontinuous.
func mentionsOf(t *testing.T, s *style.Styles, text corpus.Text, of map[string]workbench.State, order ...string) []Mention {
	t.Helper()
	var ms []Mention
	for _, want := range order {
		var spans corpus.Spans
		from := 0
		for _, part := range strings.Split(want, "|") {
			i := strings.Index(text.String()[from:], part)
			if i < 0 {
				t.Fatalf("%q is not in the text", part)
			}
			i += from
			from = i + len(part)
			spans = append(spans, corpus.Span{Start: text.Off(i), End: text.Off(from)})
		}
		ms = append(ms, Mention{Key: want, Spans: spans, State: of[want], Paint: s.Label("L", "", 0)})
	}
	return ms
}

func plainPane(text string, w, h int) *Pane {
	p := New(style.Plain(style.Unicode()))
	p.SetSize(w, h)
	p.SetText(corpus.NewText(text))
	return p
}

func look(p *Pane) string {
	rows := p.View()
	for i := range rows {
		rows[i] = strings.TrimRight(ansi.Strip(rows[i]), " ")
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

func TestMarks(t *testing.T) {
	const text = "Se halló un adenocarcinoma de pulmón con metástasis óseas y hepáticas, 世界 SAOS."
	states := map[string]workbench.State{
		"adenocarcinoma de pulmón": workbench.Linked, "pulmón": workbench.Suggested,
		"metástasis|hepáticas": workbench.Accepted, "世界": workbench.NIL, "SAOS": workbench.Pending,
	}
	for _, c := range []struct{ name, focus, want string }{
		{"no focus", "", `
› Se halló un adenocarcinoma de pulmón con
                                ┄┄┄┄┄┄
              ════════════════════════
  metástasis óseas y hepáticas, 世界 SAOS.
  ━━━━━━━━━━ · · · · ━━━━━━━━━  ━━━∅ ────`},
		{"bars take the place of blanks", "adenocarcinoma de pulmón", `
  Se halló un▌adenocarcinoma de pulmón▐con
                                ┄┄┄┄┄┄
             ▸════════════════════════
  metástasis óseas y hepáticas, 世界 SAOS.
  ━━━━━━━━━━ · · · · ━━━━━━━━━  ━━━∅ ────`},
		{"bars move a comma", "metástasis|hepáticas", `
› Se halló un adenocarcinoma de pulmón con
                                ┄┄┄┄┄┄
              ════════════════════════
 ▌metástasis▐óseas y▌hepáticas▐, 世界 SAOS.
  ━━━━━━━━━━ · · · · ━━━━━━━━━   ━━━∅ ────`},
		{"wide signs", "世界", `
› Se halló un adenocarcinoma de pulmón con
                                ┄┄┄┄┄┄
              ════════════════════════
  metástasis óseas y hepáticas,▌世界▐SAOS.
  ━━━━━━━━━━ · · · · ━━━━━━━━━  ━━━∅ ────`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := plainPane(text, 46, 8)
			p.SetMentions(mentionsOf(t, p.styles, p.text, states,
				"adenocarcinoma de pulmón", "pulmón", "metástasis|hepáticas", "世界", "SAOS"))
			p.SetFocus(c.focus)
			if got, want := look(p), c.want[1:]; got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// Six states that are told apart without colour, and mentions in one place.
func TestStatesAndPlaces(t *testing.T) {
	const text = "abcdefgh ijklmnop qrstuvwx"
	p := plainPane(text, 40, 10)
	m := func(key string, start, end corpus.Off, state workbench.State) Mention {
		return Mention{Key: key, Spans: corpus.One(start, end), State: state, Paint: p.styles.Label("L", "", 0)}
	}
	refused, broken := m("", 18, 22, workbench.Suggested), m("e", 23, 26, workbench.Accepted)
	refused.Rejected, broken.Problem = true, true
	p.SetMentions([]Mention{m("a", 0, 8, workbench.Linked), m("b", 0, 8, workbench.Suggested), m("c", 4, 13, workbench.Pending), m("d", 9, 13, workbench.Accepted), refused, broken})
	for focus, want := range map[string]string{
		"a": `
 ▌abcdefgh▐ijklmnop qrstuvwx
 ▸════════ ━━━━     ×××× ━━━!
  ┄┄┄┄┄┄┄┄
      ─────────`,
		"b": `
 ▌abcdefgh▐ijklmnop qrstuvwx
  ════════ ━━━━     ×××× ━━━!
 ▸┄┄┄┄┄┄┄┄
      ─────────`,
		"c": `
  abcd▌efgh ijkl▐mnop qrstuvwx
  ════ ════ ━━━━      ×××× ━━━!
  ┄┄┄┄ ┄┄┄┄
      ▸─────────`,
	} {
		p.SetFocus(focus)
		if got := look(p); got != want[1:] {
			t.Errorf("%s: got\n%s\nwant\n%s", focus, got, want)
		}
	}
}

// Where marks are underlines, every state has one of its own.
func TestUnderlinesTellStatesApart(t *testing.T) {
	seen := map[string]string{}
	for name, m := range map[string]Mention{
		"suggested": {State: workbench.Suggested}, "pending": {State: workbench.Pending}, "accepted": {State: workbench.Accepted},
		"linked": {State: workbench.Linked}, "rejected": {Rejected: true}, "broken": {State: workbench.Linked, Problem: true},
	} {
		p := plainPane("uno dos", 40, 3)
		p.SetCompact(true)
		m.Key, m.Spans, m.Paint = "a", corpus.One(0, 3), p.styles.Label("L", "", 0)
		p.SetMentions([]Mention{m})
		row := p.View()[0]
		if other, taken := seen[row]; taken {
			t.Errorf("%s looks like %s: %q", name, other, row)
		}
		seen[row] = name
	}
}

// Marks that find no row are counted, not hidden.
func TestMarksThatFindNoRowAreCounted(t *testing.T) {
	p := plainPane("uno dos tres", 40, 12)
	var ms []Mention
	for i := range maxRows + 3 {
		ms = append(ms, Mention{Key: string(rune('a' + i)), Spans: corpus.One(0, 3), Paint: p.styles.Label("L", "", 0)})
	}
	p.SetMentions(ms)
	rows := strings.Split(look(p), "\n")
	if len(rows) != 1+maxRows || !strings.HasSuffix(rows[maxRows], "+3") {
		t.Errorf("got\n%s", strings.Join(rows, "\n"))
	}
}

func TestReadingGoesLineByLineAndTheTextStandsStill(t *testing.T) {
	p := plainPane(strings.Repeat("uno dos tres cuatro\n", 40), 30, 10)
	moved := 0
	for i := 1; i <= 40; i++ {
		was := p.top
		if !p.Read(1) {
			t.Fatalf("reading ended at line %d", i)
		}
		if here, _ := p.Lines(); here != i+1 || p.rowOf(p.here) < 0 {
			t.Fatalf("line %d is read, on row %d; want line %d", here, p.rowOf(p.here), i+1)
		}
		if p.top != was {
			moved++
		}
	}
	if p.Read(1) || moved > 8 {
		t.Errorf("the text moved %d times", moved)
	}
	p.Page(-1)
	if p.rowOf(p.here) < 0 {
		t.Error("a page left the line that is read behind")
	}
	p.Reveal(corpus.Span{Start: 105, End: 108})
	if p.Here() != 100 {
		t.Errorf("what is revealed is at 100, reading goes on at %d", p.Here())
	}
}

func TestRowsAreExactlyAsWideAsThePane(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		text := randomText(r)
		p := plainPane(text, 12+r.IntN(60), 1+r.IntN(12))
		n := int(p.text.Len())
		var ms []Mention
		for k := range r.IntN(6) {
			if n < 2 {
				break
			}
			a := r.IntN(n - 1)
			b := a + 1 + r.IntN(n-a-1)
			ms = append(ms, Mention{Key: string(rune('a' + k)), Spans: corpus.One(corpus.Off(a), corpus.Off(b)),
				State: workbench.State(r.IntN(5)), Paint: p.styles.Label("L", "", k)})
		}
		p.SetCompact(r.IntN(2) == 0)
		p.SetMentions(ms)
		p.SetFocus("a")
		p.Scroll(r.IntN(3))
		rows := p.View()
		if len(rows) != p.Height() {
			t.Fatalf("%d rows, want %d", len(rows), p.Height())
		}
		for _, row := range rows {
			if w := ansi.StringWidthWc(row); w != p.width {
				t.Fatalf("%q: row %q is %d wide, want %d", text, row, w, p.width)
			}
			if strings.ContainsAny(ansi.Strip(row), "\x1b\x00\u202e") {
				t.Fatalf("a control character reached the screen: %q", row)
			}
		}
	}
}

func TestPlaceAndUnderAreInverse(t *testing.T) {
	p := plainPane("niño 世界 con e\u0301 y 👩‍👩‍👧 fin\n\ttras tabulador y una línea bastante larga que se corta", 30, 12)
	for o := corpus.Off(0); o < p.text.Len(); o++ {
		x, y, ok := p.Place(o)
		if !ok {
			t.Fatalf("%d is not on the screen", o)
		}
		back, ok := p.Under(x, y)
		if !ok {
			continue // a line end has no cell
		}
		if back > o || o-back > 5 {
			t.Errorf("%d is drawn at %d,%d, where %d lies", o, x, y, back)
		}
	}
}

func TestWhatIsInFocusStaysOnItsRow(t *testing.T) {
	p := plainPane(strings.Repeat("uno dos tres cuatro\n", 40), 30, 10)
	all := []Mention{{Key: "f", Spans: corpus.One(200, 203), Paint: p.styles.Label("L", "", 0)}}
	p.SetMentions(all)
	p.SetFocus("f")
	p.Reveal(all[0].Spans.Hull())
	row := p.rowOf(p.lines.find(200))
	var more []Mention
	for o := corpus.Off(100); o < 200; o += 20 {
		more = append(more, Mention{Key: "x", Spans: corpus.One(o, o+3), Paint: all[0].Paint})
	}
	p.SetMentions(append(more, all...))
	if got := p.rowOf(p.lines.find(200)); got != row {
		t.Errorf("the focus moved from row %d to %d", row, got)
	}
}

func TestPagesMeet(t *testing.T) {
	p := plainPane(strings.Repeat("uno dos tres cuatro\n", 100), 30, 10)
	seen := p.Visible()
	for range 30 {
		p.Page(1)
		now := p.Visible()
		if now.Start > seen.End {
			t.Fatalf("lines were skipped: %v after %v", now, seen)
		}
		seen = now
	}
	if seen.End != p.text.Len() {
		t.Errorf("the last page ends at %d of %d", seen.End, p.text.Len())
	}
	for range 30 {
		p.Page(-1)
	}
	if p.Visible().Start != 0 {
		t.Errorf("the first page begins at %d", p.Visible().Start)
	}
}

// long is a document of 75,000 words with 2,000 mentions.
func long(s *style.Styles) (corpus.Text, []Mention) {
	text := corpus.NewText(strings.Repeat("Varón de 63 años, fumador, con metástasis óseas. ", 9400))
	ms := make([]Mention, 2000)
	for i := range ms {
		o := corpus.Off(i) * text.Len() / 2000
		ms[i] = Mention{Key: string(rune(i + 1000)), Spans: corpus.One(o, o+12), State: workbench.State(i % 5), Paint: s.Label("L", "", i%5)}
	}
	return text, ms
}

func BenchmarkWrap(b *testing.B) {
	text, _ := long(style.Dark(style.Terminal{Glyphs: style.Unicode()}))
	b.SetBytes(int64(len(text.String())))
	for b.Loop() {
		wrap(text, ansi.WcWidth, 80)
	}
}

func BenchmarkSetMentions(b *testing.B) {
	s := style.Dark(style.Terminal{Glyphs: style.Unicode()})
	text, ms := long(s)
	p := New(s)
	p.SetSize(100, 50)
	p.SetText(text)
	for b.Loop() {
		p.SetMentions(ms)
	}
}

func BenchmarkView(b *testing.B) {
	s := style.Dark(style.Terminal{Glyphs: style.Unicode()})
	text, ms := long(s)
	p := New(s)
	p.SetSize(100, 50)
	p.SetText(text)
	p.SetMentions(ms)
	p.Bottom()
	p.Page(-10)
	for b.Loop() {
		p.View()
	}
}
