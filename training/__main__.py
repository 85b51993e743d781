"""`python -m training DATA [--out FOLDER] [--steps N] [--generated N] [--seed N] [--keep FILE]`

Makes the model. DATA is the folder of shared data: its text/, train/ and names/ are learned from.
Needs one core and about three quarters of an hour for the settings of the shipped model.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the same sums whatever the machine has

import argparse
import tempfile
from pathlib import Path

import numpy as np

from scrubber.detect.ner.builtin import FOLDER
from training.packing import finder, inputs, scores, write_pipeline, write_weights
from training.train import Material, Settings, Weights, calibrated, log, train


def main() -> None:
    usual = Settings()
    parser = argparse.ArgumentParser(prog="python -m training")
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--generated", type=int, default=usual.generated)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--keep", type=Path, help="a .npz file for the weights so far")
    args = parser.parse_args()
    settings = Settings(seed=args.seed, steps=args.steps, generated=args.generated)
    given = Material(args.data, settings.seed, settings.generated)

    def keep(weights: Weights) -> None:
        if args.keep:
            np.savez(args.keep, **weights)

    sizes, weights = train(given, settings, keep)
    keep(weights)
    largest = calibrated(sizes, weights, given, settings.seed)
    write_model(args.data, args.out, settings, sizes, weights, largest, given)


def write_model(data, out, settings, sizes, weights, largest, given) -> None:  # type: ignore[no-untyped-def]
    """The pipeline at `out`, with its scores on what was kept from training."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.npz"
        write_weights(path, sizes, weights, largest, given.vocabulary, given.lists)
        facts = {
            "version": "1.0.0",
            "description": "Names of people, places and organizations, for scrubber",
            "license": "Apache-2.0",
            "command": f"make model ({settings})",
            "inputs": inputs(data),
            "scores": scores(data, finder(path)),
        }
        write_pipeline(out, path, facts)
    log("written to", out)


if __name__ == "__main__":
    main()
