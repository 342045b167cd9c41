package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// parentEdges are the rows of concepts with those of their parents, as far as both are
// in the knowledge base.
const parentEdges = `
SELECT c.row, p.row FROM concepts c, json_each(c.parents) j JOIN concepts p ON p.id = j.value
WHERE c.parents <> '' ORDER BY c.row`

// link is an edge from a concept to its parent, by their rows in kb.db.
type link struct{ from, to int32 }

// cycle is a way from a concept over its parents back to itself; its last step is the
// one that closes it.
type cycle []int32

// findCycles finds the edges without which no concept is its own ancestor: depth
// first, in the order of rows. edges are sorted.
func findCycles(edges []link) (out []cycle) {
	const open, closed = 1, 2
	rows := int32(0)
	for _, e := range edges {
		rows = max(rows, e.from+1, e.to+1)
	}
	state := make([]byte, rows)
	first := func(row int32) int {
		at, _ := slices.BinarySearchFunc(edges, row, func(e link, row int32) int { return int(e.from) - int(row) })
		return at
	}
	type step struct {
		row  int32
		next int // edge to follow
	}
	for _, start := range edges {
		if state[start.from] != 0 {
			continue
		}
		state[start.from] = open
		path := []step{{start.from, first(start.from)}}
		for len(path) > 0 {
			s := &path[len(path)-1]
			if s.next == len(edges) || edges[s.next].from != s.row {
				state[s.row] = closed
				path = path[:len(path)-1]
				continue
			}
			to := edges[s.next].to
			s.next++
			switch state[to] {
			case 0:
				state[to] = open
				path = append(path, step{to, first(to)})
			case open:
				begin := slices.IndexFunc(path, func(p step) bool { return p.row == to })
				var c cycle
				for _, p := range path[begin:] {
					c = append(c, p.row)
				}
				out = append(out, c)
			}
		}
	}
	return out
}

// openCycles removes the parents that make concepts their own ancestors and returns
// what it did, in words; with strict that is an ErrCycle and nothing is removed.
func openCycles(ctx context.Context, tx *sql.Tx, strict bool) (note string, err error) {
	var edges []link
	err = each(ctx, tx, parentEdges, func(rows *sql.Rows) error {
		var e link
		err := rows.Scan(&e.from, &e.to)
		edges = append(edges, e)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read parents: %w", err)
	}
	cycles := findCycles(edges)
	if len(cycles) == 0 {
		return "", nil
	}
	ids := map[int32]string{}
	for _, c := range cycles {
		for _, row := range c {
			var id string
			if err := tx.QueryRowContext(ctx, "SELECT id FROM concepts WHERE row = ?", row).Scan(&id); err != nil {
				return "", fmt.Errorf("read parents: %w", err)
			}
			ids[row] = id
		}
	}
	if strict {
		return "", fmt.Errorf("%s: %w; take one of these parents away in the source", cycles[0].string(ids), ErrCycle)
	}
	for _, c := range cycles {
		if err := removeParent(ctx, tx, c[len(c)-1], ids[c[0]]); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("left out %d parents that close a cycle, the last step of %s", len(cycles), cycles[0].string(ids)), nil
}

func (c cycle) string(ids map[int32]string) string {
	var b strings.Builder
	for _, row := range c {
		b.WriteString(ids[row] + " < ")
	}
	return b.String() + ids[c[0]]
}

func removeParent(ctx context.Context, tx *sql.Tx, row int32, parent string) error {
	var text string
	if err := tx.QueryRowContext(ctx, "SELECT parents FROM concepts WHERE row = ?", row).Scan(&text); err != nil {
		return fmt.Errorf("read parents: %w", err)
	}
	var parents []string
	if err := json.Unmarshal([]byte(text), &parents); err != nil {
		return fmt.Errorf("read parents: %w", err)
	}
	parents = slices.DeleteFunc(parents, func(p string) bool { return p == parent })
	text, err := parentsText(parents)
	if err == nil {
		_, err = tx.ExecContext(ctx, "UPDATE concepts SET parents = ? WHERE row = ?", text, row)
	}
	if err != nil {
		return fmt.Errorf("remove parent %s: %w", parent, err)
	}
	return nil
}

// parentsText is how kb.db holds parents: a JSON array, empty for none.
func parentsText(parents []string) (string, error) {
	if len(parents) == 0 {
		return "", nil
	}
	b, err := json.Marshal(parents)
	return string(b), err
}
