package workbench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/models"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/link"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

// pendingMentions is how many mentions wait for a link while one is chosen.
const pendingMentions = 5000

// teaching is one link that is chosen, and where.
type teaching struct {
	at     At
	choice kb.Candidate
}

// BenchmarkLearning chooses a link, and waits until every pending mention is ranked
// by it; every fifth is undone again. With the shipped models: on the demo terminology, whose
// names are written into notes with changes; and on CIE-O with the mentions of CANTEMIST's
// training set, linked as its annotators did. The quantiles are of single choices and
// undos: of the time until all is ranked, of what this process computed meanwhile (which does
// not depend on what else the machine does), and of the call that a key waits for.
func BenchmarkLearning(b *testing.B) {
	b.Run("demo", func(b *testing.B) {
		dir := b.TempDir()
		lessons := demoNotes(b, dir)
		learning(b, dir, models.Options{NoModel: true, DemoKBs: true, Cache: filepath.Join(b.TempDir(), "cache.db")}, lessons)
	})
	b.Run("cie-o", func(b *testing.B) {
		dir := b.TempDir()
		lessons := cantemistNotes(b, dir)
		learning(b, dir, models.Options{NoModel: true, KBs: []models.KB{{Dir: buildCIEO(b)}}, Cache: filepath.Join(b.TempDir(), "cache.db")}, lessons)
	})
}

func learning(b *testing.B, dir string, o models.Options, lessons []teaching) {
	w, err := Open(b.Context(), Options{
		Dir: dir, Who: "ana", Linkable: o.Linkable, Ahead: 10_000,
		Load: func(ctx context.Context, memory *link.Overlay) (*suggest.Models, error) {
			return models.Open(ctx, o, memory)
		},
	})
	mustDo(b, err)
	defer func() { mustDo(b, w.Close(context.Background())) }()
	w.Look(Look{Doc: w.names[0]})
	settled := func() {
		for !w.Status().Idle() {
			<-w.Changed()
		}
	}
	begun := time.Now()
	for w.Doc(w.names[len(w.names)-1]) == nil || w.Status().Device == "" {
		<-w.Changed()
	}
	settled()
	waiting := 0
	for _, d := range w.Documents() {
		waiting += d.Undecided
	}
	b.Logf("%d mentions pending in %d documents, first linked in %.1f s", waiting, len(w.names), time.Since(begun).Seconds())
	var took, key, busy []float64
	reranked := 0
	timed := func(a Action) {
		start, cpu := time.Now(), processorTime(b)
		_, err := w.Do(context.Background(), a)
		mustDo(b, err)
		key = append(key, time.Since(start).Seconds()*1000)
		ranked(w)
		took = append(took, time.Since(start).Seconds()*1000)
		busy = append(busy, 1000*(processorTime(b)-cpu))
		reranked += w.Status().Reranked
		settled()
	}
	n := 0
	for b.Loop() {
		l := lessons[n%len(lessons)]
		n++
		timed(Choose{At: l.at, Candidate: l.choice})
		if n%5 == 0 {
			timed(Undo{})
		}
	}
	for name, ms := range map[string][]float64{"": took, "cpu-": busy, "key-": key} {
		slices.Sort(ms)
		b.ReportMetric(ms[len(ms)/2], name+"p50-ms")
		b.ReportMetric(ms[len(ms)*95/100], name+"p95-ms")
	}
	b.ReportMetric(float64(reranked)/float64(len(took)), "reranked/op")
}

