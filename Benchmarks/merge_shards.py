#!/usr/bin/env python3
"""How long `sweep merge` takes for 16 shards of 1,000 runs of 1,000 steps, and how much memory: under a minute and 200 MB on two cores.

    swift build && Benchmarks/merge_shards.py [FOLDER_OF_THE_PROGRAMS] [--shards N] [--runs N] [--keep FOLDER]

Trains one run, so that the databases are made by the program itself, and makes of each shard's run as many as asked for, with other learning
rates (five seeds each) and losses, and a weight file each. Merges them, and merges once more, which must change nothing.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("programs", nargs="?", default=".build/debug", help="default: .build/debug, as `swift run` has it")
parser.add_argument("--shards", type=int, default=16)
parser.add_argument("--runs", type=int, default=1000, help="of each shard")
parser.add_argument("--keep", help="leave the databases in this folder, and take its shards where there are some")
arguments = parser.parse_args()
programs = Path(arguments.programs).resolve()
SPEC = '{"name": "merged", "d_model": 8, "heads": 2, "layers": 1, "context_length": 8, "batch_size": 1, "steps": 1000, ' \
    '"eval_tokens": 64, "sample_tokens": 8}'


def fill(path, shard):
    """Puts runs of other seeds beside the only one."""
    database = sqlite3.connect(path)
    database.execute("PRAGMA synchronous = OFF")
    database.execute("CREATE TEMP TABLE seeds AS WITH RECURSIVE n (seed) AS (VALUES (1) UNION ALL SELECT seed + 1 FROM n LIMIT ?) "
                     "SELECT seed FROM n", [arguments.runs - 1])
    first = shard * arguments.runs

    def columns(table, without=()):
        # Generated columns aren't listed.
        names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        return [name for name in names if name not in without]

    config, old = database.execute("SELECT config, weights FROM runs").fetchone()
    names = columns("runs", ("id", "seed", "final_loss"))
    listed = ", ".join(names)
    database.execute(
        f"INSERT INTO runs (id, seed, final_loss, {listed}) SELECT id + n.seed, runs.seed + n.seed, final_loss + 1e-6 * n.seed, {listed} "
        "FROM runs, seeds n")
    for table in ("steps", "evaluations", "samples", "experiment_runs"):
        names = columns(table, ("run_id", "loss", "position"))
        loss = ", loss" if "loss" in columns(table) else ""
        place = ", position" if table == "experiment_runs" else ""
        own = (", t.loss + 1e-6 * n.seed" if loss else "") + (", n.seed" if place else "")
        database.execute(
            f"INSERT INTO {table} (run_id{loss}{place}, {', '.join(names)}) SELECT t.run_id + n.seed{own}, {', '.join('t.' + c for c in names)} "
            f"FROM seeds n, {table} t WHERE t.run_id = 1")
    for number, seed in database.execute("SELECT id, seed FROM runs").fetchall():
        rate, seed = 1e-6 * (first + number - number % 5 + 1), number % 5
        config = json.dumps(json.loads(config) | {"lr": rate}, sort_keys=True, separators=(",", ":"))
        name = hashlib.sha256(f"{config} {seed}".encode()).hexdigest()[:32]
        weights = path.parent / "weights" / f"{name}.safetensors"
        if not weights.exists():
            os.link(path.parent / old, weights)
        database.execute(
            "UPDATE runs SET config = ?, seed = ?, weights = ? WHERE id = ?",
            [config, seed, f"weights/{name}.safetensors", number])
    database.commit()
    database.close()


def contents(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    counts = [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("runs", "steps", "evaluations", "samples")]
    digest = hashlib.sha256()
    for table in ("runs", "experiments", "experiment_runs", "spec_versions"):
        for row in database.execute(f"SELECT * FROM {table}"):
            digest.update(repr(row).encode())
    database.close()
    return counts, digest.hexdigest()


def measure(folder):
    start = time.perf_counter()
    process = subprocess.Popen(
        [programs / "sweep", "merge", "shards", "--database", "merged/results.sqlite"], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"sweep merge ended with {status}")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


folder = Path(arguments.keep or tempfile.mkdtemp()).resolve()
folder.mkdir(parents=True, exist_ok=True)
try:
    if not (folder / "shards").exists():
        (folder / "merged.json").write_text(SPEC)
        subprocess.run(
            [programs / "sweep", "merged.json", "--database", "shards/1.sqlite"], cwd=folder, check=True, capture_output=True)
        for shard in range(1, arguments.shards):
            shutil.copy(folder / "shards/1.sqlite", folder / f"shards/{shard + 1}.sqlite")
        for shard in range(arguments.shards):
            fill(folder / f"shards/{shard + 1}.sqlite", shard)
    shutil.rmtree(folder / "merged", ignore_errors=True)
    size = sum(file.stat().st_size for file in (folder / "shards").glob("*.sqlite"))
    print(f"{arguments.shards} shards, {size / 1e6:.0f} MB of databases, {os.cpu_count()} cores")
    seconds, cpu, peak = measure(folder)
    counts, digest = contents(folder / "merged/results.sqlite")
    print(f"merged {counts[0]:,} runs, {counts[1]:,} steps in {seconds:.1f} s ({cpu:.1f} s of CPU), {peak / 1e6:.0f} MB")
    seconds, cpu, peak = measure(folder)
    if contents(folder / "merged/results.sqlite") != (counts, digest):
        raise SystemExit("merging once more changed something")
    print(f"once more, which changed nothing, in {seconds:.1f} s ({cpu:.1f} s of CPU), {peak / 1e6:.0f} MB")
finally:
    if not arguments.keep:
        shutil.rmtree(folder)
