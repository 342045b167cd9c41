package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/order"
	"github.com/gloss-nlp/gloss/engine/workbench"
)

// The order and the target come from flags and settings, and what is none is refused.
func TestSettingsOfAnOrder(t *testing.T) {
	for _, c := range []struct {
		name, file  string
		order       string
		target      float64
		asked, said order.Mode
		reach       float64
		wrong       string
	}{
		{name: "nothing said"},
		{name: "in the file", file: "order = \"value\"\ntarget = 0.8", said: order.Value, reach: .8},
		{name: "by flag", order: "random", target: .95, asked: order.Random, reach: .95},
		{name: "a flag wins", file: "order = \"value\"\ntarget = 0.8", order: "file", target: 1, asked: order.File, said: order.Value, reach: 1},
		{name: "an order that is none", order: "best", wrong: `unknown order "best": it is file, random, uncertain or value`},
		{name: "in the file, too", file: `order = "best"`, wrong: `unknown order "best"`},
		{name: "a percentage", target: 95, wrong: "target 95: an F1 lies above 0 and at 1 at most"},
		{name: "below nothing", file: "target = -0.5", wrong: "target -0.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, workbench.ConfigFile), []byte(c.file), 0o600); err != nil {
				t.Fatal(err)
			}
			o := &options{order: c.order, target: c.target, who: "ana"}
			if _, err := o.settle(dir); err != nil {
				t.Fatal(err)
			}
			w, err := o.workbenchOptions(dir, models.Options{})
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Errorf("%v, want %q", err, c.wrong)
				}
				return
			}
			if err != nil || w.Order != c.asked || w.UsualOrder != c.said || w.Target != c.reach {
				t.Errorf("%+v, %v", w, err)
			}
		})
	}
}
