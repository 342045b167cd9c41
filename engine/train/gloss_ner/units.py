"""What a model reads: texts as windows of pieces, and batches of windows as tensors.

A recipe that reads something else (words and their characters, say) brings its own class with the same methods.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from gloss_small import data
from gloss_small.tokenizer import alphabet_of, count_words, empty_tokenizer

from .clean import clean

PAD, UNK, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
ALPHABET = 200  # characters of a learnt vocabulary


@dataclass
class Window:
    """What a model reads together. inputs: {name: a value for each unit}; offsets: of the units, code points of the text."""
    inputs: dict
    offsets: list

    def part(self, start, end):
        return Window({name: values[start:end] for name, values in self.inputs.items()}, self.offsets[start:end])


class Pieces:
    """Pieces of a tokenizer, with the model's template ([CLS] ... [SEP]) around each window."""

    inputs = ("input_ids", "attention_mask")  # of the network, in order; what the exported model's inputs are named

    def __init__(self, tokenizer, settings, steps=()):
        """settings: [windows] of a configuration; steps: of cleaning, see clean.py."""
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.tokenizer, self.settings, self.steps = tokenizer, settings, list(steps)
        probe = tokenizer.encode("a")
        first = probe.special_tokens_mask.index(0)
        last = len(probe.ids) - probe.special_tokens_mask[::-1].index(0)
        self.before, self.after = probe.ids[:first], probe.ids[last:]
        vocabulary = tokenizer.get_vocab()
        self.pad, self.unknown, self.mask = (next((vocabulary[t] for t in names if t in vocabulary), 0)
                                             for names in ((PAD, "<pad>"), (UNK, "<unk>"), (MASK, "<mask>", UNK, "<unk>")))
        self.lead = len(self.before)  # rows of the logits that no unit has

    @property
    def limit(self):
        return self.settings["max"]

    def sentences(self, text, bounds=None):
        """Of every sentence that has a piece: (ids, offsets)."""
        bounds = data.sentences(text) if bounds is None else bounds
        cleaned = [clean(text[s:e], self.steps) for s, e in bounds]
        encoded = self.tokenizer.encode_batch([c.string for c in cleaned], add_special_tokens=False)
        for (start, _), c, e in zip(bounds, cleaned, encoded):
            if e.ids:
                places = [c.source(a, b) for a, b in e.offsets] if self.steps else e.offsets
                yield e.ids, [(a + start, b + start) for a, b in places]

    def windows(self, text, bounds=None):
        """Every Window of a text. One over the limit is run in parts, see parts."""
        found, by = list(self.sentences(text, bounds)), self.settings["by"]
        openers = {k for k in range(1, len(found)) if by == "single" or
                   by == "line" and "\n" in text[found[k - 1][1][-1][1]:found[k][1][0][0]]}
        for group in data.pack([len(ids) for ids, _ in found], self.limit, openers):
            yield Window({"input_ids": [i for k in group for i in found[k][0]]}, [o for k in group for o in found[k][1]])

    def collate(self, windows):
        """({input: tensor [windows, pieces of the longest with its template]}, lengths without it)."""
        rows = [self.before + w.inputs["input_ids"] + self.after for w in windows]
        width = max(map(len, rows))
        ids = torch.tensor([row + [self.pad] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        return {"input_ids": ids, "attention_mask": mask}, [len(w.offsets) for w in windows]

    def spoil(self, inputs, share):
        """Pieces taken away in training: inputs with a share of them unknown."""
        ids = inputs["input_ids"]
        gone = (torch.rand(ids.shape) < share) & (inputs["attention_mask"] == 1)
        gone[:, :self.lead] = False
        return inputs | {"input_ids": ids.masked_fill(gone, self.unknown)}

    def save(self, folder):
        self.tokenizer.save(str(Path(folder) / "tokenizer.json"), pretty=False)

    @classmethod
    def load(cls, folder, settings, steps=()):
        return cls(Tokenizer.from_file(str(Path(folder) / "tokenizer.json")), settings, steps)

    def manifest(self):
        """The fields of gloss.json that tell how to make these windows."""
        return {"inputs": "tokenizer", "preprocess": self.steps, "add_special_tokens": True,
                "windows": {"max": self.limit, "by": self.settings["by"]}}


def parts(size, limit):
    """Parts of a window: (start, end, keep_from, keep_to), see gloss_small.data.cut."""
    return data.cut(size, limit)


def learn_tokenizer(texts, settings):
    """A tokenizer for a model from scratch; settings: [tokenizer] of a configuration."""
    kinds = {"wordpiece": _wordpiece, "bpe": _bpe}
    return kinds[settings["kind"]](texts, settings["pieces"], settings["min_count"])


def _template(tokenizer):
    ids = [(t, tokenizer.token_to_id(t)) for t in (CLS, SEP)]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{CLS} $A {SEP}", pair=f"{CLS} $A {SEP} $B:1 {SEP}:1", special_tokens=ids)
    tokenizer.add_special_tokens([PAD, UNK, CLS, SEP, MASK])
    return tokenizer


def _wordpiece(texts, size, min_count):
    """Cased pieces of words as gloss_small cuts them: runs of letters, single digits, single marks."""
    words = count_words(texts)
    special = [PAD, UNK, CLS, SEP, MASK]
    tokenizer = empty_tokenizer({PAD: 0, UNK: 1})
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=min_count, limit_alphabet=ALPHABET, show_progress=False,
                                        special_tokens=[*special, *alphabet_of(words, ALPHABET)], continuing_subword_prefix="##")
    tokenizer.train_from_iterator((" ".join([w] * min(n, 200)) for w, n in sorted(words.items())), trainer)
    # Letters were given as special so that ties are settled; in use they are pieces like any other.
    vocabulary = [piece for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    return _template(empty_tokenizer({piece: i for i, piece in enumerate(vocabulary)}))


def _bpe(texts, size, min_count):
    """Byte-level pieces, as GPT-2 and RoBERTa have them."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=size, min_frequency=min_count, show_progress=False, special_tokens=[PAD, UNK, CLS, SEP, MASK],
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))
    tokenizer.train_from_iterator(texts, trainer)
    return _template(tokenizer)
