package docpane

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/style"
)

func look(p *Pane, docs []workbench.Info) string {
	var rows []string
	for _, r := range p.View(docs) {
		rows = append(rows, strings.TrimRight(ansi.Strip(r), " "))
	}
	return strings.Join(rows, "\n")
}

func TestStatesCanBeRead(t *testing.T) {
	docs := []workbench.Info{
		{Name: "a", Loaded: true, Finished: true, Undecided: 2, Decided: 4},
		{Name: "b", Loaded: true, Undecided: 8, Decided: 1},
		{Name: "ward/c"},
		{Name: "ward/d", Loaded: true, Undecided: 3, Problem: true},
		{Name: "ward/a-name-that-is-longer-than-the-pane", Loaded: true, Undecided: 12},
	}
	p := New(style.Plain(style.Unicode()), "oncologia")
	p.SetSize(20, 8)
	p.SetDocuments(docs)
	p.SetCurrent("b")
	want := ` ▾ oncologia
   ✓ a
 ▸ ◐ b            8
   ward/
   · c
   · d          ! 3
   · …n-the-pane 12`
	if got := strings.TrimRight(look(p, docs), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if name := p.Under(4, docs); name != "ward/c" {
		t.Errorf("row 4 is %q", name)
	}
	if name := p.Under(3, docs) + p.Under(0, docs) + p.Under(20, docs); name != "" {
		t.Errorf("rows without a document are %q", name)
	}
}

// In an order by value a folder's documents stand apart: a row for each turn would hide more than it tells.
func TestFoldersThatStandApartStandBehindTheNames(t *testing.T) {
	docs := []workbench.Info{{Name: "ward/c"}, {Name: "b", Loaded: true, Undecided: 7}, {Name: "ward/d"}, {Name: "hospital-of-the-town/note"}}
	p := New(style.Plain(style.Unicode()), "oncologia")
	p.SetSize(20, 8)
	p.SetDocuments(docs)
	want := ` ▾ oncologia
   · c ward
   · b            7
   · d ward
   · note hospital…`
	if got := strings.TrimRight(look(p, docs), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if p.SetDocuments(docs[:2]); !strings.Contains(look(p, docs[:2]), " ward/\n") {
		t.Errorf("no folder in\n%s", look(p, docs[:2]))
	}
}

func TestFilters(t *testing.T) {
	docs := []workbench.Info{
		{Name: "a", Checked: true, Loaded: true, Finished: true},
		{Name: "b", Checked: true, Loaded: true, Undecided: 8},
		{Name: "ward/c", Checked: true, Finished: true},
		{Name: "ward/d", Checked: true, Loaded: true, Problem: true},
		{Name: "ward/e", Checked: true, Finished: true, Loaded: true, Undecided: 3},
	}
	p := New(style.Plain(style.Unicode()), "oncologia")
	p.SetSize(24, 8)
	p.SetCurrent("ward/c")
	want := map[Filter]string{
		All: ` ▾ oncologia
   ✓ a
   · b                8
   ward/            2/3
 ▸ ✓ c
   · d               !
   ✓ e`,
		Unfinished: ` ▾ unfinished 2
   · b                8
   ward/            2/3
 ▸ ✓ c
   · d               !`,
		Pending: ` ▾ to decide 1
   · b                8
   ward/            2/3
 ▸ ✓ c`,
		Problems: ` ▾ with problems 1
   ward/            2/3
 ▸ ✓ c
   · d               !`,
	}
	f := All
	for range want {
		p.SetFilter(f)
		p.SetDocuments(docs)
		if got := strings.TrimRight(look(p, docs), "\n"); got != want[f] {
			t.Errorf("got\n%s\nwant\n%s", got, want[f])
		}
		f = f.Next()
	}
	if f != All {
		t.Errorf("after all filters comes %v", f)
	}
	docs[0].Checked, docs[1].Checked = false, false
	p.SetFilter(Problems)
	p.SetDocuments(docs)
	if got := look(p, docs); !strings.HasPrefix(got, " ▾ with probl… 1/3 read") {
		t.Errorf("what was not looked at is not told:\n%s", got)
	}
}

func TestTheOpenDocumentIsInSight(t *testing.T) {
	docs := make([]workbench.Info, 50000)
	for i := range docs {
		docs[i].Name = fmt.Sprintf("doc%05d", i)
	}
	p := New(style.Plain(style.Unicode()), "big")
	p.SetSize(20, 10)
	p.SetDocuments(docs)
	for _, i := range []int{0, 9, 10, 49999, 25000, 24999, 1} {
		p.SetCurrent(docs[i].Name)
		if got := look(p, docs); !strings.Contains(got, "▸ · "+docs[i].Name) {
			t.Errorf("%s is not in sight:\n%s", docs[i].Name, got)
		}
	}
}

func BenchmarkView(b *testing.B) {
	docs := make([]workbench.Info, 50000)
	for i := range docs {
		docs[i].Name = fmt.Sprintf("doc%05d", i)
	}
	p := New(style.Dark(style.Terminal{Glyphs: style.Unicode()}), "big")
	p.SetSize(30, 55)
	p.SetDocuments(docs)
	p.SetCurrent(docs[20000].Name)
	for b.Loop() {
		p.View(docs)
	}
}
