"""The commands by which people and other tools vouch for a run or a plan, or hear of one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scrubber.cli.console import begin
from scrubber.cli.options import (
    DocumentArgument,
    ExpiresOption,
    Json,
    OutputArgument,
    RoleOption,
    SigningKeyOption,
    Trusted,
    TrustOption,
)

app = typer.Typer()
_KEY = "env:SCRUBBER_SIGNING_KEY"


@app.command()
def sign(
    document: DocumentArgument,
    key: SigningKeyOption = _KEY,
    trust: Trusted = None,
    as_json: Json = False,
) -> int:
    """Sign a manifest with the hashes of its outputs, or a plan, in a file beside it.

    An in-toto Statement v1 in a DSSE envelope, Ed25519, in manifest.intoto.jsonl. Only what
    verifies is signed. The key is never taken from the command line. With --trust, a key that
    may not sign is refused.

    Example: scrubber sign scrubbed --key file:signing.pem
    """
    begin("sign", as_json=as_json)
    from scrubber.cli.commands.sign import sign_command

    return sign_command(document, key, trust)


@app.command()
def approve(
    document: DocumentArgument,
    role: RoleOption,
    criteria: Annotated[
        list[str], typer.Option("--criteria", help="What was looked at; as often as needed.")
    ],
    expires: ExpiresOption,
    trust: TrustOption,
    key: SigningKeyOption = _KEY,
    as_json: Json = False,
) -> int:
    """Put a signed approval beside a plan or a run; it changes neither.

    A key or role that the trust file does not know is refused, and so is whoever signed it.

    Example: scrubber approve plan.json --role dpo --criteria x --expires 2099-12-31 --trust t
    """
    begin("approve", as_json=as_json)
    from scrubber.cli.commands.approve import approve_command

    return approve_command(document, role, criteria, expires, key, trust)


@app.command()
def waive(
    document: DocumentArgument,
    check: Annotated[str, typer.Option("--check", help="The gate check that fails.")],
    reason: Annotated[str, typer.Option("--reason", help="Why that is all right for now.")],
    role: RoleOption,
    expires: ExpiresOption,
    trust: TrustOption,
    key: SigningKeyOption = _KEY,
    as_json: Json = False,
) -> int:
    """Own a gate check that fails, with a reason and for a time, beside a plan or a run.

    A waived check is no pass: the gate tells it as waived. Whoever signed cannot waive.

    Example: scrubber waive out --check min-k --reason x --role dpo --expires 2099-12-31 --trust t
    """
    begin("waive", as_json=as_json)
    from scrubber.cli.commands.approve import waive_command

    return waive_command(document, check, reason, role, expires, key, trust)


@app.command()
def gate(
    document: DocumentArgument,
    trust: TrustOption,
    as_json: Json = False,
) -> int:
    """Say whether a run's output may be used, or a plan be run: denied unless approved.

    Exit code 1 if a gate check fails, 3 if a signature or approval is missing, 4 if tampered.

    Example: scrubber gate scrubbed --trust trust.yaml
    """
    begin("gate", as_json=as_json)
    from scrubber.cli.commands.approve import gate_command

    return gate_command(document, trust)


@app.command()
def reveal(
    output: OutputArgument,
    reason: Annotated[
        str, typer.Option("--reason", help="Why the values are needed; it goes on record.")
    ],
    field: Annotated[
        str | None, typer.Option("--field", help="Only this field; else all encrypted ones.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="Only this output; else all of them.")
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option("--value", help="Only this pseudonym of the field; - reads them from stdin."),
    ] = None,
    key: Annotated[
        str,
        typer.Option("--key", help="Where the key is: env:NAME, file:PATH, keyring: or exec:."),
    ] = "env:SCRUBBER_KEY",
    domain: Annotated[
        str | None, typer.Option("--domain", help="Of an operator of texts that has its own.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write JSON lines that only you can read.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Bring back values that were encrypted in DIR, with the key, for a reason.

    They are shown on a terminal, or go into a new file with mode 0600; never into a pipe. First a
    line with the reason and the user goes into DIR/access.jsonl. If one value is not authentic,
    none is shown, and the exit code is 4.

    Example: scrubber reveal scrubbed --field email --reason "case 17" --out emails.jsonl
    """
    begin("reveal", as_json=as_json)
    from scrubber.cli.commands.reveal import reveal_command

    return reveal_command(output, reason, field, file, value, key, domain, out)


class Document(StrEnum):
    """What ``schema`` describes."""

    MANIFEST = "manifest"
    PLAN = "plan"


@app.command()
def schema(
    document: Annotated[
        Document, typer.Argument(metavar="{manifest|plan}", help="manifest, or plan.")
    ] = Document.MANIFEST,
) -> int:
    """Print the JSON Schema (2020-12) of manifests or of written plans, for who reads them.

    That of rule files: scrubber rules schema.

    Example: scrubber schema manifest > manifest.schema.json
    """
    begin("schema")
    import json

    from scrubber.manifest import schema as manifest_schema
    from scrubber.manifest.planned import plan_schema

    known = manifest_schema() if document is Document.MANIFEST else plan_schema()
    typer.echo(json.dumps(known, indent=2, ensure_ascii=False))
    return 0


class Standard(StrEnum):
    """Formats of ``export``."""

    CROISSANT = "croissant"
    OPENLINEAGE = "openlineage"
    SARIF = "sarif"
    JUNIT = "junit"
    HF_CARD = "hf-card"
    DTA = "dta"


@app.command()
def export(
    output: OutputArgument,
    to: Annotated[
        Standard,
        typer.Option("--to", "-t", help="croissant, openlineage, sarif, junit, hf-card or dta."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; else stdout.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file, unless scrubber needs it.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Tell the manifest of DIR in the words of other tools; nothing but what it publishes.

    A file that is there is not replaced; manifests, outputs, signatures, plans, rule files and
    keys are not with --overwrite either.

    Example: scrubber export scrubbed --to croissant --out scrubbed/croissant.json
    """
    begin("export", as_json=as_json)
    from scrubber.cli.commands.export import export_command

    return export_command(output, to.value, out, overwrite)
