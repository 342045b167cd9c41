package workbench

import "slices"

// task is something that runs for a caller, shown in Status meanwhile.
type task struct {
	w *Workbench
	Task
}

// begin shows a task; end takes it away.
func (w *Workbench) begin(title string, total int) *task {
	t := &task{w, Task{Title: title, Total: total}}
	w.mu.Lock()
	w.tasks = append(w.tasks, t)
	w.mu.Unlock()
	w.notify()
	return t
}

// step says that one more of its parts is done.
func (t *task) step() {
	t.w.mu.Lock()
	t.Done++
	n := t.Done
	t.w.mu.Unlock()
	if n%16 == 0 {
		t.w.notify()
	}
}

// reach says how many of how many parts are done.
func (t *task) reach(done, total int) {
	t.w.mu.Lock()
	t.Done, t.Total = done, total
	t.w.mu.Unlock()
	t.w.notify()
}

func (t *task) end() {
	t.w.mu.Lock()
	t.w.tasks = slices.DeleteFunc(t.w.tasks, func(o *task) bool { return o == t })
	t.w.mu.Unlock()
	t.w.notify()
}
