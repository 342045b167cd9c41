package draw

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"strconv"

	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/corpus/lens"
	"github.com/gloss-nlp/gloss/corpus/score"
)

// Places in charts with names at the left and values at the right.
const (
	nameEnd  = 282.0 // where names end
	barStart = 292.0
	barEnd   = 640.0
	row      = 18.0 // height of a bar with its gap
)

// bars draws a bar for each row and model, in two parts: what is in gold and what
// was predicted.
func (v View) bars(what string, rows []barRow) template.HTML {
	if len(rows) == 0 {
		return ""
	}
	most := 1
	for _, r := range rows {
		for _, p := range r.parts {
			most = max(most, p[0]+p[1])
		}
	}
	group := row*float64(len(v.Reports)) + 8
	s := newSVG(what, int(group*float64(len(rows)))+4)
	for i, r := range rows {
		top := group * float64(i)
		s.text(nameEnd, top+group/2+2, "end", "name", clip(r.name, 44))
		for j, p := range r.parts {
			y := top + 4 + row*float64(j)
			unit := (barEnd - barStart) / float64(most)
			first := float64(p[0]) * unit
			s.rect(barStart, y, first, row-4, model(j), fmt.Sprintf("%s: %d", r.name, p[0]))
			s.rect(barStart+first, y, float64(p[1])*unit, row-4, model(j)+" pale", fmt.Sprintf("%s: %d", r.name, p[1]))
			s.text(barStart+float64(p[0]+p[1])*unit+6, y+row-7, "start", "value", r.value(p))
		}
	}
	return s.done()
}

// barRow is a row of bars: for each model two numbers that add up.
type barRow struct {
	name  string
	parts [][2]int
	value func([2]int) string
}

func both(p [2]int) string { return fmt.Sprintf("%d + %d", p[0], p[1]) }
func one(p [2]int) string  { return strconv.Itoa(p[0]) }

// classBars shows the classes that are not exact: gold mentions and, paler, predicted ones.
func (v View) classBars() template.HTML {
	var rows []barRow
	for _, class := range score.Classes()[1:] {
		r, any := barRow{name: lens.ClassAbout(class), value: both}, 0
		for _, rep := range v.Reports {
			gold, pred := sideCounts(rep)
			r.parts = append(r.parts, [2]int{gold[class], pred[class]})
			any += gold[class] + pred[class]
		}
		if any > 0 {
			rows = append(rows, r)
		}
	}
	return v.bars("mentions in each boundary class", rows)
}

// stageBars shows where linking ended, but for what is right.
func (v View) stageBars() template.HTML {
	var rows []barRow
	for _, stage := range lens.Stages()[1:] {
		r, any := barRow{name: stage.About(), value: one}, 0
		for _, rep := range v.Reports {
			n := 0
			if rep.Linking != nil {
				n = rep.Linking.Stages[stage]
			}
			r.parts = append(r.parts, [2]int{n, 0})
			any += n
		}
		if any > 0 {
			rows = append(rows, r)
		}
	}
	return v.bars("mentions by the stage at which linking went wrong", rows)
}

// rankBars shows at which rank the right concept is.
func (v View) rankBars() template.HTML {
	var rows []barRow
	for i := range v.linked().Linking.Ranks {
		r := barRow{name: "rank " + v.linked().Linking.Ranks[i].Rank, value: one}
		for _, rep := range v.Reports {
			n := 0
			if rep.Linking != nil {
				n = rep.Linking.Ranks[i].Count
			}
			r.parts = append(r.parts, [2]int{n, 0})
		}
		rows = append(rows, r)
	}
	return v.bars("rank of the right concept", rows)
}

// linked is a report with links; nil where there is none.
func (v View) linked() *lens.Report {
	for _, r := range v.Reports {
		if r.Linking != nil {
			return r
		}
	}
	return nil
}

