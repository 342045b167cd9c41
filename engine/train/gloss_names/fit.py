"""The training loop."""
import copy
import json
import math
import time

import numpy as np
import torch

from . import batches, model

EMA_EVERY = 5


def schedule(step, options):
    """Linear warm-up, then half a cosine down to nothing."""
    if step < options["warmup"]:
        return (step + 1) / options["warmup"]
    done = (step - options["warmup"]) / max(1, options["steps"] - options["warmup"])
    return 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def optimiser(encoder, options):
    table = [encoder.table.weight]
    bare = [p for n, p in encoder.named_parameters() if p.ndim < 2 or n in ("gate.weight", "place")]
    known = {id(p) for p in table + bare}
    rest = [p for p in encoder.parameters() if id(p) not in known]
    return torch.optim.AdamW([
        {"params": table, "lr": options["table_learning_rate"], "weight_decay": 0.0},
        {"params": bare, "lr": options["learning_rate"], "weight_decay": 0.0},
        {"params": rest, "lr": options["learning_rate"], "weight_decay": options["weight_decay"]},
    ], betas=(0.9, 0.98), fused=True)


@torch.no_grad()
def follow(averaged, encoder, keep):
    """The average of the weights over the last steps, which is what is kept."""
    for mean, now in zip(averaged.parameters(), encoder.parameters()):
        mean.lerp_(now, 1 - keep)


def train(config, names, matrix, evaluate=None, log=print, seconds=None):
    """Trains an encoder on names and their prepared copies; returns the average of its last weights.

    `seconds` stops the run early, its learning rate following the clock instead of the steps.
    """
    options, device = config["train"], "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(config["seed"])
    torch.set_float32_matmul_precision("high")
    data = batches.Names(names, matrix, device)
    encoder = model.Encoder(config["model"], options["dropout"], options["ngram_dropout"]).to(device)
    model.idf_gates(encoder, data.matrix[:, 0])
    averaged = copy.deepcopy(encoder).eval()
    steps = optimiser(encoder, options)
    rates = [group["lr"] for group in steps.param_groups]
    weights = data.weights(options["spaces"])
    began, running = time.time(), []
    small = [p for p in encoder.parameters() if p is not encoder.table.weight]
    encoder.train()
    for step in range(options["steps"]):
        if step and options["hard_per_seed"] and step % options["mine_every"] == 0:
            batches.mine(data, averaged, options["mine_neighbours"])
        factor = schedule(step, options)
        if seconds:
            factor = min(factor, max(0.0, 1 - (time.time() - began) / seconds))
            if factor == 0.0 and step > options["warmup"]:
                break
        for group, rate in zip(steps.param_groups, rates):
            group["lr"] = rate * factor
        rows, ids = data.draw(weights, options)
        with torch.autocast(device, torch.bfloat16):
            vectors = encoder.vectors(ids)
        value = batches.loss(vectors.float(), rows, data, options["temperature"], options["positives"])
        steps.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(small, 1.0)
        steps.step()
        if step % EMA_EVERY == 0:
            follow(averaged, encoder, min(options["ema"], (1 + step) / (10 + step)) ** EMA_EVERY)
        running.append(value.detach())
        if (step + 1) % options["evaluate_every"] == 0:
            log(report(step + 1, running, began, averaged, evaluate))
            running = []
    if running:
        log(report(step, running, began, averaged, evaluate))
    return averaged


def report(step, running, began, encoder, evaluate):
    """A line of the log: mean loss since the last, seconds since the start, figures where there is a tuning set."""
    line = {"step": step, "loss": round(torch.stack(running).mean().item(), 4), "seconds": round(time.time() - began, 1)}
    if evaluate:
        line.update(evaluate(encoder))
    return json.dumps(line)


@torch.no_grad()
def encode(encoder, matrix, chunk=2048):
    """Vectors of an identifier matrix, as numpy."""
    device = encoder.table.weight.device
    parts = [encoder.vectors(torch.as_tensor(matrix[at:at + chunk]).to(device).long()).cpu().numpy()
             for at in range(0, len(matrix), chunk)]
    return np.concatenate(parts)
