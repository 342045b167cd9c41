package onnx

import (
	"io"
	"os"
)

// Tables tells how many rows the table has that the graph looks an input up in, for
// each input of which that can be seen: it goes straight into a Gather on weights.
// The model is not loaded for that.
func (src Source) Tables() (map[string]int64, error) {
	if src.Path == "" {
		return readTables(byteReader(src.Data), int64(len(src.Data)))
	}
	f, err := os.Open(src.Path)
	if err != nil {
		return nil, unwrapPath(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return readTables(f, info.Size())
}

// The numbers of the fields below are those of onnx.proto.
func readTables(r io.ReaderAt, size int64) (map[string]int64, error) {
	rows := map[string]int64{}     // of weights, by name
	looksUp := map[string]string{} // input to weights
	err := fields(r, 0, size, func(f field) error {
		if f.number != 7 || f.wire != wireBytes { // ModelProto.graph
			return nil
		}
		return fields(r, f.start, f.end, func(f field) error {
			switch {
			case f.number == 1 && f.wire == wireBytes: // GraphProto.node
				return readGather(r, f, looksUp)
			case f.number == 5 && f.wire == wireBytes: // GraphProto.initializer
				return readRows(r, f, rows)
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	tables := map[string]int64{}
	for input, weights := range looksUp {
		if n, known := rows[weights]; known {
			tables[input] = n
		}
	}
	return tables, nil
}

// readGather notes what a node looks up where.
func readGather(r io.ReaderAt, node field, looksUp map[string]string) error {
	var inputs []string
	kind := ""
	err := fields(r, node.start, node.end, func(f field) error {
		if f.wire != wireBytes || f.number != 1 && f.number != 4 {
			return nil
		}
		s, err := f.text(r)
		if f.number == 1 { // NodeProto.input
			inputs = append(inputs, s)
		} else { // NodeProto.op_type
			kind = s
		}
		return err
	})
	if kind == "Gather" && len(inputs) == 2 {
		looksUp[inputs[1]] = inputs[0]
	}
	return err
}

// readRows notes the first dimension of weights.
func readRows(r io.ReaderAt, tensor field, rows map[string]int64) error {
	name, first := "", int64(-1)
	err := fields(r, tensor.start, tensor.end, func(f field) (err error) {
		switch {
		case f.number == 1 && f.wire == wireVarint && first < 0: // TensorProto.dims, one a field
			first = int64(f.value)
		case f.number == 1 && f.wire == wireBytes && first < 0 && f.end > f.start: // or together
			var n uint64
			n, _, err = varint(r, f.start, f.end)
			first = int64(n)
		case f.number == 8 && f.wire == wireBytes: // TensorProto.name
			name, err = f.text(r)
		}
		return err
	})
	if first >= 0 {
		rows[name] = first
	}
	return err
}
