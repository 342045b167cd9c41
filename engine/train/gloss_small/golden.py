"""Expected spans and states for texts written for this purpose: what a program that runs the bundle must reproduce.

The texts hold what goes wrong easily: code points beyond one byte and beyond 16 bits, a letter with a combining accent,
abbreviations, line breaks, and a sentence longer than a window.
"""

import json
import re
from pathlib import Path

from .predict import Predictor

COLUMNS = 4  # of a state that are kept

TEXTS = [
    "Mujer de 58 años, fumadora. La biopsia mostró un carcinoma ductal infiltrante grado 2 con metástasis ganglionares.\n"
    "Se inició tamoxifeno 20 mg al día y se solicitó una gammagrafía ósea.",
    "EVOLUCIÓN\n\nEl Dr. Soler indicó una colectomía derecha por un adenocarcinoma de colon pT3N1M0. A los 5 días presentó fiebre de "
    "38,5 °C y dolor abdominal; el hemocultivo fue positivo para Escherichia coli.",
    "Nota 😀 breve: varón con diabetes mellitus tipo 2 e insuficiencia renal crónica. Niega disnea. Creatinina 2,1 mg/dl; "
    "hemoglobina 9 g/dl.",
    "Un linfoma difuso de células B grandes, CD20 y Ki-67 positivos, fue tratado con rituximab… ¿Recaída? La to\u0301rax-TC "
    "descarto\u0301 meta\u0301stasis o\u0301seas.",
    "El padre del paciente murió de tuberculosis. Su hermana es portadora del virus de la hepatitis C.\r\nSerología para VIH negativa, "
    "T.A. 120/80, sin edemas.",
    "Motivo de consulta\nTos\nFiebre de tres días\n\nAntecedentes\nDiabetes mellitus\r\nCarcinoma de mama\n Radiografía de tórax\nTratamiento\n"
    "Amoxicilina 1 g; paracetamol",
    "En la revisión constaban los antecedentes siguientes, que la familia fue contando sin orden durante la entrevista: una "
    "apendicectomía en la infancia, varios episodios de cefalea con vómitos, una neumonía por Streptococcus pneumoniae que requirió "
    "ingreso, un melanoma lentiginoso acral extirpado de la planta del pie izquierdo con ampliación de márgenes y biopsia del ganglio "
    "centinela, hipertensión arterial en tratamiento con enalapril y amlodipino, una fractura de cadera operada con prótesis, pérdida "
    "de peso de diez kilos en tres meses, astenia intensa y, por último, la masa pulmonar que una tomografía computarizada había "
    "descrito como sugestiva de carcinoma epidermoide con implantes pleurales y derrame asociado.",
]


def states_of(predictor, text):
    """The first numbers of the state of every piece."""
    spans, values, width = [], [], 0
    for offsets, states in predictor.states(text):
        spans += offsets
        width = states.shape[1]
        values += [[round(float(v), 4) for v in row[:COLUMNS]] for row in states]
    return {"text": text, "width": width, "spans": spans, "values": values}


def write(bundle, path):
    """Each window (each part of a long sentence) is run by itself, so that the rows of a batch cannot matter."""
    predictor = Predictor.of_bundle(bundle)
    predictor.batch = 1
    cases = []
    for text in TEXTS:
        found = predictor.predict(text)
        layers = {name: [{"start": a, "end": b, "label": label, "text": text[a:b], "score": round(score, 4)}
                         for a, b, label, score in spans] for name, spans in found.items()}
        cases.append({"text": text, "layers": layers})
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    states = [states_of(predictor, TEXTS[i]) for i in (0, -1)]
    whole = {"model": "gloss-small-es", "offsets": "code points", "score": "mean CRF marginal of the span's tags, calibrated",
             "cases": cases, "states": states}
    lines = re.sub(r"\[\s+([-+\d.e,\s]+?)\s+\]", lambda found: "[" + " ".join(found[1].split()) + "]", json.dumps(whole, ensure_ascii=True, indent=1))
    Path(path).write_text(lines + "\n", encoding="utf-8")
