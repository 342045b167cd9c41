"""python -m gloss_names.run train|check CONFIG ...: how gloss trains a linker's encoder, told in the events of gloss_ner."""

import json
import shutil
import signal
import time
from pathlib import Path

from gloss_ner.command import Commands
from gloss_ner.documents import DataError
from gloss_ner.events import tell
from gloss_ner.settings import defaults_of, load

from . import __main__ as recipe, corpora
from .config import DEFAULT

NAME = "gloss-names"


def configuration(args):
    config = load(args.config, {NAME: lambda: defaults_of(NAME, DEFAULT.parent)}, args.set, args.seed)[0]
    if not Path(config["data"]["folder"]).is_dir():
        raise DataError(f"data.folder {config['data']['folder']}: no such directory (paths are taken from where the command runs)")
    return config


def told(line, steps):
    """A line of the recipe's log as an event; steps: how many there will be."""
    found = json.loads(line)
    if "step" not in found:
        tell("phase", name="train", **found)
        return
    figures = {k: v for k, v in found.items() if k not in ("step", "loss", "seconds")}
    tell("epoch", epoch=found["step"], epochs=steps, loss=found["loss"], seconds=found["seconds"], figures=figures)


def run_train(args):
    config, began = configuration(args), time.monotonic()
    out = Path(args.out)
    shutil.rmtree(out, ignore_errors=True)
    recipe.train(config, config["data"]["folder"], out, lambda line: told(line, config["train"]["steps"]))
    (out / "bundle").mkdir()
    for path in out.iterdir():
        if path.suffix not in (".pt", ".jsonl") and path.name != "bundle":
            path.rename(out / "bundle" / path.name)
    steps = config["train"]["steps"]
    tell("done", bundle=str(out / "bundle"), recipe=NAME, epochs=steps, best_epoch=steps, seconds=round(time.monotonic() - began, 1), figures={})


def run_check(args):
    config = configuration(args)
    names = corpora.training_names(config["data"]["folder"], config["data"]["split"], config["data"]["hpo_languages"])
    sources = {}
    for n in names:
        sources[n.source] = sources.get(n.source, 0) + 1
    concepts = len({n.concept for n in names})
    tell("check", report={"names": len(names), "concepts": concepts, "sources": dict(sorted(sources.items())), "warnings": []})


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    Commands("gloss_names.run", run_train, run_check).run()


if __name__ == "__main__":
    main()
