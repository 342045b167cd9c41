#!/usr/bin/env bash
# Fuzzes every fuzz target of the module for a while each: fuzz.sh [TIME [PATTERN]]
# TIME as go test takes it (60s); PATTERN chooses targets by name.
set -euo pipefail
time=${1:-60s}
pattern=${2:-.}
go test -list '^Fuzz' ./... | awk '
	/^Fuzz/ { names[n++] = $1 }
	/^ok/   { for (i = 0; i < n; i++) print $2, names[i]; n = 0 }
	/^\?/   { n = 0 }' | grep -E -e "$pattern" >"${TMPDIR:-/tmp}/fuzz.$$"
trap 'rm -f "${TMPDIR:-/tmp}/fuzz.$$"' EXIT
failed=0
while read -r package target; do
	echo "== $package $target" >&2
	nice go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package" </dev/null || failed=1
done <"${TMPDIR:-/tmp}/fuzz.$$"
exit $failed
