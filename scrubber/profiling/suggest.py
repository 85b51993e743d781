"""Suggested treatments of fields: keep little, and drop what is in doubt."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.counts import SMALLEST
from scrubber.model.fieldclass import FieldClass
from scrubber.model.layouts import plain
from scrubber.profiling.columns import Profile
from scrubber.profiling.examine import Examined
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import Context, Kind, kind_of, transformed

Setting = Mapping[str, Any]

DROP: Setting = {"transform": "drop"}
REDACT: Setting = {"transform": "redact"}
TEXT: Setting = {"entities": {"default": "redact"}}
_PEOPLE = 0.2
"""Minimum share of cells, or of values, with a person's name for which a column is not kept."""
_FAILED = 0.1
"""Maximum share of sampled values for which a suitable transform may fail."""
_INTERVALS = 8
_DATES = frozenset({"date", "moment", "birth_date", "death_date"})
_FORMATS = (
    None, "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d",
    "%Y.%m.%d", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y",
    "%B %d, %Y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S",
)  # fmt: skip
_HOW_TO_KEEP = 'to keep it all the same: keep: "why"'


@dataclass(frozen=True)
class Decision:
    """Suggested settings of a field, preferred ones first. All but the last may be unsuitable for
    the same field of another table. `why` is a comment."""

    settings: tuple[Setting, ...]
    why: str

    @property
    def wanted(self) -> Setting:
        return self.settings[0]


def decide(one: Examined, *, finds_names: bool, domain: str) -> Decision:
    """Suggest the treatment of an examined field; `finds_names` is true if the detectors find
    names.

    A column with values recognized as people is never kept, whatever its header. A column with
    people or contact data among other words is at most a text.
    """
    decision = _decided(one, finds_names, domain)
    if not any("keep" in setting for setting in decision.settings):
        return decision
    if one.looked.people >= _PEOPLE:
        return Decision((DROP,), f"values in it are taken for people, so dropped; {_HOW_TO_KEEP}")
    if one.looked.mentions >= _PEOPLE or not _CONTACTS.isdisjoint(dict(one.looked.findings)):
        return _text(one, finds_names)
    return decision


def _decided(one: Examined, finds_names: bool, domain: str) -> Decision:
    verdict, profile = one.verdict, one.profile
    if pa.types.is_null(one.type) or not profile.counts:
        return Decision((DROP,), f"no value was seen in the sample; {_HOW_TO_KEEP}")
    if verdict.doubtful:
        return Decision((DROP,), f"a guess, so dropped; {_HOW_TO_KEEP}")
    match verdict.field_class:
        case FieldClass.DIRECT_IDENTIFIER:
            return _direct(one, domain)
        case FieldClass.QUASI_IDENTIFIER | FieldClass.SENSITIVE:
            return _traits(one)
        case FieldClass.TEXT:
            return _text(one, finds_names)
        case FieldClass.INSENSITIVE:
            return _harmless(one, finds_names)


def fits(setting: Setting, one: Examined) -> bool:
    """True if `setting` works on the field's sampled values."""
    if "keep" in setting or setting == DROP:
        return True
    kind = kind_of(one.type)
    if "entities" in setting:
        return kind is Kind.TEXT
    transform = setting["transform"]
    name, parameters = (
        (transform, {}) if isinstance(transform, str) else next(iter(transform.items()))
    )
    made = TRANSFORMS[name](**parameters)
    if kind not in made.traits.accepts:
        return False
    if made.traits.needs_key:
        return True
    values = plain(one.values)
    outcome = transformed(made, values, Context(str(one.path)))
    failed = 0 if outcome.failed is None else pc.sum(outcome.failed).as_py() or 0
    excused = one.profile.missing - values.null_count
    return bool(failed - excused <= _FAILED * max(one.profile.present, 1))


def _direct(one: Examined, domain: str) -> Decision:
    token: Setting = {"transform": {"token": {"domain": domain}}}
    if one.verdict.concept.id == "key" and fits(token, one):
        return Decision((token, DROP), "a token in its place still joins tables; or drop")
    entity = one.verdict.entity or ""
    stand_in = entity in _STAND_INS and one.profile.stored == "text"
    how = f"; for stand-ins: transform: {{surrogate: {{entity: {entity}}}}}" if stand_in else ""
    return Decision((DROP,), f"dropped{how}")


_STAND_INS = frozenset(
    "PERSON FIRST_NAME LAST_NAME EMAIL_ADDRESS PHONE_NUMBER STREET_ADDRESS US_SSN IBAN_CODE "
    "CREDIT_CARD IP_ADDRESS MAC_ADDRESS URL".split()
)


def _traits(one: Examined) -> Decision:
    for setting, why in _generalizations(one):
        if fits(setting, one):
            return Decision((setting, DROP), why)
    if _common(one.profile):
        return Decision(
            (_keep(one), DROP), f"every value seen stands in {SMALLEST} records or more"
        )
    return Decision((DROP,), f"some values stand in few records, so dropped; {_HOW_TO_KEEP}")


