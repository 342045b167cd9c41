"""CANTEMIST's system (BETO + stacked BiGRU + hierarchically refined label attention over cleaned sentences, BIO): the last layer's
attention weights are the output, each unit's by itself."""

from .. import attention, clean, network, recipe
from ..units import Pieces, learn_tokenizer
from gloss_small import data


class Recipe(recipe.Recipe):
    def __init__(self, config, labels, stop):
        super().__init__(config, labels, stop)
        clean.check(config["preprocess"])

    def new_units(self, train):
        c = self.config
        if c["encoder"]["path"]:
            units = super().new_units(train)
            units.steps = c["preprocess"]
            return units
        texts = (clean.clean(d.text[s:e], c["preprocess"]).string for d in train for s, e in d.bounds or data.sentences(d.text))
        return Pieces(learn_tokenizer([t for t in texts if t], c["tokenizer"]), c["windows"], c["preprocess"])

    def with_head(self, encoder):
        head = self.config["head"]
        tagger = attention.Tagger(encoder, len(self.scheme.tags), head, self.config["train"]["dropout"])
        return network.Model(tagger, network.Chain(self.scheme, head["constrain"]) if head["crf"] else None)

    def restore(self, folder, state):
        super().restore(folder, state)
        self.units.steps = self.config["preprocess"]
