"""Readers of the corpora and terminologies that training and evaluation draw on.

Every reader yields Name or Mention records. A concept is written `space:code`, so that codes of different
terminologies never meet.
"""
import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

HELD_OUT, TUNING = 0, 1  # fifths of the documents that several corpora share


@dataclass(frozen=True)
class Name:
    text: str
    concept: str
    source: str


@dataclass(frozen=True)
class Mention:
    text: str
    concept: str
    document: str
    source: str


def fifth(document):
    """The fifth of a document: one split serves every layer of annotation over the same texts."""
    identifier = document.removeprefix("es-")
    return int(hashlib.sha256(identifier.encode("utf-8")).hexdigest(), 16) % 5


def table(path):
    """The rows of a quoted TSV as dictionaries; `utf-8-sig` and the csv module see to BOM and CRLF."""
    with open(path, encoding="utf-8-sig", newline="") as handle:
        yield from csv.DictReader(handle, delimiter="\t")


def cie_o(data):
    """Both releases of the Spanish morphology axis. Their headers differ, their order does not."""
    for path in sorted((Path(data) / "kb").glob("cie-o-*.tsv")):
        with open(path, encoding="utf-8-sig", newline="") as handle:
            rows = csv.reader(handle, delimiter="\t")
            next(rows)
            for row in rows:
                code = row[0].strip() if row else ""
                if not re.fullmatch(r"\d{4}/\d{1,2}", code):
                    continue
                for text in dict.fromkeys(cell.strip() for cell in row[1:3]):
                    if text:
                        yield Name(text, f"icdo:{code}", path.stem)


def cantemist(data, part):
    """Gold mentions of a part of CANTEMIST, their code in the note of the span."""
    for path in sorted((Path(data) / "cantemist" / part).glob("*.ann")):
        spans, codes = {}, {}
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if line.startswith("T") and len(cells) == 3:
                spans[cells[0]] = cells[2]
            elif line.startswith("#") and len(cells) == 3:
                kind, _, target = cells[1].partition(" ")
                if kind == "AnnotatorNotes":
                    codes[target] = cells[2].strip()
        for span, text in spans.items():
            if span in codes:
                yield Mention(text.strip(), f"icdo:{codes[span]}", path.stem, part)


def snomed_code(cell):
    """A single SNOMED CT code, or "": composites and numbers spoilt by a spreadsheet give none."""
    cell = (cell or "").strip()
    return cell if re.fullmatch(r"\d{6,18}", cell) else ""


def distemist(data):
    for row in table(Path(data) / "spaccc" / "distemist_linking.tsv"):
        if code := snomed_code(row["code"]):
            yield Mention(row["span"].strip(), f"snomed:{code}", row["filename"], "distemist")


def medprocner(data):
    for row in table(Path(data) / "spaccc" / "medprocner_linking.tsv"):
        if code := snomed_code(row["code"]):
            yield Mention(row["text"].strip(), f"snomed:{code}", row["filename"], "medprocner")


def distemist_hpo(data, main_id):
    """DisTEMIST's own links to the Human Phenotype Ontology; composites are left out."""
    for row in table(Path(data) / "spaccc" / "distemist_linking.tsv"):
        code = (row["hpo_code"] or "").strip()
        if re.fullmatch(r"HP:\d{7}", code):
            yield Mention(row["span"].strip(), f"hpo:{main_id.get(code, code)}", row["filename"], "distemist-hpo")


def hpo_english(data):
    """Names of the English release, and a map of retired identifiers to the present ones."""
    names, main_id, current = [], {}, ""
    for line in (Path(data) / "kb" / "hp-2017.obo").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = ""
        elif line.startswith("id: HP:"):
            current = line[4:].strip()
        elif current and line.startswith("name: "):
            names.append(Name(line[6:].strip(), f"hpo:{current}", "hpo-en"))
        elif current and line.startswith("alt_id: HP:"):
            main_id[line[8:].strip()] = current
        elif current and (found := re.match(r'synonym: "(.+?)" (EXACT|NARROW)', line)):
            names.append(Name(found[1].rstrip("."), f"hpo:{current}", "hpo-en"))
    return names, main_id


def hpo_translation(data, language, main_id):
    """Labels and synonyms of one translation, and the English labels printed beside them."""
    folder = Path(data) / "kb" / "hpo-translations"
    label = re.compile(r"rdfs:label|oboInOwl:hasExactSynonym")
    path = folder / f"hp-{language}.babelon.tsv"
    for row in table(path) if path.exists() else ():
        if not label.search(row["predicate_id"] or "") or row["translation_status"] == "NOT_TRANSLATED":
            continue
        concept = f"hpo:{main_id.get(row['subject_id'], row['subject_id'])}"
        for text, source in ((row["translation_value"], f"hpo-{language}"), (row["source_value"], "hpo-en")):
            if text and text.strip() not in ("", "NA"):
                yield Name(text.strip(), concept, source)
    path = folder / f"hp-{language}.synonyms.tsv"
    for row in table(path) if path.exists() else ():
        identifier = row["subject_id"] or ""
        if not identifier.startswith("HP:") or "NOT_TRANSLATED" in row.values():
            continue
        for text in (row["translation_value"] or "").split("|"):
            if text.strip():
                yield Name(text.strip(), f"hpo:{main_id.get(identifier, identifier)}", f"hpo-{language}")


def hpo(data, languages):
    """All names of the Human Phenotype Ontology in the given languages, each once."""
    english, main_id = hpo_english(data)
    names = dict.fromkeys(english if "en" in languages else [])
    for language in languages:
        if language != "en":
            names.update(dict.fromkeys(hpo_translation(data, language, main_id)))
    if "en" not in languages:
        names = {name: None for name in names if name.source != "hpo-en"}
    return list(names), main_id


def training_names(data, split, languages):
    """Every name and mention that a split may train on, each text of a concept once."""
    terms, main_id = hpo(data, languages)
    names = list(cie_o(data)) + terms
    mentions = list(cantemist(data, "train"))
    if split == "final":
        mentions += cantemist(data, "dev1")
    shut = {HELD_OUT} if split == "final" else {HELD_OUT, TUNING}
    for mention in [*distemist(data), *medprocner(data), *distemist_hpo(data, main_id)]:
        if fifth(mention.document) not in shut:
            mentions.append(mention)
    names += [Name(m.text, m.concept, f"mention-{m.source}") for m in mentions]
    unique = {}
    for name in names:
        key = (name.text.lower(), name.concept)
        if key not in unique or name.source.startswith("mention"):
            unique[key] = name
    return list(unique.values())
