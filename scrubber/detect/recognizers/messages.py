"""People in messages between hospitals, insurers and traders: HL7 version 2, X12 and EDIFACT.

A field is found by its place in its segment. Fields behind the places that matter are left alone.
"""

from __future__ import annotations

from scrubber.detect.recognizers.recognizer import SURE, Pattern, Recognizer


def _hl7(places: str, value: str = r"[^|\r\n]{2,300}") -> Pattern:
    """Fields of HL7 segments: "PID 5 6" are the fifth and the sixth field of PID."""
    before = "|".join(
        rf"{segment}(?:\|[^|\r\n]*){{{int(place) - 1}}}"
        for segment, *fields in (line.split() for line in places.split(";"))
        for place in fields
    )
    return Pattern("HL7", rf"(?<![A-Za-z0-9])(?:{before})\|\K{value}", SURE)


def _x12(before: str, value: str = r"[^*~\r\n]{2,120}") -> Pattern:
    return Pattern("X12", rf"(?<![A-Za-z0-9])(?:{before})\*\K{value}", SURE)


def _edifact(before: str, value: str = r"[^+:'\r\n]{2,120}") -> Pattern:
    return Pattern("EDIFACT", rf"(?<![A-Za-z0-9])(?:{before})\K{value}", SURE)


_NM1 = r"NM1\*[A-Z0-9]{2,3}\*1"

_NAMES = Recognizer(
    name="SegmentNameRecognizer",
    entity="NAME_FIELD",
    what="Names of people in HL7 (PID, NK1, GT1, IN1, PV1, ORC, OBR), X12 (NM1, PER) and EDIFACT "
    "(NAD, PNA, CTA) segments",
    examples=("PID|1||123||POE^ANN^B||19600417", "NM1*IL*1*POE*ANN*B", "CTA+IC+:ANN POE'"),
    patterns=(
        _hl7("PID 5 6 9;NK1 2;GT1 3 4;IN1 16;MRG 7", r"[^|\r\n]{2,120}(?<=\p{L}[^|\r\n]{0,119})"),
        _hl7("PV1 7 8 9 17;ORC 10 11 12;OBR 10 16;DG1 16;ROL 4;PD1 4;STF 3", r"[^|\r\n]{3,200}"),
        _x12(_NM1, r"[^*~\r\n]{1,60}(?:\*[^*~\r\n]{1,40}){0,4}"),
        _x12(r"PER\*[A-Z]{2}"),
        _edifact(r"CTA\+[A-Z]{0,3}\+[^+:'\r\n]{0,17}:"),
        _edifact(r"NAD\+[A-Z]{2,3}\+[^+'\r\n]{0,40}\+[^+'\r\n]{0,40}\+", r"[^+'\r\n]{2,120}"),
        _edifact(r"PNA\+[A-Z]{2,3}\+[^+'\r\n]{0,40}(?:\+[^+'\r\n]{0,20}){3}\+", r"[^'\r\n]{2,200}"),
    ),
)  # fmt: skip

_BIRTHS = Recognizer(
    name="SegmentBirthRecognizer",
    entity="DATE_OF_BIRTH",
    what="Dates of birth in HL7 (PID, NK1, GT1, IN1), X12 (DMG) and EDIFACT (DTM+329) segments",
    examples=("PID|1||123||POE^ANN||19600417|F", "DMG*D8*19600417*F", "DTM+329:19600417:102'"),
    patterns=(
        _hl7("PID 7;NK1 16;GT1 8;IN1 18", r"[0-9]{8}(?:[0-9]{2,6})?(?=[|\r\n^]|\Z)"),
        _x12(r"DMG\*D8", r"[0-9]{8}(?![0-9])"),
        _edifact(r"DTM\+(?:329|180):", r"[0-9]{6,8}(?![0-9])"),
    ),
)

