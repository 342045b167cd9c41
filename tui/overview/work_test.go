package overview

import (
	"strings"
	"testing"
	"time"

	"github.com/gloss-nlp/gloss/engine/workbench"
)

func TestRateAndTimeLeft(t *testing.T) {
	var m Meter
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	task := func(done int) []workbench.Task {
		return []workbench.Task{{Title: "annotating", Done: done, Total: 100}}
	}
	m.Note(task(10), at)
	if _, known := m.Work()[0].Left(); known {
		t.Error("the time left is known though nothing was done yet")
	}
	m.Note(task(11), at.Add(100*time.Millisecond))
	if m.Work()[0].Rate != 0 {
		t.Error("a tenth of a second tells a rate")
	}
	m.Note(task(30), at.Add(10*time.Second))
	if left, known := m.Work()[0].Left(); !known || m.Work()[0].Rate != 2 || left != 35*time.Second {
		t.Errorf("%g a second, %v left; want 2 and 35 s", m.Work()[0].Rate, left)
	}
	if got, want := strings.Join(m.Work()[0].Parts(), ", "), "30 of 100, 2.0 a second, about 35 s left"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
	m.Note(task(5), at.Add(20*time.Second)) // it began anew
	if m.Work()[0].Rate != 0 {
		t.Error("the rate of another run is told")
	}
	m.Note(nil, at)
	if len(m.Work()) != 0 {
		t.Error("what ended is still there")
	}
}

func TestTimesForAPerson(t *testing.T) {
	for s, want := range map[float64]string{12.4: "12 s", 90: "2 min", 3599: "60 min", 3600: "1 h 0 min", 9000: "2 h 30 min"} {
		if got := span(s); got != want {
			t.Errorf("%g s are %q, want %q", s, got, want)
		}
	}
	for r, want := range map[float64]string{3.14: "3.1 a second", 0.5: "30.0 a minute", 0.001: "3.6 an hour"} {
		if got := rate(r); got != want {
			t.Errorf("%g is %q, want %q", r, got, want)
		}
	}
}
