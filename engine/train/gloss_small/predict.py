"""The reference of inference: text to scored spans, from an ONNX bundle (or from the model in training).

Text is cut into sentences (data.py), each is tokenised by itself without special tokens, whole sentences are packed into
windows of at most windows.max pieces, that do not cross the end of a line where windows.by says so. Each layer's columns of a window's logits are decoded by that layer's CRF (Viterbi).
A sentence of more pieces is a window of its own: its parts run apart, their logits are joined (data.cut), and it is decoded
as one sequence. The score of a span is the mean, over its pieces, of the CRF's marginal probability of the tag chosen there, made
honest by the layer's calibration where it has one (calibrate.py).
"""

import json
from pathlib import Path

import numpy as np

from . import calibrate, corpora, data
from .crf import marginals, viterbi


class Predictor:
    def __init__(self, run, tokenizer, windows, layers, calibration=None):
        """run: (ids, mask) -> logits; windows: as in gloss.json; layers: [(name, first column, tags, (start, end, transitions))];
        calibration: {layer: (slope, offset)}."""
        self.batch = 16  # rows; int8 logits depend a little (up to 0.2) on the rows of a batch
        self.run, self.tokenizer, self.windows, self.layers = run, tokenizer, windows, layers
        self.calibration = calibration or {}

    @classmethod
    def of_bundle(cls, folder, threads=1, calibrated=True):
        import onnxruntime
        from tokenizers import Tokenizer
        folder = Path(folder)
        spec = json.loads((folder / "gloss.json").read_text(encoding="utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        layers, calibration = [], {}
        for layer in spec["layers"]:
            if calibrated and "calibration" in layer:
                calibration[layer["name"]] = layer["calibration"]["slope"], layer["calibration"]["offset"]
            crf = layer["crf"]
            arrays = tuple(np.array(crf[k], dtype=np.float32) for k in ("start", "end", "transitions"))
            layers.append((layer["name"], layer["first"], layer["labels"], arrays))
        outputs = lambda name: lambda ids, mask: session.run([name], {"input_ids": ids, "attention_mask": mask})[0]
        predictor = cls(outputs("logits"), Tokenizer.from_file(str(folder / "tokenizer.json")), spec["windows"], layers, calibration)
        predictor.run_states = outputs("states")
        return predictor

    @classmethod
    def of_bundles(cls, folders):
        """Several models as one: the mean of their logits, and of their chains. They must have the same pieces and layers."""
        from .tokenizer import renumbering
        each = [cls.of_bundle(folder) for folder in folders]
        maps = [renumbering(each[0].tokenizer, e.tokenizer) for e in each]
        run = lambda ids, mask: np.mean([e.run(m[ids], mask) for e, m in zip(each, maps)], 0)
        layers = []
        for same in zip(*(e.layers for e in each)):
            if len({(name, first, tuple(tags)) for name, first, tags, _ in same}) > 1:
                raise ValueError("models of different layers")
            layers.append((*same[0][:3], tuple(np.mean(arrays, 0) for arrays in zip(*(crf for *_, crf in same)))))
        return cls(run, each[0].tokenizer, each[0].windows, layers)

    @classmethod
    def of_model(cls, model, tokenizer, config):
        import torch
        layers, first = [], 0
        for (name, labels), arrays in zip(corpora.LAYERS.items(), model.crfs.arrays()):
            tags = data.tag_names(labels)
            layers.append((name, first, tags, arrays))
            first += len(tags)

        def run(ids, mask):
            with torch.no_grad():
                return model.tagger(torch.from_numpy(ids), torch.from_numpy(mask))[0].numpy()
        return cls(run, tokenizer, config["windows"], layers)

    def logits(self, sequences, run=None):
        """Logits (or what run gives) of each sequence of ids; long ones are run in parts and joined."""
        run = run or self.run
        parts = []
        for n, ids in enumerate(sequences):
            parts += [(n, ids[a:b], low - a, high - a) for a, b, low, high in data.cut(len(ids), self.windows["max"])]
        parts = list(enumerate(parts))
        parts.sort(key=lambda p: len(p[1][1]))
        pieces = [None] * len(parts)
        for i in range(0, len(parts), self.batch):
            group = parts[i:i + self.batch]
            ids = np.zeros((len(group), max(len(p[1][1]) for p in group)), dtype=np.int64)
            mask = np.zeros_like(ids)
            for row, (_, (_, part, _, _)) in enumerate(group):
                ids[row, :len(part)], mask[row, :len(part)] = part, 1
            out = run(ids, mask)
            for row, (place, (n, _, low, high)) in enumerate(group):
                pieces[place] = (n, out[row, low:high])
        joined = [[] for _ in sequences]
        for n, piece in pieces:
            joined[n].append(piece)
        return [np.concatenate(j) for j in joined]

    def states(self, text):
        """(offsets, states) of every window: what the encoder of a bundle gives the heads."""
        windows = list(data.windows(self.tokenizer, text, None, self.windows))
        return [(offsets, s) for (_, offsets), s in zip(windows, self.logits([ids for ids, _ in windows], self.run_states))]

    def predict(self, text, bounds=None, wanted=None, scores=True):
        """{layer: [(start, end, label, score)]} with code-point offsets."""
        windows = list(data.windows(self.tokenizer, text, bounds, self.windows))
        all_logits = self.logits([ids for ids, _ in windows])
        found = {layer[0]: [] for layer in self.layers if wanted is None or layer[0] in wanted}
        for name, first, tags, crf in self.layers:
            if name not in found:
                continue
            for (_, offsets), logits in zip(windows, all_logits):
                emit = logits[:, first:first + len(tags)]
                path = viterbi(emit, *crf)
                spans = data.spans_of(path, tags, offsets)
                chance = marginals(emit, *crf) if spans and scores else None
                for start, end, label, a, b in spans:
                    score = float(np.mean([chance[i, path[i]] for i in range(a, b + 1)])) if scores else 1.0
                    if scores and name in self.calibration:
                        score = float(calibrate.apply(score, *self.calibration[name]))
                    found[name].append((*data.in_line(text, start, end), label, score))
        return found
