"""Words and their characters as a model's units; engine/ner/words.go reads the same.

A word is what corpus/segment.Words cuts: a longest run of letters, numbers and combining marks, or any other visible code point by
itself.
"""

import unicodedata
from collections import Counter
from pathlib import Path

import torch

from gloss_small import data

from .clean import clean, is_space, is_word
from .units import Window

PAD, UNK = "<pad>", "<unk>"


def words(text):
    """(start, end) of every word of a text."""
    found, start = [], None
    for i, c in enumerate(text):
        inside = is_word(c)
        if start is not None and not inside:
            found.append((start, i))
            start = None
        elif inside and start is None:
            start = i
        if not inside and not is_space(c) and unicodedata.category(c) != "Cc":
            found.append((i, i + 1))
    return found + ([(start, len(text))] if start is not None else [])


def lower(word):
    """Lower case by Unicode's simple mapping, one code point for one."""
    return "".join(c.lower()[0] for c in word)


def vocabulary(counts, min_count):
    """[PAD, UNK, entries by count]."""
    return [PAD, UNK] + [e for e, n in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if n >= min_count]


class Words:
    """Units are words; a model without a template around its windows."""

    inputs = ("word_ids", "char_ids", "attention_mask")  # of the network, in order
    lead = 0

    def __init__(self, entries, characters, settings, longest, steps=()):
        """entries, characters: vocabularies, padding and unknown first; longest: characters of a word that are read."""
        self.entries, self.characters, self.settings, self.longest, self.steps = entries, characters, settings, longest, list(steps)
        self.word_ids = {w: i for i, w in enumerate(entries)}
        self.char_ids = {c: i for i, c in enumerate(characters)}

    @classmethod
    def of_texts(cls, texts, more, settings, counts, steps=()):
        """Vocabularies of training texts; more: further words, lower-cased; counts: [vocabulary] of a configuration."""
        seen, letters = Counter(), Counter()
        for text in texts:
            for start, end in data.sentences(text):
                cleaned = clean(text[start:end], steps).string
                for a, b in words(cleaned):
                    seen[lower(cleaned[a:b])] += 1
                    letters.update(cleaned[a:b])
        entries = vocabulary(seen, counts["min_count"])
        entries += sorted(set(more) - set(entries))
        return cls(entries, vocabulary(letters, counts["min_count"]), settings, counts["longest"], steps)

    @property
    def limit(self):
        return self.settings["max"]

    def sentences(self, text, bounds=None):
        """Of every sentence that has a word: (words, their offsets)."""
        for s, e in data.sentences(text) if bounds is None else bounds:
            cleaned = clean(text[s:e], self.steps)
            found = words(cleaned.string)
            if found:
                places = [cleaned.source(a, b) for a, b in found]
                yield [cleaned.string[a:b] for a, b in found], [(a + s, b + s) for a, b in places]

    def windows(self, text, bounds=None):
        """Every Window of a text. One over the limit is run in parts."""
        found, by = list(self.sentences(text, bounds)), self.settings["by"]
        openers = {k for k in range(1, len(found)) if by == "single" or
                   by == "line" and "\n" in text[found[k - 1][1][-1][1]:found[k][1][0][0]]}
        for group in data.pack([len(w) for w, _ in found], self.limit, openers):
            each = [w for k in group for w in found[k][0]]
            yield Window({"word_ids": [self.word_ids.get(lower(w), 1) for w in each],
                          "char_ids": [[self.char_ids.get(c, 1) for c in w[:self.longest]] for w in each]},
                         [o for k in group for o in found[k][1]])

    def collate(self, windows):
        """({input: tensor}, lengths); char_ids [windows, words, characters of the longest word]."""
        lengths = [len(w.offsets) for w in windows]
        most = max(len(c) for w in windows for c in w.inputs["char_ids"])
        ids = torch.zeros(len(windows), max(lengths), dtype=torch.long)
        mask, chars = torch.zeros_like(ids), torch.zeros(len(windows), max(lengths), most, dtype=torch.long)
        for row, w in enumerate(windows):
            ids[row, :lengths[row]] = torch.tensor(w.inputs["word_ids"])
            mask[row, :lengths[row]] = 1
            chars[row, :lengths[row]] = torch.tensor([c + [0] * (most - len(c)) for c in w.inputs["char_ids"]])
        return {"word_ids": ids, "char_ids": chars, "attention_mask": mask}, lengths

    def spoil(self, inputs, share):
        """Words taken away in training, so that the model learns to go by their characters."""
        ids = inputs["word_ids"]
        return inputs | {"word_ids": ids.masked_fill((torch.rand(ids.shape) < share) & (ids > 0), 1)}

    def save(self, folder):
        for name, entries in (("words.txt", self.entries), ("chars.txt", self.characters)):
            (Path(folder) / name).write_bytes("".join(e + "\n" for e in entries).encode())

    @classmethod
    def load(cls, folder, settings, longest, steps=()):
        read = lambda name: (Path(folder) / name).read_bytes().decode().split("\n")[:-1]
        return cls(read("words.txt"), read("chars.txt"), settings, longest, steps)

    def manifest(self):
        """The fields of gloss.json that tell how to make these windows."""
        return {"inputs": "words+chars", "preprocess": self.steps,
                "words": {"file": "words.txt", "padding": 0, "unknown": 1, "lower": True},
                "chars": {"file": "chars.txt", "padding": 0, "unknown": 1, "max": self.longest},
                "windows": {"max": self.limit, "by": self.settings["by"]}}
