package onnx

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	ort "github.com/yalue/onnxruntime_go"
)

// Device says where models run. The zero value is Auto.
type Device struct {
	kind  deviceKind
	index int // of the CUDA device, from 0
}

type deviceKind int

const (
	autoDevice deviceKind = iota
	cpuDevice
	cudaDevice
)

// Auto takes the first CUDA device where there is one that works, else the CPU.
var Auto = Device{}

// CPU is the processor.
var CPU = Device{kind: cpuDevice}

// CUDA is the CUDA device of that index, from 0.
func CUDA(index int) Device { return Device{kind: cudaDevice, index: index} }

// ParseDevice reads "auto", "cpu", "cuda" or "cuda:N".
func ParseDevice(s string) (Device, error) {
	name, index, numbered := strings.Cut(s, ":")
	switch {
	case !numbered && (s == "auto" || s == ""):
		return Auto, nil
	case !numbered && s == "cpu":
		return CPU, nil
	case name == "cuda" && !numbered:
		return CUDA(0), nil
	case name == "cuda":
		if n, err := strconv.ParseUint(index, 10, 16); err == nil {
			return CUDA(int(n)), nil
		}
	}
	return Device{}, fmt.Errorf("device %q: want auto, cpu, cuda or cuda:N", s)
}

// String writes what ParseDevice reads; a CUDA device with its index.
func (d Device) String() string {
	switch d.kind {
	case cpuDevice:
		return "cpu"
	case cudaDevice:
		return "cuda:" + strconv.Itoa(d.index)
	}
	return "auto"
}

// resolve turns Auto into a device that works, and checks one that was named.
// The note says why Auto took the CPU. The library is loaded already.
func (d Device) resolve(library string) (device Device, note string, err error) {
	switch d.kind {
	case cpuDevice:
		return CPU, "", nil
	case cudaDevice:
		if err := checkCUDA(library, d.index); err != nil {
			return d, "", fmt.Errorf("%w: %s: %w", ErrNoDevice, d, err)
		}
		return d, "", nil
	}
	if err := checkCUDA(library, 0); err != nil {
		return CPU, err.Error(), nil
	}
	return CUDA(0), "", nil
}

// checkCUDA tells what keeps sessions from the CUDA device; cheap checks first,
// since the last one loads libraries of several hundred megabytes.
func checkCUDA(library string, index int) error {
	if beside(library, cudaProvider) == "" {
		return fmt.Errorf("%s was built without CUDA (no %s beside it); run \"make gpu\" in the source tree, or use --device cpu", library, cudaProvider)
	}
	n, err := cudaDevices()
	if err != nil {
		return fmt.Errorf("no CUDA driver: %w; install the driver of the GPU, or use --device cpu", err)
	}
	if index >= n {
		return fmt.Errorf("this machine has %d CUDA devices; use --device cpu, or an index below that", n)
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return err
	}
	defer options.Destroy()
	defer restoreSignals()
	if err := appendCUDA(options, index); err != nil {
		// What stands before is a place in ONNX Runtime's own sources.
		_, reason, found := strings.Cut(err.Error(), " : FAIL : ")
		if !found {
			reason = err.Error()
		}
		return fmt.Errorf("the CUDA provider does not load: %s; check that its CUDA and cuDNN libraries are on LD_LIBRARY_PATH", reason)
	}
	return nil
}

// beside is the path of a file in the library's directory, or in that of the file
// that the library is a link to; empty where there is none.
func beside(library, name string) string {
	dirs := []string{filepath.Dir(library)}
	if real, err := filepath.EvalSymlinks(library); err == nil {
		dirs = append(dirs, filepath.Dir(real))
	}
	for _, dir := range dirs {
		path := filepath.Join(dir, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

func appendCUDA(options *ort.SessionOptions, index int) error {
	cuda, err := ort.NewCUDAProviderOptions()
	if err != nil {
		return err
	}
	defer cuda.Destroy()
	err = cuda.Update(map[string]string{
		"device_id":              strconv.Itoa(index),
		"arena_extend_strategy":  "kSameAsRequested",
		"cudnn_conv_algo_search": "HEURISTIC",
	})
	if err != nil {
		return err
	}
	return options.AppendExecutionProviderCUDA(cuda)
}
