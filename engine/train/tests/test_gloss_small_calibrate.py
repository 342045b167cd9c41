"""Scores that are too sure of themselves become honest, and nothing else changes."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np

from gloss_small import calibrate
from gloss_small.corpora import Document


def drawn(n=4000, slope=0.5, offset=-0.8, seed=3):
    """Scores of a model that is too sure, and what is right."""
    rng = np.random.default_rng(seed)
    scores = 1 / (1 + np.exp(-rng.normal(3, 2, n)))
    return scores, rng.random(n) < calibrate.apply(scores, slope, offset)


class Fake:
    def __init__(self, found):
        self.found = found

    def predict(self, text, bounds=None, wanted=None, scores=True):
        return self.found[text]


class Calibration(unittest.TestCase):
    def test_what_was_put_in_is_found(self):
        scores, right = drawn()
        slope, offset = calibrate.fit(scores, right)
        self.assertAlmostEqual(slope, 0.5, delta=0.06)
        self.assertAlmostEqual(offset, -0.8, delta=0.15)
        after = calibrate.apply(scores, slope, offset)
        self.assertGreater(calibrate.error(scores, right), 0.1)
        self.assertLess(calibrate.error(after, right), 0.02)
        self.assertEqual(np.argsort(after, kind="stable").tolist(), np.argsort(scores, kind="stable").tolist())

    def test_too_little_to_learn_from(self):
        self.assertIsNone(calibrate.fit([0.9] * 19, [True, False] * 9 + [True]))
        self.assertIsNone(calibrate.fit([0.9] * 50, [True] * 50))

    def test_scores_that_order_nothing_keep_their_order(self):
        slope, _ = calibrate.fit([0.99] * 20 + [0.6] * 20, [False] * 19 + [True] + [True] * 20)
        self.assertAlmostEqual(slope, calibrate.SMALLEST_SLOPE, places=3)

    def test_all_scores_at_the_end_of_the_scale(self):
        slope, offset = calibrate.fit([1.0] * 100, [True] * 80 + [False] * 20)
        self.assertAlmostEqual(float(calibrate.apply(1.0, slope, offset)), 0.8, delta=0.02)

    def test_bins(self):
        table = calibrate.bins([0.05, 0.95, 0.96, 1.0], [False, True, True, False])
        self.assertEqual([n for n, *_ in table], [1, 0, 0, 0, 0, 0, 0, 0, 0, 3])
        self.assertAlmostEqual(table[9][2], 2 / 3)
        self.assertAlmostEqual(calibrate.error([0.05, 0.95], [False, True]), 0.05)

    def test_no_document_judges_itself(self):
        scores, right = drawn(400)
        owner = np.arange(400) // 8
        after = calibrate.held_out(scores, right, owner)
        inside = owner % 5 == 2
        want = calibrate.apply(scores[inside], *calibrate.fit(scores[~inside], right[~inside]))
        np.testing.assert_allclose(after[inside], want)

    def test_the_bundle_keeps_what_was_learnt(self):
        scores, right = drawn(200)
        found, docs = {}, []
        for i, (score, ok) in enumerate(zip(scores, right)):
            found[str(i)] = {"cantemist": [(0, 3, "X", score)]}
            docs.append(Document(str(i), str(i), "train", {"cantemist": [(0, 3, "X")] if ok else [(0, 2, "X")]}))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "gloss.json"
            spec = {"version": 1, "layers": [{"name": "cantemist", "labels": ["O"]}, {"name": "other", "labels": ["O"]}]}
            path.write_text(json.dumps(spec))
            raw, after, correct = calibrate.calibrate(folder, Fake(found), docs)["cantemist"]
            written = json.loads(path.read_text())
        self.assertEqual(correct.tolist(), right.tolist())
        learnt = calibrate.fit(scores, right)
        self.assertEqual(written["layers"][0].pop("calibration"), {"slope": round(learnt[0], 5), "offset": round(learnt[1], 5)})
        self.assertEqual(written, spec)
        self.assertIn("| all | 200 |", calibrate.markdown({"cantemist": (raw, after, correct)}))


if __name__ == "__main__":
    unittest.main()
