// Package doctor looks at what gloss needs on a machine and says what mends
// what is missing.
package doctor

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gloss-nlp/gloss/engine/onnx"
)

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Needed bool   `json:"needed"` // gloss does not work without; else something is only lost
	Detail string `json:"detail"`
	Fix    string `json:"fix,omitempty"` // the command that mends it
}

// Run looks at everything. device is what --device says.
func Run(device string) []Check {
	checks := []Check{library(), deviceCheck(device)}
	checks = append(checks, gpu(device)...)
	checks = append(checks, terminal(), encoding(), cache())
	for _, t := range tools {
		checks = append(checks, t.check())
	}
	return checks
}

func library() Check {
	c := Check{Name: "ONNX Runtime", Needed: true}
	rt, err := onnx.Open(onnx.Options{})
	if err != nil {
		c.Detail, c.Fix = err.Error(), "make deps"
		return c
	}
	c.OK, c.Detail = true, fmt.Sprintf("%s at %s", rt.Version(), rt.Library())
	return c
}

func deviceCheck(want string) Check {
	c := Check{Name: "device"}
	if want == "" {
		want = "auto"
	}
	d, err := onnx.ParseDevice(want)
	if err == nil {
		var rt *onnx.Runtime
		if rt, err = onnx.Open(onnx.Options{Device: d}); err == nil {
			c.OK, c.Detail = true, rt.Device()
			if note := rt.DeviceNote(); note != "" {
				c.Detail += " (" + note + ")"
			}
			return c
		}
	}
	c.Detail = err.Error()
	c.Fix = "use --device cpu, or mend what is missing below"
	return c
}

// gpu looks at what a GPU takes, part by part, where one was asked for or is here.
func gpu(want string) []Check {
	d, err := onnx.ParseDevice(want)
	if err != nil || d == onnx.CPU {
		return nil
	}
	rt, err := onnx.Open(onnx.Options{Device: onnx.CPU})
	if err != nil {
		return nil // told already
	}
	if _, err := os.Stat(nvidiaDevice); err != nil && d == onnx.Auto {
		return nil
	}
	return gpuChecks(rt.CUDAParts())
}

// nvidiaDevice is there where the kernel knows a GPU of NVIDIA's.
const nvidiaDevice = "/dev/nvidiactl"

func gpuChecks(p onnx.CUDAParts) []Check {
	provider := Check{Name: "CUDA provider", OK: p.Provider != "", Detail: p.Provider}
	if !provider.OK {
		provider.Detail, provider.Fix = "missing: ONNX Runtime was built without it", "make gpu"
	}
	driver := Check{Name: "CUDA driver", OK: p.Devices > 0, Detail: fmt.Sprintf("%d devices", p.Devices)}
	if p.Driver != nil {
		driver.Detail = p.Driver.Error()
	}
	if !driver.OK {
		driver.Fix = "install NVIDIA's driver, so that nvidia-smi lists the GPU (in a container: run it with --gpus all)"
	}
	libraries := Check{Name: "CUDA libraries", OK: provider.OK && len(p.Missing) == 0, Detail: "all that the provider needs"}
	switch {
	case !provider.OK:
		libraries.Detail, libraries.Fix = "not known without the provider", "make gpu"
	case !libraries.OK:
		libraries.Detail = "missing: " + strings.Join(p.Missing, ", ")
		libraries.Fix = "install them with CUDA and cuDNN, and put their directories on LD_LIBRARY_PATH"
	}
	return []Check{provider, driver, libraries}
}

func terminal() Check {
	term := os.Getenv("TERM")
	c := Check{Name: "terminal", OK: term != "" && term != "dumb", Detail: "TERM=" + term}
	if !c.OK {
		c.Fix = "export TERM=xterm-256color"
	}
	return c
}

func encoding() Check {
	locale := ""
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale = os.Getenv(name); locale != "" {
			break
		}
	}
	upper := strings.ToUpper(locale)
	c := Check{Name: "locale", OK: strings.Contains(upper, "UTF-8") || strings.Contains(upper, "UTF8"), Detail: locale}
	if !c.OK {
		c.Detail += " is not UTF-8: marks are drawn in ASCII"
		c.Fix = "export LC_ALL=C.UTF-8"
	}
	return c
}

func cache() Check {
	c := Check{Name: "cache directory", Needed: true}
	dir, err := os.UserCacheDir()
	if err == nil {
		dir = filepath.Join(dir, "gloss")
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		c.Detail, c.Fix = err.Error(), "export XDG_CACHE_HOME=a directory that you can write"
		return c
	}
	c.OK, c.Detail = true, dir
	return c
}

// tool is a program that building or testing gloss needs.
type tool struct{ name, why, debian, brew string }

var tools = []tool{
	{"go", "builds gloss", "golang-go", "go"},
	{"cargo", "builds the tokenizer library", "cargo", "rust"},
	{"cc", "builds the native parts", "build-essential", "gcc"},
	{"python3", "fetches ONNX Runtime; training", "python3", "python"},
	{"pip3", "fetches ONNX Runtime", "python3-pip", "python"},
	{"git", "fetches the source", "git", "git"},
	{"make", "builds gloss", "make", "make"},
	{"tmux", "end-to-end tests", "tmux", "tmux"},
}

func (t tool) check() Check {
	c := Check{Name: t.name}
	if path, err := exec.LookPath(t.name); err == nil {
		c.OK, c.Detail = true, path
		return c
	}
	c.Detail = "missing: " + t.why + " (not needed to run gloss)"
	c.Fix = "sudo apt-get install -y " + t.debian
	if runtime.GOOS == "darwin" {
		c.Fix = "brew install " + t.brew
	}
	return c
}
