#!/usr/bin/python3
"""A model and what becomes of it when more is recorded: retrained from everything, and fine-tuned twice. For measuring deltas.

Usage: lineage.py --edgectl PROGRAM --work DIRECTORY [--hidden N N] [--output DIRECTORY]
"""
import argparse
from pathlib import Path

import specs
import train

# Of the recordings that are trained on: what there was at first, and the minutes that came later.
FIRST, LATER, LATEST = slice(0, 6), slice(6, 7), slice(7, 8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edgectl", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--hidden", type=int, nargs=2, default=[48, 24], help="a wider network shows what a delta saves of larger models")
    parser.add_argument("--output", type=Path, default=train.HERE / "lineage")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    recordings, held_out = train.recordings_of("vitals", options.edgectl, options.work)

    def package(number: int, name: str, version: str, description: str, epochs: int, features: list = None) -> specs.Package:
        return specs.Package(
            "vitals", number, version, description, features or specs.vitals_full(), options.hidden, epochs, 12,
            card=specs.VITALS_CARD, name=name, scaled=features is not None)

    def make(made: specs.Package, chosen: list, start: list = None) -> list:
        rows, test = train.prepare(made, options.edgectl, options.work, chosen, held_out)
        layers = train.teach(made, rows, start)
        train.write(made, layers, rows, test, chosen, options.edgectl, options.work, options.output)
        return layers

    first = package(1, "vitals-first", "2.0.0", "Tells the load of a machine; trained on what was recorded first.", 60)
    base = make(first, recordings[FIRST])
    retrained = package(2, "vitals-retrained", "2.1.0", "Tells the load of a machine; trained anew when more was recorded.", 60)
    make(retrained, [*recordings[FIRST], *recordings[LATER], *recordings[LATEST]])

    # Whoever fine-tunes keeps the features as they are scaled.
    tuned = package(2, "vitals-tuned", "2.0.1", "Tells the load of a machine; fine-tuned with the minutes recorded since.", 3, first.features)
    once = make(tuned, [*recordings[FIRST], *recordings[LATER]], base)
    again = package(3, "vitals-tuned-again", "2.0.2", "Tells the load of a machine; fine-tuned once more.", 3, first.features)
    make(again, [*recordings[FIRST], *recordings[LATER], *recordings[LATEST]], once)


if __name__ == "__main__":
    main()
