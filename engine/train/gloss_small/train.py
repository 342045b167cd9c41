"""Training: one encoder, one head and CRF a layer, each corpus teaching its own layers only."""

import json
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
from tokenizers import Tokenizer

from . import corpora, data, distil, feed, terms, tokenizer as tok
from .augment import Exchange
from .crf import Crfs
from .model import Pieces, Tagger
from .pretrain import pretrain
from .vectors import piece_vectors


class Joint(torch.nn.Module):
    def __init__(self, pieces, names, settings):
        super().__init__()
        embed = Pieces(pieces, settings)
        columns = sum(len(n) for n in names)
        self.tagger = Tagger(embed, embed.dims, settings["hidden"], columns, settings["drop_in"], settings["drop_out"])
        self.crfs = Crfs(names)


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


def step(model, batch, settings, weights, soft_weight):
    ids, mask, rows, layers, tags = feed.tensors(batch, settings["word_dropout"])
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=settings["bf16"]):
        logits, _ = model.tagger(ids, mask)
    losses = model.crfs.loss(logits.float(), rows, layers, tags, mask[rows].bool())
    total = (losses * weights[layers]).sum()
    if soft := feed.soft_tensors(batch, ids.shape[1]):
        rows, layers, wanted = soft
        losses = model.crfs.soft_loss(logits.float(), rows, layers, wanted, mask[rows].bool())
        total = total + soft_weight * (losses * weights[layers]).sum()
    return total / len(batch)


@dataclass
class Start:
    """What a run starts from: files of earlier runs, where there are any, with the tokenizer.json beside them."""
    encoder: str | None = None  # encoder.pt of a pre-training
    weights: str | None = None  # model.pt of a whole run
    teachers: list = field(default_factory=list)  # bundles


@dataclass
class Prepared:
    model: Joint
    tokenizer: Tokenizer
    windows: list
    raw: list
    tune: list
    exchange: Exchange | None


def new_model(config, raw, tokenizer):
    """A model whose piece vectors come from raw text."""
    pieces = tok.pieces_of(tokenizer)
    model = Joint(pieces, data.all_tag_names(corpora.LAYERS), config["model"])
    base = tok.base_of(pieces)
    coded = [[base[i] for i in e.ids] for e in tokenizer.encode_batch(raw, add_special_tokens=False)]
    start = piece_vectors([c for c in coded if c], max(base) + 1, config["model"]["table"], config["vectors"] | {"seed": config["seed"]})
    with torch.no_grad():
        table = model.tagger.embed.table.weight
        noise = torch.randn_like(table) * config["vectors"]["scale"]
        table.copy_(torch.where(start.norm(dim=1, keepdim=True) > 0, start, noise))
    return model


def lines_to_read(data_dir, train, tune, held_runs):
    """Lines for language modelling and for teachers. Unlike those of the vocabulary they leave out the tuning documents, so that
    tuning scores are not those of texts that the model has read."""
    return corpora.raw_lines(data_dir, train, held_runs.union(*(corpora.word_runs(d.text) for d in tune)))


def exchange_of(config, data_dir, windows, tokenizer):
    settings = config["exchange"]
    if not settings["share"]:
        return None
    names = terms.morphology(data_dir) if settings["names"] else []
    coded = [e.ids for e in tokenizer.encode_batch(names, add_special_tokens=False)]
    return Exchange(windows, settings["share"], {list(corpora.LAYERS).index("cantemist"): coded}, settings["names"])


def prepare(config, data_dir, start, log):
    torch.manual_seed(config["seed"])
    docs, held_runs = corpora.load(data_dir)
    train, tune = (corpora.only(part, config["data"].get("layers")) for part in corpora.divide(docs, config["data"]["fit"], config["data"]["tune_modulus"]))
    raw = [sentence for line in corpora.raw_lines(data_dir, train, held_runs) for sentence in line]
    earlier = start.weights or start.encoder
    tokenizer = Tokenizer.from_file(str(Path(earlier).parent / "tokenizer.json")) if earlier else tok.build(raw, config["tokenizer"])
    model = new_model(config, raw, tokenizer)
    lines = lines_to_read(data_dir, train, tune, held_runs)
    if start.weights:
        model.load_state_dict(torch.load(start.weights, weights_only=True)["model"])
    elif start.encoder:
        model.tagger.load_state_dict(torch.load(start.encoder, weights_only=True))
    elif config["pretrain"]["minutes"]:
        names = terms.morphology(data_dir) + terms.phenotypes(data_dir) if config["pretrain"]["names"] else []
        pretrain(model.tagger, lines + [names], tokenizer, config, set_rate, log)
    windows, unmarked = feed.windows_of(train, tokenizer, config["windows"], data.all_tag_names(corpora.LAYERS)), []
    exchange = exchange_of(config, data_dir, windows, tokenizer)
    if start.teachers:
        windows, unmarked = distil.add(windows, lines, start.teachers, tokenizer, config, log)
        model.crfs.load_arrays(distil.chains(start.teachers, tokenizer))
    log(f"{len(train)} documents, {len(tune)} for tuning, {len(raw)} raw sentences, {tokenizer.get_vocab_size()} pieces, "
        f"{len(windows)} windows, {sum(p.numel() for p in model.parameters())} parameters")
    return Prepared(model, tokenizer, windows, unmarked, tune, exchange)


def train_encoder(config, data_dir, out, log):
    """Only the pre-training: leaves OUT/encoder.pt and tokenizer.json, from which several runs can start."""
    torch.set_num_threads(config["train"]["threads"])
    Path(out).mkdir(parents=True, exist_ok=True)
    ready = prepare(config, data_dir, Start(), log)
    ready.tokenizer.save(str(Path(out) / "tokenizer.json"), pretty=False)
    torch.save(ready.model.tagger.state_dict(), Path(out) / "encoder.pt")


def train(config, data_dir, out, log, start=None):
    settings, rng = config["train"], random.Random(config["seed"])
    torch.set_num_threads(settings["threads"])
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    ready = prepare(config, data_dir, start or Start(), log)
    model = ready.model
    ready.tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    optimizer, average = optimizer_for(model, settings), Average(model, settings["average"])
    weights = torch.tensor([settings["weights"].get(layer, 1.0) for layer in corpora.LAYERS])
    begin, budget, late = time.monotonic(), settings["minutes"] * 60, False
    for epoch in range(settings["epochs"]):
        model.train()
        chosen = feed.draw(ready.windows, ready.raw, config, ready.exchange, rng)
        todo, total = feed.batches(chosen, settings["batch_pieces"], rng), 0.0
        for n, batch in enumerate(todo):
            progress = max((epoch + n / len(todo)) / settings["epochs"], (time.monotonic() - begin) / budget)
            if progress >= 1:
                late = True
                break
            set_rate(optimizer, progress, settings["warmup"])
            loss = step(model, batch, settings, weights, config["distil"]["weight"])
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
            report_tune(average.averaged(model), config, ready.tokenizer, ready.tune, log)
    return out / "model.pt"


def report_tune(state, config, tokenizer, tune, log):
    from .evaluate import score_documents
    from .predict import Predictor
    model = restore(state, config, tokenizer)
    result = score_documents(Predictor.of_model(model, tokenizer, config), tune)
    log("  tuning " + json.dumps({k: [round(x, 4) for x in v[:3]] for k, v in result.items()}))


def restore(state, config, tokenizer):
    model = Joint(tok.pieces_of(tokenizer), data.all_tag_names(corpora.LAYERS), config["model"])
    model.load_state_dict(state)
    return model.eval()
