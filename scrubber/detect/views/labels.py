"""Labels that stand apart from their values: put before them, where patterns expect a label.

The header of a column goes before each of its cells (tables with bars, tabs, commas, semicolons or
wide gaps), and a label in brackets behind a value before it. Only words that announce an
identifier are moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from scrubber.detect.views.view import Edit

_IDENTIFIERS = (
    r"mrn|dob|ssn|npi|dl|dea|pin|vin|imei|iccid|iban|sin|nino|nhs|itin|ein|tin|mbi|pan|cpf|cnpj|dni"
    r"|nie|nif|nir|bsn|pesel|cpr|curp|rfc|rut|cuit|aadhaar|nric|oib|egn|cnp"
    r"|(?:date|day)[ _-]?of[ _-]?birth|birth[ _-]?(?:date|day)?|born|medical[ _-]?record|patient"
    r"|record|chart|passport|licen[cs]e|password|passwd|passcode|pwd|pass|secret|token"
    r"|api[ _-]?key|phone|telephone|tel|mobile|cell|fax|account|acct|card|policy|member|employee"
    r"|student|customer|client|case|file|docket|plate|serial|tax|social[ _-]?security"
    r"|national[ _-]?(?:id|insurance)|beneficiary|address|user[ _-]?name|login|age|zip|postcode"
    r"|geburtsdatum|geboren|telefon|handy|steuernummer|kennzeichen|passwort|naissance|téléphone"
    r"|fecha[ ]de[ ]nacimiento|nacimiento|teléfono|nascita|telefono|nascimento|telefone|urodzenia"
    r"|adres|codice[ ]fiscale"
)
_ABROAD = r"生年月日|出生日期|电话|電話|身份证号?|전화|생년월일|телефон|дата[ ]рождения|паспорт"
_LABEL = re.compile(
    rf"(?i:(?:[a-z]{{0,20}}[ _-])?(?:{_IDENTIFIERS})"
    rf"(?:[ _-]?(?:id|no|nr|num|number|code|date|\#|address))?[.:]?)|{_ABROAD}"
)
_BRACKETED = re.compile(
    r"(?<![\w.-])(?P<value>(?=[^\s()]{0,30}[0-9])[A-Za-z0-9+][A-Za-z0-9./+-]{3,40}"
    r"(?:[ ][0-9][0-9A-Za-z./-]{0,20}){0,5})"
    r"[ ]?\([ ]?(?P<label>[^()\n]{2,32})[ ]?\)"
)
_RULE = re.compile(r"[\s|:+=-]*")
_WIDE = re.compile(r"\t+|[ ]{2,}")
_LONGEST, _MOST_CELLS = 60, 60


def labels_moved(text: str) -> Iterator[Edit]:
    """Insertions of ``label: `` before values."""
    if ")" in text:
        for match in _BRACKETED.finditer(text):
            if _LABEL.fullmatch(match["label"].strip()):
                yield _before(match.start(), match["label"])
    if any(sign in text for sign in "\n\r\t|"):
        yield from _tables(text)


def _before(place: int, label: str) -> Edit:
    return Edit(place, place, f"{label.strip().rstrip(':.')}: ")


Cells = list[tuple[int, int]]


def _tables(text: str) -> Iterator[Edit]:
    """Each line is held against the last header that has as many cells."""
    mark, header, telling = "", 0, list[tuple[int, str]]()
    start = 0
    for line in text.splitlines(keepends=True):
        if telling and (cells := _cells(line, start, mark)) and len(cells) == header:
            for column, label in telling:
                begin, end = cells[column]
                if any(map(str.isalnum, text[begin:end])):
                    yield _before(begin, label)
        elif not (telling and mark == "|" and _RULE.fullmatch(line)):
            mark, header, telling = _header(line, start, text)
            if not telling:
                yield from _pair(line, start, text)
        start += len(line)


def _header(line: str, start: int, text: str) -> tuple[str, int, list[tuple[int, str]]]:
    """(separator, number of cells, columns with a telling label), if the line is a header."""
    for mark in ("|", "\t", ";", ",", " "):
        if mark in line and len(cells := _cells(line, start, mark)) > 1:
            names = [text[begin:end].strip("\"' *_") for begin, end in cells]
            telling = [(i, name) for i, name in enumerate(names) if _LABEL.fullmatch(name)]
            if telling and _are_names(names):
                return mark, len(cells), telling
    return "", 0, []


def _pair(line: str, start: int, text: str) -> Iterator[Edit]:
    """A label before its value in a row of two cells, or alone in the line before it."""
    for mark in ("|", "\t", ";", ",", " "):
        if mark in line and len(cells := _cells(line, start, mark)) == 2:
            label = text[slice(*cells[0])].strip("\"' *_")
            if cells[1][0] < cells[1][1] and _LABEL.fullmatch(label):
                yield _before(cells[1][0], label)
                return
    label = line.strip(" \t\r\n\"'*_#>|")
    after = start + len(line)
    if len(label) <= _LONGEST and after < len(text) and _LABEL.fullmatch(label):
        following = text[after : after + _LONGEST]
        place = after + len(following) - len(following.lstrip(" \t>|*"))
        if text[place : place + 1].isalnum():
            yield _before(place, label)


def _are_names(names: Sequence[str]) -> bool:
    return all(len(name) <= _LONGEST and not any(map(str.isdecimal, name)) for name in names)


def _cells(line: str, start: int, mark: str) -> Cells:
    """The ranges of the cells of a line, without blanks and quotes around them."""
    body = line.rstrip("\r\n")
    if mark == " ":
        borders = [match.span() for match in _WIDE.finditer(body.strip(" \t"))]
        shift = len(body) - len(body.lstrip(" \t"))
        borders = [(begin + shift, end + shift) for begin, end in borders]
    else:
        borders = [(i, i + 1) for i, char in enumerate(body) if char == mark]
    if not 0 < len(borders) <= _MOST_CELLS:
        return []
    begins = [0, *(end for _, end in borders)]
    ends = [*(begin for begin, _ in borders), len(body)]
    made = []
    for begin, end in zip(begins, ends, strict=True):
        cell = body[begin:end]
        first = begin + len(cell) - len(cell.lstrip(" \t\"'"))
        made.append((start + min(first, end), start + begin + len(cell.rstrip(" \t\"'"))))
    return [cell for cell in made if mark != "|" or cell[0] < cell[1]]
