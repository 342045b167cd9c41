"""Writes the small hand-built models of this folder: python make.py (needs onnx, numpy and tokenizers).

Every piece's output is a row of a table, so that a test can say what a text must give.
"""

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper, save
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

HERE = Path(__file__).parent
PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "tumor", "##es", "hepático", "de", "mama", "dolor", "agudo", "y", ",", ".",
          "niño", "fiebre", "alta", "世", "界", "t", "##x", "sin"]
INT, FLOAT, HALF = TensorProto.INT64, TensorProto.FLOAT, TensorProto.FLOAT16


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def tokenizer():
    t = Tokenizer(models.WordPiece({p: i for i, p in enumerate(PIECES)}, unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    # Some published files ask for these; a reader of windows must not follow them.
    t.enable_truncation(8)
    t.enable_padding(length=8)
    return json.loads(t.to_str())


def byte_level():
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocab = {c: i for i, c in enumerate(alphabet)} | {"Ġt": 256, "um": 257}
    t = Tokenizer(models.BPE(vocab, [("Ġ", "t"), ("u", "m")]))
    t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return json.loads(t.to_str())


def model(path, nodes, inputs, outputs, tables):
    graph = helper.make_graph(
        nodes, "test", [helper.make_tensor_value_info(*i) for i in inputs],
        [helper.make_tensor_value_info(*o) for o in outputs], [numpy_helper.from_array(v, k) for k, v in tables.items()])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(made)
    path.parent.mkdir(parents=True, exist_ok=True)
    save(made, path)


IDS = ("input_ids", INT, ["batch", "sequence"])
MASK = ("attention_mask", INT, ["batch", "sequence"])
TYPES = ("token_type_ids", INT, ["batch", "sequence"])


def look_up(path, table, output, inputs=(IDS, MASK), kind=FLOAT, names=("batch", "sequence")):
    """output [batch, sequence, width] is the table's rows; token_type_ids, where there are any, are added to them."""
    nodes = [helper.make_node("Gather", ["table", "input_ids"], ["rows"])]
    last, tables = "rows", {"table": table.astype(np.float32)}
    if TYPES in inputs:
        nodes += [helper.make_node("Cast", ["token_type_ids"], ["types"], to=FLOAT),
                  helper.make_node("Unsqueeze", ["types", "axis"], ["column"]),
                  helper.make_node("Add", ["rows", "column"], ["added"])]
        last, tables["axis"] = "added", np.array([2], np.int64)
    nodes.append(helper.make_node("Cast", [last], [output], to=kind))
    model(path, nodes, inputs, [(output, kind, [*names, table.shape[1]])], tables)


def table(tags, rows):
    """4 for the tag that a piece likes, 0 elsewhere; pieces that are not named like O."""
    out = np.zeros((len(PIECES), len(tags)))
    for i, piece in enumerate(PIECES):
        out[i, tags.index(rows.get(piece, "O"))] = 4
    return out


def bioes(label):
    return ["O"] + [f"{p}-{label}" for p in "BIES"]


def crf(tags):
    """Moves that BIOES forbids cost 10,000."""
    opens = [t[0] in "BI" for t in tags]
    inside = [t[0] in "IE" for t in tags]
    return {"start": [-1e4 if i else 0.0 for i in inside], "end": [-1e4 if o else 0.0 for o in opens],
            "transitions": [[0.0 if opens[a] == inside[b] else -1e4 for b in range(len(tags))] for a in range(len(tags))]}


def layers(folder):
    """Two layers with a CRF each. 'mama' likes E, so 'mama' alone must come out as S or O, never as E."""
    disease, symptom = bioes("ENFERMEDAD"), bioes("SINTOMA")
    a = table(disease, {"tumor": "B-ENFERMEDAD", "##es": "I-ENFERMEDAD", "hepático": "E-ENFERMEDAD", "de": "I-ENFERMEDAD",
                        "mama": "E-ENFERMEDAD"})
    a[PIECES.index("de"), 0] = 3
    b = table(symptom, {"dolor": "B-SINTOMA", "agudo": "E-SINTOMA", "fiebre": "S-SINTOMA", "niño": "S-SINTOMA", "世": "B-SINTOMA",
                        "界": "E-SINTOMA"})
    look_up(folder / "model.onnx", np.concatenate([a, b], 1), "logits")
    write(folder / "tokenizer.json", tokenizer())
    write(folder / "config.json", {"model_type": "test", "pad_token_id": 0, "vocab_size": len(PIECES)})
    write(folder / "gloss.json", {
        "version": 1, "name": "test-layers", "task": "ner", "languages": ["es"], "inputs": "tokenizer", "preprocess": [],
        "windows": {"max": 12, "by": "sentence"}, "add_special_tokens": False, "outputs": {"logits": "logits"},
        "layers": [{"name": "disease", "first": 0, "labels": disease, "scheme": "bioes", "crf": crf(disease)},
                   {"name": "symptom", "first": 5, "labels": symptom, "scheme": "bioes", "crf": crf(symptom)}],
        "card": {"data": ["none"]}})


WORDS = ["<pad>", "<unk>", "carcinoma", "ductal", "infiltrante", "tumor", "de", "mama", "cafe\u0301", "0"]
CHARS = ["<pad>", "<unk>", "a", "z", "+"]


def words(folder):
    """Words and their characters: each word likes a tag, and each z in it the tag W by 8."""
    tags = ["O"] + [f"{p}-DIS" for p in "BMEWV"]
    likes = {"carcinoma": "V-DIS", "ductal": "M-DIS", "infiltrante": "E-DIS", "tumor": "B-DIS", "de": "M-DIS", "mama": "V-DIS",
             "cafe\u0301": "W-DIS", "0": "E-DIS"}
    by_word, by_char = np.zeros((len(WORDS), len(tags)), np.float32), np.zeros((len(CHARS), len(tags)), np.float32)
    for i, word in enumerate(WORDS):
        by_word[i, tags.index(likes.get(word, "O"))] = 4
    by_char[CHARS.index("z"), tags.index("W-DIS")] = 8
    nodes = [helper.make_node("Gather", ["by_word", "word_ids"], ["rows"]), helper.make_node("Gather", ["by_char", "char_ids"], ["all"]),
             helper.make_node("ReduceSum", ["all", "axis"], ["sum"], keepdims=0), helper.make_node("Add", ["rows", "sum"], ["logits"])]
    inputs = [("word_ids", INT, ["batch", "words"]), ("char_ids", INT, ["batch", "words", "chars"])]
    model(folder / "model.onnx", nodes, inputs, [("logits", FLOAT, ["batch", "words", len(tags)])],
          {"by_word": by_word, "by_char": by_char, "axis": np.array([2], np.int64)})
    moves = [[-1e4 if a == "O" and b[0] in "ME" else 0.0 for b in tags] for a in tags]
    (folder / "words.txt").write_text("\n".join(WORDS) + "\n", encoding="utf-8")
    write(folder / "gloss.json", {
        "version": 1, "name": "test-words", "task": "ner", "languages": ["es"], "inputs": "words+chars",
        "preprocess": ["numbers=0", "drop-punct", "skip-one-word-sentences"],
        "words": {"file": "words.txt", "padding": 0, "unknown": 1, "lower": True},
        "chars": {"entries": CHARS, "padding": 0, "unknown": 1, "max": 3},
        "windows": {"max": 6, "by": "sentence"}, "outputs": {"logits": "logits"},
        "layers": [{"name": "disease", "first": 0, "labels": tags, "scheme": "bmewov",
                    "crf": {"start": [0.0] * 6, "end": [0.0] * 6, "transitions": moves}}]})


def plain(folder):
    """What "optimum-cli export onnx" leaves of a token classifier."""
    tags = ["O", "B-DIS", "I-DIS"]
    rows = table(tags, {"tumor": "B-DIS", "##es": "O", "hepático": "I-DIS", "fiebre": "B-DIS", "alta": "I-DIS"})
    look_up(folder / "onnx" / "model.onnx", rows, "logits", (IDS, MASK, TYPES))
    write(folder / "tokenizer.json", tokenizer())
    write(folder / "config.json", {
        "model_type": "bert", "id2label": {str(i): t for i, t in enumerate(tags)}, "max_position_embeddings": 12,
        "pad_token_id": 0, "hidden_size": 3})


def names(folder):
    """A sentence encoder of 4 dimensions: piece i points along axis i modulo 4; [CLS] and [SEP] along all."""
    rows = np.eye(4)[np.arange(len(PIECES)) % 4]
    rows[2] = rows[3] = 0.5
    look_up(folder / "model.onnx", rows, "last_hidden_state", (IDS, MASK, TYPES))
    write(folder / "tokenizer.json", tokenizer())
    write(folder / "config.json", {"model_type": "bert", "hidden_size": 4, "pad_token_id": 0})
    kind = "sentence_transformers.models."
    write(folder / "modules.json", [{"idx": i, "name": str(i), "path": p, "type": kind + p.split("_")[-1] if p else kind + "Transformer"}
                                    for i, p in enumerate(["", "1_Pooling", "2_Normalize"])])
    write(folder / "1_Pooling" / "config.json", {
        "word_embedding_dimension": 4, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})
    write(folder / "sentence_bert_config.json", {"max_seq_length": 6, "do_lower_case": False})


def places(path):
    """logits [batch, sequence, 1] are the place of each piece in its row, from 0."""
    nodes = [helper.make_node("CumSum", ["attention_mask", "axis"], ["count"], exclusive=1),
             helper.make_node("Cast", ["count"], ["number"], to=FLOAT),
             helper.make_node("Unsqueeze", ["number", "last"], ["logits"])]
    model(path, nodes, [IDS, MASK], [("logits", FLOAT, ["batch", "sequence", 1])],
          {"axis": np.array(1), "last": np.array([2])})


def whole(path):
    """logits [batch, 2]: one row for a text, as a text classifier gives it."""
    nodes = [helper.make_node("Cast", ["input_ids"], ["numbers"], to=FLOAT),
             helper.make_node("ReduceMax", ["numbers"], ["largest"], axes=[1]),
             helper.make_node("Concat", ["largest", "largest"], ["logits"], axis=1)]
    model(path, nodes, [IDS, MASK], [("logits", FLOAT, ["batch", 2])], {})


def slow(path):
    """Multiplies matrices for minutes."""
    body = helper.make_graph(
        [helper.make_node("MatMul", ["x", "square"], ["y"]), helper.make_node("Identity", ["go"], ["still"])], "body",
        [helper.make_tensor_value_info("i", INT, []), helper.make_tensor_value_info("go", TensorProto.BOOL, []),
         helper.make_tensor_value_info("x", FLOAT, [64, 64])],
        [helper.make_tensor_value_info("still", TensorProto.BOOL, []), helper.make_tensor_value_info("y", FLOAT, [64, 64])])
    nodes = [helper.make_node("Cast", ["input_ids"], ["first"], to=FLOAT),
             helper.make_node("ReduceMean", ["first"], ["mean"], keepdims=0),
             helper.make_node("Add", ["square", "mean"], ["begin"]),
             helper.make_node("Loop", ["times", "yes", "begin"], ["last_hidden_state"], body=body)]
    model(path, nodes, [IDS], [("last_hidden_state", FLOAT, [64, 64])],
          {"square": np.eye(64, dtype=np.float32), "times": np.array(10**9), "yes": np.array(True)})


def hungry(path):
    """logits [batch, sequence, 1] are the identifiers; more than four rows ask for 256 TiB on the way, which no machine has."""
    nodes = [helper.make_node("Shape", ["input_ids"], ["rows"], start=0, end=1),
             helper.make_node("Greater", ["rows", "four"], ["many"]),
             helper.make_node("Where", ["many", "huge", "one"], ["room"]),
             helper.make_node("ConstantOfShape", ["room"], ["zeros"]),
             helper.make_node("Gather", ["zeros", "first"], ["zero"]),
             helper.make_node("Cast", ["input_ids"], ["numbers"], to=FLOAT),
             helper.make_node("Add", ["numbers", "zero"], ["sum"]),
             helper.make_node("Unsqueeze", ["sum", "last"], ["logits"])]
    model(path, nodes, [IDS, MASK], [("logits", FLOAT, ["batch", "sequence", 1])],
          {"four": np.array([4]), "huge": np.array([2**46]), "one": np.array([1]), "first": np.array([0]), "last": np.array([2])})


def main():
    layers(HERE / "layers")
    words(HERE / "words")
    plain(HERE / "plain")
    names(HERE / "names")
    write(HERE / "byte-level.json", byte_level())
    look_up(HERE / "half.onnx", np.array([[0.5, -2], [65504, 6e-8], [np.inf, 0]]), "logits", kind=HALF)
    look_up(HERE / "unnamed.onnx", np.array([[0.5, -2], [65504, 6e-8], [np.inf, 0]]), "logits", kind=HALF, names=(None, None))
    look_up(HERE / "narrow.onnx", np.array([[1.0], [2], [3]]), "logits", (("input_ids", TensorProto.INT32, IDS[2]),))
    slow(HERE / "slow.onnx")
    places(HERE / "places.onnx")
    whole(HERE / "whole.onnx")
    hungry(HERE / "hungry.onnx")
    # Old exports list their weights among the inputs.
    look_up(HERE / "old.onnx", np.array([[1.0], [2]]), "logits", (IDS, ("table", FLOAT, [2, 1])))


main()
