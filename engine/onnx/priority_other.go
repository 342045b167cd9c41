//go:build !linux

package onnx

// Only Linux gives each thread a priority of its own.

func threadPriority() int { return 0 }

func lowerPriority(int) {}
