"""Mentions exchanged for others of their kind, so that the same sentence is met with names that the corpus never put there.

A chunk is the pieces of a mention with the tags that every layer gives them; it may be exchanged where no mention of another
layer reaches across its ends or holds it. A chunk takes the place of one of the same layer and label that was annotated with the same
layers. Each different chunk is as likely as another, so rare mentions come up more often than they do in the corpus.
"""

INSIDE, OPEN = (2, 3), (1, 2)  # roles of a tag that began earlier, and of one that goes on


def role(tag):
    """0 for O; 1 to 4 for B, I, E and S of any label."""
    return (tag - 1) % 4 + 1 if tag else 0


def mentions(tags):
    """(first place, place after the last, label number) of each mention of a layer."""
    first = 0
    for i, tag in enumerate(tags):
        if role(tag) in (1, 4):
            first = i
        if role(tag) in (3, 4):
            yield first, i + 1, (tag - 1) // 4


def chunks(window):
    """((layer, label, layers), first, after) of each mention that can be exchanged."""
    ids, layers = window[:2]
    known = tuple(sorted(layers))
    for k in known:
        for first, after, label in mentions(layers[k]):
            if all(role(t[first]) not in INSIDE and role(t[after - 1]) not in OPEN for t in layers.values()):
                yield (k, label, known), first, after


def part(window, first, after):
    ids, layers = window[:2]
    return tuple(ids[first:after]), tuple((k, tuple(tags[first:after])) for k, tags in sorted(layers.items()))


def named(ids):
    """The chunk of a terminology's name in a corpus with one layer and one label."""
    tags = (4,) if len(ids) == 1 else (1, *[2] * (len(ids) - 2), 3)
    return tuple(ids), tags


class Exchange:
    """share: of the mentions; names: {layer: ids of each name}, for layers that have a corpus of their own."""

    def __init__(self, windows, share, names, name_share):
        self.share, self.name_share = share, name_share
        pools = {}
        for window in windows:
            for kind, first, after in chunks(window):
                pools.setdefault(kind, set()).add(part(window, first, after))
        self.pools = {kind: sorted(pool) for kind, pool in pools.items()}
        self.names = {}
        for layer, pool in names.items():
            coded = sorted({named(ids) for ids in pool if ids})
            self.names[(layer, 0, (layer,))] = [(ids, ((layer, tags),)) for ids, tags in coded]

    def apply(self, window, rng):
        """The window itself, or a copy with some mentions exchanged, of which no teacher has spoken."""
        chosen, free = [], 0
        for kind, first, after in sorted(chunks(window), key=lambda c: c[1:]):
            if first >= free and rng.random() < self.share:
                names = self.names.get(kind)
                pool = names if names and rng.random() < self.name_share else self.pools[kind]
                chosen.append((first, after, rng.choice(pool)))
                free = after
        if not chosen:
            return window
        ids, layers = list(window[0]), {k: list(tags) for k, tags in window[1].items()}
        for first, after, (new_ids, new_tags) in reversed(chosen):
            ids[first:after] = new_ids
            for k, tags in new_tags:
                layers[k][first:after] = tags
        return ids, layers
