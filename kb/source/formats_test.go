package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The releases below are made up: their identifiers and names belong to no terminology.

var ncbiDump = map[string]string{
	"names.dmp": "1\t|\troot\t|\t\t|\tscientific name\t|\n" +
		"7\t|\tFelis exemplaris\t|\t\t|\tscientific name\t|\n7\t|\texample cat\t|\t\t|\tgenbank common name\t|\n" +
		"7\t|\tF. exemplaris L.\t|\t\t|\tauthority\t|\n7\t|\tFEX\t|\t\t|\tacronym\t|\n" +
		"8\t|\tNowhere\t|\t\t|\tscientific name\t|\nx\t|\tbad\t|\t\t|\tsynonym\t|\n7\t|\tshort\n",
	"nodes.dmp":  "1\t|\t1\t|\tno rank\t|\n7\t|\t1\t|\tspecies\t|\n",
	"merged.dmp": "6\t|\t7\t|\n",
}

var ncbiWant = []string{
	"1 [no rank] root: root//preferred",
	"7 [species] Felis exemplaris: Felis exemplaris//preferred example cat/en/synonym FEX//abbreviation < 1",
	"6 [] : -> replaced_by 7",
}

var ncbiProblems = []string{"names.dmp:6: taxon 8 is not in nodes.dmp", `names.dmp:7: "x" is no taxon number`, "names.dmp:8: 2 columns, should be 4"}

func conso(cui, lang, sab, tty, code, text string, preferred bool, suppress string) string {
	ts, stt := "S", "VO"
	if preferred {
		ts, stt = "P", "PF"
	}
	return strings.Join([]string{cui, lang, ts, "L1", stt, "S1", "Y", "A1", "", "", "", sab, tty, code, text, "0", suppress, "", ""}, "|") + "\n"
}

var umlsRelease = map[string]string{
	"META/MRCONSO.RRF": conso("C0000007", "ENG", "AAA", "PT", "7", "Examplitis", true, "N") +
		conso("C0000007", "ENG", "AAA", "ACR", "7", "EXI", false, "N") +
		conso("C0000007", "SPA", "BBB", "PT", "7", "Ejemplitis", true, "N") +
		conso("C0000007", "SPA", "BBB", "SY", "7", "Ejemplitis vieja", false, "O") +
		conso("C0000009", "ENG", "BBB", "PT", "9", "Examplol", true, "N") +
		"C0000009|ENG|P|too short\n" +
		conso("C0000011", "ENG", "AAA", "BN", "11", "Examplase®", true, "N"),
	"META/MRSTY.RRF": "C0000007|T033|A2|Finding|AT1||\nC0000007|T047|B2|Disease or Syndrome|AT2||\nC0000009|T121|A1|Pharmacologic Substance|AT3||\nC0000011|T121|A1|Pharmacologic Substance|AT4||\n",
	"META/MRREL.RRF": "C0000009|A1|AUI|RO|C0000011|A2|AUI|tradename_of|R1||AAA|AAA|||N||\nC0000011|A2|AUI|RO|C0000009|A1|AUI|has_tradename|R2||AAA|AAA|||N||\nC0000011|A2|AUI|RO|C0000009|A1|AUI|other_of|R2||AAA|AAA|||N||\n",
	"META/MRCUI.RRF": "C0000003|2001AA|SY|||C0000007|Y|\nC0000004|2001AA|DEL||||N|\n",
}

const (
	coreHead  = "id\teffectiveTime\tactive\tmoduleId\tdefinitionStatusId\n"
	refHead   = "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\tx\n"
	relHead   = "id\teffectiveTime\tactive\tmoduleId\tsourceId\tdestinationId\trelationshipGroup\ttypeId\tcharacteristicTypeId\tmodifierId\n"
	synonym   = "900000000000013009"
	fsn       = "900000000000003001"
	unchanged = "900000000000448009"
)

func description(id, active, concept, lang, typ, term string) string {
	return strings.Join([]string{id, "20200101", active, "m", concept, lang, typ, term, unchanged}, "\t") + "\n"
}

