"""Masked language modelling of an encoder on names, before it learns to tag (Liu et al., RoBERTa, whose masking it follows)."""

import random

import torch
from torch.nn import functional

from gloss_small.train import set_rate

from .events import Ticker, tell


def rows_of(units, texts):
    """Pieces of each text with the model's template, at most a window of them."""
    encoded = units.tokenizer.encode_batch(texts, add_special_tokens=False)
    return [units.before + e.ids[:units.limit] + units.after for e in encoded if e.ids]


def masked(rows, units, pieces, share, rng):
    """(ids, attention mask, wanted): of the masked pieces eight in ten are hidden, one is another, one stays."""
    width = max(map(len, rows))
    ids = torch.tensor([row + [units.pad] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    inside = mask.bool().clone()
    inside[:, :len(units.before)] = False
    for i, row in enumerate(rows):
        inside[i, len(row) - len(units.after):] = False
    draw = lambda: torch.rand(ids.shape, generator=rng)
    chosen = inside & (draw() < share)
    wanted = ids.masked_fill(~chosen, -100)
    kind = draw()
    ids = ids.masked_fill(chosen & (kind < 0.8), units.mask)
    other = torch.randint(len(units.after) + 4, pieces, ids.shape, generator=rng)
    return torch.where(chosen & (kind >= 0.9), other, ids), mask, wanted


def loss_of(language, ids, mask, wanted):
    """The cross-entropy of the pieces that are wanted. The head, which is most of the work, sees them alone where it can be told."""
    head = getattr(language, "cls", None) or getattr(language, "lm_head", None)
    chosen = wanted >= 0
    if head is None:
        logits = language(input_ids=ids, attention_mask=mask).logits[chosen]
    else:
        logits = head(language.base_model(input_ids=ids, attention_mask=mask).last_hidden_state[chosen][None])[0]
    return functional.cross_entropy(logits, wanted[chosen])


def pretrain(language, units, texts, settings, seed, stop, device="cpu"):
    """Trains language (a transformers model with a head for masked language modelling) in place; settings: [pretrain]."""
    language.to(device)
    rows, rng, order = rows_of(units, texts), torch.Generator().manual_seed(seed), random.Random(seed)
    optimizer = torch.optim.AdamW([{"params": language.parameters(), "lr": settings["rate"], "base": settings["rate"]}], weight_decay=0.01)
    pieces, ticker = language.config.vocab_size, Ticker()
    language.train()
    for epoch in range(settings["epochs"]):
        todo, total = _batches(rows, settings["batch_names"], order), 0.0
        for n, batch in enumerate(todo):
            set_rate(optimizer, (epoch + n / len(todo)) / settings["epochs"], settings["warmup"])
            ids, mask, wanted = (x.to(device) for x in masked(batch, units, pieces, settings["mask"], rng))
            if not (wanted >= 0).any():
                continue
            loss = loss_of(language, ids, mask, wanted)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(language.parameters(), 1.0)
            optimizer.step()
            total += loss.item()
            ticker.batch(phase="pretrain", epoch=epoch + 1, epochs=settings["epochs"], done=n + 1, total=len(todo))
            stop.check()
        tell("phase", name="pretrain", epoch=epoch + 1, epochs=settings["epochs"], names=len(rows), loss=round(total / max(1, len(todo)), 4))


def _batches(rows, size, order):
    """Rows of about one length together."""
    rows = rows[:]
    order.shuffle(rows)
    rows.sort(key=lambda row: len(row) // 4)
    found = [rows[i:i + size] for i in range(0, len(rows), size)]
    order.shuffle(found)
    return found
