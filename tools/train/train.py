#!/usr/bin/python3
"""Trains the demonstration models from recordings, checks and measures them, and writes their packages and the report.

Usage: train.py --edgectl PROGRAM --work DIRECTORY [--only vitals|machine]
"""
import argparse
import json
from pathlib import Path

import numpy as np

import data
import network
import package as packaging
import quantize
import specs

HERE = Path(__file__).resolve().parent
TRAINING_HOP = {"vitals": 1, "machine": 256}


def recordings_of(family: str, edgectl: str, work: Path):
    return data.vitals_recordings(HERE / "recordings") if family == "vitals" else data.machine_recordings(edgectl, work)


def infer(edgectl: str, model: bytes, x: np.ndarray, work: Path) -> np.ndarray:
    """Logits of a model that takes all rows at once, as ONNX Runtime computes them."""
    (work / "rows.onnx").write_bytes(model)
    np.save(work / "rows.npy", x)
    answer = json.loads(data.run(edgectl, "infer", work / "rows.onnx", "--input", work / "rows.npy"))
    return np.array(answer["outputs"][0]["values"], np.float32).reshape(len(x), -1)


def accuracy(logits: np.ndarray, y: np.ndarray) -> float:
    return float((logits.argmax(axis=1) == y).mean())


def balanced(logits: np.ndarray, y: np.ndarray, labels: list) -> float:
    """Mean recall over labels."""
    return float(np.mean([(logits[y == i].argmax(axis=1) == i).mean() for i in range(len(labels)) if (y == i).any()]))


def confusion(logits: np.ndarray, y: np.ndarray, labels: list) -> list:
    guess = logits.argmax(axis=1)
    return [[int(((y == i) & (guess == j)).sum()) for j in range(len(labels))] for i in range(len(labels))]


def teach(package: specs.Package, rows: data.Rows, start: list = None) -> list:
    """start: layers that training goes on from; None for a network drawn by the package's seed."""
    y = rows.labels
    if package.permute:
        y = (y + 1) % len(package.labels)
    return network.train(
        rows.values.astype(np.float32), y, rows.names, package.labels, package.hidden, package.epochs, package.seed, start)


def cross_validate(package: specs.Package, rows: data.Rows, thirds: int = 3) -> list:
    """Accuracy on each third of the recordings, in order of time, of a network taught on the others."""
    found = []
    block = rows.recordings * thirds // (rows.recordings.max() + 1)
    for held in range(thirds):
        layers = teach(package, rows.take(block != held))
        test = rows.take(block == held)
        found.append(balanced(network.forward(layers, test.values.astype(np.float32)), test.labels, package.labels))
    return found


def prepare(package: specs.Package, edgectl: str, work: Path, train_files: list, test_files: list):
    """(windows to train on, windows held out), labelled and scaled. Sets the scales of the package's features unless they are set."""
    labels, hop = package.labels, TRAINING_HOP[package.family]
    if not package.scaled:
        draft = packaging.manifest_of(package, scaled=False, hop=hop)
        data.scale(package, data.features(edgectl, draft, train_files, labels, work, scaled=False).labelled)
        package.scaled = True
    final = packaging.manifest_of(package, scaled=True, hop=hop)
    return tuple(data.features(edgectl, final, files, labels, work, scaled=True).labelled for files in (train_files, test_files))


def build(package: specs.Package, edgectl: str, work: Path) -> dict:
    train_files, test_files = recordings_of(package.family, edgectl, work)
    train, test = prepare(package, edgectl, work, train_files, test_files)
    result = write(package, teach(package, train), train, test, [*train_files, *test_files], edgectl, work, HERE / "packages")
    if package.number == 2:
        final = packaging.manifest_of(package, scaled=True, hop=TRAINING_HOP[package.family])
        every = data.features(edgectl, final, [*train_files, *test_files], package.labels, work, scaled=True).labelled
        result["cross_validated_float"] = [round(v, 4) for v in cross_validate(package, every)]
    return result


