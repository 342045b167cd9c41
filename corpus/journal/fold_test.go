package journal

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// random makes n decisions of every kind on some documents, in steps of one or
// more, with undos and redos in between.
func random(rng *rand.Rand, n int) []corpus.Decision {
	kinds := []corpus.Kind{
		corpus.Accept, corpus.Create, corpus.SetLink, corpus.SetLink, corpus.NIL, corpus.Unlink, corpus.Delete,
		corpus.Reject, corpus.Finish, corpus.Reopen, corpus.SetSpan, corpus.Note, corpus.Flag, corpus.Propose, corpus.Attribute,
	}
	s, open := NewState(), int64(0)
	var ds []corpus.Decision
	rows := map[int64][]corpus.Decision{} // by step
	add := func(d corpus.Decision) {
		d.Seq = int64(len(ds) + 1)
		if d.Step == 0 {
			d.Step = d.Seq
		}
		d.Time, d.Who = noon, "ana"
		s.Apply(d)
		ds = append(ds, d)
		if d.Of == 0 {
			rows[d.Step] = append(rows[d.Step], d)
		}
	}
	turn := func(kind corpus.Kind, of int64) {
		first := int64(len(ds) + 1)
		for _, d := range rows[of] {
			add(corpus.Decision{Kind: kind, Of: of, Step: first, Doc: d.Doc, Before: d.After, After: d.Before})
		}
		open = 0
	}
	for len(ds) < n {
		d := corpus.Decision{Kind: kinds[rng.IntN(len(kinds))], Doc: string(rune('p' + rng.IntN(4)))}
		id := string(rune('a' + rng.IntN(3)))
		switch {
		case rng.IntN(4) == 0 && s.UndoTarget() != 0:
			turn(corpus.Undo, s.UndoTargets(1 + rng.IntN(3))[0])
			continue
		case rng.IntN(4) == 0 && s.RedoTarget() != 0:
			turn(corpus.Redo, s.RedoTarget())
			continue
		case d.Kind == corpus.Delete || d.Kind == corpus.Reject:
			d.Before = mention(id, "X", id)
		case d.Kind == corpus.Finish || d.Kind == corpus.Reopen:
		case d.Kind == corpus.Propose:
			d.Note = `{"db":"kb","id":"` + id + `","name":"` + id + `"}`
		default:
			d.Note = []string{"", "because"}[rng.IntN(2)]
			d.After = mention(id, "X", id, string(rune('0'+rng.IntN(3))))
		}
		if open != 0 && rng.IntN(2) == 0 {
			d.Step = open
		}
		add(d)
		open = ds[len(ds)-1].Step
	}
	return ds
}

func bytesOf(t *testing.T, s *State) []byte {
	t.Helper()
	data, err := s.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Wherever a snapshot is taken, it and the rest make the state of a whole fold.
func TestASnapshotAndTheRestIsTheWholeFold(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		ds := random(rng, 60)
		whole := NewState()
		for _, d := range ds {
			whole.Apply(d)
		}
		at := rng.IntN(len(ds) + 1)
		early := NewState()
		for _, d := range ds[:at] {
			early.Apply(d)
		}
		var late State
		if err := late.UnmarshalBinary(bytesOf(t, early)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, &late), bytesOf(t, early)) {
			t.Fatalf("a snapshot at %d of %d changes by itself", at, len(ds))
		}
		for _, d := range ds[at:] {
			late.Apply(d)
		}
		sameAnswers(t, &late, whole)
		if !bytes.Equal(bytesOf(t, &late), bytesOf(t, whole)) {
			t.Fatalf("a snapshot at %d of %d decisions and the rest differ from the whole", at, len(ds))
		}
	}
}

func sameAnswers(t *testing.T, got, want *State) {
	t.Helper()
	if got.Last() != want.Last() || got.UndoTarget() != want.UndoTarget() || got.RedoTarget() != want.RedoTarget() {
		t.Fatalf("last %d undo %d redo %d, want %d, %d, %d",
			got.Last(), got.UndoTarget(), got.RedoTarget(), want.Last(), want.UndoTarget(), want.RedoTarget())
	}
	if !reflect.DeepEqual(got.Flagged(), want.Flagged()) || !reflect.DeepEqual(got.Proposals(), want.Proposals()) {
		t.Fatalf("flagged %v proposals %v, want %v, %v", got.Flagged(), got.Proposals(), want.Flagged(), want.Proposals())
	}
	if !reflect.DeepEqual(got.FinishedDocs(), want.FinishedDocs()) || !reflect.DeepEqual(got.Aliases(nil), want.Aliases(nil)) {
		t.Fatalf("finished %v aliases %v, want %v, %v", got.FinishedDocs(), got.Aliases(nil), want.FinishedDocs(), want.Aliases(nil))
	}
	for _, doc := range []string{"p", "q", "r", "s"} {
		for _, id := range []string{"a", "b", "c"} {
			if got.Decided(doc, id) != want.Decided(doc, id) || got.Reason(doc, id) != want.Reason(doc, id) || got.Rejected(doc, "X", corpus.One(0, 1)) != want.Rejected(doc, "X", corpus.One(0, 1)) {
				t.Fatalf("%s of %s differs", id, doc)
			}
		}
	}
	for step := range want.Last() {
		if got.Undone(step) != want.Undone(step) {
			t.Fatalf("step %d differs", step)
		}
	}
}

