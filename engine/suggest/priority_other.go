//go:build !linux

package suggest

func lowerPriority() {}
