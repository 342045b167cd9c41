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
        emit = self._columns_of(logits, rows, layers, FORBIDDEN)
        start, end, moves = (s[layers] for s in self.scores())
        return self._log_norm(emit, start, end, moves, mask) - self._path(emit, start, end, moves, tags, mask)

    def soft_loss(self, logits, rows, layers, soft, mask):
        """As loss, but expected under the tag probabilities soft [b, t, all columns], less what the emissions cannot change.

        Its gradient in the emissions is the difference of the probabilities, the model's and soft's; the chains get none,
        since soft does not tell how tags follow each other.
        """
        emit = self._columns_of(logits, rows, layers, FORBIDDEN)
        start, end, moves = (s[layers].detach() for s in self.scores())
        wanted = (self._columns_of(soft, rows, layers, 0.0) * emit).sum(2)
        return self._log_norm(emit, start, end, moves, mask) - (wanted * mask).sum(1)

    def posteriors(self, logits, mask):
        """The probability of every tag at every place, in the columns of logits: the gradient of the norm in the emissions."""
        count, layers = len(logits), len(self.sizes)
        rows, which = torch.arange(count).repeat_interleave(layers), torch.arange(layers).repeat(count)
        with torch.enable_grad():
            emit = self._columns_of(logits.detach(), rows, which, FORBIDDEN).requires_grad_()
            norm = self._log_norm(emit, *(s[which].detach() for s in self.scores()), mask[rows])
            found, = torch.autograd.grad(norm.sum(), emit)
        found = found.view(count, layers, -1, self.width)
        return torch.cat([found[:, k, :, :n] for k, n in enumerate(self.sizes)], 2)

    def _columns_of(self, values, rows, layers, unused):
        """[pairs, t, width] of values [b, t, all columns]."""
        index = self.columns[layers][:, None].expand(-1, values.shape[1], -1)
        return values[rows].gather(2, index).masked_fill(self.unused[layers][:, None], unused)

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

    def load_arrays(self, arrays):
        """Takes what arrays() gave."""
        with torch.no_grad():
            for k, layer in enumerate(arrays):
                n = self.sizes[k]
                for mine, rule, value in zip((self.start, self.end, self.moves), (self.start_rule, self.end_rule, self.move_rule), layer):
                    at = (k, *[slice(n)] * (mine.dim() - 1))
                    mine[at] = torch.where(rule[at] < 0, 0.0, torch.as_tensor(value, dtype=torch.float32))


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
