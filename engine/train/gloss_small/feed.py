"""What an epoch reads: windows of annotated text, cut as at inference, and batches of them as tensors."""

import torch

from . import corpora, data

LONGEST = 256  # pieces of a window in training; more are left out


def windows_of(docs, tokenizer, settings, names):
    """[(ids, {layer number: tags})] of whole sentences, as at inference (settings: config's windows); a sentence over max is kept
    whole."""
    index = [{name: i for i, name in enumerate(n)} for n in names]
    order = list(corpora.LAYERS)
    found = []
    for d in docs:
        spans = {order.index(layer): data.outermost(s) for layer, s in d.layers.items()}
        for ids, offsets in data.windows(tokenizer, d.text, d.bounds, settings):
            ids, offsets = ids[:LONGEST], offsets[:LONGEST]
            near = {k: [s for s in v if s[0] < offsets[-1][1] and s[1] > offsets[0][0]] for k, v in spans.items()}
            found.append((ids, {k: data.tags_of(offsets, v, index[k]) for k, v in near.items()}))
    return found


def draw(windows, raw, config, exchange, rng):
    """The windows of an epoch: those with spans, of the empty ones and of the raw ones a share, some with exchanged mentions."""
    share = config["train"]["empty_share"]
    chosen = [w for w in windows if any(any(t) for t in w[1].values()) or rng.random() < share]
    if exchange:
        chosen = [w for w in (exchange.apply(w, rng) for w in chosen) if len(w[0]) <= LONGEST]
    return chosen + [w for w in raw if rng.random() < config["distil"]["share"]]


def batches(chosen, pieces, rng):
    """Windows of about one length together, about so many pieces a batch."""
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
    """Windows may have three parts: ids, tags by layer, and what teachers say of all layers."""
    width = max(len(ids) for ids, *_ in batch)
    ids, mask = torch.zeros(2, len(batch), width, dtype=torch.long)
    rows, layers, tags = [], [], []
    for r, (piece_ids, layer_tags, *_) in enumerate(batch):
        ids[r, :len(piece_ids)] = torch.tensor(piece_ids)
        mask[r, :len(piece_ids)] = 1
        for k, t in layer_tags.items():
            rows.append(r)
            layers.append(k)
            tags.append(t + [0] * (width - len(t)))
    ids[(torch.rand(ids.shape) < word_dropout) & (mask == 1)] = 1
    numbers = (torch.tensor(rows, dtype=torch.long), torch.tensor(layers, dtype=torch.long))
    return ids, mask, *numbers, torch.tensor(tags, dtype=torch.long).view(-1, width)


def soft_tensors(batch, width):
    """(rows, layers, probabilities): the layers that teachers teach, those without tags."""
    pairs = [(r, k) for r, w in enumerate(batch) if len(w) > 2 for k in range(len(corpora.LAYERS)) if k not in w[1]]
    if not pairs:
        return None
    soft = torch.zeros(len(batch), width, next(w[2].shape[1] for w in batch if len(w) > 2))
    for r, w in enumerate(batch):
        if len(w) > 2:
            soft[r, :len(w[2])] = torch.from_numpy(w[2]).float()
    rows, layers = torch.tensor(pairs).unbind(1)
    return rows, layers, soft
