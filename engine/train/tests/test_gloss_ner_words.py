"""Words and characters, cleaning, label attention and vectors of the recipes. Needs torch."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from gloss_ner import attention, characters, clean, run, settings, vectors, words
from gloss_ner.documents import DataError
from gloss_ner.events import Stop
from gloss_ner.recipes import KNOWN
from gloss_ner.settings import FOLDER


def file(text, name="file.txt"):
    path = Path(tempfile.mkdtemp()) / name
    path.write_bytes(text.encode())
    return path


class Cleaning(unittest.TestCase):
    def test_places(self):
        steps = ["numbers=Cifra", "drop-punct", "skip-one-word-sentences"]
        text = "😀 (Ca.) de 1,5 cafe\u0301."
        got = clean.clean(text, steps)
        self.assertEqual(got.string, "Ca de Cifra cafe\u0301")
        for part, want in (("Ca de", "Ca.) de"), ("Cifra", "1,5"), ("cafe\u0301", "cafe\u0301")):
            at = got.string.index(part)
            a, b = got.source(at, at + len(part))
            self.assertEqual(text[a:b], want)
        self.assertEqual(clean.clean("Diagnóstico:", steps).string, "")

    def test_steps_that_are_refused(self):
        for steps in (["uper"], ["numbers="], ["numbers=a b"], [clean.SKIP, "lower"]):
            with self.assertRaises(ValueError):
                clean.check(steps)


class Words(unittest.TestCase):
    def units(self, **more):
        return words.Words.of_texts(["El té (100 mg). El té."], ["café"], {"max": 4, "by": "single"}, {"min_count": 1, "longest": 3}, **more)

    def test_words(self):
        text = "té-verde\u00a0cafe\u0301\r\n😀!2º \u0301x"
        self.assertEqual([text[a:b] for a, b in words.words(text)], ["té", "-", "verde", "cafe\u0301", "😀", "!", "2º", "\u0301x"])

    def test_windows(self):
        units = self.units()
        first, second = units.windows("EL café\nverde")
        self.assertEqual(first.inputs["word_ids"], [units.entries.index("el"), units.entries.index("café")])
        self.assertEqual(first.inputs["char_ids"][1], [1, 1, 1])  # nobody saw c, a or f, and the fourth is not read
        self.assertEqual(second.inputs["word_ids"], [1])
        self.assertEqual(second.offsets, [(8, 13)])
        self.assertEqual(units.entries[:2] + units.entries[-1:], ["<pad>", "<unk>", "café"])

    def test_saved_and_read(self):
        units = self.units(steps=["lower"])
        folder = tempfile.mkdtemp()
        units.save(folder)
        again = words.Words.load(folder, units.settings, 3, ["lower"])
        self.assertEqual((again.entries, again.characters, again.manifest()), (units.entries, units.characters, units.manifest()))

    def test_hidden_words_keep_their_characters(self):
        units = self.units()
        inputs, _ = units.collate(list(units.windows("El té. El té (100 mg).")))
        hidden = units.spoil(inputs, 1.0)
        self.assertTrue(((hidden["word_ids"] == 1) == (inputs["attention_mask"] == 1)).all())
        self.assertTrue((hidden["char_ids"] == inputs["char_ids"]).all())


class Networks(unittest.TestCase):
    def test_padding_changes_nothing_in_words(self):
        torch.manual_seed(1)
        net = characters.Tagger(torch.randn(9, 6), 7, 5, {"tune": True, "features": 4, "char_hidden": 3, "hidden": 4}, 0.5).eval()
        ids, chars = torch.tensor([[2, 3, 4]]), torch.tensor([[[2, 3], [4, 0], [5, 6]]])
        alone = net(ids, chars, torch.ones_like(ids))
        wide_ids, wide = torch.tensor([[2, 3, 4, 0], [5, 6, 7, 8]]), torch.zeros(2, 4, 5, dtype=torch.long)
        wide[0, :3, :2], wide[1, :, 0] = chars[0], 2
        mask = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
        torch.testing.assert_close(net(wide_ids, wide, mask)[0, :3], alone[0])
        other = net(ids, torch.tensor([[[2, 3], [4, 0], [6, 5]]]), torch.ones_like(ids))
        self.assertGreater((other - alone).abs().max(), 1e-4)  # the order of characters counts

    def test_padding_changes_nothing_in_label_attention(self):
        torch.manual_seed(1)
        for layers, look in ((1, True), (3, True), (3, False)):
            net = attention.LabelAttention(8, 3, layers, 10, 5, 0.5, look).eval()
            x = torch.randn(2, 6, 8)
            mask = torch.tensor([[1] * 6, [1] * 4 + [0] * 2])
            torch.testing.assert_close(net(x, mask)[1, :4], net(x[1:, :4], mask[1:, :4])[0])
            self.assertEqual(net(x, mask).shape, (2, 6, 3))

    def test_the_last_layer_is_attention_over_tags(self):
        net = attention.LabelAttention(8, 3, 1, 10, 5, 0.0).eval()
        x, mask = torch.randn(1, 4, 8), torch.ones(1, 4, dtype=torch.long)
        states = net.recurrent[0](x, attention.turned_places(mask))
        keys = net.last.key(net.tags)
        torch.testing.assert_close(net(x, mask)[0], net.last.query(states)[0] @ keys.T / 10 ** 0.5)
        with self.assertRaises(ValueError):
            attention.LabelAttention(8, 3, 1, 12, 5, 0.0)


class Vectors(unittest.TestCase):
    def test_a_file(self):
        got = vectors.read(file("2 3\nTé 1 2 3\nde 4 5 6\n"), "vectors.file")
        self.assertEqual({w: list(v) for w, v in got.items()}, {"té": [1, 2, 3], "de": [4, 5, 6]})
        rows = vectors.table(["<pad>", "<unk>", "té"], got, 9, np.random.default_rng(1))
        self.assertEqual((rows.shape, list(rows[0]), list(rows[2])), ((3, 3), [0, 0, 0], [1, 2, 3]))

    def test_broken_files(self):
        for text, want in (("a 1 2\nb 1\n", ":2: 1 numbers"), ("a 1 x\n", ":1: "), ("", "no vectors")):
            with self.assertRaisesRegex(DataError, want):
                vectors.read(file(text), "vectors.file")
        with self.assertRaisesRegex(DataError, "no such file"):
            list(vectors.raw_texts(["nowhere"]))

    def test_trained_from_raw_text(self):
        lines = file("".join(json.dumps({"text": "Toma aspirina. Toma paracetamol."}) + "\n" for _ in range(9)), "raw.jsonl")
        each = {"dims": 8, "window": 2, "min_count": 2, "epochs": 2}
        for kind in ("fasttext", "word2vec"):
            got = vectors.train(vectors.raw_texts([lines]), each | {"kind": kind}, 1)
            self.assertEqual(set(got), {"toma", "aspirina", "paracetamol", "."})
            again = vectors.train(vectors.raw_texts([lines]), each | {"kind": kind}, 1)
            self.assertTrue(all((got[w] == again[w]).all() for w in got))


ENGLISH = ["Severe pneumonia was treated with remdesivir.", "The ACE2 gene binds the virus in patients with diabetes.",
           "Remdesivir did not change diabetes.", "Expression of ACE2 and TMPRSS2 was low after dexamethasone.", "Pneumonia and diabetes were common."]
LABELS = {"pneumonia": "DISORDER", "diabetes": "DISORDER", "remdesivir": "CHEMICAL", "dexamethasone": "CHEMICAL", "ace2": "GENE", "tmprss2": "GENE",
          "virus": "SPECIES"}


class SecondCorpus(unittest.TestCase):
    """The configuration for CORD-19, on sentences written for this test."""

    def test_it_learns_its_three_labels(self):
        folder = Path(tempfile.mkdtemp())
        for i, text in enumerate(ENGLISH * 4):
            marks = [(text.lower().index(m), len(m), label) for m, label in LABELS.items() if m in text.lower()]
            (folder / f"{i}.txt").write_text(text, encoding="utf-8")
            (folder / f"{i}.ann").write_text("".join(f"T{n}\t{label} {a} {a + k}\t{text[a:a + k]}\n" for n, (a, k, label) in enumerate(marks)),
                                             encoding="utf-8")
        concepts = file("pneumonia 1 0\ndiabetes 1 0\nremdesivir 0 1\n")
        config, _ = settings.load(FOLDER / "pharmaconer_cord19.toml", KNOWN, [
            f"data.train=['{folder}']", "train.epochs=25", "train.patience=0", "train.rate=1e-2", "train.dropout=0.1", "train.dev_every=25",
            "train.device=cpu", "train.batch_windows=4", "vectors.dims=16", "vectors.min_count=1", f"vectors.concepts={concepts}", "network.hidden=16"])
        out = Path(tempfile.mkdtemp()) / "run"
        with contextlib.redirect_stdout(io.StringIO()):
            run.train(config, out, "", Stop())
        predictor = run.open_run(out)
        found = [(a, b, label) for a, b, label, _ in predictor.predict("Remdesivir for pneumonia, and ACE2 of the virus.")]
        self.assertEqual(found, [(0, 10, "CHEMICAL"), (15, 24, "DISORDER"), (30, 34, "GENE")])
        manifest = json.loads((out / "bundle/gloss.json").read_text())
        self.assertEqual((manifest["languages"], len(manifest["layers"][0]["labels"])), (["en"], 16))
        self.assertEqual(predictor.units.entries[1], "<unk>")
        graph = run.open_run(out, out / "bundle")
        self.assertEqual([s[:3] for s in graph.predict(ENGLISH[1])], [s[:3] for s in predictor.predict(ENGLISH[1])])


if __name__ == "__main__":
    unittest.main()
