"""The verb `scrub`: remove personal data from a table or files, and write a manifest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any, Generic, TypeVar

from scrubber.api.arguments import AnyPath, RulesLike, as_rules
from scrubber.errors import GateError, NotAvailable, OutputError
from scrubber.formats import FORMATS as FORMATS
from scrubber.frames import open_frames, paths_of
from scrubber.frames.feed import Kept, Spooled
from scrubber.keystore import as_key
from scrubber.manifest import Manifest
from scrubber.manifest.planned import read_plan
from scrubber.run.on_table import run_on_feeds
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.run.survey import Progress
from scrubber.storage import locate
from scrubber.transform.keys import RootKey

T = TypeVar("T")


@dataclass(frozen=True)
class Scrubbed(Generic[T]):
    """The scrubbed `data` in the caller's kind (for paths: the output folder), and the manifest."""

    data: T = field(repr=False)
    manifest: Manifest

    @property
    def exit_code(self) -> int:
        """1 if unreadable files were omitted, else 0."""
        return GateError.exit_code if self.manifest.data["quarantined_sources"] else 0

    def to_json(self) -> dict[str, Any]:
        """The output folder (null for a table) and the manifest, as plain values."""
        folder = str(self.data) if isinstance(self.data, str | PathLike) else None
        return {"out": folder, "manifest": self.manifest.to_json()}


def scrub(
    data: T,
    rules: RulesLike,
    *,
    key: RootKey | bytes | str | None = None,
    out: AnyPath | None = None,
    workers: int | None = None,
    executor: str = "local",
    address: str | None = None,
    format: str = "same",
    overwrite: bool = False,
    incremental: AnyPath | None = None,
    plan: AnyPath | None = None,
    quarantine_unreadable: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Scrubbed[T]:
    """Scrub a table or files by a rule file.

    `data` is a Polars DataFrame or LazyFrame, a pandas DataFrame, an Arrow table, a Hugging Face
    dataset, or anything with ``__arrow_c_stream__``. Then ``.data`` of the result is of the same
    kind, with its dtypes. The splits of a DatasetDict are tables of these names. An
    IterableDataset is read once (twice for ``privacy:``), and its result is a stream from a
    private temporary file, once all gates have passed. Or
    `data` is a path, a glob, a URL, or a list of them. Then `out` names the folder for ``data/``
    and ``manifest.json``, and ``.data`` is that folder as a Path (or its URL).

    `rules` is a path, a mapping in the shape of a rule file, or the result of :func:`load_rules`.
    `key` replaces the ``key:`` of the rule file: 32 bytes, the text printed by ``scrubber keygen``,
    or a reference such as ``env:NAME``.

    The remaining arguments apply to files. `workers` is the number of processes on this machine
    (default 1). With the `executor` ``ray``, it is the number of workers of the cluster at
    `address` (default: one per CPU). The output does not depend on either. `format` is ``same``,
    ``parquet``, ``csv``, ``tsv``, ``jsonl``, ``json`` or ``arrow``. `incremental` names an earlier
    output, and only sources that it lacks are scrubbed. `plan` names a written plan, and any drift
    from it is refused. An unreadable file stops the run. With `quarantine_unreadable`, it is
    omitted instead: the manifest lists it, and the check ``sources-read`` fails. `progress` is
    called after each batch.

    Null stays null under every transform.

    >>> import pyarrow as pa
    >>> table = pa.table({"name": ["Ann", None], "age": [34, None]})
    >>> rules = {"version": 1, "fields": [
    ...     {"name": "name", "class": "direct_identifier", "transform": "drop"},
    ...     {"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}}]}
    >>> scrub(table, rules).data.to_pydict()
    {'age': ['[30, 40)', None]}

    Raises: RuleError (all problems at once); KeyFault; InputError; TransformError; DetectionError;
    OutputError, such as ``output-missing`` for files without `out` and ``increment-empty`` without
    a new source; NotAvailable ``executor-unknown``, ``format-unknown``; GateError for a failed gate
    and ``plan-drift``; IncompleteError. No message contains a value of the data.
    """
    if format not in ("same", *FORMATS):
        text = f"a format is same or one of {', '.join(FORMATS)}"
        raise NotAvailable("format-unknown", text)
    parsed = as_rules(rules)
    key = as_key(key) if key is not None else None
    paths = paths_of(data)
    if paths is None:
        opened = open_frames(data)
        store = Spooled if opened.streamed else Kept
        stores, manifest = run_on_feeds(parsed, opened.feeds, key=key, store=store)
        return Scrubbed(opened.back(stores, unchanged(manifest)), manifest)
    if out is None:
        raise OutputError("output-missing", "scrubbing files needs an output folder", hint="out=…")
    where = locate(out)
    request = Request(
        parsed,
        paths,
        where,
        key=key,
        workers=workers,
        executor=executor,
        address=address,
        target_format=format,
        overwrite=overwrite,
        incremental=incremental,
        pinned=read_plan(locate(plan)) if plan is not None else None,
        quarantine_unreadable=quarantine_unreadable,
        progress=progress,
    )
    manifest = run(request)
    folder = where if isinstance(where, Path) else str(where)
    return Scrubbed(folder, manifest)  # type: ignore[arg-type]


def unchanged(manifest: Manifest) -> frozenset[str]:
    """The columns of which every value below was kept as it was."""
    rows = manifest.data["fields"]
    changed = {row["name"] for row in rows if row["action"] != "keep"}
    return frozenset(row["name"] for row in rows) - changed
