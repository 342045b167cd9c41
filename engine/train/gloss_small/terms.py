"""Names of terminologies as text: what training may read beside the corpora. None of it is shipped."""

import re

from gloss_names import corpora as names


def plain(name):
    """A name as a report would write it: no "SAI" (not otherwise specified), no brackets, no capital at its start."""
    name = re.sub(r",?\s*\bSAI\b", "", name)
    name = " ".join(re.sub(r"\s*[(\[][^)\]]*[)\]]", "", name).split()).rstrip(" ,;")
    head = name.split(" ")[0]
    return name[:1].lower() + name[1:] if head[1:] == head[1:].lower() else name


def morphology(data):
    """Names of tumour morphology, in Spanish, the unlike ones only."""
    return sorted({plain(n.text) for n in names.cie_o(data)} - {""})


def phenotypes(data):
    """Spanish names of the Human Phenotype Ontology."""
    return sorted({plain(n.text) for n in names.hpo(data, ["es"])[0]} - {""})
