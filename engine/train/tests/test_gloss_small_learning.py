"""Pre-training, teachers and the comparison of models. Needs torch and tokenizers."""

import unittest

import numpy as np

from gloss_small import data


class Guesses(unittest.TestCase):
    def setUp(self):
        import torch
        torch.manual_seed(5)
        self.torch = torch

    def test_all_candidates_give_the_whole_softmax(self):
        from gloss_small.pretrain import Guesser
        torch, guesser = self.torch, Guesser(4, 6, 9)
        guesser.bias.data.normal_()
        table, vectors, answers = torch.randn(9, 6), torch.randn(5, 6), torch.tensor([3, 1, 3, 8, 0])
        whole = torch.nn.functional.cross_entropy(vectors @ table.t() + guesser.bias, answers).item()
        sampled = guesser.loss(table, [vectors], [answers], torch.arange(9)).item()
        self.assertAlmostEqual(whole, sampled, places=5)

    def test_no_guess_sees_its_answer(self):
        from gloss_small.model import Tagger
        torch = self.torch
        tagger = Tagger(torch.nn.Embedding(20, 6), 6, 5, 7).eval()
        ids, mask = torch.randint(1, 20, (2, 6)), torch.ones(2, 6, dtype=torch.long)
        ids[1] = ids[0]
        ids[1, 3] = (ids[0, 3] + 1) % 20
        near, _ = tagger.encode(ids, mask)
        forth, back = near.chunk(2, 2)
        self.assertTrue(torch.equal(forth[0, :3], forth[1, :3]))
        self.assertTrue(torch.equal(back[0, 4:], back[1, 4:]))
        self.assertFalse(torch.equal(forth[0, 3], forth[1, 3]))


class Teachers(unittest.TestCase):
    def setUp(self):
        import torch
        from gloss_small.crf import Crfs
        torch.manual_seed(4)
        self.torch, self.names = torch, [data.tag_names(["X"]), data.tag_names(["Y", "Z"])]
        self.crfs = Crfs(self.names)
        for p in self.crfs.parameters():
            p.data.normal_()
        self.logits, self.mask = torch.randn(2, 4, 14), torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]]).bool()

    def test_posteriors_are_the_marginals(self):
        from gloss_small.crf import marginals
        found = self.crfs.posteriors(self.logits, self.mask).numpy()
        for row, length in ((0, 4), (1, 2)):
            for k, first in ((0, 0), (1, 5)):
                columns = slice(first, first + len(self.names[k]))
                want = marginals(self.logits[row, :length, columns].numpy(), *self.crfs.arrays()[k])
                np.testing.assert_allclose(found[row, :length, columns], want, atol=1e-5)

    def test_the_gradient_is_the_difference_of_probabilities(self):
        torch = self.torch
        logits, wanted = self.logits.clone().requires_grad_(), self.crfs.posteriors(torch.randn(2, 4, 14), self.mask)
        rows, layers = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])
        self.crfs.soft_loss(logits, rows, layers, wanted, self.mask[rows]).sum().backward()
        want = (self.crfs.posteriors(self.logits, self.mask) - wanted) * self.mask[..., None]
        torch.testing.assert_close(logits.grad, want, atol=1e-5, rtol=1e-4)

    def test_chains_go_back_whence_they_came(self):
        from gloss_small.crf import Crfs
        other = Crfs(self.names)
        other.load_arrays(self.crfs.arrays())
        for mine, theirs in zip(self.crfs.arrays(), other.arrays()):
            for a, b in zip(mine, theirs):
                np.testing.assert_allclose(a, b, atol=1e-6)

    def test_teachers_speak_where_no_tag_is(self):
        from gloss_small import feed
        soft = np.full((2, 46), 0.5, dtype=np.float16)
        rows, layers, wanted = feed.soft_tensors([([1, 2, 3], {0: [0, 0, 0]}), ([4, 5], {0: [0, 0], 3: [0, 4]}, soft)], 3)
        self.assertEqual((rows.tolist(), layers.tolist()), ([1] * 4, [1, 2, 4, 5]))
        self.assertEqual(wanted.sum((1, 2)).tolist(), [0.0, 46.0])
        self.assertIsNone(feed.soft_tensors([([1], {0: [0]})], 1))


class Vocabulary(unittest.TestCase):
    TEXTS = ["Nódulo pulmonar. Sin nódulos.", "Carcinoma papilar, carcinoma folicular.", "Dolor abdominal y DOLOR torácico."] * 4

    def test_runs_agree(self):
        from gloss_small import tokenizer as tok
        settings = {"lower_pieces": 90, "min_count": 2, "cased_pieces": 20, "cased_min_count": 2}
        first, second = (tok.pieces_of(tok.build(self.TEXTS, settings)) for _ in range(2))
        self.assertEqual(first, second)

    def test_renumbering(self):
        from gloss_small import tokenizer as tok
        source = tok.empty_tokenizer({tok.PAD: 0, tok.UNK: 1, "a": 2, "b": 3})
        target = tok.empty_tokenizer({tok.PAD: 0, tok.UNK: 1, "b": 2, "a": 3})
        self.assertEqual(tok.renumbering(source, target).tolist(), [0, 1, 3, 2])
        with self.assertRaises(ValueError):
            tok.renumbering(source, tok.empty_tokenizer({tok.PAD: 0, tok.UNK: 1, "c": 2}))


class Comparison(unittest.TestCase):
    def test_the_interval_holds_the_difference(self):
        from gloss_small.evaluate import compare
        first = [{"cantemist": (1, 2, 2)}] * 5 + [{"cantemist": (0, 2, 2)}] * 5
        second = [{"cantemist": (2, 2, 2)}] * 10
        before, after, low, high = compare(first, second, draws=200)
        self.assertEqual((before, after), (0.25, 1.0))
        self.assertTrue(low <= 0.75 <= high)


if __name__ == "__main__":
    unittest.main()
