package tui

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/gloss-nlp/gloss/corpus/brat"
	"github.com/gloss-nlp/gloss/engine/suggest"
	"github.com/gloss-nlp/gloss/engine/suggest/suggesttest"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/kb/link"
)

const (
	walkKeys  = 2000 // in make test; make walk sets GLOSS_WALK_KEYS
	walkSeed  = 7    // GLOSS_WALK_SEED sets another
	walkCheck = 250  // keys between two looks at the disk
)

// TestWalk presses keys at random, all that there are, on a real workbench, with
// restarts, resizes, the mouse, pasted text and another program that changes files.
// Again and again screen, memory, journal and files are held against each other.
func TestWalk(t *testing.T) {
	keys, seed := walkNumber(t, "GLOSS_WALK_KEYS", walkKeys), walkNumber(t, "GLOSS_WALK_SEED", walkSeed)
	w := &walker{t: t, dir: t.TempDir(), rng: rand.New(rand.NewPCG(uint64(seed), 1)), used: map[string]int{}, theirs: map[string]string{}}
	w.files()
	w.open()
	var heap []uint64
	began := time.Now()
	for i := 1; i <= keys && !t.Failed(); i++ {
		w.step()
		if i%walkCheck == 0 {
			w.settle()
			w.compare()
		}
		if i%max(keys/10, 1) == 0 {
			heap = append(heap, inUse())
		}
	}
	w.close()
	t.Logf("seed %d: %d keys in %v, %d actions of %d, %d restarts, %d decisions, %d changes by another program, %d looks at the disk; heap %s",
		seed, keys, time.Since(began).Round(time.Second), len(w.used), len(w.all), w.restarts, w.decisions, w.outside, w.looks, megabytes(heap))
	if n := len(heap); n > 2 && heap[n-1] > 2*heap[1]+16<<20 {
		t.Errorf("memory grows: %s", megabytes(heap))
	}
}

func walkNumber(t *testing.T, env string, otherwise int) int {
	t.Helper()
	text := os.Getenv(env)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q: it is a number from 1", env, text)
	}
	return n
}

func inUse() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

func megabytes(sizes []uint64) string {
	var parts []string
	for _, s := range sizes {
		parts = append(parts, fmt.Sprintf("%.1f", float64(s)/(1<<20)))
	}
	return strings.Join(parts, " ") + " MB"
}

// walker presses keys on a model without a terminal, and runs its commands.
type walker struct {
	t   *testing.T
	dir string
	rng *rand.Rand
	all []action
	wb  *closing
	m   *Model

	msgs    chan tea.Msg
	running atomic.Int64 // commands that have not answered
	quit    bool

	last                                []string // keys, for a report
	used                                map[string]int
	theirs                              map[string]string // .ann files as another program left them
	restarts, decisions, outside, looks int
}

// closing is a workbench whose changes end with it, so that no command waits for ever.
type closing struct {
	*workbench.Workbench
	changed chan struct{}
	end     chan struct{}
}

func (c *closing) Changed() <-chan struct{} { return c.changed }

func (c *closing) forward() {
	defer close(c.changed)
	for {
		select {
		case <-c.Workbench.Changed():
			select {
			case c.changed <- struct{}{}:
			case <-c.end:
				return
			}
		case <-c.end:
			return
		}
	}
}

