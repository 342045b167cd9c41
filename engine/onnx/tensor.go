package onnx

import (
	"fmt"
	"math"

	ort "github.com/yalue/onnxruntime_go"
)

// Tensor is an array in row-major order with its shape. Int64s or Floats holds
// the elements, the other is nil.
type Tensor struct {
	Shape  []int64
	Int64s []int64
	Floats []float32
}

// Ints makes a tensor of identifiers; data is not copied.
func Ints(data []int64, shape ...int64) Tensor { return Tensor{Shape: shape, Int64s: data} }

// Floats makes a tensor of numbers; data is not copied.
func Floats(data []float32, shape ...int64) Tensor { return Tensor{Shape: shape, Floats: data} }

// Len is the number of elements that the shape asks for.
func (t Tensor) Len() int64 {
	n := int64(1)
	for _, d := range t.Shape {
		n *= d
	}
	return n
}

// value wraps the tensor for a run, in the element type that the port declares.
// The caller keeps the tensor's memory alive and destroys the value.
func (t Tensor) value(p Port) (ort.Value, error) {
	switch {
	case t.Int64s != nil && p.elem == typeInt32:
		narrow := make([]int32, len(t.Int64s))
		for i, v := range t.Int64s {
			narrow[i] = int32(v)
		}
		return asValue(ort.NewTensor(t.Shape, narrow))
	case t.Int64s != nil && p.elem != typeInt64 && p.elem != typeFloat:
		return nil, fmt.Errorf("the model wants elements of ONNX type %d, not int64", p.elem)
	case t.Int64s != nil && p.elem == typeFloat:
		wide := make([]float32, len(t.Int64s))
		for i, v := range t.Int64s {
			wide[i] = float32(v)
		}
		return asValue(ort.NewTensor(t.Shape, wide))
	case t.Int64s != nil:
		return asValue(ort.NewTensor(t.Shape, t.Int64s))
	case p.elem != typeFloat:
		return nil, fmt.Errorf("the model wants elements of ONNX type %d, not float32", p.elem)
	}
	return asValue(ort.NewTensor(t.Shape, t.Floats))
}

func asValue[T ort.TensorData](t *ort.Tensor[T], err error) (ort.Value, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}

// tensorOf takes the elements out of an output; they outlive the value.
func tensorOf(v ort.Value) (Tensor, error) {
	switch v := v.(type) {
	case *ort.Tensor[float32]:
		return Tensor{Shape: v.GetShape(), Floats: v.GetData()}, nil
	case *ort.Tensor[int64]:
		return Tensor{Shape: v.GetShape(), Int64s: v.GetData()}, nil
	case *ort.CustomDataTensor: // of halfOutput
		return Tensor{Shape: v.GetShape(), Floats: floatsOfHalves(v.GetData())}, nil
	}
	return Tensor{}, fmt.Errorf("unsupported element type (%T): export the model with float32 outputs", v)
}

// halfOutput allocates a float16 output, whose memory onnxruntime_go cannot copy
// when ONNX Runtime allocates it. The shape follows from that of the inputs: by the
// names of dimensions, and where a graph gives none, in the order of input_ids.
func halfOutput(p Port, sizes map[string]int64, rows []int64) (ort.Value, error) {
	shape := make(ort.Shape, len(p.Dims))
	for i, d := range p.Dims {
		size, known := d.Size, d.Size >= 0
		if !known {
			size, known = sizes[d.Symbol]
		}
		if !known && i < len(rows) {
			size, known = rows[i], true
		}
		if !known {
			return nil, fmt.Errorf("output %q is float16 and its dimension %d (%q) is not one of the inputs': export the model with float32 outputs",
				p.Name, i, d.Symbol)
		}
		shape[i] = size
	}
	v, err := ort.NewCustomDataTensor(shape, make([]byte, 2*shape.FlattenedSize()), ort.TensorElementDataTypeFloat16)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// floatsOfHalves widens little-endian IEEE 754 half-precision numbers.
func floatsOfHalves(b []byte) []float32 {
	out := make([]float32, len(b)/2)
	for i := range out {
		out[i] = halfToFloat(uint16(b[2*i]) | uint16(b[2*i+1])<<8)
	}
	return out
}

func halfToFloat(h uint16) float32 {
	sign, exponent, fraction := uint32(h>>15)<<31, uint32(h>>10)&0x1f, uint32(h)&0x3ff
	switch exponent {
	case 0: // zero or subnormal: fraction times 2^-24
		f := float32(fraction) / (1 << 24)
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 0x1f: // infinity or not-a-number
		return math.Float32frombits(sign | 0xff<<23 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
