"""Text to sentences, sentences to windows, spans to tags.

Everything here is deterministic and is mirrored by the program that runs the model, so the rules are written out in full.
Offsets are Unicode code points, half-open.

Sentences. White space is Unicode's White_Space property. A line break (\\n or \\r) always ends a sentence. Inside a line a
sentence ends after

  1. a run of one or more of  . ! ? …
  2. then any closing marks  ) ] " ' » ” ’  (none is fine)
  3. then at least one white space
  4. then an upper-case or title-case letter, a decimal digit, or one of  ¿ ¡ " ( [ « “

unless the run is exactly one full stop, and the word right before it (the longest run of letters, numbers and full stops that
ends there) is, in lower case,

  a. letters that stand alone, with a full stop between each two ("s", "t.a", "i.v"), or
  b. in abbreviations.txt.

A decimal ("3.5") never ends a sentence, since no white space follows its point. Sentences are trimmed of white space at both
ends, and empty ones are left out.
"""

import unicodedata
from pathlib import Path

ENDERS = ".!?…"
CLOSERS = ")]\"'»”’"
OPENERS = "¿¡\"([«“"
OVERLAP = 16


def read_abbreviations(path=None):
    path = path or Path(__file__).with_name("abbreviations.txt")
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


ABBREVIATIONS = read_abbreviations()


def is_space(c):
    return c in "\t\n\v\f\r \x85" or unicodedata.category(c)[0] == "Z"


def is_abbreviation(word):
    """word: what stands before a full stop, without it."""
    word = word.lower()
    if word in ABBREVIATIONS:
        return True
    parts = word.split(".")
    return all(len(p) == 1 and p.isalpha() for p in parts)


def _word_before(text, begin, dot):
    start = dot
    while start > begin and (text[start - 1] == "." or unicodedata.category(text[start - 1])[0] in "LN"):
        start -= 1
    return text[start:dot]


def _opens(c):
    return c in OPENERS or unicodedata.category(c) in ("Lu", "Lt", "Nd")


def _ends_in_line(text, begin, end):
    """Offsets right after each sentence that ends inside the line text[begin:end]."""
    i = begin
    while i < end:
        if text[i] not in ENDERS:
            i += 1
            continue
        run = i
        while i < end and text[i] in ENDERS:
            i += 1
        single_dot = text[run:i] == "."
        after = i
        while after < end and text[after] in CLOSERS:
            after += 1
        following = after
        while following < end and is_space(text[following]):
            following += 1
        if following == after or following == end or not _opens(text[following]):
            continue
        if single_dot and is_abbreviation(_word_before(text, begin, run)):
            continue
        yield after
        i = after


def _trim(text, start, end):
    while start < end and is_space(text[start]):
        start += 1
    while end > start and is_space(text[end - 1]):
        end -= 1
    return start, end


def lines(text):
    """(start, end) of every line; line breaks are \\n and \\r."""
    start = 0
    for i, c in enumerate(text):
        if c in "\n\r":
            yield start, i
            start = i + 1
    yield start, len(text)


def sentences(text):
    """(start, end) of every sentence of text, in order."""
    found = []
    for begin, end in lines(text):
        start = begin
        for cut in (*_ends_in_line(text, begin, end), end):
            s, e = _trim(text, start, cut)
            if s < e:
                found.append((s, e))
            start = cut
    return found


def encode_sentences(tokenizer, text, bounds=None):
    """For every sentence: (ids, offsets), with offsets into text. Sentences without a piece are left out."""
    bounds = sentences(text) if bounds is None else bounds
    encoded = tokenizer.encode_batch([text[s:e] for s, e in bounds], add_special_tokens=False)
    for (start, _), e in zip(bounds, encoded):
        if e.ids:
            yield e.ids, [(a + start, b + start) for a, b in e.offsets]


def pack(sizes, limit, openers=frozenset()):
    """Windows of consecutive whole sentences: lists of sentence indexes whose sizes add up to at most limit.

    A sentence longer than limit is a window of its own; it is then run in parts (see cut). openers: indexes of sentences that
    begin a window, however much room the one before has.
    """
    window, used = [], 0
    for i, size in enumerate(sizes):
        if window and (used + size > limit or i in openers):
            yield window
            window, used = [], 0
        window.append(i)
        used += size
    if window:
        yield window


