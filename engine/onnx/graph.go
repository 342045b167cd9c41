package onnx

import (
	"errors"
	"fmt"
	"io"
)

// Element types of the ONNX format that inputs and outputs of text models have.
const (
	typeFloat   = 1
	typeInt32   = 6
	typeInt64   = 7
	typeFloat16 = 10
)

// Port is a declared input or output of a model.
type Port struct {
	Name string
	Dims []Dim // nil where the model does not say
	elem int64 // element type, as the ONNX format numbers them
}

// Dim is a dimension: a size, or a symbol such as "batch" with Size -1.
type Dim struct {
	Size   int64
	Symbol string
}

// graph is what a model file declares, read without loading the model: a session
// wants the names before it exists, and loading a large model twice costs seconds.
type graph struct {
	inputs, outputs []Port
}

var errTruncated = errors.New("not an ONNX model: it ends in the middle of a field")

// lfsPointer begins what stands for a large file in a checkout without Git LFS.
const lfsPointer = "version https://git-lfs"

// The numbers of the fields below are those of onnx.proto.
func readGraph(r io.ReaderAt, size int64) (graph, error) {
	if head := make([]byte, len(lfsPointer)); size >= int64(len(head)) {
		if _, err := r.ReadAt(head, 0); err == nil && string(head) == lfsPointer {
			return graph{}, errors.New("not an ONNX model: Git LFS left a pointer in its place: run \"git lfs pull\" there")
		}
	}
	var g graph
	found := false
	initializers := map[string]bool{}
	err := fields(r, 0, size, func(f field) error {
		if f.number != 7 || f.wire != wireBytes { // ModelProto.graph
			return nil
		}
		found = true
		return fields(r, f.start, f.end, func(f field) error {
			if f.wire != wireBytes {
				return nil
			}
			var err error
			switch f.number { // GraphProto
			case 5: // initializer
				err = readName(r, f, 8, initializers)
			case 11: // input
				g.inputs, err = appendPort(g.inputs, r, f)
			case 12: // output
				g.outputs, err = appendPort(g.outputs, r, f)
			}
			return err
		})
	})
	if err != nil {
		return graph{}, err
	}
	if !found || len(g.inputs) == 0 || len(g.outputs) == 0 {
		return graph{}, errors.New("not an ONNX model: no graph with inputs and outputs")
	}
	// Old files list weights among the inputs.
	real := g.inputs[:0]
	for _, p := range g.inputs {
		if !initializers[p.Name] {
			real = append(real, p)
		}
	}
	g.inputs = real
	return g, nil
}

// readName adds the string in a field of a message to the set.
func readName(r io.ReaderAt, message field, number int, set map[string]bool) error {
	return fields(r, message.start, message.end, func(f field) error {
		if f.number != number || f.wire != wireBytes {
			return nil
		}
		s, err := f.text(r)
		set[s] = true
		return err
	})
}

func appendPort(ports []Port, r io.ReaderAt, message field) ([]Port, error) {
	var p Port
	err := fields(r, message.start, message.end, func(f field) (err error) {
		switch f.number { // ValueInfoProto
		case 1:
			p.Name, err = f.text(r)
		case 2: // TypeProto
			err = fields(r, f.start, f.end, func(f field) error {
				if f.number != 1 || f.wire != wireBytes { // tensor_type
					return nil
				}
				return readTensorType(r, f, &p)
			})
		}
		return err
	})
	return append(ports, p), err
}

func readTensorType(r io.ReaderAt, message field, p *Port) error {
	return fields(r, message.start, message.end, func(f field) error {
		switch {
		case f.number == 1 && f.wire == wireVarint: // elem_type
			p.elem = int64(f.value)
		case f.number == 2 && f.wire == wireBytes: // shape
			p.Dims = []Dim{}
			return fields(r, f.start, f.end, func(f field) error {
				if f.number != 1 || f.wire != wireBytes { // dim
					return nil
				}
				d := Dim{Size: -1}
				err := fields(r, f.start, f.end, func(f field) (err error) {
					switch {
					case f.number == 1 && f.wire == wireVarint:
						d.Size = int64(f.value)
					case f.number == 2 && f.wire == wireBytes:
						d.Symbol, err = f.text(r)
					}
					return err
				})
				p.Dims = append(p.Dims, d)
				return err
			})
		}
		return nil
	})
}

// Wire types of protocol buffers.
const (
	wireVarint = 0
	wireI64    = 1
	wireBytes  = 2
	wireI32    = 5
)

// field is one field of a message: a varint's value, or the range of its bytes.
type field struct {
	number     int
	wire       int
	value      uint64
	start, end int64
}

const longestName = 1 << 16

func (f field) text(r io.ReaderAt) (string, error) {
	if f.end-f.start > longestName {
		return "", fmt.Errorf("not an ONNX model: a name of %d bytes", f.end-f.start)
	}
	b := make([]byte, f.end-f.start)
	if _, err := r.ReadAt(b, f.start); err != nil && err != io.EOF {
		return "", err
	}
	return string(b), nil
}

// fields calls visit for every field of the message in bytes [start, end).
// Contents are not read, so that a model of gigabytes costs a few reads.
func fields(r io.ReaderAt, start, end int64, visit func(field) error) error {
	for at := start; at < end; {
		tag, n, err := varint(r, at, end)
		if err != nil {
			return err
		}
		at += n
		f := field{number: int(tag >> 3), wire: int(tag & 7)}
		switch f.wire {
		case wireVarint:
			f.value, n, err = varint(r, at, end)
			at += n
		case wireI64:
			at += 8
		case wireI32:
			at += 4
		case wireBytes:
			var size uint64
			size, n, err = varint(r, at, end)
			at += n
			if err == nil && size > uint64(end-at) {
				err = errTruncated
			}
			f.start, f.end = at, at+int64(size)
			at = f.end
		default:
			err = fmt.Errorf("not an ONNX model: unknown wire type %d", f.wire)
		}
		if err != nil {
			return err
		}
		if at > end {
			return errTruncated
		}
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// varint reads a number at an offset and returns how many bytes it takes.
func varint(r io.ReaderAt, at, end int64) (value uint64, n int64, err error) {
	var b [10]byte
	size := min(int64(len(b)), end-at)
	if read, err := r.ReadAt(b[:size], at); int64(read) < size && err != nil {
		return 0, 0, errTruncated
	}
	for i, c := range b[:size] {
		value |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return value, int64(i + 1), nil
		}
	}
	return 0, 0, errTruncated
}
