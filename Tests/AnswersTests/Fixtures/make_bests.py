"""Computes bests.json, what the comparison of bests is tested against, with SciPy and NumPy.

    pip install numpy==2.4.6 scipy==1.17.1
    python make_bests.py

The numbers are drawn from a fixed seed. Errors are found by least squares on dummy variables, not from deviations as the program does it;
Tukey's reach comes from scipy.stats.studentized_range; the bootstrap draws 40,000 experiments with NumPy's generator.
"""

import json
from pathlib import Path

import numpy as np
from scipy import optimize, special, stats

random = np.random.default_rng(17)


def error(scores):
    """The standard error of a cell's mean and its degrees of freedom, by least squares on cells and seeds."""
    cells, seeds = scores.shape
    rows = [(c, s) for c in range(cells) for s in range(seeds)]
    design = np.zeros((len(rows), cells + seeds - 1))
    for row, (c, s) in enumerate(rows):
        design[row, c] = 1
        if s > 0:
            design[row, cells + s - 1] = 1
    y = scores.reshape(-1)
    residual = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    degrees = len(y) - design.shape[1]
    return float(np.sqrt(residual @ residual / degrees / seeds)), degrees


def moderated(scores):
    """Standard errors and degrees of freedom of cells without blocks, moderated as in Smyth 2004, with SciPy's functions."""
    own = np.array([len(cell) - 1 for cell in scores], float)
    variances = np.array([np.var(cell, ddof=1) for cell in scores])
    e = np.log(variances) - special.digamma(own / 2) + np.log(own / 2)
    beyond = np.var(e, ddof=1) - np.mean(special.polygamma(1, own / 2))
    assert beyond > 0
    half = optimize.brentq(lambda x: special.polygamma(1, x) - beyond, 1e-6, 1e6)
    prior, common = 2 * half, np.exp(np.mean(e) + special.digamma(half) - np.log(half))
    assert prior < own.sum()
    variances = (own * variances + prior * common) / (own + prior)
    return {
        "scores": [list(cell) for cell in scores],
        "errors": [float(np.sqrt(v / len(cell))) for v, cell in zip(variances, scores)],
        "degrees": [float(min(d + prior, own.sum())) for d in own],
    }


def unlike():
    """Cells of different numbers of seeds whose variances differ."""
    return [random.normal(2, 0.02 * 2**cell, 2 + cell % 3).tolist() for cell in range(8)]


def equal(cells, seeds):
    """Scores whose cells have one mean, so that nothing is left after shrinking."""
    turn = np.exp(2j * np.pi * np.outer(np.arange(cells), np.ones(seeds)) / cells + 2j * np.pi * np.arange(seeds) / seeds)
    scores = 0.1 * turn.real + random.normal(0, 0.2, seeds)
    return scores - scores.mean(1, keepdims=True) + 2


def tukey(cells, seeds):
    scores = equal(cells, seeds)
    e, degrees = error(scores)
    return {
        "scores": scores.tolist(), "errors": [e] * cells, "degrees": degrees,
        "reach": stats.studentized_range.ppf(0.95, cells, degrees) * e,
    }


def paired():
    scores = random.normal(2, 0.1, (2, 5)) + random.normal(0, 0.5, 5)
    e, degrees = error(scores)
    difference = scores[0] - scores[1]
    assert abs(stats.sem(difference) - e * np.sqrt(2)) < 1e-12
    low, high = stats.t.interval(0.95, 4, loc=0, scale=stats.sem(difference))
    return {"scores": scores.tolist(), "errors": [e, e], "degrees": degrees, "reach": float(high - low) / 2}


def shrink(values, kept):
    return values.mean() + kept * (values - values.mean())


def bests(groups, per_group, seeds, spread):
    cells = groups * per_group
    # Residuals of one size, so that all cells share one error.
    signs = np.array([(-1) ** np.arange(seeds) * (-1) ** c for c in range(cells)]) * 0.1
    scores = random.normal(2, spread, (cells, 1)) + signs
    e, degrees = error(scores)
    means = scores.mean(1)
    places = [list(range(g * per_group, (g + 1) * per_group)) for g in range(groups)]
    truth = shrink(means, max(0, 1 - e**2 * (cells - 3) / np.sum((means - means.mean()) ** 2)))
    for group in places:
        near = [c for c in group if means[c] <= means[group].min() + 2 * np.sqrt(2) * e]
        if len(near) > 1:
            squares = np.sum((means[near] - means[near].mean()) ** 2)
            truth[near] = shrink(truth[near], np.sqrt(max(0, 1 - e**2 * (len(near) - 1) / squares)))
    draws = 40_000
    drawn = (truth + random.normal(0, e, (draws, cells))).reshape(draws, groups, per_group)
    lowest = drawn.min(2)
    winner = lowest.argmin(1)
    true = truth.reshape(groups, per_group).min(1)
    every = np.arange(draws)
    misses = np.abs(lowest - lowest[every, winner][:, None] - (true - true[winner][:, None]))
    scale = np.sqrt(random.chisquare(degrees, draws) / degrees)
    picked = drawn.reshape(draws, cells).argmin(1)
    return {
        "scores": scores.tolist(), "groups": places,
        "factor": float(np.quantile(misses.max(1) / (np.sqrt(2) * e) / scale, 0.95)),
        "optimism": float(np.mean(truth[picked] - drawn.reshape(draws, cells)[every, picked])),
    }


reference = {
    "paired": paired(),
    "tukey": [tukey(3, 3), tukey(5, 4), tukey(7, 3)],
    "moderated": [moderated(unlike()), moderated(unlike())],
    "digamma": [[x, float(special.digamma(x)), float(special.polygamma(1, x))] for x in (0.01, 0.5, 1, 3.7, 9.99, 40)],
    "bests": [bests(2, 3, 4, 0.05), bests(3, 2, 4, 0.3), bests(2, 4, 2, 0.1)],
}
Path(__file__).with_name("bests.json").write_text(json.dumps(reference, indent=1) + "\n")
