package bench

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/vec"
)

//go:embed faiss.py
var faissProgram string

// Vectors is a set of made-up vectors to search.
type Vectors struct {
	Rows, Dims int
	Clustered  bool // see writeVectors
}

// String is "ROWSxDIMS", and "clustered" or "isotropic".
func (v Vectors) String() string {
	kind := "isotropic"
	if v.Clustered {
		kind = "clustered"
	}
	return fmt.Sprintf("%dx%d %s", v.Rows, v.Dims, kind)
}

// ParseVectors reads "ROWSxDIMS".
func ParseVectors(text string) (Vectors, error) {
	var v Vectors
	if n, err := fmt.Sscanf(text, "%dx%d", &v.Rows, &v.Dims); n != 2 || err != nil || v.Rows < 100 || v.Dims < 2 ||
		fmt.Sprintf("%dx%d", v.Rows, v.Dims) != text {
		return v, fmt.Errorf("%q is no size: write ROWSxDIMS, such as 290000x768", text)
	}
	return v, nil
}

// LinkOptions say what to measure.
type LinkOptions struct {
	Sets    []Vectors
	K       int                              // how many nearest rows are asked for
	Queries int                              // at least 32
	Threads []int                            // empty: one, and all
	Seconds float64                          // for each figure
	Python  string                           // with faiss-cpu
	Peers   []string                         // of faiss's indexes, see PeerIndexes; none: all that do not take minutes to build
	Dir     string                           // where the vectors are written; they are removed again
	Say     func(format string, args ...any) // hears what is being done
}

// LinkReport is what was measured.
type LinkReport struct {
	Kernel string       `json:"kernel"`
	Faiss  string       `json:"faiss,omitempty"` // version; empty: there was no peer
	K      int          `json:"k"`
	Notes  []string     `json:"notes"`
	Sets   []LinkResult `json:"sets"`
}

// LinkResult are the indexes of one set of vectors.
type LinkResult struct {
	Vectors string        `json:"vectors"`
	Indexes []IndexResult `json:"indexes"`
}

// IndexResult is one index.
type IndexResult struct {
	Name   string      `json:"name"`
	Note   string      `json:"note,omitempty"`
	Recall float64     `json:"recall"` // at K, against a scan of all vectors in float32
	Build  float64     `json:"build_s"`
	Bytes  int64       `json:"bytes"` // the vectors themselves included, where it needs them
	Times  []IndexTime `json:"times"`
	Rows   [][]int32   `json:"-"` // what it finds
}

// IndexTime is how long a query takes, on the median.
type IndexTime struct {
	Threads int     `json:"threads"`
	Batch   int     `json:"batch"`
	Millis  float64 `json:"ms"`
}

// batches are the sizes of the batches that are measured.
var batches = []int{1, 32}

// hnswRows is up to how many rows faiss builds a graph: it takes minutes for more.
const hnswRows = 60_000

// PeerIndexes are what is measured of faiss, by the names that LinkOptions.Peers chooses.
var PeerIndexes = []string{"flat", "sq8", "rabitq", "hnsw"}

var peerNames = map[string]string{
	"flat": "faiss IndexFlatIP", "sq8": "faiss QT_8bit", "rabitq": "faiss IndexRaBitQFastScan, refined", "hnsw": "faiss HNSW32",
}

// Link measures exact and approximate nearest-neighbour search over made-up vectors,
// gloss's beside faiss's. Without Python or faiss it measures gloss alone and notes why.
func Link(ctx context.Context, o LinkOptions) (LinkReport, error) {
	if len(o.Threads) == 0 {
		o.Threads = slices.Compact([]int{1, runtime.GOMAXPROCS(0)})
	}
	r := LinkReport{K: o.K, Notes: []string{}}
	peer, version, err := startFaiss(ctx, o.Python)
	if err != nil {
		r.Notes = append(r.Notes, err.Error())
	} else {
		defer peer.Close()
		r.Faiss = version
	}
	for _, set := range o.Sets {
		o.Say("%v: make vectors", set)
		result, kernel, err := o.measure(ctx, set, peer, &r.Notes)
		if err != nil {
			return r, fmt.Errorf("%v: %w", set, err)
		}
		r.Kernel = kernel
		r.Sets = append(r.Sets, result)
	}
	return r, nil
}

func startFaiss(ctx context.Context, python string) (*process, string, error) {
	p, err := start(exec.CommandContext(ctx, python, "-c", faissProgram))
	var hello struct {
		Faiss string `json:"faiss"`
	}
	if err == nil {
		if err = p.answer(&hello); err != nil {
			p.Close()
		}
	}
	if err != nil {
		return nil, "", fmt.Errorf("%w: %s: %w; install faiss-cpu, or name another Python", ErrNoPeer, python, err)
	}
	return p, hello.Faiss, nil
}

// vectorFiles are the files of one set.
type vectorFiles struct{ f32, i8, bits, queries string }

