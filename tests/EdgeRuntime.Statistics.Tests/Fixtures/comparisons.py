#!/usr/bin/python3
"""Writes comparisons.json: what two-sample statistics of numpy, scipy and mpmath give on samples that can be drawn again.

The samples are those of the tests and documentation of Frouros (R15, R16), Evidently (R18) and NannyML (R19); `printed` is the
number that stands there, and this script fails where it disagrees. One of them is wrong: scipy ends the series of the
Cramer-von Mises distribution at terms of 1e-7, so of the p-value 5.4e-13 of R15 it makes 1.77e-10. Needs Debian's python3-numpy 1.24, python3-scipy 1.10 and
python3-mpmath 1.2.
"""
import json
import math
import pathlib

import mpmath
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

SAMPLES = {}
CASES = []


def normal(name, seed, count, mean=0.0, sd=1.0, skip=0):
    """count values of RandomState(seed).normal(mean, sd) after skip others."""
    SAMPLES[name] = {"seed": seed, "skip": skip, "count": count, "mean": mean, "sd": sd}
    return mean + sd * np.random.RandomState(seed).standard_normal(skip + count)[skip:]


def listed(name, values, counts=None):
    """Values written out, each as often as counts says."""
    SAMPLES[name] = {"values": values, "counts": counts or [1] * len(values)}
    return np.repeat(values, SAMPLES[name]["counts"]).astype(float)


def case(reference, what, printed, value, tolerance, **data):
    assert abs(value - printed) <= tolerance, (reference, what, printed, value)
    CASES.append({"reference": reference, "what": what, "printed": printed, "value": float(value), **data})


def of_samples(reference, what, printed, value, tolerance, first, second):
    case(reference, what, printed, value, tolerance, first=first, second=second)


def of_counts(reference, what, printed, value, tolerance, first, second):
    case(reference, what, printed, value, tolerance, counts=[[int(c) for c in first], [int(c) for c in second]])


def equal_width(x, y, bins):
    edges = np.linspace(min(x.min(), y.min()), max(x.max(), y.max()), bins + 1)
    return np.histogram(x, edges)[0] / len(x), np.histogram(y, edges)[0] / len(y)


def hellinger(p, q):
    return math.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2)


def psi(p, q):
    floor = 2.2250738585072014e-308
    p, q = np.where(p == 0, floor, p), np.where(q == 0, floor, q)
    return ((q - p) * np.log(q / p)).sum()


def bhattacharyya(p, q):
    epsilon = np.finfo(float).eps
    return -math.log(min(np.sqrt((p + epsilon) * (q + epsilon)).sum(), 1))


def cramer_von_mises_p(x, y):
    """The series that scipy ends early, with fifty digits to its end."""
    result = stats.cramervonmises_2samp(x, y, method="asymptotic")
    n, m = len(x), len(y)
    k = n + m
    variance = (k + 1) * (4 * n * m * k - 3 * (n * n + m * m) - 2 * n * m) / (45 * k * k * 4 * n * m)
    scaled = 1 / 6 + (result.statistic - (1 + 1 / k) / 6) / math.sqrt(45 * variance)
    with mpmath.workdps(50):
        t = mpmath.mpf(scaled)
        total = mpmath.mpf(0)
        for i in range(400):
            q = mpmath.mpf(4 * i + 1) ** 2 / (16 * t)
            total += (mpmath.gamma(i + mpmath.mpf(1) / 2) / (mpmath.gamma(i + 1) * mpmath.pi ** mpmath.mpf(1.5) * mpmath.sqrt(t))
                      * mpmath.sqrt(4 * i + 1) * mpmath.exp(-q) * mpmath.besselk(mpmath.mpf(1) / 4, q))
        exact = float(1 - total)
    assert abs(exact - result.pvalue) < 1e-7
    return exact


