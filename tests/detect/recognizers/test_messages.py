"""People in HL7, X12 and EDIFACT messages."""

from __future__ import annotations

import pytest

from tests.detect.recognizers.searching import covers, found

PID = "PID|1||00123456^^^HOSP||POE^ANN^B||19600417|F|||12 MAIN ST^^RIVERTON^NY^10001||(212)555-0152"
FOUND = [
    (PID, "POE^ANN^B", "NAME_FIELD"),
    (PID, "19600417", "DATE_OF_BIRTH"),
    (PID, "12 MAIN ST^^RIVERTON^NY^10001", "STREET_ADDRESS"),
    (PID, "(212)555-0152", "PHONE_NUMBER"),
    (PID, "00123456", "MEDICAL_RECORD_NUMBER"),
    ("MSH|^~\\&|A|B|C|D|20210304||ADT^A01\rPID|1||7^^^H||POE^ANN", "POE^ANN", "NAME_FIELD"),
    ("NK1|1|POE^BEN|SPO|3 ELM ST^^RIVERTON|2125550152", "POE^BEN", "NAME_FIELD"),
    ("NK1|1|POE^BEN|SPO|3 ELM ST^^RIVERTON|2125550152", "2125550152", "PHONE_NUMBER"),
    ("PV1|1|I|W^1^2||||1234^QUIST^NORA^^^DR", "QUIST^NORA", "NAME_FIELD"),
    ("NM1*IL*1*POE*ANN*B***MI*12345678~", "POE*ANN*B", "NAME_FIELD"),
    ("NM1*IL*1*POE*ANN*B***MI*12345678~", "12345678", "MEDICAL_RECORD_NUMBER"),
    ("N3*12 MAIN ST*APT 4~N4*RIVERTON*NY*10001~", "12 MAIN ST*APT 4", "STREET_ADDRESS"),
    ("DMG*D8*19600417*F~", "19600417", "DATE_OF_BIRTH"),
    ("PER*IC*ANN POE*TE*2125550152~", "2125550152", "PHONE_NUMBER"),
    ("PER*IC*ANN POE*TE*2125550152~", "ANN POE", "NAME_FIELD"),
    ("REF*SY*078051120~", "078051120", "MEDICAL_RECORD_NUMBER"),
    ("DTP*472*D8*20210304~", "20210304", "DATE_TIME"),
    ("NAD+BY+123::92++ANN POE+12 MAIN ST+RIVERTON++10001+US'", "ANN POE", "NAME_FIELD"),
    ("CTA+IC+:ANN POE'COM+2125550152:TE'", "2125550152", "PHONE_NUMBER"),
    ("CTA+IC+:ANN POE'", "ANN POE", "NAME_FIELD"),
    ("DTM+329:19600417:102'", "19600417", "DATE_OF_BIRTH"),
]
NONE = ["a|b|c|d|e|f|g", "PID 1234 was killed", "NM1*85*2*RIVERTON CLINIC*****XX*1~", "x = N3*4+2"]


@pytest.mark.parametrize(("text", "value", "entity"), FOUND)
def test_found(text: str, value: str, entity: str) -> None:
    assert covers(text, value, entity)


@pytest.mark.parametrize("text", NONE)
def test_no_people(text: str) -> None:
    assert found(text, "NAME_FIELD", "DATE_OF_BIRTH") == set()
