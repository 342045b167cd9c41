"""LivingNER's system (multilingual SapBERT + linear + CRF over sentences): the loss is the cross-entropy of the linear layer's
logits plus a tenth of the chain's negative log-likelihood."""

from .. import recipe


class Recipe(recipe.Recipe):
    """All of it is in its configuration."""
