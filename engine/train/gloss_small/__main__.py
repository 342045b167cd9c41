"""python -m gloss_small pretrain|train|export|calibrate|reliability|evaluate|compare|predict|golden ..."""

import argparse
import json
import sys
import time
import tomllib
from pathlib import Path

DEFAULT = Path(__file__).with_name("gloss_small.toml")


def log(message):
    print(time.strftime("%H:%M:%S"), message, file=sys.stderr, flush=True)


def read_config(path):
    with open(path, "rb") as f:
        return tomllib.load(f)


def run_pretrain(args):
    from .train import train_encoder
    train_encoder(read_config(args.config), args.data, args.out, log)


def run_train(args):
    from .export import export
    from .train import Start, train
    out = Path(args.out)
    train(read_config(args.config), args.data, out, log, Start(args.encoder, args.weights, args.teachers))
    export(out, out / "bundle")
    log(f"bundle: {out / 'bundle'}")


def run_export(args):
    from .export import export
    export(args.run, args.out, int8=not args.fp32)


def run_evaluate(args):
    from . import corpora, evaluate
    from .predict import Predictor
    config = read_config(args.config)
    docs, _ = corpora.load(args.data)
    chosen = evaluate.part_of(docs, args.part, config)
    result = evaluate.score_documents(Predictor.of_bundle(args.bundle), chosen)
    print(evaluate.table(args.part, result))
    if args.card:
        evaluate.write_card(Path(args.bundle) / "gloss.json", args.part, result)
    if args.dictionary:
        train, tune = corpora.divide(docs, config["data"]["fit"], config["data"]["tune_modulus"])
        known = train if args.part != "report" else train + tune
        print(evaluate.table("dictionary", evaluate.score_documents(evaluate.Dictionary(known), chosen)))


def run_calibrate(args):
    from . import calibrate, corpora, evaluate
    from .predict import Predictor
    docs = evaluate.part_of(corpora.load(args.data)[0], "tune", read_config(args.config))
    print(calibrate.markdown(calibrate.calibrate(args.bundle, Predictor.of_bundle(args.bundle, calibrated=False), docs)))


def run_reliability(args):
    from . import calibrate, corpora, evaluate
    from .predict import Predictor
    docs = evaluate.part_of(corpora.load(args.data)[0], args.part, read_config(args.config))
    raw, calibrated = Predictor.of_bundle(args.bundle, calibrated=False), Predictor.of_bundle(args.bundle)
    print(calibrate.markdown(calibrate.compare(raw, calibrated, docs)))


def run_compare(args):
    from . import corpora, evaluate
    from .predict import Predictor
    docs = evaluate.part_of(corpora.load(args.data)[0], args.part, read_config(args.config))
    first, *others = [(b, evaluate.counts(Predictor.of_bundles(b.split(",")), docs)) for b in args.bundles]
    print(evaluate.table(first[0], evaluate.micro(first[1])), f"\nmean F1 {evaluate.mean_f1(first[1]):.4f}")
    for name, rows in others:
        _, mean, low, high = evaluate.compare(first[1], rows)
        print(evaluate.table(name, evaluate.micro(rows)), f"\nmean F1 {mean:.4f}, difference {low:+.4f} to {high:+.4f}")


def run_mean(args):
    from .mean import mean
    parts = [run.rpartition("=") for run in args.runs]
    mean([(folder, float(share)) if folder else (share, 1.0) for folder, _, share in parts], args.out)


def run_predict(args):
    from .predict import Predictor
    found = Predictor.of_bundle(args.bundle).predict(sys.stdin.read())
    print(json.dumps(found, ensure_ascii=False, indent=1))


def run_golden(args):
    from .golden import write
    write(args.bundle, args.out)


def main():
    parser = argparse.ArgumentParser(prog="gloss_small")
    commands = parser.add_subparsers(required=True)

    def command(name, run, *options):
        sub = commands.add_parser(name)
        for option, settings in options:
            sub.add_argument(option, **settings)
        sub.set_defaults(run_command=run)

    config, data = ("--config", {"default": DEFAULT}), ("--data", {"default": "../shared/data"})
    command("pretrain", run_pretrain, config, data, ("--out", {"required": True}))
    command("train", run_train, config, data, ("--out", {"required": True}), ("--encoder", {"help": "encoder.pt of a pretrain run"}),
            ("--weights", {"help": "model.pt of another run"}), ("--teachers", {"nargs": "+", "default": [], "help": "bundles"}))
    command("mean", run_mean, ("--out", {"required": True}), ("runs", {"nargs": "+", "help": "folders of runs, each with its share: RUN=0.7"}))
    command("export", run_export, ("--run", {"required": True}), ("--out", {"required": True}), ("--fp32", {"action": "store_true"}))
    command("evaluate", run_evaluate, config, data, ("--bundle", {"required": True}), ("--dictionary", {"action": "store_true"}),
            ("--part", {"default": "tune", "choices": ["tune", "dev1", "report"]}), ("--card", {"action": "store_true"}))
    command("calibrate", run_calibrate, config, data, ("--bundle", {"required": True}))
    command("reliability", run_reliability, config, data, ("--bundle", {"required": True}),
            ("--part", {"default": "report", "choices": ["tune", "dev1", "report"]}))
    command("compare", run_compare, config, data, ("--part", {"default": "tune", "choices": ["tune", "dev1"]}),
            ("bundles", {"nargs": "+", "help": "the first against each other one; A,B is the ensemble of both"}))
    command("predict", run_predict, ("--bundle", {"required": True}))
    command("golden", run_golden, ("--bundle", {"required": True}), ("--out", {"required": True}))
    args = parser.parse_args()
    args.run_command(args)


if __name__ == "__main__":
    main()
