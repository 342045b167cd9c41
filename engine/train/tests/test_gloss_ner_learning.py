"""Training by the recipes' base: what is learnt, stopped and gone on with. Needs torch."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import torch

from gloss_ner import fit, run, settings
from gloss_ner.events import Stopped
from gloss_ner.recipes import KNOWN

TEXTS = ["Tuvo fiebre y tos.", "Niega disnea. Toma aspirina.", "La tos cede con aspirina.", "Fiebre alta sin disnea."]
LABELS = {"fiebre": "S", "Fiebre alta": "S", "tos": "S", "disnea": "S", "aspirina": "D"}


def corpus():
    folder = Path(tempfile.mkdtemp())
    for i, text in enumerate(TEXTS * 3):
        marks = [(text.index(m), m, label) for m, label in LABELS.items() if m in text]
        (folder / f"{i}.txt").write_text(text, encoding="utf-8")
        (folder / f"{i}.ann").write_text("".join(f"T{n}\t{label} {a} {a + len(m)}\t{m}\n" for n, (a, m, label) in enumerate(marks)), encoding="utf-8")
    return folder


def configuration(*sets, recipe="symptemist"):
    path = Path(tempfile.mkdtemp()) / "c.toml"
    path.write_text(f'recipe = "{recipe}"\n[data]\ntrain = ["{corpus()}"]\n[encoder]\nhidden = 16\nlayers = 1\nheads = 2\nfeed_forward = 16\n'
                    '[train]\ndevice = "cpu"\nepochs = 3\nbatch_windows = 4\nrate_encoder = 1e-2\n', encoding="utf-8")
    return settings.load(path, KNOWN, sets)[0]


class Patient:
    """Asks to stop after so many batches."""

    def __init__(self, batches):
        self.left = batches

    @property
    def asked(self):
        self.left -= 1
        return self.left < 0

    def check(self):
        pass


def trained(config, folder, stop):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run.train(config, folder, "", stop)
    return [json.loads(line) for line in out.getvalue().splitlines()]


class Runs(unittest.TestCase):
    def test_a_stopped_run_goes_on_as_if_it_had_not_stopped(self):
        config = configuration("head.bilstm=8", "train.unknown=0.1")
        whole, parts = Path(tempfile.mkdtemp()) / "a", Path(tempfile.mkdtemp()) / "b"
        told = trained(config, whole, Patient(1000))
        with self.assertRaises(Stopped) as e:
            trained(config, parts, Patient(4))
        self.assertTrue(e.exception.resumes)
        self.assertFalse((parts / "bundle").exists())
        again = trained(config, parts, Patient(1000))
        self.assertEqual([line["event"] for line in again][1], "resume")
        first, second = (torch.load(f / fit.CHECKPOINT, weights_only=True) for f in (whole, parts))
        self.assertTrue(all(torch.equal(v, second["model"][k]) for k, v in first["model"].items()))
        losses = lambda lines: [line["loss"] for line in lines if line["event"] == "epoch"]
        self.assertEqual(losses(told)[-2:], losses(again)[-2:])
        self.assertEqual((whole / "bundle/model.onnx").read_bytes(), (parts / "bundle/model.onnx").read_bytes())

    def test_another_configuration_begins_anew(self):
        folder = Path(tempfile.mkdtemp()) / "a"
        with self.assertRaises(Stopped):
            trained(configuration(), folder, Patient(2))
        told = trained(configuration("seed=5"), folder, Patient(1000))
        self.assertNotIn("resume", [line["event"] for line in told])

    def test_early_stopping_keeps_the_best_epoch(self):
        folder = Path(tempfile.mkdtemp()) / "a"
        told = trained(configuration("train.epochs=40", "train.patience=2"), folder, Patient(10000))
        epochs = [line for line in told if line["event"] == "epoch"]
        done = told[-1]
        best = max(epochs, key=lambda line: (line["dev"]["f1"], -line["epoch"]))
        self.assertEqual((done["best_epoch"], done["figures"]["dev"]), (best["epoch"], best["dev"]))
        self.assertEqual(len(epochs), best["epoch"] + 2)
        saved, spec = torch.load(folder / fit.CHECKPOINT, weights_only=True), json.loads((folder / "bundle/gloss.json").read_text())
        starts = [round(float(v), 6) for v in saved["best"]["chain.start_transitions"]]
        self.assertEqual(spec["layers"][0]["crf"]["start"], starts)
        self.assertNotEqual(starts, [round(float(v), 6) for v in saved["model"]["chain.start_transitions"]])
        predictor = run.open_run(folder)
        _, dev = run.documents.load(configuration()["data"])
        self.assertGreater(best["dev"]["f1"], 0)
        spans = {s[:3] for s in predictor.predict(dev[0].text)}
        graph = {s[:3] for s in run.open_run(folder, folder / "bundle").predict(dev[0].text)}
        self.assertEqual(spans, graph)

    def test_without_dev_documents_every_epoch_is_trained(self):
        folder = Path(tempfile.mkdtemp()) / "a"
        told = trained(configuration("train.epochs=4", "train.patience=2", "data.one_in=1000003"), folder, Patient(10000))
        self.assertEqual([line["epoch"] for line in told if line["event"] == "epoch"], [1, 2, 3, 4])

    def test_the_card_tells_the_run(self):
        folder = Path(tempfile.mkdtemp()) / "a"
        config = configuration("data.licence=CC BY 4.0", "train.epochs=1", recipe="livingner")
        trained(config, folder, Patient(1000))
        spec = json.loads((folder / "bundle/gloss.json").read_text())
        card = spec["card"]
        self.assertEqual((card["recipe"], card["licence"], card["seed"], card["config"]), ("livingner", "CC BY 4.0", 1, config))
        self.assertEqual(set(card["check"]["train"]["labels"]), {"D", "S"})
        self.assertIn("torch", card["versions"])
        self.assertEqual((spec["windows"], spec["layers"][0]["scheme"]), ({"max": 126, "by": "single"}, "iob2"))
        forbidden = spec["layers"][0]["crf"]["transitions"][0][spec["layers"][0]["labels"].index("I-S")]
        self.assertLess(forbidden, -1000)


class Losses(unittest.TestCase):
    def test_masked_language_modelling_is_scored_on_masked_pieces(self):
        from gloss_ner.network import new_encoder
        from gloss_ner.pretrain import loss_of
        language = new_encoder({"hidden": 16, "layers": 1, "heads": 2, "feed_forward": 16}, 30, 0, 20, 0.0).eval()
        ids, wanted = torch.randint(5, 30, (3, 7)), torch.full((3, 7), -100)
        wanted[0, 2], wanted[2, 5] = 7, 9
        mask = torch.ones_like(ids)
        whole = torch.nn.functional.cross_entropy(language(input_ids=ids, attention_mask=mask).logits.flatten(0, 1), wanted.flatten())
        self.assertAlmostEqual(loss_of(language, ids, mask, wanted).item(), whole.item(), places=5)

    def test_cross_entropy_plus_a_tenth_of_the_likelihood(self):
        from gloss_ner.network import Chain, Model
        from gloss_ner.recipe import Recipe
        from gloss_ner.events import Stop
        values = {}
        logits, tags = torch.randn(2, 5, 3), torch.tensor([[0, 1, 2, 0, 0], [1, 2, 0, 0, 0]])
        mask = torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]).bool()
        for name, ce, nll in (("ce", 1, 0), ("nll", 0, 1), ("both", 1, 0.1)):
            recipe = Recipe({"scheme": {"name": "iob2"}, "loss": {"cross_entropy": ce, "likelihood": nll}}, ["X"], Stop())
            torch.manual_seed(0)
            recipe.model = Model(None, Chain(recipe.scheme))
            values[name] = recipe.loss(logits, tags, mask).item()
        self.assertAlmostEqual(values["both"], values["ce"] + 0.1 * values["nll"], places=5)
        with torch.no_grad():
            wanted = -logits.log_softmax(2).gather(2, tags[..., None])[mask].mean().item()
        self.assertAlmostEqual(values["ce"], wanted, places=5)


if __name__ == "__main__":
    unittest.main()
