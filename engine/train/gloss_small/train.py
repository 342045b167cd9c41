"""Training: one encoder, one head and CRF a layer, each corpus teaching its own layers only."""

import json
import random
import time
from pathlib import Path

import torch

from . import corpora, data, tokenizer as tok
from .crf import Crfs
from .model import Pieces, Tagger
from .vectors import piece_vectors

LONGEST = 256  # pieces of a window in training; more are left out


class Joint(torch.nn.Module):
    def __init__(self, pieces, names, settings):
        super().__init__()
        embed = Pieces(pieces, settings)
        columns = sum(len(n) for n in names)
        self.tagger = Tagger(embed, embed.dims, settings["hidden"], columns, settings["drop_in"], settings["drop_out"])
        self.crfs = Crfs(names)


def windows_of(docs, tokenizer, limit, names):
    """[(ids, {layer number: tags})] of whole sentences, as at inference; a sentence over limit is kept whole."""
    index = [{name: i for i, name in enumerate(n)} for n in names]
    order = list(corpora.LAYERS)
    found = []
    for d in docs:
        spans = {order.index(layer): data.outermost(s) for layer, s in d.layers.items()}
        encoded = list(data.encode_sentences(tokenizer, d.text, d.bounds))
        for window in data.pack([len(ids) for ids, _ in encoded], limit):
            ids = [i for k in window for i in encoded[k][0]][:LONGEST]
            offsets = [o for k in window for o in encoded[k][1]][:LONGEST]
            near = {k: [s for s in v if s[0] < offsets[-1][1] and s[1] > offsets[0][0]] for k, v in spans.items()}
            found.append((ids, {k: data.tags_of(offsets, v, index[k]) for k, v in near.items()}))
    return found


