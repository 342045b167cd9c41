"""python -m gloss_rank.run train|check CONFIG ...: rankings of candidates, told in the events of gloss_ner. The recipe gloss-cross is in cross.py;
gloss-rank, here, are boosted trees (LightGBM) over the features that gloss writes.

A candidate is one row; whether it is right is learnt as a yes or no, all mentions and knowledge bases together. The score of a first
candidate becomes the chance that it is right by Platt scaling on folds of documents that the trees did not see."""

import json
import math
import shutil
import signal
import time
import zlib
from pathlib import Path

import numpy as np
from gloss_ner.command import Commands
from gloss_ner.documents import DataError
from gloss_ner.events import tell
from gloss_ner.settings import defaults_of, load

NAME, CROSS = "gloss-rank", "gloss-cross"
FOLDER = Path(__file__).parent


def read(paths):
    """(names of the features, mentions) of files that gloss link --features wrote."""
    names, mentions = None, []
    for path in paths:
        try:
            with open(path, encoding="utf-8") as handle:
                lines = [json.loads(line) for line in handle]
        except (OSError, ValueError) as e:
            raise DataError(f"{path}: {e}") from e
        if not lines or "features" not in lines[0]:
            raise DataError(f"{path}: no file of gloss link --features")
        if names is not None and lines[0]["features"] != names:
            raise DataError(f"{path}: other features than {paths[0]}: write both with one gloss")
        names = lines[0]["features"]
        mentions += [m | {"file": Path(path).name} for m in lines[1:]]
    if not mentions:
        raise DataError("data.rows: no mentions")
    return names, mentions


def rows(mentions):
    """Features and rightness of all candidates, one after the other."""
    x = [c["x"] for m in mentions for c in m["candidates"]]
    y = [c["id"] in m["gold"] for m in mentions for c in m["candidates"]]
    return np.array(x, dtype=np.float32), np.array(y, dtype=np.float32)


def fit(mentions, config):
    import lightgbm

    t = config["trees"]
    x, y = rows(mentions)
    if not 0 < y.sum() < len(y):
        raise DataError("data.rows: candidates are all right, or all wrong: there is nothing to learn")
    settings = {
        "objective": "binary", "learning_rate": t["rate"], "num_leaves": t["leaves"], "min_data_in_leaf": t["least"],
        "feature_fraction": t["features"], "bagging_fraction": t["mentions"], "bagging_freq": 1, "lambda_l2": t["l2"],
        "seed": config["seed"], "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1,
    }
    return lightgbm.train(settings, lightgbm.Dataset(x, y), t["rounds"])


def fold(mention, folds):
    return zlib.crc32(mention["doc"].removeprefix("es-").encode()) % folds


def out_of_fold(mentions, config, report=lambda done: None):
    """The trees' score for each candidate of each mention, by trees that did not see its document."""
    folds, scores = config["calibration"]["folds"], [None] * len(mentions)
    for k in range(folds):
        inside = [m for m in mentions if fold(m, folds) != k]
        at = [i for i, m in enumerate(mentions) if fold(m, folds) == k and m["candidates"]]
        if not at or not inside:
            continue
        flat = fit(inside, config).predict(rows([mentions[i] for i in at])[0], raw_score=True, num_threads=1)
        ends = np.cumsum([len(mentions[i]["candidates"]) for i in at])
        for i, part in zip(at, np.split(flat, ends[:-1])):
            scores[i] = part
        report(k + 1)
    return scores


def first_ones(mentions, scores):
    """(score, whether it is right) of each first candidate."""
    for m, s in zip(mentions, scores):
        if s is not None and len(s):
            best = int(np.argmax(s))
            yield float(s[best]), m["candidates"][best]["id"] in m["gold"]


def platt(pairs, steps=50):
    """(scale, offset) of the logistic function from score to chance, by Newton's method."""
    x = np.array([p[0] for p in pairs]), np.ones(len(pairs))
    x, y, w = np.stack(x, 1), np.array([p[1] for p in pairs], float), np.array([1.0, 0.0])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-x @ w))
        w = w + np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + 1e-6 * np.eye(2), x.T @ (y - p))
    return float(w[0]), float(w[1])


