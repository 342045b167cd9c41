"""python -m unittest discover tests   (needs torch and tokenizers for all but the rules of text)"""

import itertools
import unittest

import numpy as np

from gloss_small import data


def cut_text(text):
    return [text[s:e] for s, e in data.sentences(text)]


class Text(unittest.TestCase):
    def test_sentences(self):
        for text, want in [
            ("Visto por el Dr. Gil. Alta.", ["Visto por el Dr. Gil.", "Alta."]),
            ("Toma 2.5 mg. 3 veces.", ["Toma 2.5 mg.", "3 veces."]),
            ("Crece S. Aureus (T.A. 120/80). ¿Fiebre? No…  Sí", ["Crece S. Aureus (T.A. 120/80).", "¿Fiebre?", "No…", "Sí"]),
            ("Dijo «duele.» Luego no... nada", ["Dijo «duele.»", "Luego no... nada"]),
            ("Uno\r\n\n  dos \n", ["Uno", "dos"]),
            ("Mide 3 cm.Bordes", ["Mide 3 cm.Bordes"]),
            ("", []),
        ]:
            self.assertEqual(cut_text(text), want)

    def test_parts_follow_each_other(self):
        for size in range(1, 400, 7):
            parts = data.cut(size, 96)
            self.assertEqual([p[2] for p in parts], [0] + [p[3] for p in parts[:-1]])
            self.assertEqual(parts[-1][3], size)
            self.assertTrue(all(a <= low < high <= b and b - a <= 96 for a, b, low, high in parts))

    def test_pack(self):
        self.assertEqual(list(data.pack([50, 40, 10, 120, 5], 96)), [[0, 1], [2], [3], [4]])
        self.assertEqual(list(data.pack([50, 40, 10, 120, 5], 96, {0, 1, 4})), [[0], [1, 2], [3], [4]])

    def test_tags_and_back(self):
        names = data.tag_names(["X", "Y"])
        index = {n: i for i, n in enumerate(names)}
        offsets = [(0, 2), (2, 4), (5, 7), (8, 9), (9, 12)]
        spans = [(0, 7, "X"), (8, 9, "Y")]
        tags = data.tags_of(offsets, spans, index)
        self.assertEqual([names[t] for t in tags], ["B-X", "I-X", "E-X", "S-Y", "O"])
        self.assertEqual([s[:3] for s in data.spans_of(tags, names, offsets)], spans)

    def test_mentions_stay_in_a_line(self):
        for text, want in [("tumor", "tumor"), ("HISTOLOGÍA\nadenocarcinoma de colon", "adenocarcinoma de colon"),
                           ("adenocarcinoma\ncolon\n", "adenocarcinoma"), ("uno\r\ndos", "uno"), ("uno\n dos", "dos"), ("\n", "")]:
            start, end = data.in_line(text, 0, len(text))
            self.assertEqual(text[start:end], want)

    def test_outermost(self):
        self.assertEqual(data.outermost([(2, 5, "X"), (0, 9, "X"), (8, 12, "X"), (20, 21, "X")]), [(0, 9, "X"), (20, 21, "X")])


class Layers(unittest.TestCase):
    def test_only(self):
        from gloss_small import corpora
        docs = [corpora.Document("1", "", "train", {"distemist": [], "symptemist": []}), corpora.Document("2", "", "train", {"cantemist": []})]
        self.assertEqual([(d.id, list(d.layers)) for d in corpora.only(docs, ["distemist", "medprocner"])], [("1", ["distemist"])])
        self.assertEqual(list(docs[0].layers), ["distemist", "symptemist"])
        self.assertEqual(corpora.only(docs, []), docs)
        with self.assertRaisesRegex(ValueError, "symptomist"):
            corpora.only(docs, ["symptomist"])


