#!/usr/bin/env python3
"""How many times fewer tokens Muon takes than AdamW to AdamW's best loss, at two widths, each at its own best learning rate.

    swift build && Benchmarks/muon_speedup.py [FOLDER_OF_THE_PROGRAMS] [--keep FOLDER]

Only ends of whole schedules are compared (a loss before the learning rate's fall says little): AdamW trains for 400 steps, Muon for six numbers
of steps up to that. Between two of them the steps at which Muon's best loss is AdamW's lie on a line over their logarithm. The interval
is that of 2,000 draws of all means with the seeds' errors, each with best rates of its own (parametric bootstrap): a mean's error is that
which all means have in common, or its own where that is greater. Some ten minutes on two cores.
"""

import argparse
import json
import math
import random
import sqlite3
import subprocess
import tempfile
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("programs", nargs="?", default=".build/debug", help="default: .build/debug, as `swift run` has it")
parser.add_argument("--keep", help="leave the results in this folder, and go on with those that are there")
arguments = parser.parse_args()
STEPS = 400
SPEC = {
    "name": "muon-speed-up", "d_model": [64, 128],
    "variants": [
        {"optimizer": "adamw", "weight_decay": 0.1, "lr": [0.001, 0.002, 0.004, 0.008, 0.016], "steps": STEPS},
        {"optimizer": "muon", "adam_lr": 0.008, "lr": [0.01, 0.02, 0.04, 0.08], "steps": [133, 167, 200, 267, 333, STEPS]}],
    "schedule": "linear", "final_lr_fraction": 0, "warmup_steps": 10, "batch_size": 8, "eval_every": 1000, "eval_tokens": 32768,
    "sample_every": 0, "sample_tokens": 0, "seeds": 3}


def speed_up(means):
    """By the mean loss at each (optimizer, steps, lr)."""
    goal = min(mean for (optimizer, _, _), mean in means.items() if optimizer == "adamw")
    best = {}
    for (optimizer, steps, _), mean in means.items():
        if optimizer == "muon":
            best[steps] = min(mean, best.get(steps, math.inf))
    points = sorted(best.items())
    if points[0][1] < goal:
        return STEPS / points[0][0]
    for (few, high), (many, low) in zip(points, points[1:]):
        if high >= goal >= low:
            return STEPS / (few * (many / few) ** ((high - goal) / (high - low) if high > low else 0))
    return 1.0


def tell(width, scores):
    means = {key: sum(seeds) / len(seeds) for key, seeds in scores.items()}
    count = len(next(iter(scores.values())))
    level = [sum(seeds[place] for seeds in scores.values()) / len(scores) for place in range(count)]
    middle = sum(level) / count
    residuals = {key: [s - means[key] - level[i] + middle for i, s in enumerate(seeds)] for key, seeds in scores.items()}
    degrees = (len(scores) - 1) * (count - 1)
    pooled = sum(r * r for own in residuals.values() for r in own) / degrees
    own = {key: sum((s - means[key]) ** 2 for s in seeds) / (count - 1) for key, seeds in scores.items()}
    errors = {key: math.sqrt(max(pooled, own[key]) / count) for key in scores}
    source = random.Random(1)
    draws = sorted(speed_up({key: source.gauss(mean, errors[key]) for key, mean in means.items()}) for _ in range(2000))
    print(f"d_model {width}: {speed_up(means):.2f} times fewer tokens [{draws[50]:.2f}, {draws[1949]:.2f}]; lowest losses: " + ", ".join(
        f"{optimizer} {steps} steps {mean:.3f} at lr {lr:g}" for (optimizer, steps, lr), mean in sorted(means.items())
        if mean == min(m for (o, s, _), m in means.items() if (o, s) == (optimizer, steps))))


with tempfile.TemporaryDirectory() as temporary:
    folder = Path(arguments.keep or temporary)
    folder.mkdir(exist_ok=True)
    (folder / "muon.json").write_text(json.dumps(SPEC))
    subprocess.run([Path(arguments.programs).resolve() / "sweep", "muon.json"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    database = sqlite3.connect(folder / "results/results.sqlite")
    scores = {}
    for config, loss in database.execute("SELECT config, final_loss FROM runs WHERE state = 'finished' ORDER BY seed"):
        values = json.loads(config)
        key = (values["optimizer"], values["steps"], values["lr"])
        scores.setdefault(values["d_model"], {}).setdefault(key, []).append(loss)
    for width in sorted(scores):
        tell(width, scores[width])
