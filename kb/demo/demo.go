// Package demo embeds the demo terminology: one table a knowledge base, in the
// format that kb/source reads. See README.md beside it for what it is and is not.
package demo

import "embed"

// FS holds the tables, "morphology.tsv" and so on, at its root.
//
//go:embed *.tsv
var FS embed.FS

// Table is one knowledge base of the demo.
type Table struct {
	Name   string   // of the knowledge base, the DB of its links; its file is Name + ".tsv"
	Labels []string // of the mentions that it serves
}

// File is the table's name in FS.
func (t Table) File() string { return t.Name + ".tsv" }

// Tables are all tables; each label belongs to one.
func Tables() []Table {
	return []Table{
		{"morphology", []string{"MORFOLOGIA_NEOPLASIA"}},
		{"diseases", []string{"ENFERMEDAD"}},
		{"symptoms", []string{"SINTOMA"}},
		{"procedures", []string{"PROCEDIMIENTO"}},
		{"substances", []string{"NORMALIZABLES", "PROTEINAS"}},
		{"species", []string{"SPECIES", "HUMAN"}},
	}
}
