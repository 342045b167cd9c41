"""PharmaCoNER's second system: an encoder and a softmax over BIOES-V tags, each piece's by itself."""

from .. import recipe


class Recipe(recipe.Recipe):
    """All of it is in its configuration."""
