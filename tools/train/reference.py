"""The yardstick for drift that travels with a package: reference.json."""
import numpy as np

from data import Rows, runs

BINS = 10
SMALLEST_SAMPLE = 30     # effective samples a device needs for a verdict; it judges on one to two times as many
SAFETY = 1.1
LONGEST_STATE_SECONDS = 300


def independent_share(rows: Rows, column: int) -> float:
    """
    Share of windows that count as independent for one feature while the machine stays in one state:
    1 / (1 + 2 sum of autocorrelations), up to the first that is next to nothing. NaN when it never moves.
    """
    products, weights = np.zeros(64), np.zeros(64)
    for start, end in runs(rows):
        values = rows.values[start:end, column]
        if end - start < 8 or not np.isfinite(values).all():
            continue
        deviations = values - values.mean()
        for lag in range(1, min(64, (end - start) // 2)):
            products[lag] += (deviations[lag:] * deviations[:-lag]).sum() * (end - start) / (end - start - lag)
            weights[lag] += (deviations ** 2).sum()
    if weights[1] <= 0:
        return float("nan")
    time = 1.0
    for lag in range(1, 64):
        correlation = products[lag] / weights[lag] if weights[lag] > 0 else 0
        if correlation <= 0.02:
            break
        time += 2 * correlation
    return 1 / time


def effective_share(rows: Rows) -> float:
    """
    That of the quicker features (the upper quarter). It says how soon a verdict is possible; the slow features, and
    the machine's staying in one state, are what each feature's own smallest effect is calibrated on.
    """
    shares = [independent_share(rows, column) for column in range(rows.values.shape[1])]
    shares = [share for share in shares if np.isfinite(share)]
    return float(np.clip(np.quantile(shares, 0.75) if shares else 0.1, 0.005, 1))


def edges_of(values: np.ndarray, ever: np.ndarray, scale: float) -> list:
    """
    Edges at quantiles, and one on each side a deviation beyond everything ever recorded: no state of a healthy machine
    puts values there.
    """
    quantiles = np.quantile(values, np.linspace(0, 1, BINS + 1)[1:-1])
    low, high = ever.min() - scale, ever.max() + scale
    inner = [float(f"{q:.6g}") for q in quantiles if values.min() < q <= values.max()]
    edges = [float(f"{low:.6g}"), *inner, float(f"{high:.6g}")]
    if ever.min() == 0:
        edges = edges[1:] if len(edges) > 2 else edges
    return sorted(set(edges))


def counts_of(values: np.ndarray, edges: list) -> np.ndarray:
    return np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(edges) + 1)


def index(reference: np.ndarray, live: np.ndarray) -> float:
    """The stability index as src/EdgeRuntime.Statistics computes it."""
    used = (reference + live) > 0
    q = (reference[used] + 0.5) / (reference.sum() + 0.5 * used.sum())
    p = (live[used] + 0.5) / (live.sum() + 0.5 * used.sum())
    return float(((p - q) * np.log(p / q)).sum())


def profile(rows: Rows, everything: Rows, features: list, shares: np.ndarray, windows_per_second: float) -> dict:
    """
    rows: windows of training. everything: windows of all recordings; each state in it is a regime that must not alarm.
    """
    share = effective_share(rows)

    # The index of one state grows with the logarithm of how long it is looked at.
    horizon = max(2 * SMALLEST_SAMPLE / share, LONGEST_STATE_SECONDS * windows_per_second)
    entries = []
    for column, feature in enumerate(features):
        values = rows.values[:, column]
        present = values[np.isfinite(values)]
        entry = {"name": feature.name}
        if len(present):
            ever = everything.values[:, column]
            edges = edges_of(present, ever[np.isfinite(ever)], feature.scale)
            counts = counts_of(present, edges)
            worst = 0.0
            for start, end in runs(everything):
                live = everything.values[start:end, column]
                live = live[np.isfinite(live)]
                if len(live):
                    # One state for as long as a verdict looks back.
                    worst = max(worst, index(counts, counts_of(live, edges) * (horizon / len(live))))
            entry.update(edges=edges, counts=[int(c) for c in counts], missing=int(len(values) - len(present)))
            entry["min_effect"] = float(f"{max(0.25, SAFETY * worst):.3g}")
        else:
            # Nothing known of it: one bin beside the other, and no judgement.
            entry.update(edges=[0.0], counts=[0, 0], missing=int(len(values)))
        entries.append(entry)
    return {
        "rows": int(len(rows.values)),
        "effective_rows": float(f"{max(1.0, len(rows.values) * share):.6g}"),
        "effective_share": float(f"{share:.4g}"),
        "level": 0.001,
        "min_effect": 0.25,
        "features": entries,
        "prediction_shares": [float(s) for s in shares],
    }
