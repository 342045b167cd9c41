"""Further sentences to train on: copies of annotated ones with mentions replaced by synonyms of a terminology."""

import random

from gloss_small.data import outermost, sentences

from .documents import Document


def augment(documents, synonyms, count, share, seed):
    """At most count new documents of one sentence each, none twice. share: of a sentence's mentions that have synonyms, those that
    are replaced (at least one). The same seed gives the same sentences."""
    rng = random.Random(f"augment {seed}")
    pool = [found for d in documents for found in _sentences(d) if any(synonyms.of(found.text[a:b]) for a, b, _ in found.spans)]
    made, idle = {}, 0
    while pool and len(made) < count and idle < 10 * len(pool):
        new = _replace(rng.choice(pool), synonyms, share, rng)
        idle = idle + 1 if new.text in made else 0
        made.setdefault(new.text, new)
    return [Document(f"augmented-{i}", d.text, d.spans, d.bounds) for i, d in enumerate(made.values())]


def _sentences(document):
    for start, end in document.bounds or sentences(document.text):
        spans = outermost([s for s in document.spans if start <= s[0] and s[1] <= end])
        if spans:
            yield Document("", document.text[start:end], [(a - start, b - start, label) for a, b, label in spans])


def _replace(sentence, synonyms, share, rng):
    can = [i for i, (a, b, _) in enumerate(sentence.spans) if synonyms.of(sentence.text[a:b])]
    chosen = {i for i in can if rng.random() < share} or {rng.choice(can)}
    text, spans, at = "", [], 0
    for i, (start, end, label) in enumerate(sentence.spans):
        text += sentence.text[at:start]
        mention = sentence.text[start:end]
        if i in chosen:
            mention = _like(mention, rng.choice(synonyms.of(mention)))
        spans.append((len(text), len(text) + len(mention), label))
        text, at = text + mention, end
    text += sentence.text[at:]
    return Document("", text, spans, [(0, len(text))])


def _like(mention, name):
    """The name with a small first letter where the mention has one; names in capitals stay."""
    if mention[:1].islower() and name[1:2].islower():
        return name[:1].lower() + name[1:]
    return name
