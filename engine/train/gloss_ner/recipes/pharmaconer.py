"""PharmaCoNER's system (NeuroNER, extended): a BiLSTM over the characters of each word, its vector [and that of its concept], a BiLSTM
over the words, and a CRF over BMEWO-V tags."""

import numpy as np
import torch

from .. import characters, clean, network, recipe, vectors
from ..words import Words


class Recipe(recipe.Recipe):
    def __init__(self, config, labels, stop):
        super().__init__(config, labels, stop)
        clean.check(config["preprocess"])
        if config["vectors"]["kind"] not in ("", "word2vec", "fasttext"):
            raise ValueError(f"vectors.kind {config['vectors']['kind']!r} is unknown; want word2vec, fasttext, or nothing")

    def prepare(self, train):
        c = self.config
        known = self.word_vectors(train)
        concepts = vectors.read(c["vectors"]["concepts"], "vectors.concepts") if c["vectors"]["concepts"] else {}
        self.units = self.new_units(train, known | concepts)
        rng = np.random.default_rng(c["seed"])
        table = vectors.table(self.units.entries, known, c["vectors"]["dims"], rng)
        if concepts:  # a word without a concept has zeros
            own = vectors.table(self.units.entries, concepts, 0, rng)
            own[[i for i, e in enumerate(self.units.entries) if e not in concepts]] = 0
            table = np.concatenate([table, own], 1)
        self.model = self.with_table(torch.from_numpy(table))

    def word_vectors(self, train):
        """{word: vector}, of a file or of raw text; empty where words begin with random numbers."""
        c = self.config["vectors"]
        if c["file"]:
            return vectors.read(c["file"], "vectors.file")
        if not c["kind"]:
            return {}
        data = self.config["data"]
        texts = [*(d.text for d in train), *vectors.raw_texts(c["texts"])]
        if data["corpus"] and not c["texts"]:
            texts = vectors.shared_texts(data["folder"], data["corpus"], data["one_in"])
        return vectors.train(texts, c, self.config["seed"])

    def new_units(self, train, more=()):
        c = self.config
        return Words.of_texts([d.text for d in train], more, c["windows"], c["vocabulary"], c["preprocess"])

    def with_table(self, table):
        c = self.config
        tagger = characters.Tagger(table, len(self.units.characters), len(self.scheme.tags), c["network"], c["train"]["dropout"])
        return network.Model(tagger, network.Chain(self.scheme, c["head"]["constrain"]) if c["head"]["crf"] else None)

    def groups(self):
        rates, found = self.config["train"], {}
        for name, p in self.model.named_parameters():
            if p.requires_grad:
                key = "rate_vectors" if name.startswith("network.table.") else "rate_crf" if name.startswith("chain.") else "rate"
                found.setdefault(key, []).append(p)
        return [(rates[key], parameters) for key, parameters in found.items()]

    def state(self):
        return {"dims": self.model.network.table.weight.shape[1]}

    def restore(self, folder, state):
        c = self.config
        self.units = Words.load(folder, c["windows"], c["vocabulary"]["longest"], c["preprocess"])
        self.model = self.with_table(torch.zeros(len(self.units.entries), state["dims"]))

    def config_json(self):
        return {"model_type": "words-bilstm-crf", "architectures": ["Recipe"], "vocab_size": len(self.units.entries),
                "hidden_size": 2 * self.config["network"]["hidden"], "num_labels": len(self.scheme.tags)}
