"""gloss-finetune: the model of a bundle goes on over finished documents, at low rates.

The layers whose labels occur there are taught by them; labels that no layer has become a layer that begins from nothing. What
the model said before of every other layer is taught as well, so that these stay while the encoder moves (Li and Hoiem 2016,
"Learning without forgetting").
"""

import hashlib
import json
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import torch

from gloss_small import calibrate, corpora, data, feed, warm
from gloss_small.evaluate import scores
from gloss_small.export import config_json, quantise, write_onnx
from gloss_small.predict import Predictor

from ..check import counts, shared
from ..documents import DataError, Document
from ..events import tell
from ..export import versions, write_json
from ..fit import Fit
from ..run import saved_run
from ..settings import ConfigError

NAME = "gloss-finetune"
SHIPPED = "GLOSS_SHIPPED_MODEL"  # gloss says here where the bundle lies that it ships


def opened(config):
    """The Warm model to go on from."""
    folder = config["start"] or os.environ.get(SHIPPED, "")
    if not folder:
        raise ConfigError("start: name a bundle (only gloss train knows the one that gloss ships)")
    try:
        return warm.read(folder)
    except warm.NotOurs as e:
        raise ConfigError(f"start {folder}: it cannot be gone on from: {e}; want a bundle of gloss-small or {NAME}") from e


def rows_of(paths):
    """(documents to train on, how many are held out) of files of gloss export --for ner."""
    if not paths:
        raise ConfigError('data.rows is empty: name files of "gloss export --for ner"')
    train, held = [], 0
    for path in paths:
        try:
            lines = Path(path).read_text(encoding="utf-8").split("\n")  # splitlines cuts at U+0085, too, which JSON leaves as it is
        except (OSError, UnicodeDecodeError) as e:
            raise DataError(f"{path}: {e}") from e
        for n, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                spans = [(min(a for a, _ in s["spans"]), max(b for _, b in s["spans"]), s["label"]) for s in row["spans"]]
                if not row["finished"]:
                    continue
                if row["split"] == "held":
                    held += 1
                    continue
                train.append(Document(row["doc"], row["text"], spans))
            except (ValueError, KeyError, TypeError) as e:
                raise DataError(f"{path}:{n}: {type(e).__name__}: {e}: want lines of gloss export --for ner") from e
            if any(not 0 <= start < end <= len(row["text"]) for start, end, _ in spans):
                raise DataError(f"{path}:{n}: a mention of {row['doc']} lies outside of its text; see which with: gloss check")
    if not train:
        raise DataError(f"{', '.join(map(str, paths))}: no finished document is there to train on ({held} are held out)")
    if not any(d.spans for d in train):
        raise DataError(f"the {len(train)} finished documents to train on have no mention: there is nothing to learn")
    return train, held


def parted(documents, settings):
    """(documents to train on, documents to stop by)."""
    order = sorted(documents, key=lambda d: corpora.number_of(d.text))
    n = len(order) // settings["one_in"] if len(order) >= settings["least"] else 0
    texts, dev = order[n:], order[:n]
    if not all(any(d.spans for d in part) for part in (texts, dev)):  # F1 would be 0 whatever is learnt, or nothing would be
        return order, []
    return texts, dev


def layers_taught(layers, documents, own):
    """({name: labels} of layers that the model lacks, names of those that are taught)."""
    seen = {s[2] for d in documents for s in d.spans}
    known = {label: name for name, labels in layers.items() for label in labels}
    more = sorted(seen - known.keys())
    taught = [name for name, labels in layers.items() if seen & set(labels)]
    if not more:
        return {}, taught
    name, n = own, 1
    while name in layers:
        n += 1
        name = f"{own}{n}"
    return {name: more}, taught + [name]


