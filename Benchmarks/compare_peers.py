#!/usr/bin/env python3
"""Training speed beside PyTorch and JAX: the same model, batches and optimizer, in turn, round after round.

    pip install torch jax
    Benchmarks/compare_peers.py steps [SHAPE...] [--rounds 3]     whole steps of the shapes S, A, B, C, D
    Benchmarks/compare_peers.py sweep [--rounds 3]                a whole sweep: learning rate by width, 21 runs of 400 steps
    Benchmarks/compare_peers.py nanogpt TEXT [--rounds 1]         nanoGPT's recipe on tiny Shakespeare, on two cores

Each prints a Markdown table of medians over the rounds with their least and greatest, and the ratio to the best of its peers:
PyTorch as it is (eager), as torch.compile makes it, and, for steps, JAX with jit.

steps: tokens per second; each measurement in a process of its own, on one thread; then two runs side by side; then one run on
two threads. share: our part of the rate of the BLAS's product of two 1024 × 1024 matrices.
sweep, nanogpt: wall time from start to end, compilation and imports included; PyTorch's side is sweep_pytorch.py, which writes
a loss for each run where ours records every step and draws samples. torch.compile keeps what it compiled, so that all rounds
but the first profit from it.
"""

import argparse
import csv
import importlib.metadata
import io
import json
import math
import multiprocessing
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Width, feed-forward width, layers, heads, tokens, context, batch: as in Case.swift.
SHAPES = {
    "S": (32, 64, 2, 4, 627, 64, 1),
    "A": (64, 256, 2, 4, 65, 64, 12),
    "B": (128, 512, 4, 4, 65, 64, 12),
    "C": (256, 1024, 4, 8, 512, 128, 8),
    "D": (384, 1536, 6, 6, 65, 256, 4),
}
MODES = ("eager", "compiled")
PEERS = {"eager": "PyTorch eager", "compiled": "PyTorch compiled", "jax": "JAX jit"}
# Jobs side by side and threads of each.
PLACES = {"one core": (1, 1), "two runs on two cores": (2, 1), "one run on two cores": (1, 2)}
SWEEP = {
    "name": "learning-rate-by-width",
    "corpus": "stories.txt",
    "d_model": [32, 64, 128],
    "heads": 4,
    "layers": 2,
    "lr": {"from": 1e-4, "to": 1e-1, "count": 7, "scale": "log"},
    "steps": 400,
}


# One measurement of a peer, in a process of its own


def pytorch_step(shape, mode, threads):
    import torch

    from pytorch_model import Transformer, adamw, train_step

    width, inner, layers, heads, vocabulary, context, batch = SHAPES[shape]
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = Transformer(width, inner, layers, heads, vocabulary, context)
    run = torch.compile(model) if mode == "compiled" else model
    optimizer = adamw(model, 1e-3, (0.9, 0.95), 0.1)
    text = torch.randint(0, vocabulary, (100_000,))
    places = torch.arange(context + 1)

    def step():
        train_step(run, model, optimizer, text[torch.randint(len(text) - context, (batch, 1)) + places])

    return step


def jax_step(shape, threads):
    # Where one thread computes it shouldn't hand its work to another.
    if threads == 1:
        os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    import jax
    import numpy

    from jax_model import beginning, train_step

    width, inner, layers, heads, vocabulary, context, batch = SHAPES[shape]
    state = beginning(jax.random.key(0), width, inner, layers, vocabulary, context)
    update = train_step(heads, 1e-3, (0.9, 0.95), 0.1)
    random = numpy.random.default_rng(0)
    text = random.integers(0, vocabulary, 100_000, dtype=numpy.int32)
    places = numpy.arange(context + 1)

    def step():
        nonlocal state
        state, loss = update(state, text[random.integers(len(text) - context, size=(batch, 1)) + places])
        loss.block_until_ready()

    return step


def time_steps(shape, mode, threads, cores, together, rates, seconds=2.0):
    """Puts the tokens per second of a peer's step: the median over some seconds, after warm-up."""
    os.sched_setaffinity(0, cores)
    step = jax_step(shape, threads) if mode == "jax" else pytorch_step(shape, mode, threads)
    for _ in range(5):
        step()
    together.wait()
    times = []
    while sum(times) < seconds or len(times) < 5:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    rates.put(SHAPES[shape][6] * SHAPES[shape][5] / statistics.median(times))


