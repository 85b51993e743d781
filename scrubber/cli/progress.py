"""A progress bar with rate and remaining time on a terminal; nothing in a pipe."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from scrubber.cli.console import quiet, stderr

if TYPE_CHECKING:
    from scrubber.api import Progress


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None] | None]:
    """A callback that advances a bar on stderr, or None without a terminal."""
    console = stderr()
    if quiet() or not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("scrubbing"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} records, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("scrubbing", total=None, rows=0, rate=0.0)

        def move(now: Progress) -> None:
            if not now.rows:  # the bar pulses while workers and recognizers start
                return
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(
                task,
                total=now.bytes_total,
                completed=now.bytes_done,
                rows=now.rows,
                rate=now.rows / elapsed if elapsed else 0.0,
            )

        yield move
