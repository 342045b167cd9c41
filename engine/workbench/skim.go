package workbench

import "context"

// Skim shows see each of the documents as it stands now: the picture of one in memory,
// and of any other what its files and the journal say, without suggestions; with textOnly
// no more than its name and text. Of one that cannot be read it shows the name, and why in
// ReadOnly. see is called from several goroutines at once, the first names first. Nothing
// is kept in memory, so call it off the event loop; it returns when all were seen or ctx
// ends, and Status has a task meanwhile.
func (w *Workbench) Skim(ctx context.Context, names []string, textOnly bool, see func(*Doc)) error {
	return w.skim(ctx, "finding", names, textOnly, see)
}

func (w *Workbench) skim(ctx context.Context, title string, names []string, textOnly bool, see func(*Doc)) error {
	task := w.begin(title, len(names))
	defer task.end()
	return parallel(ctx, len(names), func(i int) {
		see(w.glance(ctx, names[i], textOnly))
		task.step()
	})
}

// glance is a document as Skim shows it.
func (w *Workbench) glance(ctx context.Context, name string, textOnly bool) *Doc {
	if d := w.Doc(name); d != nil {
		return d
	}
	if textOnly {
		text, err := w.col.ReadText(name)
		if err != nil {
			return &Doc{Name: name, ReadOnly: err.Error()}
		}
		return &Doc{Name: name, Text: text}
	}
	d := w.annotations(ctx, name)
	if d.err != nil {
		return &Doc{Name: name, ReadOnly: d.err.Error()}
	}
	p := &Doc{Name: name, Text: d.text, Problems: d.file.Problems(), ReadOnly: d.readOnly}
	w.mu.Lock()
	defer w.mu.Unlock()
	p.Finished = w.fold.Finished(name)
	p.Items, _ = w.items(d)
	return p
}
