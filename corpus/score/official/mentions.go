package official

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/corpus/brat"
)

// layout names the columns of a task's table of mentions. An empty name is a
// column that the table does not have.
type layout struct{ file, mark, label, start, end, text, code string }

var (
	spanLayout  = layout{"filename", "", "label", "start_span", "end_span", "text", "code"} // MedProcNER, SympTEMIST
	offLayout   = layout{"filename", "mark", "label", "off0", "off1", "span", "code"}       // DisTEMIST
	taxonLayout = layout{"filename", "mark", "label", "off0", "off1", "span", "NCBITax"}    // LivingNER
)

// mentionTable reads a task's table of mentions, or a brat directory as if it
// were one. The code column of a directory is there where codes is set.
func (r *run) mentionTable(path string, d dialect, l layout, codes bool) (*table, error) {
	if !isDir(path) {
		data, err := r.readFile(path)
		if err != nil {
			return nil, err
		}
		return readTable(data, d)
	}
	return fromBrat(path, l, codes)
}

func fromBrat(dir string, l layout, codes bool) (*table, error) {
	col, err := brat.Open(dir)
	if err != nil {
		return nil, err
	}
	if !codes {
		l.code = ""
	}
	t := &table{}
	for _, name := range l.names() {
		if name != "" {
			t.columns = append(t.columns, name)
		}
	}
	for _, name := range col.Names() {
		doc, err := col.Read(name)
		if err != nil {
			return nil, err
		}
		for _, m := range doc.File.Mentions() {
			if len(m.Spans) != 1 {
				return nil, fmt.Errorf("%s: %s of %s is discontinuous, which the task's tables cannot hold", dir, m.ID, name)
			}
			ids := make([]string, len(m.Links))
			for i, link := range m.Links {
				ids[i] = link.ID
			}
			s := m.Spans[0]
			t.add(l, name, m.ID, m.Label, strconv.Itoa(int(s.Start)), strconv.Itoa(int(s.End)), m.Text, strings.Join(ids, "+"))
		}
	}
	return t, nil
}

func (l layout) names() []string {
	return []string{l.file, l.mark, l.label, l.start, l.end, l.text, l.code}
}

// add appends a row; values are in the order of the layout.
func (t *table) add(l layout, values ...string) {
	var row []field
	for i, name := range l.names() {
		if name != "" {
			row = append(row, field{text: values[i]})
		}
	}
	t.rows = append(t.rows, row)
}
