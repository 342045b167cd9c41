#!/usr/bin/env python3
"""Write THIRD_PARTY_NOTICES.md: what bin/gloss links, with versions and licences.

    scripts/notices.py CRATE_METADATA.json > THIRD_PARTY_NOTICES.md

Reads the Go modules that cmd/gloss depends on, their licence files from the
module cache, and the output of `cargo metadata` for the tokenizer's crate.
`make notices` runs it.
"""
import json
import pathlib
import subprocess
import sys

LICENCE_FILES = ("LICENSE-MIT", "LICENSE-MIT.txt", "license-mit", "LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING",
                 "LICENSE-APACHE")


def go_modules():
    """The modules whose packages end up in the binary, as (path, version, dir)."""
    fmt = "{{with .Module}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}"
    out = subprocess.run(["go", "list", "-deps", "-f", fmt, "./cmd/gloss"], capture_output=True, text=True, check=True)
    rows = {tuple(line.split("\t")) for line in out.stdout.splitlines() if line.strip()}
    return sorted(r for r in rows if len(r) == 3 and r[1])


def licence_text(folder):
    for name in LICENCE_FILES:
        path = pathlib.Path(folder) / name
        if path.exists():
            return path.read_text(errors="replace").strip()
    return None


def crates(path):
    """The crates in libtokenizers.a, as (name, version, licence expression, folder)."""
    meta = json.loads(pathlib.Path(path).read_text())
    by_id = {p["id"]: p for p in meta["packages"]}
    nodes = {n["id"]: n for n in meta["resolve"]["nodes"]}
    seen, todo = set(), [meta["resolve"]["root"]]
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        for dep in nodes[at]["deps"]:
            if any(kind["kind"] is None for kind in dep["dep_kinds"]):
                todo.append(dep["pkg"])
    rows = [(by_id[i]["name"], by_id[i]["version"], by_id[i]["license"] or "see its text",
             str(pathlib.Path(by_id[i]["manifest_path"]).parent)) for i in seen]
    return sorted(rows)


def entry(title, folder, note=""):
    text = licence_text(folder)
    print(f"### {title}\n" + (f"\n{note}\n" if note else ""))
    print("```\n" + (text or "no licence file in the package") + "\n```\n")


def main(metadata):
    print("# Third-party notices\n")
    print("`bin/gloss` links the Go modules and Rust crates below, and loads ONNX Runtime at run time.")
    print("This file is made by `make notices`.\n")
    print("## ONNX Runtime 1.30.0\n")
    print("MIT licence, copyright (c) Microsoft Corporation. It is not part of this repository: `make deps`")
    print("fetches the published Python wheel, whose `ThirdPartyNotices.txt` lists what it contains.\n")
    print("## SQLite\n")
    print("Public domain; its source is part of `github.com/mattn/go-sqlite3`.\n")
    print("## Rust crates (in `libtokenizers.a`)\n")
    for name, version, licence, folder in crates(metadata):
        entry(f"{name} {version}", folder, licence)
    print("## Go modules\n")
    for path, version, folder in go_modules():
        entry(f"{path} {version}", folder)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
