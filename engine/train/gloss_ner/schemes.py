"""Tagging schemes: spans to tags of units (pieces or words) and back, by the rules of engine/ner.

Places are those of BIOES whatever the scheme's letters. Schemes with V tag a unit of two spans or more with V and the label of the
longest one, so that one level of nesting survives; the others keep the outermost spans alone.
"""

from gloss_small.crf import FORBIDDEN
from gloss_small.data import outermost

import numpy as np

LETTERS = {
    "iob2": {"B": "B", "I": "I"},
    "bioes": {"B": "B", "I": "I", "E": "E", "S": "S"},
    "bmewo": {"B": "B", "I": "M", "E": "E", "S": "W"},
    "bmewov": {"B": "B", "I": "M", "E": "E", "S": "W", "V": "V"},
    "bioesv": {"B": "B", "I": "I", "E": "E", "S": "S", "V": "V"},
}


def name_of(text):
    """The scheme that a configuration names, such as "BMEWO-V"."""
    name = text.lower().replace("-", "")
    if name not in LETTERS:
        raise ValueError(f"{text!r} is unknown; want one of {', '.join(LETTERS)}")
    return name


class Scheme:
    def __init__(self, scheme, labels):
        self.name, self.labels = name_of(scheme), list(labels)
        letters = LETTERS[self.name]
        self.overlaps, self.ends = "V" in letters, "E" in letters
        self.tags = ["O"] + [f"{letter}-{label}" for label in self.labels for letter in letters.values()]
        places = [("O", "")] + [(place, label) for label in self.labels for place in letters]
        self.places, self.index = places, {p: i for i, p in enumerate(places)}

    def encode(self, offsets, spans):
        """Tags of units at offsets. spans: (start, end, label), nested and crossing ones too."""
        tags = [0] * len(offsets)
        for start, end, label in outermost(spans):
            inside = [i for i, (a, b) in enumerate(offsets) if a < end and b > start]
            for i in inside:
                tags[i] = self.index[self._place(i == inside[0], i == inside[-1]), label]
        if self.overlaps:
            for i, (a, b) in enumerate(offsets):
                over = {(s, e): (s, e, label) for s, e, label in spans if a < e and b > s}
                if len(over) > 1:
                    tags[i] = self.index["V", max(over.values(), key=lambda s: (s[1] - s[0], -s[0]))[2]]
        return tags

    def _place(self, first, last):
        if not self.ends:
            return "B" if first else "I"
        return "S" if first and last else "B" if first else "E" if last else "I"

    def decode(self, path, whole):
        """[(first unit, last unit, label)] of tags; whole: only complete mentions, as a chain that forbids others gives them."""
        runs = self._strict(path) if whole and self.ends and not self.overlaps else self._lenient(path)
        return runs + self._nested(path, runs)

    def _strict(self, path):
        found, opened, label = [], None, None
        for i, tag in enumerate(path):
            place, mine = self.places[tag]
            if place == "S":
                found.append((i, i, mine))
                opened = None
            elif place == "B":
                opened, label = i, mine
            elif place in "IE" and opened is not None and mine == label:
                if place == "E":
                    found.append((opened, i, label))
                    opened = None
            else:
                opened = None
        return found

    def _lenient(self, path):
        found, going = [], False
        for i, tag in enumerate(path):
            place, label = self.places[tag]
            if place == "O":
                going = False
                continue
            if going and place in "IEV" and found[-1][2] == label:
                found[-1] = (found[-1][0], i, label)
            else:
                found.append((i, i, label))
            going = place not in "ES"
        return found

    def _nested(self, path, runs):
        """Each longest stretch of V inside a run that has other tags besides."""
        found = []
        for first, last, label in runs:
            i = first
            while i <= last:
                end = i
                while end <= last and self.places[path[end]][0] == "V":
                    end += 1
                if i < end and end - i <= last - first:
                    found.append((i, end - 1, label))
                i = end + 1
        return found

    def rules(self):
        """(start, end, transitions): FORBIDDEN where no text has such tags, else 0. Schemes with V allow everything."""
        n = len(self.places)
        start, end, moves = np.zeros(n), np.zeros(n), np.zeros((n, n))
        if self.overlaps:
            return start, end, moves
        for i, (place, label) in enumerate(self.places):
            start[i] = FORBIDDEN if place in "IE" else 0
            end[i] = FORBIDDEN if self.ends and place in "BI" else 0
            for j, (after, other) in enumerate(self.places):
                goes_on = after in "IE" and place in "BI" and label == other
                must = self.ends and place in "BI"
                moves[i, j] = 0 if goes_on or (after not in "IE" and not must) else FORBIDDEN
        return start, end, moves