def figures(mentions, scores, scale, offset):
    """Per file: how often the right one is among the first k, before and after, and what p >= 0.8 covers."""
    out = {}
    for name in dict.fromkeys(m["file"] for m in mentions):
        some = [(m, s) for m, s in zip(mentions, scores) if m["file"] == name]
        places = {"before": [], "after": []}
        sure = []
        for m, s in some:
            right = [c["id"] in m["gold"] for c in m["candidates"]]
            order = np.argsort(-s, kind="stable") if s is not None else []
            places["before"].append(right.index(True) if True in right else math.inf)
            places["after"].append(next((n for n, i in enumerate(order) if right[i]), math.inf))
        for s, right in first_ones(*zip(*some)):
            if 1 / (1 + math.exp(-scale * s - offset)) >= 0.8:
                sure.append(right)
        out[name] = {"mentions": len(some)} | {
            f"{when} top-{k}": round(sum(p < k for p in found) / len(some), 4) for when, found in places.items() for k in (1, 5, 25)}
        out[name] |= {"p>=.8 covers": round(len(sure) / len(some), 4), "p>=.8 right": round(sum(sure) / max(1, len(sure)), 4)}
    return out


def trees_of(booster):
    """The trees as lists: node 0 is the root; a child below 0 is the leaf of its complement."""
    out = []
    for tree in booster.dump_model()["tree_info"]:
        nodes = {"feature": [], "threshold": [], "left": [], "right": [], "value": []}

        def walk(node):
            if "leaf_value" in node:
                nodes["value"].append(node["leaf_value"])
                return -len(nodes["value"])
            if node["decision_type"] != "<=":
                raise DataError(f"trees: decision {node['decision_type']} is not known to gloss")
            at = len(nodes["feature"])
            nodes["feature"].append(node["split_feature"])
            nodes["threshold"].append(node["threshold"])
            nodes["left"].append(0)
            nodes["right"].append(0)
            nodes["left"][at], nodes["right"][at] = walk(node["left_child"]), walk(node["right_child"])
            return at

        walk(tree["tree_structure"])
        out.append(nodes)
    return out


def configuration(args):
    """The configuration and the name of its recipe."""
    config = load(args.config, {name: lambda name=name: defaults_of(name, FOLDER) for name in (NAME, CROSS)}, args.set, args.seed)[0]
    return config, config["recipe"]


def run_train(args):
    (config, recipe), began = configuration(args), time.monotonic()
    names, mentions = read(config["data"]["rows"])
    if recipe == CROSS:
        from . import cross
        out = Path(args.out)
        shutil.rmtree(out, ignore_errors=True)
        cross.train(config, mentions, out, args.command_line, platt, fold)
        return
    folds = config["calibration"]["folds"]
    tell("phase", name="calibrate", mentions=len(mentions))
    scores = out_of_fold(mentions, config, lambda k: tell("epoch", epoch=k, epochs=folds + 1, loss=0.0, seconds=round(time.monotonic() - began, 1), figures={}))
    pairs = list(first_ones(mentions, scores))
    if len({right for _, right in pairs}) < 2:
        raise DataError("data.rows: too few mentions to tell how far a score can be believed")
    scale, offset = platt(pairs)
    found = figures(mentions, scores, scale, offset)
    trees = trees_of(fit(mentions, config))
    out = Path(args.out)
    shutil.rmtree(out, ignore_errors=True)
    (out / "bundle").mkdir(parents=True)
    model = {"version": 1, "name": config["name"], "task": "rank", "features": names, "scale": scale, "offset": offset, "card": {
        "recipe": NAME, "trained_on": config["data"]["trained_on"], "licence": config["data"]["licence"], "seed": config["seed"],
        "mentions": len(mentions), "trees": config["trees"], "figures, documents left out of each fold": found, "command": args.command_line or ""}}
    (out / "bundle" / "gloss.json").write_text(json.dumps(model, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (out / "bundle" / "trees.json").write_text(json.dumps(trees, separators=(",", ":")) + "\n", encoding="utf-8")
    tell("done", bundle=str(out / "bundle"), recipe=NAME, epochs=config["trees"]["rounds"], best_epoch=config["trees"]["rounds"],
         seconds=round(time.monotonic() - began, 1), parameters=sum(len(t["value"]) for t in trees), figures=found)


def run_check(args):
    config, _ = configuration(args)
    names, mentions = read(config["data"]["rows"])
    reachable = sum(any(c["id"] in m["gold"] for c in m["candidates"]) for m in mentions)
    tell("check", report={"mentions": len(mentions), "features": len(names), "with the right candidate": reachable, "warnings": []})


def main():
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    Commands("gloss_rank.run", run_train, run_check).run()


if __name__ == "__main__":
    main()
