package source

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gloss-nlp/gloss/kb"
	"github.com/gloss-nlp/gloss/kb/lexical"
)

// Columns of UMLS' Rich Release Format, from 0: MRCONSO has 18, MRSTY 6, MRREL 16,
// MRCUI 7, each with a bar after the last one too.
const (
	consoColumns, consoLAT, consoTS, consoSTT, consoISPREF = 18, 1, 2, 4, 6
	consoSAB, consoTTY, consoSTR, consoSUPPRESS            = 11, 12, 14, 16
	styColumns, relColumns, cuiColumns                     = 6, 16, 7
)

// languages are UMLS' codes as ISO 639-1.
var languages = map[string]string{
	"ENG": "en", "SPA": "es", "FRE": "fr", "GER": "de", "POR": "pt", "ITA": "it", "DUT": "nl", "CZE": "cs", "JPN": "ja",
	"CHI": "zh", "RUS": "ru", "SWE": "sv", "FIN": "fi", "HUN": "hu", "POL": "pl", "TUR": "tr", "NOR": "no", "DAN": "da",
	"KOR": "ko", "LAV": "lv", "EST": "et", "SCR": "hr", "BAQ": "eu", "HEB": "he", "GRE": "el", "UKR": "uk", "ARA": "ar",
}

// abbreviationTTY are the term types of abbreviations and acronyms.
var abbreviationTTY = []string{"AB", "ACR"}

func isMRCONSO(line string) bool {
	return strings.Count(line, "|") == consoColumns && cui(line[:strings.IndexByte(line, '|')]) != 0
}