var snomedEdition = map[string]string{
	"R/Snapshot/Terminology/sct2_Concept_Snapshot_X.txt": coreHead + "101\t20200101\t1\tm\td\n102\t20190101\t1\tm\td\n102\t20200101\t0\tm\td\n103\t20200101\t1\tm\td\n",
	"R/Snapshot/Terminology/sct2_Description_Snapshot-en_X.txt": descriptionHead + "\n" +
		description("1001", "1", "101", "en", fsn, "Examplitis (disorder)") + description("1002", "1", "101", "en", synonym, "Examplitis") +
		description("1003", "1", "102", "en", synonym, "Retired examplitis") + description("1004", "0", "101", "en", synonym, "Old word") +
		description("1005", "1", "103", "en", fsn, "Exampling (procedure)") + description("1006", "1", "109", "en", synonym, "Nobody's"),
	"R/Snapshot/Terminology/sct2_Description_Snapshot-es_X.txt": descriptionHead + "\n" +
		description("2001", "1", "101", "es", synonym, "ejemplitis") + description("2002", "1", "101", "es", fsn, "ejemplitis (trastorno)"),
	"R/Snapshot/Terminology/sct2_Relationship_Snapshot_X.txt":                       relHead + "1\t20200101\t1\tm\t101\t103\t0\t116680003\tc\tm\n2\t20200101\t0\tm\t101\t102\t0\t116680003\tc\tm\n",
	"R/Snapshot/Terminology/sct2_TextDefinition_Snapshot-en_X.txt":                  descriptionHead + "\n" + description("3001", "1", "101", "en", "900000000000550004", "What an example has."),
	"R/Snapshot/Refset/Language/der2_cRefset_LanguageSnapshot-en_X.txt":             refHead + "u1\t20200101\t1\tm\tr\t1002\t900000000000548007\nu2\t20200101\t1\tm\tr\t2001\t900000000000548007\n",
	"R/Snapshot/Refset/Content/der2_cRefset_AssociationReferenceSnapshot_INT_X.txt": refHead + "u3\t20200101\t1\tm\t900000000000526001\t102\t101\nu4\t20200101\t0\tm\t900000000000527005\t103\t101\nu5\t20200101\t1\tm\t5\t102\t103\n",
	"R/Full/Terminology/sct2_Description_Full-en_X.txt":                             "not read",
}

func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return saved(t, "release.zip", errors.Join(z.Close()), &b)
}

func tarred(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	g := gzip.NewWriter(&b)
	w := tar.NewWriter(g)
	for name, text := range files {
		err := w.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(text)), Mode: 0o644})
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return saved(t, "release.tar.gz", errors.Join(w.Close(), g.Close()), &b)
}

