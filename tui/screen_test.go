package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

const sample = `Antecedentes
Varón de 63 años, fumador, diagnosticado en 2014 de adenocarcinoma de pulmón estadio IV con metástasis óseas y hepáticas. Se inicia tratamiento con carboplatino y pemetrexed.

Evolución
Tras 4 ciclos, TC con progresión de las LOEs hepáticas e infiltración de médula ósea (biopsia: 腺癌, CK7+). HTA y SAOS en tratamiento con CPAP. 🙂 Niño	con tabulador.

Se propone segunda línea con docetaxel. El paciente refiere astenia y disnea de mínimos esfuerzos, sin fiebre.
`

var sampleMentions = []string{
	"s MORFOLOGIA_NEOPLASIA adenocarcinoma de pulmón",
	"p MORFOLOGIA_NEOPLASIA pulmón",
	"a ENFERMEDAD metástasis|hepáticas",
	"s PROCEDIMIENTO carboplatino",
	"l ENFERMEDAD LOEs hepáticas",
	"s MORFOLOGIA_NEOPLASIA infiltración de médula ósea",
	"p MORFOLOGIA_NEOPLASIA médula ósea",
	"n MORFOLOGIA_NEOPLASIA 腺癌",
	"s ENFERMEDAD HTA",
	"s ENFERMEDAD SAOS",
	"l SINTOMA astenia",
	"s SINTOMA disnea de mínimos esfuerzos",
}

// screen drives a model by hand.
type screen struct {
	t *testing.T
	f *fake
	m *Model
}

// open starts the model on three documents, the second of which is the sample.
func open(t *testing.T, w, h int, opt Options) *screen {
	t.Helper()
	f := newFake()
	f.add("onco1", "Paciente con HTA y SAOS.", "a ENFERMEDAD HTA")
	f.finished["onco1"] = true
	f.add("onco2", sample, sampleMentions...)
	f.add("onco3", "Paciente con asma.", "s ENFERMEDAD asma")
	opt.Title, opt.Theme = "oncologia", "none"
	s := &screen{t, f, New(f, opt)}
	s.send(tea.WindowSizeMsg{Width: w, Height: h})
	s.send(changedMsg{})
	return s
}

// send hands a message over, and what the commands answer that it brings. A wait
// for the workbench's next change is not waited for.
func (s *screen) send(msg tea.Msg) (quit bool) {
	_, cmd := s.m.Update(msg)
	if _, ok := msg.(changedMsg); ok {
		return s.m.quitting && s.m.status.Unsaved == 0
	}
	return s.run(cmd)
}

func (s *screen) run(cmd tea.Cmd) (quit bool) {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.QuitMsg:
		return true
	case tea.BatchMsg:
		for _, c := range msg {
			quit = s.run(c) || quit
		}
	default:
		return s.send(msg)
	}
	return quit
}

// stroke is a key by its name.
func stroke(name string) tea.KeyPressMsg {
	special := map[string]tea.KeyPressMsg{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab}, "down": {Code: tea.KeyDown}, "up": {Code: tea.KeyUp},
		"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "pgdn": {Code: tea.KeyPgDown}, "backspace": {Code: tea.KeyBackspace},
		"space": {Code: tea.KeySpace, Text: " "}, "ctrl+r": {Code: 'r', Mod: tea.ModCtrl}, "ctrl+t": {Code: 't', Mod: tea.ModCtrl}, "ctrl+d": {Code: 'd', Mod: tea.ModCtrl}, "ctrl+n": {Code: 'n', Mod: tea.ModCtrl},
		"f1": {Code: tea.KeyF1}, "ctrl+p": {Code: 'p', Mod: tea.ModCtrl}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	}
	if k, ok := special[name]; ok {
		return k
	}
	r := []rune(name)[0]
	return tea.KeyPressMsg{Code: r, Text: name}
}

// press types keys by name, separated by blanks.
func (s *screen) press(keys string) (quit bool) {
	for _, k := range strings.Fields(keys) {
		quit = s.send(stroke(k)) || quit
	}
	return quit
}

func (s *screen) write(text string) {
	for _, r := range text {
		s.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func (s *screen) text() string { return text(s.m) }

func text(m *Model) string { return ansi.Strip(m.View().Content) }

// focus is the text of the mention in focus.
func (s *screen) focus() string {
	if it := s.m.item(); it != nil {
		return it.Text
	}
	return ""
}

func (s *screen) wantFocus(want string) {
	s.t.Helper()
	if got := s.focus(); got != want {
		s.t.Errorf("focus is on %q, want %q", got, want)
	}
}

func (s *screen) wantLog(want ...string) {
	s.t.Helper()
	if got := strings.Join(s.f.log, "; "); got != strings.Join(want, "; ") {
		s.t.Errorf("the workbench did %q, want %q", got, strings.Join(want, "; "))
	}
}

func (s *screen) wantText(parts ...string) {
	s.t.Helper()
	for _, p := range parts {
		if !strings.Contains(s.text(), p) {
			s.t.Errorf("%q is not on the screen:\n%s", p, s.text())
		}
	}
}
