"""Readings of a manifest, shared by several exports."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scrubber.manifest.deletion import measured_before
from scrubber.manifest.risk import risk_lines
from scrubber.manifest.unicity import unicity_lines

Data = Mapping[str, Any]
_STEP: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\[\]|[^.\["]+', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


def declared(fact: Data) -> Any:
    """The value of a declared fact, or None without a declaration."""
    return fact["value"] if fact["status"] == "declared" else None


def said(fact: Data) -> str:
    """A declared text, or the status of the fact in words."""
    value = declared(fact)
    return value if isinstance(value, str) else fact["status"].replace("_", " ")


def other(data: Data, name: str) -> tuple[str, ...]:
    """The declared values of a fact outside of the fixed ones, such as ``modality``; empty without
    a declaration."""
    for fact in data["dataset"]["other"]:
        if fact["name"] == name and fact["status"] == "declared":
            value = str(fact["value"])
            with contextlib.suppress(ValueError):
                listed = json.loads(value)
                if isinstance(listed, list):
                    return tuple(str(one) for one in listed)
            return (value,)
    return ()


def title(data: Data) -> str:
    """The name of the dataset, or one derived from the manifest's id."""
    return declared(data["dataset"]["name"]) or f"scrubbed-{data['header']['id'][:16]}"


def published(count: Data) -> int | None:
    """A published count, or None for a withheld one."""
    number = count.get("n")
    return number if isinstance(number, int) else None


def kept_or_changed(data: Data, source: str) -> Iterator[Data]:
    """The fields in the output of `source`."""
    for field in data["fields"]:
        if source in field["sources"] and field["type_out"] is not None:
            yield field


def dropped(data: Data, source: str) -> Iterator[Data]:
    """The fields of `source` that its output lacks."""
    for field in data["fields"]:
        if source in field["sources"] and field["type_out"] is None:
            yield field


def place(text: str) -> tuple[str, int]:
    """Split ``rules/crm.yaml:21`` into file and line; the default line is 1.

    >>> place("rules/crm.yaml:21"), place("a:b")
    (('rules/crm.yaml', 21), ('a:b', 1))
    """
    file, _, line = text.rpartition(":")
    return (file, max(1, int(line))) if file and line.isdecimal() else (text, 1)


def classes(data: Data) -> list[str]:
    """Facts about equivalence classes, in words; empty if the rules require none."""
    section = data["risk"].get("privacy")
    classes = risk_lines(section) if section is not None else ()
    return [*classes, *unicity_lines(data["risk"]["unicity"], measured_before(data))]


def steps(name: str) -> tuple[str, ...]:
    r"""Split a field's name, as written in the manifest, into steps; ``[]`` is any element of a
    list.

    >>> steps("messages[].content"), steps('"Avg. Length"'), steps('"a\\"b".c')
    (('messages', '[]', 'content'), ('Avg. Length',), ('a"b', 'c'))
    """
    return tuple(
        _ESCAPED.sub(r"\1", step[1:-1]) if step[0] == '"' else step for step in _STEP.findall(name)
    )
