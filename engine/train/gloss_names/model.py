"""The encoder: hashed character n-grams summed into words, and a small transformer over the words.

A `tokenizer.json` cannot hash n-grams, so the graph does: the tokenizer gives characters, and integer arithmetic
on their identifiers finds the rows of the table of n-gram vectors. What comes out has one vector a character whose
masked mean, scaled to length one, is the name's vector, as any loader of sentence encoders expects.
"""
import torch
from torch import nn
import torch.nn.functional as F

from .tokens import END, SPACE, START

PRIME, STEP = 2147483647, 1000003  # products stay under 2**53: no engine rounds or wraps them
SALTS = (1, 7919)


def hash_ngrams(ids, sizes, buckets, hashes):
    """Rows [b,s,g] of the n-grams that start at each character, and which of them are real [b,s,g].

    A real n-gram holds no padding, and a bound of a word at its ends only.
    """
    bound = (ids >= START) & (ids <= SPACE)
    ids = torch.where(bound, torch.full_like(ids, SPACE), ids)
    length, longest = ids.shape[1], max(sizes)
    blank = ids[:, :1].expand(-1, longest) * 0
    padded = torch.cat([ids, blank], 1)
    code = torch.zeros_like(ids)
    whole = torch.ones_like(ids)     # no padding so far, and no bound inside
    rows, real = [], []
    for size in range(1, longest + 1):
        last = padded[:, size - 1:size - 1 + length]
        code = (code * STEP + last + 17) % PRIME
        whole = whole * (last > 0).long()
        if size > 2:
            before = padded[:, size - 2:size - 2 + length]
            whole = whole * (before != SPACE).long()
        if size in sizes:
            for salt in SALTS[:hashes]:
                rows.append((code * (2 * size + 1 + 2 * salt) % PRIME) % buckets)
                real.append(whole)
    return torch.stack(rows, 2), torch.stack(real, 2)


def word_places(ids, max_words):
    """One-hot [b,w,s]: the word that each character belongs to; a bound belongs to the word that it opens."""
    opens = ((ids == START) | (ids == SPACE)).long()
    place = (torch.cumsum(opens, 1) - 1).clamp(max=max_words - 1)
    shut = ((ids == 0) | (ids == END)).long()
    place = place * (1 - shut) - shut
    words = torch.arange(max_words, device=ids.device).view(1, -1, 1)
    return (place.unsqueeze(1) == words).float()


