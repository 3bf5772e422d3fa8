#!/usr/bin/python3
"""Writes detectors.json beside itself: streams that other libraries test their drift detectors on, and where those detect.

Run with Debian 12's python3, numpy 1.24 and scipy 1.10; the streams come from numpy's and Python's own generators by their seeds. The indices are
the ones that the libraries' own tests and docstrings assert (river 0.21, scikit-multiflow 0.6, Frouros 0.9), but for ADWIN, where those
before river's correction never try the youngest bucket of a row.
"""
import json
import os
import random

import numpy as np
from scipy import stats


def integers(values):
    return [int(value) for value in values]


def seeded(seed, make):
    np.random.seed(seed)
    return make()


def choices(first, second, weights=None):
    source = random.Random(first[0])
    return source.choices(first[1], k=1000) + source.choices(second, k=1000, weights=weights)


normal = np.random.normal
streams = {
    "river_1": integers(seeded(12345, lambda: np.concatenate(
        (np.random.randint(2, size=1000), np.random.randint(8, size=1000))))),
    "river_2": integers(seeded(12345, lambda: [np.random.binomial(1, 0.2) for _ in range(1000)]
                               + [np.random.binomial(1, 0.8) for _ in range(1000)])),
    "river_3": integers(seeded(12345, lambda: np.concatenate(
        [normal(mean, 0.1, 500) > 0 for mean in (0.0, 0.25, 0.0, 0.25)]))),
    "river_docs": choices((12345, [0, 1]), range(4, 8)),
    "river_bits": choices((42, [0, 1]), [0, 1], weights=[0.3, 0.7]),
    "frouros_docs": list(seeded(31, lambda: np.concatenate((normal(0.2, 0.01, 1000), normal(0.8, 0.04, 1000))))),
    "frouros_tests": list(seeded(31, lambda: np.concatenate((normal(0, 0.5, 100), normal(4, 0.2, 100), normal(6, 0.5, 100))))),
    "frouros_bits": integers(seeded(31, lambda: np.concatenate(
        (np.random.binomial(1, 0.6, 1000), np.random.binomial(1, 0.8, 1000))))),
}

one_sided = {"two_sided": "no"}
frouros = {"two_sided": "no", "min_samples": "1"}
cases = [
    ("R1", "adwin", {"reset": "yes"}, "river_1", [1023]),
    ("R4", "page_hinkley", one_sided, "river_1", [1020, 1991]),
    ("R4", "page_hinkley", one_sided, "river_docs", [1006]),
    ("R5", "ddm", {}, "river_2", [1049]),
    ("R5", "ddm", {}, "frouros_bits", [1131]),
    ("R5", "ddm", {}, "river_bits", [1334]),
    ("R6", "hddm_a", {}, "river_2", [1047]),
    ("R6", "hddm_a", {"decreases": "signalled"}, "river_3", [531, 1015, 1545]),
    ("R6", "hddm_a", {}, "river_bits", [1206]),
    ("R7", "eddm", {}, "river_2", [681, 848, 983, 1042, 1089]),
    ("R7", "hddm_w", {}, "river_2", [1018]),
    ("R7", "hddm_w", {}, "river_3", [507, 1508]),
    ("R7", "hddm_w", {}, "river_bits", [1077]),
    ("R8", "page_hinkley", {**frouros, "clamped": "no"}, "frouros_docs", [1094]),
    ("R8", "page_hinkley", {**frouros, "alpha": "1"}, "frouros_docs", [1086]),
    ("R8", "gma", {"two_sided": "no", "threshold": "0.3"}, "frouros_docs", [1071]),
    ("R8", "adwin", {"reset": "yes"}, "frouros_docs", [1023]),
    ("R8", "page_hinkley", {**frouros, "clamped": "no"}, "frouros_tests", [113, 227]),
    ("R8", "page_hinkley", {**frouros, "alpha": "1"}, "frouros_tests", [113, 226]),
    ("R8", "gma", frouros, "frouros_tests", [134]),
]

# The largest of the statistics of the newest 20 and 40 values against the reference, standardised by their mean and variance under no
# change: equations 3 and 14 of Anderson 1962.
cvm_reference, cvm_stream = seeded(7, lambda: (normal(0, 1, 60).round(3), normal(0.4, 1.3, 90).round(6) + 5e-7))


def standardised(window):
    n, w = len(cvm_reference), len(window)
    mean = (1 + 1 / (n + w)) / 6
    variance = (n + w + 1) * (4 * n * w * (n + w) - 3 * (n * n + w * w) - 2 * n * w) / (45 * (n + w) ** 2 * 4 * n * w)
    return (stats.cramervonmises_2samp(cvm_reference, window).statistic - mean) / variance ** 0.5


cvm = [max(standardised(cvm_stream[end - size:end]) for size in (20, 40) if size <= end) for end in range(20, len(cvm_stream) + 1)]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "detectors.json"), "w", encoding="utf-8") as file:
    file.write('{\n"streams": {\n')
    file.write(",\n".join(f'"{name}": {json.dumps(values)}' for name, values in streams.items()))
    file.write('\n},\n"cases": [\n')
    file.write(",\n".join(json.dumps(
        {"id": id, "detector": detector, "parameters": parameters, "stream": stream, "alarms": alarms})
        for id, detector, parameters, stream, alarms in cases))
    file.write('\n],\n"cvm": ')
    json.dump({"reference": list(cvm_reference), "stream": list(cvm_stream), "statistics": cvm}, file)
    file.write("\n}\n")