_TIMES = Recognizer(
    name="SegmentTimeRecognizer",
    entity="DATE_TIME",
    what="Dates and times of visits, orders and services in HL7, X12 and EDIFACT segments",
    examples=("EVN|A01|20210304104500", "DTP*472*D8*20210304", "DTM+137:20210304:102'"),
    patterns=(
        _hl7(
            "MSH 7;EVN 2 3 6;PV1 44;OBR 6 7 8 14 22;OBX 14 19;ORC 9 15;DG1 5;PR1 5;IN1 12 13;AL1 6;SCH 11;TXA 4 6",
            r"[0-9]{8}(?:[0-9]{2,6})?(?:\.[0-9]{1,4})?(?:[+-][0-9]{4})?(?=[|\r\n^]|\Z)",
        ),
        _x12(r"DTP\*[0-9]{3}\*(?:D8|RD8|DT)", r"[0-9]{8}(?:-[0-9]{8}|[0-9]{4})?(?![0-9])"),
        _edifact(r"DTM\+(?!329|180)[0-9]{1,3}:", r"[0-9]{6,14}(?![0-9])"),
    ),
)  # fmt: skip

_PHONES = Recognizer(
    name="SegmentPhoneRecognizer",
    entity="PHONE_NUMBER",
    what="Numbers of phones in HL7 (PID, NK1, GT1), X12 (PER) and EDIFACT (COM) segments",
    examples=("PER*IC*POE*TE*2125550152", "COM+2125550152:TE'"),
    patterns=(
        _hl7("PID 13 14;NK1 5 6 7;GT1 6 7", r"[^|\r\n]{5,200}"),
        _x12(r"PER\*[A-Z]{2}\*[^*~\r\n]{0,60}(?:\*[A-Z]{2}\*[^*~\r\n]{1,80}){0,2}\*(?:TE|FX|HP|CP|WP|EX)"),
        _edifact(r"COM\+", r"[^+:'\r\n]{5,80}(?=:(?:TE|FX|AL|EM))"),
    ),
)  # fmt: skip

_ADDRESSES = Recognizer(
    name="SegmentAddressRecognizer",
    entity="STREET_ADDRESS",
    what="Addresses in HL7 (PID, NK1, GT1, IN1), X12 (N3, N4) and EDIFACT (NAD) segments",
    examples=("PID|1||123||POE^ANN||||||12 MAIN ST^^RIVERTON^NY^10001", "N3*12 MAIN ST", "N4*RIVERTON*NY*10001"),
    patterns=(
        _hl7("PID 11 12;NK1 4;GT1 5;IN1 19;STF 11", r"[^|\r\n]{3,300}"),
        _x12(r"N3", r"[^~\r\n]{2,160}"),
        _x12(r"N4", r"[^*~\r\n]{2,60}(?:\*[^*~\r\n]{1,20}){1,3}"),
        _edifact(r"NAD\+[A-Z]{2,3}\+[^+'\r\n]{0,40}\+[^+'\r\n]{0,40}\+[^+'\r\n]{0,120}\+", r"[^'\r\n]{3,200}"),
    ),
)  # fmt: skip

_NUMBERS = Recognizer(
    name="SegmentNumberRecognizer",
    entity="MEDICAL_RECORD_NUMBER",
    what="Numbers of patients, members and accounts in HL7 (PID, IN1, PV1), X12 (NM1, REF, CLM) and "
    "EDIFACT (NAD) segments",
    examples=("PID|1||00123456^^^HOSP", "NM1*IL*1*POE*ANN****MI*12345678", "REF*SY*078051120"),
    patterns=(
        _hl7("PID 2 3 4 18 19 20 21;IN1 2;IN2 2;PV1 19;MRG 3 4;GT1 2 12", r"(?=[^|\r\n]{0,40}[0-9])[^|\r\n]{3,200}"),
        _x12(rf"{_NM1}(?:\*[^*~\r\n]{{0,60}}){{5}}\*[A-Z0-9]{{2}}"),
        _x12(r"REF\*(?:SY|1L|1W|0F|23|EJ|EA|EI|TJ|G1|F8|D9|Y4|6P|1B|1C|1D|IG|QQ|ABB)"),
        _x12(r"CLM"),
        _edifact(r"(?:RFF\+(?:AVE|ABO|AHI|AHP|MR|PI|SI):|PNA\+[A-Z]{2,3}\+)"),
    ),
)  # fmt: skip

SEGMENTS = (_NAMES, _BIRTHS, _TIMES, _PHONES, _ADDRESSES, _NUMBERS)
