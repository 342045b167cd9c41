"""From a trained recipe to a bundle: model.onnx, gloss.json, config.json and what its units need."""

import json
import platform
import shutil
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import torch

VERSIONS = ("torch", "transformers", "tokenizers", "pytorch-crf", "onnx", "onnxruntime", "numpy")


def write_onnx(recipe, path):
    """The network as an ONNX graph of any batch and length. The legacy exporter: with the other, LSTMs cannot be made int8."""
    units = recipe.units
    probe = next(units.windows(recipe.probe))
    inputs, _ = units.collate([probe, probe.part(0, max(1, len(probe.offsets) // 2))])
    axes = {name: {i: axis for i, axis in enumerate(("batch", "sequence", "characters")[:inputs[name].dim()])} for name in units.inputs}
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(recipe.model.network.eval(), tuple(inputs[name] for name in units.inputs), str(path), dynamo=False, opset_version=17,
                          input_names=list(units.inputs), output_names=["logits"], dynamic_axes=axes | {"logits": {0: "batch", 1: "sequence"}})


def quantise(source, target):
    """Weights of 8 bits."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    model = onnx.load(str(source))
    del model.graph.value_info[:]
    onnx.save(model, str(source))
    quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8, op_types_to_quantize=["LSTM", "MatMul", "Gather", "Gemm"])


def manifest(recipe, card):
    scheme, arrays = recipe.scheme, recipe.crf_arrays()
    layer = {"name": recipe.config["layer"], "first": 0, "labels": scheme.tags, "scheme": scheme.name}
    if arrays:
        layer["crf"] = {k: a.astype(float).round(6).tolist() for k, a in zip(("start", "end", "transitions"), arrays)}
    return {"version": 1, "name": recipe.config["name"], "task": "ner", "languages": recipe.config["languages"], **recipe.units.manifest(),
            "outputs": {"logits": "logits"}, "layers": [layer], "card": card}


def card(recipe, data, progress, report, command):
    """The training card: what went in, how, and what came out."""
    c = recipe.config
    return {
        "recipe": c["recipe"], "data": data, "licence": c["data"]["licence"], "seed": c["seed"], "command": command, "epochs": progress["epoch"],
        "best_epoch": progress["best_epoch"], "seconds": round(progress["seconds"], 1), "figures": {"dev": progress["figures"]},
        "parameters": sum(p.numel() for p in recipe.model.parameters()), "int8": c["export"]["int8"],
        "versions": versions(), "check": report, "config": c,
    }


def versions():
    return {"python": platform.python_version()} | {name: version(name) for name in VERSIONS}


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def export(recipe, out, card_of_run):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        plain = Path(scratch) / "plain.onnx"
        write_onnx(recipe, plain)
        if recipe.config["export"]["int8"]:
            quantise(plain, out / "model.onnx")
        else:
            shutil.copyfile(plain, out / "model.onnx")
    recipe.units.save(out)
    write_json(out / "config.json", recipe.config_json())
    write_json(out / "gloss.json", manifest(recipe, card_of_run))
