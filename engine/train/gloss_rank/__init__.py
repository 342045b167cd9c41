"""gloss-rank: boosted trees that rank the candidates of a mention again."""
