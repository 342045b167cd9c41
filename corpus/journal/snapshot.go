package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gloss-nlp/gloss/corpus"
)

// snapshotMagic begins a snapshot. Its number changes with the encoding and with
// what State makes of a decision: a snapshot of another number is not read.
const snapshotMagic = "gloss snapshot 2\n"

// errSnapshot says that bytes are no snapshot that this gloss can use.
var errSnapshot = errors.New("not a usable snapshot")

// MarshalBinary encodes the state; equal states give equal bytes. The encoding
// belongs to one version of gloss: it is for a cache, never for keeping.
func (s *State) MarshalBinary() ([]byte, error) {
	b := packer{[]byte(snapshotMagic)}
	b.int(s.last)
	b.steps(s.done)
	b.steps(s.redo)
	b.steps(slices.Sorted(maps.Keys(s.undone)))
	b.int(int64(len(s.aliases.entries) - 1))
	for _, e := range s.aliases.entries[1:] {
		b.alias(e)
	}
	b.int(int64(len(s.finished)))
	for _, name := range slices.Sorted(maps.Keys(s.finished)) {
		b.text(name)
		b.events(s.finished[name])
	}
	b.proposals(s.proposals)
	names := s.names()
	b.int(int64(len(names)))
	for _, name := range names {
		b.text(name)
		if raw, ok := s.frozen[name]; ok {
			b.text(string(raw))
		} else {
			b.text(string(freeze(s.docs[name])))
		}
	}
	sum := sha256.Sum256(b.out)
	return append(b.out, sum[:]...), nil
}

// UnmarshalBinary replaces the state by one that MarshalBinary encoded. It keeps
// data, and decodes a document when it is first asked for, so that a long
// journal opens quickly. After an error the state is unchanged.
func (s *State) UnmarshalBinary(data []byte) error {
	body, sum := data[:max(0, len(data)-sha256.Size)], data[max(0, len(data)-sha256.Size):]
	if !bytes.HasPrefix(body, []byte(snapshotMagic)) {
		return fmt.Errorf("%w: it is of another version", errSnapshot)
	}
	if want := sha256.Sum256(body); !bytes.Equal(sum, want[:]) {
		return fmt.Errorf("%w: its hash is wrong", errSnapshot)
	}
	r, t := unpacker{rest: body[len(snapshotMagic):]}, NewState()
	t.frozen = map[string][]byte{}
	t.last = r.int()
	t.done, t.redo = r.steps(), r.steps()
	for _, step := range r.steps() {
		t.undone[step] = true
	}
	for range r.len() {
		i := t.aliases.put(r.alias())
		t.aliases.changed = append(t.aliases.changed, i)
	}
	for range r.len() {
		name := string(r.bytes())
		t.finished[name] = r.events()
	}
	t.proposals = r.proposals()
	for range r.len() {
		name := string(r.bytes())
		t.frozen[name] = r.bytes()
	}
	if r.bad || len(r.rest) > 0 {
		return fmt.Errorf("%w: it is broken", errSnapshot)
	}
	*s = *t
	return nil
}

// freeze encodes what is known of a document.
func freeze(d *docState) []byte {
	var b packer
	b.int(int64(len(d.mentions)))
	for _, id := range slices.Sorted(maps.Keys(d.mentions)) {
		b.text(id)
		b.int(int64(d.mentions[id].alias))
		b.events(d.mentions[id].history)
	}
	b.int(int64(len(d.places)))
	for _, key := range slices.Sorted(maps.Keys(d.places)) {
		b.text(key)
		b.events(d.places[key])
	}
	b.remarks(d.flags)
	b.remarks(d.reasons)
	return b.out
}

// names are the documents of which something is known, sorted.
func (s *State) names() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(s.docs)), maps.Keys(s.frozen))
	slices.Sort(names)
	return names
}

