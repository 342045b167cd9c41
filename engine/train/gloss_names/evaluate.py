"""What the encoder is worth: CANTEMIST against CIE-O-3.1, and DisTEMIST against the Human Phenotype Ontology."""
import random

import numpy as np

from . import corpora, retrieve

GRID = [round(0.05 * i, 2) for i in range(21)]


class Task:
    """Mentions to link, the names to link them to, and what counts as known."""

    def __init__(self, title, mentions, names, seen):
        self.title, self.mentions = title, mentions
        self.base = retrieve.KnowledgeBase(names)
        surfaces, concepts = {m.text.lower() for m in seen}, {m.concept for m in seen}
        self.groups = {"all": lambda m: True,
                       "unseen surface": lambda m: m.text.lower() not in surfaces,
                       "unseen code": lambda m: m.concept not in concepts}
        self.queries = sorted({m.text for m in mentions})
        self.lexical = None

    def tfidf(self):
        if self.lexical is None:
            self.lexical = retrieve.Tfidf(self.base.texts).scores(self.queries)
        return self.lexical

    def dense(self, encode):
        return encode(self.queries) @ encode(self.base.texts).T

    def score(self, scores):
        ranked = dict(zip(self.queries, retrieve.rank(self.base, scores)))
        return retrieve.accuracy(self.mentions, ranked, self.groups)

    def ceiling(self):
        """Per cent of each group whose concept is in the knowledge base at all."""
        return {title: round(100 * float(np.mean([m.concept in self.base.known for m in self.mentions if inside(m)])), 1)
                for title, inside in self.groups.items()}


def as_names(mentions):
    return [corpora.Name(m.text, m.concept, m.source) for m in mentions]


def cantemist(data, part):
    """A part of CANTEMIST: the knowledge base is CIE-O-3.1 and the mentions of the parts before it; and without them."""
    terms = list(corpora.cie_o(data))
    parts = ["train"] if part == "dev1" else ["train", "dev1"]
    seen = [m for p in parts for m in corpora.cantemist(data, p)]
    mentions = list(corpora.cantemist(data, part))
    return [Task(f"cantemist {part}", mentions, terms + as_names(seen), seen),
            Task(f"cantemist {part}, names only", mentions, terms, seen)]


def distemist_hpo(data, fold, shut):
    """The mentions of one fifth against the Spanish names of HPO: names only, and with the training mentions."""
    terms, _ = corpora.hpo(data, ["es"])
    _, main_id = corpora.hpo_english(data)
    mentions = list(corpora.distemist_hpo(data, main_id))
    seen = [m for m in mentions if corpora.fifth(m.document) not in shut]
    asked = [m for m in mentions if corpora.fifth(m.document) == fold]
    name = "tuning fifth" if fold == corpora.TUNING else "held-out fifth"
    return [Task(f"distemist-hpo {name}", asked, terms + as_names(seen), seen),
            Task(f"distemist-hpo {name}, names only", asked, terms, seen)]


def unknown_language(data, language, concepts=600, others=12000):
    """What a terminology that the encoder never saw gets: one synonym asked for, the others of a translation as names.

    Meant for languages that no run trains on; it shows how far the dense part may be trusted away from home.
    """
    named = {}
    for name in dict.fromkeys(corpora.hpo_translation(data, language, {})):
        named.setdefault(name.concept, []).append(name)
    several = sorted(c for c, names in named.items() if len({n.text.lower() for n in names}) > 1)
    random.Random(1).shuffle(several)
    asked = set(several[:concepts])
    rest = sorted({n.concept for names in named.values() for n in names} - asked)
    random.Random(2).shuffle(rest)
    names = [n for c in several[:concepts] for n in named[c][1:]] + [n for c in rest for n in named[c]][:others]
    mentions = [corpora.Mention(named[c][0].text, c, "", "") for c in several[:concepts]]
    return [Task(f"hpo-{language}, a language never seen", mentions, names, [])]


def tasks(data, which):
    """`tune`: what choices are made on. `report`: what is looked at once. `unknown`: languages never trained on."""
    if which == "unknown":
        return unknown_language(data, "cs") + unknown_language(data, "tr")
    if which == "tune":
        return cantemist(data, "dev1") + distemist_hpo(data, corpora.TUNING, {corpora.HELD_OUT, corpora.TUNING})
    return cantemist(data, "dev2") + distemist_hpo(data, corpora.HELD_OUT, {corpora.HELD_OUT})


def quick(jobs, encode):
    """One line of figures for the log of a run."""
    line = {}
    for task in jobs:
        figures = task.score(task.dense(encode))
        line[task.title] = " | ".join(
            "/".join(str(figures[g][k]) for k in ("top1", "top5", "top25")) for g in figures)
    return line


def full(task, encode, weights=GRID):
    """Dense alone, TF-IDF alone, and every fusion weight asked for (the share of the dense cosine)."""
    dense, lexical = task.dense(encode), task.tfidf()
    return {"task": task.title, "mentions": len(task.mentions), "names": len(task.base.texts),
            "concepts": len(task.base.known), "ceiling": task.ceiling(),
            "dense": task.score(dense), "tfidf": task.score(lexical),
            "fusion": {str(w): task.score(w * dense + (1 - w) * lexical) for w in weights}}
