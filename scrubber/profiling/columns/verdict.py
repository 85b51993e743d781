"""The verdict on a column from its name and its values.

The name makes one claim, the values make others. Claims of one concept strengthen each other; a
name contradicted by the values counts less. Of different claims the stronger one wins, or the one
of the stricter class if they are equally strong. Unclaimed columns are judged by their general
form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath
from scrubber.profiling.columns.claims import (
    DATES,
    PEOPLE,
    Claim,
    akin,
    by_looks,
    numbered_like,
    value_claims,
)
from scrubber.profiling.columns.concepts import CONCEPTS, Concept
from scrubber.profiling.columns.headers import WHOLE, Hint, hint_of
from scrubber.profiling.columns.profile import Profile
from scrubber.profiling.columns.shapes import common_shape
from scrubber.profiling.columns.values import TESTS

DOUBTFUL = 0.5
"""Below this confidence a verdict is a guess."""

_STRICTNESS = {
    FieldClass.DIRECT_IDENTIFIER: 4,
    FieldClass.QUASI_IDENTIFIER: 3,
    FieldClass.SENSITIVE: 2,
    FieldClass.TEXT: 1,
    FieldClass.INSENSITIVE: 0,
}
_WORDED = (PEOPLE - {"person"}) | frozenset(
    """street_address email url user_name city county state country nationality birth_place place
    organization occupation education ethnicity belief marital""".split()
)
# Names that leave the meaning to the values.
_OPEN = frozenset({"name", "person", "key", "moment", "measure", "category"})
# Concepts that may be coded as small numbers, so that only the header decides.
_CODED = frozenset(
    """city county state country nationality birth_place place organization occupation education
    ethnicity belief marital""".split()
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a column.

    `concept` is the kind of column; `field_class` and `entity` follow from it. `confidence` is in
    0..1. `evidence` lists claims in words, without values of the data. `matched` is the share of
    distinct values that match the concept's test, or None without a test.
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


def judge(path: FieldPath, profile: Profile, found: Mapping[str, float] | None = None) -> Verdict:
    """The verdict on the column at `path`.

    `found` maps an entity to the share of distinct values that a detector recognized as a whole.
    """
    hint = hint_of(path)
    claims = value_claims(profile, found or {})
    claim = _decide(hint, claims, profile)
    concept = claim.concept
    evidence = [claim.said] if claim.said else []
    for other in claims:
        if akin(other.concept, concept) and other.said not in evidence:
            evidence.append(other.said)
    evidence += _looks(profile)
    share = profile.share(TESTS[concept.id]) if concept.id in TESTS else None
    return Verdict(
        concept, concept.field_class, round(claim.strength, 2), tuple(evidence), matched=share
    )


def _decide(hint: Hint | None, claims: list[Claim], profile: Profile) -> Claim:
    best = max(claims, key=_rank, default=None)
    if hint is None:
        looks = by_looks(profile)
        return best if best is not None and best.strength >= min(0.5, looks.strength) else looks
    if hint.original:
        return Claim(hint.concept, hint.strength, "name: a value of another system")
    people = [one for one in claims if one.concept.id in PEOPLE and one.strength >= 0.5]
    if hint.concept.field_class is FieldClass.INSENSITIVE and people:
        return max(people, key=_rank)
    if hint.qualified:
        return _qualified(hint, best, profile)
    named = Claim(hint.concept, hint.strength, f"name: {hint.concept.said}")
    return _fitted(_plausible(named, profile), best, profile, hint.personal)


def _fitted(named: Claim, best: Claim | None, profile: Profile, personal: bool) -> Claim:
    """The hint of the name, combined with the best claim of the values."""
    if best is None or best.strength < 0.5:
        return _refined(named, profile, personal)
    if akin(named.concept, best.concept):
        both = 1 - (1 - named.strength) * (1 - best.strength)
        keeps = not named.concept.generic or best.concept.id == "key"
        concept = named.concept if keeps else best.concept
        return replace(named, concept=concept, strength=both)
    if named.concept.id in _OPEN and best.strength >= 0.6:
        return best
    if best.strength > named.strength:
        return best
    return _refined(named, profile, personal)


def _qualified(hint: Hint, best: Claim | None, profile: Profile) -> Claim:
    if best is not None and best.strength >= 0.6 and best.concept.id != "date":
        return best
    said = f"name: a property of the {hint.concept.said}"
    plain = profile.binary or profile.numeric or profile.repeated
    if plain and not (profile.whole and numbered_like(profile)):
        concept = CONCEPTS["measure" if profile.numeric else "category"]
        return Claim(concept, 0.8, said)
    if best is not None:
        return best
    return by_looks(profile)


def _plausible(named: Claim, profile: Profile) -> Claim:
    """The claim of the name, weakened if the values cannot have that concept."""
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
    elif id_ in DATES:
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


def _refined(named: Claim, profile: Profile, personal: bool) -> Claim:
    """The claim of the name if no value makes one: some names mean less than they say. Few numbers
    of few people are still their keys."""
    if named.strength < 0.45:
        looks = by_looks(profile)
        return looks if looks.strength >= named.strength else named
    id_ = named.concept.id
    if id_ in ("key", "person") and not profile.prose:
        if not personal and profile.repeated and profile.whole and profile.distinct <= 50:
            return Claim(CONCEPTS["category"], 0.6, "few numbers, each in several records")
        if id_ == "person" and (profile.numeric or profile.coded > 0.9):
            if profile.numeric and (not profile.whole or named.strength < WHOLE):
                return Claim(CONCEPTS["measure"], 0.6, "numbers")
            return replace(named, concept=CONCEPTS["key"])
    sensitive = named.concept.field_class is FieldClass.SENSITIVE
    if profile.prose and (sensitive or named.concept.field_class is FieldClass.INSENSITIVE):
        return Claim(CONCEPTS["text"], 0.7, f"{named.said}, written as text")
    if id_ == "text" and not profile.prose and profile.repeated and profile.mean_words < 4:
        return Claim(CONCEPTS["category"], 0.6, "a short list of values")
    return named


def _looks(profile: Profile) -> list[str]:
    """Facts about any column."""
    said = []
    if profile.present >= 20 and profile.uniqueness >= 0.95:
        said.append("nearly all values are distinct")
    elif profile.present and profile.repeated:
        said.append("one value" if profile.distinct == 1 else f"{profile.distinct} distinct values")
    shape = common_shape(profile.tested) if not profile.prose else None
    if shape is not None:
        said.append(f"common shape {shape}")
    return said


def _rank(claim: Claim) -> tuple[float, int, str]:
    return round(claim.strength, 2), _STRICTNESS[claim.concept.field_class], claim.concept.id


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