class Finetune:
    """What Fit needs to know of the recipe, and the rest of it: the start, the model, the layers that are taught."""

    def __init__(self, config, start, documents):
        self.config, self.start = config, start
        self.digest = hashlib.sha256(json.dumps([[d.id, d.text, d.spans] for d in documents]).encode()).hexdigest()
        more, self.taught = layers_taught(start.layers, documents, config["data"]["layer"])
        self.layers = start.layers | more
        self.names = list(self.layers)
        settings = config["train"]
        self.model = warm.widened(start, more, settings["drop_in"], settings["drop_out"])
        self.scheme = SimpleNamespace(labels=[label for labels in self.layers.values() for label in labels])

    def state(self):
        return {"layers": self.layers, "taught": self.taught, "documents": self.digest}

    def groups(self):
        rates, found = self.config["train"], {}
        for name, p in self.model.named_parameters():
            kind = "rate_embed" if ".embed." in name else "rate_head" if ".head." in name else "rate_crf" if name.startswith("crfs.") else "rate"
            if kind == "rate_embed" and rates[kind]:
                p.requires_grad_(True)
            if rates[kind]:
                found.setdefault(kind, []).append(p)
        return [(rates[kind], parameters) for kind, parameters in found.items()]

    def of_layers(self, document):
        """The spans of a document by layer, of the layers that are taught."""
        return {name: [s for s in document.spans if s[2] in self.layers[name]] for name in self.taught}

    def examples(self, documents):
        """[(ids, which pieces have a tag, {layer number: tags}, what the start says of its layers, see before)]."""
        docs = [corpora.Document(d.id, d.text, "train", self.of_layers(d), d.bounds) for d in documents]
        index = [{tag: i for i, tag in enumerate(tags)} for tags in data.all_tag_names(self.layers)]
        found = []
        for d in docs:
            spans = {self.names.index(name): data.outermost(s) for name, s in d.layers.items()}
            for ids, offsets in data.windows(self.start.tokenizer, d.text, d.bounds, self.start.spec["windows"]):
                ids, offsets = ids[:feed.LONGEST], offsets[:feed.LONGEST]
                near = {k: [s for s in v if s[0] < offsets[-1][1] and s[1] > offsets[0][0]] for k, v in spans.items()}
                tags = {k: data.tags_of(offsets, v, index[k]) for k, v in near.items()}
                found.append((ids, [int(any(t)) for t in zip(*tags.values())], tags, self.before(ids)))
        return found

    def kept(self):
        """The numbers of the layers that the start teaches."""
        return [k for k, name in enumerate(self.names) if name in self.start.layers and name not in self.taught]

    @torch.no_grad()
    def before(self, ids):
        """The start's probabilities of the tags of its layers, [pieces, columns], and the loss that the kept ones have in it."""
        ids, crfs, kept = torch.tensor([ids]), self.start.model.crfs, torch.tensor(self.kept(), dtype=torch.long)
        mask, rows = torch.ones_like(ids).bool(), torch.zeros(len(self.kept()), dtype=torch.long)
        logits, _ = self.start.model.tagger(ids, mask.long())
        found = crfs.posteriors(logits, mask)
        return found[0], crfs.soft_loss(logits, rows, kept, found, mask[rows]).sum().item() if len(kept) else 0.0

    def predictor(self, device="cpu"):
        layers, first = [], 0
        for (name, labels), arrays in zip(self.layers.items(), self.model.crfs.arrays()):
            tags = data.tag_names(labels)
            layers.append((name, first, tags, arrays))
            first += len(tags)

        @torch.no_grad()
        def run(ids, mask):
            return self.model.tagger(torch.from_numpy(ids).to(device), torch.from_numpy(mask).to(device))[0].cpu().numpy()
        return Predictor(run, self.start.tokenizer, self.start.spec["windows"], layers)


class FinetuneFit(Fit):
    """Fit over several layers, some taught by annotators and some by the start."""

    def step(self, batch):
        crfs, settings = self.recipe.model.crfs, self.settings
        ids, mask, rows, layers, tags = (x.to(self.device) for x in feed.tensors([(e[0], e[2]) for e in batch], settings["word_dropout"]))
        logits, _ = self.recipe.model.tagger(ids, mask)
        total = crfs.loss(logits, rows, layers, tags, mask[rows].bool()).sum()
        if (kept := self.recipe.kept()) and settings["keep"]:
            soft, least = logits.new_zeros(logits.shape), 0.0
            for r, (pieces, _, _, (before, own)) in enumerate(batch):
                soft[r, :len(pieces), :before.shape[1]] = before
                least += own  # what the start itself has, so that the loss tells the distance from it
            rows, layers = torch.tensor([(r, k) for r in range(len(batch)) for k in kept], device=self.device).unbind(1)
            total = total + settings["keep"] * (crfs.soft_loss(logits, rows, layers, soft, mask[rows].bool()).sum() - least)
        loss = total / len(batch)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.recipe.model.parameters(), settings["clip"])
        self.optimizer.step()
        return loss.item()

    def figures(self, dev):
        """Strict micro scores of the layers that are taught."""
        self.recipe.model.eval()
        predictor, hits, predicted, gold = self.recipe.predictor(self.device), 0, 0, 0
        for d in dev:
            found = predictor.predict(d.text, d.bounds, wanted=self.recipe.taught, scores=False)
            own, want = {s[:3] for spans in found.values() for s in spans}, set(d.spans)
            hits, predicted, gold = hits + len(own & want), predicted + len(own), gold + len(want)
        return {name: round(v, 4) for name, v in zip(("precision", "recall", "f1"), scores(hits, predicted, gold))}


