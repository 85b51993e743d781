"""scrubber verify"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import DocumentArgument, Json, Trusted
from scrubber.cli.render import show_checks
from scrubber.errors import TamperedError

if TYPE_CHECKING:
    from scrubber.api import Verified


def verify(
    document: DocumentArgument,
    trust: Trusted = None,
    upstream: Annotated[
        list[str] | None,
        typer.Option(
            "--upstream",
            metavar="DIR",
            help="An output folder that served as input of this one.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Verify signatures, manifest, conservation of records and the hashes of the outputs.

    The command also reports files that are not part of the output. For a plan, it verifies
    signatures and schema. It exits with 4 after tampering and with 3 if --trust requires a missing
    signature. It exits with 5 without a manifest, or if small files lack data/.salts.json.

    Example: scrubber verify scrubbed
    """
    begin("verify", as_json=as_json)
    from scrubber.api import verify as verified

    return answer(verified(document, trust=trust, upstream=upstream or ()), _show)


def _show(verified: Verified) -> None:
    """The checks, then the verdict."""
    show_checks(verified.checks)
    if verified.exit_code == TamperedError.exit_code:
        verdict = "NOT verified: tampered with"
    elif verified.exit_code:
        verdict = "NOT verified: nothing was changed, but a required part is missing"
    elif verified.trusted:
        verdict = "verified, signed by a trusted key"
    elif any(check.id == "signature" for check in verified.checks):
        verdict = "verified; a trust file shows whose signature it is (--trust)"
    else:
        stdout().print("not signed", style="dim")
        verdict = "verified"
    stdout().print(verdict, style="bold")
