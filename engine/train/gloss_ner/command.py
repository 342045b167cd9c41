"""The command line that gloss runs every recipe by: train and check, each with a configuration."""

import argparse

from .events import reported

CONFIG = (("config", {}), ("--set", {"action": "append", "default": [], "metavar": "SECTION.KEY=VALUE"}), ("--seed", {"type": int}))


class Commands:
    """Commands of a program, each a function of the parsed arguments; train and check are those of every recipe."""

    def __init__(self, prog, train, check):
        self.top = argparse.ArgumentParser(prog=prog)
        self.commands = self.top.add_subparsers(required=True)
        self.add("train", train, *CONFIG, ("--out", {"required": True, "help": "folder of the run; its bundle/ is the result"}),
                 ("--command-line", {"help": "for the card"}))
        self.add("check", check, *CONFIG)

    def add(self, name, run, *options):
        command = self.commands.add_parser(name)
        command.set_defaults(run_command=run)
        for option, more in options:
            command.add_argument(option, **more)

    def run(self):
        """Runs what the command line names; ends the program as reported says."""
        args = self.top.parse_args()
        with reported():
            args.run_command(args)
