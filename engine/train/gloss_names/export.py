"""Writes the model directory, and reads one back with ONNX Runtime.

Weights are int8 with one scale a row; arithmetic is float32. With activations quantised as well, a name's vector
would depend on the names that share its batch, and a knowledge base encoded yesterday would not quite fit a query
encoded today; and at this size the gain in speed is nothing.
"""
import json
from pathlib import Path

import numpy as np
import torch
from torch import nn

from . import model, tokens

OPSET = 17


def quantise(weight):
    """A matrix as int8 and the scale of each row."""
    scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
    return torch.round(weight / scale).to(torch.int8), scale


class Rows(nn.Module):
    """The table of n-gram vectors, their weights multiplied in, as int8."""

    def __init__(self, vectors):
        super().__init__()
        codes, scale = quantise(vectors)
        self.register_buffer("codes", codes)
        self.register_buffer("scale", scale)

    def forward(self, rows, weights):
        scaled = self.scale[rows] * weights.unsqueeze(3)
        return (self.codes[rows].float() * scaled).sum(2)


class Thin(nn.Module):
    """A linear layer whose matrix is kept as int8; ONNX Runtime widens it once, at loading."""

    def __init__(self, linear):
        super().__init__()
        codes, scale = quantise(linear.weight.data)
        self.register_buffer("codes", codes)
        self.register_buffer("scale", scale)
        self.register_buffer("bias", linear.bias.data.clone())

    def forward(self, x):
        return x @ (self.codes.float() * self.scale).transpose(0, 1) + self.bias


class Graph(nn.Module):
    """What is exported: identifiers and mask in, one vector a character out."""

    def __init__(self, encoder):
        super().__init__()
        with torch.no_grad():
            rows = Rows(encoder.table.weight * torch.exp(encoder.gate.weight))
        for block in encoder.blocks:
            for part in ("qkv", "merge", "widen", "narrow"):
                setattr(block, part, Thin(getattr(block, part)))
        if encoder.options["layers"]:
            encoder.out = Thin(encoder.out)
        encoder.table = encoder.gate = nn.Identity()
        encoder.letters = rows.forward
        self.rows, self.encoder = rows, encoder

    def forward(self, input_ids, attention_mask):
        return self.encoder(input_ids * attention_mask)


def load(path):
    saved = torch.load(path, map_location="cpu", weights_only=True)
    encoder = model.Encoder(saved["config"]["model"])
    encoder.load_state_dict({k: v.float() for k, v in saved["weights"].items()})
    return encoder.eval(), saved["config"]


def write_graph(encoder, path):
    ids = torch.tensor([[tokens.START, 7, 8, 9, tokens.END, 0], [tokens.START, 7, tokens.SPACE, 9, 9, tokens.END]])
    torch.onnx.export(
        Graph(encoder), (ids, (ids > 0).long()), str(path), dynamo=False, opset_version=OPSET, do_constant_folding=False,
        input_names=["input_ids", "attention_mask"], output_names=["last_hidden_state"],
        dynamic_axes={n: {0: "batch", 1: "sequence"} for n in ("input_ids", "attention_mask", "last_hidden_state")})


def card(config):
    return {
        "trained_on": ["CIE-O-3.1 (names, read for training only)", "CANTEMIST train and dev1",
                       "Human Phenotype Ontology and its translations", "DisTEMIST", "MedProcNER"],
        "split": config["data"]["split"], "seed": config["seed"], "weights": "int8 by row, float32 arithmetic",
        "recipe": "engine/train/gloss_names", "model": config["model"]}


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def bundle(weights, tokenizer, out):
    """The directory that any loader of sentence encoders understands."""
    out = Path(out)
    encoder, config = load(weights)
    width, length = config["model"]["dimensions"], config["tokenizer"]["max_length"]
    out.mkdir(parents=True, exist_ok=True)
    write_graph(encoder, out / "model.onnx")
    document = json.loads(Path(tokenizer).read_text(encoding="utf-8"))
    document["truncation"] = document["padding"] = None
    write_json(out / "tokenizer.json", document)
    write_json(out / "config.json", {
        "model_type": "gloss-names", "hidden_size": width, "num_hidden_layers": config["model"]["layers"],
        "vocab_size": len(document["model"]["vocab"]), "max_position_embeddings": length, "pad_token_id": tokens.PAD})
    write_json(out / "modules.json", [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])
    write_json(out / "1_Pooling" / "config.json", {
        "word_embedding_dimension": width, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})
    write_json(out / "sentence_bert_config.json", {"max_seq_length": length, "do_lower_case": False})
    write_json(out / "gloss.json", {
        "version": 1, "name": "gloss-names", "task": "encode", "languages": ["es", "en", "fr", "pt", "it", "de"],
        "inputs": "tokenizer", "preprocess": [], "pooling": "mean", "normalize": True, "metric": "cosine",
        "max_length": length, "dimensions": width, "add_special_tokens": True, "card": card(config)})


class Bundle:
    """A model directory as its users load it: tokenizer, session, mean over the mask, length one."""

    def __init__(self, folder, threads=1, batch=64):
        import onnxruntime
        from tokenizers import Tokenizer
        folder = Path(folder)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.length = json.loads((folder / "gloss.json").read_text(encoding="utf-8"))["max_length"]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, ["CPUExecutionProvider"])
        self.batch = batch

    def run(self, ids):
        mask = (ids > 0).astype(np.int64)
        out = self.session.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": mask})[0]
        mean = (out * mask[:, :, None]).sum(1) / np.maximum(mask.sum(1, keepdims=True), 1)
        return mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-12)

    def encode(self, texts):
        """Vectors in the order of the texts; batches are cut by length, so that little is padded."""
        matrix = tokens.encode(self.tokenizer, list(texts), self.length).astype(np.int64)
        lengths = (matrix > 0).sum(1)
        order = np.argsort(lengths, kind="stable")
        parts = []
        for at in range(0, len(order), self.batch):
            some = order[at:at + self.batch]
            parts.append(self.run(np.ascontiguousarray(matrix[some, :lengths[some].max()])))
        together = np.concatenate(parts)
        out = np.empty_like(together)
        out[order] = together
        return out


GOLDEN = ["carcinoma ductal infiltrante", "Carcinoma ductal invasivo de mama", "metástasis hepáticas", "M1",
          "adenocarcinoma de colon", "liposarcoma", "dolor abdominal", "abdominal pain", "TAC torácico",
          "síndrome de Lynch (CCHNP)"]
PAIRS = [(0, 1), (0, 2), (2, 3), (0, 4), (6, 7), (5, 9)]


def golden(folder):
    """Vectors that a loader written elsewhere must reproduce, each name encoded alone."""
    encoder = Bundle(folder)
    vectors = np.stack([encoder.encode([name])[0] for name in GOLDEN])
    raw = []
    for name in GOLDEN:
        ids = tokens.encode(encoder.tokenizer, [name], encoder.length).astype(np.int64)
        raw.append(ids[0][ids[0] > 0].tolist())
    return {
        "model": "gloss-names", "tolerance": 1e-4,
        "names": [{"text": name, "ids": ids, "first": [round(float(x), 6) for x in v[:8]],
                   "norm": round(float(np.linalg.norm(v)), 6)} for name, ids, v in zip(GOLDEN, raw, vectors)],
        "cosines": [{"a": GOLDEN[i], "b": GOLDEN[j], "cosine": round(float(vectors[i] @ vectors[j]), 6)} for i, j in PAIRS]}
