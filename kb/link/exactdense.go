package link

// exactThenDense is the strategy ExactThenDense: the linking of the SympTEMIST paper.
var exactThenDense = Strategy{
	Name:    ExactThenDense,
	About:   "equal names first, then the nearest by meaning",
	measure: measureBoth,
	score: func(_ *Linker, j *job) {
		for _, f := range j.found {
			f.score, f.match = scoreInTurn(f), strongest(f, 1)
		}
	},
	alike: func(_ *job, f *found) float64 { return scoreInTurn(f) },
}

// scoreInTurn puts every equal name before every other one.
func scoreInTurn(f *found) float64 {
	if f.exact {
		return 1 - 0.02*float64(f.level)
	}
	if f.dense != f.dense {
		return 0.9 * known(f.lex)
	}
	return 0.9 * known(f.dense)
}
