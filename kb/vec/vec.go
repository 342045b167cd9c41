// Package vec finds names by meaning: nearest neighbours among unit-length
// vectors, exact by default, approximate where that was asked for and measured.
//
// An index lies in two files, and mostly a third, all mapped into memory, read-only.
// names.f32 holds the vectors as they are: rows of dims little-endian float32, nothing
// else. names.i8 holds a header of 64 bytes, one float32 scale a row, and from the next
// multiple of 64 bytes on rows of dims int8, so that value = scale * int8. names.bits
// holds two bits a dimension (see codes), from which a scan knows of most rows that
// they are not among the best.
package vec

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"unsafe"
)

// ErrDamaged is the error of vector files that do not hold what they should.
var ErrDamaged = errors.New("damaged vector file")

const (
	magic      = "GLOSSI8\x01" // the last byte is the version of the format
	headerSize = 64
)

// Vectors are rows of unit length with their quantised form. They are immutable
// and safe for concurrent use until Close.
type Vectors struct {
	rows, dims int
	full       []float32 // rows x dims
	small      []int8    // rows x dims, in [-127, 127]
	scale      []float32 // one a row
	codes      *codes    // of the first passes; nil where there are none
	codesFile  []byte    // mapped; nil where they come from no file
	close      []func() error
}

// Rows is the number of vectors.
func (v *Vectors) Rows() int { return v.rows }

// Dims is the number of dimensions.
func (v *Vectors) Dims() int { return v.dims }

// Row is a vector as it was given. It must not be changed, nor used after Close.
func (v *Vectors) Row(i int32) []float32 {
	return v.full[int(i)*v.dims : (int(i)+1)*v.dims]
}

// All are the vectors one after the other: Rows() x Dims() float32. They must not
// be changed, nor used after Close.
func (v *Vectors) All() []float32 { return v.full }

// Close unmaps the files. No method may be running or be called afterwards.
func (v *Vectors) Close() error {
	var errs []error
	for _, f := range v.close {
		errs = append(errs, f())
	}
	v.close, v.full, v.small, v.scale, v.codes, v.codesFile, v.rows = nil, nil, nil, nil, nil, nil, 0
	return errors.Join(errs...)
}

// New keeps vectors in memory: len(full)/dims rows.
func New(full []float32, dims int) *Vectors {
	v := &Vectors{rows: len(full) / dims, dims: dims, full: full}
	v.small = make([]int8, len(full))
	v.scale = make([]float32, v.rows)
	for i := range v.rows {
		v.scale[i] = quantise(full[i*dims:(i+1)*dims], v.small[i*dims:(i+1)*dims])
	}
	return v
}

// quantise writes the int8 form of a row and returns its scale.
func quantise(row []float32, out []int8) float32 {
	var peak float32
	for _, x := range row {
		peak = max(peak, float32(math.Abs(float64(x))))
	}
	if peak == 0 {
		clear(out)
		return 0
	}
	for i, x := range row {
		out[i] = int8(math.RoundToEven(float64(x / peak * 127)))
	}
	return peak / 127
}

// CheckBytes quantises every vector anew and returns the first row whose int8 form is
// another one; below 0 where there is none.
func (v *Vectors) CheckBytes(ctx context.Context) (row int, err error) {
	small := make([]int8, v.dims)
	for i := range v.rows {
		if i%4096 == 0 && ctx.Err() != nil {
			return -1, ctx.Err()
		}
		if scale := quantise(v.Row(int32(i)), small); scale != v.scale[i] || !slices.Equal(small, v.small[i*v.dims:(i+1)*v.dims]) {
			return i, nil
		}
	}
	return -1, nil
}

// littleEndian tells whether memory has the byte order of the files.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// Open maps the files of an index of rows x dims; files of another size or with
// another header are ErrDamaged.
func Open(f32, i8 string, rows, dims int) (v *Vectors, err error) {
	if !littleEndian {
		return nil, errors.New("vector files need a little-endian machine")
	}
	v = &Vectors{rows: rows, dims: dims}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.Close())
			v = nil
		}
	}()
	full, err := v.mapped(f32, int64(rows)*int64(dims)*4)
	if err != nil {
		return v, err
	}
	small, err := v.mapped(i8, rowsAt(rows)+int64(rows)*int64(dims))
	if err != nil {
		return v, err
	}
	if string(small[:len(magic)]) != magic || int(binary.LittleEndian.Uint64(small[8:])) != rows ||
		int(binary.LittleEndian.Uint64(small[16:])) != dims {
		return v, fmt.Errorf("%s: not an index of %d rows of %d: %w", i8, rows, dims, ErrDamaged)
	}
	if rows > 0 && dims > 0 {
		v.full = unsafe.Slice((*float32)(unsafe.Pointer(&full[0])), rows*dims)
		v.scale = unsafe.Slice((*float32)(unsafe.Pointer(&small[headerSize])), rows)
		v.small = unsafe.Slice((*int8)(unsafe.Pointer(&small[rowsAt(rows)])), rows*dims)
	}
	return v, nil
}

