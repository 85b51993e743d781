"""How well names and other entities are found, on any folder of labelled sets.

    make eval DATA=folder
    python -m benchmarks.evaluation FOLDER [--sets GLOB,...] [--model NAME]... [--limit N]
                                           [--held-out] [--json] [--gate]

Prints no value of the data. See `sets` for the form of a set, `labels` for what labels mean,
`measure` for what is counted, `systems` for what can be named by --model.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.evaluation import gating, report
from benchmarks.evaluation.heldout import held_out
from benchmarks.evaluation.score import Scored, score
from benchmarks.evaluation.sets import read_folder
from benchmarks.evaluation.systems import System, default_names, make
from scrubber.detect.ner.prescreen import Gate
from scrubber.errors import NotAvailable, ScrubberError


def main(arguments: Sequence[str]) -> int:
    """Print the report; 0, or 2 where the sets cannot be read."""
    options = _parser().parse_args(arguments)
    try:
        sets, unlabelled = read_folder(options.folder, options.sets, options.limit)
        if options.held_out:
            sets = [one for s in sets if (one := held_out(s, options.folder)).documents]
        if options.gate:
            print(gating.as_text(sets, Gate().may_hold_name))
            return 0
        systems, missing = _systems(options.model or default_names(), strict=bool(options.model))
    except ScrubberError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    scored: list[Scored] = []
    for labelled in sets:
        print(f"{labelled.name} ...", file=sys.stderr)
        scored.append(score(labelled, systems))
    if options.json:
        print(json.dumps(report.as_json(scored, systems, missing, unlabelled), indent=1))
    else:
        print(report.as_text(scored, systems, missing, unlabelled))
    return 0


def _systems(names: Sequence[str], strict: bool) -> tuple[list[System], dict[str, str]]:
    """Those that can be made, and why the others cannot; `strict` raises instead."""
    systems, missing = [], {}
    for name in dict.fromkeys(names):
        try:
            systems.append(make(name))
        except NotAvailable as error:
            if strict:
                raise
            missing[name] = str(error)
    return systems, missing


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks.evaluation", description=__doc__.split("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="folder of labelled JSONL sets")
    parser.add_argument("--sets", default="*", help="globs of file names without .jsonl, by commas")
    parser.add_argument("--model", action="append", help="what to measure; may be repeated")
    parser.add_argument("--limit", type=int, help="at most so many documents of each set")
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="only documents that the built-in model was not trained on",
    )
    parser.add_argument("--gate", action="store_true", help="measure what the gate holds back")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