def train(config, folder, command, stop):
    torch.set_num_threads(config["train"]["threads"])
    documents, held = rows_of(config["data"]["rows"])
    start = opened(config)
    saved = saved_run(folder, config)
    torch.manual_seed(config["seed"])  # a run that goes on takes the numbers that its checkpoint kept
    recipe = Finetune(config, start, documents)
    if saved and saved["state"] != recipe.state():  # other documents than those that it began with
        saved = None
    if not saved:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    texts, dev = parted(documents, config["data"])
    report = look(config, texts, dev, held, recipe)
    tell("check", report=report)
    found = recipe.examples(texts)
    fit = FinetuneFit(recipe, folder, stop)
    fit.start(saved)
    tell("phase", name="train", documents=len(texts), dev=len(dev), windows=len(found), parameters=parameters(recipe), device=fit.device)
    progress = fit.run(found, dev)
    made = card(recipe, progress, report, command)
    export(recipe, dev, folder / "bundle", made)
    tell("done", bundle=str(folder / "bundle"), **{k: made[k] for k in ("recipe", "epochs", "best_epoch", "seconds", "figures", "parameters")})


def parameters(recipe):
    return sum(p.numel() for p in recipe.model.parameters())


def check(config):
    documents, held = rows_of(config["data"]["rows"])
    texts, dev = parted(documents, config["data"])
    return look(config, texts, dev, held, Finetune(config, opened(config), documents))


def look(config, texts, dev, held, recipe):
    """What the data are, and what of them the model cannot learn."""
    report = {"train": counts(texts), "dev": counts(dev), "held": held, "shared": shared(texts, dev), "taught": recipe.taught,
              "start": recipe.start.spec.get("name", ""), "warnings": []}
    for part in (texts, dev):
        lost = sum(len(set(s)) - len(data.outermost(s)) for d in part for s in recipe.of_layers(d).values())
        if lost:
            report["warnings"].append(f"{lost} mentions lie in or across others of their layer, of which the outer ones are learnt")
    for label, n in report["train"]["labels"].items():
        if n < 20:
            report["warnings"].append(f"{label} has {n} training spans only")
    if not dev:
        report["warnings"].append(f"{len(texts)} documents are too few to keep some back: every epoch is trained, and the last is kept")
    return report


def card(recipe, progress, report, command):
    c, before = recipe.config, recipe.start.spec.get("card", {})
    return {
        "recipe": NAME, "data": [*before.get("data", []), *map(str, c["data"]["rows"])], "licence": c["data"]["licence"] or before.get("licence", ""),
        "seed": c["seed"], "command": command, "start": recipe.start.spec.get("name", ""), "epochs": progress["epoch"],
        "best_epoch": progress["best_epoch"] or progress["epoch"], "seconds": round(progress["seconds"], 1), "figures": {"dev": progress["figures"]},
        "parameters": parameters(recipe), "int8": c["export"]["int8"], "versions": versions(), "check": report, "config": c,
    }


def manifest(recipe, calibration, made):
    layers = []
    for name, first, tags, arrays in recipe.predictor().layers:
        crf = {k: a.astype(float).round(5).tolist() for k, a in zip(("start", "end", "transitions"), arrays)}
        layer = {"name": name, "first": first, "labels": tags, "scheme": "bioes", "crf": crf}
        layers.append(layer | ({"calibration": calibration[name]} if name in calibration else {}))
    return recipe.start.spec | {"name": recipe.config["name"], "layers": layers, "card": made}


def calibrated(recipe, bundle, dev):
    """{layer: calibration}: learnt anew of the layers that are taught, where dev tells enough; else as they were."""
    found = dict(recipe.start.calibration)
    if not dev:
        return found
    documents = [corpora.Document(d.id, d.text, "dev", recipe.of_layers(d), d.bounds) for d in dev]
    for name, (chance, right, _) in calibrate.outcomes(Predictor.of_bundle(bundle, calibrated=False), documents).items():
        if learnt := calibrate.fit(chance, right):
            found[name] = {"slope": round(learnt[0], 5), "offset": round(learnt[1], 5)}
    return found


def export(recipe, dev, out, made):
    out.mkdir(parents=True, exist_ok=True)
    tagger = recipe.model.tagger
    plain = out / "plain.onnx"
    write_onnx(tagger, plain)
    if recipe.config["export"]["int8"]:
        quantise(plain, out / "model.onnx", 2 * tagger.first.forth.hidden_size)
        plain.unlink()
    else:
        plain.rename(out / "model.onnx")
    recipe.start.tokenizer.save(str(out / "tokenizer.json"), pretty=False)
    write_json(out / "config.json", config_json(tagger))
    write_json(out / "gloss.json", manifest(recipe, {}, made))
    write_json(out / "gloss.json", manifest(recipe, calibrated(recipe, out, dev), made))
