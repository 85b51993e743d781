"""Surrogate: a realistic stand-in, drawn under a key from frozen lists and reserved ranges."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.direction import Along, Directions, Incomparable, Indifferent, each
from scrubber.model.entities import ENTITIES as ROWS
from scrubber.model.entities import Form
from scrubber.transform.base import (
    DATES,
    Beside,
    Context,
    Kind,
    Outcome,
    Strictness,
    Traits,
    kind_of,
)
from scrubber.transform.columns.distinct import distinctly, per_distinct, readable_values, with_rest
from scrubber.transform.columns.pairs import occurrences, per_distinct_pair
from scrubber.transform.crypto.canonical import (
    MILLISECONDS_PER_DAY,
    NANOSECONDS,
    all_failed,
    days_of,
    plain_text,
)
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.crypto.prf import Draw, root_key
from scrubber.transform.surrogate.contact import (
    email,
    emails,
    ip_address,
    mac_address,
    phone,
    unique_email,
    url,
)
from scrubber.transform.surrogate.dates import FIRST_DAY, LAST_DAY, date_text, shifted
from scrubber.transform.surrogate.identifiers import TOO_SMALL, permuted, permuted_numbers
from scrubber.transform.surrogate.lists import LOCALES, Lists, fold, lists_digest, lists_of
from scrubber.transform.surrogate.makers import Maker
from scrubber.transform.surrogate.number import (
    credit_card,
    decimals,
    generic_id,
    generic_integer,
    iban,
    letters,
    us_ssn,
)
from scrubber.transform.surrogate.person import (
    Role,
    given_name,
    people,
    person,
    roles_seen,
    surname,
)
from scrubber.transform.surrogate.place import address, city, location, organization, street_address

__all__ = ["ENTITIES", "Surrogate", "lists_digest"]

_ATTEMPTS = 32
_LONGEST = 1_000  # code points
_EPOCH = 719_163  # the proleptic ordinal of 1970-01-01

_MAKERS: Mapping[str, Maker] = {
    "PERSON": person,
    "FIRST_NAME": given_name,
    "LAST_NAME": surname,
    "EMAIL_ADDRESS": email,
    "PHONE_NUMBER": phone,
    "LOCATION": location,
    "ADDRESS": address,
    "STREET_ADDRESS": street_address,
    "CITY": city,
    "ORGANIZATION": organization,
    "CREDIT_CARD": credit_card,
    "DATE_OF_BIRTH": date_text,
    "DATE_TIME": date_text,
    "US_SSN": us_ssn,
    "IBAN_CODE": iban,
    "IP_ADDRESS": ip_address,
    "MAC_ADDRESS": mac_address,
    "URL": url,
}
_UNIQUE: Mapping[str, Maker] = {"EMAIL_ADDRESS": unique_email, "URL": url}
_AT_ONCE: Mapping[str, Callable[[pa.Array, Draw, Lists], pa.Array]] = {
    "EMAIL_ADDRESS": emails,
    "PERSON": people,
}
_SHAPED = {name: row.form for name, row in ROWS.items() if row.form is not None}
_DATED = frozenset({"DATE_OF_BIRTH", "DATE_TIME"})
_NUMBERED = _SHAPED.keys() | {"PHONE_NUMBER", "CREDIT_CARD", "US_SSN"}

ENTITIES: tuple[str, ...] = tuple(sorted({*_MAKERS, *_SHAPED}))
"""Values of `entity`: Presidio's names, FIRST_NAME, LAST_NAME, CITY and similar, and ID."""


Locales = tuple[str, ...]
"""The column of the language, and the locale of other languages, if any."""
_LOCALE_SHAPE = {
    "anyOf": [
        {"enum": list(LOCALES)},
        {
            "type": "object",
            "required": ["field"],
            "additionalProperties": False,
            "properties": {
                "field": {"type": "string", "description": "Column with the language."},
                "other": {"enum": list(LOCALES), "description": "Locale of other languages."},
            },
        },
    ]
}