func saved(t *testing.T, name string, err error, b *bytes.Buffer) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := errors.Join(err, os.WriteFile(path, b.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

// readAll reads a path; problems are told by the last part of their file.
func readAll(t *testing.T, path string, o Options) (concepts, problems []string, err error) {
	t.Helper()
	o.Warn = func(p Problem) {
		p.File = filepath.Base(p.File)
		problems = append(problems, p.Error())
	}
	for c, e := range Read(path, o) {
		if e != nil {
			return concepts, problems, e
		}
		concepts = append(concepts, show(c))
	}
	return concepts, problems, nil
}

func TestReleases(t *testing.T) {
	conso := func(dir string) string { return filepath.Join(dir, "META", "MRCONSO.RRF") }
	for _, c := range []struct {
		name           string
		path           string
		o              Options
		want, problems []string
	}{
		{"NCBI, directory", write(t, ncbiDump), Options{}, ncbiWant, ncbiProblems},
		{"NCBI, tar.gz", tarred(t, ncbiDump), Options{}, ncbiWant, ncbiProblems},
		{"NCBI, zip", zipped(t, ncbiDump), Options{}, ncbiWant, ncbiProblems},
		{"NCBI, its file", filepath.Join(write(t, ncbiDump), "names.dmp"), Options{}, ncbiWant, ncbiProblems},
		{"NCBI, species", write(t, ncbiDump), Options{Types: []string{"species"}, Langs: []string{"es"}},
			[]string{"7 [species] Felis exemplaris: Felis exemplaris//preferred FEX//abbreviation < 1", "6 [] : -> replaced_by 7"}, ncbiProblems},
		{"UMLS", write(t, umlsRelease), Options{},
			[]string{
				"C0000007 [Finding] Examplitis: Examplitis/en/preferred EXI/en/abbreviation Ejemplitis/es/preferred",
				"C0000009 [Pharmacologic Substance] Examplol: Examplol/en/preferred",
				"C0000011 [Pharmacologic Substance] Examplase®: Examplase®/en/preferred",
				"C0000011 [] : -> tradename_of C0000009", "C0000011 [] : -> tradename_of C0000009", "C0000003 [] : -> replaced_by C0000007",
			}, []string{"MRCONSO.RRF:6: 3 columns, should be 18"}},
		{"UMLS, Spanish first, diseases by number", write(t, umlsRelease), Options{Langs: []string{"es", "en"}, Types: []string{"T047"}},
			[]string{
				"C0000007 [Disease or Syndrome] Ejemplitis: Examplitis/en/preferred EXI/en/abbreviation Ejemplitis/es/preferred",
				"C0000011 [] : -> tradename_of C0000009", "C0000011 [] : -> tradename_of C0000009", "C0000003 [] : -> replaced_by C0000007",
			}, []string{"MRCONSO.RRF:6: 3 columns, should be 18"}},
		{"UMLS, one vocabulary, the file alone", conso(write(t, map[string]string{"META/MRCONSO.RRF": umlsRelease["META/MRCONSO.RRF"]})), Options{Vocabularies: []string{"BBB"}},
			[]string{"C0000007 [] Ejemplitis: Ejemplitis/es/preferred", "C0000009 [] Examplol: Examplol/en/preferred"}, []string{"MRCONSO.RRF:6: 3 columns, should be 18"}},
		{"SNOMED CT", zipped(t, snomedEdition), Options{},
			[]string{
				"101 [disorder] : Examplitis/en/synonym < 103", "101 [disorder] Examplitis: Examplitis/en/preferred", "103 [procedure] : Exampling/en/synonym",
				"101 [disorder] ejemplitis: ejemplitis/es/preferred", "101 [disorder] : ejemplitis/es/synonym < 103",
				"101 [disorder] : = What an example has.", "102 [] : -> replaced_by 101",
			}, []string{"sct2_Description_Snapshot-en_X.txt:7: concept 109 is in no Concept file"}},
		{"SNOMED CT, Spanish disorders", write(t, snomedEdition), Options{Langs: []string{"es"}, Types: []string{"trastorno"}},
			[]string{"101 [trastorno] ejemplitis: ejemplitis/es/preferred", "101 [trastorno] : ejemplitis/es/synonym < 103", "102 [] : -> replaced_by 101"},
			[]string{"sct2_Description_Snapshot-en_X.txt:7: concept 109 is in no Concept file"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, problems, err := readAll(t, c.path, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if !slices.Equal(problems, c.problems) {
				t.Errorf("problems %q\nwant     %q", problems, c.problems)
			}
		})
	}
}

func TestReleasesThatCannotBeRead(t *testing.T) {
	cut := func(path string) string {
		b, err := os.ReadFile(path)
		if err := errors.Join(err, os.WriteFile(path, b[:len(b)/2], 0o644)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, c := range []struct{ name, path, want string }{
		{"nothing known", write(t, map[string]string{"a.txt": "x", "b.txt": "y"}), "none of its 2 files begins a terminology"},
		{"zip cut off", cut(zipped(t, ncbiDump)), "cut off"},
		{"tar.gz cut off", cut(tarred(t, ncbiDump)), "cut off"},
		{"SQLite of something else", write(t, map[string]string{"x.db": sqliteMagic + "nothing"}) + "/x.db", "x.db"},
	} {
		_, _, err := readAll(t, c.path, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestStrictStopsAtABrokenLineOfAnyFile(t *testing.T) {
	for path, want := range map[string]string{write(t, ncbiDump): "names.dmp:6: ", write(t, umlsRelease): "MRCONSO.RRF:6: ", write(t, snomedEdition): "-en_X.txt:7: "} {
		var last error
		for _, err := range Read(path, Options{}) {
			last = err
		}
		var p *Problem
		if !errors.As(last, &p) || !strings.Contains(last.Error(), want) {
			t.Errorf("%v, want %q", last, want)
		}
	}
}

const graph = `{"graphs": [{"id": "x", "edges": [
  {"sub": "http://purl.obolibrary.org/obo/EX_1", "pred": "is_a", "obj": "http://purl.obolibrary.org/obo/EX_0"},
  {"sub": "http://purl.obolibrary.org/obo/EX_1", "pred": "part_of", "obj": "http://purl.obolibrary.org/obo/EX_3"},
  {"sub": "http://purl.obolibrary.org/obo/EX_1", "pred": "is_a", "obj": "http://purl.obolibrary.org/obo/EX_2"}],
 "nodes": [
  {"id": "http://purl.obolibrary.org/obo/EX_1", "lbl": "One", "type": "CLASS", "meta": {"definition": {"val": "The first."},
    "synonyms": [{"pred": "hasExactSynonym", "val": "I"}, {"pred": "hasExactSynonym", "val": "no. 1", "synonymType": "http://x#abbreviation"}],
    "basicPropertyValues": [{"pred": "http://www.geneontology.org/formats/oboInOwl#hasOBONamespace", "val": "numbers"}]}},
  {"id": "http://purl.obolibrary.org/obo/EX_9", "lbl": "obsolete nine", "type": "CLASS", "meta": {"deprecated": true,
    "basicPropertyValues": [{"pred": "http://purl.obolibrary.org/obo/IAO_0100001", "val": "http://purl.obolibrary.org/obo/EX_1"}]}},
  {"id": "http://purl.obolibrary.org/obo/EX_1", "lbl": "One again", "type": "CLASS"},
  {"id": 7},
  {"id": "http://example.org/part_of", "lbl": "part of", "type": "PROPERTY"},
  {"id": "http://purl.obolibrary.org/obo/EX_5", "type": "CLASS"}
 ]}]}
`

func TestGraphs(t *testing.T) {
	got, problems, err := collect(t, graph, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"EX:1 [numbers] One: One/en/preferred I/en/synonym no. 1/en/abbreviation = The first.",
		"EX:9 [] : -> replaced_by EX:1", "EX:1 [] : < EX:0,EX:2",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if want := []string{"f.tsv:11: node EX:1 is defined twice, first in line 8", "f.tsv:12: id is a number"}; !slices.Equal(problems, want) {
		t.Errorf("problems %q", problems)
	}
	for text, want := range map[string]string{
		graph[:strings.Index(graph, "obsolete")]: "f.tsv:8: no JSON of an OBO graph",
		`{"a": 1}`:                               `JSON without "graphs"`,
	} {
		if _, _, err := collect(t, text, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20s: %v, want %q", text, err, want)
		}
	}
}

// bratDB makes a normalization database as brat's tool does.
func bratDB(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec(`CREATE TABLE entities (id INTEGER PRIMARY KEY, uid VARCHAR(255) UNIQUE);
		CREATE TABLE labels (id INTEGER PRIMARY KEY, text VARCHAR(255));
		CREATE TABLE names (id INTEGER PRIMARY KEY, entity_id INTEGER, label_id INTEGER, value VARCHAR(255), normvalue VARCHAR(255));
		INSERT INTO entities VALUES (1, 'P1'), (2, 'P2');
		INSERT INTO names VALUES (1, 1, 1, 'Calcitonin', 'calcitonin'), (2, 2, 1, 'Insulin', 'insulin'), (3, 1, 1, 'CT', 'ct')`)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestBratDatabases(t *testing.T) {
	want := []string{"P1 [] Calcitonin: Calcitonin//preferred CT//synonym", "P2 [] Insulin: Insulin//preferred"}
	dir := write(t, map[string]string{
		"lines.txt":           "P1\tname:Protein:Calcitonin\tattr:Organism:Human\tname:Short:CT\n\nP2\tname:Protein:Insulin\nP3\tattr:Organism:Human\nP2\tname:Protein:Other\nP4\tname\n",
		"data/one/tools.conf": "[normalization]\nProt\tDB:prot, <URL>:http://example.org\n",
		"data/two/tools.conf": "[options]\n[normalization]\nOther\tDB:other, <URL>:http://example.org\nProt\tDB:prot, <URL>:http://example.org\n",
		"work/.keep":          "",
	})
	bratDB(t, filepath.Join(dir, "work", "prot.db"))
	for _, c := range []struct {
		path     string
		o        Options
		problems []string
		err      string
	}{
		{"lines.txt", Options{}, []string{`lines.txt:4: concept "P3" has no name`, "lines.txt:5: P2 is there twice, first in line 3", `lines.txt:6: "name" is no TYPE:LABEL:STRING`}, ""},
		{"work/prot.db", Options{}, nil, ""},
		{"data/one/tools.conf", Options{}, nil, ""},
		{"data/two/tools.conf", Options{DB: "Prot"}, nil, ""},
		{"data/two/tools.conf", Options{DB: "x"}, nil, "Other, Prot"},
		{"data/two/tools.conf", Options{DB: "Other"}, nil, "tools.conf:3: database Other is not here"},
	} {
		got, problems, err := readAll(t, filepath.Join(dir, filepath.FromSlash(c.path)), c.o)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.path, err, c.err)
			}
		case err != nil || !slices.Equal(got, want) || !slices.Equal(problems, c.problems):
			t.Errorf("%s: %q, %q, %v", c.path, got, problems, err)
		}
	}
}

func TestGazetteers(t *testing.T) {
	text := "code\tlanguage\tterm\tsemantic_tag\tmainterm\n7\tes\tejemplitis\tdisorder\t1\n7\tes\tmal de ejemplo\tdisorder\t0\n"
	got, problems, err := collect(t, text, Options{})
	want := []string{"7 [disorder] ejemplitis: ejemplitis/es/preferred", "7 [disorder] : mal de ejemplo/es/synonym"}
	if err != nil || !slices.Equal(got, want) || problems != nil {
		t.Errorf("got %q, %q, %v", got, problems, err)
	}
	if got, _, err = collect(t, "code,term\n7,ejemplitis\n", Options{}); err != nil || !slices.Equal(got, []string{"7 [] ejemplitis: ejemplitis//preferred"}) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestTablesOfAliases(t *testing.T) {
	text := "db\tid\tname\tkind\tcount\na\t1\tuno\tmention\t3\nb\t2\tdos\tmention\t1\n\t3\ttres\tmention\tmany\n"
	n := 0
	for c, err := range ReadFrom(strings.NewReader(text), "f", Options{DB: "a", Warn: func(p Problem) {
		if p.Line != 4 || !strings.Contains(p.Error(), "many") {
			t.Errorf("%v", p.Error())
		}
	}}) {
		if n++; err != nil || c.ID != "1" || c.Names[0].Count != 3 {
			t.Errorf("%+v, %v", c, err)
		}
	}
	if n != 1 {
		t.Errorf("%d concepts", n)
	}
}

func TestSecondPreferredName(t *testing.T) {
	text := "id\tname\tkind\tlang\n1\tuno\tpreferred\tes\n1\tone\tpreferred\ten\n1\tun\tpreferred\tes\n"
	got, problems, err := collect(t, text, Options{})
	if err != nil || len(got) != 2 || len(problems) != 1 || !strings.Contains(problems[0], `f.tsv:4: concept "1" has a preferred name in line 2 already`) {
		t.Errorf("%q, %q, %v", got, problems, err)
	}
}

func TestTranslationsThatAreNotOfficial(t *testing.T) {
	text := "subject_id\ttranslation_language\tpredicate_id\ttranslation_value\ttranslation_status\nH:1\tde\trdfs:label\tEins\tCANDIDATE\nH:2\tde\trdfs:label\tZwei\tOFFICIAL\n"
	for _, c := range []struct {
		official bool
		want     []string
	}{
		{false, []string{"H:1 [] : Eins/de/candidate", "H:2 [] Zwei: Zwei/de/preferred"}},
		{true, []string{"H:2 [] Zwei: Zwei/de/preferred"}},
	} {
		if got, _, err := collect(t, text, Options{Official: c.official}); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("official %v: %q, %v", c.official, got, err)
		}
	}
}
