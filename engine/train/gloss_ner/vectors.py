"""Vectors of words: trained from raw text by gensim, or read from a file."""

import gzip
import json
from pathlib import Path

import numpy as np

from gloss_small import corpora, data

from .documents import DataError
from .words import lower, words


def tokens(text):
    """The words of each sentence, lower-cased."""
    for start, end in data.sentences(text):
        part = text[start:end]
        yield [lower(part[a:b]) for a, b in words(part)]


def raw_texts(paths):
    """Texts of .txt files, folders of them, and .jsonl or .jsonl.gz files with a "text" in each line."""
    for path in map(Path, paths):
        if path.is_dir():
            for file in sorted(path.rglob("*.txt")):
                yield file.read_bytes().decode()
        elif path.name.endswith((".jsonl", ".jsonl.gz")) and path.is_file():
            with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
                for line in lines:
                    yield json.loads(line)["text"]
        elif path.is_file():
            yield path.read_bytes().decode()
        else:
            raise DataError(f"vectors.texts: {path}: no such file or directory (paths are taken from where the command runs)")


def shared_texts(folder, layer, one_in):
    """Raw texts of the shared data folder for a corpus: its training documents and the unannotated background, without anything that
    shares twelve words in a row with held-out or tuning texts."""
    docs, runs = corpora.load(folder)
    fit, tune = corpora.divide([d for d in docs if layer in d.layers], ["train"] if layer == "cantemist" else ["train", "dev1"], one_in)
    for d in tune:
        runs.update(corpora.word_runs(d.text))
    return ["\n".join(line) for line in corpora.raw_lines(folder, fit, runs)]


def train(texts, settings, seed):
    """{word: vector} of raw texts; settings: [vectors] of a configuration."""
    try:
        from gensim.models import FastText, Word2Vec
    except ImportError as e:
        raise DataError("training word vectors needs gensim: pip install gensim, or set vectors.kind to \"\"") from e
    kind = {"word2vec": Word2Vec, "fasttext": FastText}[settings["kind"]]
    model = kind([t for text in texts for t in tokens(text)], vector_size=settings["dims"], window=settings["window"], sg=1, workers=1,
                 min_count=settings["min_count"], epochs=settings["epochs"], seed=seed)
    return {w: model.wv[w] for w in model.wv.index_to_key}


def read(path, key):
    """{word: vector} of a file: a word and its numbers a line, with or without word2vec's header line."""
    found, dims = {}, None
    try:
        lines = Path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as e:
        raise DataError(f"{key} {path}: {e}") from e
    for n, line in enumerate(lines, 1):
        word, *numbers = line.split() if line.strip() else [""]
        if not word or n == 1 and len(numbers) == 1:
            continue
        if dims not in (None, len(numbers)):
            raise DataError(f"{path}:{n}: {len(numbers)} numbers, the lines before have {dims}")
        dims = len(numbers)
        try:
            found[lower(word)] = np.array(numbers, dtype=np.float32)
        except ValueError as e:
            raise DataError(f"{path}:{n}: {e}; want a word and its numbers") from e
    if not found:
        raise DataError(f"{key} {path}: it has no vectors")
    return found


def table(entries, vectors, dims, rng):
    """[entries, dims]: each entry's vector, else small random numbers; zeros for the padding, which comes first."""
    dims = len(next(iter(vectors.values()))) if vectors else dims
    rows = rng.normal(0, 0.1, (len(entries), dims)).astype(np.float32)
    for i, entry in enumerate(entries):
        if entry in vectors:
            rows[i] = vectors[entry]
    rows[0] = 0
    return rows
