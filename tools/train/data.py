"""Recordings and what the C# feature pipeline makes of them. Nothing here computes a feature: edgectl does."""
import csv
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import specs

# Simulated recordings: seed, seconds and severity. Made anew when they are wanted, since the same seed gives the same bytes.
# Faults that only begin belong to the data as well as those that are plain.
MACHINE_TRAIN = [(seed, 300, severity) for seed, severity in zip(range(101, 113), [1.0, 0.4, 0.7] * 4)]
MACHINE_TEST = [(seed, 300, severity) for seed, severity in zip(range(201, 207), [1.0, 0.4, 0.7] * 2)]
# After the condition changed, windows in which one fault fades and the other grows teach nothing.
MACHINE_SETTLE_WINDOWS = 6
LONGEST_STATE_SECONDS = 300


@dataclass
class Rows:
    """Windows: one row each."""
    names: list
    values: np.ndarray       # [rows, features], float64, NaN where missing
    labels: np.ndarray       # [rows], -1 where unlabelled
    recordings: np.ndarray   # [rows], number of the recording

    def take(self, mask: np.ndarray) -> "Rows":
        return Rows(self.names, self.values[mask], self.labels[mask], self.recordings[mask])

    @property
    def labelled(self) -> "Rows":
        return self.take(self.labels >= 0)


def run(edgectl: str, *arguments) -> str:
    done = subprocess.run([edgectl, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"edgectl {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def vitals_recordings(directory: Path):
    """(training, test): the test is the last third, recorded after the others."""
    files = sorted(directory.glob("vitals-*.csv"))
    if len(files) < 3 or len(files) % 3:
        raise SystemExit(f"{directory} holds {len(files)} recordings; run tools/train/train --record")
    third = len(files) // 3
    return files[:2 * third], files[2 * third:]


def machine_recordings(edgectl: str, work: Path):
    def made(seed: int, seconds: int, severity: float) -> Path:
        file = work / f"machine-{seed}.csv"
        if not file.exists():
            part = file.with_suffix(".part")
            run(edgectl, "record", "--sensor", "simulated", "--seed", seed, "--severity", severity, "--speed", 0, "--seconds", seconds, "--digits", 7, "--output", part)
            part.rename(file)
        return file

    return [made(*one) for one in MACHINE_TRAIN], [made(*one) for one in MACHINE_TEST]


_known = {}


def features(edgectl: str, manifest: dict, recordings: list, labels: list, work: Path, scaled: bool) -> Rows:
    """Runs the pipeline of a manifest over recordings; asked for the same again, it remembers."""
    key = json.dumps([manifest["name"], manifest["pipeline"], [str(r) for r in recordings], scaled])
    if key not in _known:
        _known[key] = compute(edgectl, manifest, recordings, labels, work, scaled)
    return _known[key]


def compute(edgectl: str, manifest: dict, recordings: list, labels: list, work: Path, scaled: bool) -> Rows:
    path, output = work / "manifest.json", work / "features.csv"
    path.write_text(json.dumps(manifest))
    run(edgectl, "features", path, *recordings, "--output", output, *(["--scaled"] if scaled else []))
    with output.open(newline="") as text:
        rows = list(csv.reader(text))
    header, rows = rows[0], rows[1:]
    numbers = {name: i for i, name in enumerate(dict.fromkeys(row[0] for row in rows))}
    index = {label: i for i, label in enumerate(labels)}
    read = Rows(
        header[2:-1],
        np.array([[float(v) if v else np.nan for v in row[2:-1]] for row in rows]),
        np.array([index.get(row[-1], -1) for row in rows]),
        np.array([numbers[row[0]] for row in rows]))
    if manifest["name"] == "machine":
        read.labels = settled(read.labels, read.recordings)
    return read


def reference(edgectl: str, manifest: dict, recordings: list, answers: list, work: Path) -> dict:
    """
    The yardstick for drift, made by edgectl of all recordings: all of them show a healthy machine.
    answers: what the model says of each window. A machine may stay in one state for minutes, and is calibrated on that.
    """
    path, table, output = work / "manifest.json", work / "features.csv", work / "reference.json"
    path.write_text(json.dumps(manifest))
    run(edgectl, "features", path, *recordings, "--output", table)
    lines = table.read_text().splitlines()
    if len(lines) != len(answers) + 1:
        raise SystemExit(f"{len(lines) - 1} windows, and {len(answers)} answers of the model")
    table.write_text("\n".join(f"{line},{answer}" for line, answer in zip(lines, ["prediction", *answers])) + "\n")
    windows = int(LONGEST_STATE_SECONDS * manifest["pipeline"]["rate_hz"] / manifest["pipeline"]["hop_frames"])
    run(edgectl, "reference", path, table, "--window-samples", windows, "--output", output)
    return json.loads(output.read_text())


def settled(labels: np.ndarray, recordings: np.ndarray) -> np.ndarray:
    """Takes the label from windows soon after a change."""
    kept = labels.copy()
    since = 0
    last = None
    for i in range(len(labels)):
        if labels[i] < 0 or (last is not None and (labels[i] != last or recordings[i] != recordings[i - 1])):
            since = 0
        else:
            since += 1
        last = labels[i] if labels[i] >= 0 else last
        if since < MACHINE_SETTLE_WINDOWS:
            kept[i] = -1
    return kept


def scale(package: specs.Package, rows: Rows) -> None:
    """Sets center and scale of the features: mean and deviation with every label weighing the same."""
    for column, feature in enumerate(package.features):
        means, squares = [], []
        for label in range(len(package.labels)):
            values = rows.values[rows.labels == label, column]
            values = values[np.isfinite(values)]
            if len(values):
                means.append(values.mean())
                squares.append((values ** 2).mean())
        center = float(np.mean(means)) if means else 0.0
        deviation = float(np.sqrt(max(np.mean(squares) - center ** 2, 0))) if means else 0.0
        feature.center = float(f"{center:.6g}")
        feature.scale = float(f"{max(deviation, feature.floor):.6g}")


def runs(rows: Rows) -> list:
    """Index ranges of windows in a row with the same label and recording."""
    found, start = [], 0
    for i in range(1, len(rows.labels) + 1):
        if i == len(rows.labels) or rows.labels[i] != rows.labels[start] or rows.recordings[i] != rows.recordings[start]:
            if rows.labels[start] >= 0:
                found.append((start, i))
            start = i
    return found
