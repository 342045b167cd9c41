package convert_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/convert"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMentionsOfATable(t *testing.T) {
	const livingner = "filename\tmark\tlabel\toff0\toff1\tspan\tisH\tisN\tiscomplex\tNCBITax\n"
	const distemist = "filename\tmark\tlabel\toff0\toff1\tspan\tcode\n"
	const medprocner = "filename\tlabel\tstart_span\tend_span\ttext\tcode\n"
	for _, c := range []struct {
		name, table, want string
		says              string // of the error
	}{
		{name: "LivingNER", table: livingner + "a\tT1\tHUMAN\t0\t8\tPaciente\tTrue\tFalse\tFalse\t9606\nb\tT1\tSPECIES\t3\t6\tVIH\tFalse\tFalse\tTrue\t11676|12721\n",
			want: "a T1 HUMAN 0 8 Paciente [9606]\nb T1 SPECIES 3 6 VIH [11676|12721]"},
		{name: "CRLF and no last line end", table: strings.ReplaceAll(distemist, "\n", "\r\n") + "a\tT1\tE\t0\t3\ttos\t1\r\na\tT2\tE\t4\t7\ttos\t2+3",
			want: "a T1 E 0 3 tos [1]\na T2 E 4 7 tos [2+3]"},
		{name: "a byte order mark", table: "\ufeff" + distemist + "a\tT1\tE\t0\t3\ttos\t1\n", want: "a T1 E 0 3 tos [1]"},
		{name: "no code", table: distemist + "a\tT1\tE\t0\t3\ttos\t\n", want: "a T1 E 0 3 tos []"},
		{name: "columns in another order", table: "code\tspan\toff1\toff0\tlabel\tmark\tfilename\n1\ttos\t3\t0\tE\tT1\ta\n", want: "a T1 E 0 3 tos [1]"},
		{name: "quotes of the text", table: distemist + "a\tT1\tE\t0\t17\tcarcinoma \"in situ\t1\na\tT2\tE\t0\t9\t\"in situ\"\t1\na\tT3\tE\t0\t8\t\"in situ\t1\n",
			want: "a T1 E 0 17 carcinoma \"in situ [1]\na T2 E 0 9 \"in situ\" [1]\na T3 E 0 8 \"in situ [1]"},
		{name: "quotes of the table, by the length of the span", table: distemist + "a\tT1\tE\t0\t14\t\"piel \"\"gallina\"\"\"\t1\na\tT2\tE\t20\t23\ttos\t2\n",
			want: "a T1 E 0 14 piel \"gallina\" [1]\na T2 E 20 23 tos [2]"},
		{name: "quotes of MedProcNER", table: medprocner + "a\tP\t0\t13\t\"hueso \"\"Bio-o\"\t1\n", want: "a  P 0 13 hueso \"Bio-o [1]"},
		{name: "inverted", table: distemist + "a\tT1\tE\t0\t3\ttos\t1\na\tT2\tE\t9\t3\ttos\t1\n", says: ":3:"},
		{name: "no number", table: distemist + "a\tT1\tE\tx\t3\ttos\t1\n", says: ":2:"},
		{name: "cut row", table: distemist + "a\tT1\tE\n", says: ":2:"},
	} {
		path := write(t, "t.tsv", c.table)
		all, err := convert.Mentions(path)
		if (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), path+c.says) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.says)
			continue
		}
		var got []string
		for _, doc := range []string{"a", "b"} {
			for _, m := range all[doc] {
				ids := []string{}
				for _, l := range m.Links {
					ids = append(ids, l.ID)
				}
				if m.Score.Known() {
					t.Errorf("%s: a person's mention has a score", c.name)
				}
				got = append(got, fmt.Sprintf("%s %s %s %s %s %v", doc, m.ID, m.Label, m.Spans, m.Text, ids))
			}
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), c.want)
		}
	}
}

func TestWhatIsNoTable(t *testing.T) {
	for name, content := range map[string]string{"empty": "", "mentions": "tos\nfiebre\tcon fiebre\n", "other columns": "doc\tlabel\tstart\tend\n"} {
		if _, err := convert.Mentions(write(t, "t.tsv", content)); !errors.Is(err, convert.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := convert.Mentions(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// In the real tables every mention is the text at its offsets, quoted or not.
func TestMentionsOfTheSharedTasks(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "spaccc")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("%s is missing: this test needs the shared data beside the repository", dir)
	}
	for _, c := range []struct {
		file     string
		rows     int
		linked   bool
		doc      string
		at       corpus.Spans
		quotable string
	}{
		{"distemist_linking.tsv", 4169, true, "es-S1139-76322013000100010-1", corpus.One(264, 381), `exantema micropapular sobreelevado en "piel de gallina" que afectaba al tronco y a los pliegues inguinales y axilares`},
		{"distemist_mentions.tsv", 6409, false, "es-S1699-695X2014000300010-1", corpus.One(125, 159), `carcinoma ductal "in situ" de mama`},
		{"medprocner_linking.tsv", 3684, true, "es-S1698-69462006000400002-1", corpus.One(552, 578), `relleno con hueso "Bio-oss`},
		{"medprocner_mentions.tsv", 8793, false, "es-S0004-06142009000500013-1", corpus.One(1212, 1236), `se le realiza "toilette"`},
		{"symptemist_mentions.tsv", 7174, false, "es-S1139-13752009000200011-1", corpus.One(929, 974), `"efecto masa" en la zona del túnel subcutáneo`},
	} {
		all, err := convert.Mentions(filepath.Join(dir, c.file))
		if err != nil {
			t.Fatal(err)
		}
		rows, found := 0, false
		for name, mentions := range all {
			data, err := os.ReadFile(filepath.Join(dir, "txt", name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			text := corpus.NewText(string(data))
			for _, m := range mentions {
				rows++
				if text.Join(m.Spans) != m.Text {
					t.Errorf("%s: %s %s: %q, the text has %q", c.file, name, m.Spans, m.Text, text.Join(m.Spans))
				}
				if c.linked != (len(m.Links) == 1) {
					t.Errorf("%s: %s %s: links %v", c.file, name, m.Spans, m.Links)
				}
				found = found || name == c.doc && m.Spans.Equal(c.at) && m.Text == c.quotable
			}
		}
		if rows != c.rows || !found {
			t.Errorf("%s: %d mentions, want %d; %q found: %v", c.file, rows, c.rows, c.quotable, found)
		}
		if flat := convert.Flatten(all); len(flat) != rows {
			t.Errorf("%s: %d mentions in one list", c.file, len(flat))
		}
	}
}
