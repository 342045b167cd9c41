"""Exchange of mentions, and the names that terminologies lend: no torch needed."""

import random
import unittest

from gloss_small.augment import Exchange, chunks, mentions


class Exchanges(unittest.TestCase):
    def test_mentions(self):
        self.assertEqual(list(mentions([0, 4, 1, 2, 3, 0, 5, 7])), [(1, 2, 0), (2, 5, 0), (6, 8, 1)])

    def test_a_mention_that_another_crosses_or_holds_stays(self):
        crossed = ([7, 8, 9], {0: [1, 3, 0], 1: [0, 1, 3]})
        self.assertEqual(list(chunks(crossed)), [])
        nested = ([7, 8, 9], {0: [1, 2, 3], 1: [0, 4, 0]})
        self.assertEqual([c[1:] for c in chunks(nested)], [(0, 3)])

    def test_all_layers_follow(self):
        windows = [([10, 11, 12, 13], {0: [0, 1, 3, 0], 1: [0, 0, 4, 0]}), ([20, 21], {0: [4, 0], 1: [0, 0]})]
        exchange = Exchange(windows, 1.0, {}, 0.0)
        seen = {repr(exchange.apply(windows[0], random.Random(seed))) for seed in range(30)}
        self.assertEqual(seen, {repr(windows[0]), repr(([10, 20, 13], {0: [0, 4, 0], 1: [0, 0, 0]}))})

    def test_names_serve_a_layer_that_is_alone(self):
        alone, shared = ([1, 2], {0: [4, 0]}), ([1, 2], {0: [4, 0], 1: [0, 0]})
        exchange = Exchange([alone, shared], 1.0, {0: [[5, 6, 7]]}, 1.0)
        self.assertEqual(exchange.apply(alone, random.Random(1)), ([5, 6, 7, 2], {0: [1, 2, 3, 0]}))
        self.assertEqual(exchange.apply(shared, random.Random(1)), shared)

    def test_none(self):
        window = ([1, 2], {0: [4, 0]})
        self.assertIs(Exchange([window], 0.0, {}, 0.0).apply(window, random.Random(1)), window)


if __name__ == "__main__":
    unittest.main()