def locale_of(given: Any) -> str | Locales:
    """The `locale` of a rule file: one locale, or the column of the language and the locale of
    other languages. Raises ValueError, with a text for the author, for anything else."""
    if isinstance(given, str) and given in LOCALES:
        return given
    if not isinstance(given, dict) or not isinstance(given.get("field"), str):
        there = f"there are {', '.join(LOCALES)}, or {{field: lang}}"
        raise ValueError(f"no lists for this locale; {there}")
    if given.keys() - {"field", "other"} or given.get("other", LOCALES[0]) not in LOCALES:
        raise ValueError(f"locale takes field, and other: {' | '.join(LOCALES)}")
    return tuple(given[key] for key in ("field", "other") if key in given)


@dataclass(frozen=True, slots=True)
class Surrogate(Beside):
    """A realistic stand-in of the same kind, such as an unused number for a phone number.

    It is drawn under the key from lists in the program and from reserved ranges, and is never the
    value itself. `entity` is the kind of the values (in text: of the finding). Equal values
    (ignoring case and blanks) get equal stand-ins within `scope`: the ``document`` (default in
    text), the ``dataset`` (default for a column), or never (``none``). Parts of a name keep their
    stand-in when they occur alone. In text, other entities keep their shape: a digit for a digit, a
    letter for a letter. Dates move within five years. Blank text stays.

    With ``locale: {field: lang}``, names and places come from the lists of the language (or locale)
    that the record has in `lang`. Values of other languages are failed, unless ``other`` names
    their locale. `domain` keeps the stand-ins of equal values apart from those of other domains.

    Ids (ID, UUID and national ids) of a ``dataset`` stay distinct, unless `unique` is ``false``.
    They are permuted under the key, so its holder can reverse that. A UUID stays a UUID. Formats
    with fewer than 1,000,000 ids are refused in a column, and drawn at random in text. With
    `unique`, EMAIL_ADDRESS and URL stay distinct too. Other stand-ins come from lists and reserved
    ranges, so different values may get equal ones: there are 27,900 fictional telephone numbers in
    North America, 40 million unused social security numbers, 762 IPv4 addresses for documentation,
    and 256 MAC addresses. To keep people distinct, use ``token``.
    """

    name: ClassVar[str] = "surrogate"
    strictness: ClassVar[Strictness] = Strictness.SURROGATE
    sentence: ClassVar[str] = "realistic stand-in"
    directions: ClassVar[Directions] = each(
        entity=Incomparable(),
        locale=Indifferent(),
        scope=Along(("dataset", "document", "none")),
        domain=Incomparable(),
        unique=Along(("true", "false")),  # the omitted values depend on the entity
    )

    entity: str | None = None
    locale: str | Locales = field(
        default="en_US", metadata={"read": locale_of, "shape": _LOCALE_SHAPE}
    )
    scope: Literal["document", "dataset", "none"] | None = None
    unique: bool | None = None
    domain: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.locale, str):
            locale_of(self.locale)
        if self.domain == "":
            raise ValueError("domain must not be empty; leave it out to share stand-ins")
        if self.entity is not None and self.entity not in ENTITIES:
            raise ValueError(f"no stand-ins for this entity; there are {', '.join(ENTITIES)}")
        if self.unique and self.entity not in _UNIQUE and not self._is_id(self.entity):
            kinds = ", ".join(sorted(_UNIQUE))
            raise ValueError(f"unique needs an entity that is an id, or of {kinds}")
        if self.unique and self.entity not in _UNIQUE and self.scope not in (None, "dataset"):
            raise ValueError("unique ids need scope: dataset")

    @property
    def traits(self) -> Traits:
        stable = self.scope in (None, "dataset")
        permutes = self._permutes(self.entity, self.scope or "dataset")
        accepts = {Kind.TEXT}
        if self.entity in _DATED:
            accepts |= DATES
        if self.entity in _NUMBERED:
            accepts.add(Kind.INTEGER)
        return Traits(
            accepts=frozenset(accepts),
            technique="pseudonymization (AES-256-CMAC)",
            deterministic=stable,
            reversible=permutes,
            unique=stable and (bool(self.unique) or permutes),
            linkable=stable,
            needs_key=True,
            consumes=True,
            pseudonym=True,
            scope=self.scope or "dataset",
            realistic=True,
            entity=self.entity,
            needs_entity=self.entity is None,
        )

    def beside_field(self) -> str | None:
        return None if isinstance(self.locale, str) else self.locale[0]

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        return input_type

    def apply(self, array: pa.Array, context: Context) -> Outcome:
        if pa.types.is_null(array.type):
            return Outcome(array)
        if isinstance(array, pa.ExtensionArray):
            array = array.storage
        if not isinstance(self.locale, str):
            return self._by_locale(array, context)
        entity = self.entity if self.entity is not None else context.label
        if entity is None:
            return all_failed(array, array.type, "surrogate needs an entity here")
        kind = kind_of(array.type)
        if kind not in self.traits.accepts:
            return all_failed(array, array.type, "no stand-ins for values of this type")
        key, scope = root_key(context), self._scope(context)
        domain = "" if self.domain is None else f"\0{self.domain}"
        draw = Draw.keyed(key.derive("surrogate", f"{self.locale}{domain}"))
        if self._permutes(entity, scope):
            mac = Cmac(key.derive("permutation", domain))
            return self._permuted(array, kind, entity, draw, mac)
        if kind is Kind.TEXT:
            return self._text(array, entity, draw, context, scope)
        values, restore, make = _typed(array, kind, entity, lists_of(self.locale))
        made = _scoped(values, self._beside(scope, context), scope, draw, make, pa.int64())
        return Outcome(restore(made.array), made.failed, made.why)

    def _by_locale(self, array: pa.Array, context: Context) -> Outcome:
        """The stand-ins of each language from its own lists."""
        assert context.beside is not None, "the plan names the column"
        other = self.locale[1] if len(self.locale) > 1 else None
        languages = plain_text(context.beside)
        locales = distinctly(
            languages,
            lambda some: Outcome(
                pa.array([_locale_of(one, other) for one in readable_values(some)], pa.string())
            ),
            pa.string(),
        ).array
        if other is not None:
            locales = locales.fill_null(other)
        parts, places, failed = [], [], np.zeros(len(array), np.bool_)
        why = _NO_LISTS
        for locale in (*LOCALES, None):
            here = locales.is_null() if locale is None else pc.equal(locales, locale)
            at = np.flatnonzero(here.fill_null(False).to_numpy(zero_copy_only=False))
            part = array.take(pa.array(at))
            if locale is None:
                failed[at] = part.is_valid().to_numpy(zero_copy_only=False)
                made = Outcome(pa.nulls(len(at), array.type))
            else:
                made = replace(self, locale=locale).apply(part, context.taken(pa.array(at)))
            if made.failed is not None:
                failed[at], why = made.failed.to_numpy(zero_copy_only=False), made.why
            parts.append(made.array)
            places.append(at)
        order = np.argsort(np.concatenate(places), kind="stable")
        joined = pa.concat_arrays(parts).take(pa.array(order))
        return Outcome(joined, pa.array(failed) if failed.any() else None, why)

    @staticmethod
    def _is_id(entity: str | None) -> bool:
        return (
            entity is not None and entity not in _MAKERS and _SHAPED.get(entity) is not Form.PLACE
        )

    def _permutes(self, entity: str | None, scope: str) -> bool:
        return self._is_id(entity) and scope == "dataset" and self.unique is not False

    def _permuted(self, array: pa.Array, kind: Kind, entity: str, draw: Draw, mac: Cmac) -> Outcome:
        """Ids that stay distinct. Those of too small a format fail where the rule names the entity:
        in a column, where they are distinguished."""
        lists = lists_of(self.locale)

        def each(distinct: pa.Array) -> Outcome:
            values = readable_values(distinct)
            if kind is Kind.INTEGER:
                return _fitting(permuted_numbers(values, mac), distinct.type)
            texts = [value if isinstance(value, str) else "" for value in values]
            uuid, fixed = entity == "UUID", _SHAPED.get(entity, Form.FREE) is not Form.FREE
            made = permuted(texts, mac, fixed=fixed, uuid=uuid)
            bad = [not isinstance(value, str) for value in values]
            if self.entity is None:
                other = _never_same(lambda value, again: generic_id(value, again, lists))
                pairs = zip(texts, made, strict=True)
                made = [other(text, draw) if one is None else one for text, one in pairs]
            small = any(one is None for one in made)
            failed = [b or one is None for b, one in zip(bad, made, strict=True)]
            built = [None if f else one for f, one in zip(failed, made, strict=True)]
            why = TOO_SMALL if small else "a text is not valid UTF-8"
            return Outcome(pa.array(built, distinct.type), pa.array(failed, pa.bool_()), why)

        values = plain_text(array) if kind is Kind.TEXT else array
        found = distinctly(values, each, values.type)
        failed = found.failed if pc.any(found.failed).as_py() else None
        return Outcome(found.array.cast(array.type), failed, found.why)

    def _scope(self, context: Context) -> str:
        if self.scope is not None:
            return self.scope
        in_text = context.label is not None and context.document is not None
        return "document" if in_text else "dataset"

    def _beside(self, scope: str, context: Context) -> pa.Array | None:
        return occurrences(context) if scope == "none" else context.document

    def _text(
        self, array: pa.Array, entity: str, draw: Draw, context: Context, scope: str
    ) -> Outcome:
        beside = self._beside(scope, context)
        lists = lists_of(self.locale)
        makers = {**_MAKERS, **_UNIQUE} if self.unique else _MAKERS
        maker = makers.get(entity, generic_id)
        values = plain_text(array)
        known = context.names if scope != "none" else {}
        if entity == "PERSON" and beside is not None and (scope == "document" or known):
            drawn = _People(values, beside, draw, lists, known, per_document=scope == "document")
            return per_distinct_pair(values, beside, drawn.stand_in, array.type, _UNKNOWN)

        def make(value: str, drawn: Draw) -> str:
            return maker(value, drawn, lists)

        quick = None if self.unique or scope != "dataset" else _AT_ONCE.get(entity)
        if quick is None:
            return _scoped(values, beside, scope, draw, _never_same(make), array.type)

        def each(distinct: pa.Array) -> Outcome:
            return with_rest(
                distinct,
                quick(distinct, draw, lists).cast(distinct.type),
                lambda rest: _scoped(rest, None, scope, draw, _never_same(make), distinct.type),
            )

        found = distinctly(values, each, values.type)
        return Outcome(found.array.cast(array.type), found.failed, found.why)