// rowsAt is where the rows of names.i8 begin.
func rowsAt(rows int) int64 { return (headerSize + int64(rows)*4 + 63) / 64 * 64 }

// mapped maps a file that must have the given size.
func (v *Vectors) mapped(path string, size int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open vectors: %w", err)
	}
	defer f.Close() // the mapping outlives the descriptor
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open vectors: %w", err)
	}
	if info.Size() != size {
		return nil, fmt.Errorf("%s: %d bytes, should be %d: %w", path, info.Size(), size, ErrDamaged)
	}
	if size == 0 {
		return nil, nil
	}
	b, unmap, err := mapFile(f, int(size))
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	v.close = append(v.close, unmap)
	return b, nil
}

// Writer writes both files row by row. The number of rows is fixed beforehand.
type Writer struct {
	f32, i8    *os.File
	full       *bufio.Writer
	rows, dims int
	n          int
	scale      []float32
	small      []int8
}

// Create begins the files of an index of rows x dims.
func Create(f32, i8 string, rows, dims int) (*Writer, error) {
	w := &Writer{rows: rows, dims: dims, small: make([]int8, dims)}
	var err error
	if w.f32, err = os.Create(f32); err != nil {
		return nil, fmt.Errorf("write vectors: %w", err)
	}
	if w.i8, err = os.Create(i8); err != nil {
		return nil, errors.Join(fmt.Errorf("write vectors: %w", err), w.f32.Close())
	}
	w.full = bufio.NewWriterSize(w.f32, 1<<20)
	return w, nil
}

// Add writes the next row. It must have the writer's dimensions, finite values, and unit length.
func (w *Writer) Add(row []float32) error {
	switch {
	case len(row) != w.dims:
		return fmt.Errorf("vector %d has %d dimensions, should have %d", w.n, len(row), w.dims)
	case w.n >= w.rows:
		return fmt.Errorf("more than %d vectors", w.rows)
	}
	if l := Dot(row, row); !(math.Abs(float64(l)-1) < 1e-2) {
		return fmt.Errorf("vector %d has length %.3g, should have 1", w.n, math.Sqrt(float64(l)))
	}
	w.scale = append(w.scale, quantise(row, w.small))
	var b [4]byte
	for _, x := range row {
		binary.LittleEndian.PutUint32(b[:], math.Float32bits(x))
		if _, err := w.full.Write(b[:]); err != nil {
			return fmt.Errorf("write vectors: %w", err)
		}
	}
	at := rowsAt(w.rows) + int64(w.n)*int64(w.dims)
	if _, err := w.i8.WriteAt(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(w.small))), len(w.small)), at); err != nil {
		return fmt.Errorf("write vectors: %w", err)
	}
	w.n++
	return nil
}

// Close writes what is left, syncs and closes both files; too few rows is an error.
func (w *Writer) Close() error {
	var errs []error
	if w.n != w.rows {
		errs = append(errs, fmt.Errorf("%d of %d vectors were written", w.n, w.rows))
	}
	head := make([]byte, rowsAt(len(w.scale)))
	copy(head, magic)
	binary.LittleEndian.PutUint64(head[8:], uint64(w.rows))
	binary.LittleEndian.PutUint64(head[16:], uint64(w.dims))
	for i, s := range w.scale {
		binary.LittleEndian.PutUint32(head[headerSize+4*i:], math.Float32bits(s))
	}
	_, err := w.i8.WriteAt(head, 0)
	errs = append(errs, err, w.full.Flush(), w.f32.Sync(), w.i8.Sync(), w.f32.Close(), w.i8.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("write vectors: %w", err)
	}
	return nil
}

// Abort closes the files of a writer that is not to be finished.
func (w *Writer) Abort() error { return errors.Join(w.f32.Close(), w.i8.Close()) }