def write(package: specs.Package, layers: list, train: data.Rows, test: data.Rows, recordings: list, edgectl: str, work: Path, into: Path) -> dict:
    """Quantizes a trained network, checks and measures it, and writes its package into a directory of its name. Returns the figures."""
    labels = package.labels
    x, y = test.values.astype(np.float32), test.labels
    calibration = train.values.astype(np.float32)
    scales = quantize.scales_of(layers, calibration, specs.CLIP)
    float_model = quantize.write_float(layers, package.directory)
    model = quantize.write_int8(layers, scales, package.directory)

    # What ONNX Runtime makes of it, and what both answer on windows nobody trained on.
    (work / "model.onnx").write_bytes(model)
    data.run(edgectl, "optimize", work / "model.onnx", "--output", work / "optimized.onnx")
    kernels = quantize.check_fused((work / "optimized.onnx").read_bytes(), len(layers))
    float_logits = infer(edgectl, quantize.write_float(layers, package.directory, len(x)), x, work)
    logits = infer(edgectl, quantize.write_int8(layers, scales, package.directory, len(x)), x, work)

    device = packaging.manifest_of(package, scaled=True)
    every_window = data.features(edgectl, device, recordings, labels, work, scaled=True).values.astype(np.float32)
    answers = infer(edgectl, quantize.write_int8(layers, scales, package.directory, len(every_window)), every_window, work)
    profile = data.reference(edgectl, device, recordings, [labels[i] for i in answers.argmax(axis=1)], work)

    inputs = packaging.golden_inputs(x, y)
    outputs = infer(edgectl, quantize.write_int8(layers, scales, package.directory, len(inputs)), inputs, work)
    tolerance = 2.5 * quantize.largest_step(layers, scales) + 1e-3
    result = {
        "package": package.directory,
        "version": package.version,
        "features": len(package.features),
        "layers": [len(package.features), *package.hidden, len(labels)],
        "windows_train": len(train.labels), "windows_test": len(y),
        "accuracy_float": round(accuracy(float_logits, y), 4), "accuracy_int8": round(accuracy(logits, y), 4),
        "balanced_int8": round(balanced(logits, y, labels), 4),
        "same_answer": round(float((float_logits.argmax(1) == logits.argmax(1)).mean()), 4),
        "largest_difference": round(float(np.abs(float_logits - logits).max()), 4),
        "float_bytes": len(float_model), "int8_bytes": len(model),
        "effective_share": profile["effective_share"],
        "kernels": kernels,
        "recall_int8": {label: round(float((logits[y == i].argmax(1) == i).mean()), 4) for i, label in enumerate(labels)},
        "confusion_int8": confusion(logits, y, labels),
    }

    goals = {name: result[name] for name in ("accuracy_float", "accuracy_int8", "balanced_int8")}
    manifest = packaging.manifest_of(package, scaled=True, goals=goals)
    packaging.write(into / package.directory, manifest, model, profile, packaging.golden_of(inputs, outputs, y, tolerance), card_of(package, result))
    print(f"{package.directory} {package.version}: float {result['accuracy_float']:.1%}, int8 {result['accuracy_int8']:.1%} "
          f"of {len(y)} held-out windows, {len(model)} bytes, {kernels}", flush=True)
    return result


def card_of(package: specs.Package, result: dict) -> str:
    labels = package.labels
    lines = [f"# {package.family} {package.version}", "", package.description, "", package.card.strip(), "",
             "| | |", "|---|---|",
             f"| network | {' - '.join(str(n) for n in result['layers'])}, rectified, int8 (weights of 7 bits, per channel) |",
             f"| windows trained on, held out | {result['windows_train']}, {result['windows_test']} |",
             f"| right of the held-out windows, float | {result['accuracy_float']:.1%} |",
             f"| right of the held-out windows, int8 | {result['accuracy_int8']:.1%} |",
             f"| same answer float and int8 | {result['same_answer']:.1%} |", ""]
    if package.permute:
        lines += ["This model is wrong on purpose. Do not use it for anything but seeing it rejected.", ""]
    lines += ["Held-out windows, int8: truth down, answer across.", "",
              "| | " + " | ".join(labels) + " |", "|---" * (len(labels) + 1) + "|"]
    lines += [f"| {label} | " + " | ".join(str(n) for n in row) + " |" for label, row in zip(labels, result["confusion_int8"])]
    return "\n".join(lines) + "\n"


def write_report(results: list) -> None:
    (HERE / "report.json").write_text(json.dumps(results, indent=1) + "\n")
    lines = ["# The demonstration models", "",
             "Written by `tools/train/train`. The held-out windows are blocks of time (vitals: the last third; machine:",
             "other seeds), never single rows of a recording that was trained on. int8 runs on ONNX Runtime itself.", "",
             "| package | network | float | int8 | same answer | bytes float | bytes int8 | quantized kernels |",
             "|---|---|---:|---:|---:|---:|---:|---|"]
    for r in results:
        kernels = ", ".join(f"{n} {op}" for op, n in sorted(r["kernels"].items()) if op in quantize.QUANTIZED)
        lines.append(
            f"| {r['package']} | {'-'.join(map(str, r['layers']))} | {r['accuracy_float']:.1%} | {r['accuracy_int8']:.1%} "
            f"| {r['same_answer']:.1%} | {r['float_bytes']} | {r['int8_bytes']} | {kernels} |")
    lines += ["", "Packages 3 are wrong on purpose: their labels are moved on by one.", ""]
    for r in results:
        if "cross_validated_float" in r:
            folds = ", ".join(f"{v:.1%}" for v in r["cross_validated_float"])
            lines.append(f"{r['package']}, mean recall on each third of all recordings after training on the others (float): {folds}.")
        lines.append(f"{r['package']}, recall by label (int8): " + ", ".join(f"{k} {v:.1%}" for k, v in r["recall_int8"].items()) + ".")
        lines.append("")
    (HERE / "report.md").write_text("\n".join(lines).rstrip() + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edgectl", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--only", choices=["vitals", "machine"])
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    known = {r["package"]: r for r in json.loads((HERE / "report.json").read_text())} if (HERE / "report.json").exists() else {}
    for package in specs.PACKAGES:
        if options.only in (None, package.family):
            known[package.directory] = build(package, options.edgectl, options.work)
    write_report([known[p.directory] for p in specs.PACKAGES if p.directory in known])


if __name__ == "__main__":
    main()
