"""Claims about a column from its values alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scrubber.profiling.columns.concepts import CONCEPTS, Concept
from scrubber.profiling.columns.profile import Profile
from scrubber.profiling.columns.values import TESTS

PEOPLE = frozenset({"given_name", "family_name", "full_name", "name", "person", "affix"})
_NUMBERED = frozenset(
    """national_id ssn passport driver_license account card iban medical_record key device vehicle
    secret""".split()
)
_ADDRESSES = frozenset({"street_address", "address", "house_number"})
DATES = frozenset({"date", "moment", "birth_date", "death_date"})
_FAMILIES = (PEOPLE, _NUMBERED, _ADDRESSES, DATES)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that a column has a concept, with its strength (0 to 1) and evidence in words."""

    concept: Concept
    strength: float
    said: str


def value_claims(profile: Profile, found: Mapping[str, float]) -> list[Claim]:
    """The claims of the values alone."""
    if profile.stored == "date":
        return [Claim(CONCEPTS["date"], 0.95, "date type")]
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
                Claim(concept, strength, f"{_share_said(share)} of its values: {concept.said}")
            )
    concepts = {c.entity: c for c in reversed(CONCEPTS.values()) if c.entity and not c.generic}
    concepts |= {entity: CONCEPTS[id_] for entity, id_ in _PLAINEST.items()}
    for entity, share in found.items():
        known = concepts.get(_SAME.get(entity, entity))
        concept = known or CONCEPTS["key"]
        if share >= 0.6 and not any(akin(claim.concept, concept) for claim in claims):
            said = f"{_share_said(share)} of its values are taken for {entity} as a whole"
            claims.append(Claim(concept, 0.6, said))
    return claims


# The default concept of entities that several concepts share.
_PLAINEST = {"PERSON": "full_name", "LOCATION": "place", "DATE_TIME": "date"}
_SAME = {
    "US_PASSPORT": "PASSPORT",
    "US_DRIVER_LICENSE": "DRIVER_LICENSE",
    "UK_NHS": "MEDICAL_RECORD_NUMBER",
}
_PRECISE = frozenset({"email", "url", "ip", "mac", "iban", "ssn", "card", "key", "coordinates"})


def _strength(id_: str, share: float, profile: Profile) -> float:
    """The strength of a share of matching values, 0 for none."""
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
        return 0.3  # some of few words are surnames by chance: Red, Green, Blue
    return 0.55 if id_ == "full_name" or (share >= 0.9 and profile.distinct >= 3) else 0.3


def by_looks(profile: Profile) -> Claim:
    """The claim for a column that neither its name nor its values explain."""
    if not profile.counts:
        said = "no value in the sample" if profile.stored != "other" else "values of a rare type"
        return Claim(CONCEPTS["category"], 0.0, said)
    if profile.binary:
        return Claim(CONCEPTS["category"], 0.75, "two values")
    if profile.prose:
        return Claim(CONCEPTS["text"], 0.85, "texts of several words")
    if profile.numeric:
        return _number(profile)
    if profile.repeated:
        if profile.coded > 0.9 and profile.lengths[0] >= 8:
            return Claim(CONCEPTS["key"], 0.5, "codes that come again")
        return Claim(CONCEPTS["category"], 0.65, "a short list of values")
    if profile.coded >= 0.9 and profile.uniqueness >= 0.5:
        strength = 0.6 if profile.uniqueness >= 0.9 and profile.distinct >= 10 else 0.45
        return Claim(CONCEPTS["key"], strength, "codes, nearly each one different")
    if profile.mean_words >= 2:
        return Claim(CONCEPTS["text"], 0.55, "short texts")
    unknown = replace(CONCEPTS["place"], id="unknown", said="unknown", entity=None)
    return Claim(unknown, 0.35, "many different words")


def _number(profile: Profile) -> Claim:
    if profile.years:
        return Claim(CONCEPTS["moment"], 0.6, "years")
    if profile.whole and numbered_like(profile):
        return Claim(CONCEPTS["key"], 0.6, "whole numbers, nearly each one different")
    zeros = profile.share(lambda v: v[:1] == "0" and len(v) > 3)
    if profile.stored == "text" and profile.whole and zeros > 0.02:
        return Claim(CONCEPTS["postal_code"], 0.45, "digits with leading zeros: a code")
    few = profile.present < 20
    return Claim(CONCEPTS["measure"], 0.4 if few else 0.65, "numbers")


def numbered_like(profile: Profile) -> bool:
    """True if whole numbers look like keys: nearly all different, and of one length or
    consecutive."""
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


def akin(one: Concept, other: Concept) -> bool:
    if one.id == other.id:
        return True
    return any(one.id in family and other.id in family for family in _FAMILIES)


def _share_said(share: float) -> str:
    if share >= 0.995:
        return "all"
    return "nearly all" if share >= 0.95 else f"{round(share * 20) * 5} %"
