package bench

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func linkOptions(t *testing.T, python string) LinkOptions {
	return LinkOptions{
		Sets: []Vectors{{Rows: 3000, Dims: 40}, {Rows: 3000, Dims: 40, Clustered: true}}, K: 25, Queries: 32, Seconds: 0.001, Threads: []int{1, 2},
		Python: python, Dir: t.TempDir(), Say: func(string, ...any) {},
	}
}

func TestLinkMeasuresGlossWithoutAPeer(t *testing.T) {
	o := linkOptions(t, "no-such-python")
	r, err := Link(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "install faiss-cpu") || r.Faiss != "" {
		t.Errorf("notes %q", r.Notes)
	}
	if len(r.Sets) != 2 || r.Sets[0].Vectors != "3000x40 isotropic" || r.Sets[1].Vectors != "3000x40 clustered" {
		t.Fatalf("sets %+v", r.Sets)
	}
	for _, set := range r.Sets {
		if len(set.Indexes) != 2 {
			t.Fatalf("%s: %d indexes", set.Vectors, len(set.Indexes))
		}
		for _, x := range set.Indexes {
			if x.Recall < 0.999 || x.Bytes < 3000*40*5 || len(x.Times) != len(o.Threads)*len(batches) {
				t.Errorf("%s: %+v", set.Vectors, x)
			}
		}
	}
	if left, err := os.ReadDir(o.Dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestLinkComparesWithFaiss(t *testing.T) {
	python := os.Getenv("GLOSS_PYTHON")
	if python == "" {
		python = "python3"
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if exec.CommandContext(ctx, python, "-c", "import faiss").Run() != nil {
		t.Skip("no faiss-cpu: set GLOSS_PYTHON to a Python with it")
	}
	o := linkOptions(t, python)
	o.Sets = o.Sets[:1]
	r, err := Link(context.Background(), o)
	if err != nil || len(r.Notes) > 0 || r.Faiss == "" {
		t.Fatal(r, err)
	}
	names := map[string]float64{}
	for _, x := range r.Sets[0].Indexes {
		names[x.Name] = x.Recall
	}
	o.Peers, o.Sets[0].Rows = []string{"flat"}, 300
	if r, err := Link(context.Background(), o); err != nil || len(r.Sets[0].Indexes) != 3 || r.Sets[0].Indexes[2].Name != "faiss IndexFlatIP" {
		t.Error(r, err)
	}
	if len(names) != 6 || names["faiss IndexFlatIP"] != 1 || names["faiss IndexRaBitQFastScan, refined"] < 0.99 {
		t.Errorf("%v", names)
	}
}

func TestLinkStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Link(ctx, linkOptions(t, "no-such-python")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestParseVectors(t *testing.T) {
	if v, err := ParseVectors("290000x768"); err != nil || v != (Vectors{Rows: 290000, Dims: 768}) {
		t.Error(v, err)
	}
	for _, bad := range []string{"", "290000", "x768", "50x768", "290000x1", "290000x768x", " 290000x768", "1e5x64"} {
		if _, err := ParseVectors(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