def by_line(settings):
    """Whether windows end where a line does; settings: windows of a config or of gloss.json. Runs before there was a choice
    had none, and their windows go on."""
    by = settings.get("by", "sentence")
    if by not in ("line", "sentence"):
        raise ValueError(f'windows.by = "{by}": want "line" or "sentence"')
    return by == "line"


def windows(tokenizer, text, bounds, settings):
    """(ids, offsets) of every window of text: what the model reads together.

    By "line", the sentences of a window share a line (one that ends in \\n), so what is found in a line depends on that line alone.
    """
    encoded = list(encode_sentences(tokenizer, text, bounds))
    openers = set()
    if by_line(settings):
        openers = {k for k in range(1, len(encoded)) if "\n" in text[encoded[k - 1][1][-1][1]:encoded[k][1][0][0]]}
    for window in pack([len(ids) for ids, _ in encoded], settings["max"], openers):
        yield [i for k in window for i in encoded[k][0]], [o for k in window for o in encoded[k][1]]


def cut(size, limit):
    """Parts of a window of size pieces: (start, end, keep_from, keep_to).

    Parts are limit pieces long and share overlap pieces with the next; of the shared pieces the first half belongs to the
    earlier part, the rest to the later one, so that the kept ranges follow each other without gaps. The logits of the kept
    ranges, put together, are decoded as one sequence.
    """
    overlap = min(OVERLAP, limit // 2)
    parts, start, keep_from = [], 0, 0
    while True:
        end = min(start + limit, size)
        if end == size:
            parts.append((start, end, keep_from, size))
            return parts
        keep_to = end - overlap + overlap // 2
        parts.append((start, end, keep_from, keep_to))
        start, keep_from = end - overlap, keep_to


def outermost(spans):
    """Spans without those inside or across another; (start, end, label), the longer one wins, then the earlier."""
    kept = []
    for s in sorted(set(spans), key=lambda s: (s[0] - s[1], s)):
        if all(s[1] <= k[0] or k[1] <= s[0] for k in kept):
            kept.append(s)
    return sorted(kept)


def in_line(text, start, end):
    """The longest part of a range that lies in one line, of equals the last, without white space at its ends: in windows by
    sentence tags may go on over the end of a line, and no annotation does."""
    part = start
    best = (start, start)
    for line in text[start:end].split("\n"):
        if len(line) >= best[1] - best[0]:
            best = (part, part + len(line))
        part += len(line) + 1
    return _trim(text, *best)


def tag_names(labels):
    """O first, then B-, I-, E- and S- of each label."""
    return ["O"] + [f"{p}-{label}" for label in labels for p in "BIES"]


def all_tag_names(layers):
    """The tags of every layer; layers: {name: labels}."""
    return [tag_names(labels) for labels in layers.values()]


def tags_of(offsets, spans, index):
    """BIOES tags (as numbers) of pieces at offsets; spans do not overlap."""
    tags = [0] * len(offsets)
    for start, end, label in spans:
        inside = [i for i, (a, b) in enumerate(offsets) if a < end and b > start]
        if not inside:
            continue
        first, last = inside[0], inside[-1]
        if first == last:
            tags[first] = index[f"S-{label}"]
            continue
        for i in range(first, last + 1):
            prefix = "B" if i == first else "E" if i == last else "I"
            tags[i] = index[f"{prefix}-{label}"]
    return tags


def spans_of(tags, names, offsets):
    """(start, end, label, first piece, last piece) of each whole B I* E or S of one label; broken ones are left out."""
    found, open_at, open_label = [], None, None
    for i, t in enumerate(tags):
        prefix, _, label = names[t].partition("-")
        if prefix == "S":
            found.append((*offsets[i], label, i, i))
        if prefix == "B":
            open_at, open_label = i, label
        elif prefix in "IE" and open_label == label:
            if prefix == "E":
                found.append((offsets[open_at][0], offsets[i][1], label, open_at, i))
                open_label = None
        else:
            open_label = None
    return found
