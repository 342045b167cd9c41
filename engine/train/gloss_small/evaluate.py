"""Strict scores of a predictor, and of a dictionary of the training mentions, on a part of the documents."""

import json
import re
from collections import Counter

from . import corpora


def scores(hits, predicted, gold):
    p, r = hits / max(predicted, 1), hits / max(gold, 1)
    return p, r, 2 * p * r / max(p + r, 1e-12), hits, predicted, gold


def score_documents(predictor, docs):
    """{layer: (precision, recall, F1, hits, predicted, gold)}: same start, end and label; nested gold spans count."""
    sums = {}
    for d in docs:
        predicted = predictor.predict(d.text, d.bounds, wanted=d.layers, scores=False)
        for layer, spans in d.layers.items():
            gold, found = set(spans), {s[:3] for s in predicted[layer]}
            row = sums.setdefault(layer, [0, 0, 0])
            for i, n in enumerate((len(gold & found), len(found), len(gold))):
                row[i] += n
    return {layer: scores(*sums[layer]) for layer in corpora.LAYERS if layer in sums}


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
