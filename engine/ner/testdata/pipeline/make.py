"""Writes the models of this folder and what transformers' TokenClassificationPipeline says of them.

    python make.py        (needs torch, transformers, onnx and onnxruntime)

Three random models with a tokenizer of each kind are exported as a user would export them. golden.json holds the
pipeline's spans as [label, start, end, score], in code points, for every aggregation, with and without a stride.
"""

import json
import os
import shutil
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import onnx
import onnxruntime
import torch
import transformers
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import quantize_dynamic
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (BertConfig, BertForTokenClassification, PreTrainedTokenizerFast, RobertaConfig,
                          RobertaForTokenClassification, TokenClassificationPipeline, XLMRobertaConfig,
                          XLMRobertaForTokenClassification)

HERE = Path(__file__).parent
STRATEGIES = ["none", "simple", "first", "average", "max"]
LONGEST, STRIDE = 24, 6

TEXTS = [
    "Varón de 61 años con dolor abdominal y fiebre (39,5 °C) desde anteayer.",
    "Sin metástasis hepáticas;\r\nTAC-torácico normal.\r\n\r\nPlan: quimioterapia/radioterapia.",
    "😀 Niña 👩🏽\u200d⚕️ con tos… «asma» 世界 y otitis.",
    "Pérdida de peso, con acentos sueltos: ano\u0301malo, nin\u0303o, e\u0301pico.",
    "  Carcinoma ductal in situ  \t HER2+ , pT2N0M0 ; ki-67: 20%",
    "",
    "x",
    "\n \n",
]
LONG = " ".join([
    "Mujer con antecedentes de hipertensión arterial, asma bronquial y diabetes.",
    "Acude por fiebre, tos con expectoración y dolor torácico de tres días de evolución.\n",
    "La radiografía muestra un infiltrado en el lóbulo inferior derecho (neumonía).",
    "Se inicia antibiótico 💊 y se da de alta 世界 con buena evolución, sin fiebre ni disnea.",
])


def special(tokenizer, names):
    return [(n, tokenizer.token_to_id(n)) for n in names]


def wordpiece():
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=True)  # strips accents, too: pieces differ from the text in length
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    t.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=220, special_tokens=names, show_progress=False))
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=special(t, ["[CLS]", "[SEP]"]))
    t.decoder = decoders.WordPiece()
    return PreTrainedTokenizerFast(tokenizer_object=t, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]",
                                   sep_token="[SEP]", mask_token="[MASK]",
                                   model_input_names=["input_ids", "token_type_ids", "attention_mask"])


def byte_level():
    t = Tokenizer(models.BPE())
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(
        vocab_size=330, special_tokens=names, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    t.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=False)
    t.decoder = decoders.ByteLevel()
    return fast(t)


def unigram():
    t = Tokenizer(models.Unigram())
    t.normalizer = normalizers.NFKC()
    t.pre_tokenizer = pre_tokenizers.Metaspace()
    names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    t.train_from_iterator(CORPUS, trainers.UnigramTrainer(vocab_size=220, special_tokens=names, unk_token="<unk>", show_progress=False))
    t.post_processor = processors.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>",
                                                     special_tokens=special(t, ["<s>", "</s>"]))
    t.decoder = decoders.Metaspace()
    return fast(t)


def fast(t):
    return PreTrainedTokenizerFast(tokenizer_object=t, unk_token="<unk>", pad_token="<pad>", cls_token="<s>", sep_token="</s>",
                                   mask_token="<mask>", model_input_names=["input_ids", "attention_mask"])


# A few words are left out, so that every tokenizer meets letters and pieces that it does not know.
CORPUS = [w for text in TEXTS + [LONG] for w in [text] * 2 if "😀" not in text]
IOB2 = ["O", "B-DIS", "I-DIS", "B-SYM", "I-SYM"]
transformers.logging.set_verbosity_error()
KINDS = {
    "wordpiece": (wordpiece, BertConfig, BertForTokenClassification, IOB2),
    "byte-level": (byte_level, RobertaConfig, RobertaForTokenClassification, ["DIS", "O", "SYM", "B-SYM"]),
    "unigram": (unigram, XLMRobertaConfig, XLMRobertaForTokenClassification, ["I-DIS", "I-SYM", "O", "B-SYM"]),
}


