#!/usr/bin/env bash
# pictures.sh draws docs/workbench.svg from the real program on the demo, in tmux.
. "$(dirname "$0")/common.sh"
cd "$root"
"$root/scripts/tools.sh" tmux python3 || exit 3
dir=$(mktemp -d)
trap 'tmux -S "$dir/sock" kill-server 2>/dev/null; rm -rf "$dir"' EXIT
cat >"$dir/conf" <<'CONF'
set -g default-terminal tmux-256color
set -ga terminal-overrides ",*:Tc"
set -g status off
CONF
t() { tmux -S "$dir/sock" "$@"; }
see() { # see REGEX: wait until the screen shows it, half a minute at most
  for _ in $(seq 300); do
    if t capture-pane -p | grep -qE "$1"; then return; fi
    sleep 0.1
  done
  t capture-pane -p >&2
  die "the screen never showed $1"
}
columns=132
t -f "$dir/conf" new-session -d -x $columns -y 36 \
  "env LC_ALL=C.UTF-8 COLORTERM=truecolor bin/gloss demo --dir $dir/demo --at hospital/card-02 --who ana --theme dark"
see '\bidle\b'
for key in 1 r a 1 1; do t send-keys "$key"; done
see "saved 5"
see '\bidle\b'
t capture-pane -p -e | python3 scripts/ansi2svg.py $columns >docs/workbench.svg.new
mv docs/workbench.svg.new docs/workbench.svg
