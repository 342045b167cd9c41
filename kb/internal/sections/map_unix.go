//go:build unix

package sections

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapRange maps a part of a file that begins at a page.
func mapRange(f *os.File, offset int64, size int, write bool) (b []byte, unmap func() error, err error) {
	prot := unix.PROT_READ
	if write {
		prot |= unix.PROT_WRITE
	}
	b, err = unix.Mmap(int(f.Fd()), offset, size, prot, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, err
	}
	return b, func() error { return unix.Munmap(b) }, nil
}

// flush puts what was written to a mapping into the file.
func flush(_ *os.File, _ int64, data []byte) error {
	if len(data) == 0 {
		return nil
	}
	return unix.Msync(data, unix.MS_SYNC)
}
