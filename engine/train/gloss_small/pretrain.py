"""Language modelling before tagging: the encoder reads raw text and guesses pieces.

Three guesses a batch: the first layer's forward LSTM guesses the next piece and its backward LSTM the previous one (neither sees
the piece that it guesses), and both layers together guess pieces that were hidden, as [UNK]. The guesses share the table of
piece vectors. The scores of a batch are over the pieces that occur in it and some drawn at random, not over all: a whole
softmax would take as long as the encoder.
"""

import random
import time

import torch
from torch import nn
from torch.nn import functional

from . import data

UNKNOWN = 1
LONGEST = 256  # pieces of a window


class Guesser(nn.Module):
    def __init__(self, hidden, dims, pieces):
        super().__init__()
        self.following = nn.Linear(hidden, dims)
        self.previous = nn.Linear(hidden, dims)
        self.hidden = nn.Linear(2 * hidden, dims)
        self.bias = nn.Parameter(torch.zeros(pieces))

    def loss(self, table, guesses, answers, drawn):
        """guesses: vectors, one list for each kind of guess; answers: the pieces meant, in lists alike; drawn: other candidates."""
        candidates, places = torch.cat([*answers, drawn]).unique(return_inverse=True)
        vectors, bias = table[candidates], self.bias[candidates]
        total, first = 0.0, 0
        for vector, answer in zip(guesses, answers):
            scores = vector @ vectors.t().to(vector.dtype)
            total = total + functional.cross_entropy(scores.float() + bias, places[first:first + len(answer)])
            first += len(answer)
        return total


def windows_of(lines, tokenizer, settings):
    """Ids of neighbouring sentences, packed as at inference. lines: lists of sentences; settings: config's windows."""
    encoded, openers = [], set()
    for line in lines:
        if data.by_line(settings):
            openers.add(len(encoded))
        encoded += [e.ids for e in tokenizer.encode_batch(line, add_special_tokens=False) if e.ids]
    packed = data.pack([len(ids) for ids in encoded], settings["max"], openers)
    return [[i for k in window for i in encoded[k]][:LONGEST] for window in packed]


def batches(windows, pieces, rng):
    order = list(windows)
    rng.shuffle(order)
    order.sort(key=lambda ids: len(ids) // 8)
    found, batch = [], []
    for ids in order:
        if batch and len(ids) * (len(batch) + 1) > pieces:
            found.append(batch)
            batch = []
        batch.append(ids)
    found.append(batch)
    rng.shuffle(found)
    return found


def loss_of(tagger, guesser, batch, settings, drawn):
    width = max(map(len, batch))
    ids, mask = torch.zeros(2, len(batch), width, dtype=torch.long)
    for row, window in enumerate(batch):
        ids[row, :len(window)], mask[row, :len(window)] = torch.tensor(window), 1
    answers = tagger.embed.base[ids]
    concealed = (torch.rand(ids.shape) < settings["mask"]) & (mask == 1)
    near, far = tagger.encode(ids.masked_fill(concealed, UNKNOWN), mask)
    forth, back = near.chunk(2, 2)
    pair = (mask[:, 1:] == 1) & (answers[:, 1:] != UNKNOWN) & (answers[:, :-1] != UNKNOWN)
    guesses = [guesser.following(forth[:, :-1][pair]), guesser.previous(back[:, 1:][pair]), guesser.hidden(far[concealed])]
    meant = [answers[:, 1:][pair], answers[:, :-1][pair], answers[concealed]]
    return guesser.loss(tagger.embed.table.weight, guesses, meant, drawn)


def optimizer_for(tagger, guesser, settings):
    table = list(tagger.embed.parameters())
    others = [p for name, p in tagger.named_parameters() if not name.startswith(("embed.", "head."))] + list(guesser.parameters())
    groups = [(table, settings["rate_embed"]), (others, settings["rate"])]
    return torch.optim.AdamW([{"params": p, "lr": r, "base": r} for p, r in groups], weight_decay=settings["weight_decay"])


def pretrain(tagger, lines, tokenizer, config, set_rate, log):
    """Trains the tagger's encoder in place on lines (lists of sentences); stops by epochs or by minutes, whichever comes first."""
    settings, rng = config["pretrain"], random.Random(config["seed"])
    windows = windows_of(lines, tokenizer, config["windows"])
    pieces = tagger.embed.table.num_embeddings
    guesser = Guesser(config["model"]["hidden"], config["model"]["table"], pieces)
    dropouts = [tagger.drop_in, tagger.drop_mid, tagger.drop_out]
    before = [d.p for d in dropouts]
    for d in dropouts:
        d.p = settings["drop"]
    optimizer, begin, progress = optimizer_for(tagger, guesser, settings), time.monotonic(), 0.0
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    log(f"pre-training: {len(windows)} windows, {sum(map(len, windows))} pieces")
    tagger.train()
    for epoch in range(settings["epochs"]):
        todo, total, count = batches(windows, settings["batch_pieces"], rng), 0.0, 0
        for n, batch in enumerate(todo):
            progress = max((epoch + n / len(todo)) / settings["epochs"], (time.monotonic() - begin) / settings["minutes"] / 60)
            if progress >= 1:
                break
            set_rate(optimizer, progress, settings["warmup"])
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=config["train"]["bf16"]):
                loss = loss_of(tagger, guesser, batch, settings, torch.randint(pieces, (settings["candidates"],)))
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, config["train"]["clip"])
            optimizer.step()
            total, count = total + loss.item(), count + 1
            if count % 200 == 0:
                log(f"  pre-training {epoch + n / len(todo):.2f} epochs, loss {total / count:.3f}, progress {progress:.2f}")
        if progress >= 1:
            break
    for d, p in zip(dropouts, before):
        d.p = p