_NO_LISTS = "no lists for the language of a record"


def _locale_of(language: Any, other: str | None) -> str | None:
    """The locale of a language or locale, as ``de``, ``de_DE`` or ``de-AT``."""
    if not isinstance(language, str):
        return other
    spelt = language.strip().replace("-", "_").casefold()
    known = [one for one in LOCALES if one.casefold() == spelt]
    alike = [one for one in LOCALES if one[:2] == spelt.partition("_")[0]]
    return next(iter((*known, *alike)), other)


def _fitting(numbers: list[int | None], type: pa.DataType) -> Outcome:
    """`numbers` as `type`; failed where there is none, or it is too large for the type."""
    signed = 0 if _unsigned(type) else 1
    most = (1 << (type.bit_width - signed)) - 1
    fits = [one if one is not None and -most - signed <= one <= most else None for one in numbers]
    return Outcome(
        pa.array(fits, type), pa.array([one is None for one in fits], pa.bool_()), TOO_SMALL
    )


def _never_same(make: Callable[[str, Draw], str]) -> Callable[[str, Draw], str]:
    """`make`, drawing again while the stand-in is the value or holds it; blank text stays.

    Where `make` has nothing else to give, letters are drawn: there always is a stand-in. A value
    of over 1,000 code points is no name or address: it gets a plain stand-in, in a time that is
    linear in its length.
    """

    def other(value: str, draw: Draw) -> str:
        folded = fold(value)
        if not folded:
            return value
        if len(value) > _LONGEST:
            value = draw.stream("long", folded).digits(40)
        drawn = (make(value, draw.again(attempt)) for attempt in range(_ATTEMPTS))
        good = next((fresh for fresh in drawn if not _holds(fold(fresh), folded)), None)
        return letters(folded, draw) if good is None else good

    return other


