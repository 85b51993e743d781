"""Metadata of schemas and fields, admitted by an allow-list (docs/decisions/0007).

Metadata is data that no rule covers: the words of an Enum, a ClassLabel or a Categorical, a raw key
in table statistics, attributes of a frame. It is admitted only if it preserves types, and only in
terms listed in this file: names of extension types, and pandas' notes on dtypes.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pyarrow as pa

Metadata = dict[bytes, bytes] | None

_NAME, _PARAMETERS = b"ARROW:extension:name", b"ARROW:extension:metadata"
_PANDAS = b"pandas"
_CLOSED = frozenset({"left", "right", "both", "neither"})
_NUMBER = r"(u?int(8|16|32|64)|float(16|32|64)|complex(64|128))"
_MONTH = "JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC"
_FREQUENCY = re.compile(
    rf"D|B|h|H|min|T|s|S|ms|L|us|U|ns|N|ME?|W(-(MON|TUE|WED|THU|FRI|SAT|SUN))?"
    rf"|(Q|QE|A|Y|YE)(-({_MONTH}))?"
)
_SUBTYPE = re.compile(rf"{_NUMBER}|(timestamp|duration)\[(s|ms|us|ns)\]")
_DTYPE = re.compile(
    rf"{_NUMBER}|U?Int(8|16|32|64)|Float(32|64)|bool|boolean|object|category|str"
    r"|string(\[(python|pyarrow)\])?|(datetime64|timedelta64)\[(s|ms|us|ns)\]"
)
_LOGICAL = re.compile(
    rf"{_NUMBER}|bool|unicode|string|bytes|object|empty|mixed|mixed-integer|decimal|categorical"
    r"|date|datetime|datetimetz|time|timedelta"
)
_INDEX = re.compile(r"__index_level_\d{1,3}__")
_VERSION = re.compile(r"\d{1,3}(\.\d{1,3}){0,3}")
_BARE = frozenset(
    {
        *("arrow.uuid", "arrow.json", "arrow.bool8", "geoarrow.wkb", "geoarrow.wkt"),
        *("geoarrow.point", "geoarrow.linestring", "geoarrow.polygon", "geoarrow.multipoint"),
        *("geoarrow.multilinestring", "geoarrow.multipolygon", "geoarrow.box"),
    }
)
"""Extension types without parameters."""


def is_known(kind: pa.BaseExtensionType) -> bool:
    """True for extension types that are kept; others are replaced by their storage."""
    if isinstance(kind, pa.UuidType | pa.JsonType | pa.Bool8Type):
        return True
    if isinstance(kind, pa.FixedShapeTensorType):
        return not any(kind.dim_names or ())
    if isinstance(kind, pa.ExtensionType):
        name, parameters = kind.extension_name, kind.__arrow_ext_serialize__()
        return bool(_parameters(name, parameters) == parameters)
    return False


def of_field(metadata: Metadata) -> Metadata:
    """The admitted metadata of a field: the name of a known extension type."""
    if not metadata or _NAME not in metadata:
        return None
    raw = metadata[_NAME]
    parameters = _parameters(raw.decode(errors="replace"), metadata.get(_PARAMETERS, b""))
    return None if parameters is None else {_NAME: raw, _PARAMETERS: parameters}


def of_schema(metadata: Metadata, schema: pa.Schema) -> Metadata:
    """The admitted metadata of `schema`: pandas' notes, rewritten."""
    if not metadata or _PANDAS not in metadata:
        return None
    try:
        noted = _notes(json.loads(metadata[_PANDAS]), schema)
        return {_PANDAS: json.dumps(noted).encode()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def fewer(metadata: Metadata, before: pa.Schema, after: pa.Schema, *, whole: bool) -> Metadata:
    """The notes of :func:`of_schema` on `before` that still hold for `after`.

    A field with a changed type is omitted, since pandas derives its dtype from the data. So is
    pandas' default range index, and any range index if records are missing (not `whole`), since it
    reveals their number.
    """
    if not metadata:
        return None
    notes: Any = json.loads(metadata[_PANDAS])
    names = frozenset(after.names)
    same = {name for name in names if after.field(name).type.equals(before.field(name).type)}
    notes["columns"] = [one for one in notes["columns"] if one["field_name"] in same]
    notes["index_columns"] = [
        index
        for index in notes["index_columns"]
        if (index in names if isinstance(index, str) else whole and _is_special(index))
    ]
    return {_PANDAS: json.dumps(notes).encode()}


def _is_special(index: Any) -> bool:
    return (index["start"], index["step"]) != (0, 1)


def _parameters(name: str, given: bytes) -> bytes | None:
    """The admitted parameters of the extension type `name`; None for a type that is not kept."""
    if name in _BARE:
        return b""
    try:
        facts = json.loads(given) if given else {}
    except (ValueError, RecursionError):
        return None
    if not isinstance(facts, dict):
        return None
    frequency, subtype = str(facts.get("freq")), str(facts.get("subtype"))
    if name == "pandas.period" and facts.keys() == {"freq"} and _FREQUENCY.fullmatch(frequency):
        return given
    if name == "pandas.interval" and facts.keys() == {"subtype", "closed"}:
        spelt = _SUBTYPE.fullmatch(subtype) and facts["closed"] in _CLOSED
        return given if spelt else None
    return None


def _notes(noted: Any, schema: pa.Schema) -> dict[str, Any]:
    """pandas' notes on the fields of `schema`: their dtypes, and the index fields.

    Omitted are attributes of the frame, names of a range index and of the column axis, the number
    of categories, and dtypes outside of the list.
    """
    columns = (_column(one, schema) for one in noted["columns"])
    axes = [_axis(one) for one in noted.get("column_indexes", [])]
    indexes = (_index(one, schema) for one in noted["index_columns"])
    version = str(noted.get("pandas_version"))
    return {
        "index_columns": [one for one in indexes if one is not None],
        "column_indexes": axes if None not in axes else [],
        "columns": [one for one in columns if one is not None],
        "pandas_version": version if _VERSION.fullmatch(version) else None,
    }


def _column(noted: Any, schema: pa.Schema) -> dict[str, Any] | None:
    field = noted["field_name"] or noted["name"]
    logical, dtype = noted["pandas_type"], noted["numpy_type"]
    if field not in schema.names or not _LOGICAL.fullmatch(logical):
        return None
    kind = schema.field(field).type
    if not _DTYPE.fullmatch(dtype) and dtype != f"{kind}[pyarrow]":
        return None
    return {
        "name": None if _INDEX.fullmatch(field) else field,
        "field_name": field,
        "pandas_type": logical,
        "numpy_type": dtype,
        "metadata": _details(logical, noted["metadata"], kind),
    }


def _axis(noted: Any) -> dict[str, Any] | None:
    """The dtype of a level of column names, so that numbers become numbers again."""
    logical, dtype = noted["pandas_type"], noted["numpy_type"]
    if not (_LOGICAL.fullmatch(logical) and _DTYPE.fullmatch(dtype)):
        return None
    unnamed = {"name": None, "field_name": None, "metadata": None}
    return {**unnamed, "pandas_type": logical, "numpy_type": dtype}


def _details(logical: str, noted: Any, kind: pa.DataType) -> dict[str, Any] | None:
    match logical:
        case "categorical":
            return {"ordered": bool(noted["ordered"])}
        case "datetimetz" if pa.types.is_timestamp(kind):
            return {"timezone": kind.tz}
        case _:
            return None


def _index(noted: Any, schema: pa.Schema) -> Any:
    if isinstance(noted, str):
        return noted if noted in schema.names else None
    bounds = {name: int(noted[name]) for name in ("start", "stop", "step")}
    return {"kind": "range", "name": None, **bounds} if noted["kind"] == "range" else None


__all__ = ["Metadata", "fewer", "is_known", "of_field", "of_schema"]
