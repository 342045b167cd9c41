package kb

import "strings"

// CodeParts are the codes that a composite one is made of: "a+b" and "a|b" of two,
// "9606|H" (of a human) and "8140/3/H" (more specific than its code) of one. A simple
// code is its own part. Empty where there is none.
func CodeParts(id string) []string {
	parts := strings.FieldsFunc(id, func(r rune) bool { return r == '+' || r == '|' })
	out := parts[:0]
	for _, part := range parts {
		if part = strings.TrimSuffix(strings.TrimSpace(part), "/H"); part != "" && part != "H" {
			out = append(out, part)
		}
	}
	return out
}