// processorTime is what this process has computed so far, in seconds: unlike time that passes
// it does not depend on what else the machine does.
func processorTime(b *testing.B) float64 {
	var u syscall.Rusage
	mustDo(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// ranked waits until all is ranked again; the journal may still be syncing.
func ranked(w *Workbench) {
	for w.queue.Has(func(j suggest.Job) bool { return j.ID == rankJob }) {
		<-w.Changed()
	}
}

// demoNotes writes notes that use the names of the demo terminology, as they are or
// shortened, in the plural, or with a word more.
func demoNotes(b *testing.B, dir string) []teaching {
	memory := &link.Overlay{}
	m, err := models.Open(b.Context(), models.Options{NoModel: true, DemoKBs: true}, memory)
	mustDo(b, err)
	defer func() { mustDo(b, m.Close()) }()
	rnd := rand.New(rand.NewPCG(1, 2))
	l, ok := m.Linker.(*link.Linker)
	if !ok {
		b.Fatal("another linker")
	}
	const label, perNote = "ENFERMEDAD", 25
	k := l.KBs(label)[0]
	var lessons []teaching
	for n := range pendingMentions / perNote {
		var text, ann strings.Builder
		at := 0
		for i := range perNote {
			row := int32(rnd.IntN(k.Meta().Names))
			id, preferred, _ := k.Numbered(k.ConceptOf(row))
			name := changed(rnd, k.Index().Name(row))
			text.WriteString("Presenta ")
			start := at + len([]rune("Presenta "))
			end := start + len([]rune(name))
			text.WriteString(name + ".\n")
			at = end + 2
			fmt.Fprintf(&ann, "T%d\t%s %d %d\t%s\n", i+1, label, start, end, name)
			if i == 0 {
				lessons = append(lessons, teaching{At{fmt.Sprintf("note-%03d", n), "T1"}, kb.Candidate{DB: k.Name(), ID: id, Name: preferred}})
			}
		}
		mustDo(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("note-%03d.txt", n)), []byte(text.String()), 0o644))
		mustDo(b, os.WriteFile(filepath.Join(dir, fmt.Sprintf("note-%03d.ann", n)), []byte(ann.String()), 0o644))
	}
	return lessons
}

func changed(rnd *rand.Rand, name string) string {
	words := strings.Fields(name)
	switch rnd.IntN(4) {
	case 0:
		return strings.Join(words[:max(1, len(words)-1)], " ")
	case 1:
		return strings.Join(words, " ") + "s"
	case 2:
		return strings.Join(words, " ") + " grave"
	}
	return strings.Join(words, " ")
}

const shared = "../../../shared/data/"

// cantemistNotes copies texts of the training set with their mentions, and without the codes.
func cantemistNotes(b *testing.B, dir string) []teaching {
	col, err := brat.Open(shared + "cantemist/train")
	if err != nil {
		b.Skipf("CANTEMIST is not beside the repository: %v", err)
	}
	var lessons []teaching
	left := pendingMentions
	for _, name := range col.Names() {
		if left <= 0 {
			break
		}
		d, err := col.Read(name)
		mustDo(b, err)
		var ann strings.Builder
		for _, m := range d.File.Mentions() {
			fmt.Fprintf(&ann, "%s\t%s %s\t%s\n", m.ID, m.Label, m.Spans, m.Text)
			left--
			if len(m.Links) == 1 {
				lessons = append(lessons, teaching{At{name, m.ID}, kb.Candidate{DB: "cie-o", ID: m.Links[0].ID}})
			}
		}
		mustDo(b, os.WriteFile(filepath.Join(dir, name+".txt"), []byte(d.Text.String()), 0o644))
		mustDo(b, os.WriteFile(filepath.Join(dir, name+".ann"), []byte(ann.String()), 0o644))
	}
	return lessons
}

func buildCIEO(b *testing.B) string {
	e, err := models.OpenEncoder(models.Options{})
	if err != nil {
		b.Skip("the shipped encoder does not open here: " + err.Error())
	}
	defer func() { mustDo(b, e.Close()) }()
	dir := filepath.Join(b.TempDir(), "kb")
	_, err = store.Build(b.Context(), dir, store.BuildOptions{Name: "cie-o", Embedder: e, Concepts: func(yield func(kb.Concept, error) bool) {
		for _, edition := range []string{"6", "7"} {
			for c, err := range source.Read(shared+"kb/cie-o-3.1-es-morphology-"+edition+".tsv", source.Options{}) {
				if !yield(c, err) {
					return
				}
			}
		}
	}})
	mustDo(b, err)
	return dir
}
