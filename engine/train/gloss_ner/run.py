"""A run of a recipe: data, check, training, bundle. A folder holds checkpoint.pt and the files of its units; bundle/ is the result."""

import shutil
from pathlib import Path

import torch

from . import check as debug, documents
from .events import Stop, tell
from .export import card, export
from .fit import CHECKPOINT, Fit, examples
from .predict import Predictor
from .recipes import class_of
from .settings import ConfigError


def read(config, stop):
    """(recipe without a model, training documents, dev documents)."""
    train, dev = documents.load(config["data"])
    try:
        return class_of(config["recipe"])(config, documents.labels_of(train, config["data"]), stop), train, dev
    except ValueError as e:
        raise ConfigError(f"{config['recipe']}: {e}") from e


def saved_run(folder, config):
    """What a stopped run of the same configuration left; None where there is none."""
    path = Path(folder) / CHECKPOINT
    if not path.is_file():
        return None
    saved = torch.load(path, weights_only=True, map_location="cpu")
    return saved if saved["config"] == config else None


def train(config, folder, command, stop):
    torch.set_num_threads(config["train"]["threads"])
    recipe, texts, dev = read(config, stop)
    saved = saved_run(folder, config)
    if saved:
        recipe.restore(folder, saved["state"])
    else:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        torch.manual_seed(config["seed"])
        recipe.prepare(texts)
        recipe.units.save(folder)
    report = debug.look(recipe, texts, dev)
    tell("check", report=report)
    more = recipe.augmented(texts)
    report["augmented"] = len(more)
    found = examples(recipe, texts + more)
    fit = Fit(recipe, folder, stop)
    fit.start(saved)
    tell("phase", name="train", documents=len(texts), augmented=len(more), dev=len(dev), windows=len(found),
         parameters=sum(p.numel() for p in recipe.model.parameters()), device=fit.device)
    progress = fit.run(found, dev)
    data = config["data"]["train"] or [config["data"]["corpus"]]
    made = card(recipe, data, progress, report, command)
    export(recipe, folder / "bundle", made)
    tell("done", bundle=str(folder / "bundle"), **{k: made[k] for k in ("recipe", "epochs", "best_epoch", "seconds", "figures", "parameters")})


def check(config):
    torch.manual_seed(config["seed"])
    recipe, texts, dev = read(config, Stop())
    recipe.units = recipe.new_units(texts)
    return debug.look(recipe, texts, dev)


def open_run(folder, bundle=None):
    """The Predictor of a finished run: by the weights that it kept, or by the graph of a bundle."""
    saved = torch.load(Path(folder) / CHECKPOINT, weights_only=True, map_location="cpu")
    recipe = class_of(saved["config"]["recipe"])(saved["config"], saved["labels"], Stop())
    recipe.restore(folder, saved["state"])
    recipe.model.load_state_dict(saved["best"] or saved["model"])
    return Predictor.of_bundle(recipe, bundle) if bundle else Predictor.of_recipe(recipe)