def peer(shape, mode, jobs, threads):
    """Tokens per second of so many processes side by side, each on cores of its own."""
    cores = sorted(os.sched_getaffinity(0))
    if jobs * threads > len(cores):
        raise SystemExit(f"{jobs} processes on {threads} threads each need more than the {len(cores)} cores there are.")
    spawning = multiprocessing.get_context("spawn")
    together, rates = spawning.Barrier(jobs), spawning.Queue()
    workers = [
        spawning.Process(
            target=time_steps, args=(shape, mode, threads, cores[i * threads : (i + 1) * threads], together, rates)
        )
        for i in range(jobs)
    ]
    for worker in workers:
        worker.start()
    total = sum(rates.get() for _ in workers)
    for worker in workers:
        worker.join()
    return total


# Running programs


def build(*package):
    """Builds a package and returns the folder of its programs."""
    subprocess.run(["swift", "build", *package], check=True, stdout=sys.stderr)
    shown = subprocess.run(["swift", "build", *package, "--show-bin-path"], check=True, capture_output=True, text=True)
    return Path(shown.stdout.strip())


def benchmarks():
    return build("--package-path", str(ROOT / "Benchmarks")) / "StepBenchmark"


def output(*command):
    return subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout


def measured(command, folder):
    """Wall time in seconds, peak memory in bytes and standard output of a program."""
    with tempfile.TemporaryFile("w+") as written, open(os.devnull, "w") as nowhere:
        start = time.perf_counter()
        process = subprocess.Popen([str(word) for word in command], cwd=folder, stdout=written, stderr=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"{command[0]} ended with {process.returncode}")
        written.seek(0)
        return seconds, usage.ru_maxrss * 1024, written.read()


def pytorch_sweep(spec, text, mode, processes, threads):
    return [
        sys.executable, ROOT / "Benchmarks" / "sweep_pytorch.py", spec, text,
        "--mode", mode, "--processes", processes, "--threads", threads,
    ]  # fmt: skip


# Tables


def machine(*peers):
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model")]
    family = [line.split(":")[1].strip() for line in names][:2] if names else [platform.processor()]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in peers)
    swift = output("swift", "--version").split("Swift version ")[-1].split()[0]
    return f"{family[-1]} (model {family[0]}), {os.cpu_count()} cores, {versions}, Swift {swift}"


def spread(values, digits=1):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def print_table(head, rows):
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
    print()


def compare_steps(arguments):
    program = benchmarks()
    shapes = arguments.shapes or list(SHAPES)
    results = {(place, shape): {"ours": [], "share": []} for place in PLACES for shape in shapes}
    for result in results.values():
        result.update({peer: [] for peer in PEERS})
    for _ in range(arguments.rounds):
        for (place, shape), result in results.items():
            jobs, threads = PLACES[place]
            fields = output(program, "steps", shape, "--jobs", jobs, "--threads", threads).splitlines()[-1].split()
            result["ours"].append(float(fields[1]) / 1e3)
            result["share"].append(float(fields[3]))
            for peer in PEERS:
                words = output(sys.executable, __file__, "peer", shape, peer, jobs, threads).split()
                result[peer].append(float(words[-1]) / 1e3)
    print(f"{machine('torch', 'jax')}; {arguments.rounds} rounds; thousands of tokens per second\n")
    for place in PLACES:
        rows = []
        for shape in shapes:
            result = results[place, shape]
            ours = statistics.median(result["ours"])
            best = max(statistics.median(result[peer]) for peer in PEERS)
            row = [shape, *(spread(result[peer]) for peer in PEERS), spread(result["ours"]), f"{ours / best:.2f}"]
            if place == "one core":
                row.append(f"{statistics.median(result['share']):.2f}")
            else:
                row.append(f"{ours / statistics.median(results['one core', shape]['ours']):.2f}")
            rows.append(row)
        last = "share of the large product" if place == "one core" else "times one core"
        print_table([place, *PEERS.values(), "sweep", "ratio to the best", last], rows)


