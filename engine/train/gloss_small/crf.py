"""Linear-chain CRFs, one a layer, run together over rows padded to the widest layer; and decoding in NumPy."""

import numpy as np
import torch
from torch import nn

FORBIDDEN = -10000.0


def allowed(names):
    """(start, end, transitions): 0 where BIOES allows it, else FORBIDDEN. transitions[i][j] is from i to j."""
    n = len(names)
    start, end, moves = np.zeros(n), np.zeros(n), np.zeros((n, n))
    for i, a in enumerate(names):
        opens = a[0] in "BI"
        start[i] = FORBIDDEN if a[0] in "IE" else 0
        end[i] = FORBIDDEN if opens else 0
        for j, b in enumerate(names):
            legal = b[0] in "IE" and a[1:] == b[1:] if opens else b[0] not in "IE"
            moves[i, j] = 0 if legal else FORBIDDEN
    return start, end, moves


class Crfs(nn.Module):
    """names: for every layer its tags. Emissions come as columns of all layers, one after the other."""

    def __init__(self, names):
        super().__init__()
        self.sizes = [len(n) for n in names]
        self.width = max(self.sizes)
        layers = len(names)
        self.start = nn.Parameter(torch.zeros(layers, self.width))
        self.end = nn.Parameter(torch.zeros(layers, self.width))
        self.moves = nn.Parameter(torch.zeros(layers, self.width, self.width))
        rule = [np.full((layers, self.width), FORBIDDEN), np.full((layers, self.width), FORBIDDEN),
                np.full((layers, self.width, self.width), FORBIDDEN)]
        columns = np.zeros((layers, self.width), dtype=np.int64)
        first = 0
        for k, tags in enumerate(names):
            n = len(tags)
            rule[0][k, :n], rule[1][k, :n], rule[2][k, :n, :n] = allowed(tags)
            columns[k, :n] = np.arange(first, first + n)
            first += n
        for name, value in zip(("start_rule", "end_rule", "move_rule"), rule):
            self.register_buffer(name, torch.tensor(value, dtype=torch.float32))
        self.register_buffer("columns", torch.from_numpy(columns))
        self.register_buffer("unused", (torch.arange(self.width)[None] >= torch.tensor(self.sizes)[:, None]))

    def scores(self):
        return self.start + self.start_rule, self.end + self.end_rule, self.moves + self.move_rule

    def loss(self, logits, rows, layers, tags, mask):
        """Negative log likelihood of each (row, layer) pair. logits [b, t, all columns]; tags and mask [pairs, t]."""
        index = self.columns[layers][:, None].expand(-1, logits.shape[1], -1)
        emit = logits[rows].gather(2, index).masked_fill(self.unused[layers][:, None], FORBIDDEN)
        start, end, moves = (s[layers] for s in self.scores())
        return self._log_norm(emit, start, end, moves, mask) - self._path(emit, start, end, moves, tags, mask)

    @staticmethod
    def _path(emit, start, end, moves, tags, mask):
        value = emit.gather(2, tags[..., None])[..., 0]
        pair = torch.arange(len(tags))[:, None]
        value[:, 1:] = value[:, 1:] + moves[pair, tags[:, :-1], tags[:, 1:]]
        last = tags.gather(1, mask.sum(1, keepdim=True) - 1)
        return (value * mask).sum(1) + start.gather(1, tags[:, :1])[:, 0] + end.gather(1, last)[:, 0]

    @staticmethod
    def _log_norm(emit, start, end, moves, mask):
        grow = moves.exp()
        alpha = start + emit[:, 0]
        for t in range(1, emit.shape[1]):
            top = alpha.max(1, keepdim=True).values.detach()
            summed = torch.bmm((alpha - top).exp()[:, None], grow)[:, 0]
            grown = summed.clamp(min=1e-30).log() + top + emit[:, t]
            alpha = torch.where(mask[:, t, None], grown, alpha)
        return torch.logsumexp(alpha + end, 1)

    def arrays(self):
        """For every layer (start, end, transitions) as NumPy arrays; forbidden moves are exactly FORBIDDEN."""
        rules, found = (self.start_rule, self.end_rule, self.move_rule), []
        for k, n in enumerate(self.sizes):
            whole = [torch.where(rule[k] < 0, rule[k], s[k]).detach().numpy() for rule, s in zip(rules, self.scores())]
            found.append((whole[0][:n], whole[1][:n], whole[2][:n, :n]))
        return found


def viterbi(emit, start, end, moves):
    """The best path over emit [t, tags]."""
    score, back = start + emit[0], []
    for row in emit[1:]:
        through = score[:, None] + moves
        best = through.argmax(0)
        back.append(best)
        score = through[best, np.arange(len(best))] + row
    path = [int((score + end).argmax())]
    for best in reversed(back):
        path.append(int(best[path[-1]]))
    return path[::-1]


def _logsumexp(a, axis):
    top = a.max(axis, keepdims=True)
    return (np.log(np.exp(a - top).sum(axis, keepdims=True)) + top).squeeze(axis)


def marginals(emit, start, end, moves):
    """Probability of every tag at every place, by the forward-backward algorithm: [t, tags]."""
    forward, backward = np.zeros_like(emit, dtype=np.float64), np.zeros_like(emit, dtype=np.float64)
    forward[0] = start + emit[0]
    for t in range(1, len(emit)):
        forward[t] = _logsumexp(forward[t - 1][:, None] + moves, 0) + emit[t]
    backward[-1] = end
    for t in range(len(emit) - 2, -1, -1):
        backward[t] = _logsumexp(moves + (emit[t + 1] + backward[t + 1])[None], 1)
    both = forward + backward
    return np.exp(both - _logsumexp(both, 1)[:, None])
