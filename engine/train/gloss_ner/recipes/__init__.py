"""The recipes by name. To add one: its module and its TOML file beside this one, and a name here.

A module has a class Recipe (see gloss_ner.recipe); or, where it goes its own way, train and check like gloss_small.py and gloss_finetune.py.
"""

from functools import partial
from importlib import import_module

from ..settings import defaults_of
from . import gloss_small

FINETUNE = "gloss-finetune"
RECIPES = ("symptemist", "livingner", "cantemist", "pharmaconer", "pharmaconer-bert")  # a recipe's module has _ where its name has -

# {name in a configuration: its defaults}
KNOWN = {name: partial(defaults_of, name) for name in RECIPES} | {gloss_small.NAME: gloss_small.defaults, FINETUNE: partial(defaults_of, FINETUNE)}


def class_of(name):
    """The Recipe of a configuration."""
    return import_module("." + name.replace("-", "_"), __name__).Recipe


def runner(config):
    """What has train(config, folder, command, stop) and check(config) for a configuration."""
    if config["recipe"] == gloss_small.NAME:
        return gloss_small
    if config["recipe"] == FINETUNE:
        return import_module(".gloss_finetune", __name__)  # imports torch, as run does
    from .. import run  # imports torch, which a wrong configuration need not wait for
    return run