def frouros():
    x, y = normal("r15-first", 31, 100), normal("r15-second", 31, 100, mean=1.0, skip=100)
    p, q = equal_width(x, y, 20)
    welch, ks, mwu = stats.ttest_ind(x, y, equal_var=False), stats.ks_2samp(x, y), stats.mannwhitneyu(x, y)
    for what, printed, value, tolerance in [
        ("wasserstein", 1.0686078744674332, stats.wasserstein_distance(x, y), 1e-12),
        ("energy", 0.8359206395514527, stats.energy_distance(x, y), 1e-12),
        ("hellinger 20", 0.467129645775421, hellinger(p, q), 1e-12),
        ("intersection 20", 0.53, 1 - np.minimum(p, q).sum(), 1e-12),
        ("psi 20", 134.95409065116183, psi(p, q), 1e-9),
        ("kolmogorov-smirnov", 0.55, ks.statistic, 1e-12),
        ("kolmogorov-smirnov p", 3.0406585087050305e-14, ks.pvalue, 1e-26),
        ("cramer-von mises", 5.331699999999998, stats.cramervonmises_2samp(x, y).statistic, 1e-12),
        ("cramer-von mises p", 1.7705426014202885e-10, cramer_von_mises_p(x, y), 2e-10),
        ("mann-whitney", 2139, mwu.statistic, 0),
        ("mann-whitney p", 2.7623373527697943e-12, mwu.pvalue, 1e-24),
        ("welch", -7.651304662806378, welch.statistic, 1e-12),
        ("welch p", 8.685225410826823e-13, welch.pvalue, 1e-24),
        ("anderson-darling", 32.40316586267425, stats.anderson_ksamp([x, y]).statistic, 1e-11),
    ]:
        of_samples("R15", what, printed, value, tolerance, "r15-first", "r15-second")

    x, y = normal("r16-first", 31, 100, mean=1.0), normal("r16-far", 31, 100, mean=5.0, sd=2.0)
    p, q = equal_width(x, y, 10)
    for what, printed, value in [
        ("wasserstein", 3.85346006, stats.wasserstein_distance(x, y)),
        ("energy", 2.11059982, stats.energy_distance(x, y)),
        ("hellinger 10", 0.74509099, hellinger(p, q)),
        ("bhattacharyya 10", 0.810041883, bhattacharyya(p, q)),
        ("intersection 10", 0.78, 1 - np.minimum(p, q).sum()),
        ("psi 10", 461.20379435, psi(p, q)),
    ]:
        of_samples("R16", what, printed, value, 1e-8, "r16-first", "r16-far")

    x, y = normal("r16-same-first", 31, 500, mean=1.0), normal("r16-same-second", 31, 500, mean=1.0, skip=500)
    p, q = equal_width(x, y, 10)
    for what, printed, value in [
        ("psi 10", 0.01840072, psi(p, q)),
        ("hellinger 10", 0.04792538, hellinger(p, q)),
        ("bhattacharyya 10", 0.00229948, bhattacharyya(p, q)),
    ]:
        of_samples("R16", what, printed, value, 1e-8, "r16-same-first", "r16-same-second")

    # Of a stream of a hundred values the test looks at the last ten.
    window = normal("r16-window", 31, 10, mean=1.0, skip=190)
    incremental = stats.ks_2samp(normal("r16-first", 31, 100, mean=1.0), window)
    of_samples("R16", "kolmogorov-smirnov", 0.27, incremental.statistic, 1e-8, "r16-first", "r16-window")
    of_samples("R16", "kolmogorov-smirnov p", 0.46046910, incremental.pvalue, 1e-8, "r16-first", "r16-window")