def ours_losses(database):
    query = "SELECT d_model, lr, seed, final_loss FROM runs WHERE state = 'finished'"
    with sqlite3.connect(database) as connection:
        return {(width, round(math.log(lr), 6), seed): loss for width, lr, seed, loss in connection.execute(query)}


def their_losses(text):
    rows = csv.DictReader(io.StringIO(text))
    return {(int(r["d_model"]), round(math.log(float(r["lr"])), 6), int(r["seed"])): float(r["loss"]) for r in rows}


def compare_whole(name, spec, text, folder, processes, threads, rounds):
    """A spec on both cores by both programs: time, memory and how far apart their losses are."""
    sweep = build() / "sweep"
    results = {way: {"seconds": [], "memory": [], "loss": []} for way in (*MODES, "ours")}
    differences = []
    for number in range(rounds):
        database = folder / str(number) / "results.sqlite"
        seconds, memory, _ = measured([sweep, spec, "--database", database], folder)
        losses = ours_losses(database)
        results["ours"]["seconds"].append(seconds)
        results["ours"]["memory"].append(memory / 1e6)
        results["ours"]["loss"].append(min(losses.values()))
        for mode in MODES:
            seconds, memory, written = measured(pytorch_sweep(spec, text, mode, processes, threads), folder)
            others = {key: loss for key, loss in their_losses(written).items() if not math.isnan(loss)}
            results[mode]["seconds"].append(seconds)
            results[mode]["memory"].append(memory / 1e6)
            results[mode]["loss"].append(min(others.values()))
            differences += [losses[key] - others[key] for key in losses.keys() & others.keys()]
    better = min(MODES, key=lambda mode: statistics.median(results[mode]["seconds"]))
    ours = results["ours"]
    print(f"{machine('torch')}; {rounds} rounds\n")
    rows = []
    for title, key, digits in [("seconds", "seconds", 1), ("peak memory of a process, MB", "memory", 0)]:
        ratio = statistics.median(results[better][key]) / statistics.median(ours[key])
        rows.append([title, *(spread(results[way][key], digits) for way in results), f"{ratio:.2f}"])
    rows.append(["lowest validation loss", *(spread(results[way]["loss"], 3) for way in results), ""])
    print_table([name, "PyTorch eager", "compiled", "sweep", f"ratio to {better}"], rows)
    mean, size = statistics.mean(differences), statistics.mean(map(abs, differences))
    print(f"Losses, ours less PyTorch's: mean {mean:+.3f}, mean size {size:.3f} over {len(differences)} pairs of runs.\n")


def compare_sweep(arguments):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        text, spec = folder / "stories.txt", folder / "learning-rate-by-width.json"
        text.write_text(output(benchmarks(), "corpus"))
        spec.write_text(json.dumps(SWEEP))
        compare_whole("21 runs of 400 steps", spec, text, folder, 2, 1, arguments.rounds)


def compare_nanogpt(arguments):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        text, spec = folder / "tinyshakespeare.txt", folder / "nanogpt-cpu.json"
        text.write_text(arguments.text.read_text())
        spec.write_text((ROOT / "experiments" / "tiny-shakespeare" / "nanogpt-cpu.json").read_text())
        compare_whole("nanoGPT's recipe", spec, text, folder, 1, 2, arguments.rounds)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)

    def command(name, work, rounds, **words):
        added = commands.add_parser(name, **words)
        added.add_argument("--rounds", type=int, default=rounds)
        added.set_defaults(work=work)
        return added

    command("steps", compare_steps, 3, help="whole steps").add_argument("shapes", nargs="*", metavar="SHAPE")
    command("sweep", compare_sweep, 3, help="a whole sweep")
    command("nanogpt", compare_nanogpt, 1, help="nanoGPT's recipe").add_argument("text", type=Path)
    one = commands.add_parser("peer")
    one.add_argument("measurement", nargs=4)
    one.set_defaults(work=lambda given: print(peer(*given.measurement[:2], *map(int, given.measurement[2:]))))
    arguments = parser.parse_args()
    for shape in getattr(arguments, "shapes", []):
        if shape not in SHAPES:
            parser.error(f"{shape} is no shape; write {', '.join(SHAPES)}")
    arguments.work(arguments)


if __name__ == "__main__":
    main()
