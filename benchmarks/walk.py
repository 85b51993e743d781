"""The walk of one value and of one rule file through the code: files and functions that they cross.

    python -m benchmarks.walk [--root FOLDER]

A *text cell* is one record of one text field, from the open input to the published output, and a
*rule file* goes from YAML to a plan. Both are done twice, and the second time every function of
scrubber that is called is counted once, so that what is built once per process is left out. Lines
and the median length of a function (lines of its body, without the docstring) are those of the
source. `--root` measures another checkout.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType

HERE = Path(__file__).parent.parent
RULES = """version: 1
key: {env: SCRUBBER_KEY}
fields:
  - {name: id, class: direct_identifier, transform: {token: {domain: id}}}
  - {name: age, class: quasi_identifier, transform: {bin: {width: 10}}}
  - {name: diagnosis, class: sensitive, keep: the label}
  - name: note
    class: text
    entities: {default: redact, EMAIL_ADDRESS: {mask: {keep_last: 3}}}
privacy: {k: 2, suppression_limit: 1, hierarchies: {age: []}}
gates: {max_residual_rate: 0.5}
"""
TEXT_RULES = """version: 1
key: {env: SCRUBBER_KEY}
fields:
  - name: note
    class: text
    entities: {default: redact, PERSON: surrogate}
"""


def crossed(work: Callable[[], object], package: Path) -> tuple[int, int]:
    """The files and functions of `package` that `work` calls."""
    inside = str(package) + "/"
    functions: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        named = not code.co_name.startswith("<")  # comprehensions and lambdas are parts of others
        if event == "call" and named and code.co_filename.startswith(inside):
            functions.add((code.co_filename, code.co_qualname))

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return len({file for file, _ in functions}), len(functions)


def measured(folder: Path) -> dict[str, tuple[int, int]]:
    """What a text cell and a rule file cross; imports scrubber from the path."""
    import pyarrow as pa

    import scrubber
    from scrubber.policy import compile_plan, load_rules

    package = Path(scrubber.__file__).parent
    (folder / "rules.yaml").write_text(RULES)
    (folder / "text.yaml").write_text(TEXT_RULES)
    schema = pa.schema(
        [
            ("id", pa.string()),
            ("age", pa.int64()),
            ("diagnosis", pa.string()),
            ("note", pa.string()),
        ]
    )

    def cell(number: int) -> None:
        path = folder / f"in{number}.jsonl"
        path.write_text(json.dumps({"note": f"Ask Anna Miller, anna{number}@firm.com"}) + "\n")
        scrubber.scrub(str(path), folder / "text.yaml", out=folder / f"out{number}", workers=1)

    def rule_file() -> None:
        compile_plan(load_rules(folder / "rules.yaml"), {"a": schema})

    cell(1)
    rule_file()
    return {
        "text cell": crossed(lambda: cell(2), package),
        "rule file": crossed(rule_file, package),
    }


def source(package: Path) -> tuple[int, int, float]:
    """Lines, functions, and the median length of a function."""
    lines, lengths = 0, []
    for path in package.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        lines += text.count("\n")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) is not None else node.body
                lengths.append(body[-1].end_lineno - body[0].lineno + 1 if body else 0)  # type: ignore[operator]
    return lines, len(lengths), statistics.median(lengths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=HERE)
    parser.add_argument("--walk", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.walk:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measured(Path(folder))))
        return
    root = options.root.resolve()
    answer = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), "--walk"],
        env={**os.environ, "PYTHONPATH": str(root), "SCRUBBER_KEY": bytes(range(32)).hex()},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    print("| what | files | functions |\n|---|---|---|")
    for name, (files, functions) in json.loads(answer.stdout.splitlines()[-1]).items():
        print(f"| {name} | {files} | {functions} |")
    lines, functions, median = source(root / "scrubber")
    print(f"\n{lines:,} lines, {functions:,} functions of {median:g} lines in the median")


if __name__ == "__main__":
    main()
