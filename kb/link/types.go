package link

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gloss-nlp/gloss/kb/store"
)

// serving are the knowledge bases of a label.
func (o Options) serving(label string) []*store.KB {
	if ks := o.KBs[label]; len(ks) > 0 {
		return ks
	}
	return o.KBs[""]
}

// within are the knowledge bases by label, each the part of it with the semantic types that
// the settings allow. Labels of the same types share their parts. A label whose types no
// knowledge base of it has is ErrSetting.
func (o Options) within() (map[string][]*store.KB, error) {
	if len(o.Settings.Types) == 0 {
		return o.KBs, nil
	}
	type part struct {
		*store.KB
		types string
	}
	parts := map[part]*store.KB{}
	out := map[string][]*store.KB{}
	labels := slices.Concat(slices.Collect(maps.Keys(o.KBs)), slices.Collect(maps.Keys(o.Settings.Types)))
	for _, label := range labels {
		types, own := o.Settings.Types[label]
		if !own {
			types = o.Settings.Types[""]
		}
		kbs := o.serving(label)
		if err := checkTypes(label, types, kbs); err != nil {
			return nil, err
		}
		out[label] = nil
		for _, k := range kbs {
			key := part{k, fmt.Sprintf("%q", types)}
			if parts[key] == nil {
				parts[key] = k.Within(types...)
			}
			out[label] = append(out[label], parts[key])
		}
	}
	return out, nil
}

// checkTypes finds types that no knowledge base has.
func checkTypes(label string, types []string, kbs []*store.KB) error {
	var all []string
	for _, k := range kbs {
		all = append(all, k.Types()...)
	}
	for _, t := range types {
		if len(kbs) > 0 && !slices.Contains(all, t) {
			some := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(all))), func(t string) bool { return t == "" })
			return fmt.Errorf("link.types of label %q: no knowledge base of it has the semantic type %q; they have %s: %w",
				label, t, strings.Join(some[:min(20, len(some))], ", "), ErrSetting)
		}
	}
	return nil
}
