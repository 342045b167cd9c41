// Package tui is the workbench as a person sees it in a terminal. One model takes
// every message; panels are plain structs that it fills and draws. It keeps no truth
// of its own but the cursor: documents, mentions and what is saved are read from the
// workbench anew when that says that something changed (at once where somebody waits
// for it, else in pauses: see news.go), and each key that decides is one action of the
// workbench. Update does no I/O and View returns what Update drew.
package tui
