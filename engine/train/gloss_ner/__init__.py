"""Recipes that train recognisers; see engine/train/README.md."""
