// Package onnx is the only door to native inference: it finds and loads ONNX
// Runtime, picks a device, runs sessions that can be cancelled, tokenises, and
// opens model directories.
//
// Native memory has one owner, which has Close: a Session, a Tokenizer. Close
// waits for the calls that are under way, and later calls return ErrClosed. The
// runtime library itself stays loaded until the process ends.
package onnx

// The tokenizer module asks for -ltokenizers and leaves it to its user to say
// where that lies.

// #cgo LDFLAGS: -L${SRCDIR}/../../build/lib
import "C"
