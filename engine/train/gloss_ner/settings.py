"""Configurations. A recipe's TOML file beside its code is the whole truth of a run: it has every key, with what it means and its
default. A run's own file needs `recipe` and the keys that differ; a key that the recipe does not have is refused."""

import re
import tomllib
from pathlib import Path

FOLDER = Path(__file__).with_name("recipes")


class ConfigError(Exception):
    """A configuration that no run can follow; the message names the file, the line where there is one, and the key."""


class Source:
    """Where keys come from, for messages."""

    def __init__(self, path, text):
        self.path, self.lines = path, text.splitlines()

    def error(self, key, problem):
        last = re.escape(key.rpartition(".")[2])
        at = next((i for i, line in enumerate(self.lines, 1) if re.match(rf"\s*\[?([\w.-]*\.)?{last}\s*[=\].]", line)), 0)
        where = f"{self.path}:{at}" if at else f"{self.path}"
        return ConfigError(f"{where}: {key}: {problem}")


def parse(path):
    """(values, Source) of a TOML file."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        return tomllib.loads(text), Source(path, text)
    except OSError as e:
        raise ConfigError(f"{path}: {e.strerror or e}") from e
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        raise ConfigError(f"{path}: {e}") from e


def defaults_of(recipe, folder=FOLDER):
    values, _ = parse(folder / (recipe.replace("-", "_") + ".toml"))
    return values


def _fits(value, default):
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, float):
        return isinstance(value, (int, float))
    return isinstance(value, type(default))


def _merge(default, given, source, prefix=""):
    """default with what is given in its place; a table that is empty there takes any key."""
    if prefix and not default:
        return given
    out = dict(default)
    for key, value in given.items():
        name = prefix + key
        if key not in default:
            known = ", ".join(default) or "none"
            raise source.error(name, f"unknown key; known here: {known}")
        if isinstance(default[key], dict) and isinstance(value, dict):
            out[key] = _merge(default[key], value, source, name + ".")
        elif not _fits(value, default[key]):
            raise source.error(name, f"want {_kind(default[key])}, got {value!r}")
        else:
            out[key] = float(value) if isinstance(default[key], float) else value
    return out


def _kind(value):
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", list: "a list", dict: "a table"}
    return names[type(value)]


def _override(text):
    """{section: {key: value}} of section.key=value, the value as in TOML or a bare word."""
    key, equals, value = text.partition("=")
    if not equals:
        raise ConfigError(f"--set {text}: want section.key=value")
    try:
        parsed = tomllib.loads(f"v = {value}")["v"]
    except tomllib.TOMLDecodeError:
        parsed = value
    for part in reversed(key.strip().split(".")):
        parsed = {part: parsed}
    return parsed


def load(path, known, overrides=(), seed=None):
    """The whole configuration of a run, by the file and then by --set and --seed; known: {recipe name: defaults}."""
    given, source = parse(path)
    name = given.get("recipe")
    if name not in known:
        raise source.error("recipe", f"{name!r} is unknown; want one of {', '.join(known)}" if name else f"missing; want one of {', '.join(known)}")
    config = _merge(known[name](), given, source)
    for text in overrides:
        config = _merge(config, _override(text), Source(f"--set {text}", ""))
    if seed is not None:
        config["seed"] = seed
    return config, source