def _holds(text: str, value: str) -> bool:
    """True if the folded `text` is the folded `value`, or has it as a word or several."""
    if value not in text or value == text:
        return value == text
    says = any(map(str.isalnum, value))
    return says and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None


_UNKNOWN = "the document of a value is not known, or a text is not valid UTF-8"


def _scoped(
    values: pa.Array,
    beside: pa.Array | None,
    scope: str,
    draw: Draw,
    make: Callable[[Any, Draw], Any | None],
    type: pa.DataType,
) -> Outcome:
    """`make` once per distinct value of the dataset, or per value and document."""
    if scope == "dataset":
        return per_distinct(values, lambda value: make(value, draw), type, _UNKNOWN)
    if beside is None:
        return all_failed(values, type, "the document of a value is not known")
    within: dict[Any, Draw] = {}

    def of_pair(value: Any, document: Any) -> Any | None:
        if document not in within:
            within[document] = draw.within(_as_bytes(document))
        return make(value, within[document])

    return per_distinct_pair(values, beside, of_pair, type, _UNKNOWN)


def _as_bytes(document: object) -> bytes:
    return document if isinstance(document, bytes) else str(document).encode()


class _People:
    """Names, where a part that stands alone is what it was in a whole name of its document, or in
    the record's own columns (`known`)."""

    def __init__(
        self,
        values: pa.Array,
        documents: pa.Array,
        draw: Draw,
        lists: Lists,
        known: Mapping[bytes, Mapping[str, str]],
        *,
        per_document: bool,
    ) -> None:
        self._draw, self._lists, self._known = draw, lists, known
        self._per_document = per_document
        self._whole: dict[Any, list[str]] = {}
        self._seen: dict[Any, dict[str, Role]] = {}
        self._drawn: dict[Any, Draw] = {}
        if per_document:
            for name, where in zip(
                readable_values(values), readable_values(documents), strict=True
            ):
                if isinstance(name, str) and len(name) <= _LONGEST:
                    self._whole.setdefault(where, []).append(name)

    def stand_in(self, value: str, where: Any) -> str | None:
        if where not in self._seen:
            self._seen[where] = roles_seen(dict.fromkeys(self._whole.get(where, ())), self._lists)
            here = self._draw.within(_as_bytes(where)) if self._per_document else self._draw
            self._drawn[where] = here
        roles, known = self._seen[where], self._known.get(where, {})
        make = _never_same(lambda name, again: person(name, again, self._lists, roles, known))
        return make(value, self._drawn[where])


