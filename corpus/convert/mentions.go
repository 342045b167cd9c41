// Package convert reads and writes the formats that annotated corpora come in,
// beside brat's own. So far it reads mentions: from a brat collection, and from
// the tables of the shared tasks.
package convert

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/brat"
)

// ErrFormat is a file of no known format.
var ErrFormat = errors.New("unknown format")

// Mentions reads every mention below path, by document: a brat collection, or
// a table of a shared task (DisTEMIST, MedProcNER, SympTEMIST, LivingNER).
// Documents of a collection that have no mentions are there with none; a table
// does not know them.
func Mentions(path string) (map[string][]corpus.Mention, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return fromBrat(path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return fromTable(path, data)
}

func fromBrat(dir string) (map[string][]corpus.Mention, error) {
	col, err := brat.Open(dir)
	if err != nil {
		return nil, err
	}
	all := map[string][]corpus.Mention{}
	for _, name := range col.Names() {
		doc, err := col.Read(name)
		if err != nil {
			return nil, err
		}
		all[name] = doc.File.Mentions()
	}
	return all, nil
}

// columns are the names that the shared tasks give to what we read.
var columns = map[string]string{
	"filename": "doc", "label": "label", "mark": "id", "ann_id": "id",
	"off0": "start", "start_span": "start", "off1": "end", "end_span": "end",
	"span": "text", "text": "text", "code": "code", "NCBITax": "code",
}

// quoted tells the tables whose text fields are quoted as CSV does: those that
// name their columns as MedProcNER and SympTEMIST do.
func quoted(header string) bool { return strings.Contains(header, "start_span") }

func fromTable(path string, data []byte) (map[string][]corpus.Mention, error) {
	header, _, _ := strings.Cut(string(data), "\n")
	rows, err := split(data, quoted(header))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("read %s: %w: it is empty", path, ErrFormat)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		if role, ok := columns[name]; ok {
			at[role] = i
		}
	}
	for _, role := range []string{"doc", "label", "start", "end", "text"} {
		if _, ok := at[role]; !ok {
			return nil, fmt.Errorf("read %s: %w: no column for the %s among %s", path, ErrFormat, role, strings.Join(rows[0], ", "))
		}
	}
	all := map[string][]corpus.Mention{}
	for i, row := range rows[1:] {
		m, doc, err := mention(row, at)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, i+2, err)
		}
		all[doc] = append(all[doc], m)
	}
	return all, nil
}

func split(data []byte, quotes bool) ([][]string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if quotes {
		r := csv.NewReader(bytes.NewReader(data))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', -1, true
		return r.ReadAll()
	}
	var rows [][]string
	for line := range strings.SplitSeq(strings.TrimRight(string(data), "\r\n"), "\n") {
		rows = append(rows, strings.Split(strings.TrimSuffix(line, "\r"), "\t"))
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
	if errS != nil || errE != nil || start > end {
		return corpus.Mention{}, "", fmt.Errorf("offsets %q and %q are not a span", get("start"), get("end"))
	}
	m := corpus.Mention{
		ID: get("id"), Label: get("label"), Text: get("text"), Score: corpus.NoScore,
		Spans: corpus.One(corpus.Off(start), corpus.Off(end)),
	}
	if code := get("code"); code != "" {
		m.Links = []corpus.Link{{ID: code}}
	}
	return m, get("doc"), nil
}

// Flatten lists the mentions of all documents, by document name and in order.
func Flatten(all map[string][]corpus.Mention) []corpus.Mention {
	var flat []corpus.Mention
	for _, name := range slices.Sorted(maps.Keys(all)) {
		flat = append(flat, all[name]...)
	}
	return flat
}
