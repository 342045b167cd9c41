package link

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/internal/fake"
	"github.com/gloss-nlp/gloss/kb/lexical"
	"github.com/gloss-nlp/gloss/kb/source"
	"github.com/gloss-nlp/gloss/kb/store"
)

// build makes a knowledge base and opens it; e may be nil.
func build(t testing.TB, name string, concepts iter.Seq2[kb.Concept, error], e kb.Embedder) *store.KB {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if _, err := store.Build(context.Background(), dir, store.BuildOptions{Name: name, Concepts: concepts, Embedder: e}); err != nil {
		t.Fatal(err)
	}
	k, err := store.Open(dir, store.Options{Embedder: e})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func table() iter.Seq2[kb.Concept, error] {
	return source.Read("testdata/concepts.tsv", source.Options{})
}

func stream(concepts ...kb.Concept) iter.Seq2[kb.Concept, error] {
	return func(yield func(kb.Concept, error) bool) {
		for _, c := range concepts {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func linker(t testing.TB, o Options) *Linker {
	t.Helper()
	l, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func ids(cs []kb.Candidate) []string {
	var out []string
	for _, c := range cs {
		out = append(out, c.ID)
	}
	return out
}

// one links a single mention.
func one(t testing.TB, l *Linker, label, text string, k int) []kb.Candidate {
	t.Helper()
	got, err := l.Candidates(context.Background(), []Query{{Label: label, Text: text}}, k)
	if err != nil {
		t.Fatal(err)
	}
	return got[0]
}

// defaultKBs has the table for all labels, and one concept for the label "other".
func defaultKBs(t testing.TB, e kb.Embedder) map[string][]*store.KB {
	return map[string][]*store.KB{
		"":      {build(t, "demo", table(), e)},
		"other": {build(t, "extra", stream(kb.Concept{ID: "X1", Name: "fiebre"}), e)},
	}
}

func TestCases(t *testing.T) {
	l := linker(t, Options{KBs: defaultKBs(t, nil)})
	b, err := os.ReadFile("testdata/cases.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := append(strings.Split(line, "\t"), "", "", "")
		k, err := strconv.Atoi(f[2])
		if err != nil {
			t.Fatalf("cases.tsv:%d: %v", i+1, err)
		}
		got := one(t, l, f[0], f[1], k)
		if !slices.Equal(ids(got), strings.Fields(f[3])) {
			t.Errorf("cases.tsv:%d: %q: got %v, want %q", i+1, f[1], got, f[3])
		} else if len(got) > 0 && (got[0].Evidence.Match != f[4] || got[0].Evidence.Name != f[5]) {
			t.Errorf("cases.tsv:%d: %q: evidence %+v", i+1, f[1], got[0].Evidence)
		}
	}
}

func TestMeaningFindsWhatLettersCannot(t *testing.T) {
	e := fake.New("e1")
	e.Synonyms = map[string]string{"pirexia": "fiebre"}
	kbs := defaultKBs(t, e)
	letters := linker(t, Options{KBs: kbs})
	if got := one(t, letters, "", "pirexia", 1); len(got) > 0 && got[0].ID == "D1" {
		t.Fatal("letters alone find it; the test shows nothing")
	}
	for _, strategy := range []string{Gloss, ExactThenDense} {
		got := one(t, linker(t, Options{KBs: kbs, Embedder: e, Settings: Settings{Strategy: strategy}}), "", "pirexia", 3)
		if got[0].ID != "D1" || got[0].Evidence.Match != "dense" || got[0].Evidence.Dense < 0.99 || got[0].Evidence.Name != "fiebre" {
			t.Errorf("%s: %+v", strategy, got)
		}
	}
}

func TestScoresAndEvidence(t *testing.T) {
	e := fake.New("e1")
	kbs := defaultKBs(t, e)
	for _, o := range []Options{{KBs: kbs}, {KBs: kbs, Embedder: e}, {KBs: kbs, Embedder: e, Settings: Settings{}.With("weight", 0.1)}, {KBs: kbs, Embedder: e, Settings: Settings{Strategy: ExactThenDense}}} {
		l := linker(t, o)
		for _, text := range []string{"carcinoma", "CDI", "carcinoma ductal", "fibre", "biopsia mama"} {
			last := corpus.Score(1)
			got := one(t, l, "", text, 25)
			for _, c := range got {
				if !(c.Score >= 0 && c.Score <= last) {
					t.Errorf("%q: score %v after %v", text, c.Score, last)
				}
				last = c.Score
				if c.DB != "demo" || c.Name == "" || c.Type == "" || c.Evidence.Type != c.Type || c.Evidence.Name == "" {
					t.Errorf("%q: %+v", text, c)
				}
				if !c.Evidence.Lexical.Known() || c.Evidence.Dense.Known() != (o.Embedder != nil) {
					t.Errorf("%q: parts of %+v", text, c.Evidence)
				}
			}
			seen := ids(got)
			slices.Sort(seen)
			if len(slices.Compact(seen)) != len(got) {
				t.Errorf("%q: a concept comes twice in %v", text, got)
			}
		}
	}
}

func TestCorpusMemoryComesFirst(t *testing.T) {
	e := fake.New("e1")
	kbs := defaultKBs(t, e)
	var o Overlay
	for _, strategy := range []string{Gloss, ExactThenDense} {
		l := linker(t, Options{KBs: kbs, Embedder: e, Settings: Settings{Strategy: strategy}, Overlay: &o})
		before := one(t, l, "L", "Fiebre", 5)
		o.Add("L", "fiebre", "demo", "D2")
		o.Add("L", "FIEBRE.", "demo", "D2")
		o.Add("L", "fiebre", "demo", "P1") // nothing else would offer it
		o.Add("L", "fiebre", "gone", "D3") // a KB that is not at hand
		o.Add("M", "fiebre", "demo", "D3") // another label
		got := one(t, l, "L", "Fiebre", 5)
		if !slices.Equal(ids(got)[:3], []string{"D2", "P1", "D1"}) {
			t.Fatalf("%s: %v", strategy, ids(got))
		}
		if c := got[0]; c.Evidence.Match != "corpus" || c.Evidence.Chosen != 2 || c.Score > 1 || !(c.Score > got[1].Score && got[1].Score > got[2].Score) {
			t.Errorf("%s: %+v", strategy, got)
		}
		for range 2 {
			o.Remove("L", "fiebre", "demo", "D2")
		}
		o.Remove("L", "fiebre", "demo", "P1")
		o.Remove("L", "fiebre", "gone", "D3")
		if after := one(t, l, "L", "Fiebre", 5); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: undone choices still count:\n%v\n%v", strategy, before, after)
		}
	}
}

func TestEqualNamesBeatNearOnes(t *testing.T) {
	near := &found{lex: 0.95, dense: 0.95}
	for level, lex := range map[lexical.Level]float32{lexical.Folded: 0.9, lexical.WordOrder: 0.9} {
		equal := &found{exact: true, level: level, lex: lex, dense: 0.9}
		for _, weight := range []float64{0, 0.4, 0.8} {
			if scoreFused(equal, weight) <= scoreFused(near, weight) {
				t.Errorf("equal at level %v, weight %v: %v, near %v", level, weight, scoreFused(equal, weight), scoreFused(near, weight))
			}
		}
		if scoreInTurn(equal) <= scoreInTurn(near) {
			t.Errorf("equal at level %v: %v, near %v", level, scoreInTurn(equal), scoreInTurn(near))
		}
	}
	if s := scoreFused(&found{exact: true, lex: 1, dense: 1}, 0.5); s != 1 {
		t.Errorf("the same name scores %v", s)
	}
}

func TestSearchOrderBreaksTies(t *testing.T) {
	a := build(t, "a", stream(kb.Concept{ID: "1", Name: "fiebre"}, kb.Concept{ID: "2", Name: "fiebre"}), nil)
	b := build(t, "b", stream(kb.Concept{ID: "1", Name: "fiebre"}, kb.Concept{ID: "3", Names: []kb.Name{{Text: "fiebre", Kind: "mention", Count: 4}}}), nil)
	l := linker(t, Options{KBs: map[string][]*store.KB{"": {b, a}}})
	var got []string
	for _, c := range one(t, l, "", "fiebre", 9) {
		got = append(got, c.DB+c.ID)
	}
	if want := []string{"b3", "b1", "a1", "a2"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	found, err := l.Search(context.Background(), "", "fieb", 3)
	if err != nil || len(found) != 3 || found[0].DB != "b" || found[2].DB != "a" {
		t.Errorf("search found %v, %v", found, err)
	}
}

func TestEqualMentionsAreEmbeddedOnce(t *testing.T) {
	e := fake.New("e1")
	kbs := defaultKBs(t, e)
	l := linker(t, Options{KBs: kbs, Embedder: e})
	before := e.Texts.Load()
	got, err := l.Candidates(context.Background(), []Query{{Text: "fiebre alta"}, {Label: "x", Text: "tos"}, {Text: " fiebre  alta"}, {Label: "y", Text: "tos"}}, 3)
	if err != nil || e.Texts.Load()-before != 2 {
		t.Errorf("%d texts were embedded, %v", e.Texts.Load()-before, err)
	}
	if fmt.Sprint(got[0]) != fmt.Sprint(got[2]) || fmt.Sprint(got[1]) != fmt.Sprint(got[3]) {
		t.Error("equal mentions have other candidates")
	}
	got[0][0].ID = "changed"
	if got[2][0].ID == "changed" {
		t.Error("the lists of equal mentions share memory")
	}
}

// memory is a Cache.
type memory struct {
	mu   sync.Mutex
	hits map[string][]kb.Hit
}

func (m *memory) Load(hash string, names []string) [][]kb.Hit {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make([][]kb.Hit, len(names))
	for i, n := range names {
		out[i] = m.hits[hash+n]
	}
	return out
}

func (m *memory) Store(hash string, names []string, hits [][]kb.Hit) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, n := range names {
		m.hits[hash+n] = hits[i]
	}
}

func TestCacheChangesNothingButTheWork(t *testing.T) {
	e := fake.New("e1")
	kbs := defaultKBs(t, e)
	plain := linker(t, Options{KBs: kbs, Embedder: e})
	cached := linker(t, Options{KBs: kbs, Embedder: e, Cache: &memory{hits: map[string][]kb.Hit{}}})
	for _, text := range []string{"fiebre", "carcinoma de mama", "fiebre", "zz"} {
		if a, b := one(t, plain, "", text, 9), one(t, cached, "", text, 9); fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%q: %v\nwith a cache %v", text, a, b)
		}
	}
	before := e.Texts.Load()
	one(t, cached, "", "fiebre", 3)
	if e.Texts.Load() != before {
		t.Error("a cached mention was embedded again")
	}
}

func TestNewRefuses(t *testing.T) {
	kbs := defaultKBs(t, fake.New("e1"))
	if _, err := New(Options{KBs: kbs, Embedder: fake.New("e2")}); !errors.Is(err, store.ErrEncoder) {
		t.Errorf("another encoder gave %v", err)
	}
	if _, err := New(Options{Settings: Settings{Strategy: "magic"}}); !errors.Is(err, ErrStrategy) {
		t.Errorf("an unknown strategy gave %v", err)
	}
	if _, err := New(Options{Settings: Settings{}.With("weight", 2)}); err == nil {
		t.Error("a weight of 2 was accepted")
	}
}

func TestErrorsAndCancelling(t *testing.T) {
	e := fake.New("e1")
	kbs := defaultKBs(t, e)
	l := linker(t, Options{KBs: kbs, Embedder: e})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := l.Candidates(ctx, []Query{{Text: "fiebre"}}, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	e.Fail = errors.New("out of memory")
	if _, err := l.Candidates(context.Background(), []Query{{Text: "fiebre"}}, 3); !errors.Is(err, e.Fail) {
		t.Errorf("a failing embedder gave %v", err)
	}
	none := linker(t, Options{})
	if got, err := none.Candidates(context.Background(), []Query{{Text: "x"}}, 3); err != nil || len(got) != 1 || len(got[0]) != 0 {
		t.Errorf("without knowledge bases: %v, %v", got, err)
	}
}

func TestConcurrentUse(t *testing.T) {
	e := fake.New("e1")
	var o Overlay
	l := linker(t, Options{KBs: defaultKBs(t, e), Embedder: e, Overlay: &o})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				name := fmt.Sprintf("fiebre %d", j)
				o.Add("", name, "demo", "D1")
				if got, err := l.Candidates(context.Background(), []Query{{Text: name}, {Text: "carcinoma"}}, 3); err != nil || got[0][0].ID != "D1" {
					t.Errorf("%d: %v, %v", i, got, err)
				}
				if _, err := l.Search(context.Background(), "", name, 3); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestSpotLinks(t *testing.T) {
	var o Overlay
	l := linker(t, Options{KBs: defaultKBs(t, nil), Overlay: &o})
	spot := func(label string) []string {
		var out []string
		for _, m := range l.Spot(label, corpus.NewText("CDI con fiebre amarilla y fiebre")) {
			out = append(out, m.Label+" "+m.Spans.String()+" "+m.Text+" "+m.Links[0].DB+":"+m.Links[0].ID)
		}
		return out
	}
	if got, want := spot("L"), []string{"L 0 3 CDI demo:M1", "L 8 23 fiebre amarilla demo:D2", "L 26 32 fiebre demo:D1"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	o.Add("L", "CDI", "demo", "D3")
	if got := spot("L"); got[0] != "L 0 3 CDI demo:D3" {
		t.Errorf("the corpus's choice is not followed: %q", got)
	}
	if got, want := spot("other"), []string{"other 8 14 fiebre extra:X1", "other 26 32 fiebre extra:X1"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func BenchmarkCandidates(b *testing.B) {
	e := fake.New("e1")
	many := func(yield func(kb.Concept, error) bool) {
		for i := range 20_000 {
			if !yield(kb.Concept{ID: fmt.Sprint(i), Name: fmt.Sprintf("nombre %d de %x", i%977, i*7919)}, nil) {
				return
			}
		}
	}
	l := linker(b, Options{KBs: map[string][]*store.KB{"": {build(b, "big", many, e)}}, Embedder: e})
	for i := 0; b.Loop(); i++ {
		one(b, l, "", fmt.Sprintf("nombre %d", i%977), 25)
	}
}
