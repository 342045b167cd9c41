"""Batches of names, drawn on the device: concepts by weight, some with the concepts they are mistaken for."""
import torch


class Names:
    """The training names as tensors: identifiers [n,v,s], concept and space of each, surfaces to compare."""

    def __init__(self, names, matrix, device):
        self.device = device
        concepts = sorted({n.concept for n in names})
        number = {c: i for i, c in enumerate(concepts)}
        self.spaces = sorted({c.split(":")[0] for c in concepts})
        order = sorted(range(len(names)), key=lambda i: number[names[i].concept])
        self.names = [names[i] for i in order]
        self.matrix = torch.as_tensor(matrix[order]).to(device)
        self.concept = torch.tensor([number[n.concept] for n in self.names], device=device)
        # Names that the tokenizer makes equal share a surface.
        self.surface = torch.unique(self.matrix[:, 0], dim=0, return_inverse=True)[1]
        self.size = torch.bincount(self.concept, minlength=len(concepts))
        self.start = torch.cumsum(self.size, 0) - self.size
        space = {s: i for i, s in enumerate(self.spaces)}
        self.space_of_concept = torch.tensor([space[c.split(":")[0]] for c in concepts], device=device)
        self.mentioned = torch.zeros(len(concepts), device=device)
        for name in self.names:
            if name.source.startswith("mention"):
                self.mentioned[number[name.concept]] += 1
        self.neighbours = None

    def weights(self, shares):
        """Chance of each concept as a seed: the square root of its names, three times that once it was mentioned."""
        weight = self.size.float().sqrt() * (1 + 2 * (self.mentioned > 0).float())
        for i, space in enumerate(self.spaces):
            inside = self.space_of_concept == i
            weight[inside] *= shares[space] / weight[inside].sum()
        return weight

    def pick(self, concepts):
        """A random name of each concept."""
        at = (torch.rand(len(concepts), device=self.device) * self.size[concepts]).long()
        return self.start[concepts] + at

    def draw(self, weights, options):
        """Rows and identifiers of one batch."""
        hard = options["hard_per_seed"] if self.neighbours is not None else 0
        seeds = torch.multinomial(weights, options["batch_concepts"] // (1 + hard), replacement=True)
        concepts = seeds
        if hard:
            near = self.neighbours[seeds]
            chosen = torch.randint(near.shape[1], (len(seeds), hard), device=self.device)
            concepts = torch.cat([seeds, near.gather(1, chosen).flatten()])
        rows = self.pick(concepts.repeat_interleave(options["names_per_concept"]))
        variant = torch.randint(self.matrix.shape[1], rows.shape, device=self.device)
        whole = torch.rand(len(rows), device=self.device) < 0.3
        return rows, trim(self.matrix[rows, variant.masked_fill(whole, 0)].long())


@torch.no_grad()
def mine(names, encoder, count, chunk=2048):
    """For each concept the others whose names are nearest: one name of each, drawn anew, stands for it."""
    concepts = torch.arange(len(names.size), device=names.device)
    rows = names.pick(concepts)
    vectors = torch.cat([encoder.vectors(trim(names.matrix[part, 0].long())) for part in rows.split(chunk)])
    near = torch.zeros(len(concepts), count, dtype=torch.long, device=names.device)
    for number in range(len(names.spaces)):
        inside = (names.space_of_concept == number).nonzero().flatten()
        for part in inside.split(chunk):
            scores = vectors[part] @ vectors[inside].T
            scores.masked_fill_(part.unsqueeze(1) == inside.unsqueeze(0), -2)
            scores.masked_fill_(names.surface[rows[part]].unsqueeze(1) == names.surface[rows[inside]].unsqueeze(0), -2)
            near[part] = inside[scores.topk(count, 1).indices]
    names.neighbours = near


def trim(ids):
    """Without the columns that are padding in every row."""
    return ids[:, :int((ids > 0).sum(1).max())]


def loss(vectors, rows, names, temperature, positives):
    """InfoNCE over a batch, a name's positives the other names of its concept.

    Names of another concept space are no negatives: two terminologies may well name one thing. Nor is the same
    text under another code. A copy of the very same name is a positive only where the batch has no other.
    """
    concept, surface = names.concept[rows], names.surface[rows]
    space = names.space_of_concept[concept]
    same = concept.unsqueeze(1) == concept.unsqueeze(0)
    alike = surface.unsqueeze(1) == surface.unsqueeze(0)
    self_ = torch.eye(len(rows), dtype=torch.bool, device=rows.device)
    positive = same & ~alike
    lonely = ~positive.any(1, keepdim=True)
    positive = positive | (lonely & same & ~self_)
    negative = ~same & ~alike & (space.unsqueeze(1) == space.unsqueeze(0))
    scores = vectors @ vectors.T / temperature
    against = torch.logsumexp(scores.masked_fill(~negative, -1e4), 1, keepdim=True)
    known = positive.any(1)
    if positives == "sum":
        inside = torch.logsumexp(scores.masked_fill(~positive, -1e4), 1, keepdim=True)
        each = torch.logaddexp(inside, against) - inside
        return each[known].mean()
    each = torch.logaddexp(scores, against) - scores
    return ((each * positive).sum(1) / positive.sum(1).clamp(min=1))[known].mean()
