package source

import (
	"errors"
	"strings"
)

// maxRecordLines bounds how far a quoted field may run on: a stray quote must not
// swallow the rest of a file.
const maxRecordLines = 20

var errQuote = errors.New("a quoted field is not closed (write a quote inside quotes twice)")

// split cuts a line into fields. A field that begins with a quote runs to the
// closing one and may hold the separator and doubled quotes (RFC 4180); quotes
// inside an unquoted field are plain characters. open means that the last field
// is not closed.
func split(line string, sep byte) (fields []string, open bool) {
	for {
		if strings.HasPrefix(line, `"`) {
			value, rest, ok := quoted(line[1:], sep)
			if !ok {
				return append(fields, value), true
			}
			fields = append(fields, value)
			if rest == "" {
				return fields, false
			}
			line = rest[1:]
			continue
		}
		i := strings.IndexByte(line, sep)
		if i < 0 {
			return append(fields, line), false
		}
		fields = append(fields, line[:i])
		line = line[i+1:]
	}
}

// quoted reads a field after its opening quote. rest is empty or begins with sep.
// A quote that neither closes the field nor is doubled stays as it is.
func quoted(s string, sep byte) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '"':
			b.WriteByte(s[i])
		case i+1 < len(s) && s[i+1] == '"':
			b.WriteByte('"')
			i++
		case i+1 == len(s) || s[i+1] == sep:
			return b.String(), s[i+1:], true
		default:
			b.WriteByte('"')
		}
	}
	return b.String(), "", false
}

// record reads one record, which may span lines inside quotes. err tells a broken
// record; its later lines are then read as records of their own.
func record(in *lines, sep byte, multiline bool) (fields []string, err error) {
	fields, open := split(in.text, sep)
	if !open {
		return fields, nil
	}
	if !multiline {
		return fields, errQuote
	}
	text := in.text
	var later []string
	for len(later) < maxRecordLines && in.next() {
		later = append(later, in.text)
		text += "\n" + in.text
		if fields, open = split(text, sep); !open {
			return fields, nil
		}
	}
	in.back(later...)
	return fields, errQuote
}