def batches(windows, pieces, empty_share, rng):
    """Windows of about one length together, about so many pieces a batch; of the empty ones a share."""
    chosen = [w for w in windows if any(any(t) for t in w[1].values()) or rng.random() < empty_share]
    rng.shuffle(chosen)
    chosen.sort(key=lambda w: len(w[0]) // 8)
    found, batch = [], []
    for w in chosen:
        if batch and len(w[0]) * (len(batch) + 1) > pieces:
            found.append(batch)
            batch = []
        batch.append(w)
    found.append(batch)
    rng.shuffle(found)
    return found


def tensors(batch, word_dropout):
    width = max(len(ids) for ids, _ in batch)
    ids, mask = torch.zeros(2, len(batch), width, dtype=torch.long)
    rows, layers, tags = [], [], []
    for r, (piece_ids, layer_tags) in enumerate(batch):
        ids[r, :len(piece_ids)] = torch.tensor(piece_ids)
        mask[r, :len(piece_ids)] = 1
        for k, t in layer_tags.items():
            rows.append(r)
            layers.append(k)
            tags.append(t + [0] * (width - len(t)))
    ids[(torch.rand(ids.shape) < word_dropout) & (mask == 1)] = 1
    return ids, mask, torch.tensor(rows), torch.tensor(layers), torch.tensor(tags)


class Average:
    """An exponential moving average of the parameters."""

    def __init__(self, model, decay):
        self.decay, self.steps = decay, 0
        self.values = {k: p.detach().clone() for k, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        params = dict(model.named_parameters())
        torch._foreach_lerp_(list(self.values.values()), [params[k].detach() for k in self.values], 1 - decay)

    def averaged(self, model):
        """The model's state with the averages in place of the parameters."""
        state = {k: v.clone() for k, v in model.state_dict().items()}
        state.update({k: v.clone() for k, v in self.values.items()})
        return state


def optimizer_for(model, settings):
    groups = {"embed": [], "crfs": [], "other": []}
    for name, p in model.named_parameters():
        groups["embed" if ".embed." in name else "crfs" if name.startswith("crfs") else "other"].append(p)
    rates = {"embed": settings["rate_embed"], "crfs": settings["rate_crf"], "other": settings["rate"]}
    return torch.optim.AdamW([{"params": p, "lr": rates[k], "base": rates[k]} for k, p in groups.items()],
                             weight_decay=settings["weight_decay"])


def set_rate(optimizer, progress, warmup):
    factor = progress / warmup if progress < warmup else max(0.0, (1 - progress) / (1 - warmup))
    for group in optimizer.param_groups:
        group["lr"] = group["base"] * max(factor, 0.01)


def step(model, batch, settings, weights):
    ids, mask, rows, layers, tags = tensors(batch, settings["word_dropout"])
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings["bf16"]):
        logits, _ = model.tagger(ids, mask)
    losses = model.crfs.loss(logits.float(), rows, layers, tags, mask[rows].bool())
    return (losses * weights[layers]).sum() / len(batch)


def prepare(config, data_dir, log):
    """(model, tokenizer, windows, tuning documents): the vocabulary and vectors come from raw text."""
    torch.manual_seed(config["seed"])
    docs, held_runs = corpora.load(data_dir)
    train, tune = corpora.divide(docs, config["data"]["fit"], config["data"]["tune_modulus"])
    raw = corpora.raw_sentences(data_dir, train, held_runs)
    tokenizer = tok.build(raw, config["tokenizer"])
    pieces = tok.pieces_of(tokenizer)
    names = [data.tag_names(labels) for labels in corpora.LAYERS.values()]
    model = Joint(pieces, names, config["model"])
    base = tok.base_of(pieces)
    coded = [[base[i] for i in e.ids] for e in tokenizer.encode_batch(raw, add_special_tokens=False)]
    start = piece_vectors([c for c in coded if c], max(base) + 1, config["model"]["table"], config["vectors"] | {"seed": config["seed"]})
    with torch.no_grad():
        table = model.tagger.embed.table.weight
        noise = torch.randn_like(table) * config["vectors"]["scale"]
        table.copy_(torch.where(start.norm(dim=1, keepdim=True) > 0, start, noise))
    windows = windows_of(train, tokenizer, config["windows"]["max"], names)
    log(f"{len(train)} documents, {len(tune)} for tuning, {len(raw)} raw sentences, {len(pieces)} pieces, {len(windows)} windows, "
        f"{sum(p.numel() for p in model.parameters())} parameters")
    return model, tokenizer, windows, tune


def train(config, data_dir, out, log):
    settings, rng = config["train"], random.Random(config["seed"])
    torch.set_num_threads(settings["threads"])
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    model, tokenizer, windows, tune = prepare(config, data_dir, log)
    tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    optimizer, average = optimizer_for(model, settings), Average(model, settings["average"])
    weights = torch.tensor([settings["weights"].get(layer, 1.0) for layer in corpora.LAYERS])
    begin, budget, late = time.monotonic(), settings["minutes"] * 60, False
    for epoch in range(settings["epochs"]):
        model.train()
        todo, total = batches(windows, settings["batch_pieces"], settings["empty_share"], rng), 0.0
        for n, batch in enumerate(todo):
            progress = max((epoch + n / len(todo)) / settings["epochs"], (time.monotonic() - begin) / budget)
            if progress >= 1:
                late = True
                break
            set_rate(optimizer, progress, settings["warmup"])
            loss = step(model, batch, settings, weights)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clip"])
            optimizer.step()
            average.update(model)
            total += loss.item()
        done = epoch + (n if late else len(todo)) / len(todo)
        log(f"epoch {done:.2f} loss {total / max(n, 1):.3f} {time.monotonic() - begin:.0f} s, progress {progress:.2f}")
        torch.save({"model": average.averaged(model), "config": config, "epochs": done}, out / "model.pt")
        if late:
            break
        if settings["tune_every"] and (epoch + 1) % settings["tune_every"] == 0:
            report_tune(average.averaged(model), config, tokenizer, tune, log)
    return out / "model.pt"


def report_tune(state, config, tokenizer, tune, log):
    from .evaluate import score_documents
    from .predict import Predictor
    model = restore(state, config, tokenizer)
    result = score_documents(Predictor.of_model(model, tokenizer, config), tune)
    log("  tuning " + json.dumps({k: [round(x, 4) for x in v[:3]] for k, v in result.items()}))


def restore(state, config, tokenizer):
    names = [data.tag_names(labels) for labels in corpora.LAYERS.values()]
    model = Joint(tok.pieces_of(tokenizer), names, config["model"])
    model.load_state_dict(state)
    return model.eval()
