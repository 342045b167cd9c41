import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
from gloss_ner.documents import DataError
from gloss_ner.settings import defaults_of
from gloss_rank import run


def mentions(n=300):
    rng = np.random.default_rng(1)
    out = []
    for i in range(n):
        x = rng.random((5, 3)).round(3)
        right = int(np.argmax(x[:, 0] - x[:, 1]))
        out.append({"doc": f"d{i}", "file": "f", "gold": [str(right)], "candidates": [{"id": str(k), "x": list(map(float, x[k]))} for k in range(5)]})
    return out


class Rank(unittest.TestCase):
    def setUp(self):
        self.config = defaults_of(run.NAME, run.FOLDER)
        self.config["trees"]["rounds"] = 20

    def test_trees_as_lists_score_as_lightgbm_does(self):
        some = mentions()
        booster = run.fit(some, self.config)
        x, _ = run.rows(some)
        want, trees = booster.predict(x, raw_score=True), run.trees_of(booster)
        for row, raw in zip(x, want):
            total = 0.0
            for t in trees:
                at = 0 if t["feature"] else -1
                while at >= 0:
                    at = t["left"][at] if float(row[t["feature"][at]]) <= t["threshold"][at] else t["right"][at]
                total += t["value"][-at - 1]
            self.assertAlmostEqual(total, raw, places=9)

    def test_scores_become_chances(self):
        rng = np.random.default_rng(1)
        scores = rng.normal(size=20000)
        pairs = [(s, rng.random() < 1 / (1 + np.exp(-2 * s + 1))) for s in scores]
        scale, offset = run.platt(pairs)
        self.assertAlmostEqual(scale, 2, delta=0.1)
        self.assertAlmostEqual(offset, -1, delta=0.1)

    def test_what_is_left_out_ranks_what_it_did_not_see(self):
        some = mentions()
        found = run.figures(some, run.out_of_fold(some, self.config), 1, 0)["f"]
        self.assertGreater(found["after top-1"], found["before top-1"] + 0.3)

    def test_files_of_other_features_are_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / name for name in ("a", "b", "c")]
            for path, line in zip(paths, ({"features": ["x"]}, {"features": ["y"]}, {"doc": "d"})):
                path.write_text(json.dumps(line) + "\n" + json.dumps({"doc": "d", "gold": [], "candidates": []}) + "\n")
            for wrong in (paths[:2], paths[2:], [Path(folder) / "none"], []):
                with self.assertRaises(DataError):
                    run.read(wrong)


if __name__ == "__main__":
    unittest.main()
