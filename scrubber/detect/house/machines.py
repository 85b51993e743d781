"""Rules on addresses of machines and pages: texts that are not URLs, and IP addresses of no
person."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import IPv4Address, ip_address, ip_interface

import regex

from scrubber.detect.house.case import Case, Rule

_URL, _IP = frozenset({"URL"}), frozenset({"IP_ADDRESS"})

_SCHEME = regex.compile(r"[\"']?(?:[a-z][a-z0-9+.-]{1,15}://|www\.)", regex.I)
# Suffixes without any other use in prose, files or code.
_SUFFIX = regex.compile(
    r"(?i:com|org|net|edu|gov|mil|info|biz|io|ai|dev|app|eu|de|fr|uk|es|nl|ch|ca|jp|cn|ru|br|pl|se|dk|fi|cz|gr|hu|tr|kr|tw|hk|sg|nz|za|mx|ar|cl|ie|il"
    r"|blog|shop|online|site|website|tech|cloud|museum|aero|jobs|tel|travel|example|onion)"
)
_COUNTRY = regex.compile(r"(?i:(?:co|com|org|net|ac|gov|edu)\.[a-z]{2})")


def _is_no_page(case: Case) -> bool:
    value = case.value.strip("\"'")
    if _SCHEME.match(value) or case.before(3) == "://":
        return False
    host, slash, path = value.partition("/")
    suffix = host.split(":")[0].rpartition(".")[2]
    known = _SUFFIX.fullmatch(suffix) or _COUNTRY.search(host)
    after = case.after(2)
    inside = regex.match(r"[A-Za-z_]|\.[A-Za-z]", after) is not None and not path
    called = after.startswith("(")
    if inside or called:
        return True
    if regex.search(r"\w@\Z", case.before(2)):
        return False  # the domain of an address
    if suffix != suffix.lower() and host != host.upper():
        return True  # done.In the end
    return not known and not (slash and path)


def _is_version(case: Case) -> bool:
    return (
        regex.search(
            r"(?i:(?<![a-z])(?:v|ver|versions?|releases?|build)[ .:=]{0,2})\Z", case.before(12)
        )
        is not None
    )


def _is_nobodys(case: Case) -> bool:
    value = case.value.partition("%")[0]
    with suppress(ValueError):
        interface = ip_interface(value)
        address = interface.ip
        netmask = isinstance(address, IPv4Address) and _is_mask(int(address))
        network = "/" in value and address == interface.network.network_address
        named = address.is_loopback or address.is_unspecified or address.is_multicast
        return (
            named
            or netmask
            or (network and address.is_private and not _documents(value))
            or (address == ip_address("169.254.169.254"))
        )
    return False


def _is_mask(address: int) -> bool:
    """True where the bits are ones, then zeros: 255.255.240.0."""
    inverted = address ^ 0xFFFFFFFF
    return address >= 0xFF000000 and inverted & (inverted + 1) == 0


def _documents(value: str) -> bool:
    return value.startswith(("192.0.2.", "198.51.100.", "203.0.113.", "2001:db8:"))


RULES = (
    Rule(
        "no page",
        "a page has a scheme, www, a path or a well-known suffix at the end of a word",
        _URL,
        _is_no_page,
    ),
    Rule("version", "four numbers behind a word for versions are one", _IP, _is_version),
    Rule(
        "nobody's address",
        "loopback, unspecified and multicast addresses, masks and private networks name no machine"
        " of a person",
        _IP,
        _is_nobodys,
    ),
)
