package train

import "encoding/json"

// Event is what a recipe tells while it runs, one JSON object a line; which fields
// it has depends on its kind. gloss_ner/events.py writes them.
type Event struct {
	Kind string `json:"event"` // "phase", "batch", "epoch", "check", "resume", "done", "error" or "stopped"

	Phase   string  `json:"name"`    // of "phase": what begins or goes on
	Epoch   int     `json:"epoch"`   // from 1
	Epochs  int     `json:"epochs"`  // at most
	Done    int     `json:"done"`    // batches of the epoch
	Total   int     `json:"total"`   // batches of the epoch
	Loss    float64 `json:"loss"`    // mean of the epoch
	Seconds float64 `json:"seconds"` // since the training began, pauses not counted
	Dev     *Scores `json:"dev"`     // nil: not scored

	Report  json.RawMessage `json:"report"`  // of "check"
	Problem string          `json:"kind"`    // of "error": "config", "data"
	Message string          `json:"message"` // of "error"
	Resumes bool            `json:"resumes"` // of "stopped": the same command goes on from there

	// Of "done".
	Bundle     string          `json:"bundle"`
	Recipe     string          `json:"recipe"`
	BestEpoch  int             `json:"best_epoch"`
	Parameters int             `json:"parameters"`
	Figures    json.RawMessage `json:"figures"`
}

// Scores are strict micro scores, in [0, 1].
type Scores struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}
