"""Reference values of attributions: KernelSHAP, solved exactly over all coalitions, of small networks.

The Shapley values are the solution of the weighted least squares problem of S. Lundberg and S.-I. Lee, A unified approach to
interpreting model predictions, NIPS 2017, theorem 2, with its two constraints put in by elimination. That is another way to them
than the sums over coalitions and orders that are tested. Run with Debian's python3-numpy; writes attribution.json beside itself.
"""
import itertools
import json
import math
import pathlib

import numpy as np


def network(weights, x):
    hidden = np.tanh(weights["first"] @ x + weights["bias"])
    return float(weights["second"] @ hidden + weights["product"] * x[0] * x[1] * x[2])


def kernel_shap(f, x, baseline):
    n = len(x)
    whole, nothing = f(x), f(baseline)
    rows, targets, kernel = [], [], []
    for size in range(1, n):
        for chosen in itertools.combinations(range(n), size):
            z = np.zeros(n)
            z[list(chosen)] = 1
            rows.append(z)
            targets.append(f(np.where(z > 0, x, baseline)) - nothing)
            kernel.append((n - 1) / (math.comb(n, size) * size * (n - size)))
    z, y, w = np.array(rows), np.array(targets), np.sqrt(np.array(kernel))
    # The values sum to the difference: the last is what the others leave.
    a = (z[:, :-1] - z[:, -1:]) * w[:, None]
    b = (y - z[:, -1] * (whole - nothing)) * w
    first = np.linalg.lstsq(a, b, rcond=None)[0]
    return whole, nothing, [*first, whole - nothing - first.sum()]


random = np.random.default_rng(20261128)
cases = []
for players in (3, 5, 8):
    weights = {
        "first": random.normal(size=(4, players)),
        "bias": random.normal(size=4),
        "second": random.normal(size=4),
        "product": 0.7,
    }
    x, baseline = random.normal(size=players), 0.3 * random.normal(size=players)
    whole, nothing, values = kernel_shap(lambda at: network(weights, at), x, baseline)
    cases.append({
        "first": weights["first"].tolist(), "bias": weights["bias"].tolist(), "second": weights["second"].tolist(),
        "product": weights["product"], "x": x.tolist(), "baseline": baseline.tolist(),
        "whole": whole, "nothing": nothing, "values": values,
    })

pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases, indent=1) + "\n")
