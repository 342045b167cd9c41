"""The corpora as documents, and who may see which: the split rules of the data's README."""

import csv
import gzip
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from .data import sentences

LAYERS = {
    "cantemist": ["MORFOLOGIA_NEOPLASIA"],
    "distemist": ["ENFERMEDAD"],
    "medprocner": ["PROCEDIMIENTO"],
    "symptemist": ["SINTOMA"],
    "pharmaconer": ["NORMALIZABLES", "NO_NORMALIZABLES", "PROTEINAS", "UNCLEAR"],
    "livingner": ["SPECIES", "HUMAN"],
}
HELD, TUNE, TRAIN = "held", "tune", "train"
SHARED_WORDS = 12  # texts that share so many words in a row are taken for the same
LIVINGNER_GROUP = 20  # sentences a pseudo-document


@dataclass
class Document:
    id: str
    text: str
    part: str  # train, dev1 or dev2 of CANTEMIST; else train or held
    layers: dict = field(default_factory=dict)  # layer -> [(start, end, label)], nested ones too
    bounds: list | None = None  # sentences, where the corpus fixes them


def number_of(doc_id):
    return int(hashlib.sha256(doc_id.removeprefix("es-").encode()).hexdigest(), 16)


def is_held(doc_id):
    return number_of(doc_id) % 5 == 0


def read(path):
    return path.read_bytes().decode("utf-8")


def read_brat(ann):
    """Spans of a brat file; of a discontinuous one, from its first to its last character."""
    spans = []
    for line in read(ann).splitlines():
        if line.startswith("T"):
            label, _, fragments = line.split("\t")[1].partition(" ")
            numbers = [int(n) for n in re.findall(r"\d+", fragments)]
            spans.append((min(numbers), max(numbers), label))
    return spans


def brat_folder(folder, layer, part):
    for txt in sorted(folder.glob("*.txt")):
        spans = read_brat(txt.with_suffix(".ann"))
        yield Document(txt.stem, read(txt), part or (HELD if is_held(txt.stem) else TRAIN), {layer: spans})


def spaccc(folder):
    texts = {p.stem.removeprefix("es-"): p for p in sorted((folder / "txt").glob("*.txt"))}
    spans = {name: {} for name in ("distemist", "medprocner", "symptemist")}
    for name, found in spans.items():
        with open(folder / f"{name}_mentions.tsv", encoding="utf-8", newline="") as f:
            rows = csv.reader(f, delimiter="\t")
            next(rows)
            for doc_id, _, label, start, end, *_ in rows:
                found.setdefault(doc_id.removeprefix("es-"), []).append((int(start), int(end), label))
    for doc_id, path in texts.items():
        layers = {name: found.get(doc_id, []) for name, found in spans.items()}
        yield Document(doc_id, read(path), HELD if is_held(doc_id) else TRAIN, layers)


def iob2_sentences(path):
    """Lists of (token, tag)."""
    sentence = []
    for line in read(path).split("\n"):
        if line.strip():
            token, tag = line.rstrip("\r").split("\t")
            sentence.append((token, tag))
        elif sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def livingner_document(name, group, part):
    """Sentences as a text: tokens with blanks between them, a line a sentence."""
    text, spans, bounds = "", [], []
    for sentence in group:
        begin, open_label = len(text), None
        for token, tag in sentence:
            start = len(text)
            text += token
            prefix, _, label = tag.partition("-")
            if prefix == "I" and open_label == label:
                spans[-1] = (spans[-1][0], len(text), label)
            elif prefix in ("B", "I"):
                spans.append((start, len(text), label))
            open_label = label
            text += " "
        text = text[:-1]
        bounds.append((begin, len(text)))
        text += "\n"
    return Document(name, text, part, {"livingner": spans}, bounds)


def word_runs(text):
    words = re.findall(r"\w+", text.lower())
    return (tuple(words[i:i + SHARED_WORDS]) for i in range(len(words) - SHARED_WORDS + 1))


