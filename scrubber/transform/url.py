"""URLs without what they carry: queries, fragments, logins, and ids in paths."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

import pyarrow as pa

from scrubber.model.direction import Directions, Narrower, Present, each
from scrubber.transform.base import Context, Kind, Outcome, Strictness, Traits
from scrubber.transform.columns.distinct import few_at_a_time, per_distinct
from scrubber.transform.crypto.canonical import plain_text, text_type

Part = Literal["scheme", "host", "path"]

_URL = re.compile(
    r"\s*(?:(?:([A-Za-z][A-Za-z0-9+.-]{0,30}):)?//(?:[^/?#@\\\s]*@)?"
    r"(\[[0-9A-Fa-f:.]+\]|[^/?#@:\\\s\[\]]+)(?::[0-9]{0,5})?)?"
    r"(/[^?#\\\s]*)?(?:[?#]\S*)?\s*"
)
_PLAIN_STEP = re.compile(r"[^\W\d_]+(?:[-_.][^\W\d_]+)*|v[0-9]{1,2}|")
_REPLACEMENT = re.compile(r"[^\s/?#]{1,40}")
_LONGEST_STEP = 40
_MOST = 8_192  # code points


@dataclass(frozen=True, slots=True)
class Url:
    """Keep some parts of a URL: `scheme`, `host` and `path`.

    Logins, ports, queries, fragments and parameters after ";" are always removed. With `path_ids`,
    a step of the path other than a plain word becomes this text: one with a digit (except v1 to
    v99), a percent sign or an at sign, or of more than 40 characters. An absolute path, as in a
    server's log, counts as a URL without a host. Failed values: other text, and URLs without any of
    the kept parts.
    """

    name: ClassVar[str] = "url"
    strictness: ClassVar[Strictness] = Strictness.GENERALIZE
    sentence: ClassVar[str] = "URL cut to parts[: {keep}]"
    directions: ClassVar[Directions] = each(keep=Narrower(), path_ids=Present())

    keep: tuple[Part, ...]
    path_ids: str | None = None

    def __post_init__(self) -> None:
        if not self.keep or len(set(self.keep)) != len(self.keep):
            raise ValueError("keep takes different ones of scheme, host and path")
        if self.path_ids is not None and "path" not in self.keep:
            raise ValueError("path_ids goes with a path that is kept")
        if self.path_ids is not None and not _REPLACEMENT.fullmatch(self.path_ids):
            raise ValueError("path_ids must be 1 to 40 printable characters without / ? #")

    @property
    def traits(self) -> Traits:
        return Traits(frozenset({Kind.TEXT}), "generalization", entity="URL")

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return text_type(input_type)

    def apply(self, array: pa.Array, context: Context) -> Outcome:  # noqa: ARG002
        type_ = text_type(array.type)
        why = "not a URL with the parts that the rule keeps"
        return few_at_a_time(
            plain_text(array), lambda some: per_distinct(some, self._cut, type_, why), type_
        )

    def _cut(self, value: str) -> str | None:
        match = _URL.fullmatch(value) if len(value) <= _MOST else None
        if match is None:
            return None
        scheme, host, path = match.groups()
        kept = ""
        if "scheme" in self.keep and scheme is not None:
            kept += f"{scheme.lower()}://" if "host" in self.keep else scheme.lower()
        if "host" in self.keep and host is not None:
            kept += host.lower()
        if "path" in self.keep and path is not None:
            kept += self._path(path)
        return kept or None

    def _path(self, path: str) -> str:
        """The path without parameters, and without ids where these are written over."""
        steps = [step.partition(";")[0] for step in path.split("/")]
        if self.path_ids is not None:
            steps = [self.path_ids if _is_id(step) else step for step in steps]
        return "/".join(steps)


def _is_id(step: str) -> bool:
    return len(step) > _LONGEST_STEP or _PLAIN_STEP.fullmatch(step) is None
