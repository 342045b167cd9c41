"""Two recipes that rank the candidates of a mention again: boosted trees (run.py), and a cross-encoder (cross.py)."""
