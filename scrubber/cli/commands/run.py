"""scrubber run"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from scrubber.cli.console import as_json, emit, quiet, stdout
from scrubber.cli.interrupts import heed
from scrubber.cli.progress import progress_bar
from scrubber.cli.render import show_screen
from scrubber.errors import OutputError, printable

if TYPE_CHECKING:
    from scrubber.run.survey import Progress
    from scrubber.storage import Location


def run_command(
    rules: Path,
    inputs: list[str],
    out: Location,
    workers: int | None,
    executor: str,
    address: str | None,
    target: str,
    overwrite: bool,
    incremental: Location | None,
    plan: Path | None,
    trust: Path | None,
    quarantine_unreadable: bool,
) -> int:
    """Scrub, then print one screen (or the envelope with the manifest)."""
    if trust is not None and plan is None:
        raise typer.BadParameter("it is about a plan: name one with --plan", param_hint="--trust")
    if address is not None and executor != "ray":
        raise typer.BadParameter("it is Ray's: add --executor ray", param_hint="--address")
    if plan is not None and trust is not None:
        from scrubber.attest.gate import gate
        from scrubber.attest.trust import read_trust
        from scrubber.cli.commands.approve import tell
        from scrubber.cli.commands.sign import today

        verdict = gate(plan, read_trust(trust), today())
        if verdict.exit_code:
            return tell(verdict)
    from scrubber.startup.no_pandas import without_pandas

    without_pandas()
    from scrubber.manifest.planned import read_plan
    from scrubber.manifest.view import screen
    from scrubber.policy import load_rules
    from scrubber.run.run import run

    parsed = load_rules(rules)
    pinned = read_plan(plan) if plan is not None else None
    with _own_signals(), progress_bar() as bar:

        def progress(now: Progress) -> None:
            heed()
            if bar is not None:
                bar(now)

        try:
            manifest = run(
                parsed,
                inputs,
                out,
                workers=workers,
                executor=executor,
                address=address,
                target_format=target,
                overwrite=overwrite,
                incremental=incremental,
                pinned=pinned,
                quarantine_unreadable=quarantine_unreadable,
                progress=progress,
            )
        except OutputError as fault:
            if fault.code != "increment-empty":
                raise
            return _nothing_new()
    code = 1 if manifest.data["quarantined_sources"] else 0
    if as_json():
        return emit({"out": str(out), "manifest": manifest.to_json()}, code)
    if not quiet():
        show_screen(screen(manifest))
        stdout().print(f"\nManifest: {printable(str(out / 'manifest.json'))}", soft_wrap=True)
    return code


def _nothing_new() -> int:
    """Report success without new sources, as nightly jobs expect."""
    if as_json():
        return emit({"out": None, "manifest": None})
    if not quiet():
        stdout().print("nothing new: the earlier output has all of these sources")
    return 0


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Signals for the time of a run: none is lost, and none ends the process before it cleans up.

    pyarrow puts handlers of its own in place while it reads CSV, and loses what arrives as it
    takes them away again. A worker that dies breaks a pipe.
    """
    import pyarrow as pa

    pa.enable_signal_handlers(False)
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)
