package onnx

import "errors"

var (
	// ErrNoLibrary means that ONNX Runtime was not found or could not be loaded.
	// The error that wraps it lists the places and says what to do.
	ErrNoLibrary = errors.New("no ONNX Runtime library")
	// ErrNoDevice means that the device that was asked for is not there. The error
	// that wraps it says what is missing.
	ErrNoDevice = errors.New("no such device")
	// ErrBundle means that a model directory cannot be used.
	ErrBundle = errors.New("unusable model")
	// ErrClosed is returned by calls on a session or tokenizer after Close.
	ErrClosed = errors.New("already closed")
	// ErrNotUTF8 means that a text cannot be tokenised, since its offsets would shift.
	ErrNotUTF8 = errors.New("text is not valid UTF-8")
)