def _generalizations(one: Examined) -> Iterator[tuple[Setting, str]]:
    """Ways to generalize the values, with descriptions."""
    id_, profile = one.verdict.concept.id, one.profile
    if id_ in _DATES:
        finer = "the year alone; finer: to: month, or date_shift"
        for form in _FORMATS:
            given = {"to": "year"} | ({} if form is None else {"format": form})
            yield {"transform": {"truncate_date": given}}, finer
        if profile.years:
            yield {"transform": {"bin": {"width": 5}}}, "five years together"
        elif profile.whole:
            yield {"transform": {"prefix": {"keep": 4}}}, "the year alone"
    elif id_ == "age":
        yield {"transform": {"bin": {"width": 10, "top": 90}}}, "ten years together, 90 and over"
    elif id_ == "postal_code":
        yield from _prefixes(profile)
    elif id_ == "coordinates":
        yield {"transform": {"round": {"digits": 1}}}, "to about 11 km"
    elif id_ == "ip":
        yield {"transform": {"ip": {}}}, "the network alone"
    # Long whole numbers are codes, except for incomes; intervals of codes mean nothing.
    code = profile.whole and profile.lengths[0] >= 6 and id_ != "income"
    ordered = profile.numeric and not code and id_ not in _DATES | {"postal_code"}
    if ordered and profile.distinct > _INTERVALS:
        width = _width(profile)
        if width is not None:
            yield {"transform": {"bin": width}}, "intervals; the first and last are open"


def _prefixes(profile: Profile) -> Iterator[tuple[Setting, str]]:
    length = profile.lengths[0]
    padded = profile.whole and 3 <= profile.longest <= 5 and profile.longest == 5
    if padded:
        yield {"transform": {"prefix": {"keep": 3, "width": 5}}}, "the first three digits"
    for keep in dict.fromkeys((min(3, max(length - 2, 1)), 2, 1)):
        yield {"transform": {"prefix": {"keep": keep}}}, "the beginning alone"


def _width(profile: Profile) -> dict[str, int | float] | None:
    """A round width for about eight intervals between the 5th and the 95th percentile."""
    numbers = sorted(number for number in map(_number, profile.tested) if number is not None)
    if len(numbers) < SMALLEST:
        return None
    low, high = numbers[len(numbers) // 20], numbers[-1 - len(numbers) // 20]
    if not low < high:
        return None
    rough = (high - low) / _INTERVALS
    power = 10.0 ** math.floor(math.log10(rough))
    width = next(step * power for step in (1, 2, 5, 10) if step * power >= rough * 0.99)
    bottom, top = math.floor(low / width + 1) * width, math.floor(high / width) * width
    made = {"width": _plain(width)}
    if bottom < top:
        made |= {"bottom": _plain(bottom), "top": _plain(top)}
    return made


def _plain(number: float) -> int | float:
    rounded = float(f"{number:.6g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) < 2**53 else rounded


def _number(value: str) -> float | None:
    try:
        number = float(value.replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _text(one: Examined, finds_names: bool) -> Decision:
    if one.profile.stored != "text":
        return Decision((DROP,), f"it is no text; {_HOW_TO_KEEP}")
    if finds_names:
        return Decision((TEXT, DROP), "what is found in it is redacted, the rest stays")
    return Decision(
        (DROP,),
        "text may name people, and patterns alone find no names, so dropped; "
        "with a model (detect: {ner: spacy:<package>}): entities: {default: redact}",
    )


def _harmless(one: Examined, finds_names: bool) -> Decision:
    profile = one.profile
    if profile.stored == "other":
        return Decision((DROP,), f"values of this type cannot be judged; {_HOW_TO_KEEP}")
    words = profile.stored == "text" and not profile.numeric
    # A names model sees names in bare category words; a matching pattern is better evidence.
    matches = sum(count for entity, count in one.looked.findings if entity not in _NAMED)
    holding = matches > 0.05 * max(one.looked.cells, 1)
    if words and (holding or not (profile.repeated or profile.binary)):
        return _text(one, finds_names)
    return Decision((_keep(one), DROP), "nothing in it points at a person")


_NAMED = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "NRP", "DATE_TIME"})
_CONTACTS = frozenset({"EMAIL_ADDRESS", "PHONE_NUMBER", "US_SSN", "CREDIT_CARD", "IBAN_CODE"})
"""Entities for which a single finding suffices: no list of categories contains them."""


def _common(profile: Profile) -> bool:
    """True for few distinct values, each in many of the sampled records."""
    return 0 < profile.distinct <= 100 and min(profile.counts.values()) >= SMALLEST


def _keep(one: Examined) -> Setting:
    return {"keep": "; ".join(one.verdict.evidence) or one.verdict.concept.said}


def merged(decisions: Sequence[tuple[Decision, Examined]]) -> Decision:
    """One decision for all fields of one name, since one rule covers them: the strictest that any
    of them needs and that fits all. A table in doubt follows the others."""
    sure = [(d, one) for d, one in decisions if one.profile.counts and not one.verdict.doubtful]
    wanted = sorted({_strictness(d.wanted): d for d, _ in sure or decisions}.items(), reverse=True)
    for _, decision in wanted:
        if all(fits(decision.wanted, one) for _, one in decisions):
            return decision
    return Decision((DROP,), f"it is another thing in each table, so dropped; {_HOW_TO_KEEP}")


def _strictness(setting: Setting) -> int:
    if setting == DROP:
        return 4
    if "transform" in setting:
        return 3 if "token" in setting["transform"] else 2
    return 1 if "entities" in setting else 0
