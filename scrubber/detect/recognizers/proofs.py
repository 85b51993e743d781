"""Proofs of national numbers: check characters, and dates of birth inside.

Each function takes the value as found, with its blanks and hyphens. The rules are those of the
offices that give the numbers out, and are held against python-stdnum's documented examples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

Proof = Callable[[str], bool]

_MOD_23 = "TRWAGMYFPDXBNJZSQVHLCKE"
_BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CURP = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ"
_RFC = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
_HETU = "0123456789ABCDEFHJKLMNPRSTUVWXY"


def bare(value: str) -> str:
    """The capitals and digits of `value`."""
    return "".join(filter(str.isalnum, value)).upper()


def is_date(year: int, month: int, day: int) -> bool:
    """True for a day of the calendar.

    >>> is_date(1980, 2, 29), is_date(1981, 2, 29)
    (True, False)
    """
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _is_short_date(year: str, month: str, day: str) -> bool:
    """Of two figures of a year; in a leap year of one of two centuries."""
    return any(is_date(century + int(year), int(month), int(day)) for century in (1900, 2000))


def _weighted(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def _luhn(digits: str) -> bool:
    doubled = (2 * int(digit) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d - 9 * (d > 9) for d in doubled)) % 10 == 0


def dni(value: str) -> bool:
    """Spain, DNI and NIE: a letter for the remainder by 23."""
    number = bare(value)
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return _MOD_23[int(digits) % 23] == number[-1]


def codice_fiscale(value: str) -> bool:
    """Italy: a date of birth, in which letters may stand for figures, and a check letter."""
    number = bare(value)
    figures = number.translate(str.maketrans("LMNPQRSTUV", "0123456789"))
    day = int(figures[9:11]) % 40
    odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]  # fmt: skip
    places = [int(c) if c.isdigit() else ord(c) - 65 for c in number[:15]]
    rest = sum(odd[at] if i % 2 == 0 else at for i, at in enumerate(places)) % 26
    return 1 <= day <= 31 and chr(65 + rest) == number[15]


def curp(value: str) -> bool:
    """Mexico, people: a date of birth and a check digit."""
    number = bare(value)
    total = sum(_CURP.index(char) * (18 - i) for i, char in enumerate(number[:17]))
    return _is_short_date(number[4:6], number[6:8], number[8:10]) and number[17] == str(-total % 10)


def rfc(value: str) -> bool:
    """Mexico, tax: the date of birth and a check character."""
    number = "".join(char for char in value.upper() if char not in " -")
    total = sum(_RFC.index(char) * (13 - i) for i, char in enumerate(number.rjust(13)[:12]))
    check = {10: "A", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    when = number[-9:-3]
    return _is_short_date(when[:2], when[2:4], when[4:]) and number[-1] == check


def nir(value: str) -> bool:
    """France: the month of birth, and two check digits (the remainder by 97)."""
    number = bare(value)
    digits = number[:13].replace("2A", "19").replace("2B", "18")
    month = int(number[3:5])
    return (1 <= month <= 12 or 20 <= month <= 42) and int(digits) % 97 == 97 - int(number[13:])


def niss(value: str) -> bool:
    """Belgium: a date of birth, and two check digits; a 2 before them from 2000 on."""
    number = bare(value)
    month = int(number[2:4]) % 20
    checks = {97 - int(begin + number[:9]) % 97 for begin in ("", "2")}
    return _is_short_date(number[:2], str(month), number[4:6]) and int(number[9:]) in checks


def personnummer(value: str) -> bool:
    """Sweden: a date of birth (the day over 60 for people who are not registered), and Luhn's
    digit."""
    number = bare(value)[-10:]
    day = str(int(number[4:6]) % 60)
    return _is_short_date(number[:2], number[2:4], day) and _luhn(number)


def hetu(value: str) -> bool:
    """Finland: a date of birth, and a check character for the remainder by 31."""
    number = value.upper()
    digits = number[:6] + number[7:10]
    return (
        _is_short_date(number[4:6], number[2:4], number[:2])
        and _HETU[int(digits) % 31] == number[10]
    )


def fodselsnummer(value: str) -> bool:
    """Norway: a date of birth (the day over 40 for a D number), and two check digits."""
    number = bare(value)
    day, month = int(number[:2]) % 40, int(number[2:4]) % 40
    first = -_weighted(number, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -_weighted(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return _is_short_date(number[4:6], str(month), str(day)) and number[9:] == f"{first}{second}"


def kennitala(value: str) -> bool:
    """Iceland: a date of birth, a check digit, and the century."""
    number = bare(value)
    check = -_weighted(number, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return _is_short_date(number[4:6], number[2:4], number[:2]) and number[8] == str(check)


def rodne_cislo(value: str) -> bool:
    """Czechia and Slovakia: a date of birth (the month over 50 for women), divisible by 11."""
    number = bare(value)
    month = int(number[2:4]) % 50 % 20
    return _is_short_date(number[:2], str(month), number[4:6]) and (
        len(number) == 9 or int(number[:9]) % 11 % 10 == int(number[9])
    )


def pps(value: str) -> bool:
    """Ireland: a letter for the remainder by 23, in which a second one counts."""
    number = bare(value)
    second = ord(number[8]) - 64 if len(number) == 9 and number[8] != "W" else 0
    total = _weighted(number, range(8, 1, -1)) + 9 * second
    return "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] == number[7]


def nric(value: str) -> bool:
    """Singapore: a letter for the remainder by 11, by the kind of number."""
    number = bare(value)
    kind = number[0]
    total = _weighted(number[1:8], (2, 7, 6, 5, 4, 3, 2)) + {"T": 4, "G": 4, "M": 3}.get(kind, 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "M": "XWUTRQPNJLK"}.get(kind, "XWUTRQPNMLK")
    rest = 10 - total % 11 if kind == "M" else total % 11
    return letters[rest] == number[8]


def hkid(value: str) -> bool:
    """Hong Kong: a check character in brackets for the remainder by 11."""
    number = bare(value)
    places = [int(c) if c.isdigit() else ord(c) - 55 for c in number[:-1]]
    places = [36] * (8 - len(places)) + places
    rest = -sum(p * w for p, w in zip(places, range(9, 1, -1), strict=True)) % 11
    return number[-1] == ("A" if rest == 10 else str(rest))


def resident_id(value: str) -> bool:
    """China: a province, a date of birth, and a check character (ISO 7064, mod 11-2)."""
    number = value.upper()
    total = _weighted(number[:17], [2 ** (17 - i) % 11 for i in range(17)])
    return (
        11 <= int(number[:2]) <= 82
        and is_date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        and "10X98765432"[total % 11] == number[17]
    )


def rrn(value: str) -> bool:
    """Korea: a date of birth behind which the century stands, and a check digit."""
    number = bare(value)
    check = (11 - _weighted(number, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    return _is_short_date(number[:2], number[2:4], number[4:6]) and (
        number[12] in (str(check), str((check + 2) % 10))
    )


def south_african(value: str) -> bool:
    """South Africa: a date of birth, citizenship, and Luhn's digit."""
    number = bare(value)
    return _is_short_date(number[:2], number[2:4], number[4:6]) and _luhn(number)


