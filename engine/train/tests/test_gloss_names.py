"""python -m unittest discover engine/train/tests   (needs torch, tokenizers and onnxruntime; all texts written here)"""

import hashlib
import json
import random
import tempfile
import unittest
from pathlib import Path

import numpy as np

from gloss_names import augment, batches, config, corpora, model, retrieve, tokens

NAMES = [corpora.Name(text, concept, source) for text, concept, source in [
    ("dolor de cabeza", "hpo:1", "hpo-es"), ("cefalea", "hpo:1", "hpo-es"), ("fiebre", "hpo:2", "hpo-es"),
    ("fiebre alta", "hpo:2", "mention-x"), ("tos seca", "snomed:3", "mention-x"), ("fiebre", "snomed:4", "mention-x")]]


def small(layers):
    options = config.load(None, [f"model.layers={layers}", "model.buckets=512", "model.dimensions=16",
                                 "model.feed_forward=32", "model.heads=2"])["model"]
    return model.Encoder(options).eval()


class Corpora(unittest.TestCase):
    def test_fifth_ignores_the_prefix(self):
        want = int(hashlib.sha256(b"S0001-1").hexdigest(), 16) % 5
        self.assertEqual([corpora.fifth("es-S0001-1"), corpora.fifth("S0001-1")], [want, want])

    def test_codes(self):
        got = [corpora.snomed_code(c) for c in ("74400008", "127086001+127078001", "1.47202310001191E+016", "NO_CODE", None)]
        self.assertEqual(got, ["74400008", "", "", "", ""])

    def test_cie_o_is_read_with_quotes_and_without_empty_columns(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "kb" / "cie-o-x.tsv"
            path.parent.mkdir()
            path.write_bytes('codigo\tlargo\tcorto\t\t\r\n9999/1\tMasa rara\t"Masa, rara"\t\t\r\nfin\t\t\t\t\r\n'.encode())
            self.assertEqual({n.text for n in corpora.cie_o(folder)}, {"Masa rara", "Masa, rara"})


class Text(unittest.TestCase):
    def test_tokenizer(self):
        made = tokens.build([n.text for n in NAMES], 1)
        self.assertEqual(made.encode("¡Niño, (Alto)!").tokens, ["[CLS]", *"nino alto", "[SEP]"])
        self.assertEqual(made.encode("").ids, [tokens.START, tokens.END])
        row = tokens.encode(made, ["a" * 50], 10)[0]
        self.assertEqual((row[0], row[-1], len(row)), (tokens.START, tokens.END, 10))

    def test_copies(self):
        rates = config.load()["augment"]
        copies = augment.variants(NAMES, rates, 1)
        self.assertEqual(copies, augment.variants(NAMES, rates, 1))
        self.assertEqual([c[0] for c in copies], [n.text for n in NAMES])
        self.assertTrue(all(len(c) == len(copies[0]) and all(c) for c in copies))
        self.assertEqual(augment.misspell("tos", random.Random(0)), "tos")


class Graph(unittest.TestCase):
    def setUp(self):
        import torch
        torch.manual_seed(5)
        self.torch = torch
        self.tokenizer = tokens.build([n.text for n in NAMES], 1)
        self.ids = torch.tensor(tokens.encode(self.tokenizer, [n.text for n in NAMES], 24).astype(np.int64))

    def test_ngrams_keep_within_words(self):
        ids = self.torch.tensor([[tokens.START, 10, 11, tokens.SPACE, 12, tokens.END, 0]])
        _, real = model.hash_ngrams(ids, [2, 3, 4], 512, 1)
        self.assertEqual(real[0].tolist(), [[1, 1, 1], [1, 1, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]])

    def test_a_bag_does_not_mind_the_order_of_words(self):
        encoder = small(0)
        rows = tokens.encode(self.tokenizer, ["tos seca", "seca tos"], 24).astype(np.int64)
        a, b = encoder.vectors(self.torch.tensor(rows))
        self.assertAlmostEqual(float(a @ b), 1.0, places=5)

    def test_padding_and_packing_change_nothing(self):
        for layers in (0, 2):
            encoder = small(layers)
            if layers:
                self.torch.nn.init.normal_(encoder.out.weight)
            whole = encoder.vectors(self.ids)
            for row, want in zip(self.ids, whole):
                self.assertTrue(self.torch.allclose(encoder.vectors(row[row > 0][None])[0], want, atol=1e-5))
            self.assertTrue(self.torch.allclose(encoder.train().vectors(self.ids), whole, atol=1e-5))

    def test_export(self):
        from gloss_names import export
        for layers in (0, 1):
            options = config.load(None, [f"model.layers={layers}"])
            encoder = small(layers)
            options["model"] = encoder.options
            with tempfile.TemporaryDirectory() as folder:
                folder = Path(folder)
                self.torch.save({"config": options, "weights": encoder.state_dict()}, folder / "encoder.pt")
                self.tokenizer.save(str(folder / "t.json"))
                export.bundle(folder / "encoder.pt", folder / "t.json", folder / "out")
                document = json.loads((folder / "out" / "tokenizer.json").read_text())
                self.assertIsNone(document["truncation"] or document["padding"])
                got = export.Bundle(folder / "out").encode([n.text for n in NAMES])
            cosines = (got * encoder.vectors(self.ids).detach().numpy()).sum(1)
            self.assertGreater(cosines.min(), 0.999)

    def test_loss_knows_friend_from_foe(self):
        data = batches.Names(NAMES, np.repeat(self.ids.numpy()[:, None].astype(np.uint8), 2, 1), "cpu")
        rows = self.torch.arange(len(NAMES))
        apart = self.torch.eye(len(data.size))[data.concept]
        near = batches.loss(apart, rows, data, 0.05, "sum")
        far = batches.loss(self.torch.eye(len(NAMES)), rows, data, 0.05, "sum")
        self.assertLess(float(near), 0.01)
        self.assertGreater(float(far), float(near) + 0.1)


class Retrieval(unittest.TestCase):
    def test_rank(self):
        base = retrieve.KnowledgeBase(NAMES + [NAMES[5]])
        scores = retrieve.Tfidf(base.texts).scores(["fiebre", "tos"])
        ranked = retrieve.rank(base, scores)
        self.assertEqual(ranked[0][:2], ["snomed:4", "hpo:2"])  # a tie goes to the concept seen more often
        self.assertEqual(ranked[1][0], "snomed:3")


if __name__ == "__main__":
    unittest.main()