def evidently():
    reference, current = [16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8]
    p, q = np.array(reference) / 88, np.array(current) / 88
    of_counts("R18", "fit chi-squared p", 0.67309, stats.chisquare(current, reference).pvalue, 1e-5, reference, current)
    of_counts("R18", "hellinger", 0.06812, hellinger(p, q), 1e-5, reference, current)
    x, y = listed("r18-first", [1, 2, 3, 4, 5, 6], reference), listed("r18-second", [1, 2, 3, 4, 5, 6], current)
    epps = stats.epps_singleton_2samp(x, y)
    of_samples("R18", "epps-singleton p", 0.81, epps.pvalue, 1e-2, "r18-first", "r18-second")
    of_samples("R18", "epps-singleton", epps.statistic, epps.statistic, 0, "r18-first", "r18-second")
    fit = stats.power_divergence([4, 6, 8], [5, 5, 8], lambda_="log-likelihood").pvalue
    of_counts("R18", "fit likelihood-ratio p", 0.8176, fit, 1e-4, [5, 5, 8], [4, 6, 8])

    x, y = normal("r18-seed-0", 0, 100), normal("r18-seed-1", 1, 100)
    of_samples("R18", "cramer-von mises p", 0.8076839, cramer_von_mises_p(x, y), 1e-6, "r18-seed-0", "r18-seed-1")
    x = listed("r18-eight-first", [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0])
    y = listed("r18-eight-second", [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8])
    names = ("r18-eight-first", "r18-eight-second")
    of_samples("R18", "anderson-darling p", 0.0635, stats.anderson_ksamp([x, y]).significance_level, 1e-3, *names)
    of_samples("R18", "student p", 0.084, stats.ttest_ind(x, y).pvalue, 1e-3, *names)
    mwu = stats.mannwhitneyu(x, y)
    of_samples("R18", "mann-whitney p", mwu.pvalue, mwu.pvalue, 0, *names)
    y = listed("r18-eight-shifted", list(x + 5))
    of_samples("R18", "energy", 1.9, stats.energy_distance(x, y), 0.1, "r18-eight-first", "r18-eight-shifted")
    for first, second, printed in [
        ([45, 45], [30, 60], 0.033972), ([3, 3], [6, 0], 0.181818), ([6, 0], [0, 6], 0.0021645), ([90, 60], [60, 90], 0.00078440),
    ]:
        of_counts("R18", "fisher p", printed, stats.fisher_exact([first, second])[1], 1e-6, first, second)


def doane(reference, current):
    edges = np.histogram_bin_edges(reference, bins="doane")
    first, second = np.histogram(reference, edges)[0], np.histogram(current, edges)[0]
    return np.append(first, 0), np.append(second, len(current) - second.sum())


def nannyml():
    def shift(printed, what, first, second):
        p, q = np.array(first) / sum(first), np.array(second) / sum(second)
        value = jensenshannon(p, q, base=2) if what == "jensen-shannon distance" else hellinger(p, q)
        of_counts("R19", what, printed, value, 5e-3, first, second)

    random = np.random.RandomState(1)
    shift(0.05, "jensen-shannon distance", *doane(random.normal(0, 1, 10_000), random.normal(0, 1, 1_000)))
    random = np.random.RandomState(1)
    few = doane(random.choice(np.linspace(0, 2, 6), 10_000), random.choice(np.linspace(0, 2, 3), 1_000))
    shift(0.73, "jensen-shannon distance", *few)
    shift(0.72, "hellinger", *few)
    random = np.random.RandomState(1)
    first, second = random.choice(list("abcd"), 10_000), random.choice(list("abce"), 1_000)
    categories = [[int((each == c).sum()) for c in "abcde"] for each in (first, second)]
    shift(0.50, "jensen-shannon distance", *categories)
    shift(0.50, "hellinger", *categories)
    random = np.random.RandomState(1)
    shift(0.63, "hellinger", *doane(random.normal(0, 1, 10_000), random.normal(-2, 1, 10_000)))
    of_counts("R19", "l-infinity", 0.14, 1 / 7, 5e-3, [2, 2, 2, 0], [2, 2, 2, 1])
    of_counts("R19", "l-infinity", 0.67, 2 / 3, 5e-3, [2, 2, 2], [0, 5, 0])
    for printed, tolerance, count, other, mean, sd in [
        (1.01, 5e-3, 10_000, 1_000, 1.0, 1.0), (3.99, 5e-3, 100_000, 1_000, -4.0, 1.0), (7.180, 1e-3, 15_000, 1_000_000, 0.0, 10.0),
    ]:
        names = (f"r19-{count}", f"r19-{count}-{other}")
        x, y = normal(names[0], 1, count), normal(names[1], 1, other, mean, sd, skip=count)
        of_samples("R19", "wasserstein", printed, stats.wasserstein_distance(x, y), tolerance, *names)


frouros()
evidently()
nannyml()
lines = ",\n".join("    " + json.dumps(each) for each in CASES)
samples = ",\n".join(f"    {json.dumps(name)}: {json.dumps(sample)}" for name, sample in SAMPLES.items())
text = f'{{\n  "samples": {{\n{samples}\n  }},\n  "cases": [\n{lines}\n  ]\n}}\n'
pathlib.Path(__file__).with_suffix(".json").write_text(text)
