package link

import (
	"fmt"
	"maps"
	"slices"
)

// Settings are how to link, as [link] of gloss.toml or flags say it. The zero value is
// the default strategy with its defaults.
type Settings struct {
	Strategy string              // empty: the default
	Params   map[string]Params   // by strategy: what is not named is as tuned, or as default
	Rules    map[string]string   // label -> identifier: what mentions of the label are linked to whatever they say
	NoCode   string              // identifier of "no concept fits"; empty: NIL
	Types    map[string][]string // label -> semantic types of the concepts that it is linked to, "" for all labels without some of their own; none: all
	Join     string              // what joins the parts of a composite code; empty: as the KB does it, else |
	General  string              // what marks a code that is broader than the mention; empty: as the KB does it
}

// noCode is the identifier of "no concept fits" where the settings name none.
const noCode = "NIL"

// ParseSettings reads the table [link] of gloss.toml: strategy, no_code, join and general are
// texts, [link.rules] maps labels to identifiers, [link.types] maps labels to a type or a
// list of them, and [link.NAME] has the settings of
// the strategy NAME, numbers or true and false. ErrSetting and ErrStrategy.
func ParseSettings(table map[string]any) (Settings, error) {
	s := Settings{Params: map[string]Params{}}
	texts := map[string]*string{"strategy": &s.Strategy, "no_code": &s.NoCode, "join": &s.Join, "general": &s.General}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		value := table[key]
		if to, ok := texts[key]; ok {
			text, ok := value.(string)
			if !ok {
				return s, fmt.Errorf("link.%s is no text: %w", key, ErrSetting)
			}
			*to = text
			continue
		}
		part, ok := value.(map[string]any)
		if !ok {
			return s, fmt.Errorf("there is no setting link.%s; it is strategy, no_code, join, general, [link.rules], [link.types] or [link.STRATEGY]: %w", key, ErrSetting)
		}
		var err error
		switch key {
		case "rules":
			s.Rules, err = parseRules(part)
		case "types":
			s.Types, err = parseTypes(part)
		default:
			s.Params[key], err = parseParams(key, part)
		}
		if err != nil {
			return s, err
		}
	}
	return s, s.Check()
}

func parseRules(table map[string]any) (map[string]string, error) {
	rules := map[string]string{}
	for label, value := range table {
		id, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf(`link.rules.%s is no text; write %s = "identifier": %w`, label, label, ErrSetting)
		}
		rules[label] = id
	}
	return rules, nil
}

func parseTypes(table map[string]any) (map[string][]string, error) {
	types := map[string][]string{}
	for label, value := range table {
		list, ok := value.([]any)
		if !ok {
			list = []any{value}
		}
		for _, one := range list {
			text, ok := one.(string)
			if !ok {
				return nil, fmt.Errorf(`link.types.%s is neither a text nor a list of texts; write %s = ["type"]: %w`, label, label, ErrSetting)
			}
			types[label] = append(types[label], text)
		}
	}
	return types, nil
}

func parseParams(strategy string, table map[string]any) (Params, error) {
	p := Params{}
	for name, value := range table {
		switch v := value.(type) {
		case float64:
			p[name] = v
		case int64:
			p[name] = float64(v)
		case bool:
			p[name] = 0
			if v {
				p[name] = 1
			}
		default:
			return nil, fmt.Errorf("link.%s.%s is neither a number nor true or false: %w", strategy, name, ErrSetting)
		}
	}
	return p, nil
}

// Check finds settings that no strategy has, whichever is chosen: ErrStrategy, ErrSetting.
func (s Settings) Check() error {
	if _, err := Lookup(s.Strategy); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		strategy, err := Lookup(name)
		if err != nil {
			return err
		}
		if err := strategy.check(s.Params[name]); err != nil {
			return err
		}
	}
	return nil
}

// With returns settings in which a parameter of the chosen strategy has another value.
func (s Settings) With(name string, value float64) Settings {
	strategy := s.Strategy
	if strategy == "" {
		strategy = Gloss
	}
	s.Params = maps.Clone(s.Params)
	if s.Params == nil {
		s.Params = map[string]Params{}
	}
	p := maps.Clone(s.Params[strategy])
	if p == nil {
		p = Params{}
	}
	p[name] = value
	s.Params[strategy] = p
	return s
}
