"""Annotated documents: brat directories, IOB2 files, or a shared corpus by its split rule; and which of them train."""

from dataclasses import dataclass, field
from pathlib import Path

from gloss_small import corpora

IOB2 = (".iob2", ".iob", ".bio", ".conll", ".tsv", ".txt")


class DataError(Exception):
    """Data that cannot be read; the message names the file, the line where there is one, and what to do."""


@dataclass
class Document:
    id: str
    text: str
    spans: list = field(default_factory=list)  # (start, end, label) in code points, half-open; nested ones too
    bounds: list | None = None  # sentences, where the data fixes them


def read_brat(folder):
    """Documents of a brat directory and of those below it. One without its .ann file is not annotated, and left out."""
    for txt in sorted(Path(folder).rglob("*.txt")):
        ann = txt.with_suffix(".ann")
        if not ann.exists():
            continue
        try:
            text, spans = corpora.read(txt), corpora.read_brat(ann)
        except (UnicodeDecodeError, ValueError, IndexError) as e:
            raise DataError(f"{ann}: {e}; see what is wrong with: gloss check {folder}") from e
        if any(not 0 <= start < end <= len(text) for start, end, _ in spans):
            raise DataError(f"{ann}: a span lies outside of the text; see which with: gloss check {folder}")
        yield Document(str(txt.relative_to(folder).with_suffix("")), text, spans)


def read_iob2(path):
    """Documents of a file of token TAB tag lines: groups of its sentences, a line of text each."""
    path = Path(path)
    try:
        found = list(corpora.iob2_sentences(path))
    except ValueError as e:
        raise DataError(f"{path}: {e}: want a token, a TAB and an IOB2 tag in each line") from e
    for i in range(0, len(found), corpora.LIVINGNER_GROUP):
        d = corpora.livingner_document(f"{path.stem}-{i}", found[i:i + corpora.LIVINGNER_GROUP], "")
        yield Document(d.id, d.text, d.layers["livingner"], d.bounds)


def read(paths):
    found = []
    for path in map(Path, paths):
        if path.is_dir():
            documents = list(read_brat(path))
        elif path.is_file() and path.suffix in IOB2:
            documents = list(read_iob2(path))
        elif path.exists():
            raise DataError(f"{path}: want a brat directory or an IOB2 file ({' '.join(IOB2)})")
        else:
            raise DataError(f"{path}: no such file or directory (paths are taken from where the command runs)")
        if not documents:
            raise DataError(f"{path}: it has no annotated document")
        found += documents
    return found


def read_corpus(layer, folder, tune):
    """(training, tuning) documents of a shared corpus; the held-out ones are in neither."""
    if layer not in corpora.LAYERS:
        raise DataError(f"data.corpus {layer!r} is unknown; want one of {', '.join(corpora.LAYERS)}")
    if not Path(folder).is_dir():
        raise DataError(f"data.folder {folder}: no such directory")
    docs = [d for d in corpora.load(folder)[0] if layer in d.layers]
    parts = corpora.divide(docs, ["train"] if layer == "cantemist" else ["train", "dev1"], tune)
    return tuple([Document(d.id, d.text, d.layers[layer], d.bounds) for d in part] for part in parts)


def load(settings):
    """(training documents, documents for early stopping) of a [data] section."""
    if settings["corpus"]:
        return read_corpus(settings["corpus"], settings["folder"], settings["one_in"])
    if not settings["train"]:
        raise DataError("data.train is empty: name brat directories or IOB2 files")
    train, dev = read(settings["train"]), read(settings["dev"])
    if not dev:
        dev = [d for d in train if corpora.number_of(d.id) % settings["one_in"] == 0]
        train = [d for d in train if corpora.number_of(d.id) % settings["one_in"]]
    if not train:
        raise DataError("data.train: no document is left for training")
    return only(train, settings["labels"]), only(dev, settings["labels"])


def only(documents, labels):
    """The documents with spans of these labels alone; all where labels is empty."""
    if labels:
        for d in documents:
            d.spans = [s for s in d.spans if s[2] in labels]
    return documents


def labels_of(documents, settings):
    """The labels that are learnt, in the order of the configuration or of the alphabet."""
    labels = settings["labels"] or sorted({s[2] for d in documents for s in d.spans})
    if not labels:
        raise DataError("the training documents have no annotation")
    return labels
