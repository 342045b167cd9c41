//go:build !unix

package sections

import (
	"io"
	"os"
	"unsafe"
)

// mapRange reads the part where there is no mapping, aligned for any number.
func mapRange(f *os.File, offset int64, size int, write bool) (b []byte, unmap func() error, err error) {
	words := make([]uint64, (size+7)/8)
	b = unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), size)
	if !write {
		if _, err := io.ReadFull(io.NewSectionReader(f, offset, int64(size)), b); err != nil {
			return nil, nil, err
		}
	}
	return b, func() error { return nil }, nil
}

// flush writes what stands in memory.
func flush(f *os.File, offset int64, data []byte) error {
	_, err := f.WriteAt(data, offset)
	return err
}
