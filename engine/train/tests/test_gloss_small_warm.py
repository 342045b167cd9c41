"""A bundle's weights, back in PyTorch; and what the recipe that goes on from them makes of finished documents."""

import json
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from gloss_ner.documents import DataError
from gloss_ner.recipes import gloss_finetune as finetune
from gloss_ner.recipes import KNOWN
from gloss_ner.settings import ConfigError
from gloss_small import tokenizer as tok, warm
from gloss_small.export import config_json, quantise, write_onnx

LAYERS = {"drugs": ["DRUG", "DOSE"], "signs": ["SIGN"]}
TEXT = "Toma ibuprofeno 600 mg por fiebre y tos."


def bundle(folder, int8, hidden=12):
    """A tiny bundle of random weights."""
    torch.manual_seed(3)
    tokenizer = tok.build([TEXT] * 3, {"lower_pieces": 60, "min_count": 1, "cased_pieces": 5, "cased_min_count": 1})
    model = warm.Network(torch.randn(max(tokenizer.get_vocab_size(), 100), 10), hidden, warm.data.all_tag_names(LAYERS)).eval()
    with torch.no_grad():
        model.crfs.moves.normal_()
    plain = folder / "plain.onnx"
    write_onnx(model.tagger, plain)
    quantise(plain, folder / "model.onnx", 2 * hidden) if int8 else plain.rename(folder / "model.onnx")
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "config.json").write_text(json.dumps(config_json(model.tagger)))
    layers, first = [], 0
    for (name, labels), arrays in zip(LAYERS.items(), model.crfs.arrays()):
        tags = warm.data.tag_names(labels)
        crf = {k: a.astype(float).round(5).tolist() for k, a in zip(("start", "end", "transitions"), arrays)}
        layers.append({"name": name, "first": first, "labels": tags, "scheme": "bioes", "crf": crf})
        first += len(tags)
    spec = {"version": 1, "name": "tiny", "task": "ner", "languages": ["es"], "inputs": "tokenizer", "windows": {"max": 40, "by": "line"},
            "add_special_tokens": False, "outputs": {"logits": "logits", "states": "states"}, "layers": layers, "card": {}}
    (folder / "gloss.json").write_text(json.dumps(spec))
    return model


class Folder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)


class Reading(Folder):
    def test_the_weights_are_those_that_were_written(self):
        for int8, room in ((False, 1e-6), (True, 0.03)):
            wrote = bundle(self.folder, int8)
            read = warm.read(self.folder)
            self.assertEqual(read.layers, LAYERS)
            want = wrote.tagger.state_dict()
            for name, value in read.model.tagger.state_dict().items():
                self.assertLess((value - want[name]).abs().max() / want[name].abs().max().clamp(min=1), room, name)
            for ours, theirs in zip(read.model.crfs.arrays(), wrote.crfs.arrays()):
                for a, b in zip(ours, theirs):
                    np.testing.assert_allclose(a, b, atol=1e-4)

    def test_columns_follow_the_manifest(self):
        wrote = bundle(self.folder, False)
        spec = json.loads((self.folder / "gloss.json").read_text())
        spec["layers"] = spec["layers"][1:]  # as a run of some layers leaves it
        (self.folder / "gloss.json").write_text(json.dumps(spec))
        read = warm.read(self.folder)
        torch.testing.assert_close(read.model.tagger.head.bias, wrote.tagger.head.bias[9:14])

    def test_others_are_refused(self):
        bundle(self.folder, True)
        good = (self.folder / "gloss.json").read_text()
        for broken in ("{", good.replace("I-SIGN", "X-SIGN"), good.replace('"crf"', '"chain"'), good.replace('"first": 9', '"first": 90')):
            (self.folder / "gloss.json").write_text(broken)
            with self.assertRaises(warm.NotOurs):
                warm.read(self.folder)
        (self.folder / "gloss.json").write_text(good)
        (self.folder / "model.onnx").write_bytes(b"half")
        with self.assertRaises(warm.NotOurs):
            warm.read(self.folder)

    def test_a_further_layer_changes_no_other(self):
        bundle(self.folder, True)
        start = warm.read(self.folder)
        wide = warm.widened(start, {"own": ["SPAN"]}).eval()
        ids = torch.randint(2, 30, (2, 9))
        old, new = (m.tagger(ids, torch.ones_like(ids))[0] for m in (start.model, wide))
        torch.testing.assert_close(new[..., :14], old)
        self.assertEqual(new[..., 14:].abs().max().item(), 0)