def _typed(
    array: pa.Array, kind: Kind, entity: str, lists: Lists
) -> tuple[pa.Array, Callable[[pa.Array], pa.Array], Callable[[Any, Draw], int]]:
    """Integers and dates as int64: the values, the way back, and the maker."""
    if kind is Kind.INTEGER:
        highest = (1 << (array.type.bit_width - (0 if _unsigned(array.type) else 1))) - 1
        highest = min(highest, (1 << 63) - 1)
        make = _number_maker(entity, lists, highest)
        return array, lambda made: made.cast(array.type), make
    if pa.types.is_date32(array.type):
        return days_of(array), lambda made: made.cast(pa.int32()).view(array.type), _day
    if pa.types.is_date64(array.type):
        return (
            days_of(array),
            lambda made: pa.compute.multiply(made, MILLISECONDS_PER_DAY).view(array.type),
            _day,
        )
    per_day = 86_400 * 10**9 // NANOSECONDS[array.type.unit]
    return array.view(pa.int64()), lambda made: made.view(array.type), _moment(per_day)


def _unsigned(type_: pa.DataType) -> bool:
    return bool(pa.types.is_unsigned_integer(type_))


def _number_maker(entity: str, lists: Lists, highest: int) -> Callable[[int, Draw], int]:
    """A number as the entity writes them, where the type holds one; else as many digits."""
    maker = _MAKERS.get(entity)

    def make(value: int, draw: Draw) -> int:
        for attempt in range(_ATTEMPTS if maker is not None else 0):
            assert maker is not None
            fresh = int(decimals(maker(str(value), draw.again(attempt), lists)))
            if fresh != value and fresh <= highest:
                return fresh
        return generic_integer(value, draw, highest)

    return make


def _day(days: int, draw: Draw, first: int = FIRST_DAY, last: int = LAST_DAY) -> int:
    """Another day from `first` to `last` (ordinals); both days count from 1970-01-01."""
    ordinal = min(max(days + _EPOCH, first), last)
    return shifted(ordinal, draw.stream("date", str(ordinal)), first, last) - _EPOCH


def _moment(per_day: int) -> Callable[[int, Draw], int]:
    """A timestamp: another day, and another time of day unless it is midnight."""
    most = ((1 << 63) - 1) // per_day - 1  # days on either side that 64 bits hold whole
    first, last = max(FIRST_DAY, _EPOCH - most), min(LAST_DAY, _EPOCH + most)

    def make(value: int, draw: Draw) -> int:
        days, clock = divmod(value, per_day)
        if clock:
            clock = draw.stream("clock", str(value)).below(per_day)
        return _day(days, draw, first, last) * per_day + clock

    return make
