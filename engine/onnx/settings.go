package onnx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
)

// readSettings reads a JSON file into v; false where there is none.
func readSettings(files fs.FS, name string, v any) (found bool, err error) {
	data, err := fs.ReadFile(files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return true, fmt.Errorf("%s: %w", name, unwrapPath(err))
	}
	if err := parseSettings(data, v); err != nil {
		return true, fmt.Errorf("%s: %w", name, err)
	}
	return true, nil
}

// parseSettings decodes one JSON document, and says of a wrong one where it is wrong
// in words that do not want the source of this program.
func parseSettings(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return errors.New("it is empty")
	case errors.As(err, &syntax):
		line := 1 + bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte("\n"))
		if at := int(syntax.Offset) - 1; at < len(data) && at >= 0 && (data[at] == 'N' || data[at] == 'I') {
			return fmt.Errorf("line %d: %w: JSON has no NaN and no Infinity: write finite numbers", line, err)
		}
		return fmt.Errorf("line %d: %w", line, err)
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("it is a JSON %s, not an object", kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%s is a %s: want %s", kind.Field, kind.Value, wanted(kind.Type.Kind()))
	}
	return err
}

// wanted names a Go kind as JSON knows it.
func wanted(k reflect.Kind) string {
	switch k {
	case reflect.Slice:
		return "a list"
	case reflect.Map, reflect.Struct:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a finite number"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}
	return "a " + k.String()
}

// UnmarshalJSON reads the arrays; null, which some programs write for not-a-number,
// is an error.
func (c *CRF) UnmarshalJSON(data []byte) error {
	var raw struct {
		Start       []*float32   `json:"start"`
		End         []*float32   `json:"end"`
		Transitions [][]*float32 `json:"transitions"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	var errs [2]error
	c.Start, errs[0] = numbers(raw.Start, "start")
	c.End, errs[1] = numbers(raw.End, "end")
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	c.Transitions = make([][]float32, len(raw.Transitions))
	for i, row := range raw.Transitions {
		var err error
		if c.Transitions[i], err = numbers(row, fmt.Sprintf("transitions[%d]", i)); err != nil {
			return err
		}
	}
	return nil
}

func numbers(raw []*float32, what string) ([]float32, error) {
	out := make([]float32, len(raw))
	for i, v := range raw {
		if v == nil {
			return nil, fmt.Errorf("crf.%s[%d] is null, not a number", what, i)
		}
		out[i] = *v
	}
	return out, nil
}
