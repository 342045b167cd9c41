package store

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/gloss-nlp/gloss/kb/vec"
)

// memo finds vectors by their text in a file of rows. It takes 16 bytes of memory a row.
type memo struct {
	vectors *os.File // rows of dims little-endian float32
	sums    *os.File // sumSize bytes a row; nil where the vectors are known to be whole
	dims    int
	rows    []memoRow // sorted
}

// sumSize is the size of a row's entry beside its vector: the hash of its text, and of
// the vector. A power cut may keep the one and not the other; syncing each would
// take longer than embedding.
const sumSize = 16

type memoRow struct {
	text uint64 // the first eight bytes of the SHA-256
	row  uint32
}

func hashText(text string) uint64 { return hashBytes([]byte(text)) }

func hashBytes(b []byte) uint64 {
	sum := sha256.Sum256(b)
	return binary.LittleEndian.Uint64(sum[:])
}

func (m *memo) sort() {
	slices.SortFunc(m.rows, func(a, b memoRow) int { return cmp.Or(cmp.Compare(a.text, b.text), cmp.Compare(a.row, b.row)) })
}

// find is the vector of a text, nil where there is none that can be used.
func (m *memo) find(text string) []float32 {
	if m == nil || len(m.rows) == 0 {
		return nil
	}
	at, ok := slices.BinarySearchFunc(m.rows, hashText(text), func(r memoRow, h uint64) int { return cmp.Compare(r.text, h) })
	if !ok {
		return nil
	}
	row := int64(m.rows[at].row)
	b := make([]byte, 4*m.dims)
	if _, err := m.vectors.ReadAt(b, row*int64(len(b))); err != nil {
		return nil
	}
	if m.sums != nil {
		var sum [8]byte
		if _, err := m.sums.ReadAt(sum[:], row*sumSize+8); err != nil || binary.LittleEndian.Uint64(sum[:]) != hashBytes(b) {
			return nil
		}
	}
	v := make([]float32, m.dims)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	if l := vec.Dot(v, v); !(math.Abs(float64(l)-1) < 1e-2) {
		return nil
	}
	return v
}

func (m *memo) Close() error {
	var errs []error
	for _, f := range []*os.File{m.vectors, m.sums} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	return errors.Join(errs...)
}

// remembered are the vectors of the knowledge base in a directory; nil where there is
// none of this encoder, or it is not whole.
func remembered(ctx context.Context, dir, encoder string) (*memo, error) {
	m, err := ReadMeta(dir)
	if err != nil || encoder == "" || m.Encoder != encoder || m.Vectors == "" {
		return nil, nil // nothing to remember is no failure of a build
	}
	path := filepath.Join(dir, f32File)
	if sum, err := hashFile(path); err != nil || sum != m.Vectors {
		return nil, nil
	}
	db, err := openDB(filepath.Join(dir, dbFile), "mode=ro&immutable=1")
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	old := &memo{dims: m.Dimensions, rows: make([]memoRow, 0, m.Names)}
	err = each(ctx, db, "SELECT text FROM names ORDER BY row", func(rows *sql.Rows) error {
		var text sql.RawBytes
		err := rows.Scan(&text)
		old.rows = append(old.rows, memoRow{hashText(string(text)), uint32(len(old.rows))})
		return err
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, fmt.Errorf("read names of %s: %w", dir, err)
	}
	old.sort()
	old.vectors, err = os.Open(path)
	return old, err
}

// checkpoint is a memo that grows: what is embedded is kept in the workspace at once,
// so that a build that is interrupted goes on where it was.
type checkpoint struct {
	memo
	n int64 // rows
}

// openCheckpoint opens the vectors that an earlier build with this encoder left.
func openCheckpoint(dir, encoder string, dims int) (_ *checkpoint, err error) {
	id := sha256.Sum256(fmt.Appendf(nil, "%s %d", encoder, dims))
	name := filepath.Join(dir, "embedded-"+hex.EncodeToString(id[:8]))
	c := &checkpoint{memo: memo{dims: dims}}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("keep vectors: %w", err), c.Close())
		}
	}()
	if c.vectors, err = os.OpenFile(name+".f32", os.O_CREATE|os.O_RDWR, 0o644); err != nil {
		return nil, err
	}
	if c.sums, err = os.OpenFile(name+".sums", os.O_CREATE|os.O_RDWR, 0o644); err != nil {
		return nil, err
	}
	vectors, err := c.vectors.Stat()
	if err != nil {
		return nil, err
	}
	sums, err := c.sums.Stat()
	if err != nil {
		return nil, err
	}
	c.n = min(vectors.Size()/int64(4*dims), sums.Size()/sumSize)
	c.rows = make([]memoRow, 0, c.n)
	in := bufio.NewReader(io.NewSectionReader(c.sums, 0, c.n*sumSize))
	var sum [sumSize]byte
	for i := range c.n {
		if _, err := io.ReadFull(in, sum[:]); err != nil {
			return nil, err
		}
		c.rows = append(c.rows, memoRow{binary.LittleEndian.Uint64(sum[:]), uint32(i)})
	}
	c.sort()
	return c, errors.Join(c.vectors.Truncate(c.n*int64(4*dims)), c.sums.Truncate(c.n*sumSize))
}

// add keeps vectors of texts for a build to come; this one does not find them.
func (c *checkpoint) add(texts []string, vectors [][]float32) error {
	size := 4 * c.dims
	rows := make([]byte, 0, len(texts)*size)
	sums := make([]byte, 0, len(texts)*sumSize)
	for i, text := range texts {
		if len(vectors[i]) != c.dims {
			return fmt.Errorf("keep vectors: one has %d dimensions, not %d", len(vectors[i]), c.dims)
		}
		for _, x := range vectors[i] {
			rows = binary.LittleEndian.AppendUint32(rows, math.Float32bits(x))
		}
		sums = binary.LittleEndian.AppendUint64(sums, hashText(text))
		sums = binary.LittleEndian.AppendUint64(sums, hashBytes(rows[i*size:]))
	}
	_, err := c.vectors.WriteAt(rows, c.n*int64(size))
	if err == nil {
		_, err = c.sums.WriteAt(sums, c.n*sumSize)
	}
	if err != nil {
		return fmt.Errorf("keep vectors: %w", err)
	}
	c.n += int64(len(texts))
	return nil
}
