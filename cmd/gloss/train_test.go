package main

import (
	"strings"
	"testing"
)

// A check without --json tells what it counted.
func TestReportOfACheck(t *testing.T) {
	var out strings.Builder
	if err := printReport(&out, []byte(`{"mentions": 3, "features": 47, "by label": {"X": 1}, "warnings": [], "data": "rows"}`)); err != nil {
		t.Fatal(err)
	}
	if want := "data: rows\nfeatures: 47\nmentions: 3\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	if err := printReport(&out, []byte(`[`)); err == nil {
		t.Error("a broken report is no error")
	}
}
