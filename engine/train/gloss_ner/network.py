"""Networks: an encoder, two BiLSTM layers where they are wanted, and a linear layer; and the chain over its output."""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torchcrf import CRF

from gloss_small.model import Both, turned_places

from .documents import DataError


def new_encoder(settings, pieces, pad, longest, drop):
    """A transformer from scratch with a head for masked language modelling; settings: [encoder] of a configuration."""
    from transformers import BertConfig, BertForMaskedLM
    return BertForMaskedLM(BertConfig(
        vocab_size=pieces, hidden_size=settings["hidden"], num_hidden_layers=settings["layers"], num_attention_heads=settings["heads"],
        intermediate_size=settings["feed_forward"], max_position_embeddings=longest, pad_token_id=pad, type_vocab_size=1,
        hidden_dropout_prob=drop, attention_probs_dropout_prob=drop, attn_implementation="eager"))


def check_checkpoint(path):
    """Whether a directory holds a Hugging Face checkpoint with a fast tokenizer."""
    if not (Path(path) / "config.json").is_file():
        raise DataError(f"encoder.path {path}: it has no config.json; want the directory of a Hugging Face checkpoint")
    if not (Path(path) / "tokenizer.json").is_file():
        raise DataError(f"encoder.path {path}: it has no tokenizer.json; save the checkpoint's fast tokenizer there")


def open_encoder(path):
    """A Hugging Face checkpoint of a directory on this machine, with a head for masked language modelling."""
    from transformers import AutoModelForMaskedLM
    return AutoModelForMaskedLM.from_pretrained(path, local_files_only=True, attn_implementation="eager")


def restore_encoder(config):
    """An encoder of a saved configuration (transformers' to_dict) with fresh weights."""
    from transformers import AutoConfig, AutoModelForMaskedLM
    config = dict(config)
    kind = config.pop("model_type")
    return AutoModelForMaskedLM.from_config(AutoConfig.for_model(kind, **config), attn_implementation="eager")


class Tagger(nn.Module):
    """encoder: a transformers model without its head. Gives logits [windows, pieces, tags]."""

    def __init__(self, encoder, tags, bilstm, drop):
        super().__init__()
        self.encoder, size = encoder, encoder.config.hidden_size
        self.drop = nn.Dropout(drop)
        self.recurrent = nn.ModuleList([Both(size, bilstm), Both(2 * bilstm, bilstm)] if bilstm else [])
        self.linear = nn.Linear(2 * bilstm or size, tags)

    def forward(self, input_ids, attention_mask):
        x = self.drop(self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state)
        if self.recurrent:
            turned = turned_places(attention_mask)
            for layer in self.recurrent:
                x = self.drop(layer(x, turned))
        return self.linear(x)


class Chain(CRF):
    """The linear-chain CRF of pytorch-crf, with moves that no text has forbidden from the start (they never get a gradient)."""

    def __init__(self, scheme, constrain=True):
        super().__init__(len(scheme.tags), batch_first=True)
        if constrain:
            for own, rule in zip((self.start_transitions, self.end_transitions, self.transitions), scheme.rules()):
                own.data = torch.where(torch.from_numpy(rule) < 0, torch.from_numpy(rule).float(), own.data)

    def arrays(self):
        """(start, end, transitions) as NumPy arrays."""
        return tuple(p.detach().numpy().astype(np.float32) for p in (self.start_transitions, self.end_transitions, self.transitions))


class Model(nn.Module):
    """What is trained and saved: a network, and the chain over its logits (None: each unit's best tag is its tag)."""

    def __init__(self, network, chain=None):
        super().__init__()
        self.network, self.chain = network, chain
