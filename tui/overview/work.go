package overview

import (
	"fmt"
	"time"

	"github.com/gloss-nlp/gloss/engine/workbench"
)

// Work is one thing that runs in the background, with its rate.
type Work struct {
	workbench.Task
	Rate    float64 // parts a second since it was first seen; 0 while unknown
	CanStop bool
}

// Left is how long the rest takes at the rate so far; false while that is unknown.
func (w Work) Left() (time.Duration, bool) {
	if w.Rate <= 0 || w.Total <= w.Done {
		return 0, false
	}
	return time.Duration(float64(w.Total-w.Done) / w.Rate * float64(time.Second)), true
}

// Parts say how far it has come, at which rate, and how long the rest takes.
func (w Work) Parts() []string {
	var parts []string
	if w.Total > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d", w.Done, w.Total))
	}
	if w.Rate > 0 {
		parts = append(parts, rate(w.Rate))
	}
	if left, ok := w.Left(); ok {
		parts = append(parts, "about "+span(left.Seconds())+" left")
	}
	return parts
}

// Meter measures tasks between one status and the next. The zero value is ready.
type Meter struct {
	began map[string]mark
	now   []Work
}

// mark is when a task was first seen, and how far it was then.
type mark struct {
	at   time.Time
	done int
}

// settle is how long a task must have been seen before its rate says something.
const settle = time.Second

// Note takes the tasks of a status; one that goes back in its count began anew.
func (m *Meter) Note(tasks []workbench.Task, now time.Time) {
	seen := map[string]mark{}
	m.now = m.now[:0]
	for _, t := range tasks {
		at, known := m.began[t.Title]
		if !known || t.Done < at.done {
			at = mark{now, t.Done}
		}
		seen[t.Title] = at
		w := Work{Task: t}
		if took := now.Sub(at.at); took >= settle {
			w.Rate = float64(t.Done-at.done) / took.Seconds()
		}
		m.now = append(m.now, w)
	}
	m.began = seen
}

// Work lists the tasks of the last status.
func (m *Meter) Work() []Work { return m.now }
