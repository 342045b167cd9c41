"""Means of weights: runs that began from one encoder, or one from another, lie near enough to each other for that."""

import shutil
from pathlib import Path

import torch


def mean(shares, out):
    """shares: (folder of a run, its share) each, whose model.pt and tokenizer.json are of one vocabulary. Settings come from the first."""
    first = torch.load(Path(shares[0][0]) / "model.pt", weights_only=True)
    pieces = (Path(shares[0][0]) / "tokenizer.json").read_bytes()
    whole = sum(share for _, share in shares)
    sums = {name: torch.zeros_like(value) for name, value in first["model"].items() if value.is_floating_point()}
    for folder, share in shares:
        if (Path(folder) / "tokenizer.json").read_bytes() != pieces:
            raise SystemExit(f"{folder} has other pieces than {shares[0][0]}: their weights have no mean")
        weights = torch.load(Path(folder) / "model.pt", weights_only=True)["model"]
        for name, total in sums.items():
            total += weights[name] * (share / whole)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    torch.save(first | {"model": first["model"] | sums}, out / "model.pt")
    shutil.copy(Path(shares[0][0]) / "tokenizer.json", out / "tokenizer.json")
