package convert

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// file is a file to be written; name is relative to the output directory, and
// empty where the output is that one file.
type file struct {
	name string
	data []byte
	mode fs.FileMode // 0: 0644
}

// record remembers what a conversion wrote, as the SHA-256 of each file, so
// that a later one knows whether it may be replaced. It lies hidden beside the
// output: ".OUT.gloss-convert".
const record = ".gloss-convert"

// target is where a conversion goes.
type target struct{ path string }

// openTarget makes sure that what is at out may be replaced.
func openTarget(in, out string) (*target, error) {
	out = filepath.Clean(out)
	refuse := func(why string) error {
		return fmt.Errorf("%s: %w: %s; name another, or remove it first", out, ErrOutput, why)
	}
	info, err := os.Stat(out)
	if errors.Is(err, fs.ErrNotExist) {
		return &target{out}, nil
	}
	if err != nil {
		return nil, err
	}
	if source, err := os.Stat(in); err == nil && os.SameFile(source, info) {
		return nil, refuse("it is the input itself")
	}
	now, err := hashes(out, info)
	if err != nil {
		return nil, err
	}
	if len(now) == 0 {
		return &target{out}, nil
	}
	data, err := os.ReadFile(recordPath(out))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse("it was not made by convert")
	}
	was := map[string]string{}
	if err == nil {
		err = json.Unmarshal(data, &was)
	}
	if err != nil {
		return nil, refuse("the record of its making cannot be read")
	}
	for name, sum := range now {
		if was[name] != sum {
			return nil, refuse(fmt.Sprintf("%s was changed since convert made it", filepath.Join(out, name)))
		}
	}
	return &target{out}, nil
}

func recordPath(out string) string {
	return filepath.Join(filepath.Dir(out), "."+filepath.Base(out)+record)
}

// hashes are those of all files below path; an empty file that stands alone
// counts as none.
func hashes(path string, info fs.FileInfo) (map[string]string, error) {
	found := map[string]string{}
	if !info.IsDir() {
		data, err := os.ReadFile(path)
		if len(data) > 0 {
			found[""] = hash(data)
		}
		return found, err
	}
	err := filepath.WalkDir(path, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(path, p)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		found[filepath.ToSlash(rel)] = hash(data)
		return err
	})
	return found, err
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// put writes the files beside the target and moves them there in one step.
func (t *target) put(files []file) (err error) {
	single := len(files) == 1 && files[0].name == ""
	sums := map[string]string{}
	for _, f := range files {
		sums[f.name] = hash(f.data)
	}
	rec, err := json.Marshal(sums)
	if err != nil {
		return err
	}
	if info, err := os.Stat(t.path); err == nil && info.IsDir() == single {
		return fmt.Errorf("%s: %w: a file and a directory cannot take each other's place; name another", t.path, ErrOutput)
	}
	dir := filepath.Dir(t.path)
	tmp, err := os.MkdirTemp(dir, ".gloss-convert-*.tmp")
	if err != nil {
		return fmt.Errorf("make the output: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	whole := filepath.Join(tmp, "out")
	if single {
		files[0].name = "out"
		err = writeAll(tmp, files)
	} else {
		err = writeAll(whole, files)
	}
	if err != nil {
		return err
	}
	// The record first: a finished output without one could never be replaced.
	if err := writeAll(tmp, []file{{name: "record", data: rec}}); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(tmp, "record"), recordPath(t.path)); err != nil {
		return err
	}
	if err := swap(whole, t.path, tmp); err != nil {
		return fmt.Errorf("put the output in place: %w", err)
	}
	return syncDir(dir)
}

// swap gives whole the name path; what is there goes to tmp, and comes back
// where that fails.
func swap(whole, path, tmp string) error {
	if info, err := os.Lstat(path); err != nil || info.Mode().IsRegular() {
		return os.Rename(whole, path) // in one step
	}
	path, err := filepath.EvalSymlinks(path) // the link stays
	if err != nil {
		return err
	}
	old := filepath.Join(tmp, "old")
	if err := os.Rename(path, old); err != nil {
		return err
	}
	if err := os.Rename(whole, path); err != nil {
		return errors.Join(err, os.Rename(old, path))
	}
	return nil
}

// syncs is how many files are brought to the disk at a time: the waiting for
// thousands, one after the other, would be most of a conversion.
const syncs = 32

// writeAll writes and syncs files below dir.
func writeAll(dir string, files []file) error {
	dirs := map[string]bool{dir: true}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var work sync.WaitGroup
	slots := make(chan struct{}, syncs)
	errs := make([]error, len(files))
	for i, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.name))
		for parent := filepath.Dir(path); !dirs[parent]; parent = filepath.Dir(parent) {
			if err := os.MkdirAll(parent, 0o755); err != nil {
				errs[i] = err
				break
			}
			dirs[parent] = true
		}
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			if err := writeSynced(path, f); err != nil && errs[i] == nil {
				errs[i] = fmt.Errorf("write %s: %w", f.name, err)
			}
		})
	}
	work.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for d := range dirs {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	return nil
}

func writeSynced(path string, f file) error {
	mode := f.mode
	if mode == 0 {
		mode = 0o644
	}
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = out.Write(f.data)
	return errors.Join(err, out.Sync(), out.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// single makes the one file of an output.
func single(b *strings.Builder) []file { return []file{{data: []byte(b.String())}} }
