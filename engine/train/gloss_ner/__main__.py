"""python -m gloss_ner train|check|predict ...; what it prints is told in events.py. Exit 2: a wrong configuration; 3: it could not; 130: stopped."""

import json
import sys
from pathlib import Path

from . import settings
from .command import Commands
from .events import Stop, tell
from .recipes import KNOWN, runner


def configuration(args):
    return settings.load(args.config, KNOWN, args.set, args.seed)[0]


def run_train(args):
    config = configuration(args)
    runner(config).train(config, Path(args.out), args.command_line or " ".join(sys.argv), Stop().listen())


def run_check(args):
    config = configuration(args)
    tell("check", report=runner(config).check(config))


def run_predict(args):
    """Spans of texts, by the run's own model or by a bundle's graph: {name: [[start, end, label, score], ...]}."""
    from .run import open_run
    predictor = open_run(args.run, args.bundle)
    texts = {str(p.relative_to(args.dir).with_suffix("")): p.read_bytes().decode() for p in sorted(Path(args.dir).rglob("*.txt"))}
    json.dump({name: predictor.predict(text) for name, text in texts.items()}, sys.stdout, ensure_ascii=False)


def main():
    commands = Commands("gloss_ner", run_train, run_check)
    commands.add("predict", run_predict, ("dir", {"help": "folder of .txt files"}), ("--run", {"required": True, "help": "folder of a run"}),
                 ("--bundle", {"help": "use the graph of this bundle instead of the run's weights"}))
    commands.run()


if __name__ == "__main__":
    main()
