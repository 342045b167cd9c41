package tui

import (
	"slices"
	"testing"
)

func TestTheTourIsOfferedOnce(t *testing.T) {
	met := 0
	s := open(t, 120, 40, Options{Demo: true, New: true, Met: func() { met++ }})
	s.wantText("First time here? T begins a tour of one minute", "idle", "saved 0")
	s.press("a")
	s.wantLog("accept") // the offer takes no key away
	if met != 1 || s.m.tour.on || s.m.tour.offered {
		t.Errorf("after another key: met %d, tour %+v", met, s.m.tour)
	}
	s.press("a")
	if met != 1 {
		t.Errorf("remembered %d times", met)
	}
	s = open(t, 120, 40, Options{New: true})
	s.wantText("gloss demo has a tour")
	s.press("T")
	s.wantText("on the demo alone")
}

func TestTheTour(t *testing.T) {
	s := open(t, 120, 40, Options{Demo: true, New: true})
	s.press("T")
	for i, keys := range []string{"a", "2", "u", "L", "s esc", "v esc", "f"} {
		s.wantText("Tour " + string(rune('1'+i)) + " of 8")
		s.press("j") // something else: the step stays
		s.wantText("Tour " + string(rune('1'+i)) + " of 8")
		s.press(keys)
	}
	s.wantText("Tour 8 of 8", "? shows the keys")
	s.press("n")
	if s.m.tour.on {
		t.Error("the tour does not end")
	}
	if s.wantText("▌"); s.m.text.Height() != s.m.size.body-1 { // the banner says that it is finished
		t.Errorf("the text has %d rows of %d after the tour", s.m.text.Height(), s.m.size.body)
	}
}

func TestTheTourCanBeLeftAndSkipped(t *testing.T) {
	s := open(t, 80, 24, Options{Demo: true})
	s.press("T T T")
	s.wantText("Tour 3 of 8", "u takes it back")
	s.press("esc")
	s.wantText("the tour is over: T begins it again")
	s.press("T")
	s.wantText("Tour 1 of 8")
	for range tourSteps {
		s.press("T")
	}
	if s.m.tour.on {
		t.Error("the tour goes on after its last step")
	}
}

// The steps name actions that there are, and show other keys where they were given.
func TestTheTourNamesActions(t *testing.T) {
	k := preset("plain")
	var names []string
	for _, a := range actions(&k) {
		names = append(names, a.fullName())
	}
	s := open(t, 120, 40, Options{Demo: true, Keys: k})
	for _, step := range tourSteps {
		for _, a := range step.actions {
			if !slices.Contains(names, a) {
				t.Errorf("there is no action %q", a)
			}
		}
		if text := s.m.withKeys(step.text); slices.Contains([]rune(text), '{') {
			t.Errorf("an action that is not there is named in %q", text)
		}
	}
	s.press("T T T T")
	s.wantText("ctrl+left ctrl+right")
}
