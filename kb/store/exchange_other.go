//go:build !linux

package store

import "errors"

// exchange has no portable form; the caller renames twice.
func exchange(string, string) error { return errors.ErrUnsupported }
