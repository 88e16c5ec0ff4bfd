#!/usr/bin/env python3
"""How long the report of 1,000 runs of 1,000 steps takes, and how much memory: under 10 s, 300 MB and 5 MB of page.

    swift build && Benchmarks/report_size.py [FOLDER_OF_THE_PROGRAMS] [--keep FOLDER]

Trains one run of one step, so that the database is made by the program itself, and fills it with a grid of 5 widths, 4 depths,
10 learning rates and 5 seeds: losses that fall by a power of the step, some runs that diverge. The same numbers every time.
"""

import argparse
import json
import math
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("programs", nargs="?", default=".build/debug", help="default: .build/debug, as `swift run` has it")
parser.add_argument("--keep", help="leave database and report in this folder")
parser.add_argument("--repeats", type=int, default=3)
arguments = parser.parse_args()
programs = Path(arguments.programs).resolve()

STEPS = 1000
WIDTHS, DEPTHS, SEEDS = [16, 32, 64, 128, 256], [1, 2, 4, 8], range(5)
RATES = [round(10 ** (-4 + i / 3), 6) for i in range(10)]


def fill(path):
    """Puts 1,000 copies of the only run, with measurements of their own, in the place of it."""
    draw = random.Random(5)
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    # The columns that are generated from the configuration can't be written, and aren't listed here.
    columns = [column["name"] for column in database.execute("PRAGMA table_info(runs)")]
    run = dict(database.execute(f"SELECT {', '.join(columns)} FROM runs").fetchone())
    spec = {"name": "thousand", "d_model": WIDTHS, "layers": DEPTHS, "lr": RATES, "steps": STEPS, "seeds": len(SEEDS)}
    axes = [{"key": key, "values": spec[key]} for key in ("d_model", "layers", "lr")]
    database.execute(
        "UPDATE experiments SET name = 'thousand', spec = ?, axes = ?", [json.dumps(spec), json.dumps(axes)])
    for table in ("steps", "evaluations", "samples", "experiment_runs", "runs"):
        database.execute(f"DELETE FROM {table}")
    experiment = database.execute("SELECT id FROM experiments").fetchone()[0]
    grid = [(w, d, r, s) for w in WIDTHS for d in DEPTHS for r in RATES for s in SEEDS]
    for number, (width, depth, rate, seed) in enumerate(grid, 1):
        parameters = 56 * width + 64 * width + 12 * depth * width * width
        tokens, speed = 16 * 64, 4e9 / parameters
        miss = math.log10(rate / (0.06 / math.sqrt(width)))
        end = 1.2 + 3 * parameters**-0.2 + 0.25 * miss * miss + draw.gauss(0, 0.01)
        diverges = miss > 1 and draw.random() < 0.5
        last = STEPS // 3 if diverges else STEPS
        config = json.loads(run["config"]) | {
            "d_model": width, "d_ff": 4 * width, "layers": depth, "lr": rate, "steps": STEPS}
        loss = lambda step: end + (4 - end) * (step + 1) ** -0.5
        row = run | {
            "id": number, "config": json.dumps(config, sort_keys=True, separators=(",", ":")), "seed": seed,
            "state": "diverged" if diverges else "finished", "state_reason": "the loss exploded" if diverges else None,
            "parameters": parameters,
            "training_flops": 6.0 * parameters * tokens * STEPS, "steps_done": last,
            "final_loss": None if diverges else loss(STEPS), "best_loss": loss(last), "best_step": last,
            "final_bits_per_byte": None if diverges else loss(STEPS) * 1.45, "seconds": last * tokens / speed,
            "tokens_per_second": speed * draw.uniform(0.95, 1.05),
        }
        names = ", ".join(row)
        database.execute(f"INSERT INTO runs ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))
        database.execute(
            "INSERT INTO experiment_runs (experiment_id, run_id, position, in_grid, point) VALUES (?, ?, ?, 1, ?)",
            [experiment, number, number - 1, json.dumps({"d_model": width, "layers": depth, "lr": rate})])
        database.executemany(
            "INSERT INTO steps (run_id, step, loss, lr, grad_norm, tokens, seconds) VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((number, step, loss(step) + draw.gauss(0, 0.05), rate, 1.0, step * tokens, step * tokens / speed)
             for step in range(1, last + 1)))
        database.executemany(
            "INSERT INTO evaluations (run_id, step, loss, bits_per_byte, tokens, seconds) VALUES (?, ?, ?, ?, ?, ?)",
            ((number, step, loss(step), loss(step) * 1.45, 8192, step * tokens / speed)
             for step in range(0, last + 1, 50)))
        database.executemany(
            "INSERT INTO samples (run_id, step, prompt_index, prompt, temperature, tokens, text) "
            "VALUES (?, ?, 0, 'Once', 0.8, 100, ?)",
            ((number, step, " upon a time" * 8) for step in range(250, last + 1, 250)))
    database.commit()
    steps = database.execute("SELECT count(*) FROM steps").fetchone()[0]
    database.close()
    return len(grid), steps


def memory(root):
    """Resident bytes of a process and all that it started."""
    total, todo = 0, [root]
    while todo:
        process = todo.pop()
        try:
            total += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for thread in Path(f"/proc/{process}/task").iterdir():
                todo += (thread / "children").read_text().split()
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def measure(folder):
    start, peak = time.perf_counter(), 0
    before = os.times()
    process = subprocess.Popen(
        [programs / "report", "--database", folder / "results.sqlite", "--output", folder], stdout=subprocess.DEVNULL)
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"report ended with {process.returncode}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - start, cpu, peak


folder = Path(arguments.keep or tempfile.mkdtemp())
folder.mkdir(parents=True, exist_ok=True)
try:
    (folder / "thousand.json").write_text(json.dumps({"d_model": 16, "heads": 4, "steps": 1, "sample_every": 0}))
    for old in folder.glob("results.sqlite*"):
        old.unlink()
    subprocess.run(
        [programs / "sweep", "thousand.json", "--database", "results.sqlite"], cwd=folder, check=True, capture_output=True)
    runs, steps = fill(folder / "results.sqlite")
    print(f"{runs} runs, {steps:,} steps, {(folder / 'results.sqlite').stat().st_size / 1e6:.0f} MB of database, {os.cpu_count()} cores")
    for _ in range(arguments.repeats):
        seconds, cpu, peak = measure(folder)
        page = (folder / "thousand/report.html").stat().st_size
        charts = len(list((folder / "thousand").glob("*.svg")))
        print(
            f"{seconds:.1f} s ({cpu:.1f} s of CPU), {peak / 1e6:.0f} MB with gnuplot's processes, "
            f"{charts} charts, page {page / 1e6:.2f} MB")
finally:
    if not arguments.keep:
        shutil.rmtree(folder)
