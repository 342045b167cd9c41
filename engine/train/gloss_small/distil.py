"""Teachers: the mean of several models' tag probabilities is taught where no annotator spoke.

That is every layer of raw text, and on annotated text the layers of other corpora. Teachers are bundles with this run's
pieces, in any order.
"""

import random

import numpy as np
import torch

from . import corpora, data
from .crf import Crfs
from .predict import Predictor
from .pretrain import windows_of
from .tokenizer import renumbering

ROWS = 32


class Teacher:
    def __init__(self, folder, tokenizer):
        self.predictor = Predictor.of_bundle(folder)
        if [name for name, *_ in self.predictor.layers] != list(corpora.LAYERS):
            raise ValueError(f"{folder}: other layers")
        self.numbers = renumbering(tokenizer, self.predictor.tokenizer)
        self.crfs = Crfs(data.all_tag_names(corpora.LAYERS))
        self.crfs.load_arrays([arrays for *_, arrays in self.predictor.layers])

    def probabilities(self, ids, mask):
        logits = torch.from_numpy(self.predictor.run(self.numbers[ids], mask))
        return self.crfs.posteriors(logits, torch.from_numpy(mask).bool()).numpy()


def taught(windows, teachers):
    """The windows, each with its teachers' mean probabilities: [pieces, columns], in half precision."""
    order, found = sorted(range(len(windows)), key=lambda i: len(windows[i][0])), [None] * len(windows)
    for begin in range(0, len(order), ROWS):
        group = order[begin:begin + ROWS]
        ids = np.zeros((len(group), len(windows[group[-1]][0])), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, i in enumerate(group):
            n = len(windows[i][0])
            ids[row, :n], mask[row, :n] = windows[i][0], 1
        mean = np.mean([t.probabilities(ids, mask) for t in teachers], 0)
        for row, i in enumerate(group):
            found[i] = (*windows[i][:2], mean[row, :len(windows[i][0])].astype(np.float16))
    return found


def add(windows, lines, folders, tokenizer, config, log):
    """(annotated windows, raw windows), all taught by the bundles in folders. lines: lists of raw sentences."""
    rng, settings = random.Random(config["seed"]), config["distil"]
    raw = [(ids, {}) for ids in windows_of(lines, tokenizer, config["windows"])]
    raw = rng.sample(raw, min(len(raw), settings["windows"]))
    teachers = [Teacher(folder, tokenizer) for folder in folders]
    both = taught(windows, teachers), taught(raw, teachers)
    log(f"{len(teachers)} teachers, {len(raw)} raw windows")
    return both


def chains(folders, tokenizer):
    """The mean of the teachers' chains: where the student's start."""
    each = [Teacher(folder, tokenizer).crfs.arrays() for folder in folders]
    return [tuple(np.mean(kind, 0) for kind in zip(*layer)) for layer in zip(*each)]
