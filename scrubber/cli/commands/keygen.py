"""scrubber keygen"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrubber.cli.console import begin, stderr, stdout


def keygen(
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the key to a new file with mode 0600."),
    ] = None,
    signing: Annotated[
        bool, typer.Option("--signing", help="Make a signing key (Ed25519, PEM) instead.")
    ] = False,
    probe_of: Annotated[
        str | None,
        typer.Option(
            "--probe-of",
            metavar="KEY",
            help="Derive the key of the leak index from the key of a run: env:NAME, file:PATH, "
            "keyring: or exec:.",
        ),
    ] = None,
) -> int:
    """Make a key: 32 random bytes as base64, on stdout or in a file with mode 0600.

    The command prints the id of the key to stderr, for the rule file (key: {env: …, id: …}).
    With --signing and --out, it prints the public key for the trust file.
    With --probe-of, the key opens the leak index of runs under KEY, and nothing else.

    Example: export SCRUBBER_KEY="$(scrubber keygen)"
    """
    begin("keygen")
    from scrubber.api import keygen as generated

    key = generated(signing=signing, probe_of=probe_of, out=out)
    if out is None:
        stdout().print(key.text, soft_wrap=True)
    elif key.public is not None:
        stdout().print(key.public, soft_wrap=True)
    if key.id is not None and probe_of is None:
        stderr().print(f"id of the key, for the rule file: {key.id}", soft_wrap=True)
    return 0
