package lens

import "github.com/gloss-nlp/gloss/corpus/score"

// ClassAbout says in a few words what a boundary class is.
func ClassAbout(c score.Class) string {
	return map[score.Class]string{
		score.Exact: "same span, same label", score.LabelOnly: "same span, another label",
		score.LeftLong: "prediction begins too early", score.LeftShort: "prediction begins too late",
		score.RightLong: "prediction ends too late", score.RightShort: "prediction ends too early",
		score.BothSides: "both edges wrong, one holds the other", score.Split: "several predictions for one gold mention",
		score.Merge: "one prediction for several gold mentions", score.Crossing: "they overlap, and neither holds the other",
		score.Fragment: "one of both is discontinuous", score.Missed: "gold that nothing was predicted for",
		score.Spurious: "predicted where there is no gold",
	}[c]
}

// About says in a few words what a cause is.
func (c Cause) About() string {
	return map[Cause]string{
		Hyphen: "with a hyphen", ShortAbbreviation: "abbreviation, 1–2 letters", LongAbbreviation: "abbreviation, 3 letters or more",
		Long: "more than 5 words", Misspelling: "seems misspelt", UnseenWord: "a word not in training texts",
		UnseenName: "not annotated in training", Nested: "nested", Fragmented: "found in pieces", OffsetOnly: "only the edges are wrong",
	}[c]
}

// About says in a few words what a stage is.
func (s Stage) About() string {
	return map[Stage]string{
		Linked: "linked to the right concept", WrongSpan: "span or label wrong", NotLinked: "not linked", RankedLow: "right concept ranked below another",
		NotInKB: "code not in the knowledge base", NotInTopK: "in the knowledge base, not among the candidates", WrongLink: "linked to another concept",
	}[s]
}

// About says in a few words what a cause is.
func (c LinkCause) About() string {
	return map[LinkCause]string{
		SharedName: "name shared by several concepts", Abbreviation: "abbreviation", BrandName: "brand name",
	}[c]
}
