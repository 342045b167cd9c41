package corpus

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Proposal is a concept that an annotator proposes because no knowledge base has
// it. A decision of kind Propose holds one in its Note, as JSON.
type Proposal struct {
	DB     string `json:"db"`               // the knowledge base that should have it
	ID     string `json:"id"`               // not empty, without white space
	Name   string `json:"name"`             // preferred name, not empty
	Parent string `json:"parent,omitempty"` // identifier of the broader concept
	Type   string `json:"type,omitempty"`   // semantic type
}

// Check tells what is wrong with a proposal.
func (p Proposal) Check() error {
	switch {
	case p.ID == "" || strings.ContainsAny(p.ID, " \t\r\n"):
		return fmt.Errorf("the identifier %q of the proposed concept: it must not be empty or hold white space", p.ID)
	case strings.ContainsAny(p.Parent, " \t\r\n"):
		return fmt.Errorf("the parent %q of the proposed concept: it must be one identifier", p.Parent)
	case strings.TrimSpace(p.Name) == "" || strings.ContainsAny(p.Name, "\t\r\n"):
		return fmt.Errorf("the name %q of the proposed concept %s: write one line", p.Name, p.ID)
	}
	return nil
}

// Note is the proposal as a decision keeps it.
func (p Proposal) Note() (string, error) {
	b, err := json.Marshal(p)
	return string(b), err
}

// Proposed reads the proposal of a decision; false where it has none.
func (d Decision) Proposed() (Proposal, bool) {
	var p Proposal
	if d.Kind != Propose || json.Unmarshal([]byte(d.Note), &p) != nil || p.Check() != nil {
		return Proposal{}, false
	}
	return p, true
}
