package workbench

import "context"

// Skim shows see each of the documents as it stands now: the picture of one in memory,
// and of any other what its files and the journal say, without suggestions; with textOnly
// no more than its name and text. Of one that cannot be read it shows the name, and why in
// ReadOnly. see is called from several goroutines at once, the first names first. Nothing
// is kept in memory, so call it off the event loop; it returns when all were seen or ctx
// ends, and Status has a task meanwhile.
func (w *Workbench) Skim(ctx context.Context, names []string, textOnly bool, see func(*Doc)) error {
	return w.skim(ctx, "finding", names, func(name string) {
		d, err := w.glance(ctx, name, textOnly)
		if err != nil {
			d = &Doc{Name: name, ReadOnly: err.Error()}
		}
		see(d)
	})
}

// Check looks for problems in the documents that were not read yet, in the background:
// Documents knows of those that were looked at. It returns when all were, or ctx ends;
// Status has a task meanwhile.
func (w *Workbench) Check(ctx context.Context) error {
	var names []string
	for _, d := range w.Documents() {
		if !d.Checked {
			names = append(names, d.Name)
		}
	}
	return w.skim(ctx, "checking", names, func(name string) {
		d, err := w.glance(ctx, name, false)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.problems[name] = err != nil || len(d.Problems) > 0
	})
}

// skim calls see with each name, the first ones first, on all processors.
func (w *Workbench) skim(ctx context.Context, title string, names []string, see func(name string)) error {
	task := w.begin(title, len(names))
	defer task.end()
	return parallel(ctx, len(names), func(i int) {
		see(names[i])
		task.step()
	})
}

// glance is a document as Skim shows it.
func (w *Workbench) glance(ctx context.Context, name string, textOnly bool) (*Doc, error) {
	if d := w.Doc(name); d != nil {
		return d, nil
	}
	if textOnly {
		text, err := w.col.ReadText(name)
		return &Doc{Name: name, Text: text}, err
	}
	d := w.annotations(ctx, name)
	if d.err != nil {
		return nil, d.err
	}
	p := &Doc{Name: name, Text: d.text, Problems: d.file.Problems(), ReadOnly: d.readOnly}
	w.mu.Lock()
	defer w.mu.Unlock()
	p.Finished = w.fold.Finished(name)
	p.Items, _ = w.items(d)
	return p, nil
}
