#!/usr/bin/env python3
"""Make a brat collection of one long document, to measure how fast it is worked on.

    scripts/longdoc.py SPACCC OUT [WORDS [SPANS [MORE]]]

SPACCC is the collection of clinical cases whose diseases, procedures and symptoms were annotated for DisTEMIST,
MedProcNER and SympTEMIST: txt/*.txt and *_mentions.tsv. OUT/long.txt gets its documents, in the order of their names,
until WORDS words (75000) are there; OUT/long.ann gets SPANS of their mentions (2000), spread evenly. Mentions of the
three layers nest, overlap and cross. MORE further documents (0), a case each and without annotations, keep the models at
work: their sentences are numbered, since what is known of a sentence is not computed again.
"""
import csv
import pathlib
import re
import sys


def mentions(source):
    """Yield (document, label, start, end, text) of every layer."""
    for layer in ("distemist", "medprocner", "symptemist"):
        with open(source / f"{layer}_mentions.tsv", encoding="utf-8", newline="") as f:
            for row in csv.DictReader(f, delimiter="\t"):
                start, end = (row["off0"], row["off1"]) if "off0" in row else (row["start_span"], row["end_span"])
                yield row["filename"], row["label"], int(start), int(end), row.get("span") or row.get("text") or ""


def read(path):
    """The text of a case, with a line end at its end."""
    text = path.read_bytes().decode("utf-8")
    return text if text.endswith("\n") else text + "\n"


def cases(source):
    """The paths of the cases, in the order of their names."""
    return sorted((source / "txt").glob("*.txt"))


def join(source, words):
    """Join documents until there are so many words; the text, the mentions that lie in it, and how many words."""
    by_document = {}
    for name, *mention in mentions(source):
        by_document.setdefault(name, []).append(mention)
    text, found, count = "", [], 0
    for path in cases(source):
        if count >= words:
            break
        document = read(path)
        for label, start, end, covered in by_document.get(path.stem, []):
            if document[start:end] == covered and "\n" not in covered:
                found.append((len(text) + start, len(text) + end, label, covered))
        text += document + "\n"
        count += len(document.split())
    return text, sorted(found), count


def numbered(text, number):
    """The text with a number before each sentence, about."""
    return re.sub(r"(?m)(^|(?<=\. ))(?=\w)", f"{number} ", text)


def main(source, out, words=75000, spans=2000, more=0):
    source, out = pathlib.Path(source), pathlib.Path(out)
    text, found, count = join(source, int(words))
    spans = min(int(spans), len(found))
    chosen = [found[i * len(found) // spans] for i in range(spans)]
    out.mkdir(parents=True, exist_ok=True)
    (out / "long.txt").write_bytes(text.encode("utf-8"))
    lines = [f"T{i}\t{label} {start} {end}\t{covered}\n" for i, (start, end, label, covered) in enumerate(chosen, 1)]
    (out / "long.ann").write_bytes("".join(lines).encode("utf-8"))
    paths = cases(source)
    for i in range(int(more)):
        copy, case = divmod(i, len(paths))
        (out / f"more-{i + 1:05}.txt").write_bytes(numbered(read(paths[case]), copy + 1).encode("utf-8"))
    labels = sorted({label for _, _, label, _ in chosen})
    (out / "annotation.conf").write_text("[entities]\n" + "\n".join(labels) + "\n[relations]\n[events]\n[attributes]\n")
    print(f"{out}: {count} words, {spans} mentions")


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
