package onnx

import (
	"debug/elf"
	"os"
	"path/filepath"
)

// cudaProvider is the part of ONNX Runtime that runs models on NVIDIA's GPUs.
const cudaProvider = "libonnxruntime_providers_cuda.so"

// CUDAParts are what running models on a GPU takes, and how much of it is here.
type CUDAParts struct {
	Provider string   // path of ONNX Runtime's CUDA provider; empty: the library was built without
	Devices  int      // GPUs that the driver knows
	Driver   error    // why the driver counts none; nil where it counts
	Missing  []string // shared libraries that the provider needs and the loader does not find
}

// CUDAParts looks for them. It loads the libraries that the provider needs, several
// hundred megabytes, to know whether they load.
func (r *Runtime) CUDAParts() CUDAParts {
	p := CUDAParts{Provider: beside(r.library, cudaProvider)}
	p.Devices, p.Driver = cudaDevices()
	if p.Provider != "" {
		p.Missing = missingLibraries(p.Provider)
	}
	return p
}

// missingLibraries are those that a library names and that do not load; itself where
// it is no library.
func missingLibraries(path string) []string {
	f, err := elf.Open(path)
	if err != nil {
		return []string{filepath.Base(path)}
	}
	defer f.Close()
	needed, err := f.ImportedLibraries()
	if err != nil {
		return []string{filepath.Base(path)}
	}
	var missing []string
	for _, name := range needed {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), name)); err == nil {
			continue
		}
		if load(name) != nil {
			missing = append(missing, name)
		}
	}
	return missing
}
