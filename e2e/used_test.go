package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/tui"
)

// usedKeys are the keys that stories pressed, by what was open then.
type usedKeys map[string]bool

func (u *usedKeys) note(mode string, keys []string) {
	if u == nil {
		return
	}
	for _, k := range keys {
		(*u)[mode+"\x00"+shippedName(k)] = true
	}
}

// shippedName is what gloss calls a key of tmux.
func shippedName(k string) string {
	for from, to := range map[string]string{"C-": "ctrl+", "S-": "shift+", "M-": "alt+"} {
		if rest, ok := strings.CutPrefix(k, from); ok {
			return to + shippedName(rest)
		}
	}
	names := map[string]string{"Enter": "enter", "Escape": "esc", "Tab": "tab", "BTab": "shift+tab", "Space": "space", "BSpace": "backspace",
		"Up": "up", "Down": "down", "Left": "left", "Right": "right", "Home": "home", "End": "end", "PageUp": "pgup", "PageDown": "pgdown", "F1": "f1"}
	if name := names[k]; name != "" {
		return name
	}
	return k
}

// complete fails for every key of the shipped map that no story pressed.
func (u *usedKeys) complete(t *testing.T) {
	t.Helper()
	shipped := tui.DefaultKeyMap()
	pressed := 0
	var missing []string
	for _, b := range shipped.Bindings() {
		mode, _, dotted := strings.Cut(b.Action, ".")
		if !dotted {
			mode = ""
		}
		for _, k := range b.Keys {
			if (*u)[mode+"\x00"+k] {
				pressed++
			} else {
				missing = append(missing, k+" ("+b.Action+")")
			}
		}
	}
	slices.Sort(missing)
	t.Logf("%d keys of %d actions were pressed", pressed, len(shipped.Bindings()))
	if len(missing) > 0 {
		t.Errorf("no story presses %d keys: %s", len(missing), strings.Join(missing, ", "))
	}
}
