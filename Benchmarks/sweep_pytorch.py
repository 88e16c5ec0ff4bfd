#!/usr/bin/env python3
"""A sweep as one would write it in PyTorch: every configuration of a spec, each in one of a pool of processes.

    Benchmarks/sweep_pytorch.py SPEC TEXT [--mode eager|compiled] [--processes 2] [--threads 1] > results.csv

Does what `sweep SPEC` does with characters as tokens and AdamW: the same batches' sizes, schedule, clipping, evaluations and
rule of divergence. It draws no samples and stores no weights. Writes a line for each run: its configuration, its last
validation loss and its time.
"""

import argparse
import csv
import itertools
import json
import math
import multiprocessing
import sys
import time
from pathlib import Path

import torch

from pytorch_model import Transformer, adamw, train_step

DEFAULTS = {
    "d_model": 64, "heads": 4, "layers": 2, "context_length": 64, "lr": 1e-3, "schedule": "cosine", "warmup_steps": 0,
    "final_lr_fraction": 0.1, "batch_size": 16, "steps": 500, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8,
    "weight_decay": 0.01, "grad_clip": 1.0, "eval_every": 50, "eval_tokens": 8192, "validation_fraction": 0.1, "seeds": 1,
}  # fmt: skip


def values(entry):
    """The values of a key: a list, a logarithmic range, or one value."""
    if isinstance(entry, dict):
        low, high, count = entry["from"], entry["to"], entry["count"]
        return [low * (high / low) ** (i / (count - 1)) for i in range(count)]
    return entry if isinstance(entry, list) else [entry]


def configurations(path):
    spec = DEFAULTS | json.loads(Path(path).read_text())
    keys = [key for key in DEFAULTS if key != "seeds"]
    grid = [dict(zip(keys, point)) for point in itertools.product(*(values(spec[key]) for key in keys))]
    runs = [point | {"seed": seed} for point in grid for seed in range(spec["seeds"])]
    # The longest first.
    return sorted(runs, key=lambda run: -run["d_model"] ** 2 * run["layers"] * run["batch_size"] * run["steps"])


def learning_rate(run, step):
    if step <= run["warmup_steps"]:
        return run["lr"] * step / (run["warmup_steps"] + 1)
    progress = (step - run["warmup_steps"] - 1) / max(run["steps"] - run["warmup_steps"] - 1, 1)
    last = run["final_lr_fraction"]
    return run["lr"] * (last + (1 - last) * 0.5 * (1 + math.cos(math.pi * progress)))


@torch.no_grad()
def evaluate(model, text, run, windows_at_once=64):
    context = run["context_length"]
    count = min(max(run["eval_tokens"] // context, 1), (len(text) - 1) // context)
    total = 0.0
    for first in range(0, count, windows_at_once):
        some = min(windows_at_once, count - first)
        part = text[first * context : (first + some) * context + 1]
        total += some * model(part[:-1].view(some, context), part[1:].view(some, context)).item()
    return total / count


def train(run, training, validation, vocabulary, mode):
    start = time.perf_counter()
    torch.manual_seed(run["seed"])
    context = run["context_length"]
    model = Transformer(run["d_model"], 4 * run["d_model"], run["layers"], run["heads"], vocabulary, context)
    step_model = torch.compile(model) if mode == "compiled" else model
    optimizer = adamw(model, run["lr"], (run["beta1"], run["beta2"]), run["weight_decay"], run["epsilon"])
    places = torch.arange(context + 1)
    losses, evaluations = [], {0: evaluate(model, validation, run)}
    for step in range(1, run["steps"] + 1):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(run, step)
        windows = training[torch.randint(len(training) - context, (run["batch_size"], 1)) + places]
        losses.append(train_step(step_model, model, optimizer, windows, run["grad_clip"]))
        if not losses[-1] < min(max(3 * math.log(vocabulary), 5), 20):
            break
        if step % run["eval_every"] == 0 or step == run["steps"]:
            evaluations[step] = evaluate(model, validation, run)
    loss = evaluations.get(run["steps"], math.nan)
    return [run["d_model"], run["lr"], run["seed"], len(losses), loss, time.perf_counter() - start]


def prepare(threads, *data):
    global DATA
    torch.set_num_threads(threads)
    DATA = data


def train_prepared(run):
    return train(run, *DATA)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spec")
    parser.add_argument("text")
    parser.add_argument("--mode", choices=["eager", "compiled"], default="eager")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    text = Path(arguments.text).read_text()
    characters = sorted(set(text))
    index = {character: i for i, character in enumerate(characters)}
    tokens = torch.tensor([index[character] for character in text])
    runs = configurations(arguments.spec)
    split = int(len(tokens) * (1 - runs[0]["validation_fraction"]))
    data = (tokens[:split], tokens[split:], len(characters), arguments.mode)
    writer = csv.writer(sys.stdout)
    writer.writerow(["d_model", "lr", "seed", "steps", "loss", "seconds"])
    if arguments.processes == 1:
        prepare(arguments.threads, *data)
        writer.writerows(map(train_prepared, runs))
    else:
        with multiprocessing.Pool(arguments.processes, prepare, (arguments.threads, *data)) as pool:
            writer.writerows(pool.imap(train_prepared, runs, chunksize=1))


if __name__ == "__main__":
    main()
