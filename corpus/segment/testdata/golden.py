"""Writes golden.json: texts, and the sentences that the NER recipe cuts them into.

Run it after a change of the rule in engine/train/gloss_small/data.py:

    python3 corpus/segment/testdata/golden.py
"""

import json
import random
import sys
from pathlib import Path

here = Path(__file__).parent
sys.path.insert(0, str(here.parents[2] / "engine" / "train"))
from gloss_small.data import ABBREVIATIONS, sentences  # noqa: E402

WRITTEN = [
    "",
    " \n\t\r\n ",
    "Sin alergias.",
    "Acude a consulta. Refiere dolor.",
    "Mide 3.5 cm. Pesa 2 g.\nSegunda línea",
    "Valorado por el Dr. Pérez. La Dra. Ruiz lo confirma.",
    "Cultivo con S. aureus. T.A. 120/80. Alta.",
    "Dosis i.v. Se repite.",
    "¿Fuma? ¡Nunca! ¿Bebe? Sí...",
    "Fiebre… Tos… seca. Disnea… 3 días",
    "Dijo «me duele.» Luego calló. (Ver fig. 2.) Fin.",
    "Alta (sin fiebre). [Nota] \"Cita.\" 'Otra.' Última.",
    "final de línea.\r\nOtra línea. \r\r Y otra\n\n\n",
    "minúscula. sigue. Aquí no. ¿y aquí? sí. “Comillas” y «más».",
    "No hay espacio.Sigue junto. 5 mg. 10 mg/24 h.",
    "Espacio duro.\u00a0Siguiente.\u2003Otra.\u2028Más.\x85Fin.\x0bY.\x0cZ.",
    "İ. Uno. i\u0307. Dos. ß. Tres. ª. Cuatro. a\u0301. Cinco.",
    "ǅ. Título. ǅungla. Ⅷ. Romano. Ⅷ años. ٣. Árabe. ٣ días. ½. Medio. ½ dosis.",
    "a.b.c. Siete. ab.c. Ocho. a..b. Nueve. .a. Diez. a1. Once. 1.a. Doce.",
    "p.ej. Esto. P.EJ. Eso. EE.UU. Allí. sat.O2. Baja. xsat.o2. No.",
    "Núm. 4. TTO. Cinco. Hª. Clínica. DÑA. Ana.",
    "...Empieza. !!! Grita. ?! Duda. .. Dos puntos. . Uno. ",
    "Uno.)]\"'»”’ Dos.) tres.) Cuatro.( Cinco. ( Seis. [ Siete",
    "世界。 日本. 世界. A世. B",
    "niño 🙂. Año 🙂.🙂 Mes. 🙂 día. É\u0301l. E\u0301l.",
    "fin. ", "fin.", "fin. A", ".", "…", ". A", "a. A", "\ta. \tA\t",
]

ALPHABET = [*".!?…)]\"'»”’¿¡([«“", *"....    ", *"aAbñÑ1٣½İǅªßÉ", "\n", "\r", "\u00a0", "\x85", "\x1c", "\u200b",
            "🙂", "\u0301", "世", *sorted(ABBREVIATIONS), "Dr", "Sat.O2"]


def drawn(rng):
    return "".join(rng.choice(ALPHABET) for _ in range(rng.randrange(1, 40)))


rng = random.Random(7)
texts = WRITTEN + [drawn(rng) for _ in range(400)]
rows = [json.dumps({"text": t, "sentences": sentences(t)}, ensure_ascii=True) for t in texts]
(here / "golden.json").write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
