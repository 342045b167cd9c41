package workbench

import (
	"context"
	"errors"
)

func (w *Workbench) apply(context.Context, Apply) (Result, error) {
	return Result{}, errors.New("bulk places: not ready yet")
}

func (w *Workbench) resolve(Resolve) (Result, error) {
	return Result{}, errors.New("resolving a conflict: not ready yet")
}
