"""The command line: one file a command, registered here in the order of the help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from scrubber._version import __version__
from scrubber.cli.commands.approve import approve
from scrubber.cli.commands.attack import app as attack_app
from scrubber.cli.commands.audit import audit
from scrubber.cli.commands.check import check
from scrubber.cli.commands.diff import diff
from scrubber.cli.commands.estimate import estimate
from scrubber.cli.commands.export import export
from scrubber.cli.commands.forget import forget
from scrubber.cli.commands.gate import gate
from scrubber.cli.commands.hierarchy import hierarchy
from scrubber.cli.commands.init import init
from scrubber.cli.commands.keygen import keygen
from scrubber.cli.commands.minimize import minimize
from scrubber.cli.commands.plan import plan
from scrubber.cli.commands.probe import probe
from scrubber.cli.commands.report import report
from scrubber.cli.commands.reveal import reveal
from scrubber.cli.commands.risk import risk
from scrubber.cli.commands.rules import app as rules_app
from scrubber.cli.commands.run import run
from scrubber.cli.commands.schema import schema
from scrubber.cli.commands.show import show
from scrubber.cli.commands.sign import sign
from scrubber.cli.commands.text import text
from scrubber.cli.commands.tradeoff import tradeoff
from scrubber.cli.commands.utility import utility
from scrubber.cli.commands.verify import verify
from scrubber.cli.commands.waive import waive
from scrubber.cli.options import Panel

app = typer.Typer(
    name="scrubber",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scrubber {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Scrub personal data out of training data, and record what was done.

    Exit codes: 0 pass, 1 a gate or test failed, 2 usage, 3 needs review, 4 tampered, 5 incomplete.

    Example: scrubber run rules/support.yaml fixtures/support --out scrubbed
    """
    del version  # eager: its callback has run


_COMMANDS: dict[Panel, tuple[Callable[..., int], ...]] = {
    Panel.SCRUB: (run, check, plan, text),
    Panel.EXPLORE: (audit, init, risk, hierarchy),
    Panel.REVIEW: (show, report, diff, verify, export),
    Panel.EVIDENCE: (utility, tradeoff, minimize, estimate, probe),
    Panel.SIGN: (sign, approve, waive, gate),
    Panel.DELETE: (forget,),
    Panel.KEYS: (keygen, reveal, schema),
}
for panel, commands in _COMMANDS.items():
    for command in commands:
        app.command(rich_help_panel=panel)(command)
app.add_typer(
    attack_app,
    name="attack",
    help="Attack an output, to measure its protection.",
    rich_help_panel=Panel.EVIDENCE,
)
app.add_typer(
    rules_app, name="rules", help="Describe the rule language.", rich_help_panel=Panel.KEYS
)
