"""The rule file's own tests: a record, and the expected result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from scrubber.errors import Mark, printable
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import EACH, FieldPath, Step, is_list, leaves
from scrubber.model.opened import Opened
from scrubber.policy import schema
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.settings import DROPPED, numbered
from scrubber.policy.syntax.source import Path_


@dataclass(frozen=True)
class Example:
    """`given` and `expect` map paths to values; `mark` is its place. `id` is ``tests[0]``. `table`
    names the table of the record, if the rules ask for it. `dropped` is true if the record is
    expected not to come out; then `expect` is empty."""

    id: str
    given: Mapping[str, Any]
    expect: Mapping[str, Any]
    mark: Mark
    table: str | None = None
    dropped: bool = False


def examples(report: Report, tests: Iterable[schema.Example | None]) -> tuple[Example, ...]:
    """The rule file's tests; an invalid path or record is a problem."""
    return tuple(
        Example(
            f"tests[{i}]",
            test.given,
            {} if isinstance(test.expect, str) else test.expect,
            report.tree.value_mark(("tests", i)),
            test.in_,
            isinstance(test.expect, str),
        )
        for i, test in numbered(tests)
        if _makes_sense(report, ("tests", i), test)
    )


def _makes_sense(report: Report, path: Path_, test: schema.Example) -> bool:
    right = True
    for key, part in (("given", test.given), ("expect", test.expect)):
        if isinstance(part, str):
            continue
        if not part:
            report.value((*path, key), "bad-example", f"{key} is empty")
            right = False
        for name in part:
            if parse_path(name) is None:
                report.key((*path, key, name), "bad-path", "this is no path of a field")
                right = False
    if right:
        try:
            table_of(test.given)
        except ValueError:
            text = "these values make no record"
            report.value((*path, "given"), "bad-example", text)
            right = False
    return right


def parse_path(text: str) -> FieldPath | None:
    r"""Parse a path as written by ``str(FieldPath)``; None for anything else.

    >>> parse_path("messages[].content").steps
    ('messages', <Inner.EACH: '[]'>, 'content')
    >>> parse_path("a..b") is None
    True
    """
    steps: list[Step] = []
    i, due = 0, True
    while i < len(text):
        if text.startswith("[]", i) and not due:
            steps.append(EACH)
            i += 2
        elif text[i] == "." and not due:
            due, i = True, i + 1
        elif due:
            name, i = _name(text, i)
            if name is None:
                return None
            steps.append(name)
            due = False
        else:
            return None
    return FieldPath(tuple(steps)) if steps and not due else None


def _name(text: str, i: int) -> tuple[str | None, int]:
    """The name that begins at `i`, quoted or plain, and where it ends."""
    if text[i] != '"':
        end = next((j for j in range(i, len(text)) if text[j] in '.[]"'), len(text))
        return (text[i:end] or None), end
    name, i = "", i + 1
    while i < len(text) and text[i] != '"':
        i += text[i] == "\\"
        name += text[i : i + 1]
        i += 1
    return (name if i < len(text) else None), i + 1


def table_of(given: Mapping[str, Any]) -> pa.Table:
    """A table of one record from values by path.

    A list gives the elements below ``[]``; any other value is a single element. Null is text.

    Raises: ValueError for values that form no record (lists of different lengths, a value with
    another path below it).

    >>> table_of({"id": 7, "messages[].content": "hi"}).to_pylist()
    [{'id': 7, 'messages': [{'content': 'hi'}]}]
    """
    record: dict[str, Any] = {}
    for name, value in given.items():
        path = parse_path(name)
        if path is None:
            raise ValueError("this is no path")
        _put(record, path.steps, value)
    try:
        table = pa.Table.from_pylist([record])
    except (*ARROW_ERRORS, TypeError, ValueError, OverflowError):
        raise ValueError("these values make no record") from None
    schema = pa.schema([pa.field(f.name, _typed(f.type)) for f in table.schema])
    return table.cast(schema)


def _put(record: dict[str, Any], steps: tuple[Step, ...], value: Any) -> None:
    step, rest = str(steps[0]), steps[1:]
    if not rest:
        if step in record:
            raise ValueError("two values for one path")
        record[step] = value
    elif rest[0] is EACH:
        record[step] = _each(record.get(step), rest[1:], value)
    else:
        below = record.setdefault(step, {})
        if not isinstance(below, dict):
            raise ValueError("a value where another path goes on")
        _put(below, rest, value)


def _each(items: Any, rest: tuple[Step, ...], value: Any) -> list[Any]:
    values = value if isinstance(value, list) else [value]
    if not rest:
        if items is not None:
            raise ValueError("two values for one path")
        return values
    items = [{} for _ in values] if items is None else items
    if not isinstance(items, list) or len(items) != len(values):
        raise ValueError("lists of different lengths")
    if rest[0] is EACH:
        raise ValueError("a list within a list is given as a list")
    for item, one in zip(items, values, strict=True):
        if not isinstance(item, dict):
            raise ValueError("a value where another path goes on")
        _put(item, rest, one)
    return items


def _typed(kind: pa.DataType) -> pa.DataType:
    """The type with text in place of null types."""
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(f.name, _typed(f.type)) for f in kind])
    return pa.list_(_typed(kind.value_type)) if is_list(kind) else kind


def unmet(example: Example, result: pa.Table) -> tuple[str, ...]:
    """The paths of `example.expect` whose values in `result` differ.

    No row means that the record was dropped, so all paths differ. An expected null also matches a
    removed field.
    """
    if example.dropped:
        return (DROPPED,) if result.num_rows else ()
    known = {path for path, _ in leaves(result.schema)}
    return tuple(
        name
        for name, value in example.expect.items()
        if result.num_rows != 1 or not _met(parse_path(name), value, result, known)
    )


def came_out(name: str, result: pa.Table) -> str:
    """The values of `result` at a path, for a message. They are made of the rule file's own
    examples."""
    path = parse_path(name)
    known = {path for path, _ in leaves(result.schema)}
    if result.num_rows != 1:
        return "the record was dropped"
    if path is not None and path not in known and path.child(EACH) in known:
        path = path.child(EACH)
    if path is None or path not in known:
        return "the field was removed"
    values = Opened(result).leaf(path).values.to_pylist()
    shown = values if EACH in path.steps else values[0]
    text = json.dumps(shown, ensure_ascii=False, default=str)
    return printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...")


_LONGEST = 200  # characters of a value in a message


def _met(path: FieldPath | None, value: Any, result: pa.Table, known: set[FieldPath]) -> bool:
    if path is None:
        return False
    if path not in known and path.child(EACH) in known:
        path = path.child(EACH)
    if path not in known:
        return value is None
    found = Opened(result).leaf(path).values.to_pylist()
    wanted = value if EACH in path.steps and isinstance(value, list) else [value]
    return len(found) == len(wanted) and all(map(_same, found, wanted))


def _same(found: Any, wanted: Any) -> bool:
    """Equal, and a date or decimal by its text; true is not 1."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    return bool(found == wanted) or (isinstance(wanted, str) and str(found) == wanted)