// cui is the number of a concept identifier; 0 for what is none.
func cui(s string) uint32 {
	if len(s) != 8 || s[0] != 'C' {
		return 0
	}
	n, err := strconv.ParseUint(s[1:], 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}

// umls reads a release. MRCONSO is sorted by concept, so that a concept is complete
// when the next one begins.
type umls struct {
	e     *emitter
	sty   []cuiType // sorted
	names []string  // of types
	now   kb.Concept
	rank  int // of the preferred name of now: lower is better
	drop  bool
}

type cuiType struct {
	cui uint32
	typ uint16
}

func readUMLS(in *lines, e *emitter) error {
	u := &umls{e: e}
	if err := u.types(); err != nil || e.stopped {
		return err
	}
	in.back(in.text)
	for in.next() {
		if in.text == "" {
			continue
		}
		if err := u.row(in); err != nil && !e.problem(in.no, "%w", err) {
			return nil
		}
		if e.stopped {
			return nil
		}
	}
	if err := e.readError(in); err != nil || !u.flush() {
		return err
	}
	return u.relations()
}

// fields splits a row, which must have so many columns.
func rrf(in *lines, columns int) ([]string, error) {
	f := strings.Split(in.text, "|")
	switch {
	case !in.valid():
		return nil, errors.New("not UTF-8")
	case len(f) != columns+1:
		return nil, fmt.Errorf("%d columns, should be %d", len(f)-1, columns)
	case cui(f[0]) == 0:
		return nil, fmt.Errorf("%q is no concept identifier", f[0])
	}
	return f, nil
}

func (u *umls) row(in *lines) error {
	f, err := rrf(in, consoColumns)
	if err != nil {
		return err
	}
	lang, ok := languages[f[consoLAT]]
	if !ok {
		lang = strings.ToLower(f[consoLAT])
	}
	if f[consoSUPPRESS] != "N" && f[consoSUPPRESS] != "" || len(u.e.o.Langs) > 0 && !slices.Contains(u.e.o.Langs, lang) ||
		len(u.e.o.Vocabularies) > 0 && !slices.Contains(u.e.o.Vocabularies, f[consoSAB]) {
		return nil
	}
	text := lexical.Clean(f[consoSTR])
	if text == "" {
		return fmt.Errorf("concept %s has a name without letters", f[0])
	}
	if f[0] != u.now.ID {
		if !u.flush() {
			return nil
		}
		u.begin(f[0])
	}
	n := kb.Name{Text: text, Lang: lang, Kind: "synonym"}
	if f[consoTS] == "P" && f[consoSTT] == "PF" && f[consoISPREF] == "Y" {
		n.Kind = "preferred"
		if rank := 1 + slices.Index(u.e.o.Langs, lang); rank < u.rank {
			u.now.Name, u.rank = text, rank
		}
	} else if slices.Contains(abbreviationTTY, f[consoTTY]) {
		n.Kind = "abbreviation"
	}
	if !slices.ContainsFunc(u.now.Names, func(have kb.Name) bool { return have.Text == n.Text && have.Lang == n.Lang }) {
		u.now.Names = append(u.now.Names, n)
	}
	return nil
}

func (u *umls) begin(id string) {
	u.now, u.rank, u.drop = kb.Concept{ID: id}, len(u.e.o.Langs)+2, len(u.e.o.Types) > 0
	number := cui(id)
	at, _ := slices.BinarySearchFunc(u.sty, cuiType{cui: number}, compareType)
	for ; at < len(u.sty) && u.sty[at].cui == number; at++ {
		tui, name, _ := strings.Cut(u.names[u.sty[at].typ], "|")
		wanted := slices.Contains(u.e.o.Types, name) || slices.Contains(u.e.o.Types, tui)
		if u.now.Type == "" || wanted && u.drop {
			u.now.Type = name
		}
		u.drop = u.drop && !wanted
	}
}

// flush hands the concept over that is complete; false means stop.
func (u *umls) flush() bool {
	c := u.now
	u.now = kb.Concept{}
	if c.ID == "" || u.drop {
		return true
	}
	return u.e.typed(c)
}

func compareType(a, b cuiType) int {
	return cmp.Or(cmp.Compare(a.cui, b.cui), cmp.Compare(a.typ, b.typ))
}

// types reads MRSTY: eight bytes a row.
func (u *umls) types() error {
	if u.e.rel == nil {
		return nil
	}
	number := map[string]uint16{}
	err := u.e.beside(find(u.e.rel, "MRSTY.RRF"), func(in *lines) error {
		f, err := rrf(in, styColumns)
		if err != nil {
			return err
		}
		key := f[1] + "|" + f[3]
		n, ok := number[key]
		if !ok {
			n = uint16(len(u.names))
			number[strings.Clone(key)] = n
			u.names = append(u.names, key)
		}
		u.sty = append(u.sty, cuiType{cui(f[0]), n})
		return nil
	})
	slices.SortFunc(u.sty, compareType)
	return err
}

// relations reads brands from MRREL, where the second concept is related to the
// first, and merged concepts from MRCUI.
func (u *umls) relations() error {
	if u.e.rel == nil || u.e.stopped {
		return nil
	}
	err := u.e.beside(find(u.e.rel, "MRREL.RRF"), func(in *lines) error {
		if !strings.Contains(in.text, "tradename") {
			return nil
		}
		f, err := rrf(in, relColumns)
		if err != nil {
			return err
		}
		brand, substance := f[4], f[0]
		switch f[7] {
		case "tradename_of":
		case "has_tradename":
			brand, substance = f[0], f[4]
		default:
			return nil
		}
		u.e.concept(kb.Concept{ID: brand, Relations: []kb.Relation{{Kind: kb.TradenameOf, ID: substance}}})
		return nil
	})
	if err != nil || u.e.stopped {
		return err
	}
	return u.e.beside(find(u.e.rel, "MRCUI.RRF"), func(in *lines) error {
		f, err := rrf(in, cuiColumns)
		if err == nil && f[2] == "SY" && cui(f[5]) != 0 {
			u.e.concept(kb.Concept{ID: f[0], Relations: []kb.Relation{{Kind: kb.ReplacedBy, ID: f[5]}}})
		}
		return err
	})
}
