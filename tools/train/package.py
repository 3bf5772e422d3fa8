"""Writes the source directory of a package, ready for `edgectl pack`."""
import json
from pathlib import Path

import numpy as np

import specs

GOLDEN_VECTORS = 24


def manifest_of(package: specs.Package, scaled: bool, hop: int = 0, goals: dict = None) -> dict:
    """hop: another one than the device's, for training; 0 for the device's."""
    channels = []
    for name in dict.fromkeys(feature.channel for feature in package.features):
        channel = {"name": name, "unit": specs.UNITS[name]}
        if name in specs.BOUNDS:
            channel["low"], channel["high"] = specs.BOUNDS[name]
        channels.append(channel)
    pipeline = dict(specs.PIPELINE[package.family])
    pipeline["hop_frames"] = hop or pipeline["hop_frames"]
    return {
        "schema": 1,
        "name": package.family,
        "version": package.version,
        "release_counter": package.number,
        "description": package.description,
        "channels": channels,
        "pipeline": {**pipeline, "features": [feature.manifest(scaled) for feature in package.features]},
        "model": {"file": "model.onnx", "input": "features", "output": "logits", "min_onnxruntime": "1.17.0"},
        "output": {"kind": "classification", "activation": "softmax", "labels": package.labels},
        "decision": {"threshold": 0.6, "hysteresis": 0.1, "initial": "unknown"},
        "soak": {"samples": 50, "max_error_share": 0.01, "max_p99_ms": 20},
        "goals": goals or {},
        **({"monitoring": specs.MONITORING[package.family]} if specs.MONITORING[package.family] else {}),
    }


def golden_of(inputs: np.ndarray, outputs: np.ndarray, labels: np.ndarray, tolerance: float) -> dict:
    """Windows spread over labels, and two that no machine makes: all zeros and all at the clip."""
    vectors = []
    for x, y in zip(inputs, outputs):
        vectors.append({"input": [float(v) for v in x], "output": [float(v) for v in y]})
    return {"tolerance": float(f"{tolerance:.4g}"), "vectors": vectors}


def golden_inputs(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    draw = np.random.default_rng(7)
    chosen = []
    labels = sorted(set(y.tolist()))
    for label in labels:
        rows = np.flatnonzero(y == label)
        chosen += draw.choice(rows, min(len(rows), (GOLDEN_VECTORS - 2) // len(labels)), replace=False).tolist()
    return np.concatenate([x[chosen], np.zeros((1, x.shape[1]), np.float32), np.full((1, x.shape[1]), specs.CLIP, np.float32)])


def write(directory: Path, manifest: dict, model: bytes, reference: dict, golden: dict, card: str) -> None:
    (directory / "golden").mkdir(parents=True, exist_ok=True)
    (directory / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    (directory / "model.onnx").write_bytes(model)
    (directory / "reference.json").write_text(compact(reference))
    (directory / "golden" / "golden.json").write_text(compact(golden))
    (directory / "card.md").write_text(card)


def compact(value: dict) -> str:
    """JSON with one line for each entry of its lists of objects: short, and its differences can be read."""
    lines = []
    for key, member in value.items():
        if isinstance(member, list) and member and isinstance(member[0], dict):
            body = ",\n".join("    " + json.dumps(item) for item in member)
            lines.append(f"  {json.dumps(key)}: [\n{body}\n  ]")
        else:
            lines.append(f"  {json.dumps(key)}: {json.dumps(member)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
