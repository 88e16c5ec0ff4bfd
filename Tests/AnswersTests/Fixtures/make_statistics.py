"""Computes statistics.json, what the report's statistics are tested against, with SciPy.

    pip install numpy==2.4.6 scipy==1.17.1
    python make_statistics.py

The numbers are drawn from a fixed seed. Variance shares are found by projecting on orthogonal contrasts, not from marginal
means as the report does it.
"""

import itertools
import json
from pathlib import Path

import numpy as np
from scipy import stats

random = np.random.default_rng(5)


def interval(differences):
    n = len(differences)
    if n < 2:
        return None
    return list(stats.t.interval(0.95, n - 1, loc=np.mean(differences), scale=stats.sem(differences)))


def means():
    for n in (2, 3, 5, 12, 200):
        values = random.normal(2, 0.05, n)
        yield {
            "values": values.tolist(), "mean": np.mean(values), "deviation": np.std(values, ddof=1),
            "interval": interval(values),
        }


def pairs():
    for n in (2, 3, 8):
        seeds = random.normal(2, 0.3, n)
        first, second = seeds + random.normal(0.1, 0.02, n), seeds + random.normal(0, 0.02, n)
        yield {
            "first": first.tolist(), "second": second.tolist(), "mean": np.mean(first - second),
            "interval": interval(first - second), "p": stats.ttest_rel(first, second).pvalue,
        }


def welch():
    for m, n in ((2, 2), (3, 5), (10, 4)):
        first, second = random.normal(2.1, 0.01, m), random.normal(2, 0.2, n)
        test = stats.ttest_ind(first, second, equal_var=False)
        low, high = test.confidence_interval(0.95)
        yield {
            "first": first.tolist(), "second": second.tolist(), "mean": np.mean(first) - np.mean(second),
            "interval": [low, high], "p": test.pvalue,
        }


def quantiles():
    for degrees in (1, 1.5, 2, 3, 7.25, 30, 1000):
        for probability in (0.6, 0.9, 0.975, 0.999):
            yield {
                "degrees": degrees, "probability": probability, "quantile": stats.t.ppf(probability, degrees),
            }


def contrasts(size):
    """An orthonormal basis of the functions on `size` points that add up to zero."""
    q, _ = np.linalg.qr(np.column_stack([np.ones(size), np.eye(size)[:, 1:]]))
    return q[:, 1:]


def shares():
    for sizes, seeds in (((3, 4), 3), ((2, 3, 4), 2), ((5, 2), 1)):
        cells = random.normal(2, 0.3, sizes)[..., None] + random.normal(0, 0.05, (*sizes, seeds))
        cells += np.linspace(0, 1, sizes[0]).reshape(-1, *[1] * len(sizes))
        average = cells.mean(axis=-1)
        total = np.var(average) + cells.var(axis=-1).mean()

        def share(axes):
            basis = np.ones((1, 1))
            for axis, size in enumerate(sizes):
                basis = np.kron(basis, contrasts(size) if axis in axes else np.full((size, 1), size**-0.5))
            return float(np.sum((basis.T @ average.ravel()) ** 2) / average.size / total)

        count = len(sizes)
        yield {
            "sizes": sizes, "cells": cells.reshape(-1, seeds).tolist(),
            "main": [share((i,)) for i in range(count)],
            "pairs": [share(pair) for pair in itertools.combinations(range(count), 2)],
            "rest": sum(share(c) for k in range(3, count + 1) for c in itertools.combinations(range(count), k)),
            "seeds": float(cells.var(axis=-1).mean() / total),
        }


def sensitivity():
    for diverged in (0, 1, 3):
        losses = random.uniform(1.5, 4.5, 7)
        losses[7 - diverged:] = np.nan
        capped = np.fmin(losses, 4)
        yield {
            "losses": [None if np.isnan(x) else x for x in losses], "untrained": 4.0,
            "sensitivity": stats.tmean(capped - capped.min()),
        }


document = {
    "means": list(means()), "pairs": list(pairs()), "welch": list(welch()), "quantiles": list(quantiles()),
    "shares": list(shares()), "sensitivity": list(sensitivity()),
}
Path(__file__).with_name("statistics.json").write_text(json.dumps(document, indent=1) + "\n")
