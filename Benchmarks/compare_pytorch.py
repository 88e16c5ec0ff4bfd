#!/usr/bin/env python3
"""Training speed beside PyTorch: the same model, batch and optimizer on one thread each, in turn, round after round.

    pip install torch
    Benchmarks/compare_pytorch.py [SHAPE...] [--rounds 3]

Each round runs our step, PyTorch's as it is (eager) and as torch.compile makes it, for each shape, each in a process of its own.
Printed are the medians over the rounds with their least and greatest, in tokens per second, the ratio to the better of
PyTorch's two, and our share of the rate of the BLAS's product of two 1024 × 1024 matrices.
"""

import argparse
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Width, feed-forward width, layers, heads, tokens, context, batch: as in StepBenchmark.swift.
SHAPES = {
    "S": (32, 64, 2, 4, 627, 64, 1),
    "A": (64, 256, 2, 4, 65, 64, 12),
    "B": (128, 512, 4, 4, 65, 64, 12),
    "C": (256, 1024, 4, 8, 512, 128, 8),
    "D": (384, 1536, 6, 6, 65, 256, 4),
}


def peer(shape, mode, seconds=2.0):
    """Tokens per second of a PyTorch step: the median over some seconds, after warm-up."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    width, inner, layers, heads, vocabulary, context, batch = SHAPES[shape]
    torch.set_num_threads(1)
    torch.manual_seed(0)

    def matrix(rows, columns):
        return nn.Parameter(torch.empty(rows, columns).uniform_(-(width**-0.5), width**-0.5))

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.Parameter(torch.ones(width)), nn.Parameter(torch.ones(width))
            self.qkv, self.out = matrix(3 * width, width), matrix(width, width)
            self.up, self.down = matrix(inner, width), matrix(width, inner)

        def forward(self, x):
            parts = F.linear(F.rms_norm(x, (width,), self.norm1, 1e-5), self.qkv).chunk(3, dim=-1)
            q, k, v = (part.view(*x.shape[:2], heads, -1).transpose(1, 2) for part in parts)
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(x.shape)
            x = x + F.linear(mixed, self.out)
            hidden = F.linear(F.rms_norm(x, (width,), self.norm2, 1e-5), self.up)
            return x + F.linear(F.gelu(hidden, approximate="tanh"), self.down)

    class Model(nn.Module):
        def __init__(self):
            super().__init__()
            self.token, self.position = matrix(vocabulary, width), matrix(context, width)
            self.blocks = nn.ModuleList(Block() for _ in range(layers))
            self.norm = nn.Parameter(torch.ones(width))

        def forward(self, tokens, targets):
            x = self.token[tokens] + self.position
            for block in self.blocks:
                x = block(x)
            logits = F.linear(F.rms_norm(x, (width,), self.norm, 1e-5), self.token)
            return F.cross_entropy(logits.view(-1, vocabulary), targets.view(-1))

    model = Model()
    run = torch.compile(model) if mode == "compiled" else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1, fused=True)
    text = torch.randint(0, vocabulary, (100_000,))
    places = torch.arange(context + 1)

    def step():
        windows = text[torch.randint(len(text) - context, (batch, 1)) + places]
        optimizer.zero_grad(set_to_none=True)
        loss = run(windows[:, :-1], windows[:, 1:].contiguous())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    for _ in range(5):
        step()
    times = []
    while sum(times) < seconds or len(times) < 5:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return batch * context / statistics.median(times)


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.processor()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shapes", nargs="*", default=list(SHAPES), metavar="SHAPE", help="S, A, B, C, D (default: all)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", nargs=2, metavar=("SHAPE", "MODE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peer:
        print(peer(*arguments.peer))
        return

    import torch

    package = ["--package-path", str(ROOT / "Benchmarks")]
    subprocess.run(["swift", "build", *package], check=True, stdout=sys.stderr)
    folder = subprocess.run(["swift", "build", *package, "--show-bin-path"], check=True, capture_output=True, text=True)
    program = Path(folder.stdout.strip()) / "StepBenchmark"

    def ours(shape):
        output = subprocess.run([program, shape], check=True, capture_output=True, text=True).stdout
        fields = output.splitlines()[-1].split()
        return float(fields[1]), float(fields[3])

    def theirs(shape, mode):
        command = [sys.executable, __file__, "--peer", shape, mode]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])

    results = {shape: {"ours": [], "share": [], "eager": [], "compiled": []} for shape in arguments.shapes}
    for _ in range(arguments.rounds):
        for shape, result in results.items():
            rate, share = ours(shape)
            result["ours"].append(rate)
            result["share"].append(share)
            for mode in ("eager", "compiled"):
                result[mode].append(theirs(shape, mode))

    def cell(rates):
        return f"{statistics.median(rates) / 1e3:.1f} ({min(rates) / 1e3:.1f}–{max(rates) / 1e3:.1f})"

    print(f"{processor()}, one thread, PyTorch {torch.__version__}, {arguments.rounds} rounds, thousands of tokens per second\n")
    print("| shape | PyTorch eager | compiled | sweep | ratio to the better | share of the large product |")
    print("|---|---|---|---|---|---|")
    for shape, result in results.items():
        better = max(statistics.median(result["eager"]), statistics.median(result["compiled"]))
        ratio, share = statistics.median(result["ours"]) / better, statistics.median(result["share"])
        print(
            f"| {shape} | {cell(result['eager'])} | {cell(result['compiled'])} | {cell(result['ours'])} | {ratio:.2f} | {share:.2f} |"
        )


main()
