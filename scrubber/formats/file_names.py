"""Names of files and folders, which must not be data since they enter outputs and manifests.

Fewer names are refused than for fields, since file names consist of part numbers, times and
digests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from scrubber.errors import InputError
from scrubber.formats.field_names import mentions_person

_ADDRESS = re.compile(r"[^\s@/]@[^\s@/]+\.[^\s@/]")
_SSN = re.compile(r"(?<![\w-])\d{3}([-_ ])\d{2}\1\d{4}(?![\w-])")
_PHONE = re.compile(r"(?<![\w-])(\+\d{1,3}[-_. ]?)?\(?\d{3}\)?[-_. ]\d{3}[-_. ]\d{4}(?![\w-])")
_OWNED = re.compile(
    r"(?:^|[\W_])(?:mrn|ssn|nhs|patient|pat|subject|subj|participant|person|user|customer|client"
    r"|member|employee|student|account|passport|email|phone)"
    r"(?:[\W_]?(?:id|no|nr|num|number))?[\W_]{0,2}(?P<number>\d{4,})(?!\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(19|20)\d\d(\d{4})?")


def refuse_data(aliases: Iterable[str]) -> None:
    """Refuse files whose names, or those of a parent folder, look like values, which are not shown.

    Raises: InputError ``input-name``, with the position of the file in the order of names.
    """
    names = sorted(aliases)
    numbers = {one for name in names for one in re.findall(r"\d+", name)}
    for place, name in enumerate(names, 1):
        if any(_is_data(step, numbers) for step in name.split("/")):
            raise InputError(
                "input-name",
                f"the name of input file {place} of {len(names)}, or of a folder above it, looks"
                " like a value, such as a person or an e-mail address",
                hint="outputs and manifests hold file names: rename it, such as part-001",
            )


def _is_data(step: str, numbers: set[str]) -> bool:
    if _ADDRESS.search(step) or _SSN.search(step) or _PHONE.search(step):
        return True
    owned = _OWNED.search(step)
    if owned is not None and not _is_counted(owned["number"], numbers):
        return True
    _, _, value = step.rpartition("=")
    return mentions_person(value) or mentions_person(PurePosixPath(value).stem)


def _is_counted(number: str, numbers: set[str]) -> bool:
    """True if a number is a year or a day, or one of many that number files."""
    if _YEAR.fullmatch(number) or int(number) < 1000:
        return True
    return any(str(int(number) + step).zfill(len(number)) in numbers for step in (-1, 1))


__all__ = ["refuse_data"]
