package link

import (
	"errors"
	"reflect"
	"testing"
)

func TestParseSettings(t *testing.T) {
	got, err := ParseSettings(map[string]any{
		"strategy": "sliding-window", "no_code": "NO_CODE", "join": "+", "general": "/H",
		"rules":          map[string]any{"HUMAN": "9606"},
		"sliding-window": map[string]any{"first": 0.5, "full": int64(1)},
	})
	want := Settings{Strategy: SlidingWindow, NoCode: "NO_CODE", Join: "+", General: "/H",
		Rules: map[string]string{"HUMAN": "9606"}, Params: map[string]Params{SlidingWindow: {"first": 0.5, "full": 1}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, table := range map[string]map[string]any{
		"strategy":  {"strategy": "magic"},
		"its table": {"magic": map[string]any{}},
		"setting":   {"sliding-window": map[string]any{"width": 0.5}},
		"bound":     {"sliding-window": map[string]any{"first": 1.5}},
		"kind":      {"sliding-window": map[string]any{"first": "half"}},
		"text":      {"join": 3},
		"rule":      {"rules": map[string]any{"HUMAN": int64(9606)}},
		"key":       {"treshold": 0.5},
	} {
		if _, err := ParseSettings(table); !errors.Is(err, ErrSetting) && !errors.Is(err, ErrStrategy) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := ParseSettings(nil); err != nil || got.Strategy != "" {
		t.Errorf("nothing: %+v, %v", got, err)
	}
}

func TestWithLeavesTheOriginal(t *testing.T) {
	first := Settings{}.With("weight", 0.5)
	second := first.With("weight", 0.7)
	if first.Params[Gloss]["weight"] != 0.5 || second.Params[Gloss]["weight"] != 0.7 {
		t.Errorf("%v, %v", first, second)
	}
}
