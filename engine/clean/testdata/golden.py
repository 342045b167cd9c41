"""Writes golden.json, what the recipe's own cleaning gives: PYTHONPATH=engine/train python engine/clean/testdata/golden.py"""

import importlib.util
import json
import random
from pathlib import Path

HERE = Path(__file__).parent
PATH = HERE.parents[1] / "train" / "gloss_ner" / "clean.py"
spec = importlib.util.spec_from_file_location("clean", PATH)  # the package around it wants PyTorch
clean = importlib.util.module_from_spec(spec)
spec.loader.exec_module(clean)

LISTS = [[], ["lower"], ["drop-punct"], ["numbers=Cifra"], ["numbers=Cifra", "drop-punct", "skip-one-word-sentences"],
         ["drop-punct", "numbers=<n>", "lower"], ["lower", "skip-one-word-sentences"]]
TEXTS = ["", " ", "...", "Tumor.", "Diagnóstico: carcinoma (ductal) de 1,5 cm.", "T2N0M0, CD20+; G3", "3,5,7 y 1..2 y 1.5mg y 4.",
         "İstanbul ΣΑΣ ǅ ß", "cafe\u0301 \u0301x a\u0301. .\u0301b", "👨\u200d👩\u200d👧 fiebre ❤\ufe0f alta", "línea\r\nde abajo\r",
         "½ kilo, ٣٤ y 二", "a\x00b\u00a0c\u2028d\ufeffe", "-- dolor -- ", "٣.٤,5 x5 5x"]
ALPHABET = "aÁñ\u0301\u0308 \t\r\n.,;()-15٣½😀\u200d\ufe0fΣİ世\u00a0\x00"


def main():
    rng = random.Random(20261121)
    texts = TEXTS + ["".join(rng.choice(ALPHABET) for _ in range(rng.randrange(1, 25))) for _ in range(150)]
    cases = []
    for i, text in enumerate(texts):
        for steps in LISTS if i < len(TEXTS) else [LISTS[i % len(LISTS)]]:
            c = clean.clean(text, steps)
            sources = [c.source(a, b) for a in range(len(c.string) + 1) for b in range(a, len(c.string) + 1) if b - a < 4 or b == len(c.string)]
            cases.append({"text": text, "steps": steps, "clean": c.string, "sources": sources})
    (HERE / "golden.json").write_text(json.dumps(cases, separators=(",", ":")).replace("},{", "},\n{") + "\n", encoding="utf-8")


main()
