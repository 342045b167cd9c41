package lexical

import (
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/synth"
)

// pairs gives names as Build takes them.
func pairs(names []string) func(func(string, error) bool) {
	return func(yield func(string, error) bool) {
		for _, name := range names {
			if !yield(name, nil) {
				return
			}
		}
	}
}

// onDisk builds and opens an index in a file.
func onDisk(t testing.TB, names []string) *Index {
	t.Helper()
	path := filepath.Join(t.TempDir(), "names.idx")
	if err := Build(path, pairs(names)); err != nil {
		t.Fatal(err)
	}
	x, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// odd are names that a made-up terminology does not have.
var odd = []string{"Cáncer de mama", "cancer DE Mama", "mama, cánceres de", "ER+", "ER-", "--", "", "多囊性腎", "½ mg", "VIH", "de la", "a a a ab"}

// TestFileEqualsMemory holds the mapped index to the one in memory, whatever is asked.
func TestFileEqualsMemory(t *testing.T) {
	names := append(slices.Collect(synth.Names(4000, 11)), odd...)
	memory, file := New(names), onDisk(t, names)
	if err := file.Verify(); err != nil {
		t.Error(err)
	}
	mentions := append(synth.Mentions(120, 4000, 11), odd...)
	queries := append(synth.Typed(synth.Mentions(120, 4000, 11), 2), mentions...)
	odds := func(row int32) bool { return row%3 == 1 }
	for _, q := range queries {
		for what, f := range map[string]func(*Index) any{
			"Exact":       func(x *Index) any { return x.Exact(q) },
			"NGram":       func(x *Index) any { return x.NGram(q, 20) },
			"NGramWhere":  func(x *Index) any { return x.NGramWhere(q, 20, odds) },
			"Search":      func(x *Index) any { return x.Search(q, 20) },
			"SearchWhere": func(x *Index) any { return x.SearchWhere(q, 20, odds) },
			"Fuzzy":       func(x *Index) any { return x.Fuzzy(q, 0.6, 10) },
			"Cosines":     func(x *Index) any { return x.Cosines(q, []int32{0, 17, 4003}) },
			"Spot":        func(x *Index) any { return x.Spot(corpus.NewText("Con " + q + ", " + strings.ToUpper(q) + ".")) },
		} {
			if a, b := f(memory), f(file); !reflect.DeepEqual(a, b) {
				t.Fatalf("%s(%q): in memory %v, in the file %v", what, q, a, b)
			}
		}
	}
	for row, name := range names {
		if file.Name(int32(row)) != name {
			t.Fatalf("row %d is %q, should be %q", row, file.Name(int32(row)), name)
		}
	}
}

// TestIndexIsSafeForConcurrentUse is for the race detector, and for memory of one query
// that is left to the next.
func TestIndexIsSafeForConcurrentUse(t *testing.T) {
	x := onDisk(t, slices.Collect(synth.Names(2000, 8)))
	mentions := synth.Mentions(40, 2000, 8)
	want := make([][]kb.Hit, len(mentions))
	for i, m := range mentions {
		want[i] = x.NGram(m, 15)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i, m := range mentions {
				x.Search(m[:len(m)/2], 10)
				if got := x.NGram(m, 15); !slices.Equal(got, want[i]) {
					t.Errorf("NGram(%q) = %v beside others, %v alone", m, got, want[i])
				}
			}
		})
	}
	wg.Wait()
}

// naiveSearch is the definition of SearchWhere, without an index but for the scores of
// the other methods.
func naiveSearch(x *Index, query string, k int, keep func(int32) bool) []Found {
	ws := words(query)
	if len(ws) == 0 {
		return nil
	}
	var out []Found
	seen := map[int32]bool{}
	add := func(part []Found) {
		slices.SortStableFunc(part, func(a, b Found) int { return len(x.Name(a.Row)) - len(x.Name(b.Row)) })
		for _, f := range part {
			if len(out) < k && !seen[f.Row] && keep(f.Row) {
				seen[f.Row] = true
				out = append(out, f)
			}
		}
	}
	for _, m := range x.Exact(query) {
		if len(out) < k && keep(m.Row) {
			seen[m.Row] = true
			out = append(out, Found{Row: m.Row, Tier: ExactTier, Score: 1 - 0.01*float32(m.Level)})
		}
	}
	var prefix, all []Found
	last := len(ws) - 1
	for row := range int32(x.Len()) {
		ns := words(x.Name(row))
		cover := 0.1 * min(1, float32(len(Fold(query)))/float32(max(1, len(x.Name(row)))))
		if len(ns) > last && slices.Equal(ns[:last], ws[:last]) && strings.HasPrefix(ns[last], ws[last]) {
			prefix = append(prefix, Found{Row: row, Tier: PrefixTier, Score: 0.8 + cover})
		}
		holds := func(w string) bool {
			return slices.ContainsFunc(ns, func(n string) bool { return strings.HasPrefix(n, w) })
		}
		if !slices.ContainsFunc(ws, func(w string) bool { return !holds(w) }) {
			all = append(all, Found{Row: row, Tier: WordsTier, Score: 0.6 + cover})
		}
	}
	add(prefix)
	add(all)
	for _, h := range x.NGram(query, x.Len()) {
		if len(out) < k && !seen[h.Row] && keep(h.Row) {
			out = append(out, Found{Row: h.Row, Tier: FuzzyTier, Score: 0.5 * h.Score})
		}
	}
	return x.withCosines(query, out)
}

