#!/usr/bin/env bash
# onnxruntime.sh PACKAGE DIR puts the ONNX Runtime libraries of a package that
# scripts/deps.lock pins into DIR: onnxruntime for the processor, onnxruntime-gpu
# with CUDA. They come out of the Python wheel, whose hash is checked, and are
# cached once a user.
. "$(dirname "$0")/common.sh"
package=$1 target=$2

read -r version sum < <(awk -v p="$package" -v m="$machine" '$1 == p && $3 == m { print $2, $4 }' "$root/scripts/deps.lock") ||
  die "no $package is pinned for machine type $machine; put a libonnxruntime.so of your own beside the program"
entry=$cache/$package-$version-$machine

if [ ! -f "$entry/libonnxruntime.so" ]; then
  "$root/scripts/tools.sh" python3 pip || exit 3
  say "fetching $package $version for $machine"
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/onnxruntime.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  # The Python version only picks the file: the libraries inside do not depend on it.
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --python-version 3.11 --platform "manylinux_2_28_$machine" --dest "$work" "$package==$version" ||
    die "pip could not fetch $package==$version; its message stands above. Check the network, then run make again"
  mkdir "$work/lib"
  python3 - "$work" "$sum" "$version" <<'PY' || die "$package was not installed"
import glob, hashlib, os, shutil, sys, zipfile
work, want, version = sys.argv[1:]
(wheel,) = glob.glob(os.path.join(work, "*.whl"))
have = hashlib.sha256(open(wheel, "rb").read()).hexdigest()
if have != want:
    sys.exit(f"gloss: {os.path.basename(wheel)} has SHA-256 {have}, scripts/deps.lock wants {want}")
wanted = {f"libonnxruntime.so.{version}": "libonnxruntime.so"}
for provider in ("shared", "cuda"):
    wanted[f"libonnxruntime_providers_{provider}.so"] = f"libonnxruntime_providers_{provider}.so"
with zipfile.ZipFile(wheel) as z:
    for name in z.namelist():
        if os.path.dirname(name) == "onnxruntime/capi" and os.path.basename(name) in wanted:
            path = os.path.join(work, "lib", wanted[os.path.basename(name)])
            with z.open(name) as src, open(path, "wb") as dst:
                shutil.copyfileobj(src, dst)
            os.chmod(path, 0o755)
PY
  rm -rf "$entry"
  mv "$work/lib" "$entry"
fi
for library in "$entry"/*.so; do
  place "$library" "$target/$(basename "$library")"
done
