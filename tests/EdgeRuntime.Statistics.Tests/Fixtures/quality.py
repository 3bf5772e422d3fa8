#!/usr/bin/env python3
"""Writes quality.json: reference values of quality and fairness, from numpy by the definitions themselves."""

import json
import os

import numpy as np


def sampling_errors():
    """NannyML's own example (tests/sampling_error, Apache 2.0, values only): its streams again, and its definitions."""
    n = 50
    np.random.seed(1)
    np.random.random(n)
    truth = np.random.binomial(1, 0.5, 10000)
    answer = np.random.binomial(1, 0.5, 10000)
    scores = np.linspace(0, 1, 10000)
    tp = int(((truth == 1) & (answer == 1)).sum())
    fp = int(((truth == 0) & (answer == 1)).sum())
    fn = int(((truth == 1) & (answer == 0)).sum())
    tn = int(((truth == 0) & (answer == 0)).sum())

    def error(values, fraction):
        return float(np.std(values) / np.sqrt(n * fraction))

    looked = np.concatenate([np.ones(tp), np.zeros(fp + fn)])
    rare = 1 if truth.mean() <= 0.5 else 0
    order = np.argsort(scores if rare == 1 else 1 - scores)
    ranked = truth[order] == rare
    placements = np.cumsum(~ranked)[ranked] / (~ranked).sum()
    return {
        "samples": n,
        "confusion": [tp, fp, tn, fn],
        "truth": np.packbits(truth.astype(np.uint8)).tobytes().hex(),
        "published": {"auc": 0.0575, "f1": 0.1153, "precision": 0.0989, "recall": 0.0998, "specificity": 0.1001, "accuracy": 0.0707},
        "computed": {
            "auc": error(placements, ranked.mean()),
            "f1": error(looked * len(looked) / (0.5 * (fp + fn) + tp), len(looked) / 10000),
            "precision": error(np.concatenate([np.ones(tp), np.zeros(fp)]), (tp + fp) / 10000),
            "recall": error(np.concatenate([np.ones(tp), np.zeros(fn)]), (tp + fn) / 10000),
            "specificity": error(np.concatenate([np.ones(tn), np.zeros(fp)]), (tn + fp) / 10000),
            "accuracy": error((truth == answer).astype(int), 1.0),
        },
    }


def isotonic():
    """The max-min formula of isotonic regression, which is not how it is computed."""
    rng = np.random.default_rng(7)
    cases = []
    for size in (1, 2, 5, 12, 40):
        values = rng.random(size)
        weights = rng.integers(1, 20, size).astype(float)

        def mean(s, t):
            return np.average(values[s : t + 1], weights=weights[s : t + 1])

        fitted = [max(min(mean(s, t) for t in range(i, size)) for s in range(i + 1)) for i in range(size)]
        cases.append({"values": values.tolist(), "weights": weights.tolist(), "fitted": fitted})
    return cases


def errors():
    rng = np.random.default_rng(11)
    said = np.round(rng.normal(20, 5, 60), 3)
    truth = np.round(said + rng.standard_t(4, 60), 3)
    error = said - truth
    square = np.mean(error**2)
    return {
        "said": said.tolist(),
        "truth": truth.tolist(),
        "mean_absolute": float(np.mean(np.abs(error))),
        "root_mean_square": float(np.sqrt(square)),
        "bias": float(np.mean(error)),
        "mean_absolute_error": float(np.std(np.abs(error)) / np.sqrt(60)),
        "root_mean_square_error": float(np.std(error**2) / np.sqrt(60) / (2 * np.sqrt(square))),
    }


def reliability():
    rng = np.random.default_rng(13)
    confidence = np.round(rng.beta(4, 2, 200), 4)
    right = rng.random(200) < confidence**2
    bins = np.minimum((confidence * 15).astype(int), 14)
    error = sum(
        abs(right[bins == b].mean() - confidence[bins == b].mean()) * (bins == b).sum() / 200
        for b in range(15)
        if (bins == b).any()
    )
    return {"confidence": confidence.tolist(), "right": [bool(r) for r in right], "expected_error": float(error)}


def inequality():
    """AIF360's definitions (Apache 2.0, formulas of Speicher et al.) over single cases: benefit = answer - truth + 1."""
    cases = []
    for tp, fp, tn, fn in ((5, 3, 2, 8), (40, 10, 45, 5), (1, 0, 1, 0), (0, 7, 3, 0), (10, 0, 10, 30)):
        benefit = np.array([1.0] * (tp + tn) + [2.0] * fp + [0.0] * fn)
        share = benefit / benefit.mean()
        positive = share[share > 0]
        cases.append({
            "confusion": [tp, fp, tn, fn],
            "entropy": float(np.mean(share**2 - 1) / 2),
            "theil": float(np.sum(positive * np.log(positive)) / len(share)),
        })
    return cases


def fairlearn():
    """Fairlearn's user guide, "Performing a Fairness Assessment" (MIT, rows and values only)."""
    return {
        "truth": [0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1],
        "answer": [0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0],
        "group": "bbabbcccaacabccbcc",
        "tpr": {"groups": [0.5, 0.6, 0.4], "difference": 0.2, "ratio": 0.666667, "to_overall": 0.1, "ratio_to_overall": 0.8},
        "fpr": {"groups": [1.0, 0.0, 0.666667], "difference": 1.0, "ratio": 0.0, "to_overall": 0.666667, "ratio_to_overall": 0.0},
        "sel": {"groups": [0.75, 0.5, 0.5], "difference": 0.25, "ratio": 0.666667, "to_overall": 0.194444, "ratio_to_overall": 0.740741},
    }


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "quality.json"), "w") as file:
        json.dump(
            {
                "sampling": sampling_errors(),
                "isotonic": isotonic(),
                "errors": errors(),
                "reliability": reliability(),
                "inequality": inequality(),
                "fairlearn": fairlearn(),
            },
            file,
            separators=(",", ":"),
        )
        file.write("\n")


if __name__ == "__main__":
    main()