// measure is one set of vectors.
func (o LinkOptions) measure(ctx context.Context, set Vectors, peer *process, notes *[]string) (r LinkResult, kernel string, err error) {
	r.Vectors = set.String()
	dir, err := os.MkdirTemp(o.Dir, "gloss-bench-")
	if err != nil {
		return r, "", err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	at := func(name string) string { return filepath.Join(dir, name) }
	files := vectorFiles{at("names.f32"), at("names.i8"), at("names.bits"), at("queries.f32")}
	queries, err := writeVectors(ctx, set, o.Queries, files)
	if err != nil {
		return r, "", err
	}
	plain, err := vec.Open(files.f32, files.i8, set.Rows, set.Dims)
	if err != nil {
		return r, "", err
	}
	defer func() { err = errors.Join(err, plain.Close()) }()
	o.Say("%v: scan every vector", set)
	wanted, err := vec.NewFlat(plain, 0).Scan(ctx, queries, o.K)
	if err != nil {
		return r, "", err
	}
	if r.Indexes, err = o.gloss(ctx, set, files, plain, queries); err != nil {
		return r, "", err
	}
	if peer != nil {
		more, err := o.peers(set, files, peer, wanted)
		switch {
		case ctx.Err() != nil:
			return r, "", ctx.Err()
		case err != nil:
			*notes = append(*notes, fmt.Sprintf("%v: faiss: %v", set, err))
		}
		r.Indexes = append(r.Indexes, more...)
	}
	for i := range r.Indexes {
		r.Indexes[i].Recall = recall(plain, queries, wanted, r.Indexes[i].Rows)
	}
	return r, vec.NewExact(plain, 1).Kernel(), nil
}

// gloss measures the scans of package vec.
func (o LinkOptions) gloss(ctx context.Context, set Vectors, files vectorFiles, plain *vec.Vectors, queries [][]float32) ([]IndexResult, error) {
	began := time.Now()
	if err := vec.WriteCodes(ctx, files.bits, plain); err != nil {
		return nil, err
	}
	built := time.Since(began).Seconds()
	coded, err := vec.Open(files.f32, files.i8, set.Rows, set.Dims)
	if err != nil {
		return nil, err
	}
	defer coded.Close() // only read
	if err := coded.OpenCodes(files.bits); err != nil {
		return nil, err
	}
	size := func(names ...string) (n int64) {
		for _, name := range names {
			if info, err := os.Stat(name); err == nil {
				n += info.Size()
			}
		}
		return n
	}
	out := []IndexResult{
		{Name: "gloss int8, float32", Bytes: size(files.f32, files.i8)},
		{Name: "gloss bits, int8, float32", Bytes: size(files.f32, files.i8, files.bits), Build: built},
	}
	for i, v := range []*vec.Vectors{plain, coded} {
		o.Say("%v: %s", set, out[i].Name)
		for _, threads := range o.Threads {
			s := vec.NewExact(v, threads)
			for _, batch := range batches {
				ms, err := o.median(ctx, s, queries, batch)
				if err != nil {
					return nil, err
				}
				out[i].Times = append(out[i].Times, IndexTime{threads, batch, ms})
			}
		}
		hits, err := vec.NewExact(v, 0).Scan(ctx, queries, o.K)
		if err != nil {
			return nil, err
		}
		out[i].Rows = rowsOf(hits)
	}
	return out, nil
}

// median is how many milliseconds a query takes in batches.
func (o LinkOptions) median(ctx context.Context, s kb.Scanner, queries [][]float32, batch int) (float64, error) {
	var all []float64
	end := time.Now().Add(time.Duration(o.Seconds * float64(time.Second)))
	for len(all) < 3 || time.Now().Before(end) {
		at := len(all) * batch % len(queries)
		began := time.Now()
		if _, err := s.Scan(ctx, queries[at:min(at+batch, len(queries))], o.K); err != nil {
			return 0, err
		}
		all = append(all, time.Since(began).Seconds()*1000/float64(batch))
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

// peers measures faiss's indexes, as far as they come.
func (o LinkOptions) peers(set Vectors, files vectorFiles, peer *process, wanted [][]kb.Hit) ([]IndexResult, error) {
	var out []IndexResult
	for _, id := range PeerIndexes {
		if len(o.Peers) > 0 && !slices.Contains(o.Peers, id) || id == "hnsw" && set.Rows > hnswRows {
			continue
		}
		name := peerNames[id]
		o.Say("%v: %s", set, name)
		request := map[string]any{
			"index": id, "vectors": files.f32, "queries": files.queries, "dims": set.Dims, "k": o.K,
			"threads": o.Threads, "batches": batches, "seconds": o.Seconds, "wanted": rowsOf(wanted),
		}
		var answer struct {
			Build float64     `json:"build_s"`
			Bytes int64       `json:"bytes"`
			Times []IndexTime `json:"times"`
			Rows  [][]int32   `json:"rows"`
			Note  string      `json:"note"`
		}
		if err := peer.ask(request, &answer); err != nil {
			return out, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, IndexResult{Name: name, Note: answer.Note, Build: answer.Build, Bytes: answer.Bytes, Times: answer.Times, Rows: answer.Rows})
	}
	return out, nil
}

func rowsOf(hits [][]kb.Hit) [][]int32 {
	out := make([][]int32, len(hits))
	for i, h := range hits {
		out[i] = []int32{}
		for _, one := range h {
			out[i] = append(out[i], one.Row)
		}
	}
	return out
}

// recall is the share of the nearest rows that were found; a row as near as the last
// of them counts.
func recall(v *vec.Vectors, queries [][]float32, wanted [][]kb.Hit, found [][]int32) float64 {
	const tie = 1e-6 // as sums in another order may differ
	n, all := 0, 0
	for i, w := range wanted {
		got := 0
		for _, row := range found[i] {
			if row >= 0 && vec.Dot(queries[i], v.Row(row)) >= w[len(w)-1].Score-tie {
				got++
			}
		}
		n, all = n+min(got, len(w)), all+len(w)
	}
	return float64(n) / float64(all)
}