func (w *walker) open() {
	w.t.Helper()
	wb, err := workbench.Open(context.Background(), workbench.Options{
		Dir: w.dir, Who: "walker", Workers: 1, Linkable: func(string) bool { return true },
		Load: func(_ context.Context, memory *link.Overlay) (*suggest.Models, error) {
			return &suggest.Models{
				Recognizer: suggesttest.Words{"fiebre": "SINTOMA", "asma": "ENFERMEDAD", "HTA": "ENFERMEDAD", "metástasis": "ENFERMEDAD", "diabetes": "ENFERMEDAD"},
				Linker:     walkLinker{memory}, Device: "cpu", Hash: "m",
			}, nil
		},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.wb = &closing{wb, make(chan struct{}), make(chan struct{})}
	go w.wb.forward()
	w.msgs, w.quit = make(chan tea.Msg, 4096), false
	w.m = New(w.wb, Options{Title: "walk", Theme: "none", Demo: true, New: w.restarts%2 == 0})
	w.all = actions(&w.m.keys)
	w.launch(w.m.Init())
	w.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	w.settle()
}

// launch runs a command beside; its answer comes through msgs.
func (w *walker) launch(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	msgs := w.msgs
	w.running.Add(1)
	go func() { msgs <- cmd() }()
}

// send gives the model a message, as the program would.
func (w *walker) send(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.QuitMsg:
		w.quit = true
	case tea.BatchMsg:
		for _, cmd := range msg {
			w.launch(cmd)
		}
	default:
		_, cmd := w.m.Update(msg)
		_ = w.m.View()
		w.launch(cmd)
	}
}

// take gives the model an answer of a command.
func (w *walker) take(msg tea.Msg) {
	w.running.Add(-1)
	w.send(msg)
}

// drain takes what has come by now.
func (w *walker) drain() {
	for {
		select {
		case msg := <-w.msgs:
			w.take(msg)
		default:
			return
		}
	}
}

// settle waits until nothing runs but the wait for the next change.
func (w *walker) settle() {
	w.t.Helper()
	patience := time.After(30 * time.Second)
	for w.running.Load() > 1 || len(w.msgs) > 0 || !w.atRest() {
		select {
		case msg := <-w.msgs:
			w.take(msg)
		case <-patience:
			w.t.Fatalf("it never settles: %d commands run, status %+v; the last keys were %v", w.running.Load(), w.wb.Status(), w.last)
		}
	}
}

// atRest tells whether the screen says idle, and shows the newest picture.
func (w *walker) atRest() bool {
	m := w.m
	idle := m.size.tooSmall() || strings.Contains(m.frame, "idle")
	return idle && w.wb.Status().Idle() && m.doc == w.wb.Doc(m.docName)
}

// step does what a person, a terminal or another program may do next.
func (w *walker) step() {
	r := w.rng
	switch n := r.IntN(100); {
	case n < 2:
		w.send(tea.WindowSizeMsg{Width: 1 + r.IntN(200), Height: 1 + r.IntN(60)})
	case n < 4:
		w.send(tea.WindowSizeMsg{Width: 120, Height: 36})
	case n < 7:
		x, y := r.IntN(120), r.IntN(36)
		w.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		w.send(tea.MouseMotionMsg{X: x + r.IntN(12), Y: y, Button: tea.MouseLeft})
		w.send(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
	case n < 8:
		w.send(tea.PasteMsg{Content: "fiebre\nalta\x1b[31m"})
	case n < 14:
		w.typed([]string{"f", "ñ", "r", "e", ":", "1", ".", "("}[r.IntN(8)])
	default:
		w.act()
	}
	w.drain()
	w.looksRight()
	if w.quit {
		w.restart()
	}
}

func (w *walker) typed(s string) {
	w.note(s)
	w.send(tea.KeyPressMsg{Code: []rune(s)[0], Text: s})
}

// act presses a key of an action: mostly one of the moment.
func (w *walker) act() {
	mode := w.m.mode()
	if open := mode != ""; open && w.rng.IntN(4) == 0 { // nobody stays in a box for long
		w.pressed([]string{"enter", "enter", "esc"}[w.rng.IntN(3)])
		return
	}
	var fit []*action
	for i := range w.all {
		a := &w.all[i]
		_, own := w.modeOf(a)
		if own == (a.group.mode == mode) || w.rng.IntN(12) == 0 {
			fit = append(fit, a)
		}
	}
	a := fit[w.rng.IntN(len(fit))]
	for range 3 { // decisions more often than anything else
		if mode == "" && a.group != groupDecide && a.group != groupEdges {
			a = fit[w.rng.IntN(len(fit))]
		}
	}
	if a.key == &w.m.keys.Quit && w.rng.IntN(20) > 0 {
		return
	}
	keys := a.key.Keys()
	k := keys[w.rng.IntN(len(keys))]
	w.used[a.fullName()]++
	w.pressed(k)
}

func (w *walker) pressed(k string) {
	w.note(k)
	w.send(keyPress(k))
}

// modeOf tells whether the action belongs to what is open, whatever the model calls it.
func (w *walker) modeOf(a *action) (mode string, own bool) {
	switch mode = a.group.mode; mode {
	case "places":
		return mode, w.m.bulk == nil
	case "concept":
		return mode, w.m.detail == nil
	case "differences":
		return mode, w.m.doc == nil || !w.m.doc.Conflict
	case "splitting":
		return mode, !w.m.splitting.on
	}
	return mode, true
}

func (w *walker) note(k string) {
	if w.last = append(w.last, k); len(w.last) > 60 {
		w.last = w.last[1:]
	}
}

// keyPress is a key by the name that it has in gloss.toml.
func keyPress(name string) tea.KeyPressMsg {
	var k tea.KeyPressMsg
	for mod, bit := range map[string]tea.KeyMod{"ctrl+": tea.ModCtrl, "alt+": tea.ModAlt, "shift+": tea.ModShift} {
		if strings.Contains(name, mod) && name != mod {
			k.Mod |= bit
			name = strings.Replace(name, mod, "", 1)
		}
	}
	codes := map[string]rune{"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "space": tea.KeySpace, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
		"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "f1": tea.KeyF1}
	if c, ok := codes[name]; ok {
		k.Code = c
	} else {
		k.Code = []rune(name)[0]
		if k.Mod == 0 {
			k.Text = name
		}
	}
	if name == "space" {
		k.Text = " "
	}
	return k
}

// looksRight holds after every key.
func (w *walker) looksRight() {
	m := w.m
	if m.focus != "" && m.item() == nil {
		w.t.Errorf("%v: the focus is on %q, which is not in %s", w.last, m.focus, m.docName)
	}
	s := &screen{t: w.t, m: m}
	s.check(w.last)
}

// restart is the end of a session, and the next one.
func (w *walker) restart() {
	w.restarts++
	w.close()
	w.open()
	w.compare()
}

func (w *walker) close() {
	w.t.Helper()
	close(w.wb.end)
	// What another program changed last may contradict what was decided last: then the
	// file stays theirs, the journal ours, and closing says so.
	if err := w.wb.Close(context.Background()); err != nil && !errors.Is(err, brat.ErrChanged) {
		w.t.Fatalf("%v: close: %v", w.last, err)
	}
	for w.running.Load() > 0 { // commands of the session that is over
		<-w.msgs
		w.running.Add(-1)
	}
}