def build(name):
    make, config, cls, labels = KINDS[name]
    tokenizer = make()
    torch.manual_seed(len(name))
    c = config(vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=48,
               max_position_embeddings=258, type_vocab_size=2 if name == "wordpiece" else 1, pad_token_id=tokenizer.pad_token_id,
               id2label=dict(enumerate(labels)), label2id={l: i for i, l in enumerate(labels)}, attn_implementation="eager",
               initializer_range=0.35)
    model = cls(c).eval()
    export(HERE / name, tokenizer, model)
    return tokenizer, model


def export(folder, tokenizer, model):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    tokenizer.save_pretrained(folder)
    model.config.save_pretrained(folder)
    for extra in ["special_tokens_map.json", "vocab.txt"]:
        (folder / extra).unlink(missing_ok=True)
    names = list(tokenizer.model_input_names)
    batch = tokenizer(["dolor de mama", "tos"], padding=True, return_tensors="pt")

    class Plain(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *inputs):
            return self.model(**dict(zip(names, inputs))).logits

    axes = {n: {0: "batch_size", 1: "sequence_length"} for n in names + ["logits"]}
    torch.onnx.export(Plain().eval(), tuple(batch[n] for n in names), str(folder / "model.onnx"), input_names=names,
                      output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False)


class Exported(torch.nn.Module):
    """An exported file in the place of a model."""

    def __init__(self, path, config):
        super().__init__()
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.config, self.device, self.dtype = config, torch.device("cpu"), torch.float32
        self.generation_config = None
        self.names = [i.name for i in self.session.get_inputs()]

    def can_generate(self):
        return False

    def forward(self, **inputs):
        feed = {n: inputs[n].numpy() for n in self.names}
        return {"logits": torch.from_numpy(self.session.run(["logits"], feed)[0])}


def golden(tokenizer, model, strategies=STRATEGIES):
    out = []
    for stride in (None, STRIDE):
        tokenizer.model_max_length = 256 if stride is None else LONGEST
        for strategy in strategies:
            if stride is not None and strategy == "none":
                continue
            options = {"aggregation_strategy": strategy} | ({} if stride is None else {"stride": stride})
            pipe = TokenClassificationPipeline(model=model, tokenizer=tokenizer, device="cpu", **options)
            for text in TEXTS + [LONG] if stride is None else [LONG]:
                spans = [[e.get("entity_group", e.get("entity")), e["start"], e["end"], round(float(e["score"]), 7)]
                         for e in pipe(text)] if text.strip() else []
                out.append({"text": text, "aggregation": strategy, "stride": stride or 0, "spans": spans})
    return out


def half(source, target):
    """16-bit weights and arithmetic, input and output, as "--dtype fp16" exports them."""
    m = onnx.load(source)
    for t in m.graph.initializer:
        if t.data_type == TensorProto.FLOAT:
            t.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(t).astype("float16"), t.name))
    for node in m.graph.node:
        for a in node.attribute:
            if a.name == "to" and a.i == TensorProto.FLOAT:
                a.i = TensorProto.FLOAT16
            if a.name == "value" and a.t.data_type == TensorProto.FLOAT:
                v = numpy_helper.to_array(a.t).clip(-60000, 60000)
                a.t.CopyFrom(numpy_helper.from_array(v.astype("float16"), a.t.name))
    for o in m.graph.output:
        o.type.tensor_type.elem_type = TensorProto.FLOAT16
    del m.graph.value_info[:]
    onnx.save(m, target)


def main():
    result = {"max": LONGEST, "transformers": transformers.__version__, "models": {}}
    for name in KINDS:
        tokenizer, model = build(name)
        result["models"][name] = golden(tokenizer, model)
        if name == "wordpiece":
            source = HERE / name / "model.onnx"
            half(source, HERE / name / "model_fp16.onnx")
            quantize_dynamic(source, HERE / name / "model_int8.onnx")
            outside = HERE / name / "model_external.onnx"  # the layout of models of more than 2 GB
            onnx.save(onnx.load(source), outside, save_as_external_data=True, location=outside.name + "_data", size_threshold=256)
            for kind in ("fp16", "int8"):
                file = f"model_{kind}.onnx"
                exported = Exported(HERE / name / file, model.config)
                result["models"][f"{name}/{file}"] = golden(tokenizer, exported, ["simple", "average"])
    lines = json.dumps(result, ensure_ascii=False, separators=(",", ":")).replace('{"text"', '\n{"text"')
    (HERE / "golden.json").write_text(lines + "\n", encoding="utf-8")


main()
