"""scrubber waive"""

from __future__ import annotations

from typing import Annotated

import typer

from scrubber.cli.console import answer, begin
from scrubber.cli.options import (
    DEFAULT_SIGNING_KEY,
    DocumentArgument,
    ExpiresOption,
    Json,
    RoleOption,
    SigningKeyOption,
    TrustOption,
)
from scrubber.cli.render import show_vouched
from scrubber.errors import printable


def waive(
    document: DocumentArgument,
    check: Annotated[str, typer.Option("--check", help="The failed gate check.")],
    reason: Annotated[str, typer.Option("--reason", help="The reason for accepting the failure.")],
    role: RoleOption,
    expires: ExpiresOption,
    trust: TrustOption,
    key: SigningKeyOption = DEFAULT_SIGNING_KEY,
    as_json: Json = False,
) -> int:
    """Accept a failed gate check of a plan or a run, with a reason and until a date.

    The gate reports the check as waived, not as passed. Signers of the document cannot waive its
    checks.

    Example: scrubber waive out --check min-k --reason x --role dpo --expires 2099-12-31 --trust t
    """
    begin("waive", as_json=as_json)
    from scrubber.api import waive as waived

    statement = waived(
        document, check=check, reason=reason, role=role, expires=expires, key=key, trust=trust
    )
    return answer(statement, lambda result: show_vouched(result, f"{printable(check)} waived"))