// dumbbells draws for each row what share is right with a cause (a disc) and
// without it (a ring), on a scale from 0 to 1.
func (v View) dumbbells(what string, names []string, of func(r *lens.Report, i int) (n int, with, without corpus.Score)) template.HTML {
	if len(names) == 0 {
		return ""
	}
	group := row*float64(len(v.Reports)) + 8
	bottom := group * float64(len(names))
	s := newSVG(what, int(bottom)+26)
	at := func(share corpus.Score) float64 { return barStart + float64(share)*(barEnd-barStart) }
	for tick := range 6 {
		x := at(corpus.Score(tick) / 5)
		s.line(x, 0, x, bottom, "grid")
		s.text(x, bottom+16, "middle", "value", tenth(tick*2))
	}
	for i, name := range names {
		top := group * float64(i)
		s.text(nameEnd, top+group/2+2, "end", "name", name)
		for j, r := range v.Reports {
			y := top + 4 + row*float64(j) + row/2
			n, with, without := of(r, i)
			if with.Known() && without.Known() {
				s.line(at(with), y, at(without), y, model(j)+" stem")
			}
			if without.Known() {
				s.dot(at(without), y, 4, model(j)+" ring", fmt.Sprintf("others: %s", decimal(without)))
			}
			if with.Known() {
				s.dot(at(with), y, 5, model(j), fmt.Sprintf("%s: %s", name, decimal(with)))
			}
			s.text(barEnd+14, y+4, "start", "value", fmt.Sprintf("%s of %d", decimal(with), n))
		}
	}
	return s.done()
}

func (v View) causeDots(recall bool) template.HTML {
	var names []string
	causes := v.causes()
	for _, c := range causes {
		names = append(names, c.About())
	}
	return v.dumbbells("share right by cause", names, v.tallyOf(recall, func(r *lens.Report, i int) lens.Tally { return r.Causes[causes[i]] }))
}

func (v View) lengthDots(recall bool) template.HTML {
	var names []string
	var places []int
	for i, l := range v.first().Lengths {
		if l.Gold > 0 {
			names, places = append(names, plural(l.Words)), append(places, i)
		}
	}
	return v.dumbbells("share right by length", names, v.tallyOf(recall, func(r *lens.Report, i int) lens.Tally { return r.Lengths[places[i]].Tally }))
}

func plural(words string) string {
	if words == "1" {
		return "1 word"
	}
	return words + " words"
}

func (v View) labelDots(recall bool) template.HTML {
	labels := v.labels()
	names := make([]string, len(labels))
	for i, l := range labels {
		names[i] = clip(l, 40)
	}
	return v.dumbbells("share right by label", names, v.tallyOf(recall, func(r *lens.Report, i int) lens.Tally { return r.PerLabel[labels[i]] }))
}

func (v View) tallyOf(recall bool, of func(*lens.Report, int) lens.Tally) func(*lens.Report, int) (int, corpus.Score, corpus.Score) {
	return func(r *lens.Report, i int) (int, corpus.Score, corpus.Score) {
		t := of(r, i)
		otherRecall, otherPrecision := without(r, t)
		if recall {
			return t.Gold, share(t.GoldRight, t.Gold), otherRecall
		}
		return t.Pred, share(t.PredRight, t.Pred), otherPrecision
	}
}

