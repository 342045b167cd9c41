"""Means of weights."""

import tempfile
import unittest
from pathlib import Path

import torch

from gloss_small.mean import mean


class Mean(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())

    def run_of(self, name, value, pieces="{}"):
        out = self.folder / name
        out.mkdir()
        torch.save({"model": {"w": torch.full((2,), value), "places": torch.tensor([7])}, "config": {"name": name}, "epochs": 1.0}, out / "model.pt")
        (out / "tokenizer.json").write_text(pieces)
        return out

    def test_shares_weigh(self):
        mean([(self.run_of("a", 1.0), 0.7), (self.run_of("b", 2.0), 0.3)], self.folder / "out")
        got = torch.load(self.folder / "out/model.pt", weights_only=True)
        torch.testing.assert_close(got["model"]["w"], torch.full((2,), 1.3))
        self.assertEqual((got["model"]["places"].item(), got["config"]["name"]), (7, "a"))

    def test_other_pieces_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "other pieces"):
            mean([(self.run_of("a", 1.0), 1.0), (self.run_of("b", 2.0, "[]"), 1.0)], self.folder / "out")
        self.assertFalse((self.folder / "out").exists())


if __name__ == "__main__":
    unittest.main()
