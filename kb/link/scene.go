package link

import (
	"cmp"
	"math"
	"slices"
)

// scene is what the features of all candidates of a mention need of it.
type scene struct {
	kbs          []*base
	readings     []reading // by text of the mention
	guessed      bool      // see ask
	context      map[string]bool
	grams        map[string]bool // of the context
	beside       beside
	runs         []map[string]float32 // KB -> code -> greatest share of the mention that a run of its words has which is its name
	runBases     []map[string]float32 // likewise by first part
	lex, dense   float64              // greatest
	best, second float64              // scores
	prior        float64              // greatest
	votes        float64              // of all
	stringCount  int
	types, bases map[string]float64     // shares
	marksByOrder []map[string]string    // KB -> part -> value that the mention tells
	told         [][]map[string]float64 // KB -> part -> value -> how likely words of the mention make it
	toldAround   [][]map[string]float64 // likewise of its sentence
	lexRank      map[*found]int
	denseRank    map[*found]int
}

// newScene looks at the candidates of a mention, best first.
func newScene(a *ask, all []*found) *scene {
	kbs := a.jobs[0].kbs
	s := &scene{kbs: kbs, guessed: a.guessed, context: wordSet(a.context), grams: trigrams(a.context),
		types: map[string]float64{}, bases: map[string]float64{}}
	for _, j := range a.jobs {
		s.readings = append(s.readings, newReading(j.text))
	}
	for i, f := range all {
		s.lex, s.dense = max(s.lex, known(f.lex)), max(s.dense, known(f.dense))
		s.prior = max(s.prior, math.Log1p(float64(kbs[f.kb].prior(f.concept))))
		s.votes += f.votes
		if f.exact {
			s.stringCount += f.count
		}
		switch i {
		case 0:
			s.best = f.score
		case 1:
			s.second = f.score
		}
		if i < 10 {
			id, typ := s.identify(f)
			s.types[typ] += 1 / float64(min(10, len(all)))
			s.bases[kbs[f.kb].codeBase(id)] += 1 / float64(min(10, len(all)))
		}
	}
	s.lexRank = ranks(all, func(f *found) float64 { return known(f.lex) })
	s.denseRank = ranks(all, func(f *found) float64 { return known(f.dense) })
	s.beside = newBeside(a, kbs)
	for n, k := range kbs {
		runs, bases := map[string]float32{}, map[string]float32{}
		for _, r := range a.runs(n) {
			id, _, _ := k.Numbered(r.concept)
			runs[id] = max(runs[id], r.share)
			if b := k.codeBase(id); b != "" {
				bases[b] = max(bases[b], r.share)
			}
		}
		s.runs, s.runBases = append(s.runs, runs), append(s.runBases, bases)
	}
	for _, k := range kbs {
		marks := map[string]string{}
		var told, around []map[string]float64
		if c := k.composer(); c != nil {
			for _, p := range c.read(a.text, "") {
				marks[p.What] = p.ID
			}
			told, around = c.speech.tell(a.words()), c.speech.tell(grammarWords(a.context))
		}
		s.marksByOrder, s.told, s.toldAround = append(s.marksByOrder, marks), append(s.told, told), append(s.toldAround, around)
	}
	return s
}

// ranks counts for each candidate those that are better.
func ranks(all []*found, by func(*found) float64) map[*found]int {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b *found) int { return cmp.Compare(by(b), by(a)) })
	out := make(map[*found]int, len(all))
	for i, f := range sorted {
		out[f] = i
		if i > 0 && by(f) == by(sorted[i-1]) {
			out[f] = out[sorted[i-1]]
		}
	}
	return out
}

// identify is the code of a candidate and its semantic type.
func (s *scene) identify(f *found) (id, typ string) {
	if f.concept == noConcept {
		return f.id, ""
	}
	id, _, typ = s.kbs[f.kb].Numbered(f.concept)
	return id, typ
}

// matched is the name by which a candidate was found.
func (s *scene) matched(f *found) string {
	switch {
	case f.alias != "":
		return f.alias
	case f.row >= 0:
		return s.kbs[f.kb].Index().Name(f.row)
	}
	return f.matched
}

// gramShare is how many of the distinct trigrams of words the sentence has.
func (s *scene) gramShare(words []string) float32 {
	if len(s.grams) == 0 {
		return 0
	}
	var grams []string
	for _, w := range words {
		eachTrigram(w, func(g string) {
			if !slices.Contains(grams, g) {
				grams = append(grams, g)
			}
		})
	}
	return share(grams, s.grams)
}
