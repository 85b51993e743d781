"""Places and companies: cities, regions, street addresses in the locale's own form."""

from __future__ import annotations

import re

from scrubber.transform.columns.date_formats import cased_like
from scrubber.transform.crypto.prf import Draw, Stream
from scrubber.transform.surrogate.lists import Listing, Lists, fold
from scrubber.transform.surrogate.makers import Maker
from scrubber.transform.surrogate.number import decimals, generic_id, letters, refill

_SEGMENT = re.compile(r"(\s*[,;\n]\s*)")
_HAS_DIGIT = re.compile(r"\d")
_UNIT = re.compile(
    r"((?:apt|apartment|suite|ste|unit|room|rm|floor|fl|flat|bldg|building|lot|dept|p\.?\s?o\.?\s*box|"
    r"box|etage|stock|wohnung|appt|appartement|bât|étage|piso|puerta|esc|no|n[º°]|\#)(?![^\W\d_])"
    r"\.?\s*)([\w-]{0,8})",
    re.IGNORECASE,
)
_FLOOR = re.compile(r"[0-9]{1,3}[ºª°]?\s*[A-Za-z]{0,3}", re.IGNORECASE)
_UK_POSTCODE = re.compile(r"(.*?\s)??([A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2})", re.IGNORECASE)
_STATE_AND_ZIP = re.compile(r"(.*?\s)??([A-Z]{2})(\.?\s+)([0-9]{5}(?:-[0-9]{4})?)", re.IGNORECASE)
_PLACE_AND_ZIP = re.compile(r"(\D*[^\W\d_])(\s+)([0-9]{5}(?:-[0-9]{4})?)")
_CODE_FIRST = re.compile(r"([A-Z]{1,2}-)?([0-9]{4,5})(\s+)(\D+)")
_CODE_ALONE = re.compile(r"[0-9]{4,5}(?:-[0-9]{4})?")
_HOUSE = r"[0-9]{1,6}(?:\s?(?:bis|ter)\b|[A-Za-z]\b)?"
_NUMBER_ALONE = re.compile(_HOUSE, re.IGNORECASE)
_NUMBER_FIRST = re.compile(rf"({_HOUSE})(\s+)(\S.*)", re.DOTALL | re.IGNORECASE)
_NUMBER_LAST = re.compile(r"(\D*?\S)([\s,]+(?:n[º°]\s*)?)([0-9]{1,5}\s?[A-Za-z]?)")
_SUFFIXES = (
    "street st avenue ave road rd drive dr lane ln court ct place pl boulevard blvd way terrace "
    "ter circle cir parkway pkwy highway hwy square sq trail trl crescent close gardens grove mews "
    "tunnel plaza loop row hill"
).split()
_STREET_WORD = re.compile(
    rf"(?:.*\s(?:{'|'.join(_SUFFIXES)})\.?|(?:rue|avenue|av|boulevard|place|allée|chemin|impasse|quai|"
    r"cours|calle|avenida|avda|plaza|paseo|camino|ronda)\b.*|.*(?:straße|strasse|str\.|weg|platz|"
    r"allee|gasse))",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"(?<![\s,])[\s,]+(?:inc|llc|ltd|limited|corp|corporation|co|company|plc|llp|lp|"
    r"gmbh & co\.? kg|gmbh|ag|kg|ohg|se|ug|e\.?k|s\.?a|s\.?a\.?s|s\.?a\.?r\.?l|s\.?l|"
    r"s\.?l\.?u)\.?\s*$",
    re.IGNORECASE,
)


def city(value: str, draw: Draw, lists: Lists) -> str:
    """A city of the locale."""
    return _from_list(value, "city", lists.cities, draw)


def location(value: str, draw: Draw, lists: Lists) -> str:
    """A place as a text names it: an address where a number is in it, else a city or region."""
    place = _segment if _HAS_DIGIT.search(value) else _named_place
    return _by_segment(value, place, draw, lists)


def _by_segment(value: str, maker: Maker, draw: Draw, lists: Lists) -> str:
    parts = _SEGMENT.split(value)
    # segments at even places, what separates them at odd ones
    if not any(parts[i].strip() for i in range(0, len(parts), 2)):
        return _plain_street(draw.stream("address", fold(value)), lists)
    return "".join(
        part if i % 2 or not part.strip() else maker(part, draw, lists)
        for i, part in enumerate(parts)
    )


def _named_place(value: str, draw: Draw, lists: Lists) -> str:
    folded = fold(value)
    if folded in lists.regions:
        return _from_list(value, "region", lists.regions, draw)
    if len(lists.region_codes) and value.isupper() and folded in lists.region_codes:
        return _from_list(value, "region-code", lists.region_codes, draw)
    return city(value, draw, lists)


def address(value: str, draw: Draw, lists: Lists) -> str:
    """A postal address: every segment between commas and line breaks by what it looks like.

    Street and number, unit, city, region with postal code are known in the locale's own order;
    a segment that is not understood becomes a place.
    """
    return _by_segment(value, _segment, draw, lists)


def street_address(value: str, draw: Draw, lists: Lists) -> str:
    """A street with a number; of several segments each is treated as in an address."""
    if _HAS_DIGIT.search(value) or _SEGMENT.search(value.strip()):
        return address(value, draw, lists)
    return _street(value, draw, lists)


def _segment(segment: str, draw: Draw, lists: Lists) -> str:
    core = segment.strip()
    return segment.replace(core, _core(core, draw, lists), 1)


