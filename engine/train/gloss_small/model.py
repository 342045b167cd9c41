"""The encoder: piece vectors (table + character CNN + case) and two bidirectional LSTM layers; one linear head for all layers."""

import torch
from torch import nn

from . import tokenizer as tok

CHARS = 14  # of a piece that the CNN sees


class Pieces(nn.Module):
    """A vector for every piece of the vocabulary. fold() gives the table that is shipped."""

    def __init__(self, pieces, settings):
        super().__init__()
        base = tok.base_of(pieces)
        alphabet = {c: i for i, c in enumerate(sorted(set("".join(pieces))), 3)}  # 0 none, 1 begins, 2 goes on a word
        chars = torch.zeros(len(pieces), CHARS, dtype=torch.long)
        for i, piece in enumerate(pieces):
            goes_on = piece.startswith(tok.PREFIX)
            coded = [2 if goes_on else 1] + [alphabet[c] for c in piece.removeprefix(tok.PREFIX)]
            chars[i, :min(len(coded), CHARS)] = torch.tensor(coded[:CHARS])
        self.register_buffer("base", torch.tensor(base))
        self.register_buffer("chars", chars)
        self.register_buffer("case", torch.tensor([tok.case_of(p) for p in pieces]))
        self.table = nn.Embedding(max(base) + 1, settings["table"])
        self.letters = nn.Embedding(len(alphabet) + 3, settings["letter"], padding_idx=0)
        self.conv = nn.Conv1d(settings["letter"], settings["chars"], 3, padding=1)
        self.cases = nn.Embedding(6, settings["case"])
        self.dims = settings["table"] + settings["chars"] + settings["case"]

    def vectors(self, ids):
        letters = self.letters(self.chars[ids]).transpose(1, 2)
        shape = torch.tanh(self.conv(letters).max(2).values)
        return torch.cat([self.table(self.base[ids]), shape, self.cases(self.case[ids])], 1)

    def forward(self, ids):
        seen, place = ids.unique(return_inverse=True)
        return self.vectors(seen)[place]

    def fold(self):
        with torch.no_grad():
            return torch.cat([self.vectors(part) for part in torch.arange(len(self.base)).split(2000)])


class Both(nn.Module):
    """An LSTM forward, and one over each row reversed by its own length: padding changes nothing."""

    def __init__(self, inputs, hidden):
        super().__init__()
        self.forth = nn.LSTM(inputs, hidden, batch_first=True)
        self.back = nn.LSTM(inputs, hidden, batch_first=True)

    def forward(self, x, turned):
        y = self.back(turn(x, turned))[0]
        return torch.cat([self.forth(x)[0], turn(y, turned)], 2)


def turn(x, turned):
    return x.gather(1, turned[..., None].expand(-1, -1, x.shape[2]))


def turned_places(mask):
    """For every place the place that it has when the row, without its padding, is reversed."""
    length = mask.sum(1, keepdim=True)
    place = torch.cumsum(torch.ones_like(mask), 1) - 1
    return torch.where(place < length, length - 1 - place, place)


class Locked(nn.Module):
    """Dropout with one mask for all places of a row."""

    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training or not self.p:
            return x
        keep = torch.empty(x.shape[0], 1, x.shape[2]).bernoulli_(1 - self.p).div_(1 - self.p)
        return x * keep


class Tagger(nn.Module):
    """embed maps ids to vectors: Pieces in training, a folded table when exported."""

    def __init__(self, embed, dims, hidden, columns, drop_in=0.0, drop_out=0.0):
        super().__init__()
        self.embed = embed
        self.first = Both(dims, hidden)
        self.second = Both(2 * hidden, hidden)
        self.head = nn.Linear(2 * hidden, columns)
        self.drop_in, self.drop_mid, self.drop_out = Locked(drop_in), Locked(drop_out), Locked(drop_out)

    def encode(self, input_ids, attention_mask):
        """The states of the first layer (forward half, backward half) and of the second, both with dropout."""
        turned = turned_places(attention_mask)
        x = self.drop_in(self.embed(input_ids))
        near = self.drop_mid(self.first(x, turned))
        return near, self.drop_out(self.second(near, turned))

    def forward(self, input_ids, attention_mask):
        _, states = self.encode(input_ids, attention_mask)
        return self.head(states), states
