"""Commands that sign, approve, enforce, reveal and export, and make keys."""

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
    Panel,
    RoleOption,
    SigningKeyOption,
    Trusted,
    TrustOption,
)

app = typer.Typer()
_KEY = "env:SCRUBBER_SIGNING_KEY"


@app.command(rich_help_panel=Panel.SIGN)
def sign(
    document: DocumentArgument,
    key: SigningKeyOption = _KEY,
    trust: Trusted = None,
    as_json: Json = False,
) -> int:
    """Sign a plan, or a manifest with the hashes of its outputs.

    The signature is an in-toto Statement v1 in a DSSE envelope (Ed25519), in a file beside the
    document: manifest.intoto.jsonl for a manifest. The document must verify first. Keys are given
    by reference, never by value. With --trust, the key must be allowed to sign.

    Example: scrubber sign scrubbed --key file:signing.pem
    """
    begin("sign", as_json=as_json)
    from scrubber.cli.commands.sign import sign_command

    return sign_command(document, key, trust)


@app.command(rich_help_panel=Panel.SIGN)
def approve(
    document: DocumentArgument,
    role: RoleOption,
    criteria: Annotated[
        list[str],
        typer.Option("--criteria", help="A criterion of the review. Repeat the option for more."),
    ],
    expires: ExpiresOption,
    trust: TrustOption,
    key: SigningKeyOption = _KEY,
    as_json: Json = False,
) -> int:
    """Add a signed approval beside a plan or a run.

    The document itself stays unchanged. The trust file must list the key and the role. Signers of
    the document cannot approve it.

    Example: scrubber approve plan.json --role dpo --criteria x --expires 2099-12-31 --trust t
    """
    begin("approve", as_json=as_json)
    from scrubber.cli.commands.approve import approve_command

    return approve_command(document, role, criteria, expires, key, trust)


@app.command(rich_help_panel=Panel.SIGN)
def waive(
    document: DocumentArgument,
    check: Annotated[str, typer.Option("--check", help="The failed gate check.")],
    reason: Annotated[str, typer.Option("--reason", help="The reason for accepting the failure.")],
    role: RoleOption,
    expires: ExpiresOption,
    trust: TrustOption,
    key: SigningKeyOption = _KEY,
    as_json: Json = False,
) -> int:
    """Accept a failed gate check of a plan or a run, with a reason and until a date.

    The gate reports the check as waived, not as passed. Signers of the document cannot waive its
    checks.

    Example: scrubber waive out --check min-k --reason x --role dpo --expires 2099-12-31 --trust t
    """
    begin("waive", as_json=as_json)
    from scrubber.cli.commands.approve import waive_command

    return waive_command(document, check, reason, role, expires, key, trust)


@app.command(rich_help_panel=Panel.SIGN)
def gate(
    document: DocumentArgument,
    trust: TrustOption,
    as_json: Json = False,
) -> int:
    """Decide whether an output may be used or a plan may be run; deny unless approved.

    The command exits with 1 for a failed check, with 3 for a missing signature or approval, and
    with 4 after tampering.

    Example: scrubber gate scrubbed --trust trust.yaml
    """
    begin("gate", as_json=as_json)
    from scrubber.cli.commands.approve import gate_command

    return gate_command(document, trust)


@app.command(rich_help_panel=Panel.KEYS)
def keygen(
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the key to a new file with mode 0600."),
    ] = None,
    signing: Annotated[
        bool, typer.Option("--signing", help="Make a signing key (Ed25519, PEM) instead.")
    ] = False,
) -> int:
    """Make a key: 32 random bytes as base64, on stdout or in a file with mode 0600.

    With --signing and --out, the command prints the public key for the trust file.

    Example: export SCRUBBER_KEY="$(scrubber keygen)"
    """
    begin("keygen")
    from scrubber.cli.commands.sign import keygen_command

    return keygen_command(out, signing)


@app.command(rich_help_panel=Panel.KEYS)
def reveal(
    output: OutputArgument,
    reason: Annotated[
        str, typer.Option("--reason", help="The reason for the access, which is recorded.")
    ],
    field: Annotated[
        str | None,
        typer.Option("--field", help="Reveal only this field (default all encrypted fields)."),
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", help="Read only this output file (default all of them).")
    ] = None,
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--value", help="Reveal only this pseudonym of the field; - reads them from stdin."
        ),
    ] = None,
    key: Annotated[
        str,
        typer.Option("--key", help="The key's location: env:NAME, file:PATH, keyring: or exec:."),
    ] = "env:SCRUBBER_KEY",
    domain: Annotated[
        str | None,
        typer.Option("--domain", help="The domain of a text operator, if it has its own."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write JSON lines to a new file with mode 0600."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Decrypt values of DIR that the transform `encrypt` made.

    Values go to a terminal or into a new file with mode 0600, never into a pipe. The reason and
    the user are first recorded in DIR/access.jsonl. If one value is not authentic, none is shown,
    and the command exits with 4.

    Example: scrubber reveal scrubbed --field email --reason "case 17" --out emails.jsonl
    """
    begin("reveal", as_json=as_json)
    from scrubber.cli.commands.reveal import reveal_command

    return reveal_command(output, reason, field, file, value, key, domain, out)


class Document(StrEnum):
    """Documents that ``schema`` describes."""

    MANIFEST = "manifest"
    PLAN = "plan"


@app.command(rich_help_panel=Panel.KEYS)
def schema(
    document: Annotated[
        Document, typer.Argument(metavar="{manifest|plan}", help="The document: manifest or plan.")
    ] = Document.MANIFEST,
) -> int:
    """Print the JSON Schema (2020-12) of manifests or written plans.

    `scrubber rules schema` prints the schema of rule files.

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


@app.command(rich_help_panel=Panel.REVIEW)
def export(
    output: OutputArgument,
    to: Annotated[
        Standard,
        typer.Option(
            "--to", "-t", help="Target: croissant, openlineage, sarif, junit, hf-card or dta."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write (default stdout).")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file, unless scrubber needs it.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Convert the manifest of DIR to the format of another tool.

    The export contains nothing that the manifest withholds. Existing files are replaced only with
    --overwrite; manifests, outputs, signatures, plans, rule files and keys are never replaced.

    Example: scrubber export scrubbed --to croissant --out scrubbed/croissant.json
    """
    begin("export", as_json=as_json)
    from scrubber.cli.commands.export import export_command

    return export_command(output, to.value, out, overwrite)
