package onnx

// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "native.h"
import "C"

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unsafe"
)

// EnvLibrary names the environment variable that holds the path of an ONNX
// Runtime library, or of the directory that holds it.
const EnvLibrary = "GLOSS_ORT_LIB"

const libraryName = "libonnxruntime.so"

// place is somewhere that the library may lie: a path, or a name for the loader.
type place struct {
	name   string
	what   string // for the error message
	system bool   // leave the search to the loader
}

// places lists where the library may lie, in the order of the search. Where
// explicit is given, nothing else is tried.
func places(explicit string) []place {
	if explicit != "" {
		return []place{{name: inDirectory(explicit), what: "as asked for"}}
	}
	var found []place
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		found = append(found, place{name: filepath.Join(filepath.Dir(exe), libraryName), what: "beside the program"})
	}
	if lib := os.Getenv(EnvLibrary); lib != "" {
		found = append(found, place{name: inDirectory(lib), what: EnvLibrary})
	}
	for _, name := range []string{libraryName, libraryName + ".1"} {
		found = append(found, place{name: name, what: "the system's libraries", system: true})
	}
	return found
}

// inDirectory is the library's path where path may be that of its directory.
func inDirectory(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, libraryName)
	}
	return path
}

// findLibrary loads the first library of places that there is and returns its
// name for the loader. A file that exists and does not load ends the search:
// quietly taking another one would hide a broken installation.
func findLibrary(places []place) (string, error) {
	var tried []string
	for _, p := range places {
		if !p.system {
			if _, err := os.Stat(p.name); err != nil {
				tried = append(tried, fmt.Sprintf("%s (%s): %v", p.name, p.what, unwrapPath(err)))
				continue
			}
		}
		err := load(p.name)
		if err == nil {
			return p.name, nil
		}
		if !p.system {
			return "", fmt.Errorf("%w: load %s (%s): %v; run \"make deps\" for one that fits this machine", ErrNoLibrary, p.name, p.what, err)
		}
		tried = append(tried, fmt.Sprintf("%s (%s): not found by the loader", p.name, p.what))
	}
	return "", fmt.Errorf("%w; tried %s; run \"make deps\" in the source tree, or set %s to a libonnxruntime.so of version 1.29 or newer",
		ErrNoLibrary, strings.Join(tried, "; "), EnvLibrary)
}

// unwrapPath drops operation and path of an error, which the message has already.
func unwrapPath(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// load brings a shared library into the process; it stays there.
func load(name string) error {
	cName := C.CString(name)
	defer C.free(unsafe.Pointer(cName))
	var message [512]C.char
	if C.gloss_load(cName, &message[0], C.size_t(len(message))) != 0 {
		return errors.New(C.GoString(&message[0]))
	}
	return nil
}

// loadedPath is where the loader found the library; empty where it does not tell.
func loadedPath(name string) string {
	cName := C.CString(name)
	defer C.free(unsafe.Pointer(cName))
	var path [4096]C.char
	C.gloss_library_path(cName, &path[0], C.size_t(len(path)))
	return C.GoString(&path[0])
}

// cudaDevices counts CUDA devices; the error says why there are none to count.
func cudaDevices() (int, error) {
	var message [512]C.char
	n := C.gloss_cuda_devices(&message[0], C.size_t(len(message)))
	if n < 0 {
		return 0, errors.New(C.GoString(&message[0]))
	}
	return int(n), nil
}

func rememberSignals() { C.gloss_signals_remember() }

// restoreSignals takes back the signal handlers that CUDA libraries install
// without SA_ONSTACK: a Ctrl+C that reached one on a goroutine's small stack
// would end the process.
func restoreSignals() int { return int(C.gloss_signals_restore()) }
