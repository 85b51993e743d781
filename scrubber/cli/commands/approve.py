"""scrubber approve"""

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


def approve(
    document: DocumentArgument,
    role: RoleOption,
    criteria: Annotated[
        list[str],
        typer.Option("--criteria", help="A criterion of the review. Repeat the option for more."),
    ],
    expires: ExpiresOption,
    trust: TrustOption,
    key: SigningKeyOption = DEFAULT_SIGNING_KEY,
    as_json: Json = False,
) -> int:
    """Add a signed approval beside a plan or a run.

    The document itself stays unchanged. The trust file must list the key and the role. Signers of
    the document cannot approve it.

    Example: scrubber approve plan.json --role dpo --criteria x --expires 2099-12-31 --trust t
    """
    begin("approve", as_json=as_json)
    from scrubber.api import approve as approved

    statement = approved(
        document, role=role, criteria=criteria, expires=expires, key=key, trust=trust
    )
    return answer(statement, lambda result: show_vouched(result, "approved"))
