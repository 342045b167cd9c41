"""The peer of "gloss bench ner": transformers' TokenClassificationPipeline on torch, on the processor.

One JSON object a line: a request on standard input, its answer on standard output. The program ends with its input.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
import transformers

transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
LABELS = ["O"] + [f"{place}-{label}" for label in "ABCD" for place in "BI"]


def tokenizer_of(texts, size, longest):
    """WordPiece, learnt from the texts."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=False)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=size, special_tokens=special, show_progress=False))
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    t.decoder = decoders.WordPiece()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=t, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]",
        model_max_length=longest, model_input_names=["input_ids", "token_type_ids", "attention_mask"])


def make(out, layers, width, vocabulary, longest, texts):
    """A BERT with random weights, as a user has it: weights, tokenizer, and an export."""
    torch.manual_seed(0)
    tokenizer = tokenizer_of(texts, vocabulary, longest)
    model = transformers.BertForTokenClassification(transformers.BertConfig(
        vocab_size=len(tokenizer), hidden_size=width, num_hidden_layers=layers, num_attention_heads=width // 64,
        intermediate_size=4 * width, max_position_embeddings=longest, id2label=dict(enumerate(LABELS)),
        label2id={label: i for i, label in enumerate(LABELS)})).eval()
    tokenizer.save_pretrained(out)
    model.save_pretrained(out)
    model.set_attn_implementation("eager")  # which exporters choose, too

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *inputs):
            return self.model(**dict(zip(INPUTS, inputs))).logits

    example = tokenizer(["one text", "another, longer text"], padding=True, return_tensors="pt")
    axes = {n: {0: "batch_size", 1: "sequence_length"} for n in INPUTS + ["logits"]}
    torch.onnx.export(Logits().eval(), tuple(example[n] for n in INPUTS), str(Path(out) / "model.onnx"), input_names=INPUTS,
                      output_names=["logits"], dynamic_axes=axes, opset_version=17, dynamo=False)
    return {}


def quantise(source, target):
    """Weights of 8 bits, as ONNX Runtime's and optimum's dynamic quantisation make them."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    quantize_dynamic(source, target, weight_type=QuantType.QInt8)
    return {}


class Pipeline:
    def __init__(self, model, threads, texts, aggregation, stride):
        torch.set_num_threads(threads)
        tokenizer = transformers.AutoTokenizer.from_pretrained(model)
        self.pipe = transformers.TokenClassificationPipeline(
            model=transformers.AutoModelForTokenClassification.from_pretrained(model).eval(), tokenizer=tokenizer,
            device="cpu", aggregation_strategy=aggregation, stride=stride)
        self.texts = texts

    def run(self, batch, first, spans=False):
        """The first texts, as a list, in batches of so many windows."""
        texts = self.texts[:first]
        forget_peak()
        start = time.perf_counter()
        with torch.inference_mode():
            found = self.pipe(texts, batch_size=batch)
        answer = {"seconds": time.perf_counter() - start, "peak": peak()}
        if spans:
            answer["spans"] = [[[e.get("entity_group", e.get("entity")), e["start"], e["end"]] for e in doc] for doc in found]
        return answer


def forget_peak():
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass  # no Linux, or forbidden: the peak is that of the whole run


def peak():
    """The most memory that this process held, in bytes; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")), 0)


def main():
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    pipeline = None
    print(json.dumps({"torch": torch.__version__, "transformers": transformers.__version__}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        do = request.pop("do")
        if do == "open":
            pipeline = Pipeline(**request)
            answer = {}
        else:
            answer = {"make": make, "quantise": quantise, "run": pipeline and pipeline.run}[do](**request)
        print(json.dumps(answer), file=answers, flush=True)


main()
