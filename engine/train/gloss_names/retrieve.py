"""Retrieval over a small knowledge base: cosine of vectors, cosine of TF-IDF n-grams, and their linear fusion."""
from collections import Counter

import numpy as np

from . import tokens

TIE = 1e-4  # weight of the logarithm of a name's count: it settles ties and no more


class KnowledgeBase:
    """Pairs of a name and a concept, each with the number of times that it was seen."""

    def __init__(self, names):
        counts = Counter((name.text.lower(), name.concept) for name in names)
        self.texts = [text for text, _ in counts]
        self.concepts = [concept for _, concept in counts]
        self.prior = TIE * np.log1p(np.array(list(counts.values()), np.float32))
        self.known = set(self.concepts)


class Tfidf:
    """Cosine of character n-grams of two to four that keep within words; smooth idf, raw counts."""

    def __init__(self, texts, sizes=(2, 3, 4)):
        self.sizes, self.normal = sizes, tokens.normalizer()
        grams = [self.grams(text) for text in texts]
        frequency = Counter(gram for counts in grams for gram in counts)
        self.idf = {gram: np.log((1 + len(texts)) / (1 + n)) + 1 for gram, n in frequency.items()}
        lists = {gram: ([], []) for gram in frequency}
        for row, counts in enumerate(grams):
            for gram, weight in self.weigh(counts).items():
                lists[gram][0].append(row)
                lists[gram][1].append(weight)
        self.postings = {g: (np.array(r), np.array(w, np.float32)) for g, (r, w) in lists.items()}
        self.rows = len(texts)

    def grams(self, text):
        counts = Counter()
        for word in self.normal.normalize_str(text).split():
            word = f" {word} "
            for size in self.sizes:
                counts.update(word[i:i + size] for i in range(max(1, len(word) - size + 1)))
        return counts

    def weigh(self, counts):
        """Weights of length one; an n-gram that no name has weighs nothing."""
        weights = {gram: n * self.idf.get(gram, 0.0) for gram, n in counts.items()}
        length = np.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {gram: w / length for gram, w in weights.items()}

    def scores(self, queries):
        out = np.zeros((len(queries), self.rows), np.float32)
        for i, query in enumerate(queries):
            for gram, weight in self.weigh(self.grams(query)).items():
                if gram in self.postings and weight:
                    rows, weights = self.postings[gram]
                    out[i, rows] += weight * weights
        return out


def rank(base, scores, depth=25):
    """The best `depth` concepts of each row of name scores, a concept as good as its best name."""
    out = []
    scores = scores + base.prior
    width = min(len(base.texts), 40 * depth)
    top = np.argpartition(-scores, width - 1, axis=1)[:, :width] if width < len(base.texts) else None
    for i, row in enumerate(scores):
        some = top[i] if top is not None else np.arange(len(row))
        concepts = {}
        for j in some[np.argsort(-row[some], kind="stable")]:
            concepts.setdefault(base.concepts[j])
            if len(concepts) == depth:
                break
        out.append(list(concepts))
    return out


def accuracy(mentions, ranked, groups, at=(1, 5, 25)):
    """Top-k accuracy in per cent of each group of mentions; `ranked` maps a text to its concepts."""
    report = {}
    for title, inside in groups.items():
        chosen = [m for m in mentions if inside(m)]
        hits = {k: sum(m.concept in ranked[m.text][:k] for m in chosen) for k in at}
        report[title] = {"n": len(chosen), **{f"top{k}": round(100 * hits[k] / max(1, len(chosen)), 1) for k in at}}
    return report
