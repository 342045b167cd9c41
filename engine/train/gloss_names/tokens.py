"""The tokenizer: lower-cased characters without accents, any run of other signs a single space.

The model hashes n-grams of these characters itself, inside its graph, so a plain `tokenizer.json` is enough.
"""
from collections import Counter

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

PAD, UNKNOWN, START, END, SPACE = range(5)
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", " "]
ALWAYS = "abcdefghijklmnopqrstuvwxyz0123456789+ßæœøłđıαβγδεζηθικλμνξοπρςστυφχψω"


def normalizer():
    return normalizers.Sequence([
        normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(),
        normalizers.Replace(Regex(r"[^\p{L}\p{N}+]+"), " "), normalizers.Strip()])


def build(texts, min_count):
    """A tokenizer whose vocabulary is every character that occurs at least `min_count` times, and the usual ones."""
    steps, counts = normalizer(), Counter()
    for text in texts:
        counts.update(steps.normalize_str(text))
    characters = sorted({c for c, n in counts.items() if n >= min_count and c != " "} | set(ALWAYS))
    vocabulary = {token: i for i, token in enumerate(SPECIALS + characters)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = steps
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", START), ("[SEP]", END)])
    return tokenizer


def encode(tokenizer, texts, max_length):
    """Identifiers of texts as one padded matrix of bytes or 16-bit numbers."""
    kind = np.uint8 if tokenizer.get_vocab_size() < 256 else np.uint16
    out = np.zeros((len(texts), max_length), kind)
    for start in range(0, len(texts), 2048):
        for i, encoding in enumerate(tokenizer.encode_batch(texts[start:start + 2048]), start):
            ids = encoding.ids
            if len(ids) > max_length:
                ids = ids[:max_length - 1] + [END]
            out[i, :len(ids)] = ids
    return out
