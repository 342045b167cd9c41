"""gloss-cross: a transformer that reads a mention and a name at once, learnt from scratch by contrast: of the names that were found
for a mention, the right one is to score highest. Its files are those of a sequence classifier with one output."""

import json
import math
import random
import time

import torch
from gloss_ner.documents import DataError
from gloss_ner.events import tell
from gloss_ner.units import learn_tokenizer
from tokenizers import normalizers
from torch import nn

NAME = "gloss-cross"


class Cross(nn.Module):
    """Logits of pairs. A piece that stands on the other side too is marked: so small a model would not learn to compare letters."""

    def __init__(self, pieces, longest, options):
        super().__init__()
        width = options["width"]
        self.word, self.place = nn.Embedding(pieces, width), nn.Embedding(longest, width)
        self.side, self.shared = nn.Embedding(2, width), nn.Embedding(2, width)
        self.norm, self.drop = nn.LayerNorm(width), nn.Dropout(options["dropout"])
        self.blocks = nn.ModuleList(Block(width, options) for _ in range(options["layers"]))
        self.head = nn.Linear(width, 1)
        self.scale, self.offset = nn.Parameter(torch.ones(()), False), nn.Parameter(torch.zeros(()), False)

    def forward(self, input_ids, attention_mask, token_type_ids):
        same = (input_ids.unsqueeze(2) == input_ids.unsqueeze(1)) & (token_type_ids.unsqueeze(2) != token_type_ids.unsqueeze(1))
        shared = ((same & (attention_mask.unsqueeze(1) > 0)).float().sum(2) > 0).long()
        places = torch.arange(input_ids.shape[1], device=input_ids.device).unsqueeze(0)
        x = self.drop(self.norm(self.word(input_ids) + self.place(places) + self.side(token_type_ids) + self.shared(shared)))
        hidden = (1 - attention_mask.float()).unsqueeze(1).unsqueeze(1) * -1e4
        for block in self.blocks:
            x = block(x, hidden)
        mask = attention_mask.unsqueeze(2).float()
        mean = (x * mask).sum(1) / mask.sum(1)
        return self.head(self.drop(mean)) * self.scale + self.offset


class Block(nn.Module):
    """A transformer layer, its norms before its parts."""

    def __init__(self, width, options):
        super().__init__()
        self.heads, inner = options["heads"], options["feed_forward"]
        self.sharp = 1 / math.sqrt(width // self.heads)
        self.qkv, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)
        self.before, self.between, self.drop = nn.LayerNorm(width), nn.LayerNorm(width), nn.Dropout(options["dropout"])

    def forward(self, x, hidden):
        rows, length, width = x.shape
        q, k, v = self.qkv(self.before(x)).view(rows, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(q @ k.transpose(2, 3) * self.sharp + hidden, 3)
        x = x + self.drop(self.merge((weights @ v).transpose(1, 2).reshape(rows, length, width)))
        return x + self.drop(self.narrow(torch.nn.functional.gelu(self.widen(self.between(x)))))


def mention_text(mention, context):
    """What gloss writes of a mention: link.PairText."""
    sentence = mention.get("context", "") if context else ""
    return f"{mention['text']} | {sentence}" if sentence else mention["text"]


def usable(mentions, nearest):
    """(mention, right candidates, wrong ones) where there are both."""
    for m in mentions:
        right = [c for c in m["candidates"] if c["id"] in m["gold"]]
        wrong = [c for c in m["candidates"][:nearest] if c["id"] not in m["gold"]]
        if right and wrong:
            yield m, right[0], wrong


def tokenizer_of(texts, settings):
    tokenizer = learn_tokenizer(texts, settings)
    tokenizer.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=True, lowercase=True)
    tokenizer.enable_truncation(settings["longest"])
    return tokenizer


def batch_of(tokenizer, pairs):
    """Identifiers, mask and sides of pairs of texts, padded."""
    found = tokenizer.encode_batch(pairs)
    length = max(len(e.ids) for e in found)
    pad = lambda values: torch.tensor([v + [0] * (length - len(v)) for v in values])
    return pad([e.ids for e in found]), pad([e.attention_mask for e in found]), pad([e.type_ids for e in found])


