package vec

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"math/bits"
	"os"
	"unsafe"
)

// WriteCodes writes names.bits for vectors that are complete, and syncs it. Without
// the file a scan finds the same, more slowly.
func WriteCodes(ctx context.Context, path string, v *Vectors) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write codes: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = fmt.Errorf("write codes: %w", err)
		}
	}()
	c := newCodes(v)
	l := c.layout()
	at, recordsAt := l.blocks, l.records
	err = c.each(ctx, v, func(blocks, records []byte) error {
		_, err := f.WriteAt(blocks, at)
		_, err2 := f.WriteAt(records, recordsAt)
		at, recordsAt = at+int64(len(blocks)), recordsAt+int64(len(records))
		return errors.Join(err, err2)
	})
	if err != nil {
		return err
	}
	var spread []byte
	for _, x := range c.spread {
		spread = binary.LittleEndian.AppendUint16(spread, x)
	}
	if _, err := f.WriteAt(spread, l.spread); err != nil {
		return err
	}
	if err := f.Truncate(l.size); err != nil {
		return err
	}
	sum := crc32.New(castagnoli)
	if _, err := io.Copy(sum, io.NewSectionReader(f, l.blocks, l.size-l.blocks)); err != nil {
		return err
	}
	// The file becomes valid when all else is there.
	_, err = f.WriteAt(c.header(sum.Sum32()), 0)
	return errors.Join(err, f.Sync())
}

// layout is where the parts of the file begin, multiples of 64, and its size.
type layout struct{ blocks, spread, records, size int64 }

func (c *codes) layout() layout {
	even := func(n int64) int64 { return (n + 63) / 64 * 64 }
	var l layout
	l.blocks = headerSize + even(4*int64(c.dims))
	l.spread = l.blocks + int64(c.count())*int64(c.blockSize())
	l.records = even(l.spread + 2*int64(c.count()))
	l.size = l.records + int64(c.rows)*int64(c.recordSize())
	return l
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is the head of the file: 64 bytes and the centroid, filled up to a multiple
// of 64. rest is the checksum of what follows; the header's own comes last in the 64.
func (c *codes) header(rest uint32) []byte {
	head := make([]byte, c.layout().blocks)
	copy(head, codesMagic)
	binary.LittleEndian.PutUint64(head[8:], uint64(c.rows))
	binary.LittleEndian.PutUint64(head[16:], uint64(c.dims))
	binary.LittleEndian.PutUint32(head[24:], math.Float32bits(float32(c.factorMax)))
	binary.LittleEndian.PutUint32(head[28:], math.Float32bits(float32(c.offsetMax)))
	binary.LittleEndian.PutUint32(head[32:], math.Float32bits(float32(c.line.base)))
	binary.LittleEndian.PutUint32(head[36:], math.Float32bits(float32(c.line.slope)))
	binary.LittleEndian.PutUint32(head[checksumAt:], rest)
	for i, x := range c.centroid {
		binary.LittleEndian.PutUint32(head[headerSize+4*i:], math.Float32bits(x))
	}
	binary.LittleEndian.PutUint32(head[headerSize-4:], crc32.Checksum(head, castagnoli))
	return head
}

// OpenCodes maps a file that WriteCodes wrote for these vectors. A file of another
// size or header, or of other vectors, is ErrDamaged. Not safe beside other methods.
func (v *Vectors) OpenCodes(path string) error {
	if v.rows == 0 || v.dims == 0 {
		return nil
	}
	c := &codes{rows: v.rows, dims: v.dims, bytes: codeBytes(v.dims), signs: rotationSigns(v.dims)}
	l := c.layout()
	b, err := v.mapped(path, l.size)
	if err != nil {
		return err
	}
	real := func(at int) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b[at:]))) }
	c.factorMax, c.offsetMax, c.line = real(24), real(28), line{real(32), real(36)}
	c.centroid = unsafe.Slice((*float32)(unsafe.Pointer(&b[headerSize])), c.dims)
	c.blocks, c.records = b[l.blocks:l.spread], b[l.records:]
	c.spread = unsafe.Slice((*uint16)(unsafe.Pointer(&b[l.spread])), c.count())
	if !bytes.Equal(b[:l.blocks], c.header(binary.LittleEndian.Uint32(b[checksumAt:]))) {
		return fmt.Errorf("%s: not the codes of %d rows of %d: %w", path, v.rows, v.dims, ErrDamaged)
	}
	if !c.of(v) {
		return fmt.Errorf("%s: codes of other vectors: %w", path, ErrDamaged)
	}
	v.codes, v.codesFile = c, b
	return nil
}

// of tells whether the codes of a few rows are those of the vectors. Another
// processor may round a value near 0 to the other side.
func (c *codes) of(v *Vectors) bool {
	like := *c
	like.spread = make([]uint16, c.count())
	one := coder{&like, make([]float32, c.dims)}
	bitBytes := c.bytes * blockRows
	for _, block := range []int{0, c.count() / 2, c.count() - 1} {
		out := make([]byte, c.blockSize())
		one.encode(v, block, out, make([]byte, blockRows*c.recordSize()))
		differ := 0
		for i, x := range c.blocks[block*c.blockSize():][:bitBytes] {
			differ += bits.OnesCount8(x ^ out[i])
		}
		if differ > bitBytes/100 {
			return false
		}
	}
	return true
}

// CheckCodes compares the checksum of the file that OpenCodes mapped, which reads all
// of it; ErrDamaged where it differs. It does nothing where there is none.
func (v *Vectors) CheckCodes() error {
	if v.codesFile == nil {
		return nil
	}
	at := v.codes.layout().blocks
	if crc32.Checksum(v.codesFile[at:], castagnoli) != binary.LittleEndian.Uint32(v.codesFile[checksumAt:]) {
		return fmt.Errorf("codes of the first pass: checksum differs: %w", ErrDamaged)
	}
	return nil
}

// codeBytes is how many bytes the bits of a row take: an even number.
func codeBytes(dims int) int { return (dims + 15) / 16 * 2 }
