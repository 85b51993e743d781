"""`countries` narrows the national numbers that are looked for; by default all are."""

from __future__ import annotations

import pytest

from scrubber.detect import DetectSpec
from scrubber.detect.presidio.registry import COUNTRIES, recognizer_of, registry
from scrubber.detect.recognizers import RECOGNIZERS
from scrubber.errors import DetectionError

NATIONAL = {r.name: r.country for r in RECOGNIZERS if r.country is not None}


def names(spec: DetectSpec) -> set[str]:
    return {r.name for r in registry(spec, None).recognizers} & NATIONAL.keys()


def test_all_by_default() -> None:
    assert names(DetectSpec()) == NATIONAL.keys()
    assert len(COUNTRIES) > 60


@pytest.mark.parametrize("countries", [("ES",), ("MX", "PL"), ()])
def test_some(countries: tuple[str, ...]) -> None:
    expected = {name for name, country in NATIONAL.items() if country in countries}
    assert names(DetectSpec(countries=countries)) == expected


def test_none_without_the_house() -> None:
    assert names(DetectSpec(house=False, countries=("ES",))) == set()


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(DetectionError, match="XX") as error:
        registry(DetectSpec(countries=("ES", "XX")), None)
    assert error.value.code == "country-unknown"


@pytest.mark.parametrize(
    ("entity", "name"),
    [("ES_NIF", "EsNifRecognizer"), ("UK_NINO", "UkNinoRecognizer"), ("SHOE_SIZE", None)],
)
def test_the_recognizer_of_an_entity(entity: str, name: str | None) -> None:
    assert recognizer_of(entity) == name
