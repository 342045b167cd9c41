package convert

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gloss-nlp/gloss/corpus"
)

// columns are the names that the shared tasks give to what we read.
var columns = map[string]string{
	"filename": "doc", "label": "label", "mark": "id", "ann_id": "id",
	"off0": "start", "start_span": "start", "off1": "end", "end_span": "end",
	"span": "text", "text": "text", "code": "code", "NCBITax": "code",
}

// table is how a shared task writes its table.
type table struct {
	header []string // without the code
	code   string   // the last column, where any mention has a code
	quotes bool     // fields are quoted as CSV does
	joint  string   // between the codes of one mention
}

var tables = map[string]table{
	"distemist":  {header: []string{"filename", "mark", "label", "off0", "off1", "span"}, code: "code", joint: "+"},
	"livingner":  {header: []string{"filename", "mark", "label", "off0", "off1", "span"}, code: "NCBITax", joint: "|"},
	"medprocner": {header: []string{"filename", "ann_id", "label", "start_span", "end_span", "text"}, code: "code", quotes: true, joint: "+"},
	"symptemist": {header: []string{"filename", "ann_id", "label", "start_span", "end_span", "text"}, code: "code", quotes: true, joint: "+"},
}

// quoted tells the tables whose text fields are quoted as CSV does: those that
// name their columns as MedProcNER and SympTEMIST do.
func quoted(header string) bool { return strings.Contains(header, "start_span") }

// readTable reads the table of any of the tasks; the columns are known by name.
func readTable(path string, data []byte) ([]doc, error) {
	header, _, _ := strings.Cut(string(data), "\n")
	rows, err := split(data, quoted(header))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w: %w", path, ErrInput, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read %s: %w: it is empty", path, ErrFormat)
	}
	at, err := roles(rows[0].fields)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var docs []doc
	index := map[string]int{}
	for _, row := range rows[1:] {
		m, name, err := mention(row.fields, at)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w: %w", path, row.line, ErrInput, err)
		}
		i, known := index[name]
		if !known {
			i = len(docs)
			index[name] = i
			docs = append(docs, doc{Document: corpus.Document{Name: name}, bare: true})
		}
		docs[i].Mentions = append(docs[i].Mentions, m)
	}
	return docs, nil
}

// roles finds the columns by the names in a header.
func roles(header []string) (map[string]int, error) {
	at := map[string]int{}
	for i, name := range header {
		if role, ok := columns[strings.TrimRight(name, "\r")]; ok {
			at[role] = i
		}
	}
	for _, role := range []string{"doc", "label", "start", "end", "text"} {
		if _, ok := at[role]; !ok {
			return nil, fmt.Errorf("%w: no column for the %s among %s", ErrFormat, role, strings.Join(header, ", "))
		}
	}
	return at, nil
}

// row is a row of a table with the line on which it begins, from 1.
type row struct {
	fields []string
	line   int
}

func split(data []byte, quotes bool) ([]row, error) {
	var rows []row
	if quotes {
		r := csv.NewReader(bytes.NewReader(data))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', -1, true
		for {
			fields, err := r.Read()
			if errors.Is(err, io.EOF) {
				return rows, nil
			}
			if err != nil {
				return nil, err
			}
			line, _ := r.FieldPos(0)
			rows = append(rows, row{fields, line})
		}
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			rows = append(rows, row{strings.Split(line, "\t"), n})
		}
	}
	return rows, nil
}

func mention(row []string, at map[string]int) (corpus.Mention, string, error) {
	get := func(role string) string {
		if i, ok := at[role]; ok && i < len(row) {
			return row[i]
		}
		return ""
	}
	start, errS := strconv.Atoi(get("start"))
	end, errE := strconv.Atoi(get("end"))
	if errS != nil || errE != nil || start > end || start < 0 {
		return corpus.Mention{}, "", fmt.Errorf("offsets %q and %q are not a span", get("start"), get("end"))
	}
	m := corpus.Mention{
		ID: get("id"), Label: get("label"), Text: get("text"), Score: corpus.NoScore,
		Spans: corpus.One(corpus.Off(start), corpus.Off(end)),
	}
	m.Text = unquoted(m.Text, end-start)
	if code := get("code"); code != "" {
		m.Links = []corpus.Link{{ID: code}}
	}
	return m, get("doc"), nil
}

// unquoted takes away the quotes of CSV where that gives the length of the span:
// DisTEMIST's linking table has them, its table of mentions has quotes of the text.
func unquoted(s string, length int) string {
	if utf8.RuneCountInString(s) == length || len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	if inner := strings.ReplaceAll(s[1:len(s)-1], `""`, `"`); utf8.RuneCountInString(inner) == length {
		return inner
	}
	return s
}

// tableWriter writes a shared task's table: its columns, in its order, quoted
// as it does, the code only where some mention has one. Ids are numbered anew
// where mentions have none.
func tableWriter(name string) func([]doc, *Report) ([]file, error) {
	t := tables[name]
	return func(docs []doc, r *Report) ([]file, error) {
		coded := slices.ContainsFunc(docs, func(d doc) bool {
			return slices.ContainsFunc(d.Mentions, func(m corpus.Mention) bool { return len(m.Links) > 0 })
		})
		header := t.header
		if coded {
			header = append(slices.Clone(header), t.code)
		}
		var b strings.Builder
		b.WriteString(strings.Join(header, "\t") + "\n")
		for _, d := range docs {
			if len(d.Mentions) == 0 {
				r.lose(1, "documents without mentions", leftOut)
			}
			for i, m := range d.Mentions {
				if fields := t.fields(d, i, m, r); fields != nil {
					t.write(&b, append(fields, joinIDs(m.Links, t.joint)), coded, r)
				}
			}
		}
		r.texts(docs)
		r.details(docs, true)
		return single(&b), nil
	}
}

// fields are those of a mention but for the code; nil where there is no row for it.
func (t table) fields(d doc, i int, m corpus.Mention, r *Report) []string {
	span, ok := d.contiguous(m)
	if !ok {
		r.lose(1, "discontinuous mentions", leftOut)
		return nil
	}
	id := m.ID
	if id == "" {
		id = fmt.Sprintf("T%d", i+1)
	}
	if len(m.Links) > 1 {
		r.lose(1, "mentions with several links", "joined by "+t.joint+" into one")
	}
	for _, k := range m.Links {
		if k.DB != "" || k.Name != "" {
			r.lose(1, "database and name of links", leftOut)
		}
	}
	r.Written++
	return []string{d.Name, id, m.Label, strconv.Itoa(int(span.Start)), strconv.Itoa(int(span.End)), m.Text}
}

// write writes a row, and quotes or cleans its fields.
func (t table) write(b *strings.Builder, fields []string, coded bool, r *Report) {
	if !coded {
		fields = fields[:len(fields)-1]
	}
	for i, f := range fields {
		if i > 0 {
			b.WriteByte('\t')
		}
		switch {
		case t.quotes && strings.ContainsAny(f, "\"\t\r\n"):
			f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
		case strings.ContainsAny(f, "\t\r\n"):
			r.lose(1, "tabs and line breaks in fields", "written as spaces")
			f = strings.NewReplacer("\t", " ", "\r", " ", "\n", " ").Replace(f)
		}
		b.WriteString(f)
	}
	b.WriteByte('\n')
}

// texts counts the texts that a table has no place for.
func (r *Report) texts(docs []doc) {
	n := 0
	for _, d := range docs {
		if !d.bare {
			n++
		}
	}
	r.lose(n, "texts", leftOut)
}
