"""What is wrong with data before a model is trained on it: debug-data."""

from collections import Counter

from gloss_small.corpora import word_runs
from gloss_small.data import outermost

NAMED = 8  # examples a finding


def look(recipe, train, dev):
    """A report, as plain JSON; it also goes into the bundle's card."""
    report = {"train": counts(train), "dev": counts(dev), "scheme": losses(recipe, train + dev), "shared": shared(train, dev)}
    report["warnings"] = list(warnings_of(report))
    return report


def counts(documents):
    labels, pairs = Counter(s[2] for d in documents for s in d.spans), Counter()
    for d in documents:
        pairs.update(overlaps(sorted(set(d.spans))))
    return {"documents": len(documents), "without_spans": sum(not d.spans for d in documents), "spans": sum(labels.values()),
            "labels": dict(sorted(labels.items())), "nested": pairs["nested"], "crossing": pairs["crossing"], "same_place": pairs["same_place"]}


def overlaps(spans):
    """Of each pair that shares a character: how the two lie. spans: sorted by start."""
    for i, (a, b, _) in enumerate(spans):
        for c, d, _ in spans[i + 1:]:
            if c >= b:
                break
            yield "same_place" if (a, b) == (c, d) else "nested" if a == c or d <= b else "crossing"


def losses(recipe, documents):
    """What is lost when gold spans become tags and are read back, and why: what no model of this kind can find."""
    lost, total, kept, pieces = Counter(), 0, 0, []
    for d in documents:
        gold, found, hit = set(d.spans), set(), set()
        for w in recipe.units.windows(d.text, d.bounds):
            starts, ends = {a for a, _ in w.offsets}, {b for _, b in w.offsets}
            near = [s for s in gold if s[0] < w.offsets[-1][1] and s[1] > w.offsets[0][0]]
            hit.update(s for s in near if s[0] >= w.offsets[0][0] and s[1] <= w.offsets[-1][1])
            found.update((w.offsets[a][0], w.offsets[b][1], label) for a, b, label in recipe.scheme.decode(recipe.scheme.encode(w.offsets, near), True))
            pieces += [(d.id, s) for s in near if s in hit and (s[0] not in starts or s[1] not in ends)]
        total, kept = total + len(gold), kept + len(gold & found)
        missed = {s for doc, s in pieces if doc == d.id}
        whole = set(outermost(gold))
        for s in gold - found:
            lost["tokenizer" if s in missed else "window" if s not in hit else "overlap" if s not in whole else "other"] += 1
    return {"name": recipe.scheme.name, "spans": total, "kept": kept, "lost": dict(lost),
            "tokenizer_examples": [f"{doc}: {a}-{b} {label}" for doc, (a, b, label) in pieces[:NAMED]]}


def shared(train, dev):
    """Documents of dev whose text is one of the training texts, or has twelve words in a row of one."""
    texts = {" ".join(d.text.split()) for d in train}
    runs = {run for d in train for run in word_runs(d.text)}
    same = [d.id for d in dev if " ".join(d.text.split()) in texts]
    near = [d.id for d in dev if d.id not in same and any(run in runs for run in word_runs(d.text))]
    return {"same_text": len(same), "words_in_common": len(near), "documents": (same + near)[:NAMED]}


def warnings_of(report):
    scheme, common = report["scheme"], report["shared"]
    share = lambda n: f"{n} of {scheme['spans']} spans"
    if n := scheme["lost"].get("overlap"):
        yield f"{share(n)} overlap others, and the scheme {scheme['name']} cannot hold them (bmewov and bioesv hold one level)"
    if n := scheme["lost"].get("tokenizer"):
        yield f"{share(n)} begin or end inside a piece of the tokenizer, such as {scheme['tokenizer_examples'][0]}"
    if n := scheme["lost"].get("window"):
        yield f"{share(n)} go over the bounds of a sentence or window"
    if n := scheme["lost"].get("other"):
        yield f"{share(n)} are lost for other reasons"
    if common["same_text"] or common["words_in_common"]:
        yield (f"{common['same_text']} texts of dev are training texts and {common['words_in_common']} share twelve words in a row with one: "
               f"dev figures are too good")
    for label in report["dev"]["labels"].keys() - report["train"]["labels"].keys():
        yield f"{label} occurs in dev but not in the training documents"
    for label, n in report["train"]["labels"].items():
        if n < 20:
            yield f"{label} has {n} training spans only"
    if n := report["train"]["without_spans"]:
        yield f"{n} training documents have no annotation: leave them out where nobody read them"
    if not report["dev"]["documents"]:
        yield "there are no dev documents: the last epoch is kept, and nothing tells how good it is"
