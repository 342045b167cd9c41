"""Writes cross/ and cross_golden.json beside it: python make_cross.py (needs torch, onnx, transformers and sentence-transformers)."""
import json
import tempfile
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

HERE = Path(__file__).parent
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "tumor", "##es", "##al", "carcinoma", "ductal", "de", "mama", "dolor", "agudo", "y", "niño",
          "fiebre", "alta", "muy", "hepático", ",", ".", "la", "paciente", "refiere", "con", "sin", "grado", "2", "3", "世"]
TEXTS = [("tumor", "carcinoma"), ("tumores de mama", "carcinoma ductal"), ("dolor agudo", "fiebre alta"), ("", "tumor"), ("niño 世", "sin fiebre"),
         ("la paciente refiere dolor agudo y fiebre alta con tumor de mama, grado 3", "tumor"),
         ("tumor", "la paciente refiere dolor agudo y fiebre alta con tumor de mama, grado 3 y tumores"),
         ("la paciente refiere dolor agudo y fiebre muy alta", "carcinoma ductal de mama con tumor hepático, grado 2 . sin dolor")]
MAX = 14


def tokenizer(post):
    t = Tokenizer(models.WordPiece({p: i for i, p in enumerate(PIECES)}, unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.post_processor = post
    return t


TEMPLATE = processors.TemplateProcessing(
    single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
POSTS = {
    "template": TEMPLATE,
    "bert": processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2)),
    "roberta": processors.RobertaProcessing(("[SEP]", 3), ("[CLS]", 2)),
    "sequence": processors.Sequence([processors.ByteLevel(), TEMPLATE]),
    "byte-level": processors.ByteLevel(),
}


def pairs():
    out = []
    for name, post in POSTS.items():
        for limit in [5, 6, 7, 9, 10, 14, 64]:
            t = tokenizer(post)
            definition = json.loads(t.to_str())["post_processor"]
            t.enable_truncation(limit, strategy="longest_first")
            rows = [t.encode(a, b) for a, b in TEXTS]
            out.append({"name": f"{name} {limit}", "post_processor": definition, "limit": limit,
                        "ids": [r.ids for r in rows], "types": [r.type_ids for r in rows]})
    return out


def model(folder):
    torch.manual_seed(7)
    config = BertConfig(vocab_size=len(PIECES), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
                        max_position_embeddings=MAX, num_labels=1, initializer_range=0.8)
    m = BertForSequenceClassification(config).eval()
    folder.mkdir(parents=True, exist_ok=True)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer(TEMPLATE), unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]",
                                   model_max_length=MAX, model_input_names=["input_ids", "token_type_ids", "attention_mask"])
    work = Path(tempfile.mkdtemp())
    m.save_pretrained(work)
    fast.save_pretrained(work)
    ids = torch.zeros(2, 5, dtype=torch.long)
    torch.onnx.export(m, (ids, ids + 1, ids), folder / "model.onnx", input_names=["input_ids", "attention_mask", "token_type_ids"],
                      output_names=["logits"], opset_version=17, dynamo=False,
                      dynamic_axes={n: {0: "batch", 1: "sequence"} for n in ["input_ids", "attention_mask", "token_type_ids"]} | {"logits": {0: "batch"}})
    keep = {k: v for k, v in json.loads((work / "config.json").read_text()).items()
            if k in ("architectures", "model_type", "max_position_embeddings", "pad_token_id", "hidden_size")}
    (folder / "config.json").write_text(json.dumps(keep | {"id2label": {"0": "LABEL_0"}}, indent=1) + "\n")
    (folder / "tokenizer.json").write_text(tokenizer(TEMPLATE).to_str(pretty=False) + "\n")
    from sentence_transformers import CrossEncoder
    scores = {}
    for name, act in {"Sigmoid": torch.nn.Sigmoid(), "Identity": torch.nn.Identity()}.items():
        ce = CrossEncoder(str(work), max_length=MAX, device="cpu")
        scores[name] = [float(x) for x in ce.predict(TEXTS, activation_fn=act, batch_size=3)]
    return scores


scores = model(HERE / "cross")
(HERE / "cross_golden.json").write_text(json.dumps({"texts": TEXTS, "pairs": pairs(), "scores": scores}, ensure_ascii=False) + "\n", encoding="utf-8")
print(scores)
