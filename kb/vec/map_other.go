//go:build !unix

package vec

import (
	"io"
	"os"
	"unsafe"
)

// mapFile reads the whole file where there is no mapping, aligned for float32.
func mapFile(f *os.File, size int) (b []byte, unmap func() error, err error) {
	words := make([]float32, (size+3)/4)
	b = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), size)
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, nil, err
	}
	return b, func() error { return nil }, nil
}
