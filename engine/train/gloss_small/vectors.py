"""Vectors of pieces from raw text: positive pointwise mutual information with neighbours, reduced by a truncated SVD."""

import numpy as np
import torch


def counts(sequences, size, window):
    """Weighted counts of neighbours: the nearest counts 1, the farthest 1/window. Symmetric, [size, size]."""
    ids = np.concatenate([np.asarray(s, dtype=np.int64) for s in sequences])
    owner = np.repeat(np.arange(len(sequences)), [len(s) for s in sequences])
    table = torch.zeros(size * size)
    for distance in range(1, window + 1):
        same = owner[:-distance] == owner[distance:]
        pairs = ids[:-distance][same] * size + ids[distance:][same]
        weight = (window - distance + 1) / window
        table += weight * torch.bincount(torch.from_numpy(pairs), minlength=size * size)
    table = table.view(size, size)
    return table + table.t()


def piece_vectors(sequences, size, dims, settings):
    """[size, dims]; rows have the same length, rows of pieces that never occur are zero."""
    table = counts(sequences, size, settings["window"])
    rows = table.sum(1)
    smooth = rows ** settings["smoothing"]
    smooth /= smooth.sum()
    expected = torch.outer(rows, smooth).clamp_(min=1e-9)
    ppmi = table.div_(expected).clamp_(min=1e-9).log_().clamp_(min=0)
    del expected
    torch.manual_seed(settings["seed"])
    u, s, _ = torch.svd_lowrank(ppmi, q=dims + 16, niter=3)
    vectors = u[:, :dims] * s[:dims].sqrt()
    norms = vectors.norm(dim=1, keepdim=True)
    return torch.where(norms > 1e-6, vectors / norms.clamp(min=1e-6), 0) * settings["scale"] * dims ** 0.5
