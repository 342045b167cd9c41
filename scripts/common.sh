# Sourced by the scripts that get native libraries.
set -eu

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gloss
machine=$(uname -m)
[ "$machine" = arm64 ] && machine=aarch64

say() { echo "gloss: $*" >&2; }
die() { say "$*"; exit 3; }

# place FILE TARGET puts a cached file into the checkout: a hard link where the
# file system allows it, else a copy. It touches the target, which make compares.
place() {
  mkdir -p "$(dirname "$2")"
  if ! ln -f "$1" "$2" 2>/dev/null; then
    cp "$1" "$2.$$" && mv "$2.$$" "$2"
  fi
  touch "$2"
}
