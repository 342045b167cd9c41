package batch

import (
	"path/filepath"
	"reflect"
	"testing"
)

// What was logged can be read again, candidates included; a line that was cut is none.
func TestReadLogs(t *testing.T) {
	r := newRig(t, texts)
	r.mustAnnotate(Options{})
	want := r.rows("gloss.jsonl")
	log := filepath.Join(r.out, "gloss.jsonl")
	write(t, log, read(t, log)+`{"doc":"cut`)
	var got []Row
	if err := ReadLogs(r.out, func(row Row) { got = append(got, row) }); err != nil || !reflect.DeepEqual(docs(got), docs(want)) || len(got[1].Spans[1].Candidates) != 2 {
		t.Errorf("%v: got %+v", err, got)
	}
	if err := ReadLogs(r.in, func(Row) { t.Error("a row from nowhere") }); err != nil {
		t.Errorf("no logs: %v", err)
	}
}
