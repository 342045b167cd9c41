package order

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// doubtful is from how many bits on a guess is named in a reason.
const doubtful = 0.5

// drawnByChance is the reason of what no model has chosen.
const drawnByChance = "drawn by chance"

// reason tells why a question is asked: in a few words, and in whole sentences. Where
// suggestions are not shown, it says nothing of them.
func (o *Order) reason(w *weighed, chance bool) (short, about string) {
	switch {
	case chance && o.o.Mode != Random && !o.guessed:
		return drawnByChance, "Drawn by chance: the models say nothing of any document yet."
	case chance && o.o.Mode == Random:
		return drawnByChance, "Drawn by chance, as all of them are: what was found in them before you decided tells without bias how good the suggestions are."
	case chance:
		return drawnByChance, "Drawn by chance, as one in some is, whatever the models say of it: that keeps the estimate of how good the suggestions are honest."
	case o.o.Mode == File:
		return "next in the collection", "Next in the collection."
	case o.o.Bare:
		return "the models are unsure here", "The models are unsure of what is marked here. More would tell what they suggest, which is hidden in this session."
	}
	if len(w.Guesses) == 0 {
		return "nothing suggested here", "The models suggest nothing here that is not decided already."
	}
	doubts, fresh, names := o.doubts(w)
	short = fmt.Sprintf("%d of %d unsure", doubts, len(w.Guesses))
	about = fmt.Sprintf("The models are unsure of %d of the %d suggestions here", doubts, len(w.Guesses))
	if len(names) > 0 {
		about += " (“" + strings.Join(names, "”, “") + "”)"
	}
	about += fmt.Sprintf(", and %d have a name that no finished document has.", fresh)
	if o.o.Mode == Value {
		short += ", about " + minutes(w.cost)
		about += fmt.Sprintf(" It takes about %s, and teaches about %.1f bits a minute (a bit is a question that could go either way).", minutes(w.cost), 60*w.gain/max(w.cost, 1))
	}
	return short, about
}

// doubts counts the guesses that are unsure, and those with a text that was not answered
// before, and names the two that are least sure.
func (o *Order) doubts(w *weighed) (doubts, fresh int, names []string) {
	order := make([]int, len(w.Guesses))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(w.unsure[b], w.unsure[a]) })
	for _, i := range order {
		t := w.Guesses[i].Text
		if o.seen[fold(t)] == 0 {
			fresh++
		}
		if w.unsure[i] < doubtful {
			continue
		}
		if doubts++; len(names) < 2 && !slices.Contains(names, t) {
			names = append(names, t)
		}
	}
	return doubts, fresh, names
}

// near and far are margins below which two candidates are said to be as good, and not
// far from each other.
const (
	near = 0.15
	far  = 0.5
)

// OfMention tells why a single mention is worth asking: in a few words, and in whole sentences.
func (p Pick) OfMention(g Guess) (short, about string) {
	if p.Chance {
		return drawnByChance, "Drawn by chance, as one question in some is, whatever the models say of it: how often the suggestion is right there tells without bias how good those are that are left."
	}
	percent := fmt.Sprintf("%.0f %%", 100*float64(g.Score))
	linking := g.Margin.Known() && (!g.Score.Known() || 1-float64(g.Margin) > entropy(float64(g.Score)))
	switch {
	case linking && g.Margin < near:
		short = "two concepts fit about as well"
	case linking && g.Margin < far:
		short = "a second concept is not far behind"
	case !g.Score.Known():
		short = "found by its letters alone"
	case g.Bits() < doubtful:
		short = "the models are fairly sure: " + percent
	default:
		short = "the models are unsure: " + percent
	}
	switch {
	case !g.Score.Known():
		about = "It was found by its letters alone: no model says how likely it is."
	case g.Score < 1:
		about = "The models say with " + percent + " that this is right."
	default:
		about = "It is annotated already, without a concept."
	}
	if g.Margin.Known() {
		about += fmt.Sprintf(" Of its concepts, the best two are %.2f apart.", float64(g.Margin))
	}
	if g.Alike > 0 {
		short += fmt.Sprintf(", %d alike", g.Alike)
		about += fmt.Sprintf(" It is asked for %d more that read the same, too.", g.Alike)
	}
	return short, about + fmt.Sprintf(" The answer takes about %.0f s.", p.Cost)
}

// minutes is a time that one plans with.
func minutes(seconds float64) string {
	if seconds < 60 {
		return fmt.Sprintf("%.0f s", seconds)
	}
	return fmt.Sprintf("%.0f min", math.Round(seconds/60))
}
