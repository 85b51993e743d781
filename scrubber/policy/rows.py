"""Row rules: Polars SQL expressions, checked to judge each record alone.

The decision on a record must depend neither on its neighbors, or 1 and N workers would differ, nor
on a clock, or two runs would differ.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from scrubber.errors import printable
from scrubber.model.fieldpath import has_kinds
from scrubber.policy.sql import ONE_RECORD, PARTS, Fault, calls, fault_of, on_day
from scrubber.transform.base import Kind, kind_of

if TYPE_CHECKING:
    import polars as pl

_HARMLESS = ("Not", "IsNull", "IsNotNull")
_PER_RECORD = frozenset({"IsIn", "Binary", "Round"})


ANY_DAY = date(2000, 1, 1)
"""The day in place of ``run_day`` where only the type of an expression matters."""


def parsed(expression: str, day: date | None = None) -> pl.Expr | Fault:
    """`expression` as parsed by Polars, or its fault; `day` is ``run_day``. This is the only use of
    Polars' SQL."""
    fault = fault_of(expression)
    if fault is not None:
        return fault
    import polars as pl

    try:
        return pl.sql_expr(on_day(expression, day or ANY_DAY))
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001  of many kinds
        return Fault("row-syntax", "this is not a Polars SQL expression")


def columns_of(expression: str) -> frozenset[str] | Fault:
    """The columns that `expression` reads, or its fault for any data."""
    import polars as pl

    read = parsed(expression)
    if isinstance(read, Fault):
        return read
    try:
        nodes = list(_nodes(read))
        separable = all(map(_by_itself, nodes))
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001  of many kinds
        return Fault("row-syntax", "this is not a Polars SQL expression")
    if len(nodes) > PARTS:
        return Fault("row-too-long", f"this has more than {PARTS} parts")
    if not separable:
        text = "this looks at other records or changes their number; a row rule looks at one"
        return Fault("row-not-separable", text, ONE_RECORD)
    columns = frozenset(read.meta.root_names())
    if not columns:
        return Fault("row-no-column", "this looks at no column, so it drops all records or none")
    return columns


def sound_columns_of(expression: str) -> frozenset[str]:
    """The columns of an expression that has loaded, and so has no fault."""
    columns = columns_of(expression)
    assert not isinstance(columns, Fault), "conditions that are wrong do not load"
    return columns


def boolean_fault(expression: str, schema: pa.Schema) -> Fault | None:
    """The fault of `expression` for data with this `schema`; None for a boolean expression."""
    found = _type_of(expression, schema)
    if isinstance(found, Fault) or pa.types.is_boolean(found):
        return found if isinstance(found, Fault) else None
    return Fault("row-type", "this gives no truth value", "compare: consent = false")


_DERIVABLE = frozenset(Kind) - {Kind.TIME, Kind.BINARY, Kind.OTHER}


def value_type_of(expression: str, schema: pa.Schema) -> pa.DataType | Fault:
    """The type of the values of `expression` for data with this `schema`, or its fault."""
    found = _type_of(expression, schema)
    if isinstance(found, Fault) or kind_of(found) in _DERIVABLE:
        return found
    hint = "days_between: [begin, end]" if pa.types.is_duration(found) else "one value: array_get"
    return Fault("row-type", "this gives no text, number, date or truth value", hint)


def _type_of(expression: str, schema: pa.Schema) -> pa.DataType | Fault:
    import polars as pl

    read = parsed(expression)
    if isinstance(read, Fault):
        return read
    names = sorted(set(read.meta.root_names()))
    if any(name in schema.names and has_kinds(schema.field(name).type) for name in names):
        text = "a column of this rule holds values of several kinds"
        return Fault("row-type", text, "a condition needs one type: convert the column")
    # only what it reads: Polars has no words for some types of Arrow, and panics
    table = schema.empty_table().select(names)
    found = _outcome(read, table)
    if found is None or any(_as_truth(node, schema) for node in map(_content, _nodes(read))):
        return _misfit(expression, read, table)
    if any(_casts_text_to_date(node, table) for node in _nodes(read)):
        text = "CAST reads no date from a text"
        return Fault("row-type", text, "DATE(born, '%Y-%m-%d')")
    wide = found.to_arrow(compat_level=pl.CompatLevel.oldest()).type
    return pa.string() if pa.types.is_large_string(wide) else wide


def _outcome(expression: pl.Expr, table: pa.Table) -> pl.Series | None:
    """The values of `expression` for an empty table; None if its types do not fit."""
    import polars as pl

    try:
        empty = pl.DataFrame(pl.from_arrow(table))
        return empty.select(expression.alias("verdict")).to_series()
    except (Exception, pl.exceptions.PanicException):  # noqa: BLE001  it quotes its input
        return None


