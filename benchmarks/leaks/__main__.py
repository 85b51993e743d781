"""Leaks side by side: documents and direct mentions that each tool leaves, letters that it takes.

    make leak DATA=folder [LEAK="--docs 100"]
    python -m benchmarks.leaks FOLDER [--docs N] [--sentences N] [--systems NAMES] [--sets STEMS]
                                      [--write]

FOLDER holds labelled sets (see `benchmarks.evaluation.sets`), of which those in `direct` are
measured, and plain sentences in cc0_sentences/LANGUAGE.txt. Of a set that the built-in names model
learned from, the documents that it did not see are measured; where there are none, all are, and
the set is marked. Prints no value of the data.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evaluation.heldout import held_out
from benchmarks.evaluation.sets import Document, LabelledSet, read_documents, spread
from benchmarks.leaks import report
from benchmarks.leaks.counting import Tally, tally
from benchmarks.leaks.direct import SETS, Set
from benchmarks.leaks.shipped import write
from benchmarks.leaks.systems import SYSTEMS
from scrubber.errors import InputError, Place, ScrubberError, printable
from training.multilingual.sentences import is_kept

PEERS = Path("build/leak-peers/bin/python")
OURS = "scrubber"
_FEW = 30
"""Fewer documents that the model did not learn from are no measure."""


@dataclass(frozen=True)
class Sample:
    """The documents of a set that are measured, and whether the model has `learned` from them."""

    of: Set
    documents: tuple[Document, ...]
    learned: bool = False


def main(arguments: Sequence[str]) -> int:
    """Print the tables; 0, or 2 where sets cannot be read or a system fails."""
    options = _parser().parse_args(arguments)
    wanted = None if options.sets is None else options.sets.split(",")
    try:
        samples = [*_labelled(options.folder, options.docs, wanted)]
        sentences = [*_sentences(options.folder, options.sentences)] if wanted is None else []
        if not samples:
            place = Place(str(options.folder))
            raise InputError(
                "input-missing", "holds no set that leaks are measured on", place=place
            )
        results = [*_results(options.systems.split(","), samples, sentences)]
    except ScrubberError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    shown = f"{options.docs or 'all'} documents of each set, {options.sentences} sentences"
    print(report.as_text(results, f"{shown}, evenly spread over each file"))
    if options.write:
        ours = next(one for one in results if one.name == OURS)
        print(f"\nwrote {write(ours)}")
    return 0


def _labelled(folder: Path, docs: int | None, wanted: Sequence[str] | None) -> Iterator[Sample]:
    paths = {path.stem: path for path in sorted(folder.rglob("*.jsonl"))}
    for of in SETS:
        if of.stem not in paths or (wanted is not None and of.stem not in wanted):
            continue
        path = paths[of.stem]
        name = path.relative_to(folder).with_suffix("").as_posix()
        whole = LabelledSet(name, read_documents(path) or ())
        unseen = held_out(whole, folder).documents
        learned = len(unseen) < _FEW
        yield Sample(of, spread(whole.documents if learned else unseen, docs), learned)


def _sentences(folder: Path, count: int) -> Iterator[Sample]:
    """Plain sentences, by language: nothing in them is labelled."""
    for path in sorted(folder.rglob("cc0_sentences/*.txt")) if count else ():
        lines = [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
        unseen = [line for line in lines if is_kept(line)]
        learned = len(unseen) < _FEW
        of = Set(f"sentences_{path.stem}", path.stem, report.PLAIN, {}, complete=True)
        texts = tuple(Document(line, ()) for line in (lines if learned else unseen))
        yield Sample(of, spread(texts, count), learned)


def _results(
    names: Sequence[str], samples: Sequence[Sample], sentences: Sequence[Sample]
) -> Iterator[report.Result]:
    """Each system's counts; peers see the labelled sets alone."""
    for name in names:
        if name not in SYSTEMS:
            hint = ", ".join(SYSTEMS)
            raise InputError("system-unknown", f"there is no system {printable(name)}", hint=hint)
        python = Path(sys.executable) if name == OURS else PEERS
        if not python.exists():
            print(f"{name}: no {PEERS}; `make leak` makes it", file=sys.stderr)
            continue
        seen = [*samples, *sentences] if name == OURS else samples
        print(f"{name}: {sum(len(s.documents) for s in seen)} texts ...", file=sys.stderr)
        yield _result(name, python, seen)


def _result(name: str, python: Path, samples: Sequence[Sample]) -> report.Result:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts"
        texts = (json.dumps(d.text) + "\n" for sample in samples for d in sample.documents)
        file.write_text("".join(texts), "utf-8")
        about, *answers = _answers(name, python, file)
    lines = iter(answers)
    rows = []
    for sample in samples:
        counts, seconds = Tally(), 0.0
        for document in sample.documents:
            took, spans = json.loads(next(lines))
            counts, seconds = counts + tally(document, sample.of, spans), seconds + took
        size = sum(len(d.text.encode("utf-8", "surrogatepass")) for d in sample.documents)
        row = report.Row(sample.of, counts, sample.learned, len(sample.documents), size, seconds)
        rows.append(row)
    return report.Result(name, json.loads(about), tuple(rows))


def _answers(name: str, python: Path, file: Path) -> list[str]:
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [str(python), "-m", "benchmarks.leaks.systems", name, str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **one},
        check=False,
    )
    if done.returncode:
        raise InputError("system-failed", f"{name} ended with an error")
    return done.stdout.splitlines()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.leaks", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of labelled JSONL sets")
    parser.add_argument("--docs", type=int, help="at most so many documents of each set")
    parser.add_argument("--sentences", type=int, default=200, help="of each language; 0: none")
    parser.add_argument("--systems", default=",".join(SYSTEMS), help="names, by commas")
    parser.add_argument("--sets", help="stems of the sets to measure, by commas; default: all")
    parser.add_argument(
        "--write", action="store_true", help="write the measure that the package ships"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
