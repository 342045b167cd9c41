package onnx

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
)

// BatchOptions say how rows are put together. The zero value is fine.
type BatchOptions struct {
	Tokens int    // most pieces a batch, padding included; 0: what suits the device
	Pad    int64  // identifier that fills the ends of short rows
	Input  string // the model's input that takes the rows; empty: input_ids
	// More gives other inputs of a batch of rows, each of which is padded to longest
	// identifiers; nil: none. It is called from several goroutines.
	More func(batch []int, longest int) map[string]Tensor
	// Join gives of each piece the numbers of all outputs of the session, side by side
	// in their order, all of which are then [batch, pieces, width]; else the first
	// output's alone.
	Join bool
}

// Budgets of a batch in pieces: about the fastest for a small model. On a processor
// larger ones leave the caches, a GPU wants to be fed.
const (
	tokensCPU = 512
	tokensGPU = 16384
)

// largeBatch is the number of pieces, padding included, from which on a run on the
// processor gives its memory back: ONNX Runtime keeps for ever what the largest run
// took, several times what the usual ones need.
const largeBatch = 4 * tokensCPU

// RunRows runs rows of identifiers through a session that declares input_ids, or o.Input (and
// attention_mask, token_type_ids where it does) in batches of similar length,
// several at a time where that pays. For each row visit gets that row's part of
// the first output: n vectors of width numbers for an output [batch, pieces,
// width], where n is the row's length, and one for an output [batch, width].
// visit is called from several goroutines, the caller's among them, once a row; it owns the slice's
// contents only during the call. A batch that the device has no memory for is run
// in halves. Empty rows are not visited. The first error ends the work and is
// returned after all runs have ended.
func (s *Session) RunRows(ctx context.Context, rows [][]int64, o BatchOptions, visit func(row int, values []float32, width int)) error {
	batches := s.batches(rows, o)
	return s.runtime.share(ctx, len(batches), s.Workers(), func(ctx context.Context, i int) error {
		return s.runFitting(ctx, rows, batches[i], o, visit)
	})
}

// batches sorts rows by length, longest first, so that the longest batch does not
// come last and keep one worker busy alone, and cuts them under the budget. The
// number of workers has no say in it: models of 8 bits give slightly other numbers
// in another batch, and results must not depend on the machine's cores.
func (s *Session) batches(rows [][]int64, o BatchOptions) [][]int {
	order := make([]int, 0, len(rows))
	for i, row := range rows {
		if len(row) > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(rows[b]) - len(rows[a]) })
	budget := o.Tokens
	if budget <= 0 {
		budget = tokensCPU
		if s.runtime.onGPU() {
			budget = tokensGPU
		}
	}
	var batches [][]int
	for start := 0; start < len(order); {
		longest := len(rows[order[start]])
		end := min(len(order), start+max(1, budget/longest))
		batches = append(batches, order[start:end])
		start = end
	}
	return batches
}

func (s *Session) runBatch(ctx context.Context, rows [][]int64, batch []int, o BatchOptions, visit func(int, []float32, int)) error {
	longest := len(rows[batch[0]])
	ids := make([]int64, len(batch)*longest)
	mask := make([]int64, len(ids))
	for i, row := range batch {
		line := ids[i*longest : (i+1)*longest]
		n := copy(line, rows[row])
		for j := range line {
			if j < n {
				mask[i*longest+j] = 1
			} else {
				line[j] = o.Pad
			}
		}
	}
	b, n := int64(len(batch)), int64(longest)
	inputs := map[string]Tensor{cmp.Or(o.Input, "input_ids"): Ints(ids, b, n), "attention_mask": Ints(mask, b, n)}
	if o.More != nil {
		maps.Copy(inputs, o.More(batch, longest))
	}
	outputs, err := s.compute(ctx, inputs, len(ids) > largeBatch && !s.runtime.onGPU())
	if err != nil {
		return err
	}
	if o.Join && len(outputs) > 1 {
		return s.visitJoint(rows, batch, longest, outputs, visit)
	}
	out := outputs[0]
	perPiece := len(out.Shape) == 3 && out.Shape[0] == b && out.Shape[1] == n
	perRow := len(out.Shape) == 2 && out.Shape[0] == b
	if out.Floats == nil || !perPiece && !perRow {
		return fmt.Errorf("run model: output %q has shape %v for input [%d %d]; want [%d %d width] or [%d width] of float32",
			s.outputs[0].Name, out.Shape, b, n, b, n, b)
	}
	width := int(out.Shape[len(out.Shape)-1])
	for i, row := range batch {
		if perRow {
			visit(row, out.Floats[i*width:(i+1)*width], width)
			continue
		}
		start := i * longest * width
		visit(row, out.Floats[start:start+len(rows[row])*width], width)
	}
	return nil
}

// visitJoint visits the rows of a batch with the numbers of all outputs side by side.
func (s *Session) visitJoint(rows [][]int64, batch []int, longest int, outputs []Tensor, visit func(int, []float32, int)) error {
	width := 0
	for k, out := range outputs {
		if out.Floats == nil || len(out.Shape) != 3 || out.Shape[0] != int64(len(batch)) || out.Shape[1] != int64(longest) {
			return fmt.Errorf("run model: output %q has shape %v; want [%d %d width] of float32", s.outputs[k].Name, out.Shape, len(batch), longest)
		}
		width += int(out.Shape[2])
	}
	joint := make([]float32, longest*width)
	for i, row := range batch {
		at := 0
		for _, out := range outputs {
			w := int(out.Shape[2])
			for j := range rows[row] {
				start := (i*longest + j) * w
				copy(joint[j*width+at:], out.Floats[start:start+w])
			}
			at += w
		}
		visit(row, joint[:len(rows[row])*width], width)
	}
	return nil
}
