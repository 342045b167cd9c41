"""The configuration of a run: one TOML file, and overrides from the command line."""
import tomllib
from pathlib import Path

DEFAULT = Path(__file__).with_name("gloss_names.toml")


def load(path=None, overrides=()):
    """Reads a configuration; each override reads `section.key=value`, its value written as in TOML."""
    config = tomllib.loads(Path(path or DEFAULT).read_text(encoding="utf-8"))
    for override in overrides:
        key, _, value = override.partition("=")
        *sections, last = key.split(".")
        place = config
        for section in sections:
            place = place[section]
        if last not in place:
            raise SystemExit(f"gloss_names: --set {override}: no key {key} in the configuration")
        try:
            place[last] = tomllib.loads(f"v = {value}")["v"]
        except tomllib.TOMLDecodeError:
            place[last] = value
    return config