def mykad(value: str) -> bool:
    """Malaysia: a date of birth before the place."""
    number = bare(value)
    return _is_short_date(number[:2], number[2:4], number[4:6]) and number[6:8] != "00"


def thai(value: str) -> bool:
    """Thailand: a check digit, in the groups in which it is written."""
    number = bare(value)
    return number[12] == str((11 - _weighted(number, range(13, 1, -1)) % 11) % 10)


def cpf(value: str) -> bool:
    """Brazil, people: two check digits."""
    number = bare(value)
    checks = ""
    for length in (9, 10):
        rest = _weighted(number[:length], range(length + 1, 1, -1)) % 11
        checks += str(0 if rest < 2 else 11 - rest)
    return len(set(number)) > 1 and number[9:] == checks


def cnpj(value: str) -> bool:
    """Brazil, firms: two check digits, in which letters count since 2026."""
    number = bare(value)
    values = [ord(char) - 48 for char in number]
    checks = ""
    for length in (12, 13):
        weights = [(length - 1 - i) % 8 + 2 for i in range(length)]
        rest = sum(v * w for v, w in zip(values, weights, strict=False)) % 11
        checks += str(0 if rest < 2 else 11 - rest)
    return len(set(number)) > 1 and number[12:] == checks


def rut(value: str) -> bool:
    """Chile: a check character for the remainder by 11."""
    number = bare(value)
    total = sum(int(d) * (2 + i % 6) for i, d in enumerate(reversed(number[:-1])))
    return "0K987654321"[total % 11] == number[-1]


def cuit(value: str) -> bool:
    """Argentina: a check digit behind the kind of person."""
    number = bare(value)
    return "012345678990"[11 - _weighted(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11] == number[10]


def ahv(value: str) -> bool:
    """Switzerland: the check digit of an EAN."""
    number = bare(value)
    return number[12] == str(-_weighted(number, (1, 3) * 6) % 10)


def pension(value: str) -> bool:
    """Germany, pension insurance: a date of birth, a letter, and a check digit."""
    number = bare(value)
    figures = number[:8] + f"{ord(number[8]) - 64:02}" + number[9:11]
    weights = (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)
    products = (int(d) * w for d, w in zip(figures, weights, strict=True))
    total = sum(p // 10 + p % 10 for p in products)
    return 1 <= int(number[4:6]) <= 12 and number[11] == str(total % 10)


def citizen_card(value: str) -> bool:
    """Portugal, citizen card: Luhn's sum over figures and letters."""
    number = bare(value)
    places = [_BASE_36.index(char) for char in reversed(number)]
    doubled = [2 * place if i % 2 else place for i, place in enumerate(places)]
    return sum(place - 9 if i % 2 and place > 9 else place for i, place in enumerate(doubled)) % 10 == 0  # fmt: skip


def gstin(value: str) -> bool:
    """India, tax on goods: a PAN between a state and a check character."""
    number = bare(value)
    products = (_BASE_36.index(c) * (1 + i % 2) for i, c in enumerate(number[:14]))
    total = sum(p // 36 + p % 36 for p in products)
    return 1 <= int(number[:2]) <= 38 and _BASE_36[-total % 36] == number[14]


def snils(value: str) -> bool:
    """Russia, pension insurance: two check digits, in the groups in which it is written."""
    number = bare(value)
    return _weighted(number, range(9, 0, -1)) % 101 % 100 == int(number[9:])


def latvian(value: str) -> bool:
    """Latvia: a date of birth before the century, and a check digit; from 2017 on no date."""
    number = bare(value)
    total = 1 + _weighted(number, (10, 5, 8, 4, 2, 1, 6, 3, 7, 9))
    return _is_short_date(number[4:6], number[2:4], number[:2]) and number[10] == str(
        total % 11 % 10
    )


def luxembourgish(value: str) -> bool:
    """Luxembourg: a date of birth, and Luhn's digit before another one."""
    number = bare(value)
    return is_date(int(number[:4]), int(number[4:6]), int(number[6:8])) and _luhn(number[:12])
