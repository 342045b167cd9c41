package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 120e6, time.UTC)

// decision is a link to the concept seq, a step of its own.
func decision(seq int64) corpus.Decision {
	return corpus.Decision{
		Seq: seq, Time: noon.Add(time.Duration(seq) * time.Second), Who: "ana", Doc: "a/b", Kind: corpus.SetLink, Step: seq,
		Before: mention("T1", "X", "niño"), After: mention("T1", "X", "niño", "c"+fmt.Sprint(seq)), Millis: 7,
	}
}

func mention(id, label, text string, links ...string) *corpus.Mention {
	m := &corpus.Mention{ID: id, Label: label, Spans: corpus.One(0, corpus.Off(len(text))), Text: text, Score: 0.5}
	m.Links = []corpus.Link{}
	for _, l := range links {
		m.Links = append(m.Links, corpus.Link{DB: "kb", ID: l})
	}
	return m
}

func decisions(from, to int64) []corpus.Decision {
	var ds []corpus.Decision
	for seq := from; seq <= to; seq++ {
		ds = append(ds, decision(seq))
	}
	return ds
}

func mustOpen(t testing.TB, dir string) *Journal {
	t.Helper()
	j, err := Open(dir, "ana")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

func mustAppend(t testing.TB, j *Journal, ds []corpus.Decision) {
	t.Helper()
	if err := j.Append(context.Background(), ds); err != nil {
		t.Fatal(err)
	}
}

func all(t testing.TB, j *Journal, f Filter) []corpus.Decision {
	t.Helper()
	var ds []corpus.Decision
	for d, err := range j.All(context.Background(), f) {
		if err != nil {
			t.Fatal(err)
		}
		ds = append(ds, d)
	}
	return ds
}

func TestAppendAndReopen(t *testing.T) {
	for _, network := range []bool{false, true} {
		t.Run(fmt.Sprintf("network=%v", network), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a ?#%", ".gloss")
			j, err := open(dir, "ana", func(string) bool { return network })
			if err != nil {
				t.Fatal(err)
			}
			full := decision(1)
			old, text := "T1\tX 0 4\tniño", "T1\tX 0 5\tniños"
			full.Edit = []corpus.LineEdit{{At: 3, Old: &old, New: &text}, {At: 4, New: &text}}
			full.Offer = &corpus.Offer{Candidates: []corpus.Offered{{DB: "kb", ID: "1:2", Score: 0.25}}, Score: 1, Model: "m", KB: []string{"h"}}
			full.Note, full.Text = "dudoso", "00ff"
			bare := corpus.Decision{Seq: 2, Time: noon, Who: "ana", Doc: "c", Kind: corpus.Finish, Step: 1}
			undo := corpus.Decision{Seq: 3, Time: noon, Who: "ana", Doc: "c", Kind: corpus.Undo, Step: 3, Of: 1}
			want := []corpus.Decision{full, bare, undo}
			mustAppend(t, j, want)
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			if j, err = open(dir, "ana", func(string) bool { return network }); err != nil {
				t.Fatal(err)
			}
			if got := all(t, j, Filter{}); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
			if j.Last() != 3 {
				t.Errorf("last %d, want 3", j.Last())
			}
			var mode string
			if err := j.db.QueryRow(`PRAGMA journal_mode`).Scan(&mode); err != nil || (mode == "delete") != network {
				t.Errorf("journal mode %s, %v", mode, err)
			}
			if err := errors.Join(j.Close(), j.Close()); err != nil {
				t.Error(err)
			}
			modes(t, dir)
		})
	}
}

func modes(t *testing.T, dir string) {
	t.Helper()
	for path, want := range map[string]fs.FileMode{dir: 0o700, dir + "/journal-ana.db": 0o600, dir + "/journal-ana.lock": 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, want %v (%v)", path, info.Mode().Perm(), want, err)
		}
	}
}

