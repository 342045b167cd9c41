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

// flush has nothing to do: the sync of a file covers what was written to its mappings.
func flush(*os.File, int64, []byte) error { return nil }
