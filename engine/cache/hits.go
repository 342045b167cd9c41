package cache

import (
	"encoding/binary"
	"math"

	"github.com/gloss-nlp/gloss/kb"
)

// Load returns what Store took for each name, nil for names that it does not have.
// kbHash is that of a knowledge base. With Store it is a link.Cache.
func (c *Cache) Load(kbHash string, names []string) [][]kb.Hit {
	out := make([][]kb.Hit, len(names))
	for i, value := range c.get(hitKeys(kbHash, names)) {
		if value != nil && len(value)%8 == 0 {
			out[i] = hitsOf(value)
		}
	}
	return out
}

// Store takes the nearest names of each name.
func (c *Cache) Store(kbHash string, names []string, hits [][]kb.Hit) {
	values := make([][]byte, len(hits))
	for i, list := range hits {
		values[i] = bytesOf(list)
	}
	c.put(hitKeys(kbHash, names), values)
}

func hitKeys(kbHash string, names []string) []key {
	keys := make([]key, len(names))
	for i, name := range names {
		keys[i] = keyOf("hits", program(), kbHash, name)
	}
	return keys
}

// bytesOf writes each hit as its row and its score, 4 bytes each, little-endian.
func bytesOf(hits []kb.Hit) []byte {
	out := make([]byte, 0, 8*len(hits))
	for _, h := range hits {
		out = binary.LittleEndian.AppendUint32(out, uint32(h.Row))
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(h.Score))
	}
	return out
}

func hitsOf(value []byte) []kb.Hit {
	hits := make([]kb.Hit, len(value)/8)
	for i := range hits {
		hits[i].Row = int32(binary.LittleEndian.Uint32(value[8*i:]))
		hits[i].Score = math.Float32frombits(binary.LittleEndian.Uint32(value[8*i+4:]))
	}
	return hits
}
