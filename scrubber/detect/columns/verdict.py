"""The verdict about a column: what its name and its values say together.

The name makes a claim, the values make others; claims about the same thing strengthen each other,
a name that the values contradict counts less, and where they differ the stronger one wins, the
stricter class where they are as strong. What nobody claims is judged by its looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scrubber.detect.columns.concepts import CONCEPTS, Concept
from scrubber.detect.columns.headers import WHOLE, Hint, hint_of
from scrubber.detect.columns.profile import Profile
from scrubber.detect.columns.shapes import common_shape
from scrubber.detect.columns.values import TESTS
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath

DOUBTFUL = 0.5
"""Below this confidence a verdict is a guess."""

_STRICTNESS = {
    FieldClass.DIRECT_IDENTIFIER: 4,
    FieldClass.QUASI_IDENTIFIER: 3,
    FieldClass.SENSITIVE: 2,
    FieldClass.TEXT: 1,
    FieldClass.INSENSITIVE: 0,
}
_PEOPLE = frozenset({"given_name", "family_name", "full_name", "name", "person", "affix"})
_NUMBERED = frozenset(
    """national_id ssn passport driver_license account card iban medical_record key device vehicle
    secret""".split()
)
_ADDRESSES = frozenset({"street_address", "address", "house_number"})
_DATES = frozenset({"date", "moment", "birth_date", "death_date"})
_FAMILIES = (_PEOPLE, _NUMBERED, _ADDRESSES, _DATES)
_WORDED = (_PEOPLE - {"person"}) | frozenset(
    """street_address email url user_name city county state country nationality birth_place place
    organization occupation education ethnicity belief marital""".split()
)
# Names that leave it to the values what they are.
_OPEN = frozenset({"name", "person", "key", "moment", "measure", "category"})
# What may stand as a code of small numbers: the header alone decides.
_CODED = frozenset(
    """city county state country nationality birth_place place organization occupation education
    ethnicity belief marital""".split()
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a column is.

    `concept` names the kind of column, `field_class` and `entity` follow from it, `confidence` lies
    in 0..1. `evidence` are positive claims in words; they hold no value of the data. `matched` is
    the share of distinct values that look like the concept by themselves, None where it has no
    test.
    """

    concept: Concept
    field_class: FieldClass
    confidence: float
    evidence: tuple[str, ...]
    matched: float | None = None

    @property
    def entity(self) -> str | None:
        return self.concept.entity

    @property
    def doubtful(self) -> bool:
        return self.confidence < DOUBTFUL


@dataclass(frozen=True, slots=True)
class _Claim:
    concept: Concept
    strength: float
    said: str


def judge(path: FieldPath, profile: Profile, found: Mapping[str, float] | None = None) -> Verdict:
    """The verdict about the column at `path`.

    `found` maps an entity to the share of distinct values that a detector took for it as a whole.
    """
    hint = hint_of(path)
    claims = _value_claims(profile, found or {})
    claim = _decide(hint, claims, profile)
    concept = claim.concept
    evidence = [claim.said] if claim.said else []
    for other in claims:
        if _akin(other.concept, concept) and other.said not in evidence:
            evidence.append(other.said)
    evidence += _looks(profile)
    share = profile.share(TESTS[concept.id]) if concept.id in TESTS else None
    return Verdict(
        concept, concept.field_class, round(claim.strength, 2), tuple(evidence), matched=share
    )


def _decide(hint: Hint | None, claims: list[_Claim], profile: Profile) -> _Claim:
    best = max(claims, key=_rank, default=None)
    if hint is None:
        looks = _by_looks(profile)
        return best if best is not None and best.strength >= min(0.5, looks.strength) else looks
    if hint.qualified:
        return _qualified(hint, best, profile)
    named = _Claim(hint.concept, hint.strength, f"its name says: {hint.concept.said}")
    return _fitted(_plausible(named, profile), best, profile)


def _fitted(named: _Claim, best: _Claim | None, profile: Profile) -> _Claim:
    """What the name says, held against what the values say best."""
    if best is None or best.strength < 0.5:
        return _refined(named, profile)
    if _akin(named.concept, best.concept):
        both = 1 - (1 - named.strength) * (1 - best.strength)
        keeps = not named.concept.generic or best.concept.id == "key"
        concept = named.concept if keeps else best.concept
        return replace(named, concept=concept, strength=both)
    if named.concept.id in _OPEN and best.strength >= 0.6:
        return best
    if best.strength > named.strength:
        return best
    return _refined(named, profile)


def _qualified(hint: Hint, best: _Claim | None, profile: Profile) -> _Claim:
    if best is not None and best.strength >= 0.6 and best.concept.id != "date":
        return best
    said = f"its name says: a property of the {hint.concept.said}"
    plain = profile.binary or profile.numeric or profile.repeated
    if plain and not (profile.whole and _numbered_like(profile)):
        concept = CONCEPTS["measure" if profile.numeric else "category"]
        return _Claim(concept, 0.8, said)
    if best is not None:
        return best
    return _by_looks(profile)