def _casts_text_to_date(node: pl.Expr, table: pa.Table) -> bool:
    """True if a node casts texts to dates, but this version of Polars casts none of them."""
    import polars as pl

    if _reads_dates():
        return False
    to = str(_content(node).get("Cast", {}).get("dtype", ""))
    if "Date" not in to:
        return False
    inner = [_outcome(one, table) for one in node.meta.pop()]
    return any(one is not None and one.dtype == pl.String for one in inner)


@cache
def _reads_dates() -> bool:
    """True if CAST reads dates from texts: Polars 2 does not."""
    import polars as pl

    try:
        pl.Series(["2000-01-01"]).cast(pl.Date)
    except pl.exceptions.PolarsError:
        return False
    return True


def _misfit(expression: str, read: pl.Expr, table: pa.Table) -> Fault:
    """The misfit of types in words: the innermost function that does not fit, and the columns that
    it reads."""
    function, part = "this", read
    for name, written in sorted(calls(expression), key=lambda call: len(call[1])):
        inner = parsed(written)
        if not isinstance(inner, Fault) and _outcome(inner, table) is None:
            function, part = name.upper(), inner
            break
    else:
        wrong = [node for node in _nodes(read) if _outcome(node, table) is None]
        part = min(wrong, key=lambda node: len(list(_nodes(node))), default=read)
    types = {name: kind_of(table.schema.field(name).type) for name in part.meta.root_names()}
    said = " and ".join(f"{printable(name)} ({types[name]})" for name in sorted(types))
    text = f"{function} does not fit the type of {said}"
    return Fault("row-type", text, _hint(table.schema))


def _as_truth(content: dict[str, Any], schema: pa.Schema) -> bool:
    """True if a node uses a column other than a boolean as a condition.

    Polars then compares its text with 'true' or 'false': "False" is not false, and a record that
    should be dropped stays.
    """
    columns: list[Any] = []
    binary, cast = content.get("BinaryExpr", {}), content.get("Cast", {})
    sides = [binary.get("left"), binary.get("right")]
    if any(_is_truth(side) for side in sides):
        columns += sides
    if "Boolean" in str(cast.get("dtype")):
        columns.append(cast.get("expr"))
    names = [side["Column"] for side in columns if isinstance(side, dict) and "Column" in side]
    return any(not pa.types.is_boolean(schema.field(name).type) for name in names)


def _is_truth(side: Any) -> bool:
    literal = side.get("Literal") if isinstance(side, dict) else None
    scalar = literal.get("Scalar") if isinstance(literal, dict) else None
    return isinstance(scalar, dict) and "Boolean" in scalar


def _hint(schema: pa.Schema) -> str:
    if all(pa.types.is_string(kind) or pa.types.is_large_string(kind) for kind in schema.types):
        return "all fields of a CSV file are text: consent = 'false', CAST(age AS INTEGER) > 17"
    return "compare like with like: consent = 'false' for text"


def _nodes(expression: pl.Expr) -> Iterator[pl.Expr]:
    """The expression and all its parts."""
    stack, seen = [expression], 0
    while stack and seen <= PARTS:
        node = stack.pop()
        seen += 1
        yield node
        stack.extend(node.meta.pop())


def _by_itself(node: pl.Expr) -> bool:
    """True if a node computes one value per record from that record only.

    Polars' `is_row_separable` covers the outermost node only (polars 2.1: true for ``age >
    avg(age)``), so each node is checked; `explode` is separable but changes the length.
    """
    import polars as pl

    meta = node.meta
    try:
        if meta.is_row_separable():
            return meta.is_length_preserving() or meta.is_scalar()
    except pl.exceptions.ColumnNotFoundError:
        return _without_schema(_content(node))
    return "Series" in _content(node).get("Literal", ())


def _without_schema(content: dict[str, Any]) -> bool:
    """True if a node that Polars cannot judge without a schema reads one record only.

    Polars 2.1 cannot answer around ``x IN (...)``, arithmetic and rounding. The list of values is a
    literal series, and of the rest only these are known to be harmless.
    """
    if content.keys() <= {"BinaryExpr", "Ternary", "Cast"}:
        return True
    function = content.get("Function", {}).get("function", {})
    return isinstance(function, dict) and (
        not _PER_RECORD.isdisjoint(function.get("Sql", ())) or function.get("Boolean") in _HARMLESS
    )


def _content(node: pl.Expr) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the JSON form may change: then nothing passes here
        content: dict[str, Any] = json.loads(node.meta.serialize(format="json"))
    return content if isinstance(content, dict) else {}