def livingner(path, held_runs):
    """The last fifth of the sentences is held out (and added to held_runs); training sentences that share words with it go."""
    found = list(iob2_sentences(path))
    first_held = len(found) - len(found) // 5
    text_of = lambda s: " ".join(token for token, _ in s)
    for s in found[first_held:]:
        held_runs.update(word_runs(text_of(s)))
    train = [s for s in found[:first_held] if not any(r in held_runs for r in word_runs(text_of(s)))]
    for part, chosen in ((TRAIN, train), (HELD, found[first_held:])):
        for i in range(0, len(chosen), LIVINGNER_GROUP):
            yield livingner_document(f"livingner-{part}-{i // LIVINGNER_GROUP}", chosen[i:i + LIVINGNER_GROUP], part)


def merge(documents):
    """One document for each id and text, with the layers of all; the corpora share many texts."""
    merged = {}
    for d in documents:
        known = merged.setdefault((d.id.removeprefix("es-"), d.text), d)
        if known is not d:
            known.layers.update(d.layers)
    return list(merged.values())


def load(data):
    """(documents, word runs of all held-out texts)."""
    data = Path(data)
    docs = []
    for part in ("train", "dev1", "dev2"):
        docs += brat_folder(data / "cantemist" / part, "cantemist", part)
    docs += merge([*spaccc(data / "spaccc"), *brat_folder(data / "pharmaconer/train/brat", "pharmaconer", None)])
    held_runs = set()
    for d in docs:
        if d.part in (HELD, "dev2"):
            held_runs.update(word_runs(d.text))
    docs += livingner(data / "livingner/valid.iob2", held_runs)
    return docs, held_runs


def divide(docs, fit, tune_modulus):
    """(training documents, tuning documents). fit names CANTEMIST's parts to train on.

    Without dev1 in fit, dev1 is CANTEMIST's tuning part; else one document in tune_modulus is, as for the other corpora.
    The held-out documents and dev2 are in neither.
    """
    train, tune = [], []
    for d in docs:
        if "cantemist" in d.layers and d.part not in fit:
            if d.part == "dev1":
                tune.append(d)
            continue
        if d.part in (HELD, "dev2"):
            continue
        to_tune = number_of(d.id) // 5 % tune_modulus == 1 and ("cantemist" not in d.layers or "dev1" in fit)
        (tune if to_tune else train).append(d)
    return train, tune


def only(docs, layers):
    """The documents that have one of these layers, with no other; all as they are where no layer is named."""
    if not layers:
        return docs
    if unknown := set(layers) - set(LAYERS):
        raise ValueError(f"data.layers: {sorted(unknown)} are none of {list(LAYERS)}")
    return [replace(d, layers={k: v for k, v in d.layers.items() if k in layers}) for d in docs if any(k in layers for k in d.layers)]


def lines_of(text, bounds=None):
    """The texts of the sentences, a list a line."""
    found, last = [], None
    for s, e in bounds or sentences(text):
        if last is None or "\n" in text[last:s]:
            found.append([])
        found[-1].append(text[s:e])
        last = e
    return found


def raw_lines(data, train, held_runs):
    """Texts for pre-training, a list of sentences a line: the training documents and the unannotated background.

    Of the background, documents whose id is held out by the rule and documents that share a run of words with any
    held-out text are left out.
    """
    found = []
    for d in train:
        found += lines_of(d.text, d.bounds)
    seen = {d.id.removeprefix("es-") for d in train}
    with gzip.open(Path(data) / "cantemist/background.jsonl.gz", "rt", encoding="utf-8") as f:
        for line in f:
            row = json.loads(line)
            text = row["text"]
            if is_held(row["id"]) or row["id"].removeprefix("es-") in seen or any(r in held_runs for r in word_runs(text)):
                continue
            found += lines_of(text)
    return found
