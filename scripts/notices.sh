#!/usr/bin/env bash
# notices.sh writes THIRD_PARTY_NOTICES.md: what bin/gloss links, with licences.
. "$(dirname "$0")/common.sh"
cd "$root"
dir=$(go list -m -f '{{.Dir}}' github.com/daulet/tokenizers)
meta=$(mktemp)
trap 'rm -f "$meta"' EXIT
cargo metadata --locked --format-version 1 --manifest-path "$dir/Cargo.toml" >"$meta" ||
  die "cargo cannot describe the tokenizer's crate; its message stands above"
python3 scripts/notices.py "$meta" >THIRD_PARTY_NOTICES.md.new
mv THIRD_PARTY_NOTICES.md.new THIRD_PARTY_NOTICES.md
