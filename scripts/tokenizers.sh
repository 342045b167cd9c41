#!/usr/bin/env bash
# tokenizers.sh TARGET puts libtokenizers.a, the Rust half of the tokenizer
# module that go.mod pins, at TARGET. It is built once a user: the cache entry
# is named by version, Cargo.lock and machine.
. "$(dirname "$0")/common.sh"
target=$1
module=github.com/daulet/tokenizers

"$root/scripts/tools.sh" go python3 || exit 3
cd "$root"
go mod download $module || die "cannot fetch the module $module: check the network or GOPROXY, then run make deps again"
read -r version dir < <(go list -m -f '{{.Version}} {{.Dir}}' $module)
lock=$(python3 -c 'import hashlib,sys; print(hashlib.sha256(open(sys.argv[1],"rb").read()).hexdigest()[:12])' "$dir/Cargo.lock")
entry=$cache/tokenizers-$version-$lock-$machine

if [ ! -f "$entry/libtokenizers.a" ]; then
  "$root/scripts/tools.sh" cargo cc c++ || exit 3
  say "building libtokenizers.a $version (about two minutes)"
  # The module cache is read-only, so cargo works elsewhere. It locks its folder
  # itself, and goes on from there when a run was interrupted.
  cargo build --release --locked --quiet --manifest-path "$dir/Cargo.toml" --target-dir "$entry.cargo" ||
    [ -f "$entry/libtokenizers.a" ] ||
    die "cargo could not build the tokenizer library; its message stands above. Check the network and the Rust version, then run make deps again"
  mkdir -p "$entry"
  # Another run may have waited for the same lock and found the work done.
  if [ ! -f "$entry/libtokenizers.a" ]; then
    cp "$entry.cargo/release/libtokenizers.a" "$entry/libtokenizers.a.$$"
    mv "$entry/libtokenizers.a.$$" "$entry/libtokenizers.a"
  fi
  rm -rf "$entry.cargo"
fi
place "$entry/libtokenizers.a" "$target"
