package onnx

import (
	"fmt"
	"runtime"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// Options say how to open a Runtime. The zero value is fine.
type Options struct {
	Library string // path of the library; empty: search for it
	Device  Device
	Threads int // processor threads for all sessions together; 0: all cores
}

// Runtime makes sessions on one device. It is safe for concurrent use, and holds
// no memory of its own: it need not be closed.
type Runtime struct {
	library string
	device  Device
	note    string
	threads int
	helpers chan struct{} // a place for each goroutine that helps with RunRows
}

// environment is ONNX Runtime's own state, of which a process has one.
var environment struct {
	sync.Mutex
	library string // path of the library in use; empty until it is loaded
}

// Open loads ONNX Runtime where that has not been done, and picks a device. The
// first library that loads serves the whole process. Errors wrap ErrNoLibrary or
// ErrNoDevice.
func Open(o Options) (*Runtime, error) {
	library, err := initialize(o.Library)
	if err != nil {
		return nil, err
	}
	device, note, err := o.Device.resolve(library)
	if err != nil {
		return nil, err
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return &Runtime{library: library, device: device, note: note, threads: threads, helpers: make(chan struct{}, threads-1)}, nil
}

// initialize creates the environment once and returns the library's path.
func initialize(explicit string) (string, error) {
	environment.Lock()
	defer environment.Unlock()
	if environment.library != "" {
		return environment.library, nil
	}
	name, err := findLibrary(places(explicit))
	if err != nil {
		return "", err
	}
	rememberSignals()
	ort.SetSharedLibraryPath(name)
	// What it has to say comes back as errors; on stderr it would land in the
	// middle of a person's screen.
	if err := ort.InitializeEnvironment(ort.WithLogLevelFatal()); err != nil {
		return "", fmt.Errorf("%w: start %s: %v; run \"make deps\" for version 1.29 or newer", ErrNoLibrary, name, err)
	}
	restoreSignals()
	environment.library = name
	if path := loadedPath(name); path != "" {
		environment.library = path
	}
	return environment.library, nil
}

// Device names the device in use: "cpu" or "cuda:0".
func (r *Runtime) Device() string { return r.device.String() }

// DeviceNote says why Auto took the CPU; empty where it had no choice to make.
func (r *Runtime) DeviceNote() string { return r.note }

// Library is the path of the ONNX Runtime library in use.
func (r *Runtime) Library() string { return r.library }

// Version is that of the ONNX Runtime library, such as "1.30.0".
func (r *Runtime) Version() string { return ort.GetVersion() }

// Threads is how many processor threads sessions may use together.
func (r *Runtime) Threads() int { return r.threads }

func (r *Runtime) onGPU() bool { return r.device.kind == cudaDevice }