def _core(core: str, draw: Draw, lists: Lists) -> str:
    if not _HAS_DIGIT.search(core):
        street = _STREET_WORD.fullmatch(core) is not None
        return (_street if street else _named_place)(core, draw, lists)
    if _CODE_ALONE.fullmatch(core):
        return _code(core, draw)
    if match := _UNIT.fullmatch(core):
        return match[1] + generic_id(match[2], draw, lists)
    if _NUMBER_ALONE.fullmatch(core):
        return _house(core, draw)
    if _FLOOR.fullmatch(core):
        return generic_id(core, draw, lists)
    with_code = _english_code if lists.language == "en" else _continental_code
    return with_code(core, draw, lists) or _numbered_street(core, draw, lists)


def _english_code(core: str, draw: Draw, lists: Lists) -> str | None:
    """City, region and postal code in this order, or None."""
    if lists.locale == "en_GB":
        if match := _UK_POSTCODE.fullmatch(core):
            return _before(match[1], draw, lists) + generic_id(match[2], draw, lists)
        return None
    if match := _STATE_AND_ZIP.fullmatch(core):
        region = _from_list(match[2], "region-code", lists.region_codes, draw)
        return _before(match[1], draw, lists) + region + match[3] + _code(match[4], draw)
    if match := _PLACE_AND_ZIP.fullmatch(core):
        return _named_place(match[1], draw, lists) + match[2] + _code(match[3], draw)
    return None


def _continental_code(core: str, draw: Draw, lists: Lists) -> str | None:
    """Postal code and city in this order, or None."""
    match = _CODE_FIRST.fullmatch(core)
    if match is None:
        return None
    return (match[1] or "") + _code(match[2], draw) + match[3] + city(match[4], draw, lists)


def _numbered_street(core: str, draw: Draw, lists: Lists) -> str:
    if match := _NUMBER_FIRST.fullmatch(core):
        unit = _UNIT.search(match[3])
        named = match[3][: unit.start()] if unit and unit.start() else match[3]
        street, rest = named.rstrip(), match[3][len(named.rstrip()) :]
        tail = _tail(rest, draw, lists) if rest else ""
        return _house(match[1], draw) + match[2] + _street(street, draw, lists) + tail
    if match := _NUMBER_LAST.fullmatch(core):
        return _street(match[1], draw, lists) + match[2] + _house(match[3], draw)
    return _plain_street(draw.stream("address", fold(core)), lists)


def _tail(rest: str, draw: Draw, lists: Lists) -> str:
    """The unit behind a street: its word stays, what names it does not."""
    match = _UNIT.match(rest.lstrip())
    blank = rest[: len(rest) - len(rest.lstrip())]
    if match is None:
        return blank + generic_id(rest.strip(), draw, lists)
    after = rest.lstrip()[match.end(1) :]
    return blank + match[1] + (generic_id(after, draw, lists) if after.strip() else after)


def _before(text: str | None, draw: Draw, lists: Lists) -> str:
    """The text before a postal code: a city, or a street with its number."""
    if text is None:
        return ""
    core = text.rstrip()
    made = _core(core, draw, lists) if _HAS_DIGIT.search(core) else city(core, draw, lists)
    return made + text[len(core) :]


def _code(code: str, draw: Draw) -> str:
    """Another postal code: as many digits, the first another one."""
    stream = draw.stream("code", code)
    return refill(code, str(stream.other(10, int(code[0]))) + stream.digits(len(code) - 1))


def _house(number: str, draw: Draw) -> str:
    """Another house number: as many digits, the first neither 0 nor the old one; a letter behind it
    is another letter."""
    stream = draw.stream("house", fold(number))
    old = decimals(number)
    first = 1 + stream.other(9, int(old[0]) - 1 if old[0] != "0" else None)
    fresh = refill(number, str(first) + stream.digits(len(old) - 1))
    if fresh[-1:].isalpha() and fresh[-2:-1].isdecimal():
        return fresh[:-1] + cased_like(fresh[-1], stream.choice("abcdefgh"))
    return fresh


def _street(name: str, draw: Draw, lists: Lists) -> str:
    """Another street of the locale; in English the kind of street (St, Road) stays."""
    words = name.split()
    kind = words[-1] if len(words) > 1 and fold(words[-1]).rstrip(".") in _SUFFIXES else None
    fresh = _from_list(name, "street", lists.streets, draw, bare=name.removesuffix(kind or ""))
    if lists.language != "en":
        return fresh
    return f"{fresh} {kind or cased_like(name, 'Street')}"


def _plain_street(stream: Stream, lists: Lists) -> str:
    number, street = 1 + stream.below(200), stream.choice(lists.streets.entries)
    match lists.language:
        case "en":
            return f"{number} {street} Street"
        case "fr":
            return f"{number} {street}"
        case _:
            return f"{street} {number}"


def organization(value: str, draw: Draw, lists: Lists) -> str:
    """A made-up company; its legal form stays."""
    legal = _LEGAL.search(value)
    form = value[legal.start() :] if legal and legal.start() else ""
    core = value[: len(value) - len(form)]
    stream = draw.stream("company", fold(core))
    name = stream.choice(lists.companies.entries)
    if len(core.split()) > 1:
        name = f"{name} {stream.choice(lists.sectors.entries)}"
    return cased_like(core, name) + form


def _from_list(value: str, purpose: str, listing: Listing, draw: Draw, bare: str = "") -> str:
    folded = fold(bare or value)
    taken = listing.place(folded)
    if taken is not None and len(listing) == 1:
        return cased_like(value.strip(), letters(folded, draw).title())
    picked = draw.pick(purpose, folded, listing.entries, taken)
    return cased_like(value.strip(), picked)