def draw(wrong, count, dice):
    """Hard negatives: half of the places go to the first candidates, the others to any."""
    first = wrong[: count // 2]
    rest = wrong[len(first):]
    return first + dice.sample(rest, min(count - len(first), len(rest)))


def learn(model, tokenizer, data, config, report):
    """Trains by cross entropy over the names of each mention."""
    t, context, dice = config["train"], config["data"]["context"], random.Random(config["seed"])
    steps = t["epochs"] * math.ceil(len(data) / t["mentions"])
    optimizer = torch.optim.AdamW(model.parameters(), lr=t["rate"], weight_decay=0.01)
    rise = max(1, int(t["warmup"] * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min((n + 1) / rise, (steps - n) / max(1, steps - rise)))
    for epoch in range(t["epochs"]):
        model.train()
        dice.shuffle(data)
        total = 0.0
        for at in range(0, len(data), t["mentions"]):
            pairs, sizes = [], []
            for m, right, wrong in data[at:at + t["mentions"]]:
                names = [right["name"], *(c["name"] for c in draw(wrong, t["negatives"], dice))]
                pairs += [(mention_text(m, context), name) for name in names]
                sizes.append(len(names))
            logits = model(*batch_of(tokenizer, pairs)).squeeze(1)
            loss = torch.stack([-torch.log_softmax(part, 0)[0] for part in torch.split(logits, sizes)]).mean()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(sizes)
        report(epoch + 1, total / len(data))


@torch.no_grad()
def judge(model, tokenizer, mentions, config):
    """(score of the first, whether it is right) of each mention, and the share that is right before and after."""
    model.eval()
    pairs, before, nearest = [], 0, config["train"]["nearest"]
    for m in mentions:
        some = m["candidates"][:nearest]
        if not some:
            continue
        logits = model(*batch_of(tokenizer, [(mention_text(m, config["data"]["context"]), c["name"]) for c in some])).squeeze(1)
        best = int(logits.argmax())
        pairs.append((float(logits[best]), some[best]["id"] in m["gold"]))
        before += some[0]["id"] in m["gold"]
    count = max(1, len(mentions))
    return pairs, {"mentions": len(mentions), "before top-1": round(before / count, 4), "after top-1": round(sum(r for _, r in pairs) / count, 4)}


def write(model, tokenizer, config, card, out):
    """The files of a sequence classifier with one output."""
    out.mkdir(parents=True)
    model.eval()
    inputs = batch_of(tokenizer, [("carcinoma de mama", "carcinoma"), ("tos", "tos seca")])
    axes = {n: {0: "batch", 1: "sequence"} for n in ("input_ids", "attention_mask", "token_type_ids")}
    torch.onnx.export(model, inputs, str(out / "model.onnx"), dynamo=False, opset_version=17, input_names=list(axes), output_names=["logits"],
                      dynamic_axes=axes | {"logits": {0: "batch"}})
    document = json.loads(tokenizer.to_str())
    document["truncation"] = document["padding"] = None
    longest = config["tokenizer"]["longest"]
    documents = {
        "tokenizer.json": document,
        "config.json": {"model_type": "gloss-cross", "hidden_size": config["model"]["width"], "max_position_embeddings": longest, "pad_token_id": 0,
                        "vocab_size": tokenizer.get_vocab_size(), "id2label": {"0": "fits"}},
        "gloss.json": {"version": 1, "name": config["name"], "task": "rerank", "inputs": "tokenizer", "preprocess": [], "max_length": longest, "card": card},
    }
    for name, value in documents.items():
        (out / name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def train(config, mentions, out, command, platt, fold):
    """Trains a cross-encoder and leaves its bundle in out; platt and fold: see run.py."""
    began, context = time.monotonic(), config["data"]["context"]
    torch.manual_seed(config["seed"])
    parts = max(2, round(1 / max(config["train"]["dev"], 1e-3)))
    kept = [m for m in mentions if fold(m, parts) == 0]
    data = list(usable([m for m in mentions if fold(m, parts) != 0], config["train"]["nearest"]))
    if not data:
        raise DataError("data.rows: no mention with right and wrong candidates: there is nothing to learn")
    texts = [t for m, _, _ in data for t in (mention_text(m, context), *(c["name"] for c in m["candidates"]))]
    tokenizer = tokenizer_of(sorted(set(texts)), config["tokenizer"])
    model = Cross(tokenizer.get_vocab_size(), config["tokenizer"]["longest"], config["model"])
    learn(model, tokenizer, data, config, lambda epoch, loss: tell(
        "epoch", epoch=epoch, epochs=config["train"]["epochs"], loss=round(loss, 4), seconds=round(time.monotonic() - began, 1), figures={}))
    pairs, figures = judge(model, tokenizer, kept, config)
    if len({right for _, right in pairs}) == 2:
        scale, offset = platt(pairs)
        model.scale.fill_(max(scale, 1e-3))
        model.offset.fill_(offset)
    card = {"recipe": NAME, "trained_on": config["data"]["trained_on"], "licence": config["data"]["licence"], "seed": config["seed"], "mentions": len(data),
            "model": config["model"], "train": config["train"], "figures, documents left out": figures, "command": command or ""}
    write(model, tokenizer, config, card, out / "bundle")
    tell("done", bundle=str(out / "bundle"), recipe=NAME, epochs=config["train"]["epochs"], best_epoch=config["train"]["epochs"],
         seconds=round(time.monotonic() - began, 1), parameters=sum(p.numel() for p in model.parameters()), figures=figures)
