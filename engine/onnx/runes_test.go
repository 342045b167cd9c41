package onnx

import "testing"

func TestWholeRunes(t *testing.T) {
	text := "añ世" // bytes 0, 1-2, 3-5
	for in, want := range map[[2]int]ByteSpan{
		{0, 1}: {0, 1}, {1, 2}: {1, 3}, {2, 3}: {1, 3}, {4, 5}: {3, 6}, {3, 6}: {3, 6}, {0, 99}: {0, 6}, {0, 0}: {0, 0},
	} {
		if got := wholeRunes(text, in[0], in[1]); got != want {
			t.Errorf("%v: %v, want %v", in, got, want)
		}
	}
}
