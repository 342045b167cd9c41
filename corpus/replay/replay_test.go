package replay

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/journal"
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// line makes the edit that adds a line at the end of a file of n lines.
func line(n int, text string) []corpus.LineEdit { return []corpus.LineEdit{{At: n, New: &text}} }

func decide(seq int64, who, doc string, minute int, edit []corpus.LineEdit) corpus.Decision {
	return corpus.Decision{
		Seq: seq, Step: seq, Time: noon.Add(time.Duration(minute) * time.Minute), Who: who, Doc: doc, Kind: corpus.Create, Edit: edit,
	}
}

func begun(doc string, minute int, ann string) []journal.Begun {
	return []journal.Begun{{Doc: doc, Time: noon.Add(time.Duration(minute) * time.Minute), Ann: []byte(ann)}}
}

// write puts a journal into the state directory of dir and returns its file.
func write(t *testing.T, dir, who string, batches ...journal.Batch) string {
	t.Helper()
	j, err := journal.Open(filepath.Join(dir, ".gloss"), who)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.AppendBatch(t.Context(), batches...), j.Close()); err != nil {
		t.Fatal(err)
	}
	return j.Path()
}

func put(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	t1 = "T1\tX 0 3\tuno"
	t2 = "T2\tX 4 7\tdos"
	t3 = "T3\tX 8 12\ttres"
)

// corpusDir is a collection of three documents: ana decided on a at 12:01 and
// 12:03, eva went on from there at 12:05, and nobody decided on c.
func corpusDir(t *testing.T) (dir string, journals []string) {
	dir = t.TempDir()
	put(t, dir, map[string]string{
		"a.txt": "uno dos tres", "a.ann": "lost\n", "sub/c.txt": "x", "sub/c.ann": "odd bytes \xff", "annotation.conf": "[entities]\nX\n",
		"notes.md": "kept", ".hidden": "left out",
	})
	ana := write(t, dir, "ana",
		journal.Batch{Begun: begun("a", 1, ""), Decisions: []corpus.Decision{decide(1, "ana", "a", 1, line(0, t1))}},
		journal.Batch{Decisions: []corpus.Decision{decide(2, "ana", "a", 3, line(1, t2))}})
	eva := write(t, dir, "eva",
		journal.Batch{Begun: begun("a", 5, t1+"\n"+t2+"\n"), Decisions: []corpus.Decision{decide(1, "eva", "a", 5, line(2, t3))}})
	return dir, []string{ana, eva}
}

func at(t *testing.T, s string) At {
	t.Helper()
	a, err := ParseAt(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryMoment(t *testing.T) {
	dir, both := corpusDir(t)
	for _, c := range []struct {
		at       string
		journals []string
		want     string
	}{
		{"", both, t1 + "\n" + t2 + "\n" + t3 + "\n"},
		{"", both[:1], t1 + "\n" + t2 + "\n"},
		{"1", both[:1], t1 + "\n"},
		{"2", both[:1], t1 + "\n" + t2 + "\n"},
		{"1", both[1:], t1 + "\n" + t2 + "\n" + t3 + "\n"},
		{"2026-03-04T11:00:00Z", both, ""},
		{"2026-03-04T12:02:00Z", both, t1 + "\n"},
		{"2026-03-04T12:03:00.000Z", both, t1 + "\n" + t2 + "\n"},
		{"2026-03-04T13:04:00+01:00", both, t1 + "\n" + t2 + "\n"},
		{"2026-03-04T12:30:00Z", both, t1 + "\n" + t2 + "\n" + t3 + "\n"},
		{"2026-03-04T12:02:00Z", both[1:], t1 + "\n" + t2 + "\n"},
	} {
		out := filepath.Join(t.TempDir(), "out")
		r, err := Dir(t.Context(), Options{Dir: dir, Out: out, State: filepath.Join(dir, ".gloss"), Journals: c.journals, At: at(t, c.at)})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(out, "a.ann")); err != nil || string(got) != c.want {
			t.Errorf("at %q of %d journals: %q, %v\nwant %q", c.at, len(c.journals), got, err, c.want)
		}
		if r.Documents != 2 || len(r.Rebuilt) != 1 || r.Rebuilt[0] != "a" || len(r.Warnings) != 0 {
			t.Errorf("report %+v", r)
		}
	}
}

func TestWhatIsNotDecidedIsCopied(t *testing.T) {
	dir, both := corpusDir(t)
	out := filepath.Join(t.TempDir(), "out")
	if _, err := Dir(t.Context(), Options{Dir: dir, Out: out, State: filepath.Join(dir, ".gloss"), Journals: both}); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"sub/c.ann": "odd bytes \xff", "annotation.conf": "[entities]\nX\n", "notes.md": "kept", "a.txt": "uno dos tres"} {
		got, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if info, err := os.Stat(filepath.Join(out, name)); err == nil && info.Mode().Perm() != 0o640 {
			t.Errorf("%s has the mode %v", name, info.Mode())
		}
	}
	for _, name := range []string{".hidden", ".gloss"} {
		if _, err := os.Stat(filepath.Join(out, name)); err == nil {
			t.Errorf("%s was copied", name)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "a.ann")); err != nil || string(data) != "lost\n" {
		t.Errorf("the collection itself changed: %q, %v", data, err)
	}
}

func TestAnotherTextIsTold(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string]string{"a.txt": "uno dos", "b.txt": "x"})
	b := begun("a", 1, "")
	b[0].Text = strings.Repeat("0", 64)
	gone := begun("gone", 1, t1+"\n")
	path := write(t, dir, "ana",
		journal.Batch{Begun: append(b, gone...), Decisions: []corpus.Decision{decide(1, "ana", "a", 1, line(0, t1))}})
	out := filepath.Join(t.TempDir(), "out")
	r, err := Dir(t.Context(), Options{Dir: dir, Out: out, Journals: []string{path}})
	if err != nil || len(r.Warnings) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	if got, err := os.ReadFile(filepath.Join(out, "gone.ann")); err != nil || string(got) != t1+"\n" {
		t.Errorf("a document without its text: %q, %v", got, err)
	}
}

func TestReplayRefuses(t *testing.T) {
	dir, both := corpusDir(t)
	full := t.TempDir()
	put(t, full, map[string]string{"x": ""})
	outside := write(t, t.TempDir(), "eva", journal.Batch{Begun: begun("../../x", 1, t1)})
	broken := write(t, t.TempDir(), "eva", journal.Batch{Begun: begun("a", 1, ""), Decisions: []corpus.Decision{
		decide(1, "eva", "a", 1, []corpus.LineEdit{{At: 0, Old: new(string)}})}})
	for name, o := range map[string]Options{
		"full":     {Out: full, Journals: both},
		"inside":   {Out: filepath.Join(dir, "out"), Journals: both},
		"itself":   {Out: dir, Journals: both},
		"two seqs": {Journals: both, At: At{Seq: 1}},
		"past end": {Journals: both[:1], At: At{Seq: 3}},
		"escape":   {Journals: []string{outside}},
		"broken":   {Journals: []string{broken}},
		"missing":  {Journals: []string{filepath.Join(dir, "none.db")}},
	} {
		o.Dir = dir
		parent := t.TempDir()
		if o.Out == "" {
			o.Out = filepath.Join(parent, "out")
		}
		if _, err := Dir(t.Context(), o); err == nil {
			t.Errorf("%s: no error", name)
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
	for _, s := range []string{"0", "-1", "yesterday", "2026-03-04"} {
		if _, err := ParseAt(s); !errors.Is(err, ErrAt) {
			t.Errorf("%q: %v", s, err)
		}
	}
}
