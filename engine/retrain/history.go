package retrain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// HistoryFile lies in the folder of the models: what happened to them, a JSON object a
// line, oldest first. It only grows; the last line that says so tells which model is used.
const HistoryFile = "history.jsonl"

// The kinds of events.
const (
	Began    = "train"    // a training began, or went on
	Stopped  = "stopped"  // it was stopped, or died; the note says whether it can go on
	Trained  = "trained"  // it left a bundle
	Compared = "compared" // a bundle was compared with the one in use
	Brought  = "brought"  // a bundle was copied here
	Switched = "model"    // suggestions are those of this model from now on
)

// Event is something that happened to the models of a corpus.
type Event struct {
	Time  time.Time `json:"time"` // UTC, milliseconds
	Who   string    `json:"who"`
	Kind  string    `json:"kind"`
	Model string    `json:"model"` // name of the bundle; Base: the model of the settings
	Hash  string    `json:"hash,omitempty"`
	Note  string    `json:"note"` // what a person should know, in a line
}

// ReadHistory reads what happened in a state directory; nothing where it has no models. A
// last line that is not whole, as a power cut leaves it, is left out.
func ReadHistory(state string) ([]Event, error) {
	path := filepath.Join(state, Folder, HistoryFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the history of models: %w", err)
	}
	var events []Event
	n := 0
	for line := range bytes.Lines(data) {
		n++
		var e Event
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := json.Unmarshal(line, &e); err != nil {
			if len(line) > 0 && line[len(line)-1] != '\n' {
				break
			}
			return nil, fmt.Errorf("read %s:%d: %w; remove that line", path, n, err)
		}
		events = append(events, e)
	}
	return events, nil
}

// add appends an event, and syncs it.
func (s *Shelf) add(e Event) (err error) {
	e.Time, e.Who = s.o.Now().UTC().Truncate(time.Millisecond), s.o.Who
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("write the history of models: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(s.dir, HistoryFile), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("write the history of models: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := cutTorn(f); err != nil {
		return fmt.Errorf("write the history of models: %w", err)
	}
	if _, err = f.Write(append(line, '\n')); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("write the history of models: %w", err)
	}
	return nil
}

// cutTorn takes away a last line that is not whole.
func cutTorn(f *os.File) error {
	data, err := io.ReadAll(f)
	if err != nil || len(data) == 0 || data[len(data)-1] == '\n' {
		return err
	}
	return f.Truncate(int64(bytes.LastIndexByte(data, '\n') + 1))
}
