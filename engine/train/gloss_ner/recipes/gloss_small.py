"""gloss-small, the recipe of the shipped model: the package gloss_small, told in the events of the others. A run that was stopped
begins anew."""

import re
import signal
import time
from pathlib import Path

from ..check import counts, shared
from ..documents import DataError, Document
from ..events import tell
from ..settings import defaults_of

NAME = "gloss-small"
EPOCH = re.compile(r"epoch (\d+)\.\d+ loss ([\d.]+|nan) (\d+) s")


def defaults():
    import gloss_small
    return defaults_of(NAME, Path(gloss_small.__path__[0]))


def logged(config):
    """gloss_small's log as events."""
    def log(message):
        if found := EPOCH.match(message):
            tell("epoch", epoch=int(found[1]), epochs=config["train"]["epochs"], loss=float(found[2]), seconds=float(found[3]))
        else:
            tell("phase", name=message.strip())
    return log


def folder_of(config):
    folder = config["data"]["folder"]
    if not Path(folder).is_dir():
        raise DataError(f"data.folder {folder}: no such directory (paths are taken from where the command runs)")
    return folder


def train(config, folder, command, stop):
    import json
    from gloss_small.export import export
    from gloss_small.train import train as train_small
    from ..export import versions, write_json
    signal.signal(signal.SIGINT, signal.default_int_handler)
    report, began = check(config), time.monotonic()
    tell("check", report=report)
    train_small(config, folder_of(config), folder, logged(config))
    export(folder, folder / "bundle")
    path = folder / "bundle" / "gloss.json"
    spec = json.loads(path.read_text(encoding="utf-8"))
    spec["card"] |= {"command": command, "versions": versions(), "check": report, "config": config, "seconds": round(time.monotonic() - began, 1)}
    write_json(path, spec)
    tell("done", bundle=str(folder / "bundle"), recipe=NAME, epochs=int(spec["card"]["epochs"]), best_epoch=int(spec["card"]["epochs"]),
         seconds=spec["card"]["seconds"], figures={})


def check(config):
    """Counts of every layer, and texts in common. What its vocabulary cannot hit is known only when it was learnt."""
    from gloss_small import corpora
    divided = corpora.divide(corpora.load(folder_of(config))[0], config["data"]["fit"], config["data"]["tune_modulus"])
    parts = [corpora.only(part, config["data"].get("layers")) for part in divided]
    layer = lambda part, name: [Document(d.id, d.text, d.layers[name]) for d in part if name in d.layers]
    report = {"layers": {name: {"train": counts(layer(parts[0], name)), "dev": counts(layer(parts[1], name))} for name in corpora.LAYERS},
              "shared": shared(*parts), "warnings": []}
    for name, found in report["layers"].items():
        if nested := found["train"]["nested"] + found["train"]["crossing"]:
            report["warnings"].append(f"{name}: {nested} pairs of training spans overlap, of which the outer ones are learnt")
    if report["shared"]["same_text"]:
        report["warnings"].append(f"{report['shared']['same_text']} texts of dev are training texts")
    return report
