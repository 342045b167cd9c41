package workbench

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb/link"
)

// pupil is a recognizer that knows nothing, until it has learnt the strings that are
// annotated in finished documents.
type pupil struct {
	mu    sync.Mutex
	known words
	seen  []string // documents that it was taught, at each time
	fail  error
}

func (p *pupil) Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known.Annotate(ctx, text, sentences, layers)
}

func (p *pupil) learn(_ context.Context, docs []corpus.Document) (suggest.Learnt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, names := words{}, []string{}
	for _, d := range docs {
		names = append(names, d.Name)
		for _, m := range d.Mentions {
			known[m.Text] = m.Label
		}
	}
	p.seen = append(p.seen, strings.Join(names, " "))
	if p.fail != nil {
		return suggest.Learnt{}, p.fail
	}
	p.known = known
	return suggest.Learnt{Better: true, Hash: "taught", Labels: []string{"SINTOMA"}, Report: "learnt from " + strings.Join(names, " ")}, nil
}

// taught is a workbench over five notes whose models learn from every second document
// that is finished.
func taught(t *testing.T, p *pupil) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir()}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		for ext, content := range map[string]string{".txt": note, ".ann": ""} {
			if err := os.WriteFile(filepath.Join(r.dir, name+ext), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := brat.WriteConf(r.dir, []string{"SINTOMA", "FARMACO"}); err != nil {
		t.Fatal(err)
	}
	w, err := Open(t.Context(), Options{
		Dir: r.dir, Who: "ana", Workers: 1, LearnEvery: 2,
		Load: func(context.Context, *link.Overlay) (*suggest.Models, error) {
			return &suggest.Models{Recognizer: p, Learn: p.learn, Hash: "m"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Workbench = w
	t.Cleanup(func() { _ = w.Close(context.Background()) })
	return r
}

func texts(d *Doc) string {
	var all []string
	for _, it := range d.Items {
		all = append(all, it.Text)
	}
	return strings.Join(all, " ")
}

// Every second finished document teaches: what is read next has new suggestions, what
// is on screen stays as it is, and new annotations count before they are on disk.
func TestFinishedDocumentsTeach(t *testing.T) {
	p := &pupil{}
	r := taught(t, p)
	for _, doc := range []string{"a", "b"} {
		if got := texts(r.view(doc)); got != "" {
			t.Fatalf("%s: %s", doc, got)
		}
		r.do(Create{At: At{Doc: doc}, Spans: corpus.One(18, 21), Label: "SINTOMA"})
		r.do(Finish{At: At{Doc: doc}})
	}
	r.wait("it has learnt", func() bool { return r.Status().Message == "learnt from a b" })
	r.wait("all is done", func() bool { return r.Status().Idle() })
	if got := texts(r.Doc("b")); got != "tos" {
		t.Errorf("on screen: %q", got)
	}
	if got := texts(r.view("c")); got != "tos" {
		t.Errorf("the next document: %q", got)
	}
	r.do(Accept{At: At{Doc: "c", Key: r.Doc("c").Items[0].Key}})
	r.do(Finish{At: At{Doc: "c"}})
	if p.mu.Lock(); len(p.seen) != 1 {
		t.Errorf("one document more, and it was taught %q", p.seen)
	}
	p.fail = errors.New("no luck")
	p.mu.Unlock()
	r.view("d")
	r.do(Finish{At: At{Doc: "d"}})
	r.wait("the failure is told", func() bool { return strings.Contains(r.Status().Message, "no luck") })
	if got := texts(r.view("e")); got != "tos" {
		t.Errorf("after a failure: %q", got)
	}
	if p.mu.Lock(); len(p.seen) != 2 || p.seen[1] != "a b c d" {
		t.Errorf("taught %q", p.seen)
	}
	p.mu.Unlock()
}
