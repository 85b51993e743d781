"""Dates written in text: read by a format, and written again with nothing else changed.

A date is replaced in place, part by part, so that padding, case, the time, its precision and its
zone stay as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as hidden_field
from datetime import date

from scrubber.model.calendar import NAMES, Names

_NUMERIC = {
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "m": "0?[1-9]|1[0-2]",
    "d": "0?[1-9]|[12][0-9]|3[01]",
    "H": "[01]?[0-9]|2[0-3]",
    "I": "0?[1-9]|1[0-2]",
    "M": "[0-5][0-9]",
    "S": "[0-5][0-9]|60",
    "f": "[0-9]{1,9}",
    "p": r"[ap]\.?m\.?",
    "z": "Z|[+-][0-9]{2}(?::?[0-9]{2})?",
    "Z": "[A-Z]{2,5}",
}
_NAMED = {"B": 0, "b": 1, "A": 2, "a": 3}
_CODES = "%Y %y %m %d %B %b %A %a %H %I %M %S %f %p %z %Z"
_YEAR, _MONTH, _TIME = frozenset("Yy"), frozenset("mBb"), frozenset("HIMSfp")
_ISO = re.compile(
    r"\s*([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:[T ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]|60)(?:[.,]([0-9]+))?)?"
    r"[ ]?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?)?\s*"
)


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A way to write dates: a pattern whose groups are the parts of `codes` in order."""

    pattern: re.Pattern[str]
    codes: str
    names: Names

    @classmethod
    def compile(cls, format: str, language: str = "en") -> DateFormat:
        """The `strptime` format `format`, of %Y %y %m %d %B %b %A %a %H %I %M %S %f %p %z %Z %%.

        It needs exactly one year, month and day. Names of months and weekdays are those of
        `language`, in any case; white space stands for any white space; %y is read as POSIX says
        (69 to 99 are 1969 to 1999). Raises: ValueError for the author of the format.
        """
        names = NAMES[language]
        out, codes = "", ""
        for code, literal in re.findall(r"%(.?)|([^%]+)", format, re.DOTALL):
            if literal or code == "%":
                out += re.sub(r"(?:\\\s)+|\s+", r"\\s+", re.escape(literal or "%"))
            elif code in _NAMED:
                longest_first = sorted(names[_NAMED[code]], key=len, reverse=True)
                out += f"({'|'.join(map(re.escape, longest_first))})"
                codes += code
            elif code in _NUMERIC:
                out += f"({_NUMERIC[code]})"
                codes += code
            else:
                raise ValueError(f"format: %{code} is not supported; the codes are {_CODES}")
        if len(set(codes)) != len(codes):
            raise ValueError("format: a part stands in it twice")
        for needed, noun in ((_YEAR, "year"), (_MONTH, "month"), (frozenset("d"), "day")):
            if len(needed & set(codes)) != 1:
                raise ValueError(f"format must have exactly one {noun} (%Y, %m and %d, say)")
        return cls(re.compile(rf"\s*{out}\s*", re.IGNORECASE), codes, names)

    @classmethod
    def iso(cls) -> DateFormat:
        """ISO 8601 in its extended form: a date, or a date and time with T or a blank between."""
        return cls(_ISO, "YmdHMSfz", NAMES["en"])

    def read(self, text: str) -> WrittenDate | None:
        """The date that the whole `text` is, or None."""
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        parts = {
            code: (match.start(i), match.end(i))
            for i, code in enumerate(self.codes, start=1)
            if match.start(i) >= 0
        }
        day = self._day({code: text[a:b] for code, (a, b) in parts.items()})
        return None if day is None else WrittenDate(day, text, parts, self.names)

    def _day(self, part: dict[str, str]) -> date | None:
        year = int(part["Y"]) if "Y" in part else _four_digits(int(part["y"]))
        if "m" in part:
            month = int(part["m"])
        else:
            code = "B" if "B" in part else "b"
            folded = [name.casefold() for name in self.names[_NAMED[code]]]
            month = folded.index(part[code].casefold()) + 1
        try:
            return date(year, month, int(part["d"]))
        except ValueError:
            return None


def _four_digits(year: int) -> int:
    return year + (1900 if year >= 69 else 2000)


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date and how it is written; `parts` maps the code of each part to its place in `text`."""

    day: date = hidden_field(repr=False)
    text: str = hidden_field(repr=False)
    parts: dict[str, tuple[int, int]] = hidden_field(repr=False)
    names: Names = hidden_field(repr=False)

    def moved(self, ordinal: int, clock: Callable[[str, int], str] | None = None) -> str | None:
        """The text with the date of the proleptic `ordinal` (1 is 0001-01-01) in its place.

        `clock(code, width)` gives new text for the parts of the time of day; without it the time
        stays. None where the year would leave 1..9999, or what two digits can say.
        """
        if not 1 <= ordinal <= date.max.toordinal():
            return None
        day = date.fromordinal(ordinal)
        if "y" in self.parts and _four_digits(day.year % 100) != day.year:
            return None
        out, at = "", 0
        for code, (start, end) in sorted(self.parts.items(), key=lambda item: item[1]):
            old = self.text[start:end]
            new = self._part(code, day, old)
            if clock is not None and code in _TIME:
                new = clock(code, len(old)) if code != "p" else old
            out += self.text[at:start] + new
            at = end
        return out + self.text[at:]

    def _part(self, code: str, day: date, old: str) -> str:
        match code:
            case "Y":
                return f"{day.year:04d}"
            case "y":
                return f"{day.year % 100:02d}"
            case "m":
                return self._number(day.month)
            case "d":
                return self._number(day.day)
            case "B" | "b":
                return cased_like(old, self.names[_NAMED[code]][day.month - 1])
            case "A" | "a":
                return cased_like(old, self.names[_NAMED[code]][day.weekday()])
            case _:
                return old

    def _number(self, value: int) -> str:
        """Padded, unless the day or the month is seen without padding."""
        widths = [end - start for code, (start, end) in self.parts.items() if code in "md"]
        return f"{value:02d}" if min(widths) == 2 else str(value)


def cased_like(old: str, new: str) -> str:
    """`new` in capitals or small letters where all of `old` is (one letter says nothing)."""
    if len(old) > 1 and old.isupper():
        return new.upper()
    if old.islower():
        return new.lower()
    return new[:1].upper() + new[1:] if old[:1].isupper() else new
