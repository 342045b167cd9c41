package tui

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/gloss-nlp/gloss/corpus"
	"github.com/gloss-nlp/gloss/engine/workbench"
	"github.com/gloss-nlp/gloss/tui/dialog"
	"github.com/gloss-nlp/gloss/tui/docpane"
	"github.com/gloss-nlp/gloss/tui/style"
	"github.com/gloss-nlp/gloss/tui/textpane"
)

// Model is the root model.
type Model struct {
	wb       Workbench
	opt      Options
	keys     KeyMap
	commands []action
	styles   *style.Styles
	term     terminal
	size     size

	// What the workbench said last.
	docs   []workbench.Info
	status workbench.Status
	doc    *workbench.Doc // nil while it is read
	labels labels
	early  bool // the first news came before the size of the screen
	// settled: nothing ran in the background when all this was read.
	settled bool
	pacing  pacing

	// Where the annotator is.
	docName   string
	at        int    // its place in docs
	finished  int    // documents
	focus     string // key of the mention in focus, "" for none
	place     workbench.Item
	wanted    string     // the mention to focus once it is there
	from      corpus.Off // where the screen is to begin once the document is read
	touched   bool       // a key was pressed since the document was opened
	looked    workbench.Look
	edges     edges
	sel       selection
	drag      drag
	splitting splitting
	skipped   map[workbench.At]bool // for later, in this session
	alike     int                   // undecided mentions that read as the one in focus: what a link of it concerns
	find      find
	concept   *concepts // nil: no search of the knowledge bases is open
	box       box
	dash      dashboard
	tour      tour
	lens      inLens
	asking    asking
	bulk      *bulk      // nil: no list of places is open
	proposal  *proposing // nil: no concept is being proposed
	detail    *detail    // nil: no page of a concept is open
	asked     int        // counts questions to the workbench, so that old answers are told
	last      string     // the label that was given last

	text *textpane.Pane
	list *docpane.Pane

	filter   docpane.Filter
	checks   checking
	log      []string           // messages, the newest last
	message  string             // of the last key
	wrong    bool               // it says why a key did nothing
	told     string             // the workbench's message that was read already
	acting   bool               // an action reads a document; keys wait in queue
	giveUp   context.CancelFunc // of that action; nil where nothing can be given up
	queue    []tea.KeyPressMsg
	quitting bool

	frame  string
	cursor *tea.Cursor
	shown  int // candidates that can be seen
}

// terminal is what is known of the terminal.
type terminal struct {
	utf8, colourless bool
	light, told      bool // its background is light; it told
}

// box is the dialog that is open, and what to do when it is confirmed.
type box struct {
	dialog.Box
	confirm func() tea.Cmd
	also    func(tea.KeyPressMsg) (cmd tea.Cmd, taken bool) // keys that the box does not have; may be nil
	own     []key.Binding                                   // of those, which the line of hints names
	pasted  func(tea.PasteMsg) tea.Cmd                      // takes pasted text in the place of the box; may be nil
	left    func()                                          // when it is left unconfirmed; may be nil
}

// New makes the model. It reads nothing: the first picture of the corpus comes with
// Init, so that the screen is there before any document is.
func New(wb Workbench, opt Options) *Model {
	m := &Model{wb: wb, opt: opt, keys: opt.Keys, term: terminal{utf8: true}}
	if len(m.keys.Accept.Keys()) == 0 {
		m.keys = DefaultKeyMap()
	}
	m.commands = commands(&m.keys)
	m.tour.offered = opt.New
	m.styles = m.theme()
	m.text = textpane.New(m.styles)
	m.list = docpane.New(m.styles, opt.Title)
	m.compose()
	return m
}

// Init implements tea.Model.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, func() tea.Msg { return changedMsg{} })
}

// outcome is a message that knows what to do with what it brings.
type outcome interface{ apply(m *Model) tea.Cmd }

// changedMsg says that the workbench has news.
type changedMsg struct{}

// waitCmd waits for the workbench's next change; it is armed again after each.
func (m *Model) waitCmd() tea.Cmd {
	changed, pause := m.wb.Changed(), hearPause
	if m.doc == nil || m.status.Idle() {
		pause = 0
	}
	return func() tea.Msg {
		time.Sleep(pause)
		if _, ok := <-changed; !ok {
			return nil // the workbench was closed
		}
		return changedMsg{}
	}
}

// recheckMsg asks to look again soon.
type recheckMsg struct{}

// recheckCmd looks again where the background work ended while it was looked at.
func (m *Model) recheckCmd() tea.Cmd {
	if m.settled || !m.status.Idle() {
		return nil
	}
	return tea.Tick(30*time.Millisecond, func(time.Time) tea.Msg { return recheckMsg{} })
}

// Update implements tea.Model.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.EnvMsg:
		m.term.utf8 = showsUTF8(msg.Getenv)
		m.restyle()
	case tea.ColorProfileMsg:
		m.term.colourless = msg.Profile <= colorprofile.ASCII
		m.restyle()
	case tea.BackgroundColorMsg:
		m.term.told, m.term.light = true, !msg.IsDark()
		m.restyle()
	case tea.ModeReportMsg:
		m.measure(msg)
	case tea.KeyPressMsg:
		cmd = m.press(msg)
	case tea.PasteMsg:
		cmd = m.paste(msg)
	case tea.MouseClickMsg:
		m.click(msg.Mouse())
	case tea.MouseMotionMsg:
		m.dragTo(msg.Mouse())
	case tea.MouseReleaseMsg:
		cmd = m.release()
	case tea.MouseWheelMsg:
		m.wheel(msg.Mouse())
	case changedMsg:
		cmd = tea.Batch(m.hear(), m.waitCmd(), m.afterNews())
	case recheckMsg:
		m.refresh()
		cmd = m.recheckCmd()
	case didMsg:
		cmd = m.applyDid(msg)
	case outcome:
		cmd = msg.apply(m)
	case foundMsg:
		m.applyFound(msg)
	case placesMsg:
		m.applyPlaces(msg)
	case conceptMsg:
		m.applyConcept(msg)
	case pastMsg:
		cmd = m.applyPast(msg)
	default:
		return m, nil
	}
	switch msg.(type) {
	case tea.KeyPressMsg, tea.MouseMsg, tea.PasteMsg:
		m.pressed()
	}
	m.look()
	m.compose()
	return m, cmd
}

// measure follows the renderer, which joins clusters where the terminal can.
func (m *Model) measure(msg tea.ModeReportMsg) {
	if msg.Mode == ansi.ModeUnicodeCore && (msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet) {
		m.text.SetMethod(ansi.GraphemeWidth)
	}
}

func (m *Model) restyle() {
	m.styles = m.theme()
	m.labels = newLabels(m.labels.config, m.labels.order, m.styles)
	m.text.SetStyles(m.styles)
	m.list.SetStyles(m.styles)
	m.showMentions()
}

// View implements tea.Model.
func (m *Model) View() tea.View {
	v := tea.NewView(m.frame)
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.Cursor = m.cursor
	v.WindowTitle = "gloss"
	if m.docName != "" {
		v.WindowTitle = "gloss: " + m.docName
	}
	return v
}
