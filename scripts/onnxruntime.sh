#!/usr/bin/env bash
# onnxruntime.sh TARGET puts the ONNX Runtime library of scripts/deps.lock at
# TARGET. It comes out of the Python wheel, whose hash is checked; the library is
# cached once a user.
. "$(dirname "$0")/common.sh"
target=$1

read -r version sum < <(awk -v m="$machine" '$1 == "onnxruntime" && $3 == m { print $2, $4 }' "$root/scripts/deps.lock") ||
  die "no ONNX Runtime is pinned for machine type $machine; set GLOSS_ORT_LIB to a library of your own"
entry=$cache/onnxruntime-$version-$machine

if [ ! -f "$entry/libonnxruntime.so" ]; then
  "$root/scripts/tools.sh" python3 pip || exit 3
  say "fetching ONNX Runtime $version for $machine"
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/onnxruntime.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  # The Python version only picks the file: the library inside does not depend on it.
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.11 --platform "manylinux_2_28_$machine" --dest "$work" "onnxruntime==$version" ||
    die "pip could not fetch onnxruntime==$version; its message stands above. Check the network, then run make deps again"
  python3 - "$work" "$sum" "$version" <<'PY' || die "ONNX Runtime was not installed"
import glob, hashlib, os, shutil, sys, zipfile
work, want, version = sys.argv[1:]
(wheel,) = glob.glob(os.path.join(work, "*.whl"))
have = hashlib.sha256(open(wheel, "rb").read()).hexdigest()
if have != want:
    sys.exit(f"gloss: {os.path.basename(wheel)} has SHA-256 {have}, scripts/deps.lock wants {want}")
with zipfile.ZipFile(wheel) as z, z.open(f"onnxruntime/capi/libonnxruntime.so.{version}") as src:
    with open(os.path.join(work, "libonnxruntime.so"), "wb") as dst:
        shutil.copyfileobj(src, dst)
PY
  chmod 755 "$work/libonnxruntime.so"
  mkdir -p "$entry"
  mv "$work/libonnxruntime.so" "$entry/libonnxruntime.so"
fi
place "$entry/libonnxruntime.so" "$target"
