#!/usr/bin/env python3
"""How many times fewer tokens Muon needs than AdamW for AdamW's best validation loss, at two widths, each at its own best learning rate.

    swift build && Benchmarks/token_speedup.py [FOLDER_OF_THE_PROGRAMS] [--keep FOLDER]

AdamW trains 400 steps, Muon several numbers of steps, each to the end of its own schedule (warm-up over 20 steps, then a line to zero), so that
no loss is read in the middle of a schedule. Of each optimizer the rate with the lowest mean loss counts, for Muon by itself for each number of
steps. With each seed by itself, Muon's steps to AdamW's loss are interpolated, log steps over loss; the speed-up is 400 over these. The table
has the geometric mean over the seeds and Student's interval at 95 % of its logarithm.
"""

import argparse
import json
import math
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

STEPS = 400
SEEDS = 5
# Student's t at 97.5 % for SEEDS - 1 degrees of freedom.
QUANTILE = 2.776
SPEC = {
    "name": "token-speedup",
    "variants": [
        {"optimizer": "adamw", "weight_decay": 0.1, "lr": [0.001, 0.002, 0.004, 0.008, 0.016], "steps": STEPS},
        {"optimizer": "muon", "adam_lr": 0.008, "lr": [0.01, 0.02, 0.04, 0.08], "steps": [120, 160, 200, 250, 300]},
    ],
    "d_model": [64, 128],
    "schedule": "linear",
    "final_lr_fraction": 0,
    "warmup_steps": 20,
    "batch_size": 8,
    "eval_tokens": 32768,
    "eval_every": STEPS,
    "sample_every": 0,
    "seeds": SEEDS,
}


def best(runs, width, optimizer, steps):
    """The best rate and its losses by seed."""
    losses = defaultdict(dict)
    for run in runs:
        if (run["d_model"], run["optimizer"], run["steps"]) == (width, optimizer, steps):
            losses[run["lr"]][run["seed"]] = run["final_loss"] if run["state"] == "finished" else math.inf
    rate = min(losses, key=lambda rate: statistics.mean(losses[rate].values()))
    return rate, losses[rate]


def steps_to(target, curve):
    """Where a curve of (steps, loss) comes to the loss; None where it doesn't, or begins below."""
    for (steps, loss), (later, lower) in zip(curve, curve[1:]):
        if loss >= target > lower:
            part = (loss - target) / (loss - lower)
            return math.exp(math.log(steps) + part * (math.log(later) - math.log(steps)))
    return None


def speed(runs, width, optimizer):
    """Median steps a second of processor time."""
    return statistics.median(
        run["steps"] / run["cpu_seconds"] for run in runs
        if run["d_model"] == width and run["optimizer"] == optimizer and run["cpu_seconds"]
    )  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="?", default=".build/debug", help="default: .build/debug, as `swift run` has it")
    parser.add_argument("--keep", help="leave the database in this folder, and go on from one that is there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(arguments.keep or temporary)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "token-speedup.json").write_text(json.dumps(SPEC))
        database = folder / "results.sqlite"
        program = Path(arguments.programs).resolve() / "sweep"
        subprocess.run([program, folder / "token-speedup.json", "--database", database], check=True, stdout=sys.stderr)
        connection = sqlite3.connect(database)
        connection.row_factory = sqlite3.Row
        runs = connection.execute("SELECT * FROM runs").fetchall()
        connection.close()

    muon = SPEC["variants"][1]["steps"]
    print(f"| width | AdamW's loss (rate) | Muon's steps to it of AdamW's {STEPS} | speed-up in tokens | a step's rate, Muon's to AdamW's |")
    print("|---|---|---|---|---|")
    for width in SPEC["d_model"]:
        rate, adamw = best(runs, width, "adamw", STEPS)
        curves = {steps: best(runs, width, "muon", steps)[1] for steps in muon}
        needed = [steps_to(adamw[seed], [(steps, curves[steps][seed]) for steps in muon]) for seed in sorted(adamw)]
        if None in needed:
            raise SystemExit(f"At width {width} a seed's loss lies outside of Muon's losses: other numbers of steps are needed.")
        logs = [math.log(STEPS / steps) for steps in needed]
        mean, error = statistics.mean(logs), statistics.stdev(logs) / math.sqrt(SEEDS)
        low, high = (math.exp(mean + sign * QUANTILE * error) for sign in (-1, 1))
        ratio = speed(runs, width, "muon") / speed(runs, width, "adamw")
        print(
            f"| {width} | {statistics.mean(adamw.values()):.3f} ({rate:g}) | {statistics.mean(needed):.0f} | "
            f"{math.exp(mean):.2f} [{low:.2f}, {high:.2f}] | {ratio:.2f} |"
        )


if __name__ == "__main__":
    main()