func TestFilter(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	ds := decisions(1, 3*page)
	for i := range ds {
		if i%3 == 0 {
			ds[i].Doc = "other"
		}
		ds[i].Offer = &corpus.Offer{Model: "m"}
		ds[i].Step = ds[i].Seq - ds[i].Seq%2 // steps of two, but the first
	}
	ds[0].Step = 1
	mustAppend(t, j, ds)
	for name, c := range map[string]struct {
		f           Filter
		n           int
		first, last int64
	}{
		"all":       {Filter{}, 3 * page, 1, 3 * page},
		"range":     {Filter{From: 5, To: 7}, 3, 5, 7},
		"past end":  {Filter{From: 3 * page, To: 9 * page}, 1, 3 * page, 3 * page},
		"doc":       {Filter{Doc: "other"}, page, 1, 3*page - 2},
		"doc range": {Filter{Doc: "a/b", From: 4, To: 6}, 2, 5, 6},
	} {
		got := all(t, j, c.f)
		if len(got) != c.n || got[0].Seq != c.first || got[c.n-1].Seq != c.last {
			t.Errorf("%s: %d decisions", name, len(got))
		}
	}
	if got := all(t, j, Filter{From: 3, To: 2}); got != nil {
		t.Errorf("empty range gave %d", len(got))
	}
	if got := all(t, j, Filter{Slim: true, To: 1}); got[0].Offer != nil || got[0].After == nil {
		t.Errorf("slim: %+v", got[0])
	}
	step, err := j.Step(context.Background(), 4)
	if err != nil || len(step) != 2 || step[0].Seq != 4 || step[1].Seq != 5 {
		t.Errorf("step: %v, %v", step, err)
	}
}

// The caller may append while it walks, and does not meet what it appended.
func TestAppendInsideAll(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	mustAppend(t, j, decisions(1, page+1))
	seen := int64(0)
	for d, err := range j.All(context.Background(), Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		seen = d.Seq
		mustAppend(t, j, decisions(j.Last()+1, j.Last()+1))
	}
	if seen != page+1 || j.Last() != 2*page+2 {
		t.Errorf("saw %d, last %d", seen, j.Last())
	}
}

func TestBegun(t *testing.T) {
	ctx := context.Background()
	j := mustOpen(t, t.TempDir())
	if _, ok, err := j.LastBegun(ctx, "a/b", 0); ok || err != nil {
		t.Fatal(ok, err)
	}
	first := Begun{Doc: "a/b", Time: noon, Text: "00ff", Ann: []byte("T1\tX 0 4\tni\xffo\r\n")}
	err := j.AppendBatch(ctx, Batch{Begun: []Begun{first}, Decisions: decisions(1, 2)}, Batch{Begun: []Begun{{Doc: "c"}}, Decisions: decisions(3, 3)})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Begin(ctx, "a/b", []byte("changed"), "00ff"); err != nil {
		t.Fatal(err)
	}
	first.Seq = 1
	rows, err := j.Begun(ctx, "a/b")
	if err != nil || len(rows) != 2 || !reflect.DeepEqual(rows[0], first) || rows[1].Seq != 4 {
		t.Fatalf("%+v, %v", rows, err)
	}
	for seq, want := range map[int64]string{1: string(first.Ann), 3: string(first.Ann), 4: "changed", 0: "changed"} {
		if b, ok, err := j.LastBegun(ctx, "a/b", seq); string(b.Ann) != want || !ok || err != nil {
			t.Errorf("at %d: %q, %v", seq, b.Ann, err)
		}
	}
	if b, _, err := j.LastBegun(ctx, "c", 0); b.Seq != 3 || b.Ann == nil || err != nil {
		t.Errorf("an empty file: %+v, %v", b, err)
	}
}

func TestRefused(t *testing.T) {
	with := func(change func(*corpus.Decision)) []corpus.Decision {
		ds := decisions(3, 4)
		change(&ds[1])
		return ds
	}
	for name, c := range map[string]struct {
		ds   []corpus.Decision
		want error
	}{
		"repeated":     {decisions(2, 3), ErrSeq},
		"gap":          {decisions(4, 4), ErrSeq},
		"zero":         {decisions(0, 0), ErrSeq},
		"inside":       {with(func(d *corpus.Decision) { d.Seq = 5 }), ErrSeq},
		"kind":         {with(func(d *corpus.Decision) { d.Kind = "made up" }), ErrInvalid},
		"no step":      {with(func(d *corpus.Decision) { d.Step = 0 }), ErrInvalid},
		"later step":   {with(func(d *corpus.Decision) { d.Step = 5 }), ErrInvalid},
		"undo nothing": {with(func(d *corpus.Decision) { d.Kind = corpus.Undo }), ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			j := mustOpen(t, t.TempDir())
			mustAppend(t, j, decisions(1, 2))
			if err := j.Append(context.Background(), c.ds); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if got := all(t, j, Filter{}); len(got) != 2 || j.Last() != 2 {
				t.Errorf("%d decisions, last %d: want the old two", len(got), j.Last())
			}
			mustAppend(t, j, decisions(3, 4))
		})
	}
}

