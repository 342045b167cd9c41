"""SympTEMIST's system (Spanish RoBERTa [+ two BiLSTM layers] + linear + CRF over sentences, IOB2): further sentences with mentions
replaced by synonyms of a terminology, and further pre-training of the encoder on its names."""

from .. import augment, names, recipe
from ..fit import device_of
from ..pretrain import pretrain


class Recipe(recipe.Recipe):
    def names(self):
        return names.read(self.config["names"]["files"])

    def pretrain(self, language):
        settings = self.config["pretrain"]
        if settings["epochs"] and (found := self.names()):
            pretrain(language, self.units, [text for _, text in found], settings, self.config["seed"], self.stop, device_of(self.config["train"]["device"]))

    def augmented(self, train):
        settings = self.config["augment"]
        if not settings["sentences"] or not self.config["names"]["files"]:
            return []
        return augment.augment(train, names.Synonyms(self.names()), settings["sentences"], settings["share"], self.config["seed"])
