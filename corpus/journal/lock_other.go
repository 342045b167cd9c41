//go:build !unix

package journal

import (
	"errors"
	"fmt"
)

type lock struct{}

func acquire(_, who string) (*lock, error) {
	return nil, fmt.Errorf("lock the journal of %s: %w on this system", who, errors.ErrUnsupported)
}

func (*lock) release() error { return nil }
