"""`python -m training DATA [--out FOLDER] [--steps N] [--generated N] [--seed N] [--rate X]
[--start FILE] [--keep FILE]`

Makes the model. DATA is the folder of shared data: its text/, train/ and names/ are learned from.
Needs one core and about three quarters of an hour for the settings of the shipped model.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the same sums whatever the machine has

import argparse
import hashlib
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from scrubber.detect.ner.builtin import FOLDER, Names
from training.calibration import fitted
from training.packing import calibrated_on, finder, inputs, scores, write_pipeline, write_weights
from training.sources import calibrating
from training.train import Material, Settings, Weights, log, train


def main() -> None:
    usual = Settings()
    parser = argparse.ArgumentParser(prog="python -m training")
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--steps", type=int, default=usual.steps)
    parser.add_argument("--generated", type=int, default=usual.generated)
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--rate", type=float, default=usual.rate)
    parser.add_argument("--start", type=Path, help="a model's weights.npz to go on from")
    parser.add_argument("--keep", type=Path, help="a .npz file for the weights so far")
    args = parser.parse_args()
    settings = Settings(
        seed=args.seed,
        steps=args.steps,
        generated=args.generated,
        rate=args.rate,
        start=args.start,
    )
    given = Material(args.data, settings.seed, settings.generated)

    def keep(weights: Weights) -> None:
        if args.keep:
            np.savez(args.keep, **weights)

    sizes, weights, largest = train(given, settings, keep)
    keep(weights)
    write_model(args.data, args.out, settings, sizes, weights, largest, given)


def start_of(settings: Settings) -> str | None:
    """The digest of the weights that training went on from."""
    if settings.start is None:
        return None
    return f"sha256:{hashlib.sha256(settings.start.read_bytes()).hexdigest()}"


def write_model(data, out, settings, sizes, weights, largest, given) -> None:  # type: ignore[no-untyped-def]
    """The pipeline at `out`, with its scores on what was kept from training."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "weights.npz"
        made = sizes, weights, largest, given.vocabulary, given.lists
        write_weights(path, *made)
        write_weights(path, *made, fitted(Names(path), calibrating(data)))
        on_labelled, on_plain = scores(data, finder(path))
        facts = {
            "version": "2.0.0",
            "description": "Names of people, places and organizations, for scrubber",
            "license": "Apache-2.0",
            "command": f"make model ({replace(settings, start=None)})",
            "inputs": inputs(data),
            "calibrated_on": calibrated_on(data),
            "start": start_of(settings),
            "scores": on_labelled,
            "letters_taken": on_plain,
        }
        write_pipeline(out, path, facts)
    log("written to", out)


if __name__ == "__main__":
    main()
