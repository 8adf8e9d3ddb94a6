"""Golden numbers of rank correlations, by scipy: python rank-correlation.py > fixtures/metrics/rank-correlation.json

Needs numpy and scipy (1.17.1 made the file). Rows with ties in either list, in both, with few distinct values, and with
whole numbers of weights, which count an item so often.
"""
import json

import numpy as np
from scipy.stats import kendalltau, spearmanr

random = np.random.default_rng(24)


def row(first, second, weights=None):
    x, y = np.asarray(first, float), np.asarray(second, float)
    if weights is not None:
        x, y = np.repeat(x, weights), np.repeat(y, weights)
    return {
        "first": list(map(float, first)),
        "second": list(map(float, second)),
        **({} if weights is None else {"weights": list(map(int, weights))}),
        "tau_b": kendalltau(x, y, variant="b").statistic,
        "tau_c": kendalltau(x, y, variant="c").statistic,
        "spearman": spearmanr(x, y).statistic,
    }


rows = [
    row([1, 2, 3, 4], [1, 2, 3, 4]),
    row([1, 2, 3, 4], [4, 3, 2, 1]),
    row([1, 1, 2, 2], [1, 2, 1, 2]),
    row([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]),
    row([0.5, 0.5, 0.5, 0.1], [3, 2, 3, 1]),
]
for size, levels, others in [(10, 3, 10), (40, 4, 4), (40, 40, 2), (100, 7, 5), (300, 300, 4), (300, 1000, 1000)]:
    people = random.integers(1, levels + 1, size)
    scores = np.round(people + random.normal(0, levels / 2, size), 1) if others > 4 else random.integers(0, others, size)
    rows.append(row(scores, people))
for size in (12, 60):
    rows.append(row(random.integers(0, 6, size), random.integers(1, 5, size), random.integers(0, 4, size)))
print(json.dumps(rows, separators=(",", ":")).replace("},{", "},\n{"))
