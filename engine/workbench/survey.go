package workbench

import (
	"os"
	"slices"
	"strings"
)

// surveyed is how many .ann files are looked at for the labels of a collection
// without an annotation.conf.
const surveyed = 40

// survey finds which labels the collection uses: those of its annotation.conf,
// else those that a sample of its .ann files has. Suggestions of other labels
// are not shown; where nothing is known, all are.
func (w *Workbench) survey() {
	if len(w.names) == 0 {
		return
	}
	labels := w.col.Config(w.names[0]).EntityTypes()
	if len(labels) == 0 {
		labels = w.sampleLabels()
		w.labels = labels
	}
	if len(labels) == 0 {
		return
	}
	w.allowed = map[string]bool{}
	for _, l := range labels {
		w.allowed[l] = true
	}
}

func (w *Workbench) sampleLabels() []string {
	var labels []string
	step := max(1, len(w.names)/surveyed)
	for i := 0; i < len(w.names); i += step {
		data, err := os.ReadFile(w.col.Path(w.names[i], ".ann"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(data)) {
			id, rest, _ := strings.Cut(line, "\t")
			label, _, ok := strings.Cut(rest, " ")
			if ok && strings.HasPrefix(id, "T") && !slices.Contains(labels, label) {
				labels = append(labels, label)
			}
		}
	}
	slices.Sort(labels)
	return labels
}
