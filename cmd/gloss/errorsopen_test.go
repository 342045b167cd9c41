package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/tui"
)

func TestOpenErrorsIsRefused(t *testing.T) {
	gold := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverGold})
	pred := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverPred})
	both := []string{"errors", "--gold", gold, "--pred", pred}
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"into alone":         {append(both, "--into", "x"), "--into goes with --open"},
		"several models":     {append(both, "--pred", gold, "--open"), "needs a terminal"},
		"as JSON":            {append(both, "--open", "--json"), "leave --json"},
		"two queues":         {append(both, "--open", "--class", "missed", "--cause", "hyphen"), "one of --class"},
		"without a terminal": {append(both, "--open"), "needs a terminal"},
	} {
		if code, _, errOut := glossRun(t, c.args...); code != exitWrongUse || !strings.Contains(errOut, c.want) {
			t.Errorf("%s: %d %s", name, code, errOut)
		}
	}
	if code, _, errOut := glossRun(t, "errors", "--gold", gold, "--pred", gold, "--open"); code != 0 || !strings.Contains(errOut, "nothing differs") {
		t.Errorf("equal sides: %d %s", code, errOut)
	}
}

// What is compared is never what is corrected, by whatever path it is named.
func TestIntoIsNeverASource(t *testing.T) {
	gold := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverGold})
	pred := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverPred})
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(pred, link); err != nil {
		t.Fatal(err)
	}
	o := &errorsOptions{gold: gold, preds: []string{pred}}
	for _, into := range []string{gold, pred, link, filepath.Join(gold, "sub", "new"), filepath.Join(link, "new"), filepath.Dir(gold)} {
		if err := o.makeInto(&cobra.Command{}, into); err == nil || !strings.Contains(err.Error(), "which is compared") {
			t.Errorf("--into %s: %v", into, err)
		}
	}
}

func TestIntoIsACopyAndIsGoneOnWith(t *testing.T) {
	gold := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverGold, "annotation.conf": "[entities]\nX\n"})
	pred := corpusDir(t, map[string]string{"a.txt": feverText, "a.ann": feverPred})
	into := filepath.Join(t.TempDir(), "into")
	o := &errorsOptions{gold: gold, preds: []string{pred}}
	cmd := &cobra.Command{}
	cmd.SetContext(t.Context())
	if err := o.makeInto(cmd, into); err != nil {
		t.Fatal(err)
	}
	ann := filepath.Join(into, "a.ann")
	if data, _ := os.ReadFile(ann); string(data) != feverGold {
		t.Errorf("the copy is %q", data)
	}
	const corrected = "T1\tX 0 6\tfiebre\n"
	if err := os.WriteFile(ann, []byte(corrected), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := o.makeInto(cmd, into); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(ann); string(data) != corrected {
		t.Errorf("what was corrected before is %q", data)
	}

	g := lens.Side{Name: "G", Docs: map[string]corpus.Document{"a": {Text: corpus.NewText(feverText)}}}
	look := &tui.Lens{Cases: []tui.LensCase{{Doc: "a", Pred: []corpus.Mention{{ID: "T1", Label: "X", Spans: corpus.Spans{{Start: 0, End: 6}}}}}}}
	given, err := givenBy(look, g, nil, into)
	if err != nil || len(given[feverText]) != 1 || given[feverText][0].ID != "" {
		t.Errorf("%+v %v", given, err)
	}
	g.Docs["a"] = corpus.Document{Text: corpus.NewText("another text")}
	if _, err := givenBy(look, g, nil, into); err == nil || !strings.Contains(err.Error(), "the text of a is not that of G") {
		t.Errorf("another text: %v", err)
	}
	look.Cases[0].Doc = "b"
	if _, err := givenBy(look, g, nil, into); err == nil || !strings.Contains(err.Error(), "no document b") {
		t.Errorf("a document that is not there: %v", err)
	}
}
