"""Numbers of matters, papers and professions behind their words, in many languages."""

from __future__ import annotations

import pytest

from tests.detect.recognizers.searching import covers, found

NUMBERED = [
    ("Oggetto: pratica n. 3141 / 24/11/2019", "3141"),
    ("CONTRATTO DI SERVIZI\nN. 926 del 09/11/2020", "926"),
    ("AFTALE OM YDELSER\nNr. 2416 af den 2020-12-06", "2416"),
    ("Dot.: sprawy nr 5358 / 07.06.2021", "5358"),
    ("Vedr.: sag nr. 9793 / 2021-04-24", "9793"),
    ("Betreff: Vertrag Nr. 2384 vom 3.5.2021", "2384"),
    ("Objet : dossier n° 6264", "6264"),
    ("Asunto: expediente nº 3383", "3383"),
    ("Betreft: zaak nr. 2795", "2795"),
    ("Ärende nr 2884 hos oss", "2884"),
    ("Asia nro 1971 on vireillä", "1971"),
    ("ve věci č. 6939 ze dne", "6939"),
    ("σχετικά με υπόθεση αρ. 9375", "9375"),
    ("in case no. 1058 the court", "1058"),
    ("legitymujący się dowodem osobistym KLM 209749", "KLM 209749"),
    ("CPR-nummer (patientens): 150686-2008", "150686-2008"),
    ("NHC: 4459230.\nNASS: 78 16406286 20.", "4459230"),
    ("NHC: 4459230.\nNASS: 78 16406286 20.", "78 16406286 20"),
    ("Médico: la doctora NºCol: 28 28 99862.", "28 28 99862"),
    ("Servicio: Urología.\nEpisodio: 8034825.", "8034825"),
]
NONE = [
    "The case 12 boxes came in",
    "legge n. 241 del 7 agosto 1990",
    "Law no. 3713 of 18 December 1984",
    "Ustawa nr 64 z dnia 23.04.1964",
    "see file 2 and case 3",
    "The contract was signed in 2019",
]


@pytest.mark.parametrize(("text", "number"), NUMBERED)
def test_behind_their_words(text: str, number: str) -> None:
    assert covers(text, number, "ID_NUMBER", "MEDICAL_RECORD_NUMBER", "CERTIFICATE_NUMBER")


@pytest.mark.parametrize("text", NONE)
def test_laws_and_counts_are_none(text: str) -> None:
    assert found(text, "ID_NUMBER", "MEDICAL_RECORD_NUMBER", "CERTIFICATE_NUMBER") == set()