func TestSearchEqualsItsDefinition(t *testing.T) {
	names := append(slices.Collect(synth.Names(1500, 5)), odd...)
	x := New(names)
	all := func(int32) bool { return true }
	third := func(row int32) bool { return row%3 == 0 }
	for _, q := range append(synth.Typed(synth.Mentions(150, 1500, 5), 9), append(odd, "d", "de la s", "a")...) {
		for _, keep := range []func(int32) bool{all, third} {
			for _, k := range []int{1, 7, 60} {
				got, want := x.SearchWhere(q, k, keep), naiveSearch(x, q, k, keep)
				if !slices.Equal(got, want) {
					t.Fatalf("Search(%q, %d)\n got %v\nwant %v", q, k, got, want)
				}
			}
		}
	}
}

func TestNGramWhereKeepsTheBestOfThose(t *testing.T) {
	x := New(madeUp(3000, 6))
	keep := func(row int32) bool { return row%7 == 2 }
	for _, q := range madeUp(60, 7) {
		var want []kb.Hit
		for _, h := range x.NGram(q, x.Len()) {
			if keep(h.Row) && len(want) < 10 {
				want = append(want, h)
			}
		}
		if got := x.NGramWhere(q, 10, keep); !slices.Equal(got, want) {
			t.Fatalf("NGramWhere(%q)\n got %v\nwant %v", q, got, want)
		}
	}
}

// TestCosinesEqualNGram: the two ways to score a word give the same number.
func TestCosinesEqualNGram(t *testing.T) {
	x := New(slices.Collect(synth.Names(5000, 2)))
	for _, q := range synth.Mentions(60, 5000, 2) {
		for _, n := range []int{1, 300} {
			hits := x.NGram(q, n)
			rows := make([]int32, len(hits))
			for i, h := range hits {
				rows[i] = h.Row
			}
			for i, c := range x.Cosines(q, rows) {
				if c != hits[i].Score {
					t.Fatalf("%q: row %d has cosine %v by itself, %v among all", q, rows[i], c, hits[i].Score)
				}
			}
		}
	}
}

func TestBuildToldOfErrors(t *testing.T) {
	broken := errors.New("broken line")
	path := filepath.Join(t.TempDir(), "names.idx")
	err := Build(path, func(y func(string, error) bool) { _ = y("a", nil) && y("", broken) })
	if !errors.Is(err, broken) {
		t.Errorf("a broken source gave %v", err)
	}
	n := 0
	err = Build(path, func(y func(string, error) bool) {
		for range 3 {
			n++
			if !y(fmt.Sprint("name ", n), nil) {
				return
			}
		}
	})
	if err == nil {
		t.Error("names that change between two readings were indexed")
	}
	if _, err := Open(path); err == nil {
		t.Error("a file that was not finished was opened")
	}
	if err := Build(path, pairs([]string{"a b", "c"})); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 5000); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a file that was cut off gave %v", err)
	}
}

// TestFilePinned fails when other words, keys or n-grams are made of names: then
// fileVersion must change, so that older files are built anew.
func TestFilePinned(t *testing.T) {
	x := onDisk(t, append(slices.Collect(synth.Names(300, 1)), odd...))
	h := fnv.New32a()
	for w := range int32(x.vocab.Len()) {
		fmt.Fprintln(h, x.vocab.View(w))
	}
	fmt.Fprintln(h, x.words, x.keys, x.grams.hash, x.grams.words) // integers: equal on all machines
	const want = "250742ef"                                       // of version 1
	if got := fmt.Sprintf("%08x", h.Sum32()); got != want {
		t.Errorf("sum %s, version %d had %s: change fileVersion and this test", got, fileVersion, want)
	}
}
