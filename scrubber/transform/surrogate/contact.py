"""Ways to reach someone that reach no one: reserved domains, addresses and telephone numbers.

Sources of the reserved ranges: RFC 2606 (example.com), RFC 5737 and RFC 3849 (IP), RFC 7042
(MAC); telephone numbers for fiction: NANPA 555-0100 to 555-0199, Ofcom "numbers for use in TV and
radio drama", Bundesnetzagentur Mitteilung 148/2021 ("Drama Numbers"), ARCEP decision 2018-0881.
Spain reserves none: numbers there begin with 99 or 79, which its numbering plan gives to no one.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.transform.crypto.prf import Draw, Stream, Streams
from scrubber.transform.surrogate.lists import Lists, fold
from scrubber.transform.surrogate.number import decimals, refill

_SHORT = 1_000  # bytes
_TAILS = 1_000_000  # so many numbers behind a name: of 100,000 mailboxes hardly two meet
_PLAIN_MAILBOX = r"^[!-~]*[a-z][!-~]*$"
_DOMAINS = ("example.com", "example.org", "example.net")
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_NOT_LOCAL = re.compile(r"[^a-z0-9]+")
_SCHEMES = frozenset({"http://", "https://", "ftp://", "ftps://", "ws://", "wss://"})
_PREFIX_LENGTH = re.compile(r"[0-9]{1,3}")
_URL = re.compile(r"\s*([a-z][a-z0-9+.-]*://)?(?:[^/@\s]*@)?(www\.)?([^/?#\s]*)(.*)", re.I | re.S)


def email(value: str, draw: Draw, lists: Lists) -> str:
    """A made-up mailbox at one of the reserved example domains."""
    return _mailbox(value, draw, lists, 0)


def emails(values: pa.Array, draw: Draw, lists: Lists) -> pa.Array:
    """The same as `email` for a whole array; null where a value is no mailbox in printable ASCII
    with a small letter, or its stand-in would have to be drawn again."""
    short = pc.less_equal(pc.binary_length(values), _SHORT)
    plain = pc.and_(short, pc.match_substring_regex(values, _PLAIN_MAILBOX))
    # a mailbox at such a domain could stand within its stand-in
    near = pc.match_substring(values, "@example", ignore_case=True)
    plain = pc.and_not(pc.and_(plain, pc.match_substring(values, "@")), near)
    folded = pc.if_else(plain, pc.ascii_lower(values), pa.scalar("", values.type))
    streams = draw.streams("email", folded.cast(pa.large_binary()))
    given = _drawn([_ascii(name) for name in lists.given.entries], streams)
    surname = _drawn([f".{_ascii(name)}" for name in lists.surnames.entries], streams)
    tail = pa.array(streams.below(_TAILS)).cast(pa.string())
    domain = _drawn([f"@{name}" for name in _DOMAINS], streams)
    fresh = pc.binary_join_element_wise(given, surname, tail, domain, pa.scalar("", pa.string()))
    sure = pc.and_(plain, pc.invert(pa.array(streams.unsure)))
    sure = pc.and_(sure, pc.not_equal(fresh, folded.cast(fresh.type)))
    return pc.if_else(sure, fresh, pa.scalar(None, fresh.type))


def _drawn(entries: list[str], streams: Streams) -> pa.Array:
    """One of `entries` for each stream."""
    return pa.array(entries, pa.string()).take(pa.array(streams.below(len(entries))))


def unique_email(value: str, draw: Draw, lists: Lists) -> str:
    """A mailbox that no other value has: 80 bits of a PRF stand in it."""
    return _mailbox(value, draw, lists, 16)


def _mailbox(value: str, draw: Draw, lists: Lists, symbols: int) -> str:
    stream = draw.stream("email", fold(value))
    given, surname = stream.choice(lists.given.entries), stream.choice(lists.surnames.entries)
    tail = _symbols(stream, symbols) if symbols else str(stream.below(_TAILS))
    local = f"{_ascii(given)}.{_ascii(surname)}{'.' if symbols else ''}{tail}"
    mailbox = f"{local}@{stream.choice(_DOMAINS)}"
    return mailbox.upper() if value.isupper() else mailbox


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ø", "o").replace("œ", "oe"))
    return _NOT_LOCAL.sub("", "".join(ch for ch in plain if not unicodedata.combining(ch)))


def _symbols(stream: Stream, count: int) -> str:
    return "".join(stream.choice(_BASE32) for _ in range(count))


def url(value: str, draw: Draw, _lists: Lists) -> str:
    """A host under an example domain; a scheme of the web and ``www.`` stay, a path becomes another
    one. Any other scheme (an app's own) may name someone."""
    match = _URL.fullmatch(value)
    scheme, www, _, path = match.groups() if match else ("https://", None, "", "")
    if scheme is not None and scheme.lower() not in _SCHEMES:
        scheme = "https://"
    stream = draw.stream("url", fold(value))
    host = f"{www or ''}{_symbols(stream, 16)}.{stream.choice(_DOMAINS)}"
    rest = f"/{_symbols(stream, 10)}" if path.strip("/") else path
    return f"{scheme or ''}{host}{rest}"


def ip_address(value: str, draw: Draw, _lists: Lists) -> str:
    """An address of a documentation network of the same version; a prefix length stays."""
    address, slash, length = value.strip().partition("/")
    stream = draw.stream("ip", fold(address))
    try:
        version = ipaddress.ip_address(address.strip("[]")).version
    except ValueError:
        version, slash, length = 4, "", ""
    if version == 6:
        number = (0x20010DB8 << 96) | (stream.below(1 << 48) << 48) | stream.below(1 << 48)
        fresh = str(ipaddress.IPv6Address(number))
        fresh = f"[{fresh}]" if address.startswith("[") else fresh
    else:
        net = stream.choice(("192.0.2", "198.51.100", "203.0.113"))
        fresh = f"{net}.{1 + stream.below(254)}"
    bits = int(length) if _PREFIX_LENGTH.fullmatch(length) else 129
    return f"{fresh}{slash}{length}" if bits <= (128 if version == 6 else 32) else fresh


def mac_address(value: str, draw: Draw, _lists: Lists) -> str:
    """An address of the documentation block 00-00-5E-00-53 (RFC 7042), written alike."""
    stream = draw.stream("mac", fold(value))
    fresh = f"00005e0053{stream.below(256):02x}"
    pairs = [fresh[i : i + 2] for i in range(0, 12, 2)]
    separator = "-" if "-" in value else ":"
    written = separator.join(pairs)
    return written.upper() if value.isupper() else written


@dataclass(frozen=True, slots=True)
class _Plan:
    """A country's numbers: `trunk` is dialled before a national one, `fiction` gives a significant
    number of the length of the old one (None: it has none), `plain` how one is written."""

    trunk: str
    fiction: Callable[[str, Stream], str | None]
    plain: tuple[str, str]


_AREAS = (
    "201 202 203 206 208 210 212 213 214 215 216 217 224 239 248 253 281 301 302 303 304 305 307 "
    "309 310 312 313 314 315 316 317 319 321 323 330 334 336 347 352 360 385 386 402 404 405 406 "
    "407 408 410 412 413 414 415 417 419 423 425 434 440 443 469 470 478 479 480 484 501 502 503 "
    "504 505 508 509 510 512 513 515 516 517 518 520 530 540 541 559 561 562 571 573 574 585 586 "
    "601 602 603 605 606 607 608 609 610 612 614 615 616 617 618 619 620 623 626 630 631 636 646 "
    "650 651 660 678 682 701 702 703 704 706 708 712 713 714 715 716 717 718 719 724 727 731 732 "
    "734 740 754 757 760 763 765 770 772 773 774 775 781 785 786 801 802 803 804 805 806 808 810 "
    "812 813 814 815 816 817 828 830 831 832 843 845 847 850 856 858 859 860 863 864 865 870 901 "
    "903 904 906 907 908 909 910 912 913 914 915 916 917 918 919 920 925 928 931 936 937 940 941 "
    "949 951 952 954 956 970 971 972 973 978 979 980 985 989"
).split()
_BERLIN_AND_OTHERS = ("3023125", "6990009", "4066969", "2214710", "8999998")


def _north_america(old: str, stream: Stream) -> str | None:
    line = f"55501{stream.digits(2)}"
    return {7: line, 10: stream.choice(_AREAS) + line}.get(len(old))


def _britain(old: str, stream: Stream) -> str | None:
    blocks = {"7": "7700900", "1": "1632960", "3": "3069990", "8": "8081570"}
    if len(old) != 10:
        return None
    return blocks.get(old[0], "2079460") + stream.digits(3)


def _germany(old: str, stream: Stream) -> str | None:
    if old[:1] == "1":
        blocks = {10: "17139200", 11: "176040690"}
        return blocks[len(old)] + stream.digits(2) if len(old) in blocks else None
    return stream.choice(_BERLIN_AND_OTHERS) + stream.digits(3) if len(old) == 10 else None


def _france(old: str, stream: Stream) -> str | None:
    blocks = {"2": "26191", "3": "35301", "4": "46571", "5": "53649", "6": "63998", "7": "63998"}
    return blocks.get(old[0], "19900") + stream.digits(4) if len(old) == 9 else None


def _spain(old: str, stream: Stream) -> str | None:
    if len(old) != 9:
        return None
    return ("79" if old[0] in "67" else "99") + stream.digits(7)


_PLANS = {
    "1": _Plan("1", _north_america, ("(###) ###-####", "+1 ###-###-####")),
    "44": _Plan("0", _britain, ("0## #### ####", "+44 ## #### ####")),
    "49": _Plan("0", _germany, ("0## ########", "+49 ## ########")),
    "33": _Plan("0", _france, ("0# ## ## ## ##", "+33 # ## ## ## ##")),
    "34": _Plan("", _spain, ("### ## ## ##", "+34 ### ## ## ##")),
}
_COUNTRY = {"en_US": "1", "en_GB": "44", "de_DE": "49", "fr_FR": "33", "es_ES": "34"}
_PLAIN_NUMBER = {"1": "2025550100", "44": "2079460000", "49": "3023125000", "33": "199001234"}
_EXTENSION = re.compile(r"[\s,;]*(?:x|ext\.?|extension|#|app\.?|poste)\s*[0-9]{1,8}\s*$", re.I)


def phone(value: str, draw: Draw, lists: Lists) -> str:
    """A number for fiction of the same country, written with the same punctuation.

    Where the length of the number has none, or the country (of the locale, unless a country code
    is written) is not known, it is written as the locale writes its numbers.
    """
    extension = _EXTENSION.search(value)
    end = extension.start() if extension else len(value)
    main, tail = value[:end], value[end:]
    digits = decimals(main)
    stream = draw.stream("phone", digits or fold(value))
    tail = refill(tail, stream.digits(len(decimals(tail))))
    international = main.lstrip(" (").startswith("+")
    exit_code = "" if international else _exit_code(digits, lists.locale)
    rest = digits[len(exit_code) :]
    country: str | None = _COUNTRY[lists.locale]
    prefix = ""
    if international or exit_code:
        country = next((code for code in _PLANS if rest.startswith(code)), None)
        prefix = exit_code + (country or "")
    if country is not None and not any(ch.isalpha() for ch in main):
        plan = _PLANS[country]
        national = digits[len(prefix) :]
        if _has_trunk(national, plan, country):
            prefix, national = prefix + plan.trunk, national[len(plan.trunk) :]
        fresh = plan.fiction(national, stream) if national else None
        if fresh is not None:
            return refill(main, prefix + fresh) + tail
    home = country or _COUNTRY[lists.locale]
    return _plain(home, international or bool(exit_code), stream) + tail


def _exit_code(digits: str, locale: str) -> str:
    """The exit code dialled before a country code: 011 in North America, 00 elsewhere."""
    code = "011" if locale == "en_US" else "00"
    return code if digits.startswith(code) and len(digits) > 10 else ""


def _has_trunk(national: str, plan: _Plan, country: str) -> bool:
    if country == "1":
        return len(national) == 11 and national[0] == "1"
    return bool(plan.trunk) and national.startswith(plan.trunk)


def _plain(country: str, international: bool, stream: Stream) -> str:
    plan = _PLANS[country]
    old = _PLAIN_NUMBER.get(country, "990000000")
    fresh = plan.fiction(old, stream) or old
    digits = iter(fresh)
    pattern = plan.plain[1 if international else 0]
    return "".join(next(digits) if ch == "#" else ch for ch in pattern)
