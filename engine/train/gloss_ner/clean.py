"""Text as the model reads it: cleaning steps with an offset map. engine/clean is the same in Go, to the letter.

Offsets are Unicode code points, half-open. The steps, in the order in which a configuration lists them:

lower                     each code point becomes its lower case by Unicode's simple mapping, which gives one for one
drop-punct                all but letters, numbers, combining marks and white space goes, and so do marks that stand on
                          what goes; a run of what goes and of white space becomes one blank, at the ends of the text nothing
numbers=TOKEN             each number becomes TOKEN; a number is decimal digits, with single full stops or commas between
                          them, that touch no letter, mark or other number
skip-one-word-sentences   what has fewer than two words is not read at all; words are longest runs of letters, numbers and
                          marks; it comes last
"""

import unicodedata

SKIP = "skip-one-word-sentences"


def is_space(c):
    return c in "\t\n\v\f\r \x85" or unicodedata.category(c)[0] == "Z"


def is_word(c):
    return unicodedata.category(c)[0] in "LNM"


def check(steps):
    """Raises ValueError where a step is unknown or out of place."""
    for i, step in enumerate(steps):
        token = step.removeprefix("numbers=")
        if step in ("lower", "drop-punct") or step == SKIP and i == len(steps) - 1:
            continue
        if token != step and token and not any(map(is_space, token)):
            continue
        raise ValueError(f"preprocess step {step!r}: want lower, drop-punct, numbers=TOKEN, or {SKIP} as the last")


class Text:
    """A cleaned text; places are those of its code points in the original."""

    def __init__(self, string, places):
        self.string, self.places = string, places

    def source(self, start, end):
        """The range of the original that [start, end) stands for, white space at both ends left out."""
        at = self.places
        while start < end and is_space(self.string[start]):
            start += 1
        while end > start and is_space(self.string[end - 1]):
            end -= 1
        if start < end:
            return at[start][0], at[end - 1][1]
        if start < len(at):
            return at[start][0], at[start][0]
        return (at[start - 1][1],) * 2 if start > 0 else (0, 0)


def clean(text, steps):
    """text after the steps; a Text."""
    units = [(c, i, i + 1) for i, c in enumerate(text)]
    for step in steps:
        if step == "lower":
            units = [(c.lower()[0], a, b) for c, a, b in units]
        elif step == "drop-punct":
            units = _drop(units)
        elif step.startswith("numbers="):
            units = _numbers(units, step.removeprefix("numbers="))
        elif _words(units) < 2:
            units = []
    return Text("".join(c for c, _, _ in units), [(a, b) for _, a, b in units])


def _drop(units):
    kept, gap, gone = [], [], False
    for u in units:
        c = u[0]
        on_gone = gap and unicodedata.category(c)[0] == "M" and not is_space(gap[-1][0])
        if is_space(c) or not is_word(c) or on_gone:
            gap.append(u)
            gone = gone or not is_space(c)
            continue
        if not gone:
            kept += gap
        elif kept:
            kept.append((" ", gap[0][1], gap[-1][2]))
        kept.append(u)
        gap, gone = [], False
    return kept if gone else kept + gap


def _numbers(units, token):
    digit = [unicodedata.category(c) == "Nd" for c, _, _ in units] + [False]
    out, i = [], 0
    while i < len(units):
        end = i
        while digit[end] or end > i and end < len(units) and units[end][0] in ".," and digit[end + 1]:
            end += 1
        alone = end > i and (i == 0 or not is_word(units[i - 1][0])) and (end == len(units) or not is_word(units[end][0]))
        if alone:
            out += [(c, units[i][1], units[end - 1][2]) for c in token]
        else:
            end = max(end, i + 1)
            out += units[i:end]
        i = end
    return out


def _words(units):
    inside = [False] + [is_word(c) for c, _, _ in units]
    return sum(b and not a for a, b in zip(inside, inside[1:]))
