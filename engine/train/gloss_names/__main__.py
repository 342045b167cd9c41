"""Command line of the recipe: prepare, train, export, evaluate, golden."""
import argparse
import gzip
import json
import time
from pathlib import Path

from . import config as configuration


def prepare(config, data):
    """Names of the split with their spoilt copies, as one JSON document."""
    from . import augment, corpora
    names = corpora.training_names(data, config["data"]["split"], config["data"]["hpo_languages"])
    return {"names": [[n.text, n.concept, n.source] for n in names],
            "copies": augment.variants(names, config["augment"], config["seed"])}


def read_prepared(path):
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        return json.load(handle)


def command_prepare(args, config):
    with gzip.open(args.out, "wt", encoding="utf-8", compresslevel=6) as handle:
        json.dump(prepare(config, args.data), handle, ensure_ascii=False)


def command_train(args, config):
    out = Path(args.out)
    train(config, args.data, out, lambda line: print(line, flush=True), args.prepared, args.seconds, not args.no_export)


def train(config, data, out, tell, prepared=None, seconds=None, ship=True):
    """Trains, and leaves a model directory with encoder.pt and log.jsonl beside its files. tell: called with each line of the log."""
    import torch
    from . import corpora, evaluate, export, fit, tokens
    out.mkdir(parents=True, exist_ok=True)
    made = read_prepared(prepared) if prepared else prepare(config, data)
    names = [corpora.Name(*n) for n in made["names"]]
    tokenizer = tokens.build((n.text for n in names), config["tokenizer"]["min_count"])
    length = config["tokenizer"]["max_length"]
    flat = [copy for copies in made["copies"] for copy in copies]
    matrix = tokens.encode(tokenizer, flat, length).reshape(len(names), -1, length)
    jobs = evaluate.tasks(data, "tune") if config["data"]["split"] == "tune" and data else []

    def judge(encoder):
        encode = lambda texts: fit.encode(encoder, tokens.encode(tokenizer, texts, length))
        return evaluate.quick(jobs, encode)

    with open(out / "log.jsonl", "w", encoding="utf-8") as log:
        def note(line):
            tell(line)
            print(line, file=log, flush=True)

        note(json.dumps({"names": len(names), "vocabulary": tokenizer.get_vocab_size(), "device": str(torch.cuda.is_available())}))
        encoder = fit.train(config, names, matrix, judge if jobs else None, note, seconds)
    tokenizer.save(str(out / "tokenizer.json"))
    torch.save({"config": config, "weights": {k: v.half().cpu() for k, v in encoder.state_dict().items()}}, out / "encoder.pt")
    if ship:
        export.bundle(out / "encoder.pt", out / "tokenizer.json", out)


def command_export(args, config):
    from . import export
    source = Path(args.source)
    export.bundle(source / "encoder.pt", source / "tokenizer.json", Path(args.out))


def command_evaluate(args, config):
    from . import evaluate, export
    encoder = export.Bundle(args.model, threads=args.threads)
    weights = [float(w) for w in args.weights.split(",")] if args.weights else evaluate.GRID
    for task in evaluate.tasks(args.data, args.which):
        print(json.dumps(evaluate.full(task, encoder.encode, weights), ensure_ascii=False), flush=True)


def command_golden(args, config):
    from . import export
    Path(args.out).write_text(json.dumps(export.golden(args.model), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def command_speed(args, config):
    from . import corpora, export
    encoder = export.Bundle(args.model, threads=args.threads)
    names = [n.text for n in corpora.hpo(args.data, ["es"])[0]][:8192]
    encoder.encode(names[:512])
    began = time.time()
    encoder.encode(names)
    print(json.dumps({"threads": args.threads, "names_per_second": round(len(names) / (time.time() - began))}))


def main():
    parser = argparse.ArgumentParser(prog="gloss_names", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def add(name, run, *flags):
        command = commands.add_parser(name)
        command.set_defaults(run=run)
        command.add_argument("--config", help="TOML file; the default is the one beside the code")
        command.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE")
        for flag, options in flags:
            command.add_argument(flag, **options)

    data = ("--data", {"help": "folder of the public corpora", "default": "../shared/data"})
    out, model = ("--out", {"required": True}), ("--model", {"required": True, "help": "a model directory"})
    threads = ("--threads", {"type": int, "default": 2})
    add("prepare", command_prepare, data, out)
    add("train", command_train, data, out, ("--prepared", {"help": "what `prepare` wrote"}),
        ("--seconds", {"type": float, "help": "stop after so long, the learning rate following the clock"}),
        ("--no-export", {"action": "store_true"}))
    add("export", command_export, ("--source", {"required": True, "help": "what `train` wrote"}), out)
    add("evaluate", command_evaluate, data, model, threads, ("--which", {"choices": ["tune", "report", "unknown"], "default": "tune"}),
        ("--weights", {"help": "fusion weights, comma between"}))
    add("speed", command_speed, data, model, threads)
    add("golden", command_golden, model, out)
    args = parser.parse_args()
    args.run(args, configuration.load(args.config, args.set))


if __name__ == "__main__":
    main()
