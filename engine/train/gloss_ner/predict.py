"""The reference of inference: text to scored spans, by a model in training or by an exported bundle. engine/ner does the same."""

import json
import unicodedata
from pathlib import Path

import numpy as np

from gloss_small.crf import marginals, viterbi
from gloss_small.data import is_space
from gloss_small.evaluate import scores

from .units import parts

BATCH = 32  # windows


class Predictor:
    """run: ({input: tensor}) -> logits [windows, rows, tags] as a NumPy array; arrays: of the chain, None without one."""

    def __init__(self, units, scheme, arrays, run):
        self.units, self.scheme, self.arrays, self.run = units, scheme, arrays, run

    @classmethod
    def of_recipe(cls, recipe, device="cpu"):
        import torch

        def run(inputs):
            recipe.model.eval()
            with torch.no_grad():
                return recipe.model.network(**{k: v.to(device) for k, v in inputs.items()}).float().cpu().numpy()
        return cls(recipe.units, recipe.scheme, recipe.crf_arrays(), run)

    @classmethod
    def of_bundle(cls, recipe, folder, threads=1):
        """recipe: restored from the run that made the bundle; the logits are those of model.onnx."""
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(Path(folder) / "model.onnx"), options, providers=["CPUExecutionProvider"])
        layer = json.loads((Path(folder) / "gloss.json").read_text(encoding="utf-8"))["layers"][0]
        arrays = tuple(np.array(layer["crf"][k], dtype=np.float32) for k in ("start", "end", "transitions")) if layer.get("crf") else None
        return cls(recipe.units, recipe.scheme, arrays, lambda inputs: session.run(["logits"], {k: v.numpy() for k, v in inputs.items()})[0])

    def logits(self, windows):
        """Logits [units, tags] of every window; those over the limit run in parts, whose kept ranges are joined."""
        jobs = [(n, *p) for n, w in enumerate(windows) for p in parts(len(w.offsets), self.units.limit)]
        order = sorted(range(len(jobs)), key=lambda j: jobs[j][2] - jobs[j][1])
        pieces = [None] * len(jobs)
        for at in range(0, len(order), BATCH):
            chosen = order[at:at + BATCH]
            inputs, lengths = self.units.collate([windows[jobs[j][0]].part(*jobs[j][1:3]) for j in chosen])
            out = self.run(inputs)[:, self.units.lead:]
            for row, j in enumerate(chosen):
                _, start, _, low, high = jobs[j]
                pieces[j] = out[row, low - start:high - start]
        joined = [[] for _ in windows]
        for job, piece in zip(jobs, pieces):
            joined[job[0]].append(piece)
        return [np.concatenate(j) for j in joined]

    def predict(self, text, bounds=None):
        """[(start, end, label, score)] by place; the score is the mean probability of the tags of the span's units."""
        windows = list(self.units.windows(text, bounds))
        found = {}
        for window, logits in zip(windows, self.logits(windows)):
            path, chance = self._tag(logits)
            for first, last, label in self.scheme.decode(path, whole=self.arrays is not None):
                score = float(np.mean([chance[i, path[i]] for i in range(first, last + 1)]))
                place = within_line(text, window.offsets[first][0], window.offsets[last][1])
                if place:
                    found[(*place, label)] = max(score, found.get((*place, label), 0.0))
        return [(*key, score) for key, score in sorted(found.items())]

    def _tag(self, logits):
        if self.arrays is not None:
            return viterbi(logits, *self.arrays), marginals(logits, *self.arrays)
        chance = np.exp(logits - logits.max(1, keepdims=True))
        return [int(t) for t in logits.argmax(1)], chance / chance.sum(1, keepdims=True)


def within_line(text, start, end):
    """The longest part of a range that lies in one line (of equals the last), without white space at its ends and with the
    combining marks of its last letter; None where nothing is left."""
    lines, at = [], start
    for line in text[start:end].split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    start, end = max(lines, key=lambda r: (r[1] - r[0], r[0]))
    while start < end and is_space(text[start]):
        start += 1
    while end > start and is_space(text[end - 1]):
        end -= 1
    if start == end:
        return None
    while end < len(text) and unicodedata.category(text[end])[0] == "M":
        end += 1
    return start, end


def score(predictor, documents):
    """Strict micro scores: the same start, end and label; nested gold spans count."""
    hits = predicted = gold = 0
    for d in documents:
        own, wanted = {s[:3] for s in predictor.predict(d.text, d.bounds)}, set(d.spans)
        hits, predicted, gold = hits + len(own & wanted), predicted + len(own), gold + len(wanted)
    precision, recall, f1, *_ = scores(hits, predicted, gold)
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "hits": hits, "predicted": predicted, "gold": gold}
