"""A network over words: a BiLSTM over the characters of each, its vector, and a BiLSTM over the words (NeuroNER, extended)."""

import torch
from torch import nn

from gloss_small.model import Both, turned_places


class Characters(nn.Module):
    """A vector for each word: the last states of a forward and a backward LSTM over its characters."""

    def __init__(self, characters, features, hidden):
        super().__init__()
        self.table = nn.Embedding(characters, features, padding_idx=0)
        self.both = Both(features, hidden)
        self.hidden = hidden

    def forward(self, char_ids):
        """char_ids [windows, words, characters], 0 where there is none; gives [windows, words, 2 * hidden]."""
        vectors = self.table(char_ids).flatten(0, 1)
        mask = (char_ids > 0).long().flatten(0, 1)
        turned = turned_places(mask)
        states = self.both(vectors, turned)
        last = (mask.sum(1) - 1).clamp(min=0)[:, None, None].expand(-1, 1, self.hidden)
        forth = states[:, :, :self.hidden].gather(1, last)[:, 0]
        back = states[:, 0, self.hidden:]  # turned back, the backward state that has read all stands first
        return torch.cat([forth, back], 1).reshape(char_ids.shape[0], char_ids.shape[1], 2 * self.hidden)


class Tagger(nn.Module):
    """Logits [windows, words, tags]. table: the vectors that words begin with, [words, dims]; settings: [network] of a configuration."""

    def __init__(self, table, characters, tags, settings, drop):
        super().__init__()
        self.table = nn.Embedding.from_pretrained(table, freeze=not settings["tune"], padding_idx=0)
        self.characters = Characters(characters, settings["features"], settings["char_hidden"]) if settings["features"] else None
        inputs = table.shape[1] + (2 * settings["char_hidden"] if settings["features"] else 0)
        self.drop = nn.Dropout(drop)
        self.recurrent = Both(inputs, settings["hidden"])
        self.linear = nn.Linear(2 * settings["hidden"], tags)

    def forward(self, word_ids, char_ids, attention_mask):
        x = self.table(word_ids)
        if self.characters:
            x = torch.cat([x, self.characters(char_ids)], 2)
        x = self.recurrent(self.drop(x), turned_places(attention_mask))
        return self.linear(self.drop(x))
