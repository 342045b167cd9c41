package main

import (
	"os"
	"path/filepath"
)

// metFile remembers, for each user, that gloss offered its tour.
func metFile() (string, error) {
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "gloss", "met"), nil
}

// firstTime tells whether this user was never offered the tour, and how to remember
// that they were. Where that cannot be remembered it is never the first time.
func firstTime() (isNew bool, remember func()) {
	path, err := metFile()
	if err != nil {
		return false, nil
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		return false, nil
	}
	if os.MkdirAll(filepath.Dir(path), 0o700) != nil {
		return false, nil
	}
	return true, func() {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			logError(err)
		}
	}
}
