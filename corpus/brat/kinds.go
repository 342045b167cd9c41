package brat

import "strings"

// event parses "TYPE:TRIGGER ROLE:ID ...".
func (l *line) event(data string) {
	head, rest, _ := strings.Cut(data, " ")
	if strings.Count(head, ":") != 1 {
		l.unparsed(BrokenLine, "an event that cannot be read", `write "TYPE:TRIGGER ROLE:ID ...", with one colon before the first space`)
		return
	}
	l.Kind = Event
	l.Type, l.Trigger, _ = strings.Cut(head, ":")
	for _, f := range fields(rest) {
		l.arg(f)
	}
}

// relation parses "TYPE ROLE1:ID1 ROLE2:ID2".
func (l *line) relation(data string) {
	label, rest, ok := strings.Cut(data, " ")
	args := fields(rest)
	if !ok || len(args) != 2 {
		l.unparsed(BrokenLine, "a relation that cannot be read", `write "TYPE ROLE1:ID1 ROLE2:ID2", exactly two arguments`)
		return
	}
	a, _, _ := strings.Cut(args[0], ":")
	b, _, _ := strings.Cut(args[1], ":")
	if a == b {
		l.unparsed(BrokenLine, "both arguments have the role "+a, "give them different roles")
		return
	}
	l.Kind, l.Type = Relation, label
	l.arg(args[0])
	l.arg(args[1])
}

// arg adds ROLE:ID; parts after a second colon are kept in the raw line only.
func (l *line) arg(s string) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 {
		l.fatal("the argument "+s+" has no colon, so brat cannot load the document", "write ROLE:ID")
		return
	}
	l.Args = append(l.Args, Arg{Role: parts[0], ID: parts[1]})
}

// equiv parses "TYPE ID ID ...".
func (l *line) equiv(data string) {
	f := fields(data)
	if len(f) < 2 {
		l.ID = ""
		l.fail(UnknownLine, "an equiv that cannot be read", `write "TYPE ID ID ..." after the asterisk`)
		return
	}
	l.Kind, l.Type, l.Members = Equiv, f[0], f[1:]
}

// attribute parses "TYPE TARGET [VALUE]": single spaces, a value that may hold spaces.
func (l *line) attribute(data, tail string) {
	label, target, value, ok := cutAttribute(data)
	if !ok || !validID(target) {
		l.unparsed(BrokenLine, "an attribute that cannot be read", `write "TYPE ID" or "TYPE ID VALUE", with single spaces`)
		return
	}
	l.Kind, l.Type, l.Target, l.Value = Attribute, label, target, value
	// brat takes a carriage return into the last part of the data.
	if strings.HasSuffix(l.src, "\r") && tail == "" {
		l.warn(CarriageReturn, "brat takes the carriage return of the line end into the target or value", "use line feeds alone")
	}
}

// cutAttribute cuts at the first space that has something before it, twice;
// the second cut is left out where nothing would follow it.
func cutAttribute(data string) (label, target, value string, ok bool) {
	i := cutAt(data, 0)
	if i < 0 {
		return "", "", "", false
	}
	label = data[:i]
	if j := cutAt(data, i+1); j > 0 {
		return label, data[i+1 : j], data[j+1:], true
	}
	return label, data[i+1:], "", true
}

// cutAt is the index of the first space in s after position from, with
// something before it and after it, or -1.
func cutAt(s string, from int) int {
	if from+1 >= len(s) {
		return -1
	}
	i := strings.IndexByte(s[from+1:], ' ')
	if i < 0 || from+1+i+1 >= len(s) {
		return -1
	}
	return from + 1 + i
}

// modifier parses "TYPE TARGET", the binary attribute of brat before 1.2.
func (l *line) modifier(data string) {
	f := fields(data)
	if len(f) != 2 {
		l.Failed = true
		l.Kind = Unparsed
		l.fatal("a modifier that is not two words, so brat cannot load the document", `write "TYPE ID"`)
		return
	}
	l.Kind, l.Type, l.Target = Attribute, f[0], f[1]
}

// normalization parses "TYPE TARGET DB:REF" and the display name. The two
// forms of the BioNLP 2013 shared task are read as well.
func (l *line) normalization(data, tail string) {
	label, target, ref, ok := threeWords(data)
	if ok && label == "Reference" {
		a, isA := strings.CutPrefix(target, "Annotation:")
		r, isR := strings.CutPrefix(ref, "Referent:")
		if isA && isR && a != "" && r != "" {
			target, ref = a, r
		} else {
			r, isR = strings.CutPrefix(target, "Referent:")
			a, isA = strings.CutPrefix(ref, "Annotation:")
			if isA && isR && a != "" && r != "" {
				target, ref = a, r
			}
		}
	}
	colon := -1
	if len(ref) > 1 {
		colon = strings.IndexByte(ref[1:], ':') + 1
	}
	if !ok || colon < 1 || colon == len(ref)-1 {
		l.unparsed(BrokenLine, "a normalization that cannot be read", `write "TYPE ID DB:REF", with single spaces`)
		return
	}
	l.Kind, l.Type, l.Target = Normalization, label, target
	l.DB, l.Ref = ref[:colon], ref[colon+1:]
	l.Text = strings.TrimLeft(tail, "\t")
}

// threeWords cuts the first three words, separated by one space each; what
// follows the third is dropped, as brat does.
func threeWords(s string) (a, b, c string, ok bool) {
	words := [3]string{}
	for i := range words {
		end := strings.IndexFunc(s, isSpace)
		if end < 0 {
			end = len(s)
		}
		if end == 0 || i < 2 && (end == len(s) || s[end] != ' ') {
			return "", "", "", false
		}
		words[i] = s[:end]
		if i < 2 {
			s = s[end+1:]
		}
	}
	return words[0], words[1], words[2], true
}

// note parses "TYPE TARGET"; the text is all that follows the second tab.
func (l *line) note(data, tail string) {
	f := fields(data)
	if len(f) != 2 {
		l.unparsed(BrokenLine, "a note that cannot be read", `write "TYPE ID" before the text`)
		return
	}
	l.Kind, l.Type, l.Target, l.Text = Note, f[0], f[1], trimSpace(tail)
}
