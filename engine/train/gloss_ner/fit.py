"""The training of every recipe: batches, schedule, early stopping, and checkpoints from which a stopped run goes on bit for bit."""

import os
import random
import time
from pathlib import Path

import torch

from gloss_small.train import set_rate

from .events import Stopped, Ticker, tell
from .predict import Predictor, score
from .units import parts

CHECKPOINT = "checkpoint.pt"


def examples(recipe, documents):
    """[(Window, tags)] of documents; windows over the limit are met in parts."""
    found = []
    for d in documents:
        for w in recipe.units.windows(d.text, d.bounds):
            low, high = w.offsets[0][0], w.offsets[-1][1]
            near = [s for s in d.spans if s[0] < high and s[1] > low]
            for start, end, *_ in parts(len(w.offsets), recipe.units.limit):
                part = w.part(start, end)
                found.append((part, recipe.scheme.encode(part.offsets, near)))
    return found


def batches(found, settings, rng):
    """An epoch: windows of about one length together, about settings.batch units a batch, or so many windows where that is less
    than a unit each."""
    chosen = [e for e in found if any(e[1]) or rng.random() < settings["empty_share"]]
    rng.shuffle(chosen)
    chosen.sort(key=lambda e: len(e[1]) // 8)
    out, batch = [], []
    for e in chosen:
        if batch and (len(e[1]) * (len(batch) + 1) > settings["batch_units"] or len(batch) == settings["batch_windows"]):
            out.append(batch)
            batch = []
        batch.append(e)
    if batch:
        out.append(batch)
    rng.shuffle(out)
    return out


class Fit:
    """A run of a recipe in a folder. progress holds what a checkpoint does beside the weights."""

    def __init__(self, recipe, folder, stop):
        self.recipe, self.settings, self.folder, self.stop = recipe, recipe.config["train"], Path(folder), stop
        self.device = device_of(self.settings["device"])
        self.progress = {"epoch": 0, "batch": 0, "loss": 0.0, "seconds": 0.0, "best": -1.0, "best_epoch": 0, "figures": {}}
        self.best = None

    def start(self, saved=None):
        model = self.recipe.model.to(self.device)
        groups = [{"params": p, "lr": rate, "base": rate} for rate, p in self.recipe.groups()]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=self.settings["weight_decay"])
        if saved:
            model.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.progress, self.best = saved["progress"], saved["best"]
            torch.set_rng_state(saved["random"])
            tell("resume", epoch=self.progress["epoch"], batch=self.progress["batch"])

    def save(self):
        value = {"config": self.recipe.config, "labels": self.recipe.scheme.labels, "state": self.recipe.state(), "best": self.best,
                 "model": self.recipe.model.state_dict(), "optimizer": self.optimizer.state_dict(), "progress": self.progress,
                 "random": torch.get_rng_state()}
        part = self.folder / (CHECKPOINT + ".part")
        torch.save(value, part)
        os.replace(part, self.folder / CHECKPOINT)

    def run(self, found, dev):
        """Trains to the end, and leaves the weights that are to be kept in the recipe's model."""
        patience, epochs = self.settings["patience"], self.settings["epochs"]
        for epoch in range(self.progress["epoch"], epochs):
            if patience and dev and self.progress["epoch"] - self.progress["best_epoch"] >= patience:
                break
            self.epoch(epoch, found, dev)
        if self.best is not None:
            self.recipe.model.load_state_dict(self.best)
        self.recipe.model.to("cpu").eval()
        return self.progress

    def epoch(self, epoch, found, dev):
        todo = batches(found, self.settings, random.Random(f"{self.recipe.config['seed']} {epoch}"))
        begin, ticker, p = time.monotonic() - self.progress["seconds"], Ticker(), self.progress
        self.recipe.model.train()
        for n in range(p["batch"], len(todo)):
            set_rate(self.optimizer, (epoch + n / len(todo)) / self.settings["epochs"], self.settings["warmup"])
            p["loss"] += self.step(todo[n])
            p["batch"], p["seconds"] = n + 1, time.monotonic() - begin
            ticker.batch(epoch=epoch + 1, epochs=self.settings["epochs"], done=n + 1, total=len(todo))
            if self.stop.asked:
                self.save()
                raise Stopped(resumes=True)
        line = {"epoch": epoch + 1, "epochs": self.settings["epochs"], "loss": round(p["loss"] / max(1, len(todo)), 4)}
        p.update(epoch=epoch + 1, batch=0, loss=0.0)
        if dev and ((epoch + 1) % self.settings["dev_every"] == 0 or epoch + 1 == self.settings["epochs"]):
            line["dev"] = self.judge(epoch, dev)
        p["seconds"] = time.monotonic() - begin
        tell("epoch", **line, seconds=round(p["seconds"], 1))
        self.save()

    def step(self, batch):
        recipe = self.recipe
        inputs, lengths = recipe.units.collate([w for w, _ in batch])
        if self.settings["unknown"]:
            inputs = recipe.units.spoil(inputs, self.settings["unknown"])
        width = max(lengths)
        tags = torch.tensor([t + [0] * (width - len(t)) for _, t in batch], device=self.device)
        mask = (torch.arange(width)[None] < torch.tensor(lengths)[:, None]).to(self.device)
        logits = recipe.model.network(**{k: v.to(self.device) for k, v in inputs.items()})
        loss = recipe.loss(logits[:, recipe.units.lead:recipe.units.lead + width].float(), tags, mask)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(recipe.model.parameters(), self.settings["clip"])
        self.optimizer.step()
        return loss.item()

    def judge(self, epoch, dev):
        """Scores on dev; with patience the best weights so far are kept beside."""
        recipe, p = self.recipe, self.progress
        figures = self.figures(dev)
        if figures["f1"] > p["best"] or not self.settings["patience"]:
            p.update(best=figures["f1"], best_epoch=epoch + 1, figures=figures)
            if self.settings["patience"]:
                self.best = {k: v.detach().cpu().clone() for k, v in recipe.model.state_dict().items()}
        return figures

    def figures(self, dev):
        """Strict micro scores of the model as it is."""
        return score(Predictor.of_recipe(self.recipe, self.device), dev)


def device_of(name):
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return name