// What AliasChanges tells adds up to Aliases, at any moment.
func TestAliasChangesAddUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 100 {
		s, sum := NewState(), map[Alias]int{}
		for _, d := range random(rng, 40) {
			s.Apply(d)
			if rng.IntN(3) > 0 {
				continue
			}
			for _, a := range s.AliasChanges() {
				n := a.Count
				a.Count = 0
				if sum[a] += n; sum[a] == 0 {
					delete(sum, a)
				}
			}
			want := map[Alias]int{}
			for _, a := range s.Aliases(nil) {
				n := a.Count
				a.Count = 0
				want[a] = n
			}
			if !reflect.DeepEqual(sum, want) {
				t.Fatalf("at %d they add up to %v, want %v", d.Seq, sum, want)
			}
		}
	}
}

// folded is the fold of a journal, and how many decisions came from its snapshot.
func folded(t *testing.T, j *Journal) (*State, int64) {
	t.Helper()
	from := j.readSnapshot(context.Background()).Last()
	s, err := j.Fold(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s, from
}

func TestFoldUsesASnapshotOnlyOfItsJournal(t *testing.T) {
	const n = 3 * snapshotAfter / 2
	ctx := context.Background()
	for name, c := range map[string]struct {
		spoil func(t *testing.T, path string) // between two starts
		from  int64                           // the snapshot that is used then
	}{
		"nothing":      {func(*testing.T, string) {}, n},
		"deleted":      {func(t *testing.T, path string) { remove(t, path) }, 0},
		"empty":        {func(t *testing.T, path string) { overwrite(t, path, nil) }, 0},
		"a bit turned": {func(t *testing.T, path string) { flip(t, path, 100) }, 0},
		"of another":   {func(t *testing.T, path string) { flip(t, path, 3) }, 0},
		"cut off":      {func(t *testing.T, path string) { overwrite(t, path, content(t, path)[:2000]) }, 0},
		"other version": {func(t *testing.T, path string) {
			overwrite(t, path, bytes.Replace(content(t, path), []byte(snapshotMagic), []byte("gloss snapshot 0\n"), 1))
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			j := mustOpen(t, dir)
			rng := rand.New(rand.NewPCG(7, 8))
			mustAppend(t, j, random(rng, n)[:n])
			first, from := folded(t, j)
			if from != 0 {
				t.Fatalf("a snapshot of %d decisions before there was one", from)
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "journal-ana.snapshot")
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Fatalf("the snapshot: %v, %v", info, err)
			}
			c.spoil(t, path)
			again := mustOpen(t, dir)
			second, from := folded(t, again)
			if from != c.from || !bytes.Equal(bytesOf(t, second), bytesOf(t, first)) {
				t.Errorf("%d decisions came from the snapshot, want %d; or the states differ", from, c.from)
			}
			mustAppend(t, again, decisions(n+1, n+snapshotAfter-1))
			if _, err := again.Fold(ctx); err != nil || again.snapshot.Load() != n {
				t.Errorf("a snapshot at %d though little was new (%v)", again.snapshot.Load(), err)
			}
			if err := again.Snapshot(ctx, second); err != nil || again.snapshot.Load() != n {
				t.Errorf("an old state became a snapshot (%v)", err)
			}
		})
	}
}

// A journal that was put back from a copy and went on otherwise is another one.
func TestASnapshotOfAJournalThatWasReplaced(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	write := func(dir string, from, to int64, note string) {
		j := mustOpen(t, dir)
		ds := decisions(from, to)
		for i := range ds {
			ds[i].Note = note
		}
		mustAppend(t, j, ds)
		if _, err := j.Fold(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	write(dir, 1, snapshotAfter, "here")
	write(other, 1, 2*snapshotAfter, "there")
	overwrite(t, filepath.Join(dir, "journal-ana.db"), content(t, filepath.Join(other, "journal-ana.db")))
	if _, from := folded(t, mustOpen(t, dir)); from != 0 {
		t.Errorf("%d decisions came from the snapshot of another journal", from)
	}
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func overwrite(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func flip(t *testing.T, path string, at int) {
	t.Helper()
	data := content(t, path)
	data[at] ^= 1
	overwrite(t, path, data)
}