// thaw is the opposite of freeze. The hash of the whole has been checked, so
// that only what freeze wrote gets here.
func thaw(raw []byte) *docState {
	r, d := unpacker{rest: raw}, newDocState()
	for range r.len() {
		id := string(r.bytes())
		d.mentions[id] = &mentionState{alias: int32(r.int()), history: r.events()}
	}
	for range r.len() {
		key := string(r.bytes())
		d.places[key] = r.events()
	}
	r.remarks(d.flags)
	r.remarks(d.reasons)
	return d
}

// packer writes numbers as varints, and everything else with its length before it.
type packer struct{ out []byte }

func (p *packer) int(n int64) { p.out = binary.AppendVarint(p.out, n) }

func (p *packer) text(s string) {
	p.int(int64(len(s)))
	p.out = append(p.out, s...)
}

// steps writes differences, which are small.
func (p *packer) steps(steps []int64) {
	p.int(int64(len(steps)))
	last := int64(0)
	for _, s := range steps {
		p.int(s - last)
		last = s
	}
}

func (p *packer) events(events []event) {
	p.int(int64(len(events)))
	last := int64(0)
	for _, e := range events {
		p.int(e.step - last)
		p.int(int64(e.kind))
		p.int(int64(e.alias))
		last = e.step
	}
}

func (p *packer) remarks(m map[string][]remark) {
	p.int(int64(len(m)))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		p.text(key)
		p.int(int64(len(m[key])))
		for _, r := range m[key] {
			p.int(r.step)
			p.text(r.text)
		}
	}
}

func (p *packer) proposals(list []proposed) {
	p.int(int64(len(list)))
	for _, c := range list {
		p.int(c.step)
		for _, s := range []string{c.DB, c.ID, c.Name, c.Parent, c.Type} {
			p.text(s)
		}
	}
}

func (p *packer) alias(e aliasEntry) {
	p.text(e.label)
	p.text(e.text)
	p.int(int64(e.count))
	p.int(int64(len(e.links)))
	for _, l := range e.links {
		p.text(l.DB)
		p.text(l.ID)
		p.text(l.Name)
	}
}

// unpacker reads what packer wrote. After something else, bad is set and
// nothing counts.
type unpacker struct {
	rest []byte
	bad  bool
}

func (u *unpacker) int() int64 {
	n, size := binary.Varint(u.rest)
	if size <= 0 {
		u.rest, u.bad = nil, true
		return 0
	}
	u.rest = u.rest[size:]
	return n
}

// len reads the length of a list, each element of which has a byte at least.
func (u *unpacker) len() int {
	n := u.int()
	if n < 0 || n > int64(len(u.rest)) {
		u.rest, u.bad = nil, true
		return 0
	}
	return int(n)
}

func (u *unpacker) bytes() []byte {
	n := u.len()
	b := u.rest[:n:n]
	u.rest = u.rest[n:]
	return b
}

func (u *unpacker) steps() []int64 {
	steps := make([]int64, u.len())
	last := int64(0)
	for i := range steps {
		last += u.int()
		steps[i] = last
	}
	return steps
}

func (u *unpacker) events() []event {
	events := make([]event, u.len())
	last := int64(0)
	for i := range events {
		last += u.int()
		events[i] = event{step: last, kind: kindCode(u.int()), alias: int32(u.int())}
	}
	return events
}

func (u *unpacker) remarks(into map[string][]remark) {
	for range u.len() {
		key := string(u.bytes())
		list := make([]remark, u.len())
		for i := range list {
			list[i] = remark{u.int(), string(u.bytes())}
		}
		into[key] = list
	}
}

func (u *unpacker) proposals() []proposed {
	list := make([]proposed, u.len())
	for i := range list {
		list[i].step = u.int()
		for _, s := range []*string{&list[i].DB, &list[i].ID, &list[i].Name, &list[i].Parent, &list[i].Type} {
			*s = string(u.bytes())
		}
	}
	return list
}

func (u *unpacker) alias() aliasEntry {
	e := aliasEntry{label: string(u.bytes()), text: string(u.bytes()), count: int(u.int())}
	e.links = make([]corpus.Link, u.len())
	for i := range e.links {
		e.links[i] = corpus.Link{DB: string(u.bytes()), ID: string(u.bytes()), Name: string(u.bytes())}
	}
	return e
}
