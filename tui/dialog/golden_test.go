package dialog

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/gloss-nlp/gloss/tui/style"
)

// What boxes look like, without colours, in a narrow and in a wide window.
func TestBoxesLookAlike(t *testing.T) {
	boxes := map[string]func() Box{
		"places": func() Box {
			c := checks(3)
			c.Title, c.Note, c.Hint = `Link "SAOS" to 78275009`, "3 places are so already", "tab document or corpus"
			c.all[1].On = false
			c.all[2].Fixed, c.all[2].On, c.all[2].What = true, false, "rejected there"
			return c
		},
		"waiting": func() Box {
			c := NewChecks(DefaultCheckKeys())
			c.Title, c.Busy = "Accept", "looking"
			return c
		},
		"form": func() Box {
			return NewForm("A concept that is missing", []Field{{Name: "id", Hint: "its code"}, {Name: "parent", Value: "X1"}}, func([]string) string { return "" })
		},
		"labels": func() Box {
			return NewList("Label", []Entry{{Key: "1", Title: "ENFERMEDAD"}, {Key: "2", Title: "SINTOMA", Detail: "now"}}, 1)
		},
	}
	for name, box := range boxes {
		for _, glyphs := range []*style.Glyphs{style.Unicode(), style.ASCII()} {
			for _, w := range []int{56, 110} {
				kind := "unicode"
				if glyphs.Dot == style.ASCII().Dot {
					kind = "ascii"
				}
				t.Run(fmt.Sprintf("%s/%s/%d", name, kind, w), func(t *testing.T) {
					rows, _ := box().View(style.Plain(glyphs), w, 12)
					golden.RequireEqual(t, ansi.Strip(strings.Join(rows, "\n"))+"\n")
				})
			}
		}
	}
}
