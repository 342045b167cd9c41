package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

const (
	prefix    = "journal-"
	suffix    = ".db"
	longestID = 200 // bytes, so that SQLite's own suffixes fit into 255
)

// Path is where the journal of who lies in the state directory dir. Signs
// other than letters, digits, - _ and . become _.
func Path(dir, who string) (string, error) {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r) {
			return r
		}
		return '_'
	}, who)
	if name == "" {
		return "", fmt.Errorf("journal: the annotator has no name: give one with --who")
	}
	if len(name) > longestID {
		return "", fmt.Errorf("journal: the annotator's name %.20q... is longer than %d bytes: give a shorter one with --who", name, longestID)
	}
	return filepath.Join(dir, prefix+name+suffix), nil
}

// Find returns the files of all journals in a state directory, in the order of
// their names; none where the directory is missing.
func Find(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for journals: %w", err)
	}
	var found []string
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() && strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix) {
			found = append(found, filepath.Join(dir, name))
		}
	}
	return found, nil
}

func lockPath(path string) string { return strings.TrimSuffix(path, suffix) + ".lock" }

func whoOf(path string) string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), prefix), suffix)
}