class Block(nn.Module):
    """A transformer layer, normalised before each half, written out so that it exports to plain operators."""

    def __init__(self, width, heads, inner, dropout):
        super().__init__()
        self.heads, self.width = heads, width
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.merge = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widen, self.narrow = nn.Linear(width, inner), nn.Linear(inner, width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, bias, rows):
        """x [p,d] holds words; `rows` puts them into the grid [b,w] that `bias` speaks of."""
        batch, words = bias.shape[0], bias.shape[3]
        qkv = rows.spread(self.qkv(self.first(x))).reshape(batch, words, 3, self.heads, self.width // self.heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        weights = torch.softmax(q @ k.transpose(2, 3) * (self.width // self.heads) ** -0.5 + bias, -1)
        mixed = rows.pack((weights @ v).transpose(1, 2).reshape(batch, words, self.width))
        x = x + self.dropout(self.merge(mixed))
        return x + self.dropout(self.narrow(F.gelu(self.widen(self.second(x)))))


class Grid:
    """Words as a grid with its empty places: what is exported."""

    def __init__(self, there):
        self.shape = there.shape

    def pack(self, x):
        return x.reshape(-1, x.shape[-1])

    def spread(self, x):
        return x.reshape(self.shape[0], self.shape[1], -1)


class Packed(Grid):
    """Words without the empty places, which are most of the grid: what trains faster."""

    def __init__(self, there):
        super().__init__(there)
        self.at = there.flatten().nonzero().flatten()

    def pack(self, x):
        return super().pack(x)[self.at]

    def spread(self, x):
        whole = x.new_zeros(self.shape[0] * self.shape[1], x.shape[1])
        return super().spread(whole.index_copy(0, self.at, x))


class Encoder(nn.Module):
    def __init__(self, options, dropout=0.0, ngram_dropout=0.0):
        super().__init__()
        self.options, self.ngram_dropout = options, ngram_dropout
        width = options["dimensions"]
        self.table = nn.Embedding(options["buckets"], width)
        self.gate = nn.Embedding(options["buckets"], 1)   # logarithm of the n-gram's weight
        nn.init.normal_(self.table.weight, std=width ** -0.5)
        nn.init.zeros_(self.gate.weight)
        self.blocks = nn.ModuleList(
            Block(width, options["heads"], options["feed_forward"], dropout) for _ in range(options["layers"]))
        if options["layers"]:
            self.place = nn.Parameter(torch.zeros(options["max_words"], width))
            self.enter, self.leave = nn.LayerNorm(width), nn.LayerNorm(width)
            self.out = nn.Linear(width, width)
            nn.init.zeros_(self.out.weight)
            nn.init.zeros_(self.out.bias)

    def rows_and_weights(self, ids):
        o = self.options
        rows, real = hash_ngrams(ids, o["ngrams"], o["buckets"], o["hashes"])
        return rows, real.float()

    def letters(self, rows, weights):
        """[b,s,d]: the sum of the n-grams that start at each character, each times its own weight."""
        batch, length, grams = rows.shape
        weights = weights * torch.exp(self.gate(rows)).squeeze(3)
        flat = F.embedding_bag(
            rows.reshape(-1, grams), self.table.weight, per_sample_weights=weights.reshape(-1, grams), mode="sum")
        return flat.reshape(batch, length, -1)

    def forward(self, ids):
        """[b,s] -> [b,s,d]; the mean over a name's characters points where the name's vector points."""
        grams, weights = self.rows_and_weights(ids)
        count = weights.sum((1, 2)).clamp(min=1).view(-1, 1, 1)
        if self.training and self.ngram_dropout:
            weights = weights * (torch.rand_like(weights) >= self.ngram_dropout)
        letters = self.letters(grams, weights)
        total = letters * count.rsqrt()
        if not self.options["layers"]:
            return total
        places = word_places(ids, self.options["max_words"])
        sizes = places.sum(2, keepdim=True)
        there = (sizes > 0).float()
        bias = (there.transpose(1, 2) - 1).unsqueeze(1) * 1e4
        rows = (Packed if self.training else Grid)(there.squeeze(2))
        x = rows.pack(self.enter(places @ letters) + self.place)
        for block in self.blocks:
            x = block(x, bias, rows)
        x = rows.spread(self.out(self.leave(x))) * there / sizes.clamp(min=1)
        words = there.sum(1, keepdim=True).clamp(min=1)
        return total + places.transpose(1, 2) @ (x * words.rsqrt())

    def vectors(self, ids):
        """[b,s] -> [b,d], of length one. The mask is what the loader's pooling uses: all but padding."""
        mask = (ids > 0).float().unsqueeze(2)
        return F.normalize((self.forward(ids) * mask).sum(1), dim=1)


def idf_gates(encoder, matrix, batch=2048):
    """Starts each n-gram's weight at its inverse document frequency: the untrained model is then much like TF-IDF."""
    o, device = encoder.options, encoder.table.weight.device
    seen = torch.zeros(o["buckets"], device=device)
    for at in range(0, len(matrix), batch):
        rows, real = encoder.rows_and_weights(matrix[at:at + batch].long())
        seen.index_add_(0, rows.flatten(), real.flatten())
    idf = torch.log((1 + len(matrix)) / (1 + seen)).clamp(min=0.5)
    with torch.no_grad():
        encoder.gate.weight.copy_(torch.log(idf / idf.mean()).unsqueeze(1))
