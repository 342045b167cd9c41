"""How far the scores of mentions can be believed, and what makes them more honest.

A score says how often a mention with such a score should be exactly right: same start, end and label. The mean marginal
probability of a mention's tags is too sure of itself, so each layer gets two numbers, slope and offset, that shift it on the
scale of log odds (Platt 1999, "Probabilistic outputs for support vector machines"). They change no span and, the slope being
positive, the order of no two scores of a layer.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

BINS = 10
EDGE = 1e-6  # scores nearer to 0 or 1 count as this near
SMALLEST_SLOPE = 0.05
FEWEST = 20  # mentions, of which some right and some wrong; with less a layer stays as it is


def log_odds(scores):
    p = np.clip(np.asarray(scores, dtype=float), EDGE, 1 - EDGE)
    return np.log(p) - np.log1p(-p)


def apply(scores, slope, offset):
    return 1 / (1 + np.exp(-(slope * log_odds(scores) + offset)))


def fit(scores, right):
    """(slope, offset) of greatest likelihood. The outcomes are Platt's: a little less than 1, a little more than 0, as if one
    more mention of each kind had been seen. None where there is too little to learn from."""
    right = np.asarray(right, dtype=bool)
    yes, no = int(right.sum()), int((~right).sum())
    if yes + no < FEWEST or not yes or not no:
        return None
    x = torch.from_numpy(log_odds(scores))
    want = torch.from_numpy(np.where(right, (yes + 1) / (yes + 2), 1 / (no + 2)))
    steepness, offset = (torch.zeros((), dtype=torch.float64, requires_grad=True) for _ in range(2))
    solver = torch.optim.LBFGS([steepness, offset], max_iter=500, tolerance_grad=1e-9, line_search_fn="strong_wolfe")

    def loss():
        solver.zero_grad()
        value = functional.binary_cross_entropy_with_logits(x * (SMALLEST_SLOPE + steepness.exp()) + offset, want)
        value.backward()
        return value

    solver.step(loss)
    return SMALLEST_SLOPE + steepness.exp().item(), offset.item()


def bins(scores, right):
    """[(mentions, mean score, share that is right)] of BINS equal parts of 0 to 1; the last two not-a-number where it is empty."""
    scores, right = np.asarray(scores, dtype=float), np.asarray(right, dtype=float)
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    found = []
    for k in range(BINS):
        inside = place == k
        n = int(inside.sum())
        found.append((n, float(scores[inside].mean()), float(right[inside].mean())) if n else (0, float("nan"), float("nan")))
    return found


def error(scores, right):
    """The expected calibration error: the mean distance of score and share, over mentions (Naeini et al. 2015)."""
    return sum(n * abs(mean - share) for n, mean, share in bins(scores, right) if n) / max(len(scores), 1)


def outcomes(predictor, docs):
    """{layer: (scores, which are right, document number of each)} of all mentions that a predictor finds."""
    found = {}
    for number, d in enumerate(docs):
        predicted = predictor.predict(d.text, d.bounds, wanted=d.layers)
        for layer, spans in d.layers.items():
            gold = set(spans)
            rows = found.setdefault(layer, ([], [], []))
            for *place, score in predicted[layer]:
                rows[0].append(score)
                rows[1].append(tuple(place) in gold)
                rows[2].append(number)
    return {layer: tuple(np.array(column) for column in rows) for layer, rows in found.items()}


def held_out(scores, right, owner, parts=5):
    """Each score as a fit without its own document would give it: a fair figure on the documents that the fit itself is of."""
    out = np.array(scores, dtype=float)
    for part in range(parts):
        inside = owner % parts == part
        learnt = fit(scores[~inside], right[~inside])
        if learnt:
            out[inside] = apply(scores[inside], *learnt)
    return out


def calibrate(bundle, predictor, docs):
    """Fits every layer on docs and writes its numbers into the bundle's gloss.json. Gives {layer: (raw, after, right)}, where
    after is by cross-validation over documents. predictor must be one without a calibration."""
    path = Path(bundle) / "gloss.json"
    spec = json.loads(path.read_text(encoding="utf-8"))
    result = {}
    for name, (scores, right, owner) in outcomes(predictor, docs).items():
        layer = next(layer for layer in spec["layers"] if layer["name"] == name)
        layer.pop("calibration", None)
        if learnt := fit(scores, right):
            layer["calibration"] = {"slope": round(learnt[0], 5), "offset": round(learnt[1], 5)}
        result[name] = scores, held_out(scores, right, owner), right
    path.write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return result


def compare(raw, calibrated, docs):
    """{layer: (raw scores, calibrated scores, right)} of two predictors that differ by calibration alone."""
    before, after = outcomes(raw, docs), outcomes(calibrated, docs)
    return {layer: (before[layer][0], after[layer][0], before[layer][1]) for layer in before}


def markdown(result):
    """Tables for a model card: the error of each layer, then the bins of all layers together, before and after."""
    lines = ["| layer | mentions | right | mean score before / after | ECE before | ECE after |", "|---|---|---|---|---|---|"]
    rows = [*result.items(), ("all", tuple(np.concatenate(column) for column in zip(*result.values())))]
    for layer, (raw, after, right) in rows:
        lines.append(f"| {layer} | {len(right)} | {right.mean():.3f} | {raw.mean():.3f} / {after.mean():.3f} "
                     f"| {error(raw, right):.3f} | {error(after, right):.3f} |")
    lines += ["", "| score | mentions, mean score, right: before | after |", "|---|---|---|"]
    raw, after, right = rows[-1][1]
    for k, pair in enumerate(zip(bins(raw, right), bins(after, right))):
        cells = [f"{n}, {mean:.3f}, {share:.3f}" if n else "0" for n, mean, share in pair]
        lines.append(f"| {k / BINS:.1f}–{(k + 1) / BINS:.1f} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)
