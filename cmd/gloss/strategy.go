package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gloss-nlp/gloss/kb/link"
)

// strategyFlags say how to link.
type strategyFlags struct {
	strategy string
	set      []string
	types    []string
	weight   float64
}

func (s *strategyFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.strategy, "strategy", "", "how to link: "+strings.Join(link.Strategies(), ", ")+" (default "+link.Gloss+")")
	f.StringArrayVar(&s.set, "set", nil, "a setting of the strategy, as NAME=NUMBER; repeats")
	f.StringArrayVar(&s.types, "type", nil, "semantic type to link to, as [LABEL=]TYPE; repeats (default: all)")
	f.Float64Var(&s.weight, "weight", 0, "short for --set weight=...: share of meaning in a candidate's score, in (0, 1]")
}

// settings are those of a corpus with what the flags say instead.
func (s *strategyFlags) settings(of link.Settings) (link.Settings, error) {
	if s.strategy != "" {
		of.Strategy = s.strategy
	}
	if s.weight != 0 {
		of = of.With("weight", s.weight)
	}
	if len(s.types) > 0 {
		of.Types = map[string][]string{}
	}
	for _, pair := range s.types {
		label, name, ok := strings.Cut(pair, "=")
		if !ok {
			label, name = "", pair
		}
		of.Types[label] = append(of.Types[label], name)
	}
	for _, pair := range s.set {
		name, value, _ := strings.Cut(pair, "=")
		v, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return of, fmt.Errorf("--set %s: write it as NAME=NUMBER", pair)
		}
		of = of.With(name, v)
	}
	return of, of.Check()
}
