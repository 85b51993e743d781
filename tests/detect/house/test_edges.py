"""Words of forms and ordinary words are no names, and no part of one."""

from __future__ import annotations

import pytest

from scrubber.detect.code import Code
from scrubber.detect.house.case import Case
from scrubber.detect.house.edges import RULES, trimmed
from scrubber.detect.ner.matcher import RECOGNIZER as MODEL
from scrubber.detect.recognizers.names.ordinary import form_words, ordinary_words
from scrubber.model.finding import Span

NONE = [
    "Cordiali saluti", "Egregio Signor", "Rozpoznanie zasadnicze", "zamieszkały pod adresem",
    "UMOWA", "Fødselsdato", "Hoveddiagnose", "Anschrift", "NHS", "PESEL", "Teléfono", "дата рождения",
    "住所", "주민등록번호", "λοιπόν", "przez",
]  # fmt: skip
TRIMMED = [
    ("reprezentowana przez Ewa Zielińska", "Ewa Zielińska"),
    ("Szanowna Pani Nowak", "Nowak"),
    ("Ewa Nowak , PESEL", "Ewa Nowak"),
    ("Oggetto Chiara Russo", "Chiara Russo"),
    ("nebo Jan Novák", "Jan Novák"),
]
WHOLE = [
    "Giovanni Gentile", "Jan Veselý", "Rainer Maria Rilke", "Simone de Beauvoir", "van den Berg",
    "Bruna Nascimento", "Asia Argento", "Ward", "Case", "rosa", "mia", "Pan Wei", "Ann Swift", "Rut",
]  # fmt: skip


def case(text: str, label: str = "PERSON") -> Case:
    return Case(text, Span(0, len(text), label, 0.9, MODEL), Code(""))


def refuted(one: Case) -> bool:
    return any(rule.refutes(one) for rule in RULES if one.span.label in rule.labels)


@pytest.mark.parametrize("text", NONE)
def test_they_name_nobody(text: str) -> None:
    assert refuted(case(text))


@pytest.mark.parametrize(("text", "name"), TRIMMED)
def test_they_are_cut_off(text: str, name: str) -> None:
    span = trimmed(case(text))
    assert (refuted(case(text)), text[span.start : span.end]) == (False, name)


@pytest.mark.parametrize("text", WHOLE)
def test_names_stay_whole(text: str) -> None:
    assert (refuted(case(text)), trimmed(case(text)).end) == (False, len(text))


def test_before_a_colon_a_label_is_no_name() -> None:
    text = "Ward: 4B"
    assert refuted(Case(text, Span(0, 4, "PERSON", 0.9, MODEL), Code("")))


def test_bodies_and_other_recognizers_are_not_trimmed() -> None:
    assert trimmed(case("przez Ewa", "ORGANIZATION")).start == 0
    own = Case("przez Ewa", Span(0, 9, "PERSON", 0.9, "deny_list"), Code(""))
    assert trimmed(own).start == 0
    assert not refuted(own)


def test_no_given_name_is_ordinary() -> None:
    names = "anna jan maria tom rosa mia sophie lucía олег анна νίκος".split()
    assert not (form_words() | ordinary_words()).intersection(names)
