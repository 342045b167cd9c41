package onnx

import (
	"encoding/binary"
	"math"
)

// nearestModel is an ONNX model that multiplies queries [n, dims] with vectors, rows of
// dims, and gives "rows" [n, k], the numbers of those with the highest products, best first.
func nearestModel(vectors []float32, dims int) []byte {
	rows := len(vectors) / dims
	graph := message{}.
		bytes(1, node("Gemm", []string{"queries", "vectors"}, "products", attribute("transB", 1))).
		bytes(1, node("TopK", []string{"products", "k"}, "best", nil).text(2, "rows")).
		text(2, "nearest").
		bytes(5, message{}.number(1, rows).number(1, dims).number(2, typeFloat).text(8, "vectors").bytes(9, littleEndian(vectors))).
		bytes(11, port("queries", typeFloat, symbol("n"), size(dims))).
		bytes(11, port("k", typeInt64, size(1))).
		bytes(12, port("rows", typeInt64, symbol("n"), symbol("best")))
	const irVersion, opset = 8, 17
	return message{}.number(1, irVersion).bytes(7, graph).bytes(8, message{}.text(1, "").number(2, opset))
}

// message is a protocol buffer as it is written. The numbers of fields are those of
// onnx.proto, as in readGraph.
type message []byte

func (m message) number(field, value int) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3), uint64(value))
}

func (m message) bytes(field int, value []byte) message {
	m = binary.AppendUvarint(binary.AppendUvarint(m, uint64(field)<<3|wireBytes), uint64(len(value)))
	return append(m, value...)
}

func (m message) text(field int, value string) message { return m.bytes(field, []byte(value)) }

// node is a NodeProto with one output; attribute may be nil.
func node(operator string, inputs []string, output string, attribute message) message {
	var m message
	for _, in := range inputs {
		m = m.text(1, in)
	}
	m = m.text(2, output).text(4, operator)
	if attribute != nil {
		m = m.bytes(5, attribute)
	}
	return m
}

func attribute(name string, value int) message {
	const isInt = 2
	return message{}.text(1, name).number(3, value).number(20, isInt)
}

// port is a ValueInfoProto.
func port(name string, elem int, dims ...message) message {
	var shape message
	for _, d := range dims {
		shape = shape.bytes(1, d)
	}
	return message{}.text(1, name).bytes(2, message{}.bytes(1, message{}.number(1, elem).bytes(2, shape)))
}

func size(n int) message         { return message{}.number(1, n) }
func symbol(name string) message { return message{}.text(2, name) }

func littleEndian(values []float32) []byte {
	out := make([]byte, 0, 4*len(values))
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(v))
	}
	return out
}
