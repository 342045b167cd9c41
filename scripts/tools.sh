#!/usr/bin/env bash
# tools.sh NAME... looks for the tools that are named, tells of every missing
# one the command that installs it, and fails if there was one.
set -eu

packages() { # the command that installs these packages: apt dnf pacman brew
  if command -v apt-get >/dev/null; then echo "sudo apt-get install -y $1"
  elif command -v dnf >/dev/null; then echo "sudo dnf install -y $2"
  elif command -v pacman >/dev/null; then echo "sudo pacman -S --needed $3"
  else echo "brew install $4"; fi
}

release=$(awk '$1 == "go" { print $2 }' "$(dirname "$0")/../go.mod")

missing=0
need() { # need TOOL COMMAND: says how to install TOOL
  echo "missing: $1; install it with: $2" >&2
  missing=1
}

for tool in "$@"; do
  case $tool in
  go) command -v go >/dev/null || need go "$(packages golang-go golang go go); it must be 1.21 or newer, and fetches Go $release by itself" ;;
  cargo) command -v cargo >/dev/null || need cargo "$(packages rustup rustup rustup rustup) && rustup default stable" ;;
  cc) command -v cc >/dev/null || need cc "$(packages build-essential 'gcc gcc-c++' base-devel gcc)" ;;
  c++) command -v c++ >/dev/null || need c++ "$(packages build-essential 'gcc gcc-c++' base-devel gcc)" ;;
  python3) command -v python3 >/dev/null || need python3 "$(packages python3 python3 python python)" ;;
  pip) python3 -m pip --version >/dev/null 2>&1 || need pip "$(packages python3-pip python3-pip python-pip python)" ;;
  git) command -v git >/dev/null || need git "$(packages git git git git)" ;;
  tmux) command -v tmux >/dev/null || need tmux "$(packages tmux tmux tmux tmux)" ;;
  *) command -v "$tool" >/dev/null || need "$tool" "$(packages "$tool" "$tool" "$tool" "$tool")" ;;
  esac
done
exit $missing
