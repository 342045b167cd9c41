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

// rack is a shelf whose trainings end when they are told to.
type rack struct {
	mu      sync.Mutex
	trained []string // the documents of each training
	on      []string // the model that each was compared with
	used    string
	fail    error
	begun   chan any // closed when one begins, and then it runs until it is stopped; nil: it ends at once
}

func (r *rack) Train(ctx context.Context, docs []corpus.Document, used string, told func(what string, done, total int)) (suggest.Bundle, error) {
	var names []string
	for _, d := range docs {
		names = append(names, d.Name)
	}
	r.mu.Lock()
	r.trained, r.on = append(r.trained, strings.Join(names, " ")), append(r.on, used)
	r.mu.Unlock()
	told("it begins", 0, 0)
	told("", 30, 100)
	if r.begun != nil {
		close(r.begun)
		<-ctx.Done()
		return suggest.Bundle{}, ctx.Err()
	}
	return suggest.Bundle{Name: "new", Title: "new", Dir: "dir of new"}, r.fail
}

func (r *rack) Models(_ context.Context, docs []corpus.Document, used string, reached func(done, total int)) ([]suggest.Bundle, error) {
	reached(1, 2)
	return []suggest.Bundle{{Title: "as configured", Used: used == ""}, {Name: "new", Used: used == "new"}}, nil
}

func (r *rack) Use(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used = name
	return r.fail
}

// exchanging is a workbench over three notes, whose models can be exchanged: by the
// directory, the one in use knows tos or fiebre.
func exchanging(t *testing.T, shelf Shelf, blind bool) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir()}
	for _, name := range []string{"a", "b", "c"} {
		for ext, content := range map[string]string{".txt": note, ".ann": ""} {
			if err := os.WriteFile(filepath.Join(r.dir, name+ext), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := brat.WriteConf(r.dir, []string{"SINTOMA", "FARMACO"}); err != nil {
		t.Fatal(err)
	}
	p := &pupil{}
	w, err := Open(t.Context(), Options{
		Dir: r.dir, Who: "ana", Workers: 1, Shelf: shelf, Blind: blind,
		Load: func(context.Context, *link.Overlay) (*suggest.Models, error) {
			return &suggest.Models{Recognizer: p, Hash: "old", Name: "old", Use: func(_ context.Context, dir, _ string) (suggest.Learnt, error) {
				if dir == "broken" {
					return suggest.Learnt{}, errors.New("it is cut off")
				}
				p.mu.Lock()
				defer p.mu.Unlock()
				p.known = words{"tos": "SINTOMA"}
				return suggest.Learnt{Changed: true, Name: "new", Hash: "hash of new", Labels: []string{"SINTOMA"}}, nil
			}}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Workbench = w
	t.Cleanup(func() { _ = w.Close(context.Background()) })
	r.wait("the models are there", func() bool { return r.Status().Idle() })
	return r
}

// A training gets the documents that are finished, also what is not on disk yet; the model
// that it left suggests once one switches to it, but not on the document on screen.
func TestTrainAndUseTheModel(t *testing.T) {
	shelf := &rack{}
	r := exchanging(t, shelf, false)
	r.view("a")
	r.do(Create{At: At{Doc: "a"}, Spans: corpus.One(18, 21), Label: "SINTOMA"})
	r.do(Finish{At: At{Doc: "a"}})
	r.view("b")
	b, err := r.Train(t.Context())
	if err != nil || b.Name != "new" || len(shelf.trained) != 1 || shelf.trained[0] != "a" || shelf.on[0] != "" {
		t.Fatalf("%+v, %v, %+v", b, err, shelf)
	}
	if s := r.Status(); s.Message != "it begins" || s.Model != "old" {
		t.Errorf("%+v", s)
	}
	said, err := r.UseModel(t.Context(), b)
	if err != nil || !strings.Contains(said, "the model new now") || shelf.used != "new" {
		t.Fatalf("%s, %v", said, err)
	}
	if s := r.Status(); s.Model != "new" {
		t.Errorf("the status has %s", s.Model)
	}
	if got := texts(r.Doc("b")); got != "" {
		t.Errorf("on screen: %q", got)
	}
	if got := texts(r.view("c")); got != "tos" {
		t.Errorf("the next document: %q", got)
	}
	all, err := r.Models(t.Context())
	if err != nil || len(all) != 2 || !all[1].Used {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := r.UseModel(t.Context(), suggest.Bundle{Title: "broken", Dir: "broken"}); err == nil || !strings.Contains(err.Error(), "it is cut off") || shelf.used != "new" || r.Status().Model != "new" {
		t.Errorf("a broken one: %v, used %s", err, shelf.used)
	}
	shelf.fail = errors.New("the disk is full")
	if said, err := r.UseModel(t.Context(), b); err != nil || !strings.Contains(said, "until you leave (the disk is full)") {
		t.Errorf("not remembered: %s, %v", said, err)
	}
	if _, err := r.Train(t.Context()); !errors.Is(err, shelf.fail) || shelf.on[1] != "new" {
		t.Errorf("%v, compared with %q", err, shelf.on)
	}
	r.wait("no task is left over", func() bool { return len(r.Status().Tasks) == 0 })
}

// A training ends when it is told to, and when the workbench is closed, which waits for it.
func TestATrainingEndsWithTheWorkbench(t *testing.T) {
	for name, end := range map[string]func(r *rig, cancel func()){
		"stopped": func(_ *rig, cancel func()) { cancel() },
		"closed": func(r *rig, _ func()) {
			if err := r.Close(context.Background()); err != nil {
				r.t.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			shelf := &rack{begun: make(chan any)}
			r := exchanging(t, shelf, false)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() { _, err := r.Train(ctx); ended <- err }()
			<-shelf.begun
			r.wait("the task is shown", func() bool {
				tasks := r.Status().Tasks
				return len(tasks) > 0 && tasks[0] == Task{Title: TrainTitle, Done: 30, Total: 100}
			})
			end(r, cancel)
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if name == "closed" {
				if _, err := r.Train(t.Context()); !errors.Is(err, ErrStopped) {
					t.Errorf("after the end: %v", err)
				}
			}
		})
	}
}

func TestWhereModelsAreNotExchanged(t *testing.T) {
	for want, r := range map[string]*rig{"one model only": exchanging(t, nil, false), "nothing is suggested": exchanging(t, &rack{}, true)} {
		_, err := r.Train(t.Context())
		_, listed := r.Models(t.Context())
		_, used := r.UseModel(t.Context(), suggest.Bundle{})
		for _, err := range []error{err, listed, used} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %s", err, want)
			}
		}
	}
}
