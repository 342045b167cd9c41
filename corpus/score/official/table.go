package official

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// dialect says how a script has pandas read its tables. The rules below were
// observed on pandas 1.5.3, which is what the scripts run with.
type dialect struct {
	quotes bool     // a field that begins with " is quoted as CSV does
	python bool     // the engine written in Python rather than the one in C
	names  []string // of the columns, where the script gives them
	header bool     // the first row names the columns, or is dropped where the script names them
}

// field is a cell as it stands in the file.
type field struct {
	text   string
	absent bool // the line ends before it
}

// table is what pandas makes of a file, before it looks at types.
type table struct {
	columns []string
	rows    [][]field // each as wide as columns
}

// record is a row as tokenised.
type record struct {
	fields []string
	line   int // 1-based, where it ends
}

// readTable reads tab-separated data. Rows that are wider than the header and
// the first row are refused as pandas refuses them; where the first row is
// wider than the header, its first columns become the index, and every name
// moves to the right.
func readTable(data []byte, d dialect) (*table, error) {
	if !utf8.Valid(data) {
		return nil, dies("UnicodeDecodeError: 'utf-8' codec can't decode the file: it is not UTF-8")
	}
	records, err := tokenise(strings.TrimPrefix(string(data), "\ufeff"), d)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, dies("EmptyDataError: No columns to parse from file")
	}
	t := &table{columns: d.names}
	width := len(records[0].fields)
	if d.header {
		if t.columns == nil {
			t.columns = mangle(records[0].fields)
		}
		records = records[1:]
	}
	width = max(width, len(t.columns))
	if d.header && len(records) > 0 {
		width = max(width, len(records[0].fields))
	}
	for _, r := range records {
		if len(r.fields) > width {
			return nil, tooWide(d, width, r)
		}
	}
	shift := 0
	if len(records) > 0 {
		shift = max(0, len(records[0].fields)-len(t.columns))
	}
	t.rows = make([][]field, len(records))
	for i, r := range records {
		t.rows[i] = fit(r.fields, shift, len(t.columns))
	}
	return t, nil
}

func tooWide(d dialect, width int, r record) error {
	if d.python {
		return dies("ParserError: Expected %d fields in line %d, saw %d", width, r.line, len(r.fields))
	}
	return dies("ParserError: Error tokenizing data. C error: Expected %d fields in line %d, saw %d", width, r.line, len(r.fields))
}

func fit(fields []string, shift, width int) []field {
	row := make([]field, width)
	for i := range row {
		if i+shift < len(fields) {
			row[i].text = fields[i+shift]
		} else {
			row[i].absent = true
		}
	}
	return row
}

// mangle tells repeated column names apart as pandas does; the first keeps its name.
func mangle(names []string) []string {
	seen := map[string]int{}
	unique := make([]string, len(names))
	for i, name := range names {
		if name == "" {
			name = fmt.Sprintf("Unnamed: %d", i)
		}
		unique[i] = name
		if n := seen[name]; n > 0 {
			unique[i] = fmt.Sprintf("%s.%d", name, n)
		}
		seen[name]++
	}
	return unique
}

// tokeniser cuts one file into records.
type tokeniser struct {
	d       dialect
	s       string
	at      int
	line    int
	records []record
}

func tokenise(s string, d dialect) ([]record, error) {
	t := &tokeniser{d: d, s: s, line: 1}
	for t.at < len(s) {
		if err := t.record(); err != nil {
			return nil, err
		}
	}
	return t.records, nil
}

// record reads one record with its line end; blank lines are none.
func (t *tokeniser) record() error {
	start := t.at
	var fields []string
	for {
		f, err := t.field()
		if err != nil {
			return err
		}
		fields = append(fields, f)
		if t.at == len(t.s) || t.s[t.at] != '\t' {
			break
		}
		t.at++
	}
	if !t.blank(t.s[start:t.at]) {
		t.records = append(t.records, record{fields, t.line})
	}
	t.lineEnd()
	return nil
}

// blank tells whether a line is left out: to the engine in C it is one of
// nothing but spaces, to the other one of nothing but white space, without tabs.
func (t *tokeniser) blank(line string) bool {
	if t.d.python {
		return !strings.Contains(line, "\t") && strip(line) == ""
	}
	return strings.Trim(line, " ") == ""
}

func (t *tokeniser) lineEnd() {
	if t.at == len(t.s) {
		return
	}
	if strings.HasPrefix(t.s[t.at:], "\r\n") {
		t.at++
	}
	t.at++
	t.line++
}

func (t *tokeniser) field() (string, error) {
	if t.d.quotes && strings.HasPrefix(t.s[t.at:], `"`) {
		return t.quoted()
	}
	return t.plain(), nil
}

// plain reads up to the end of the field; a quotation mark is nothing special.
func (t *tokeniser) plain() string {
	n := strings.IndexAny(t.s[t.at:], "\t\r\n")
	if n < 0 {
		n = len(t.s) - t.at
	}
	start := t.at
	t.at += n
	return t.s[start:t.at]
}

// quoted reads a field that begins with a quotation mark. What follows the
// closing mark belongs to the field as it stands.
func (t *tokeniser) quoted() (string, error) {
	row := len(t.records)
	var b strings.Builder
	t.at++
	for {
		n := strings.IndexByte(t.s[t.at:], '"')
		if n < 0 {
			return "", dies("ParserError: Error tokenizing data. C error: EOF inside string starting at row %d", row)
		}
		piece := t.s[t.at : t.at+n]
		b.WriteString(piece)
		t.line += strings.Count(piece, "\n")
		t.at += n + 1
		if !strings.HasPrefix(t.s[t.at:], `"`) {
			b.WriteString(t.plain())
			return b.String(), nil
		}
		b.WriteByte('"')
		t.at++
	}
}

// column is the place of a column, or -1.
func (t *table) column(name string) int {
	for i, c := range t.columns {
		if c == name {
			return i
		}
	}
	return -1
}