def _plausible(named: _Claim, profile: Profile) -> _Claim:
    """The name's claim, weaker where the values cannot be such a thing."""
    if not profile.counts:
        return replace(named, strength=named.strength * 0.8)
    id_ = named.concept.id
    cannot = False
    direct = named.concept.field_class is FieldClass.DIRECT_IDENTIFIER
    if direct and profile.binary and profile.distinct <= 2 and profile.present >= 20:
        cannot = profile.stored == "boolean" or all(len(v) <= 5 for v in profile.counts)
    elif id_ in _WORDED and id_ not in _CODED:
        cannot = profile.stored not in ("text", "other") or profile.lettered < 0.2
    elif id_ in _CODED:
        cannot = profile.numeric and not profile.whole
    elif id_ == "phone":
        cannot = not profile.numeric and profile.share(_has_digits) < 0.2
    elif id_ in _DATES:
        cannot = profile.dated < 0.3 and not profile.years and not _epoch(profile)
    elif id_ == "age":
        cannot = profile.numeric and profile.share(_is_age) < 0.9
    elif id_ == "coordinates":
        cannot = profile.lettered > 0.8
    elif id_ == "text":
        cannot = profile.numeric or profile.stored != "text"
    elif id_ == "measure":
        cannot = not profile.numeric and not profile.repeated
    elif id_ == "category":
        cannot = not (profile.repeated or profile.binary) and profile.uniqueness > 0.5
    return replace(named, strength=named.strength * 0.4) if cannot else named


def _refined(named: _Claim, profile: Profile) -> _Claim:
    """The name's claim where no value speaks up: some names mean less than they say."""
    if named.strength < 0.45:
        looks = _by_looks(profile)
        return looks if looks.strength >= named.strength else named
    id_ = named.concept.id
    if id_ in ("key", "person") and not profile.prose:
        if profile.repeated and profile.whole and profile.distinct <= 50:
            return _Claim(CONCEPTS["category"], 0.6, "few numbers, each in several records")
        if id_ == "person" and (profile.numeric or profile.coded > 0.9):
            if profile.numeric and (not profile.whole or named.strength < WHOLE):
                return _Claim(CONCEPTS["measure"], 0.6, "numbers")
            return replace(named, concept=CONCEPTS["key"])
    sensitive = named.concept.field_class is FieldClass.SENSITIVE
    if profile.prose and (sensitive or named.concept.field_class is FieldClass.INSENSITIVE):
        return _Claim(CONCEPTS["text"], 0.7, f"{named.said}, written as text")
    if id_ == "text" and not profile.prose and profile.repeated and profile.mean_words < 4:
        return _Claim(CONCEPTS["category"], 0.6, "a short list of values")
    return named


def _value_claims(profile: Profile, found: Mapping[str, float]) -> list[_Claim]:
    """What the values say by themselves."""
    if profile.stored == "date":
        return [_Claim(CONCEPTS["date"], 0.95, "its type is that of a date")]
    if profile.stored not in ("text", "number") or not profile.counts:
        return []
    claims = []
    for id_, test in TESTS.items():
        if profile.stored == "number" and id_ not in ("phone", "card"):
            continue
        share = profile.share(test)
        strength = _strength(id_, share, profile)
        if strength:
            concept = CONCEPTS[id_]
            claims.append(
                _Claim(concept, strength, f"{_share_said(share)} of its values: {concept.said}")
            )
    concepts = {c.entity: c for c in reversed(CONCEPTS.values()) if c.entity and not c.generic}
    for entity, share in found.items():
        known = concepts.get(_SAME.get(entity, entity))
        concept = known or CONCEPTS["key"]
        if share >= 0.6 and not any(_akin(claim.concept, concept) for claim in claims):
            said = f"{_share_said(share)} of its values are taken for {entity} as a whole"
            claims.append(_Claim(concept, 0.6, said))
    return claims


_SAME = {
    "US_PASSPORT": "PASSPORT",
    "US_DRIVER_LICENSE": "DRIVER_LICENSE",
    "UK_NHS": "MEDICAL_RECORD_NUMBER",
}
_PRECISE = frozenset({"email", "url", "ip", "mac", "iban", "ssn", "card", "key", "coordinates"})


