"""The lines of access logs: fields by name, as in Apache's and nginx's own log formats.

Sources: the Common and Combined Log Format of Apache's mod_log_config; nginx's ``combined``, which
is the same, and the ``main`` of its default configuration, which adds the forwarded address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BARE, _TIME, _QUOTED = r"(\S+)", r"\[([^\]]*)\]", r'"((?:[^"\\]|\\.)*)"'
_COMMON = (
    *(("host", _BARE), ("identity", _BARE), ("user", _BARE), ("time", _TIME)),
    *(("request", _QUOTED), ("status", _BARE), ("bytes", _BARE)),
)
_COMBINED = (*_COMMON, ("referer", _QUOTED), ("user_agent", _QUOTED))
_MAIN = (*_COMBINED, ("forwarded_for", _QUOTED))
_ESCAPED = re.compile(r'["\\\x00-\x1f\x7f]')
_ESCAPE = re.compile(r'\\(["\\])')
_UNFIT = {_BARE: re.compile(r"\s|^$"), _TIME: re.compile(r"[\]\r\n]"), _QUOTED: None}
_AROUND = {_BARE: ("", ""), _TIME: ("[", "]"), _QUOTED: ('"', '"')}


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a log: its name, and how it is written."""

    name: str
    form: str

    @property
    def quoted(self) -> bool:
        return self.form is _QUOTED

    def fits(self, text: str) -> bool:
        """True if `text` can be written in this column."""
        unfit = _UNFIT[self.form]
        return unfit is None or unfit.search(text) is None

    def written(self, text: str | None) -> str:
        """`text` as in a line; null is a dash."""
        first, last = _AROUND[self.form]
        if text is None:
            return f"{first}-{last}"
        return first + (escaped(text) if self.quoted else text) + last


COLUMNS = {
    name: tuple(Column(*one) for one in columns)
    for name, columns in (
        ("apache_common", _COMMON),
        ("apache_combined", _COMBINED),
        ("nginx_main", _MAIN),
    )
}


def pattern(format_name: str) -> str:
    """The regex of a whole line, with a group by the name of each column."""
    parts = (
        one.form.replace("(", f"(?P<{one.name}>", 1) if one.form is _BARE else _named(one)
        for one in COLUMNS[format_name]
    )
    return f"^{' '.join(parts)}$"


def _named(column: Column) -> str:
    return column.form.replace("((?:", f"(?P<{column.name}>(?:", 1).replace(
        "([^", f"(?P<{column.name}>[^", 1
    )


def escaped(text: str) -> str:
    """`text` within quotes, as Apache writes it.

    >>> escaped('a "b"'), escaped("a\\x1bb")
    ('a \\\\"b\\\\"', 'a\\\\x1bb')
    """
    return _ESCAPED.sub(
        lambda found: f"\\{found[0]}" if found[0] in '"\\' else f"\\x{ord(found[0]):02x}", text
    )


def unescaped(text: str) -> str:
    """Quotes and backslashes of a quoted text as they were; other escapes stay as written."""
    return _ESCAPE.sub(r"\1", text)
