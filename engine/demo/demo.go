// Package demo holds the small models that gloss ships; README.md is their card.
package demo

import (
	"embed"
	"io/fs"
)

//go:embed ner names rank
var files embed.FS

// NER is the bundle of the shipped recognizer.
func NER() fs.FS { return sub("ner") }

// Names is the bundle of the shipped encoder of concept names.
func Names() fs.FS { return sub("names") }

// Rank is the shipped ranking of candidates.
func Rank() fs.FS { return sub("rank") }

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the name is a constant of this file
	}
	return f
}
