package onnx_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/engine/onnx"
	"github.com/gloss-nlp/gloss/engine/onnx/onnxtest"
)

func newTokenizer(t testing.TB, name string) *onnx.Tokenizer {
	t.Helper()
	data, err := os.ReadFile(onnxtest.Testdata(name))
	if err != nil {
		t.Fatal(err)
	}
	tok, err := onnx.NewTokenizer(data)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tok.Close() })
	return tok
}

func pieces(text string, e onnx.Encoding) []string {
	var out []string
	for i, s := range e.Spans {
		if e.Special[i] {
			out = append(out, "*")
			continue
		}
		out = append(out, text[s.Start:s.End])
	}
	return out
}

func TestEncode(t *testing.T) {
	tok := newTokenizer(t, "layers/tokenizer.json")
	for _, c := range []struct {
		text    string
		special bool
		want    string
	}{
		{"Tumores hepático, niño 世界", false, "Tumor|es|hepático|,|niño|世|界"},
		{"dolor", true, "*|dolor|*"},
		{"", true, "*|*"},
		{"", false, ""},
		{"dolor\x00agudo", false, "dolor|agudo"},
		// Longer than the truncation that the file asks for.
		{"de de de de de de de de de de", false, "de|de|de|de|de|de|de|de|de|de"},
	} {
		e, err := tok.Encode(c.text, c.special)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := strings.Join(pieces(c.text, e), "|"); got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
	if _, err := tok.Encode("dolor \x91 agudo", false); !errors.Is(err, onnx.ErrNotUTF8) {
		t.Errorf("invalid UTF-8: %v", err)
	}
}

// A byte-level tokenizer cuts inside code points; spans must not.
func TestEncodeByteLevel(t *testing.T) {
	tok := newTokenizer(t, "byte-level.json")
	text := "tum ñ世 t1"
	e, err := tok.Encode(text, false)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(pieces(text, e), "|"), "t|um| |ñ|ñ|世|世|世| t|1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want := []bool{false, true, false, false, true, true, true, true, false, true}
	if got := tok.Continues(text, e); !slices.Equal(got, want) {
		t.Errorf("continues: %v, want %v", got, want)
	}
}

func TestContinuesWordPiece(t *testing.T) {
	tok := newTokenizer(t, "layers/tokenizer.json")
	text := "tumores hepático,mama"
	e, err := tok.Encode(text, true)
	if err != nil {
		t.Fatal(err)
	}
	want := []bool{false, false, true, false, false, false, false}
	if got := tok.Continues(text, e); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTemplate(t *testing.T) {
	for name, want := range map[string][2][]int64{"layers/tokenizer.json": {{2}, {3}}, "byte-level.json": {{}, {}}} {
		before, after, err := newTokenizer(t, name).Template()
		if err != nil || !slices.Equal(before, want[0]) || !slices.Equal(after, want[1]) {
			t.Errorf("%s: %v and %v, %v", name, before, after, err)
		}
	}
}

func TestTokenizerErrors(t *testing.T) {
	for _, data := range []string{"", "{", "{}", `{"model":{"type":"nonsense"}}`, "[]"} {
		if _, err := onnx.NewTokenizer([]byte(data)); err == nil || !strings.Contains(err.Error(), "tokenizer.json") {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// Close frees memory that encodes read, so it has to wait for them.
func TestTokenizerCloseWaits(t *testing.T) {
	tok := newTokenizer(t, "layers/tokenizer.json")
	text := strings.Repeat("tumores de mama, ", 50)
	var group sync.WaitGroup
	begun := make(chan struct{}, 4)
	for range 4 {
		group.Go(func() {
			for n := 0; ; n++ {
				e, err := tok.Encode(text, false)
				if n == 0 {
					begun <- struct{}{}
				}
				if errors.Is(err, onnx.ErrClosed) {
					return
				}
				if err != nil || e.Len() != 250 {
					t.Errorf("%d pieces, %v", e.Len(), err)
					return
				}
			}
		})
	}
	for range 4 {
		<-begun
	}
	if err := errors.Join(tok.Close(), tok.Close()); err != nil {
		t.Error(err)
	}
	group.Wait()
	if tok.VocabSize() != 0 {
		t.Error("a closed tokenizer knows pieces")
	}
}