func TestCancelledAppendStoresNothing(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := j.Append(ctx, decisions(1, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	mustAppend(t, j, decisions(1, 1))
}

// Not even another program that opens the file can change what was decided.
func TestAppendOnly(t *testing.T) {
	j := mustOpen(t, t.TempDir())
	if err := j.AppendBatch(context.Background(), Batch{Begun: []Begun{{Doc: "a"}}, Decisions: decisions(1, 2)}); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite3", j.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	const row = `'t', 'w', 'd', 'k', 1, 0, 0, NULL, NULL, NULL, NULL, '', '')`
	for _, statement := range []string{
		`UPDATE decisions SET who = 'eve'`, `DELETE FROM decisions WHERE seq = 2`,
		`INSERT OR REPLACE INTO decisions VALUES (2, ` + row, `INSERT INTO decisions VALUES (9, ` + row, `INSERT INTO decisions VALUES (NULL, ` + row,
		`UPDATE begun SET ann = x'00'`, `DELETE FROM begun`, `INSERT OR REPLACE INTO begun VALUES (1, 1, 'a', 't', '', x'00')`,
	} {
		if _, err := other.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestNotOurs(t *testing.T) {
	for name, c := range map[string]struct {
		sql, raw string
		want     error
	}{
		"newer":   {fmt.Sprintf(`CREATE TABLE x (y); PRAGMA application_id = %d; PRAGMA user_version = 2`, applicationID), "", ErrVersion},
		"foreign": {`CREATE TABLE x (y)`, "", ErrNotJournal},
		"no db":   {"", strings.Repeat("no database ", 100), ErrNotJournal},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "journal-ana.db")
			if err := os.WriteFile(path, []byte(c.raw), 0o600); err != nil {
				t.Fatal(err)
			}
			if c.sql != "" {
				db, err := sql.Open("sqlite3", path)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := db.Exec(c.sql); err != nil {
					t.Fatal(err)
				}
				db.Close()
			}
			before, _ := os.ReadFile(path)
			_, err := Open(dir, "ana")
			_, err2 := OpenReadOnly(dir, "ana")
			if !errors.Is(err, c.want) || !errors.Is(err2, c.want) {
				t.Errorf("got %v and %v, want %v", err, err2, c.want)
			}
			if after, _ := os.ReadFile(path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestPath(t *testing.T) {
	for who, want := range map[string]string{
		"ana": "journal-ana.db", "José M. 2": "journal-José_M._2.db", "../a\\b": "journal-.._a_b.db", "a\x00b": "journal-a_b.db",
	} {
		if got, err := Path("d", who); err != nil || got != filepath.Join("d", want) {
			t.Errorf("%q: %q, %v", who, got, err)
		}
	}
	for _, who := range []string{"", strings.Repeat("x", 201)} {
		if _, err := Open(t.TempDir(), who); err == nil {
			t.Errorf("%q was taken", who)
		}
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, dir)
	got, err := Find(dir)
	if err != nil || len(got) != 1 || got[0] != filepath.Join(dir, "journal-ana.db") {
		t.Errorf("%v, %v", got, err)
	}
	if got, err := Find(filepath.Join(dir, "missing")); got != nil || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestReadWhileWriting(t *testing.T) {
	dir := t.TempDir()
	if _, err := OpenReadOnly(dir, "ana"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v", err)
	}
	j := mustOpen(t, dir)
	mustAppend(t, j, decisions(1, 2))
	r, err := OpenReadOnly(dir, "ana")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	mustAppend(t, j, decisions(3, 3))
	if r.Last() != 3 || len(all(t, r, Filter{})) != 3 {
		t.Errorf("the reader sees %d", r.Last())
	}
	if err := r.Append(context.Background(), decisions(4, 4)); !errors.Is(err, ErrReadOnly) {
		t.Errorf("got %v", err)
	}
	if r.Who() != "ana" {
		t.Errorf("who %q", r.Who())
	}
}
