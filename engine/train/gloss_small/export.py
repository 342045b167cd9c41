"""From a trained model to a bundle: model.onnx (int8), tokenizer.json, config.json and gloss.json."""

import json
import shutil
import tempfile
import warnings
from pathlib import Path

import torch

from . import corpora, data
from .model import Tagger

NAME = "gloss-small-es"


def folded(model, hidden):
    """The tagger with its piece vectors as one table."""
    table = model.tagger.embed.fold()
    embed = torch.nn.Embedding.from_pretrained(table)
    tagger = Tagger(embed, table.shape[1], hidden, model.tagger.head.out_features)
    state = {k: v for k, v in model.tagger.state_dict().items() if not k.startswith("embed.")}
    tagger.load_state_dict(state | {"embed.weight": table})
    return tagger.eval()


def write_onnx(tagger, path):
    ids = torch.randint(2, 100, (2, 7))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    axes = {0: "batch", 1: "sequence"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(tagger, (ids, mask), str(path), dynamo=False, opset_version=17,
                          input_names=["input_ids", "attention_mask"], output_names=["logits", "states"],
                          dynamic_axes={n: axes for n in ("input_ids", "attention_mask", "logits", "states")})


def quantise(source, target, states):
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    model = onnx.load(str(source))
    del model.graph.value_info[:]
    width = model.graph.output[1].type.tensor_type.shape.dim[2]
    width.Clear()
    width.dim_value = states
    onnx.save(model, str(source))
    quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8, op_types_to_quantize=["LSTM", "MatMul", "Gather", "Gemm"])


def gloss_json(model, config, card):
    layers, first, trained = [], 0, config["data"].get("layers") or list(corpora.LAYERS)
    for (name, labels), arrays in zip(corpora.LAYERS.items(), model.crfs.arrays()):
        tags = data.tag_names(labels)
        crf = {k: a.astype(float).round(5).tolist() for k, a in zip(("start", "end", "transitions"), arrays)}
        if name in trained:
            layers.append({"name": name, "first": first, "labels": tags, "scheme": "bioes", "crf": crf})
        first += len(tags)
    return {
        "version": 1, "name": NAME, "task": "ner", "languages": ["es"], "inputs": "tokenizer", "preprocess": [],
        "windows": {"max": config["windows"]["max"], "by": "line" if data.by_line(config["windows"]) else "sentence"}, "add_special_tokens": False,
        "outputs": {"logits": "logits", "states": "states"}, "layers": layers, "card": card,
    }


def config_json(tagger):
    """tagger: with its piece vectors as one table, see folded."""
    return {
        "model_type": "bilstm-crf", "architectures": ["BiLstmCrf"], "vocab_size": tagger.embed.num_embeddings, "pad_token_id": 0,
        "unk_token_id": 1, "embedding_size": tagger.embed.embedding_dim, "hidden_size": 2 * tagger.first.forth.hidden_size,
        "num_hidden_layers": 2, "num_labels": tagger.head.out_features,
    }


def card_of(config, epochs):
    return {
        "data": ["CANTEMIST", "PharmaCoNER", "DisTEMIST", "MedProcNER", "SympTEMIST", "LivingNER", "CANTEMIST background (text only)"],
        "licence": "weights: MIT; data: CC BY 4.0", "figures": {}, "seed": config["seed"], "recipe": "gloss-small",
        "epochs": round(epochs, 2),
    }


def export(trained, out, int8=True):
    """trained: the folder of a run (model.pt and tokenizer.json)."""
    from tokenizers import Tokenizer
    from .train import restore
    trained, out = Path(trained), Path(out)
    out.mkdir(parents=True, exist_ok=True)
    saved = torch.load(trained / "model.pt", weights_only=True)
    config = saved["config"]
    model = restore(saved["model"], config, Tokenizer.from_file(str(trained / "tokenizer.json")))
    with tempfile.TemporaryDirectory() as scratch:
        plain, tagger = Path(scratch) / "plain.onnx", folded(model, config["model"]["hidden"])
        write_onnx(tagger, plain)
        if int8:
            quantise(plain, out / "model.onnx", 2 * config["model"]["hidden"])
        else:
            shutil.copy(plain, out / "model.onnx")
    shutil.copy(trained / "tokenizer.json", out / "tokenizer.json")
    for name, value in (("config.json", config_json(tagger)), ("gloss.json", gloss_json(model, config, card_of(config, saved["epochs"])))):
        (out / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
