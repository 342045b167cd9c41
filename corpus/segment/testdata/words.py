"""Writes words.json, what the recipes' own rule gives: PYTHONPATH=engine/train python corpus/segment/testdata/words.py (needs torch)"""

import json
import random
from pathlib import Path

from gloss_ner.words import words

ALPHABET = "aÁñ9½٣\u0301\u0308 \t\r\n.,;(-+€😀\u200d\ufe0f世\u00a0\u2028\x00\x85\ufeff"


def main():
    rng = random.Random(20261121)
    texts = ["", "Ca. ductal (G3) de 1,5 cm.\r\nCafe\u0301 \u0301x", "👨\u200d👩 ❤\ufe0f"]
    texts += ["".join(rng.choice(ALPHABET) for _ in range(rng.randrange(1, 20))) for _ in range(120)]
    cases = [{"text": t, "words": words(t)} for t in texts]
    Path(__file__).with_name("words.json").write_text(json.dumps(cases, separators=(",", ":")).replace("},{\"text", "},\n{\"text") + "\n", encoding="utf-8")


main()
