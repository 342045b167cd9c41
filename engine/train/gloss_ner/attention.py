"""Hierarchically refined label attention (Cui and Zhang, 2019), as the CANTEMIST system has it: layers of a bidirectional GRU whose
states look at vectors of the tags. Below the last layer, what they see goes on beside the states; in the last layer, how much each
state looks at each tag is the answer."""

import torch
from torch import nn

from gloss_small.model import Both, turned_places


class BothGRU(Both):
    """A GRU forward, and one over each row reversed by its own length: padding changes nothing."""

    def __init__(self, inputs, hidden):
        nn.Module.__init__(self)
        self.forth = nn.GRU(inputs, hidden, batch_first=True)
        self.back = nn.GRU(inputs, hidden, batch_first=True)


class LookAtTags(nn.Module):
    """Attention of states [.., size] over the vectors of the tags [tags, size], by several heads."""

    def __init__(self, size, heads):
        super().__init__()
        self.heads, self.depth = heads, size // heads
        self.query, self.key, self.value = (nn.Linear(size, size, bias=False) for _ in range(3))
        for each in (self.query, self.key, self.value):  # smaller beginnings leave the scores, a product of the two, near nothing for long
            nn.init.xavier_uniform_(each.weight)

    def scores(self, states, tags):
        """[windows, heads, units, tags], before the softmax."""
        queries = self.query(states).unflatten(2, (self.heads, self.depth)).transpose(1, 2)
        keys = self.key(tags).unflatten(1, (self.heads, self.depth)).permute(1, 2, 0)
        return queries @ keys / self.depth ** 0.5

    def forward(self, states, tags):
        values = self.value(tags).unflatten(1, (self.heads, self.depth)).transpose(0, 1)
        seen = self.scores(states, tags).softmax(3) @ values
        return seen.transpose(1, 2).flatten(2) + states


class LabelAttention(nn.Module):
    """Logits [windows, units, tags] of vectors [windows, units, inputs]; their softmax is the attention of the last layer.

    size: of a state, both directions of the GRU together, and of the vector of a tag. look: with False, the layers are a plain stack
    of GRUs and a linear layer gives the logits, to see what the attention adds.
    """

    def __init__(self, inputs, tags, layers, size, heads, drop, look=True):
        super().__init__()
        if size % 2 or size % heads:
            raise ValueError(f"head.size {size} must be a multiple of 2 and of head.heads, {heads}")
        self.drop = nn.Dropout(drop)
        self.look = look
        wide = [inputs] + [2 * size if look else size] * (layers - 1)
        self.recurrent = nn.ModuleList(BothGRU(n, size // 2) for n in wide)
        if look:
            self.tags = nn.Parameter(torch.randn(tags, size))
            self.inner = nn.ModuleList(LookAtTags(size, heads) for _ in range(layers - 1))
            self.last = LookAtTags(size, 1)
            del self.last.value
        else:
            self.linear = nn.Linear(size, tags)

    def forward(self, x, mask):
        turned = turned_places(mask)
        for i, layer in enumerate(self.recurrent):
            x = self.drop(layer(x, turned))
            if self.look and i < len(self.recurrent) - 1:
                x = torch.cat([x, self.inner[i](x, self.tags)], 2)
        return self.last.scores(x, self.tags)[:, 0] if self.look else self.linear(x)


class Tagger(nn.Module):
    """encoder: a transformers model without its head; its last states go through LabelAttention."""

    def __init__(self, encoder, tags, settings, drop):
        super().__init__()
        self.encoder = encoder
        self.drop = nn.Dropout(drop)
        self.attention = LabelAttention(encoder.config.hidden_size, tags, settings["layers"], settings["size"], settings["heads"], drop,
                                        settings["attention"])

    def forward(self, input_ids, attention_mask):
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return self.attention(self.drop(states), attention_mask)
