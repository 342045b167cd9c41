package convert

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/corpus"
)

// Mentions reads every mention below path, by document: a brat collection, or
// a file of any format that Detect knows. Documents of a collection that have
// no mentions are there with none; a table does not know them. Offsets in files
// of tokens are those of a text made of the words: they compare two files with
// the same words. The error wraps ErrFormat for a file of no known format.
func Mentions(path string) (map[string][]corpus.Mention, error) { return mentions(path, false) }

// Scored is Mentions with the scores that "gloss annotate" left beside the files of
// a directory.
func Scored(path string) (map[string][]corpus.Mention, error) { return mentions(path, true) }

// Documents is Scored with the texts, where the format has them.
func Documents(path string) (map[string]corpus.Document, error) { return documents(path, true) }

func mentions(path string, scores bool) (map[string][]corpus.Mention, error) {
	docs, err := documents(path, scores)
	if err != nil {
		return nil, err
	}
	all := make(map[string][]corpus.Mention, len(docs))
	for name, d := range docs {
		all[name] = d.Mentions
	}
	return all, nil
}

func documents(path string, scores bool) (map[string]corpus.Document, error) {
	name, err := Detect(path)
	if err != nil {
		return nil, err
	}
	f, err := find(name)
	if err != nil {
		return nil, err
	}
	docs, err := load(context.Background(), path, f)
	if err != nil {
		return nil, err
	}
	if scores && f.isBrat() {
		if err := addScores(path, docs); err != nil {
			return nil, err
		}
	}
	all := make(map[string]corpus.Document, len(docs))
	for _, d := range docs {
		if _, twice := all[d.Name]; twice {
			return nil, fmt.Errorf("read %s: %w: there are two documents %q", path, ErrInput, d.Name)
		}
		all[d.Name] = d.Document
	}
	return all, nil
}

// Detect finds the format of a path by what is there. It knows the formats
// that hold places of mentions: for a file of tokens it says iob2 whatever the
// scheme, since all are read alike, and for a table distemist, likewise.
func Detect(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.IsDir() {
		return "brat", nil
	}
	data, err := readFile(path)
	if err != nil {
		return "", err
	}
	if name := detect(data); name != "" {
		return name, nil
	}
	first, _, _ := bytes.Cut(data, []byte("\n"))
	return "", fmt.Errorf("read %s: %w: it begins with %.80q, which is no table of a shared task, no word with a tag, and no JSON of a corpus", path, ErrFormat, first)
}

func detect(data []byte) string {
	switch rest := bytes.TrimSpace(data); {
	case len(rest) == 0:
		return ""
	case rest[0] == '[':
		return "spacy"
	case rest[0] == '{':
		return detectJSON(rest)
	}
	first, _, _ := strings.Cut(string(bytes.TrimLeft(data, "\r\n")), "\n")
	first = strings.TrimRight(first, "\r")
	if _, err := roles(strings.Split(first, "\t")); err == nil {
		return "distemist"
	}
	if _, tag, ok := columnsOf(first); ok && isTag(tag) {
		return "iob2"
	}
	return ""
}

func detectJSON(data []byte) string {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	var keys map[string]json.RawMessage
	if json.Unmarshal(line, &keys) != nil {
		return ""
	}
	if keys["tokens"] != nil && keys["ner_tags"] != nil {
		return "hf"
	}
	if keys["spans"] != nil || keys["text"] != nil {
		return "jsonl"
	}
	return ""
}

// Flatten lists the mentions of all documents, by document name and in order.
func Flatten(all map[string][]corpus.Mention) []corpus.Mention {
	var flat []corpus.Mention
	for _, name := range slices.Sorted(maps.Keys(all)) {
		flat = append(flat, all[name]...)
	}
	return flat
}
