"""Addresses of values in nested data: ``email``, ``messages[].content``, ``"Avg. Length"``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

import pyarrow as pa


class Inner(Enum):
    """Steps other than names: to each element of a list; to the keys and values of a map; and, for
    values of several kinds, to those of one kind."""

    EACH = "[]"
    KEY = "{key}"
    VALUE = "{value}"
    TEXT = "{text}"
    NUMBER = "{number}"
    INTEGER = "{integer}"
    BOOLEAN = "{boolean}"


EACH, KEY, VALUE = Inner.EACH, Inner.KEY, Inner.VALUE
SCALARS = frozenset({Inner.TEXT, Inner.NUMBER, Inner.INTEGER, Inner.BOOLEAN})
Step = str | Inner

_DELIMITERS = re.compile(r"[.\[\]]")
_OTHER = "\uffff"  # not a character, so in no rule file
_PLAIN = re.compile(r"[^\s.\[\]\"*?{\x00-\x20][^.\[\]\"*?\x00-\x1f]*")


@dataclass(frozen=True, slots=True)
class FieldPath:
    """Steps from the top of a record to a leaf: names of fields, and members of :class:`Inner`.

    ``str()`` writes it as in the rule language; a name with a special character is quoted.

    >>> str(FieldPath(("messages", EACH, "content")))
    'messages[].content'
    >>> str(FieldPath(("Avg. Length",)))
    '"Avg. Length"'
    >>> str(FieldPath(("ratings", KEY)))
    'ratings.{key}'
    """

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not self.steps or not isinstance(self.steps[0], str):
            raise ValueError("a path begins with the name of a column")

    @property
    def column(self) -> str:
        """The top-level column of the path."""
        first = self.steps[0]
        assert isinstance(first, str)
        return first

    @property
    def nested(self) -> bool:
        return len(self.steps) > 1

    @property
    def repeated(self) -> bool:
        """True if a record may have any number of values at the path."""
        return not {EACH, KEY, VALUE}.isdisjoint(self.steps)

    def child(self, step: Step) -> FieldPath:
        return FieldPath((*self.steps, step))

    def within(self, other: FieldPath) -> bool:
        """True if this path is `other` or lies below it."""
        return self.steps[: len(other.steps)] == other.steps

    def __str__(self) -> str:
        out = ""
        for step in self.steps:
            if step is EACH:
                out += "[]"
            else:
                name = step.value if isinstance(step, Inner) else _quoted(step)
                out += ("." if out else "") + name
        return out


def _unquoted(path: FieldPath) -> str:
    """The path without quotes; a placeholder replaces delimiters within names. Wildcards are
    matched with it, so that ``*`` matches every column, even one named ``Avg. Length``."""
    return "".join(map(_unquoted_step, path.steps))[1:]


def _unquoted_step(step: Step) -> str:
    if isinstance(step, Inner):
        return "[]" if step is EACH else f".{step.value}"
    return "." + _DELIMITERS.sub(_OTHER, step)


def _quoted(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


_STEPS = re.compile(r'"((?:[^"\\]|\\.)*)"|(\[\])|([^.\[\]"]+)', re.DOTALL)
_INNER = {step.value: step for step in Inner}


def parsed(text: str) -> FieldPath:
    """The path that ``str()`` writes as `text`.

    >>> parsed('messages[].content') == FieldPath(("messages", EACH, "content"))
    True
    >>> parsed(str(FieldPath(("a.b", 'say "x"')))).steps
    ('a.b', 'say "x"')
    """
    steps: list[Step] = []
    for match in _STEPS.finditer(text):
        quoted, each, plain_name = match.groups()
        if quoted is not None:
            steps.append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
        else:
            steps.append(EACH if each else _INNER.get(plain_name, plain_name))
    return FieldPath(tuple(steps))


def is_list(kind: pa.DataType) -> bool:
    """True for lists of any layout; a map is a list of (key, value) entries."""
    return bool(
        pa.types.is_list(kind)
        or pa.types.is_large_list(kind)
        or pa.types.is_fixed_size_list(kind)
        or pa.types.is_map(kind)
    )


OF_KIND = "\uffff"
"""The prefix of a struct's field names if its fields are kinds of values: each holds the values of
one kind, and null otherwise. No name in data begins with it."""
OBJECT, LIST, MAP = (OF_KIND + kind for kind in ("object", "list", "map"))
ANY_KIND, ENTRY = ".{any}", ".{entry}"
_BY_NAME = {OF_KIND + step.value: step for step in SCALARS}


def name_of(kind: Inner) -> str:
    """The name of the field for values of a scalar kind."""
    return OF_KIND + kind.value


def has_kinds(kind: pa.DataType) -> bool:
    """True if the fields of a type are kinds of values."""
    return bool(
        pa.types.is_struct(kind) and kind.num_fields and kind.field(0).name.startswith(OF_KIND)
    )


def below(path: FieldPath, name: str) -> FieldPath:
    """The path of the field `name` in the struct at `path`. An object, list or map among other
    kinds has the same path; its fields, elements, keys and values are below."""
    if not name.startswith(OF_KIND):
        return path.child(name)
    kind = _BY_NAME.get(name)
    return path if kind is None else path.child(kind)


def holder(path: FieldPath) -> str:
    """The address of the container with at most one value at `path`: a struct, a map entry, or a
    value of any kind; "" for a column."""
    if not path.nested:
        return ""
    above, last = str(FieldPath(path.steps[:-1])), path.steps[-1]
    if last in SCALARS:
        return above + ANY_KIND
    return above + ENTRY if last in (KEY, VALUE) else above


def leaves(schema: pa.Schema) -> list[tuple[FieldPath, pa.DataType]]:
    """The leaves of `schema` with their Arrow types, in the order of the columns.

    Structs and lists are traversed; an empty struct is a leaf, so that each column has one.

    >>> schema = pa.schema([("id", pa.int64()), ("tags", pa.list_(pa.string()))])
    >>> [str(path) for path, _ in leaves(schema)]
    ['id', 'tags[]']
    """
    found: list[tuple[FieldPath, pa.DataType]] = []
    for field in schema:
        _walk(FieldPath((field.name,)), field.type, found)
    return found


def _walk(path: FieldPath, kind: pa.DataType, found: list[tuple[FieldPath, pa.DataType]]) -> None:
    if pa.types.is_struct(kind) and kind.num_fields:
        for field in kind:
            _walk(below(path, field.name), field.type, found)
    elif pa.types.is_map(kind):
        _walk(path.child(KEY), kind.key_type, found)
        _walk(path.child(VALUE), kind.item_type, found)
    elif is_list(kind):
        _walk(path.child(EACH), kind.value_type, found)
    else:
        found.append((path, kind))


def spellings(leaf: FieldPath) -> tuple[FieldPath, ...]:
    """The leaf, and shorter spellings: ``tags[]`` and ``tags`` for elements of a list,
    ``id.{text}`` and ``id`` for values of one kind."""
    forms = [leaf]
    while forms[-1].steps[-1] is EACH or forms[-1].steps[-1] in SCALARS:
        forms.append(FieldPath(forms[-1].steps[:-1]))
    return tuple(forms)


def maps(schema: pa.Schema) -> list[FieldPath]:
    """The path of each map in `schema`, at any depth.

    >>> schema = pa.schema([("a", pa.list_(pa.map_(pa.string(), pa.int64())))])
    >>> [str(path) for path in maps(schema)]
    ['a[]']
    """
    found: list[FieldPath] = []
    for field in schema:
        _walk_maps(FieldPath((field.name,)), field.type, found)
    return found


def _walk_maps(path: FieldPath, kind: pa.DataType, found: list[FieldPath]) -> None:
    if pa.types.is_struct(kind):
        for field in kind:
            _walk_maps(below(path, field.name), field.type, found)
    elif pa.types.is_map(kind):
        found.append(path)
        _walk_maps(path.child(KEY), kind.key_type, found)
        _walk_maps(path.child(VALUE), kind.item_type, found)
    elif is_list(kind):
        _walk_maps(path.child(EACH), kind.value_type, found)


class Selector:
    """The selector of a rule's ``name:``: a path, or a glob over paths.

    ``*`` and ``?`` match within one step, whatever characters its name holds, ``**`` across steps;
    ``x.**`` is all below ``x``, be it an object, a list, or several kinds.
    A name matches a top-level column when it equals it to the letter, so that ``Avg. Length`` needs
    no quotes. With `ignore_case` capitals do not count.
    """

    __slots__ = ("_compiled", "ignore_case", "text")

    def __init__(self, text: str, *, ignore_case: bool = False) -> None:
        self.text = text
        self.ignore_case = ignore_case
        self._compiled: re.Pattern[str] | None = None

    @property
    def _regex(self) -> re.Pattern[str]:
        if self._compiled is None:  # many are never used: a SelectorIndex looks them up
            flags = re.DOTALL | (re.IGNORECASE if self.ignore_case else 0)
            self._compiled = re.compile(_pattern(self.text), flags)
        return self._compiled

    @property
    def is_glob(self) -> bool:
        return "*" in self.text or "?" in self.text

    def matches(self, path: FieldPath) -> bool:
        if not path.nested and path.column == self.text:
            return True
        return any(self._regex.fullmatch(form) for form in _forms(path))


class SelectorIndex:
    """Selectors by number, with fast lookup: selectors of one literal path are found in a table."""

    def __init__(self, selectors: Iterable[Selector]) -> None:
        self._literal: dict[str, list[int]] = {}
        self._patterns: list[tuple[int, Selector]] = []
        for number, selector in enumerate(selectors):
            if selector.is_glob or selector.ignore_case:
                self._patterns.append((number, selector))
            else:
                self._literal.setdefault(selector.text, []).append(number)

    def matching(self, path: FieldPath) -> list[int]:
        """The numbers of the selectors that match `path`, in order."""
        spelled = _forms(path) if path.nested else {*_forms(path), path.column}
        found = {number for form in spelled for number in self._literal.get(form, ())}
        found.update(number for number, selector in self._patterns if selector.matches(path))
        return sorted(found)


def names_keys(selector: str, leaf: FieldPath) -> bool:
    """True if `leaf` has no keys that are data, or if `selector`, which matches it, names them.

    A glob over fields, such as ``**`` or ``r.*``, names no keys; ``r.{key}`` and ``**.{key}`` do.

    >>> keys = FieldPath(("r", KEY))
    >>> names_keys("r.**", keys), names_keys("**.{key}", keys), names_keys("r[].key", keys)
    (False, True, True)
    """
    if KEY not in leaf.steps:
        return True
    selector = selector.lower()
    named = (KEY.value,) if "*" in selector or "?" in selector else (KEY.value, "[].key")
    if leaf.steps[-1] is KEY:
        return selector.endswith(named)
    return any(name in selector for name in named)


def _forms(path: FieldPath) -> set[str]:
    """The spellings of a path that patterns are matched with; a map is also a list of entries."""
    forms = {str(path), _unquoted(path)}
    if KEY in path.steps or VALUE in path.steps:
        forms |= {
            form.replace(f".{KEY.value}", "[].key").replace(f".{VALUE.value}", "[].value")
            for form in forms
        }
    return forms


def _pattern(text: str) -> str:
    out, i = "", 0
    while i < len(text):
        if text.startswith(".**", i):
            out, i = out + r"[.\[].*", i + 3
        elif text.startswith("**", i):
            out, i = out + ".*", i + 2
        elif text[i] == "*":
            out, i = out + r"[^.\[\]]*", i + 1
        elif text[i] == "?":
            out, i = out + r"[^.\[\]]", i + 1
        else:
            out, i = out + re.escape(text[i]), i + 1
    return out


__all__ = [
    "ANY_KIND",
    "EACH",
    "ENTRY",
    "KEY",
    "LIST",
    "MAP",
    "OBJECT",
    "OF_KIND",
    "SCALARS",
    "VALUE",
    "FieldPath",
    "Inner",
    "Selector",
    "SelectorIndex",
    "Step",
    "below",
    "has_kinds",
    "holder",
    "is_list",
    "leaves",
    "maps",
    "name_of",
    "names_keys",
    "spellings",
]
