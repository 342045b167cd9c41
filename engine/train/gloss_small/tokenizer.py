"""The word-piece tokenizer: pieces learnt in lower case, then joined by the cased forms that the raw text shows.

"carcinoma" and "Carcinoma" are two pieces, so the tokenizer needs no lower-casing and the model sees case; in training both
share one vector (see base_of), so nothing is learnt twice.
"""

from collections import Counter

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

PAD, UNK = "[PAD]", "[UNK]"
PREFIX = "##"
ALPHABET = 160  # characters
# Runs of letters (with combining marks), single digits, single other marks.
WORDS = r"[\p{L}\p{M}]+|[^\s\p{L}\p{M}]"


def empty_tokenizer(vocab):
    tokenizer = Tokenizer(models.WordPiece(vocab, unk_token=UNK, continuing_subword_prefix=PREFIX, max_input_chars_per_word=60))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.WhitespaceSplit(),
        pre_tokenizers.Split(Regex(WORDS), behavior="isolated"),
    ])
    return tokenizer


def count_words(texts):
    splitter = empty_tokenizer({PAD: 0, UNK: 1})
    counts = Counter()
    for text in texts:
        text = splitter.normalizer.normalize_str(text)
        counts.update(word for word, _ in splitter.pre_tokenizer.pre_tokenize_str(text))
    return counts


def alphabet_of(words, size):
    """The commonest characters, as they begin and as they go on a word. Given to the learner in a fixed order, they settle
    which of two equally frequent pairs is merged first: its own order differs from run to run."""
    letters, forms = Counter(), set()
    for word, n in words.items():
        for i, c in enumerate(word):
            letters[c] += n
            forms.add(PREFIX + c if i else c)
    common = {c for c, _ in sorted(letters.items(), key=lambda item: (-item[1], item[0]))[:size]}
    return sorted(form for form in forms if form[-1] in common)


def lower_pieces(words, size, min_count):
    lowered = Counter()
    for word, n in words.items():
        lowered[word.lower()] += n
    learner = empty_tokenizer({PAD: 0, UNK: 1})
    trainer = trainers.WordPieceTrainer(vocab_size=size, min_frequency=min_count, limit_alphabet=ALPHABET, show_progress=False,
                                        special_tokens=[PAD, UNK, *alphabet_of(lowered, ALPHABET)], continuing_subword_prefix=PREFIX)
    # A word's count is kept by repeating it; 200 times is as good as more for choosing merges of whole words.
    repeated = (" ".join([w] * min(n, 200)) for w, n in sorted(lowered.items()))
    learner.train_from_iterator(repeated, trainer)
    return sorted(piece for piece in learner.get_vocab() if piece not in (PAD, UNK))


def cased_pieces(words, lower, limit, min_count):
    """Cased forms of lower-case pieces, as words of the raw text show them, the most frequent first."""
    coder = empty_tokenizer({p: i for i, p in enumerate([PAD, UNK, *lower])})
    known, forms = set(lower), Counter()
    for word, n in words.items():
        if word == word.lower() or len(word) != len(word.lower()):
            continue
        for piece, (a, b) in zip(*(lambda e: (e.tokens, e.offsets))(coder.encode(word.lower()))):
            form = (PREFIX if piece.startswith(PREFIX) else "") + word[a:b]
            if piece != UNK and form not in known:
                forms[form] += n
    letters = [p.replace(c, c.upper()) for p in lower for c in [p.removeprefix(PREFIX)] if len(c) == 1 and c.isalpha()]
    letters = [p for p in dict.fromkeys(letters) if p not in known and len(p.removeprefix(PREFIX)) == 1]
    frequent = [form for form, n in sorted(forms.items(), key=lambda item: (-item[1], item[0]))[:limit] if n >= min_count]
    return list(dict.fromkeys(letters + frequent))


def build(texts, settings):
    words = count_words(texts)
    lower = lower_pieces(words, settings["lower_pieces"], settings["min_count"])
    cased = cased_pieces(words, lower, settings["cased_pieces"], settings["cased_min_count"])
    return empty_tokenizer({p: i for i, p in enumerate([PAD, UNK, *lower, *cased])})


def pieces_of(tokenizer):
    return [p for p, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]


def renumbering(source, target):
    """An array: for each piece of one tokenizer its number in another. Both must have the same pieces."""
    numbers = target.get_vocab()
    if numbers.keys() != source.get_vocab().keys():
        raise ValueError("models of different vocabularies")
    return np.array([numbers[piece] for piece in pieces_of(source)])


def base_of(pieces):
    """For every piece the number of its lower-case form; forms are numbered from 0, [PAD] and [UNK] first."""
    number, base = {}, []
    for piece in pieces:
        form = piece if piece in (PAD, UNK) else piece.lower()
        base.append(number.setdefault(form, len(number)))
    return base


def case_of(piece):
    """0 lower or none, 1 first letter upper, 2 all upper, 3 mixed, 4 digit, 5 other mark."""
    word = piece.removeprefix(PREFIX)
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return 4 if word.isdigit() else 5
    if all(c == c.lower() for c in letters):
        return 0
    if all(c == c.upper() for c in letters):
        return 2 if len(letters) > 1 or piece.startswith(PREFIX) else 1
    return 1 if letters[0] != letters[0].lower() and word[1:] == word[1:].lower() else 3
