package onnx

// NewScannerOf is NewScanner with parts of so many rows.
var NewScannerOf = (*Runtime).newScanner
