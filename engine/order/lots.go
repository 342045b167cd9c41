package order

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
)

// Lots puts names in the order of chance, which depends on the seed and each name alone.
// What it returns has each name once.
func Lots(seed uint64, names []string) []string {
	keys := make(map[string]uint64, len(names))
	var lots []string
	for _, name := range names {
		if _, known := keys[name]; known {
			continue
		}
		sum := sha256.Sum256(fmt.Appendf(nil, "%d\x00%s", seed, name))
		keys[name] = binary.BigEndian.Uint64(sum[:])
		lots = append(lots, name)
	}
	slices.SortFunc(lots, func(a, b string) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	return lots
}

// Drawn are the names that make a random sample of all lots, though some were answered for
// other reasons: those up to the last one that was asked because chance drew it, as long as
// all of them are answered. What was answered beyond is none: it was not chance that chose.
func Drawn(lots []string, answered, byChance func(name string) bool) []string {
	end := 0
	for i, name := range lots {
		if !answered(name) {
			break
		}
		if byChance(name) {
			end = i + 1
		}
	}
	return lots[:end]
}
