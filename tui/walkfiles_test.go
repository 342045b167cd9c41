package tui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
)

var walkTexts = []string{
	"Varón de 63 años con HTA, diabetes y dolor torácico y abdominal.\nNiega fiebre alta. Se pauta paracetamol.\n",
	"Niña con tos, fiebre y asma 👩‍👩‍👧.\tTos seca desde ayer, fiebre de 39 ºC; la fiebre cede.\n\nAsma leve, sin disnea.\n",
	"e\u0301pica 世界 HTA. HTA y HTA y asma. Metástasis óseas y hepáticas; metástasis pulmonares.\n",
	"Sin hallazgos.\n",
	"",
	strings.Repeat("Mujer con HTA, diabetes, fiebre, asma y tos. Metástasis hepáticas, metástasis óseas.\n", 8),
	strings.Repeat("Fiebre y HTA; asma, diabetes; fiebre alta y asma grave; metástasis.\n", 8),
}

// files writes a collection with everything that a file may hold.
func (w *walker) files() {
	write := map[string]string{
		"annotation.conf": someConf,
		"d0.ann":          "T1\tENFERMEDAD 22 25\tHTA\nN1\tReference T1 kb:A:1\tHTA uno\nT2\tSINTOMA 39 53;56 65\tdolor torácico abdominal\nA1\tNegation T2\n#1\tAnnotatorNotes T2\tdesde ayer\n",
		"d1.ann":          "T1\tSINTOMA 9 12\ttos\nT2\tSINTOMA 14 20\tfiebre\nR1\tCauses Arg1:T1 Arg2:T2\t\nT9 broken\n*\tEquiv T1 T2\n",
	}
	for i, text := range walkTexts {
		write[fmt.Sprintf("d%d.txt", i)] = text
	}
	for name, text := range write {
		if err := os.WriteFile(filepath.Join(w.dir, name), []byte(text), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
}

// walkLinker offers two concepts for everything, the one that was chosen before first.
type walkLinker struct{ memory *link.Overlay }

func (l walkLinker) Candidates(_ context.Context, queries []link.Query, _ int) ([][]kb.Candidate, error) {
	all := make([][]kb.Candidate, len(queries))
	for i, q := range queries {
		all[i], _ = l.Search(context.Background(), q.Label, q.Text, 2)
	}
	return all, nil
}

func (l walkLinker) Search(_ context.Context, label, text string, _ int) ([]kb.Candidate, error) {
	a := kb.Candidate{DB: "kb", ID: "A:1", Name: text + " uno", Score: 0.9}
	b := kb.Candidate{DB: "kb", ID: "B:2", Name: text + " dos", Score: 0.5}
	if chosen := l.memory.Chosen(label, text); len(chosen) > 0 && chosen[0].ID == "B:2" {
		b.Evidence.Chosen = chosen[0].Count
		a, b = b, a
	}
	return []kb.Candidate{a, b}, nil
}
