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
	aside words    // what was known, while that is laid aside
	slow  chan any // it learns until it is told to end; nil: at once
}

func (p *pupil) Annotate(ctx context.Context, text corpus.Text, sentences []corpus.Span, layers []string) ([]corpus.Mention, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known.Annotate(ctx, text, sentences, layers)
}

func (p *pupil) change() (suggest.Learnt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil && p.aside == nil {
		return suggest.Learnt{}, errors.New("nothing was learnt")
	}
	p.known, p.aside = p.aside, p.known
	return suggest.Learnt{Changed: true, Aside: p.known == nil, Report: "switched"}, nil
}

func (p *pupil) learn(ctx context.Context, docs []corpus.Document, reached func(done, total int)) (suggest.Learnt, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	reached(1, 3)
	if p.slow != nil {
		close(p.slow)
		<-ctx.Done()
		return suggest.Learnt{}, ctx.Err()
	}
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
	return suggest.Learnt{Changed: true, Hash: "taught", Labels: []string{"SINTOMA"}, Report: "learnt from " + strings.Join(names, " ")}, nil
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
			return &suggest.Models{Recognizer: p, Learn: p.learn, Switch: p.change, Hash: "m"}, nil
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

// Learning can be asked for, and stopped, at any time; what was learnt can be laid
// aside and taken up again. What is on screen stays as it is until it is left.
func TestLearnAndSwitchWhenAsked(t *testing.T) {
	p := &pupil{}
	r := taught(t, p)
	r.wait("the models are there", func() bool { return r.Status().Idle() })
	switches := func() {
		t.Helper()
		if report, err := r.SwitchLearnt(t.Context()); err != nil || report != "switched" {
			t.Fatalf("%q, %v", report, err)
		}
	}
	suggested := func(doc, want string) {
		t.Helper()
		if got := texts(r.view(doc)); got != want {
			t.Errorf("%s: %q, want %q", doc, got, want)
		}
	}
	if _, err := r.SwitchLearnt(t.Context()); err == nil || !strings.Contains(err.Error(), "nothing was learnt") {
		t.Errorf("there is nothing to switch to: %v", err)
	}
	suggested("b", "")
	r.view("a")
	r.do(Create{At: At{Doc: "a"}, Spans: corpus.One(18, 21), Label: "SINTOMA"})
	r.do(Finish{At: At{Doc: "a"}})
	suggested("b", "")

	p.slow = make(chan any)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		<-p.slow
		if s := r.Status(); len(s.Tasks) == 0 || s.Tasks[0] != (Task{Title: LearnTitle, Done: 1, Total: 3}) {
			t.Errorf("while it learns: %+v", s.Tasks)
		}
		stop()
	}()
	if report, err := r.Learn(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %q, %v", report, err)
	}
	p.slow = nil
	suggested("c", "")
	suggested("b", "")
	if report, err := r.Learn(t.Context()); err != nil || report != "learnt from a" {
		t.Fatalf("%q, %v", report, err)
	}
	if got := texts(r.Doc("b")); got != "" {
		t.Errorf("on screen: %q", got)
	}
	suggested("c", "tos")
	suggested("b", "tos")
	switches()
	if got := texts(r.Doc("b")); got != "tos" {
		t.Errorf("on screen: %q", got)
	}
	suggested("c", "")
	suggested("b", "")
	suggested("a", "tos") // it was annotated
	p.mu.Lock()
	p.seen = nil
	p.mu.Unlock()
	for _, doc := range []string{"d", "e"} {
		r.view(doc)
		r.do(Finish{At: At{Doc: doc}})
	}
	r.wait("all is done", func() bool { return r.Status().Idle() })
	if p.mu.Lock(); p.seen != nil {
		t.Errorf("what was laid aside was learnt again from %q", p.seen)
	}
	p.mu.Unlock()
	switches()
	suggested("c", "tos")
}
