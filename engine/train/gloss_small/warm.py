"""A bundle of gloss-small as a model to go on from: the weights of its graph, int8 ones too, back in PyTorch."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from . import data
from .crf import Crfs
from .model import Tagger

LSTMS = ("first.forth", "first.back", "second.forth", "second.back")


class NotOurs(ValueError):
    """A directory that holds no bundle of this network."""


class Network(torch.nn.Module):
    """The tagger over a table of piece vectors, and the chains of its layers, whose columns follow each other."""

    def __init__(self, vectors, hidden, names, drop_in=0.0, drop_out=0.0):
        super().__init__()
        self.tagger = Tagger(torch.nn.Embedding.from_pretrained(vectors), vectors.shape[1], hidden, sum(map(len, names)), drop_in, drop_out)
        self.crfs = Crfs(names)


@dataclass
class Warm:
    """What a bundle holds. layers: {name: labels}, in the order of the network's columns; calibration: {name: as in gloss.json}."""
    model: Network
    tokenizer: Tokenizer
    layers: dict
    calibration: dict
    spec: dict  # gloss.json


def labels_of(layer):
    """The labels of a layer of gloss.json; its tags must stand as data.tag_names gives them."""
    labels = [tag[2:] for tag in layer["labels"][1::4]]
    if layer["labels"] != data.tag_names(labels) or "crf" not in layer:
        raise NotOurs(f"its layer {layer['name']} has other tags than those of gloss-small")
    return labels


def read(folder):
    """The bundle in a folder. NotOurs says why it is none of this network."""
    folder = Path(folder)
    try:
        spec = json.loads((folder / "gloss.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        weights = Graph(folder / "model.onnx")
        layers = {layer["name"]: labels_of(layer) for layer in spec["layers"]}
        model = network_of(weights, spec, layers)
    except NotOurs:
        raise
    except Exception as e:  # what is wrong with somebody's files has no end of kinds
        raise NotOurs(f"{type(e).__name__}: {e}") from e
    calibration = {layer["name"]: layer["calibration"] for layer in spec["layers"] if "calibration" in layer}
    return Warm(model, tokenizer, layers, calibration, spec)


def network_of(graph, spec, layers):
    vectors = graph.vectors()
    each = graph.lstms()
    hidden = each[0]["weight_hh_l0"].shape[1]
    model = Network(vectors, hidden, data.all_tag_names(layers))
    for name, state in zip(LSTMS, each):
        model.tagger.get_submodule(name).load_state_dict(state)
    columns = [layer["first"] + i for layer in spec["layers"] for i in range(len(layer["labels"]))]
    weight, bias = graph.head()
    with torch.no_grad():
        model.tagger.head.weight.copy_(weight[columns])
        model.tagger.head.bias.copy_(bias[columns])
    model.crfs.load_arrays([[np.array(layer["crf"][k], dtype=np.float32) for k in ("start", "end", "transitions")] for layer in spec["layers"]])
    return model.eval()


class Graph:
    """The initializers of an ONNX graph that export.py wrote, with int8 ones as numbers again."""

    def __init__(self, path):
        import onnx
        from onnx import numpy_helper
        graph = onnx.load(str(path)).graph
        self.nodes = list(graph.node)
        self.values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}

    def value(self, name, scale=None, zero=None):
        """An initializer; one of bytes needs its scale and zero point, by default those of its name."""
        stored = self.values[name]
        if stored.dtype not in (np.int8, np.uint8):
            return torch.from_numpy(stored.astype(np.float32))
        stem = name.removesuffix("_quantized")
        scale, zero = (self.values[given or stem + kind] for given, kind in ((scale, "_scale"), (zero, "_zero_point")))
        if scale.size > 1:
            raise NotOurs(f"the weights {name} have a scale a channel")
        return torch.from_numpy((stored.astype(np.float32) - zero.astype(np.float32).reshape(())) * scale.reshape(()))

    def only(self, *kinds, named=""):
        found = [n for n in self.nodes if n.op_type in kinds and named in n.name]
        if len(found) != 1:
            raise NotOurs(f"its graph has {len(found)} nodes of {' or '.join(kinds)} {named}, where gloss-small has one")
        return found[0]

    def vectors(self):
        return self.value(self.only("Gather", named="/embed/").input[0])

    def lstms(self):
        """States of torch.nn.LSTM. ONNX has the gates in the order input, output, forget, cell."""
        found = []
        for name in LSTMS:
            node = self.only("LSTM", "DynamicQuantizeLSTM", named="/" + name.replace(".", "/") + "/")
            w, r, b = (self.value(i)[0] for i in node.input[1:4])
            if node.op_type == "DynamicQuantizeLSTM":
                w, r = w.T, r.T
            turn = lambda x: torch.cat([x.chunk(4)[i] for i in (0, 2, 3, 1)])
            into, back = b.chunk(2)
            found.append({"weight_ih_l0": turn(w), "weight_hh_l0": turn(r), "bias_ih_l0": turn(into), "bias_hh_l0": turn(back)})
        return found

    def head(self):
        """(weight [columns, 2 hidden], bias)."""
        node = self.only("MatMul", "MatMulInteger", named="/head/")
        bias = next(i for i in self.only("Add", named="/head/").input if i in self.values)
        return self.value(node.input[1]).T, self.value(bias)


def widened(warm, more, drop_in=0.0, drop_out=0.0):
    """A copy of the network with further layers, which score every tag 0 yet. more: {name: labels}."""
    old = warm.model.tagger
    model = Network(old.embed.weight.detach().clone(), old.first.forth.hidden_size, data.all_tag_names(warm.layers | more), drop_in, drop_out)
    state = {k: v for k, v in old.state_dict().items() if not k.startswith("head.")}
    columns = len(old.head.bias)
    with torch.no_grad():
        model.tagger.load_state_dict(state | {k: v for k, v in model.tagger.state_dict().items() if k.startswith("head.")})
        for new, value in ((model.tagger.head.weight, old.head.weight), (model.tagger.head.bias, old.head.bias)):
            new.zero_()
            new[:columns] = value
    model.crfs.load_arrays(warm.model.crfs.arrays())
    return model
