package score

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gloss-nlp/gloss/corpus"
)

// Cases in which an official scorer agrees with a profile of ours, by scorer:
// the switches are those of its rules as far as these cases go.
var official = map[string]struct {
	p     profile
	cases []string
}{
	"cantemist":   {profiles["clean"], []string{"span-text-ignored", "no-hit"}},
	"pharmaconer": {profile{keyPlace, mergeAll, missingSkipped}, []string{"set-semantics", "bad-lines"}},
	"medprocner":  {profile{keyText, keepFirst, missingCounts}, []string{"composite-order", "dup-first-kept", "mixed-code-types-str"}},
	"symptemist":  {profile{keyText, keepFirst, missingCounts}, []string{"composite-order", "composite-dup", "quotes", "overlap-plain", "overlap-greedy"}},
}

func TestOfficialNERCases(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "cases", "scorers.json"))
	if err != nil {
		t.Skipf("the scorer cases are not beside the repository: %v", err)
	}
	var cases []struct {
		Name, Scorer, Task string
		Gold, Pred         map[string]string
		Expected           map[string]any
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	run := 0
	for _, c := range cases {
		o := official[c.Scorer]
		if c.Task != NER || !slices.Contains(o.cases, c.Name) {
			continue
		}
		run++
		t.Run(c.Scorer+"/"+c.Name, func(t *testing.T) {
			profiles["test"] = o.p
			defer delete(profiles, "test")
			r, err := Score(read(t, c.Gold), read(t, c.Pred), Options{Profile: "test"})
			if err != nil {
				t.Fatal(err)
			}
			for name, got := range map[string]corpus.Score{"P": r.Precision, "R": r.Recall, "F1": r.F1} {
				want, err := strconv.ParseFloat(fmt.Sprint(c.Expected[name]), 64)
				if err != nil {
					t.Fatal(err)
				}
				if diff := float64(got) - want; diff > 0.0005 || diff < -0.0005 {
					t.Errorf("%s %v, want %v", name, got, want)
				}
			}
		})
	}
	if want := 12; run != want {
		t.Errorf("%d cases, want %d", run, want)
	}
}

// read understands as much of both formats as the cases need.
func read(t *testing.T, files map[string]string) docs {
	t.Helper()
	all := docs{}
	for name, content := range files {
		lines := strings.Split(strings.TrimSpace(content), "\n")
		doc, ann := strings.CutSuffix(name, ".ann")
		if ann {
			all[doc] = nil
		}
		for i, line := range lines {
			fields := strings.Split(strings.TrimSpace(line), "\t")
			switch {
			case ann && len(fields) == 3 && strings.HasPrefix(fields[0], "T"):
				place := strings.Fields(fields[1])
				all[doc] = append(all[doc], mention(t, place[0], place[1], place[2], fields[2]))
			case !ann && i > 0:
				all[fields[0]] = append(all[fields[0]], mention(t, fields[1], fields[2], fields[3], fields[4]))
			}
		}
	}
	return all
}

func mention(t *testing.T, label, start, end, text string) corpus.Mention {
	t.Helper()
	a, errA := strconv.Atoi(start)
	b, errB := strconv.Atoi(end)
	if errA != nil || errB != nil {
		t.Fatalf("offsets %q %q", start, end)
	}
	return corpus.Mention{Label: label, Spans: corpus.One(corpus.Off(a), corpus.Off(b)), Text: text}
}
