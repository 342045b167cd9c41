"""The recipes by name. To add one: its module and its TOML file beside this one, and a name here.

A module has a class Recipe (see gloss_ner.recipe); or, where it goes its own way, train, check and defaults like gloss_small.py.
"""

from functools import partial
from importlib import import_module

from ..settings import defaults_of

RECIPES = ("symptemist", "livingner")  # a recipe's module has _ where its name has -

# {name in a configuration: its defaults}
KNOWN = {name: partial(defaults_of, name) for name in RECIPES}


def class_of(name):
    """The Recipe of a configuration."""
    return import_module("." + name.replace("-", "_"), __name__).Recipe


class Shared:
    """How a Recipe is run."""

    @staticmethod
    def train(config, folder, command, stop):
        from ..run import train_run
        train_run(config, folder, command, stop)

    @staticmethod
    def check(config):
        from ..events import Stop
        from ..run import check_run
        return check_run(config, Stop())


def runner(config):
    """What trains and checks by a configuration."""
    return Shared
