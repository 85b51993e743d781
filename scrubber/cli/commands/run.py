"""scrubber run"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, emit, stdout, watched
from scrubber.cli.console import as_json as wants_json
from scrubber.cli.console import quiet as wants_quiet
from scrubber.cli.interrupts import heed
from scrubber.cli.options import FormatOption, InputArgument, Json, Quiet, RulesArgument
from scrubber.cli.progress import progress_bar
from scrubber.cli.render import show_screen, show_verdict
from scrubber.errors import OutputError, printable

if TYPE_CHECKING:
    from scrubber.api import Progress, Scrubbed


_STREAM = "-"
_CLOSED_PIPE = 141
_BINARY = ("parquet", "arrow")


class Executor(StrEnum):
    """Executors of ``run``."""

    LOCAL = "local"
    RAY = "ray"


def run(
    rules: RulesArgument,
    inputs: InputArgument,
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="The output folder. It must not exist yet. For - the data goes to stdout.",
        ),
    ],
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            "-w",
            min=1,
            show_default="1; on Ray its CPUs",
            help="Number of worker processes. The output does not depend on it.",
        ),
    ] = None,
    executor: Annotated[
        Executor,
        typer.Option("--executor", help="Scrub on this machine (local) or on a Ray cluster (ray)."),
    ] = Executor.LOCAL,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="HOST:PORT",
            help="Address of the Ray cluster. Without it, a local one is started.",
        ),
    ] = None,
    target: FormatOption = "same",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier output of scrubber.")
    ] = False,
    incremental: Annotated[
        str | None,
        typer.Option(
            "--incremental",
            metavar="DIR",
            help="Scrub only sources that this earlier output lacks.",
        ),
    ] = None,
    pinned: Annotated[
        Path | None, typer.Option("--plan", help="An approved plan. Any drift from it is refused.")
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option(
            "--trust", metavar="FILE", help="Require the plan to pass the gate of this trust file."
        ),
    ] = None,
    quarantine_unreadable: Annotated[
        bool,
        typer.Option("--quarantine-unreadable", help="Omit unreadable files and exit with 1."),
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(
            "--manifest", metavar="FILE", help="With --out -, the file of the manifest to write."
        ),
    ] = None,
    input_format: Annotated[
        str | None,
        typer.Option(
            "--input-format",
            metavar="FORMAT",
            help="Format of stdin, such as csv. Parquet, Arrow and JSON are recognized.",
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Scrub INPUT by RULES into DIR/data and DIR/manifest.json.

    INPUT and DIR are local paths or URLs (s3://, gs://, az://, hf://; see docs/storage.md).
    The output appears in one step once everything succeeded; a failed run publishes nothing.
    Repeat the command to resume an interrupted or failed run: it keeps finished sources.
    With --incremental, the manifest names the earlier one. Without new sources, the command
    writes nothing and exits with 0.
    On Ray, each node resolves the key and needs access to the inputs and the output.
    An unreadable file stops the run. With --quarantine-unreadable, such files are omitted and
    listed in the manifest; its check sources-read fails, and the exit code is 1.
    For - INPUT is stdin and DIR is stdout: one stream, stored privately and written only once all
    gates passed, with its manifest in the file that --manifest names.
    With --plan, the command exits with 1 if rules, fields, detectors or shares differ from it.

    Example: scrubber run rules/support.yaml fixtures/support --out scrubbed --workers 2
    """
    begin("run", as_json=as_json, quiet=quiet)
    if trust is not None:
        if pinned is None:
            text = "it needs --plan"
            raise typer.BadParameter(text, param_hint="--trust")
        from scrubber.api import gate

        verdict = gate(pinned, trust)
        if verdict.exit_code:
            return answer(verdict, show_verdict)
    from scrubber.startup.no_pandas import without_pandas

    without_pandas()
    if record is not None and out != _STREAM:
        raise typer.BadParameter("it needs --out -", param_hint="--manifest")
    if _STREAM in inputs or out == _STREAM:
        asked = (overwrite, incremental, quarantine_unreadable, executor is Executor.RAY)
        return _streamed(
            inputs,
            rules,
            out,
            record,
            Stream(input_format, target, workers, pinned),
            unfit=any(asked) or len(inputs) > 1,
        )
    from scrubber.api import scrub

    with _own_signals(), progress_bar() as bar:

        def progress(now: Progress) -> None:
            heed()
            if bar is not None:
                bar(now)

        try:
            scrubbed = scrub(
                inputs,
                rules,
                out=out,
                workers=workers,
                executor=executor.value,
                address=address,
                format=target,
                overwrite=overwrite,
                incremental=incremental,
                plan=pinned,
                quarantine_unreadable=quarantine_unreadable,
                progress=progress,
            )
        except OutputError as fault:
            if fault.code != "increment-empty":
                raise
            return _nothing_new()
    return answer(scrubbed, _show)


@dataclass(frozen=True)
class Stream:
    """The settings of a run on a stream."""

    input_format: str | None
    target: str
    workers: int | None
    pinned: Path | None


def _streamed(
    inputs: list[str], rules: Path, out: str, record: Path | None, stream: Stream, *, unfit: bool
) -> int:
    """A run from stdin, to stdout, or both."""
    if unfit:
        text = "a stream is one input on this machine, without --overwrite, --incremental and "
        raise typer.BadParameter(f"{text}--quarantine-unreadable", param_hint="-")
    if inputs[0] == _STREAM and sys.stdin.isatty():
        raise typer.BadParameter("stdin is a terminal; use < FILE, or a pipe", param_hint="INPUT")
    from scrubber.api import scrub, scrub_stream, spooled

    source = sys.stdin.buffer if inputs[0] == _STREAM else inputs[0]
    with _own_signals(), progress_bar() as bar:

        def progress(now: Progress) -> None:
            heed()
            if bar is not None:
                bar(now)

        if out != _STREAM:
            with spooled(sys.stdin.buffer, stream.input_format) as path:
                done = scrub(
                    [str(path)],
                    rules,
                    out=out,
                    workers=stream.workers,
                    format=stream.target,
                    plan=stream.pinned,
                    progress=progress,
                )
            return answer(done, _show)
        if record is None:
            raise typer.BadParameter("it needs --manifest FILE", param_hint="--out")
        if wants_json():
            raise typer.BadParameter("stdout is for the data", param_hint="--json")
        if watched() and stream.target in _BINARY:
            raise typer.BadParameter("it is not written to a terminal", param_hint="--format")
        try:
            scrub_stream(
                source,
                sys.stdout.buffer,
                rules,
                manifest=record,
                input_format=stream.input_format,
                format=stream.target,
                workers=stream.workers,
                plan=stream.pinned,
                progress=progress,
            )
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nothing is left to be flushed
            return _CLOSED_PIPE
    return 0


def _show(scrubbed: Scrubbed[list[str]]) -> None:
    from scrubber.manifest.view import screen

    if not wants_quiet():
        show_screen(screen(scrubbed.manifest))
        where = printable(f"{scrubbed.data}/manifest.json")
        stdout().print(f"\nManifest: {where}", soft_wrap=True)


def _nothing_new() -> int:
    """Report success without new sources, as nightly jobs expect."""
    if wants_json():
        return emit({"out": None, "manifest": None})
    if not wants_quiet():
        stdout().print("nothing new: the earlier output has all sources")
    return 0


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """Handle signals during a run: none is lost, and none ends the process before its cleanup.

    pyarrow installs its own handlers while it reads CSV, and loses signals that arrive as it
    removes them. A worker that dies breaks a pipe.
    """
    import pyarrow as pa

    pa.enable_signal_handlers(False)
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)
