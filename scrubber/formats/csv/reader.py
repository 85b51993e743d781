"""Reading CSV and TSV: all cells are text, and null is an empty cell without quotes.

Line ends are ``\\n`` or ``\\r\\n``; the encoding is UTF-8 with or without a byte order mark. An
empty line is not a record, except in a file with one column, where it is null.

Quotes must follow RFC 4180 (:mod:`~scrubber.formats.csv.quoting`). An invalid quote ends the
reading, even with `drop_bad_rows`: it may close a quotation or belong to a text, so the borders of
its own and all later records are uncertain.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import InputError, Place
from scrubber.formats import sampling
from scrubber.formats.admission import check_schema
from scrubber.formats.base import Chunk, Source
from scrubber.formats.csv.quoting import StrayQuote, first_record, last_opening, record_ends
from scrubber.formats.field_names import looks_like_data, row_as_header
from scrubber.formats.io.stream import (
    Block,
    Bytes,
    ByteStream,
    Offsets,
    count_of,
    is_utf8,
    record_blocks,
)
from scrubber.model.arrow_errors import ARROW_ERRORS

_BOM = b"\xef\xbb\xbf"
_HEADER_BYTES = 2**20
_LOOKED_AT, _RECORDS = 2**18, 200
_NAME_THEM = "the first line must name the columns"
_AT_ONCE = 2**19
"""Bytes that pyarrow parses at once, so that its notes stay in a core's cache."""
_DELIMITERS = ",;\t|"
_CURE = (
    "put a cell with quotes in it in quotes and double them (RFC 4180), "
    "or leave the file out with --quarantine-unreadable"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The dialect of a CSV file: `delimiter` of cells, `terminator` of records, `bom`, and `header`
    if the first record names the columns."""

    delimiter: str = ","
    terminator: str = "\n"
    bom: bool = False
    header: bool = True


def schema(source: Source) -> pa.Schema:
    """The names in the header, all of type string.

    Raises: InputError ``csv-header``, ``csv-line-ends``, ``csv-quote``, ``encoding``,
    ``duplicate-field``.
    """
    with ByteStream(source) as stream:
        names, dialect, rest, _ = _head(stream, source)
    if not dialect.header:
        _check_width(names, rest, dialect, source)
    index = None if not dialect.header else row_as_header(names, _first_records(rest, dialect))
    if index is not None:
        raise _no_header(index, Place(file=source.alias, line=1))
    found = pa.schema([(name, pa.string()) for name in names])
    check_schema(found, source.alias)
    return found


def dialect_of(source: Source) -> Dialect:
    """The dialect of an existing file."""
    with ByteStream(source) as stream:
        return _head(stream, source)[1]


def read(
    source: Source,
    schema: pa.Schema,
    *,
    drop_bad_rows: bool,
    unasked: frozenset[str] = frozenset(),
) -> Iterator[Chunk]:
    """The records, in chunks with exactly `schema`.

    `unasked` has no effect, since finding null cells requires reading them.

    Raises: InputError ``csv-ragged`` (unless the record is rejected), ``csv-quote``, ``encoding``,
    ``csv-unreadable``, ``source-changed``.
    """
    del unasked
    with ByteStream(source) as stream:
        names, dialect, pending, line = _head(stream, source)
        if names != schema.names:
            raise InputError(
                "source-changed", "its fields have changed", place=Place(file=source.alias)
            )
        first_row = 1
        records = _Records(source, dialect.delimiter, line)
        for block in record_blocks(
            stream, lambda number: Place(file=source.alias, row=number), records, pending
        ):
            if block.open:
                raise records.unclosed(block)
            columns, rejected = _parse(block, schema, dialect, source, first_row, drop_bad_rows)
            table = pa.Table.from_arrays(columns, schema=schema)
            if table.num_rows or rejected:
                yield Chunk(table, first_row, rejected, stream.consumed)
            first_row += table.num_rows + rejected


class _Records:
    """Finds the ends of records in consecutive parts of a file, and gives line and column of an
    invalid quote. `line` is the number of the first line."""

    def __init__(self, source: Source, delimiter: str, line: int) -> None:
        self._source = source
        self._delimiter = delimiter
        self._line, self._behind = line, 0

    def __call__(self, data: Bytes) -> tuple[Offsets, bool]:
        self._line += self._behind
        data = bytes(data)
        try:
            found = record_ends(data, self._delimiter)
        except StrayQuote as stray:
            raise self._stray(data, stray) from None
        self._behind = found.lines
        return found.ends, found.is_open

    def unclosed(self, block: Block) -> InputError:
        """The error for a file that ends inside a quotation."""
        offset = int(block.bounds[0]) + last_opening(block.view)
        place = self._place(bytes(block.memory), offset)
        return _csv_quote("the quotation that begins here is never closed", place)

    def _stray(self, data: bytes, stray: StrayQuote) -> InputError:
        place = self._place(data, stray.offset)
        if stray.opening is None:
            return _csv_quote("a quote stands in a cell that does not begin with one", place)
        begun = self._place(data, stray.opening)
        text = "the cell goes on behind the quote that closes it"
        if begun.line != place.line:
            text += f"; the quotation begins in line {begun.line}"
        return _csv_quote(text, place)

    def _place(self, data: bytes, offset: int) -> Place:
        begin = data.rfind(b"\n", 0, offset) + 1
        return Place(
            file=self._source.alias,
            line=self._line + data.count(b"\n", 0, begin),
            column=len(data[begin:offset].decode("utf-8", "replace")) + 1,
        )


def _csv_quote(text: str, place: Place) -> InputError:
    return InputError("csv-quote", text, place=place, hint=_CURE)


def _head(stream: ByteStream, source: Source) -> tuple[list[str], Dialect, bytes, int]:
    """The names, the dialect, the bytes after the header, and the number of its first line."""
    data = stream.read(_HEADER_BYTES)
    bom = data.startswith(_BOM)
    data = data.removeprefix(_BOM)
    if not data:
        raise InputError("input-empty", "there is nothing in it", place=Place(file=source.alias))
    own = source.form
    record = first_record(data) or data
    if own.header:  # what its rules name is not in the file
        delimiter = own.delimiter or _sniff(record, source)
        terminator = "\r\n" if record.endswith(b"\r\n") else "\n"
        return list(own.header), Dialect(delimiter, terminator, bom, header=False), data, 1
    if record is data and len(data) > _HEADER_BYTES - len(_BOM) - 1:
        is_open = data.count(b'"') % 2
        raise InputError(
            "csv-quote" if is_open else "csv-header",
            "the header does not end",
            place=Place(file=source.alias, line=1),
        )
    delimiter = own.delimiter or _sniff(record, source)
    terminator = "\r\n" if record.endswith(b"\r\n") else "\n"
    names = _names(record, delimiter, source)
    lines = record.count(b"\n") + 1
    return names, Dialect(delimiter, terminator, bom), data[len(record) :], lines


def _sniff(header: bytes, source: Source) -> str:
    """The most frequent delimiter outside of the header's quotations; ``,`` if there is none."""
    if source.format == "tsv":
        return "\t"
    unquoted = b"".join(header.split(b'"')[::2])
    return max(_DELIMITERS, key=lambda mark: unquoted.count(mark.encode()))


def _names(record: bytes, delimiter: str, source: Source) -> list[str]:
    place = Place(file=source.alias, line=1)
    try:
        text = record.decode()
    except UnicodeDecodeError:
        raise _encoding(place) from None
    if "\0" in text:  # UTF-16 without a byte order mark looks like this
        raise _encoding(place)
    _check_quotes(record, delimiter, source)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise InputError("csv-header", "the header cannot be read", place=place) from None
    if len(rows) > 1:
        raise InputError(
            "csv-line-ends",
            "its lines end with a bare carriage return",
            place=place,
            hint="convert the line ends to \\n",
        )
    names = rows[0] if rows else []
    _check_header(names, place)
    return names


def _check_width(names: Sequence[str], data: bytes, dialect: Dialect, source: Source) -> None:
    """Refuse a declared header that the first record does not fit.

    Raises: InputError ``csv-header``.
    """
    first = next(iter(_first_records(data + b"\n", dialect)), names)
    if len(first) != len(names):
        raise InputError(
            "csv-header",
            f"the first record has {len(first)} cells, the declared header {len(names)}",
            place=Place(file=source.alias, line=1),
            hint="read: [{files: …, header: […], delimiter: …}]",
        )


def _check_quotes(record: bytes, delimiter: str, source: Source) -> None:
    records = _Records(source, delimiter, 1)
    _, is_open = records(record)
    if is_open:
        raise records.unclosed(Block(record, np.array([0, len(record)]), True))


def _check_header(names: Sequence[str], place: Place) -> None:
    for index, name in enumerate(names):
        if looks_like_data(name):
            raise _no_header(index, place)
    empty = [number for number, name in enumerate(names, 1) if not name.strip()]
    if not names or len(empty) > 1:
        columns = f"columns {empty[0]} and {empty[1]} have" if empty else "the first line has"
        raise InputError("csv-header", f"{columns} no name", place=place, hint=_NAME_THEM)


def _no_header(index: int, place: Place) -> InputError:
    text = f"column {index + 1} of the header looks like data, not like a name"
    return InputError("csv-header", text, place=place, hint=_NAME_THEM)


def _first_records(data: bytes, dialect: Dialect) -> list[list[str]]:
    """Some of the first records, to compare with the header."""
    whole, _, _ = data[:_LOOKED_AT].rpartition(b"\n")
    lines = io.StringIO(whole.decode(errors="replace"), newline="")
    try:
        return list(islice(csv.reader(lines, delimiter=dialect.delimiter), _RECORDS))
    except csv.Error:
        return []


def _parse(
    block: Block,
    schema: pa.Schema,
    dialect: Dialect,
    source: Source,
    first_row: int,
    drop_bad_rows: bool,
) -> tuple[list[pa.ChunkedArray], int]:
    """The records of the block as columns of one chunk each, and the number of rejected ones."""
    from pyarrow import csv as arrow_csv

    names = [str(i) for i in range(len(schema))]
    ragged: list[tuple[int, int]] = []
    if not is_utf8(block.view):
        raise _first_undecodable(block, source, dialect, first_row, len(names))
    data: Bytes = block.view
    if data[: len(_BOM)] == _BOM:  # pyarrow removes one byte order mark, so add one
        data = _BOM + block.data
    # Pyarrow treats an empty cell at the end as quoted like the one before.
    if data[-1] != ord("\n"):
        data = bytes(data) + b"\n"
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(data),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                block_size=_AT_ONCE if _can_be_cut(block) else len(data) + 1,
                column_names=names,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(names) > 1,
                invalid_row_handler=_ragged_handler(ragged, drop_bad_rows),
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except ARROW_ERRORS:
        if ragged and not drop_bad_rows:
            number, cells = ragged[0]
            raise InputError(
                "csv-ragged",
                f"the record has {cells} cells, the header has {len(names)}",
                place=Place(file=source.alias, row=first_row + number - 1),
            ) from None
        raise InputError(
            "csv-unreadable",
            "the records from this one on cannot be read",
            place=Place(file=source.alias, row=first_row),
        ) from None
    return table.combine_chunks().columns, len(ragged)


def _can_be_cut(block: Block) -> bool:
    """True if pyarrow can parse the block in steps: a record must fit into one step wherever it
    begins, and a quoted line end split between steps would lose a half."""
    return 2 * int(np.diff(block.bounds).max(initial=0)) < _AT_ONCE and not (
        count_of(block.view, b"\r") and count_of(block.view, b'"')
    )


def _ragged_handler(ragged: list[tuple[int, int]], skip: bool) -> Callable[[Any], str]:
    """Records which records have a wrong number of cells; never reads their text."""

    def handle(row: Any) -> str:
        ragged.append((row.number, row.actual_columns))
        return "skip" if skip else "error"

    return handle


def _first_undecodable(
    block: Block, source: Source, dialect: Dialect, first_row: int, columns: int
) -> InputError:
    """The error for a block that is not UTF-8, with its place."""
    try:
        block.data.decode()
        start = len(block.data)
    except UnicodeDecodeError as error:
        start = error.start
    stops = record_ends(block.data[:start], dialect.delimiter).ends
    lines = [0, *stops.tolist()]
    records = sum(columns == 1 or bool(block.data[a:b].strip(b"\r\n")) for a, b in pairwise(lines))
    return _encoding(Place(file=source.alias, row=first_row + records))


def _encoding(place: Place) -> InputError:
    return InputError(
        "encoding", "this is not UTF-8 text", place=place, hint="convert the file to UTF-8"
    )


def sample(source: Source, schema: pa.Schema, rows: int, chance: Random) -> sampling.Drawn:
    """About `rows` records, and their total number if the file is read completely.

    A block from the middle of a file may begin inside a quotation. Both cases are tried; of those
    with valid quotes, the one with fewer quotes in cells and fewer ragged records counts.

    Raises: the errors of :func:`read`.
    """
    if source.compression or sampling.is_small(source):
        limit = sampling.GROUP_ROWS if source.compression else None
        whole = sampling.from_chunks(read(source, schema, drop_bad_rows=True), schema, limit)
        return whole._replace(table=sampling.drawn(whole.table, rows, chance))
    with ByteStream(source) as stream:
        _, dialect, pending, _ = _head(stream, source)
        start = stream.consumed - len(pending)
    tables = [schema.empty_table()]
    passed_over = 0
    for data, aligned in sampling.blocks(source, start, chance):
        try:
            table, rejected = _block_table(data, aligned, schema, dialect, source)
        except StrayQuote:
            for _ in read(source, schema, drop_bad_rows=True):
                pass  # reading from the beginning finds the place, and raises
            continue
        passed_over += rejected
        tables.append(sampling.drawn(table, -(-rows // sampling.BLOCKS), chance))
    return sampling.Drawn(pa.concat_tables(tables), None, passed_over)


def _block_table(
    data: bytes, aligned: bool, schema: pa.Schema, dialect: Dialect, source: Source
) -> tuple[pa.Table, int]:
    """The complete records in some bytes, and the number of skipped ones.

    Raises: StrayQuote if no case has valid quotes throughout.
    """
    best, passed_over, least = schema.empty_table(), 0, None
    stray: list[StrayQuote] = []
    readings = (False,) if aligned else (False, True)
    for inside in readings:
        try:
            ends = record_ends(b'"' + data if inside else data, dialect.delimiter).ends - inside
        except StrayQuote as found:
            stray.append(found)
            continue
        cuts = [0, *ends.tolist()] if aligned else ends.tolist()
        if len(cuts) < 2:
            continue
        block = Block(data, np.array(cuts), False)
        try:
            columns, rejected = _parse(block, schema, dialect, source, 1, True)
        except InputError:
            continue
        table = pa.Table.from_arrays(columns, schema=schema)
        quotes = sum(pc.sum(pc.count_substring(cell, '"')).as_py() or 0 for cell in columns)
        if table.num_rows > rejected and (least is None or quotes + rejected < least):
            best, passed_over, least = table, rejected, quotes + rejected
    if len(stray) == len(readings):
        raise stray[0] from None
    return best, passed_over
