"""What a recipe is: how a configuration becomes units, a model and a loss. All else (data, checks, the loop, decoding, export) is shared.

A recipe is a class below Recipe, in a module of recipes/ beside the TOML file of its defaults, and a line in recipes/__init__.py.
"""

from torch.nn import functional

from gloss_small import data

from . import network
from .schemes import Scheme
from .units import Pieces, learn_tokenizer


class Recipe:
    """An encoder with a linear layer, and what a configuration adds to it. Recipes below replace what is theirs."""

    probe = "Paciente de 58 años con fiebre."  # a text that the exporter traces the network with

    def __init__(self, config, labels, stop):
        """stop: an events.Stop, for what takes long before the training begins."""
        self.config, self.stop = config, stop
        self.scheme = Scheme(config["scheme"]["name"], labels)

    # What the model reads, and the model. Called in this order by a new run.

    def prepare(self, train):
        """Sets self.units and self.model from training documents; all that is random comes from torch's seed."""
        self.units = self.new_units(train)
        self.model = self.new_model()

    def new_units(self, train):
        c = self.config
        if c["encoder"]["path"]:
            network.check_checkpoint(c["encoder"]["path"])
            return Pieces.load(c["encoder"]["path"], c["windows"])
        texts = [d.text[s:e] for d in train for s, e in d.bounds or data.sentences(d.text)]
        return Pieces(learn_tokenizer(texts, c["tokenizer"]), c["windows"])

    def new_model(self):
        c = self.config
        if c["encoder"]["path"]:
            language = network.open_encoder(c["encoder"]["path"])
        else:
            longest = self.units.limit + len(self.units.before) + len(self.units.after)
            language = network.new_encoder(c["encoder"], self.units.tokenizer.get_vocab_size(), self.units.pad, longest,
                                           c["encoder"].get("dropout", c["train"]["dropout"]))
        self.pretrain(language)
        return self.with_head(language.base_model)

    def with_head(self, encoder):
        head = self.config["head"]
        tagger = network.Tagger(encoder, len(self.scheme.tags), head["bilstm"], self.config["train"]["dropout"])
        return network.Model(tagger, network.Chain(self.scheme, head["constrain"]) if head["crf"] else None)

    def pretrain(self, language):
        """Something to read for the encoder before it is trained to tag; language has a head for masked language modelling."""

    def augmented(self, train):
        """Further documents to train on, made of the training documents."""
        return []

    # Training.

    def loss(self, logits, tags, mask):
        """The loss of a batch. logits [windows, units, tags]; tags, mask [windows, units]; mask begins each row with ones."""
        weights = self.config["loss"]
        total = logits.new_zeros(())
        if weights["cross_entropy"] or not self.model.chain:
            total = total + (weights["cross_entropy"] or 1.0) * functional.cross_entropy(logits[mask], tags[mask])
        if self.model.chain:
            total = total - weights["likelihood"] * self.model.chain(logits, tags, mask, reduction="mean")
        return total

    def groups(self):
        """Parameters by learning rate: [(rate, parameters)]."""
        rates, found = self.config["train"], {}
        for name, p in self.model.named_parameters():
            key = "rate_encoder" if name.startswith("network.encoder.") else "rate_crf" if name.startswith("chain.") else "rate"
            found.setdefault(key, []).append(p)
        return [(rates[key], parameters) for key, parameters in found.items()]

    # Saving and exporting.

    def state(self):
        """What restore needs beside the files of units.save."""
        return {"encoder": self.model.network.encoder.config.to_dict()}

    def restore(self, folder, state):
        """Sets self.units and self.model (weights to be loaded) from what a run saved in folder."""
        self.units = Pieces.load(folder, self.config["windows"])
        self.model = self.with_head(network.restore_encoder(state["encoder"]).base_model)

    def crf_arrays(self):
        return self.model.chain.arrays() if self.model.chain else None

    def config_json(self):
        """config.json of the bundle."""
        tags = self.scheme.tags
        return self.model.network.encoder.config.to_dict() | {
            "architectures": [type(self).__name__], "id2label": dict(enumerate(tags)), "label2id": {t: i for i, t in enumerate(tags)}}
