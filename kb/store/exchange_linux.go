package store

import "golang.org/x/sys/unix"

// exchange swaps two directories in one step, so that there is a whole knowledge
// base at every moment. Some file systems cannot.
func exchange(a, b string) error {
	return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
}
