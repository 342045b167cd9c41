"""Names of a terminology, as training reads them: TSV files with a code and a name in each row, or HPO's Babelon files."""

import csv
import unicodedata
from collections import defaultdict
from pathlib import Path

from .documents import DataError

CODES, NAMES = ("id", "code", "concept", "cui", "subject_id"), ("name", "term", "text", "span", "translation_value")


def read(paths):
    """[(code, name)] of files, each once, in their order. The first row names the columns; without a known name in it, the first
    column is the code, the second the name."""
    found = {}
    for path in map(Path, paths):
        try:
            with open(path, encoding="utf-8-sig", newline="") as f:
                rows = list(csv.reader(f, delimiter="\t"))
        except (OSError, UnicodeDecodeError, csv.Error) as e:
            raise DataError(f"names {path}: {e}") from e
        code, name, first = _columns(rows[0] if rows else [])
        for n, row in enumerate(rows[first:], first + 1):
            if not row or "NOT_TRANSLATED" in row:
                continue
            if len(row) <= max(code, name):
                raise DataError(f"names {path}:{n}: want a code in column {code + 1} and a name in column {name + 1}")
            if text := row[name].strip():
                found[row[code].strip(), text] = None
    return list(found)


def _columns(header):
    """(column of the code, of the name, rows before the first)."""
    known = [cell.strip().lower() for cell in header]
    code = next((known.index(c) for c in CODES if c in known), None)
    name = next((known.index(c) for c in NAMES if c in known), None)
    return (0, 1, 0) if code is None or name is None else (code, name, 1)


def key(text):
    """How names are compared: lower case, without accents, blanks as one."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    return " ".join(plain.split())


class Synonyms:
    """The other names of a concept that a text names."""

    def __init__(self, names):
        self.codes, self.names = defaultdict(list), defaultdict(list)
        for code, text in names:
            self.names[code].append(text)
            if code not in self.codes[key(text)]:
                self.codes[key(text)].append(code)

    def of(self, text):
        """Names of the same concepts that differ from text, in the order of the files."""
        own = key(text)
        return list(dict.fromkeys(n for code in self.codes.get(own, ()) for n in self.names[code] if key(n) != own))
