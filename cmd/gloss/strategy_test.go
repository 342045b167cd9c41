package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
)

func TestSettingsOfACorpus(t *testing.T) {
	dir := t.TempDir()
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, workbench.ConfigFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(`reranker = "cross"
[link]
strategy = "bi+cross"
[link.rules]
HUMAN = "9606"
[link."bi+cross"]
context = true
`)
	o := &options{}
	config, err := o.settle(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := o.modelOptions(config)
	if err != nil || m.Link.Strategy != link.BiCross || m.Link.Rules["HUMAN"] != "9606" || m.Link.Params[link.BiCross]["context"] != 1 || m.Reranker != filepath.Join(dir, "cross") {
		t.Errorf("%+v, %v", m, err)
	}
	flags := strategyFlags{strategy: link.SlidingWindow, set: []string{"first=0.5", "last=0"}, types: []string{"finding", "DIS=disease", "DIS=injury"}}
	s, err := flags.settings(m.Link)
	if err != nil || s.Strategy != link.SlidingWindow || s.Params[link.SlidingWindow]["first"] != 0.5 || s.Rules["HUMAN"] != "9606" || m.Link.Strategy != link.BiCross {
		t.Errorf("%+v, %v", s, err)
	}
	if want := map[string][]string{"": {"finding"}, "DIS": {"disease", "injury"}}; !reflect.DeepEqual(s.Types, want) {
		t.Errorf("types %v, want %v", s.Types, want)
	}
	for _, set := range []string{"first", "first=half", "first=7", "width=0.5"} {
		bad := strategyFlags{strategy: link.SlidingWindow, set: []string{set}}
		if _, err := bad.settings(link.Settings{}); err == nil {
			t.Errorf("--set %s was accepted", set)
		}
	}
	write("[link]\nstrategy = \"magic\"\n")
	o = &options{}
	if config, err = o.settle(dir); err == nil {
		_, err = o.modelOptions(config)
	}
	if !errors.Is(err, link.ErrStrategy) {
		t.Errorf("an unknown strategy: %v", err)
	}
}

func TestParseGrammar(t *testing.T) {
	for s, ok := range map[string]bool{"": true, "icd-o": true, `^(?P<base>\d)(?P<sub>\d)$ {base}{sub}`: true, "icd-10": false, "( x": false} {
		g, err := parseGrammar(s)
		if (err == nil) != ok || ok && (g != nil) != (s != "") {
			t.Errorf("%q: %v, %v", s, g, err)
		}
	}
}
