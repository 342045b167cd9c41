"""Spoilt copies of names, so that the encoder meets at training what annotators and typists will send it."""
import random
import re

# Case, accents and punctuation are the tokenizer's: it lowers, strips and blanks them before the model sees a name.

BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")
UNSPECIFIED = re.compile(r",?\s+(SAI|NOS|no especificad[oa]|sin otra especificación)\b", re.IGNORECASE)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def misspell(word, rng):
    """One slip of the fingers: a letter lost, doubled, replaced, or swapped with the next."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    slip = rng.randrange(4)
    if slip == 0:
        return word[:at] + word[at + 1:]
    if slip == 1:
        return word[:at] + word[at] + word[at:]
    if slip == 2:
        return word[:at] + rng.choice(LETTERS) + word[at + 1:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2:]


def spoil(text, rates, rng):
    """A variant of a name; each kind of damage has its own rate, so a copy may come out whole."""
    if rng.random() < rates["plain"]:
        text = UNSPECIFIED.sub("", BRACKETS.sub("", text)) or text
    words = text.split()
    if len(words) > 2 and rng.random() < rates["drop_word"]:
        del words[rng.randrange(len(words))]
    if len(words) > 1 and rng.random() < rates["shuffle"]:
        rng.shuffle(words)
    if rng.random() < rates["noise"]:
        for _ in range(rng.randrange(1, 3)):
            at = rng.randrange(len(words))
            words[at] = misspell(words[at], rng)
    if len(words) > 1 and rng.random() < rates["abbreviate"]:
        at = max(range(len(words)), key=lambda i: len(words[i]))
        words[at] = words[at][:rng.randrange(3, 6)]
    if len(words) > 1 and rng.random() < rates["join"]:
        at = rng.randrange(len(words) - 1)
        words[at:at + 2] = [words[at] + words[at + 1]]
    return " ".join(words)


def variants(names, rates, seed):
    """For each name itself and its spoilt copies; all lists of one length, the short ones repeated."""
    rng = random.Random(seed)
    width = 1 + max(rates["variants"], rates["variants_hpo"])
    out = []
    for name in names:
        count = rates["variants_hpo"] if name.source.startswith("hpo") else rates["variants"]
        copies = [name.text] + [spoil(name.text, rates, rng) for _ in range(count)]
        out.append([copies[i % len(copies)] for i in range(width)])
    return out