def _strength(id_: str, share: float, profile: Profile) -> float:
    """How much a share of matching values says, 0 for nothing."""
    many = profile.distinct >= 5
    if id_ in _PRECISE:
        return (0.5 + 0.47 * share) * (1.0 if many else 0.8) if share >= 0.5 else 0.0
    if id_ == "date":
        return (0.95 if many else 0.7) if share >= 0.7 else 0.0
    if id_ == "phone":
        if profile.numeric:
            return 0.65 if share >= 0.95 and profile.distinct >= 10 else 0.0
        return (0.9 if many else 0.7) if share >= 0.6 else 0.0
    if id_ == "street_address":
        return (0.9 if many else 0.7) if share >= 0.4 else 0.0
    if id_ == "sex":
        return 0.8 if share >= 0.9 and profile.distinct >= 2 else 0.0
    if id_ == "organization":
        return 0.75 if share >= 0.5 and many else 0.0
    needed = 0.4 if id_ == "full_name" else 0.5
    if share < needed:
        return 0.0
    if profile.distinct >= 10:
        return {"full_name": 0.85, "given_name": 0.75, "family_name": 0.7}[id_]
    if id_ == "family_name":
        return 0.3  # of few words, many are surnames by chance: Red, Green, Blue
    return 0.55 if id_ == "full_name" or (share >= 0.9 and profile.distinct >= 3) else 0.3


def _by_looks(profile: Profile) -> _Claim:
    """A column that neither its name nor its values explain."""
    if not profile.counts:
        said = "no value in the sample" if profile.stored != "other" else "values of a rare type"
        return _Claim(CONCEPTS["category"], 0.0, said)
    if profile.binary:
        return _Claim(CONCEPTS["category"], 0.75, "two values")
    if profile.prose:
        return _Claim(CONCEPTS["text"], 0.85, "texts of several words")
    if profile.numeric:
        return _number(profile)
    if profile.repeated:
        if profile.coded > 0.9 and profile.lengths[0] >= 8:
            return _Claim(CONCEPTS["key"], 0.5, "codes that come again")
        return _Claim(CONCEPTS["category"], 0.65, "a short list of values")
    if profile.coded >= 0.9 and profile.uniqueness >= 0.5:
        strength = 0.6 if profile.uniqueness >= 0.9 and profile.distinct >= 10 else 0.45
        return _Claim(CONCEPTS["key"], strength, "codes, nearly each one different")
    if profile.mean_words >= 2:
        return _Claim(CONCEPTS["text"], 0.55, "short texts")
    unknown = replace(CONCEPTS["place"], id="unknown", said="unknown", entity=None)
    return _Claim(unknown, 0.35, "many different words")


def _number(profile: Profile) -> _Claim:
    if profile.years:
        return _Claim(CONCEPTS["moment"], 0.6, "years")
    if profile.whole and _numbered_like(profile):
        return _Claim(CONCEPTS["key"], 0.6, "whole numbers, nearly each one different")
    zeros = profile.share(lambda v: v[:1] == "0" and len(v) > 3)
    if profile.stored == "text" and profile.whole and zeros > 0.02:
        return _Claim(CONCEPTS["postal_code"], 0.45, "digits with leading zeros: a code")
    few = profile.present < 20
    return _Claim(CONCEPTS["measure"], 0.4 if few else 0.65, "numbers")


def _numbered_like(profile: Profile) -> bool:
    """Whether whole numbers tell records apart: nearly all different, of one length or in a row."""
    if profile.distinct < 10:
        return False
    length, share = profile.lengths
    if profile.uniqueness >= 0.95:
        if length >= 5 and share >= 0.8:
            return True
        numbers = sorted(int(v) for v in profile.tested if v.lstrip("+-").isdigit())
        spread = numbers[-1] - numbers[0] + 1 if numbers else 0
        return profile.uniqueness >= 0.99 and 0 < spread <= 3 * len(numbers)
    return length >= 7 and share >= 0.9 and profile.uniqueness >= 0.2


def _looks(profile: Profile) -> list[str]:
    """What can be said of any column."""
    said = []
    if profile.present >= 20 and profile.uniqueness >= 0.95:
        said.append("nearly every value is different")
    elif profile.present and profile.repeated:
        said.append(
            "one value" if profile.distinct == 1 else f"{profile.distinct} different values"
        )
    shape = common_shape(profile.tested) if not profile.prose else None
    if shape is not None:
        said.append(f"common shape {shape}")
    return said


def _akin(one: Concept, other: Concept) -> bool:
    if one.id == other.id:
        return True
    return any(one.id in family and other.id in family for family in _FAMILIES)


def _rank(claim: _Claim) -> tuple[float, int, str]:
    return round(claim.strength, 2), _STRICTNESS[claim.concept.field_class], claim.concept.id


def _share_said(share: float) -> str:
    if share >= 0.995:
        return "all"
    return "nearly all" if share >= 0.95 else f"{round(share * 20) * 5} %"


def _has_digits(value: str) -> bool:
    return sum(ch.isdigit() for ch in value) >= 5


def _is_age(value: str) -> bool:
    try:
        return 0 <= float(value) <= 130
    except ValueError:
        return False


def _epoch(profile: Profile) -> bool:
    """Whole numbers that count seconds or milliseconds since 1970."""
    return profile.whole and profile.lengths[0] in (10, 13) and profile.lengths[1] >= 0.95
