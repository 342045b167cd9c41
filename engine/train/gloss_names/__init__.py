"""gloss_names trains the bi-encoder for concept names: synonyms end up near each other."""