// reliability draws precision over score; a model that can be believed lies on the
// diagonal. The area of a dot grows with the predictions in it.
func (v View) reliability() template.HTML {
	const side, left, top = 320.0, 60.0, 10.0
	s := newSVG("precision of predictions by their score", 376)
	x := func(f corpus.Score) float64 { return left + float64(f)*side }
	y := func(f corpus.Score) float64 { return top + (1-float64(f))*side }
	for tick := range 6 {
		f := corpus.Score(tick) / 5
		s.line(x(f), y(0), x(f), y(1), "grid")
		s.line(x(0), y(f), x(1), y(f), "grid")
		s.text(x(f), y(0)+18, "middle", "value", tenth(tick*2))
		s.text(left-8, y(f)+4, "end", "value", tenth(tick*2))
	}
	s.text(x(.5), y(0)+38, "middle", "name", "score")
	s.text(left+8, top+14, "start", "name", "precision")
	s.line(x(0), y(0), x(1), y(1), "ideal")
	for i, r := range v.Reports {
		c := r.Calibration
		if c == nil {
			continue
		}
		var points [][2]float64
		for _, b := range c.Bins {
			if b.Pred > 0 {
				points = append(points, [2]float64{x(b.Score), y(b.Precision)})
				s.dot(x(b.Score), y(b.Precision), 2+9*math.Sqrt(float64(b.Pred)/float64(c.Scored)), model(i), fmt.Sprintf("%d predictions: score %s, right %s", b.Pred, decimal(b.Score), decimal(b.Precision)))
			}
		}
		s.path(points, model(i)+" curve")
		s.dot(left+side+30, top+20+22*float64(i), 5, model(i), "")
		s.text(left+side+42, top+24+22*float64(i), "start", "name", fmt.Sprintf("%s calibration error %s of %d", v.tag(i), decimal(c.ECE), c.Scored))
	}
	return s.done()
}

// tenth writes tenths at an axis: "0", ".2", "1".
func tenth(n int) string {
	if n%10 == 0 {
		return strconv.Itoa(n / 10)
	}
	return "." + strconv.Itoa(n)
}

// tag names a model where there are several.
func (v View) tag(i int) string {
	if v.many() {
		return letter(i)
	}
	return ""
}

// wordBars draws the words at wrong edges of a model: those lost and gained at the
// left, then at the right.
func (v View) wordBars(i int) template.HTML {
	const column = wide / 4.0
	r := v.Reports[i]
	rows, most := 0, 1
	for _, e := range edges {
		list := r.Tokens[e.side]
		rows = max(rows, min(v.Top, len(list)))
		if len(list) > 0 {
			most = max(most, list[0].Count)
		}
	}
	if rows == 0 {
		return ""
	}
	s := newSVG("words that wrong edges lose and gain", int(float64(rows)*row)+30)
	for j, e := range edges {
		left := column * float64(j)
		s.text(left+4, 14, "start", "head", e.title)
		for k, w := range r.Tokens[e.side] {
			if k >= v.Top {
				break
			}
			y := 26 + row*float64(k)
			s.rect(left+4, y, (column-50)*float64(w.Count)/float64(most), row-4, cmp.Or(map[string]string{"+": "gain"}[e.sign], "loss"), "")
			s.text(left+8, y+11, "start", "word", e.sign+clip(w.Text, 18))
			s.text(left+column-14, y+11, "end", "value", fmt.Sprintf("%d×", w.Count))
		}
	}
	return s.done()
}

// matrix draws which labels are taken for which; shades are shares of a row.
func (v View) matrix(i int) template.HTML {
	r := v.Reports[i]
	names := append(v.labels(), score.NoLabel)
	cell := min(90.0, (wide-nameEnd-10)/float64(len(names)))
	s := newSVG("gold labels in rows, predicted ones in columns", int(30*float64(len(names)))+40)
	for j, name := range names {
		s.text(barStart+cell*(float64(j)+.5), 16, "middle", "value", clip(name, int(cell/7)))
		s.text(nameEnd, 46+30*float64(j), "end", "name", clip(name, 40))
		sum := 0
		for _, n := range r.Labels[name] {
			sum += n
		}
		for k, pred := range names {
			n := r.Labels[name][pred]
			x, y := barStart+cell*float64(k), 26+30*float64(j)
			share := 0.0
			if sum > 0 {
				share = float64(n) / float64(sum)
			}
			fmt.Fprintf(&s.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="28" rx="3" class="%s" style="fill-opacity:%.2f"/>`, x, y, cell-2, model(i), .06+.7*share)
			if n > 0 {
				s.text(x+cell/2-1, y+19, "middle", "count", strconv.Itoa(n))
			}
		}
	}
	return s.done()
}
