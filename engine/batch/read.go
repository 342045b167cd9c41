package batch

import (
	"fmt"
	"os"
	"path/filepath"
)

// ReadLogs visits what Annotate logged in a directory, shard by shard, with the
// candidates of every span; nothing where there is no log. A line that a crash cut
// ends its log.
func ReadLogs(dir string, visit func(Row)) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("look for the log of results: %w", err)
	}
	for _, e := range entries {
		if !isLog(e) {
			continue
		}
		if err := readLog(filepath.Join(dir, e.Name()), visit); err != nil {
			return fmt.Errorf("read %s: %w", filepath.Join(dir, e.Name()), err)
		}
	}
	return nil
}

func readLog(path string, visit func(Row)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close() // only read
	return eachRow(f, func(row Row, _ []byte) (bool, error) {
		visit(row)
		return true, nil
	})
}
