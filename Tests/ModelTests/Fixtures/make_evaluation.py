"""Writes evaluation.json: what EvaluationStatisticsTests compares with. Needs NumPy and SciPy; run it in this folder.

The standard error of a ratio is the jackknife's in its linear form, checked against SciPy's where the windows are equal; the spelling
model is computed in exact fractions; the divergence is SciPy's, and the bound its quantile of Student's t.
"""

import json
from collections import Counter
from fractions import Fraction
from math import log

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

random = np.random.default_rng(17)


def standard_error(losses, tokens):
    """Cochran 1977, section 6.4, with f = 0: v = sum (y - R x)^2 / (n (n - 1) xbar^2)."""
    y, x = np.array(losses), np.array(tokens)
    n = len(y)
    ratio = y.sum() / x.sum()
    return float(np.sqrt(np.sum((y - ratio * x) ** 2) / (n * (n - 1))) / x.mean())


ratios = []
for lengths in [[8] * 5, [8, 8, 8, 3], [64] * 40 + [1], [5, 2]]:
    losses = [float(random.gamma(4, 0.5) * length) for length in lengths]
    error = standard_error(losses, lengths)
    if len(set(lengths)) == 1:
        assert abs(error - stats.sem(np.array(losses) / lengths[0])) < 1e-14
    ratios.append({"losses": losses, "tokens": lengths, "error": error})


def spelling(training, words):
    """-ln P of each word: order 1 with a prior of weight 1, which is the order 0 with one count more for each of 257 symbols."""
    single, pairs, before = Counter(), Counter(), Counter()
    for word in training:
        symbols = ["start"] + list(word.encode()) + ["end"]
        for a, b in zip(symbols, symbols[1:]):
            single[b] += 1
            pairs[a, b] += 1
            before[a] += 1
    total = sum(single.values())

    def nats(word):
        symbols = ["start"] + list(word.encode()) + ["end"]
        product = Fraction(1)
        for a, b in zip(symbols, symbols[1:]):
            alone = Fraction(single[b] + 1, total + 257)
            product *= (pairs[a, b] + alone) / (before[a] + 1)
        return log(product.denominator) - log(product.numerator)

    every = list(range(256)) + ["end"]
    for a in ["start", "end"] + list(b"aeq"):
        assert sum((pairs[a, b] + Fraction(single[b] + 1, total + 257)) / (before[a] + 1) for b in every) == 1
    return [nats(word) for word in words]


spellings = []
for training in [[], ["cat", "cats", "at", "naïve", "cat"], ["a"] * 50]:
    words = ["cat", "tac", "a", "q", "naïve", "catcatcat"]
    spellings.append({"training": training, "words": words, "nats": spelling(training, words)})


def difference(training, held_out, size):
    blocks = 19
    length = min(len(held_out), len(training) // blocks)
    count = lambda tokens: np.bincount(tokens, minlength=size)
    distance = lambda a, b: log(jensenshannon(a / a.sum(), b / b.sum()) ** 2)
    whole = count(training)
    starts = [block * (len(training) - length) // (blocks - 1) for block in range(blocks)]
    usual = [distance(count(training[s : s + length]), whole - count(training[s : s + length])) for s in starts]
    own = [distance(count(held_out[i * length : (i + 1) * length]), whole) for i in range(len(held_out) // length)]
    t = (np.mean(own) - np.mean(usual)) / (np.std(usual, ddof=1) * np.sqrt(1 + 1 / blocks))
    return {"held_out": float(np.exp(np.mean(own))), "usual": float(np.exp(np.mean(usual))), "t": float(t)}


differences = []
for shares, size, rest in [([0.2] * 5, 800, 100), ([0.5, 0.2, 0.1, 0.1, 0.1], 800, 100), ([0.2] * 5, 500, 400)]:
    training = random.choice(5, size=size, p=[0.2] * 5)
    held_out = random.choice(5, size=rest, p=shares)
    differences.append(
        {
            "training": training.tolist(),
            "heldOut": held_out.tolist(),
            "size": 5,
            "expected": difference(training, held_out, 5),
        }
    )

json.dump(
    {"ratios": ratios, "spellings": spellings, "differences": differences, "bound": float(stats.t.ppf(0.99, 18))},
    open("evaluation.json", "w"),
    ensure_ascii=False,
)