class Rows(Folder):
    def row(self, **more):
        row = {"doc": "a", "text": TEXT, "finished": True, "split": "train", "spans": [{"label": "DRUG", "spans": [[5, 15]]}]} | more
        return json.dumps(row) + "\n"

    def rows(self, *lines):
        path = self.folder / "rows.jsonl"
        path.write_text("".join(lines))
        return finetune.rows_of([path])

    def test_only_finished_documents_that_are_not_held_out(self):
        train, held = self.rows(self.row(), self.row(doc="b", finished=False), self.row(doc="c", split="held"))
        self.assertEqual(([d.id for d in train], train[0].spans, held), (["a"], [(5, 15, "DRUG")], 1))

    def test_bad_rows(self):
        for lines, want in (((), "no finished document"), ((self.row(split="held"),), "1 are held out"), ((self.row(spans=[]),), "nothing to learn"),
                            ((self.row(), "{"), "rows.jsonl:2"), ((self.row(text="x"),), "outside of its text"), (('{"doc": "a"}',), "KeyError")):
            with self.assertRaisesRegex(DataError, want):
                self.rows(*lines)
        with self.assertRaisesRegex(ConfigError, "data.rows is empty"):
            finetune.rows_of([])

    def test_few_documents_are_all_trained_on(self):
        documents = [finetune.Document(str(i), f"text {i}", [(0, 4, "SPAN")]) for i in range(40)]
        for n, stop in ((39, 0), (40, 8)):
            train, dev = finetune.parted(documents[:n], {"least": 40, "one_in": 5})
            self.assertEqual((len(train), len(dev)), (n - stop, stop))
            self.assertEqual(finetune.parted(documents[:n][::-1], {"least": 40, "one_in": 5}), (train, dev))

    def test_documents_to_stop_by_have_mentions(self):
        documents = [finetune.Document(str(i), f"text {i}", []) for i in range(40)]
        train, dev = finetune.parted(documents, {"least": 40, "one_in": 5})
        self.assertEqual((len(train), len(dev)), (40, 0))

    def test_layers(self):
        doc = lambda *labels: finetune.Document("a", TEXT, [(0, 1, label) for label in labels])
        self.assertEqual(finetune.layers_taught(LAYERS, [doc("SIGN")], "own"), ({}, ["signs"]))
        self.assertEqual(finetune.layers_taught(LAYERS, [doc("B", "DOSE"), doc("A")], "own"), ({"own": ["A", "B"]}, ["drugs", "own"]))
        self.assertEqual(finetune.layers_taught(LAYERS | {"own": ["A"]}, [doc("B")], "own"), ({"own2": ["B"]}, ["own2"]))


class Loss(Folder):
    def test_the_start_has_none_of_what_it_teaches_itself(self):
        bundle(self.folder, False)
        config = KNOWN["gloss-finetune"]() | {"start": str(self.folder)}
        config["train"] |= {"word_dropout": 0.0, "drop_in": 0.0, "drop_out": 0.0, "device": "cpu"}
        recipe = finetune.Finetune(config, warm.read(self.folder), [finetune.Document("a", TEXT, [(5, 15, "NEW")])])
        self.assertEqual(recipe.names, ["drugs", "signs", "own"])
        found = recipe.examples([finetune.Document("a", TEXT, [])])
        fit = finetune.FinetuneFit(recipe, self.folder, None)
        fit.start()
        loss = fit.step([(ids, flags, {2: [0] * len(ids)}, before) for ids, flags, _, before in found])
        open_, free = 0, 1  # paths of a chain that scores all alike, by whether they end inside a mention
        for _ in found[0][0]:
            open_, free = open_ + free, open_ + 2 * free
        self.assertAlmostEqual(loss, np.log(free), 3)


if __name__ == "__main__":
    unittest.main()
