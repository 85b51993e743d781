"""scrubber check"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scrubber.cli.console import as_json, emit, stdout
from scrubber.errors import GateError, printable


def check_command(rules: Path, inputs: list[str]) -> int:
    """Report problems (raised as RuleError, exit 2), then run the file's own tests (exit 1)."""
    from scrubber.startup.no_pandas import without_pandas

    without_pandas()
    from scrubber.policy import load_rules
    from scrubber.policy.hints import hints
    from scrubber.run.preview import run_examples
    from scrubber.run.survey import survey

    parsed = load_rules(rules)
    surveyed = survey(parsed, inputs) if inputs else None
    sources = surveyed.sources if surveyed is not None else ()
    hinted = hints(surveyed.plan) if surveyed is not None else ()
    results = run_examples(parsed)
    failed = [result for result in results if not result.passed]
    code = GateError.exit_code if failed else 0
    if as_json():
        data: dict[str, Any] = {
            "problems": [],
            "hints": [
                {"place": str(hint.mark), "code": hint.code, "text": hint.text} for hint in hinted
            ],
            "sources": [source.alias for source in sources],
            "tests": [
                {"id": r.id, "passed": r.passed, "unmet": list(r.unmet), "error": r.error}
                for r in results
            ],
        }
        return emit(data, code)
    for hint in hinted:
        stdout().print(f"hint: {hint}", style="yellow", soft_wrap=True)
    for result in failed:
        why = result.error or f"not as expected: {', '.join(map(printable, result.unmet))}"
        stdout().print(f"{result.mark} [test-failed] {why}", style="red", soft_wrap=True)
    said = f"{printable(str(rules))}: {len(parsed.fields)} field rules"
    if inputs:
        said += f", fit {len(sources)} {'source' if len(sources) == 1 else 'sources'}"
    if results:
        said += f", {len(results) - len(failed)} of {len(results)} tests passed"
    stdout().print(said, style="bold" if failed else "green", soft_wrap=True)
    return code
