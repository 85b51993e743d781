"""scrubber check"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import Json, OptionalInput, RulesArgument
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Checked


def check(rules: RulesArgument, inputs: OptionalInput = None, as_json: Json = False) -> int:
    """Report all problems of RULES at once, then run its tests.

    With INPUT, the rules are also checked against its schema. The command exits with 2 for
    problems and with 1 for a failed test.

    Example: scrubber check rules/support.yaml fixtures/support
    """
    begin("check", as_json=as_json)
    from scrubber.startup.no_pandas import without_pandas

    without_pandas()
    from scrubber.api import check as checked

    return answer(checked(rules, inputs or None), lambda result: _show(str(rules), result))


def _show(rules: str, checked: Checked) -> None:
    """Hints and failed tests, then a summary line."""
    for hint in checked.hints:
        stdout().print(f"hint: {hint}", style="yellow", soft_wrap=True)
    for test in checked.failed:
        came = zip(map(printable, test.unmet), test.came, strict=True)
        why = test.error or f"not as expected: {', '.join(f'{n} is {v}' for n, v in came)}"
        stdout().print(f"{test.mark} [test-failed] {why}", style="red", soft_wrap=True)
    said = f"{printable(rules)}: {checked.rules} field rules"
    if checked.sources:
        count = len(checked.sources)
        said += f", fit {count} {'source' if count == 1 else 'sources'}"
    if checked.tests:
        passed = len(checked.tests) - len(checked.failed)
        said += f", {passed} of {len(checked.tests)} tests passed"
    stdout().print(said, style="bold" if checked.failed else "green", soft_wrap=True)