class Windows(unittest.TestCase):
    TEXT = "Uno dos. Tres.\n\n  \nCuatro\rCinco. Seis siete."

    def setUp(self):
        from gloss_small import tokenizer as tok
        words = ["Uno", "dos", "Tres", "Cuatro", "Cinco", "Seis", "siete", "."]
        self.tokenizer = tok.empty_tokenizer({p: i for i, p in enumerate([tok.PAD, tok.UNK, *words])})

    def cut(self, **settings):
        found = data.windows(self.tokenizer, self.TEXT, None, settings)
        return [" ".join(self.TEXT[a:b] for a, b in offsets) for _, offsets in found]

    def test_windows_end_with_their_line(self):
        self.assertEqual(self.cut(max=96, by="line"), ["Uno dos . Tres .", "Cuatro Cinco . Seis siete ."])
        self.assertEqual(self.cut(max=5, by="line"), ["Uno dos . Tres .", "Cuatro Cinco .", "Seis siete ."])

    def test_windows_by_sentence_go_on(self):
        for settings in ({"by": "sentence"}, {}):
            self.assertEqual(self.cut(max=96, **settings), ["Uno dos . Tres . Cuatro Cinco . Seis siete ."])
        with self.assertRaises(ValueError):
            self.cut(max=96, by="page")

    def test_training_and_reading_cut_alike(self):
        from gloss_small import corpora, feed, pretrain
        document = corpora.Document("1", self.TEXT, "train", {"cantemist": [(9, 13, "MORFOLOGIA_NEOPLASIA")]})
        for by in ("line", "sentence"):
            settings = {"max": 96, "by": by}
            want = [ids for ids, _ in data.windows(self.tokenizer, self.TEXT, None, settings)]
            fed = feed.windows_of([document], self.tokenizer, settings, data.all_tag_names(corpora.LAYERS))
            self.assertEqual([ids for ids, _ in fed], want)
            self.assertEqual(fed[0][1][0][:5], [0, 0, 0, 4, 0])
            self.assertEqual(pretrain.windows_of(corpora.lines_of(self.TEXT), self.tokenizer, settings), want)


class Chains(unittest.TestCase):
    def setUp(self):
        import torch
        from gloss_small.crf import Crfs
        torch.manual_seed(3)
        self.torch, self.names = torch, [data.tag_names(["X"]), data.tag_names(["Y", "Z"])]
        self.crfs = Crfs(self.names)
        for p in self.crfs.parameters():
            p.data.normal_()

    def test_against_all_paths(self):
        from gloss_small.crf import marginals, viterbi
        logits = self.torch.randn(1, 4, 14)
        for k, first in ((0, 0), (1, 5)):
            n = len(self.names[k])
            emit = logits[0, :, first:first + n].numpy().astype(float)
            start, end, moves = self.crfs.arrays()[k]
            total = {}
            for path in itertools.product(range(n), repeat=4):
                score = start[path[0]] + end[path[-1]] + sum(emit[i, t] for i, t in enumerate(path))
                total[path] = score + sum(moves[a, b] for a, b in zip(path, path[1:]))
            best = max(total, key=total.get)
            norm = np.log(sum(np.exp(v) for v in total.values()))
            self.assertEqual(tuple(viterbi(emit, start, end, moves)), best)
            pair = self.torch.tensor([0]), self.torch.tensor([k]), self.torch.tensor([best])
            loss = self.crfs.loss(logits, *pair, self.torch.ones(1, 4, dtype=self.torch.bool)).item()
            self.assertAlmostEqual(loss, norm - total[best], places=3)
            at_two = sum(np.exp(v - norm) for p, v in total.items() if p[2] == best[2])
            self.assertAlmostEqual(marginals(emit, start, end, moves)[2, best[2]], at_two, places=5)


class Encoder(unittest.TestCase):
    def test_padding_changes_nothing(self):
        import torch
        from gloss_small.model import Tagger
        tagger = Tagger(torch.nn.Embedding(20, 6), 6, 5, 7).eval()
        ids = torch.randint(1, 20, (1, 4))
        alone = tagger(ids, torch.ones_like(ids))[0]
        padded = torch.cat([ids, torch.zeros(1, 3, dtype=torch.long)], 1)
        mask = (torch.arange(7)[None] < 4).long()
        self.assertTrue(torch.allclose(alone, tagger(padded, mask)[0][:, :4], atol=1e-6))


if __name__ == "__main__":
    unittest.main()
