"""Strict scores of a predictor, and of a dictionary of the training mentions, on a part of the documents."""

import json
import re
from collections import Counter

import numpy as np

from . import corpora


def scores(hits, predicted, gold):
    p, r = hits / max(predicted, 1), hits / max(gold, 1)
    return p, r, 2 * p * r / max(p + r, 1e-12), hits, predicted, gold


def counts(predictor, docs):
    """For every document {layer: (hits, predicted, gold)}: same start, end and label; nested gold spans count."""
    found = []
    for d in docs:
        predicted = predictor.predict(d.text, d.bounds, wanted=d.layers, scores=False)
        row = {}
        for layer, spans in d.layers.items():
            gold, own = set(spans), {s[:3] for s in predicted[layer]}
            row[layer] = len(gold & own), len(own), len(gold)
        found.append(row)
    return found


def micro(rows):
    """{layer: (precision, recall, F1, hits, predicted, gold)} over documents' counts."""
    sums = {}
    for row in rows:
        for layer, numbers in row.items():
            sums[layer] = [a + b for a, b in zip(sums.get(layer, (0, 0, 0)), numbers)]
    return {layer: scores(*sums[layer]) for layer in corpora.LAYERS if layer in sums}


def score_documents(predictor, docs):
    return micro(counts(predictor, docs))


def mean_f1(rows):
    """The mean of the layers' F1: what settings are chosen by."""
    return float(np.mean([row[2] for row in micro(rows).values()]))


def compare(first, second, draws=1000, seed=1):
    """(mean F1 of first, of second, low, high): the 95 % interval of the difference second - first, documents drawn anew.

    first and second: counts of two predictors on the same documents.
    """
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws):
        drawn = rng.integers(0, len(first), len(first))
        found.append(mean_f1([second[i] for i in drawn]) - mean_f1([first[i] for i in drawn]))
    return mean_f1(first), mean_f1(second), *np.quantile(found, (0.025, 0.975))


def words(text):
    return [(m.start(), m.end(), m.group().lower()) for m in re.finditer(r"\w+|[^\w\s]", text)]


class Dictionary:
    """Mentions of the training documents that are annotated at least half of the times they occur; the longest match wins."""

    def __init__(self, train):
        self.entries, self.longest = {}, {}
        for layer in corpora.LAYERS:
            self._learn(layer, [d for d in train if layer in d.layers])

    def _learn(self, layer, docs):
        marked = Counter()
        for d in docs:
            marked.update((tuple(w for _, _, w in words(d.text[s:e])), label) for s, e, label in set(d.layers[layer]))
        known = {entry for entry, _ in marked}
        longest = max(map(len, known))
        seen = Counter()
        for d in docs:
            tokens = [w for _, _, w in words(d.text)]
            for i in range(len(tokens)):
                for n in range(1, min(longest, len(tokens) - i) + 1):
                    entry = tuple(tokens[i:i + n])
                    if entry in known:
                        seen[entry] += 1
        best = {}
        for (entry, label), n in sorted(marked.items()):
            if n > best.get(entry, ("", 0))[1]:
                best[entry] = (label, n)
        self.entries[layer] = {e: label for e, (label, n) in best.items() if n >= seen[e] / 2}
        self.longest[layer] = longest

    def predict(self, text, bounds=None, wanted=(), scores=False):
        tokens, found = words(text), {}
        for layer in wanted:
            entries, spans, i = self.entries[layer], [], 0
            while i < len(tokens):
                for n in range(min(self.longest[layer], len(tokens) - i), 0, -1):
                    label = entries.get(tuple(w for _, _, w in tokens[i:i + n]))
                    if label:
                        spans.append((tokens[i][0], tokens[i + n - 1][1], label, 1.0))
                        i += n - 1
                        break
                i += 1
            found[layer] = spans
        return found


def part_of(docs, part, config):
    """The documents of a part: tune (see corpora.divide), dev1, or report: dev2 and the held-out fifths."""
    if part == "tune":
        return corpora.divide(docs, config["data"]["fit"], config["data"]["tune_modulus"])[1]
    wanted = {"report": ("dev2", corpora.HELD), "dev1": ("dev1",)}[part]
    return [d for d in docs if d.part in wanted]


def table(name, result):
    lines = [f"{name:12} {'P':>6} {'R':>6} {'F1':>6} {'hits':>6} {'pred':>6} {'gold':>6}"]
    for layer, (p, r, f, *counts) in result.items():
        lines.append(f"{layer:12} {p:6.4f} {r:6.4f} {f:6.4f} " + " ".join(f"{n:6d}" for n in counts))
    return "\n".join(lines)


def write_card(path, part, result):
    """Adds the figures of a part to a bundle's card."""
    spec = json.loads(path.read_text(encoding="utf-8"))
    names = ("precision", "recall", "f1")
    spec["card"]["figures"][part] = {layer: {n: round(v, 4) for n, v in zip(names, row)} for layer, row in result.items()}
    path.write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
