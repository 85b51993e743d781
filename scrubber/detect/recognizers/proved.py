"""National numbers of a form that random digits do not have, also without a word for them.

Letters with a check character, two check digits, or a date of birth inside. Bare digits with one
check digit are no such form: they need a word (see `national`).
"""

from __future__ import annotations

from scrubber.detect.recognizers import proofs
from scrubber.detect.recognizers.recognizer import SURE, Pattern, Recognizer

_DD, _MM, _YY = r"(?:0[1-9]|[12][0-9]|3[01])", r"(?:0[1-9]|1[0-2])", r"[0-9]{2}"
_LETTERED_MONTH = r"[A-EHLMPRST]"
_FIGURE = r"[0-9L-NP-V]"
_RARE_DIGITS = r"(?<![\w.,+-])", r"(?![\w+-]|[.,][0-9])"
_WORD = r"(?<![\w-])", r"(?![\w-])"


def _made(
    country: str, name: str, what: str, example: str, shape: str, proof: proofs.Proof | None
) -> Recognizer:
    begin, end = _WORD if any(map(str.isalpha, example)) else _RARE_DIGITS
    return Recognizer(
        name=f"{name}Recognizer",
        entity="ID_NUMBER",
        what=f"{what} ({country})",
        examples=(example,),
        patterns=(Pattern("form", f"{begin}{shape}{end}", SURE),),
        judge=proof,
        country=country,
    )


PROVED_IDS = (
    _made("ES", "SpanishDni", "Identity numbers", "12345678Z", r"(?:[0-9]{8}|[XYZ][ -]?[0-9]{7})[ -]?[A-HJ-NP-TV-Z]", proofs.dni),
    _made("IT", "CodiceFiscale", "Tax codes of people", "RSSMRA85T10A562S", rf"[A-Z]{{6}}{_FIGURE}{{2}}{_LETTERED_MONTH}{_FIGURE}{{2}}[A-Z]{_FIGURE}{{3}}[A-Z]", proofs.codice_fiscale),
    _made("GB", "NationalInsurance", "National insurance numbers", "AB 12 34 56 C", r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[A-D]", None),
    _made("IN", "IndianPan", "Permanent account numbers", "AFZPK7190K", r"[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z]", None),
    _made("IN", "IndianGstin", "Tax numbers of firms", "27AAPFU0939F1ZV", r"[0-3][0-9][A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z]", proofs.gstin),
    _made("MX", "MexicanCurp", "Population registry codes", "BOXW310820HNERXN09", rf"[A-Z][AEIOUX][A-Z]{{2}}{_YY}{_MM}{_DD}[HMX][A-Z]{{2}}[B-DF-HJ-NP-TV-Z]{{3}}[0-9A-Z][0-9]", proofs.curp),
    _made("MX", "MexicanRfc", "Tax registry codes", "GODE561231GR8", rf"[A-ZÑ&]{{3,4}}[ -]?{_YY}{_MM}{_DD}[ -]?[0-9A-Z]{{2}}[0-9A]", proofs.rfc),
    _made("FR", "FrenchNir", "Social security numbers", "2 95 10 99 126 111 93", r"[12][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?(?:[0-9]{2}|2[AB])[ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{2}", proofs.nir),
    _made("BE", "BelgianNumber", "National numbers", "85.07.30-033.28", r"[0-9]{2}[. ][0-9]{2}[. ][0-9]{2}[- ][0-9]{3}[. ]?[0-9]{2}", proofs.niss),
    _made("SE", "Personnummer", "Personal numbers", "880320-0016", rf"(?:(?:19|20){_YY}{_MM}[0-9]{{2}}-?|{_YY}{_MM}[0-9]{{2}}[-+])[0-9]{{4}}", proofs.personnummer),
    _made("FI", "Hetu", "Personal identity codes", "131052-308T", rf"{_DD}{_MM}{_YY}[-+A-FU-Y][0-9]{{3}}[0-9A-Y]", proofs.hetu),
    _made("NO", "Fodselsnummer", "Birth numbers", "151086 95088", r"[0-7][0-9]{5}[ -][0-9]{5}", proofs.fodselsnummer),
    _made("IS", "Kennitala", "Identity numbers", "120174-3399", rf"{_DD}{_MM}{_YY}-[0-9]{{4}}", proofs.kennitala),
    _made("CZ", "RodneCislo", "Birth numbers", "710319/2745", rf"{_YY}[0-8][0-9]{_DD}/[0-9]{{3,4}}", proofs.rodne_cislo),
    _made("IE", "IrishPps", "Personal public service numbers", "6433435F", r"[0-9]{7}[A-W][A-IW]?", proofs.pps),
    _made("SG", "SingaporeNric", "Identity numbers", "S1234567D", r"[STFGM][0-9]{7}[A-Z]", proofs.nric),
    _made("HK", "HongKongId", "Identity numbers", "A123456(3)", r"[A-Z]{1,2}[0-9]{6}\([0-9A]\)", proofs.hkid),
    _made("CN", "ResidentId", "Resident identity numbers", "11010519491231002X", rf"[1-8][0-9]{{5}}(?:19|20){_YY}{_MM}{_DD}[0-9]{{3}}[0-9X]", proofs.resident_id),
    _made("KR", "KoreanRrn", "Resident registration numbers", "971013-9019902", rf"{_YY}{_MM}{_DD}-[0-9]{{7}}", proofs.rrn),
    _made("ZA", "SouthAfricanId", "Identity numbers", "7503305044089", rf"{_YY}{_MM}{_DD}[ ]?[0-9]{{4}}[ ]?[012][89][0-9]", proofs.south_african),
    _made("MY", "Mykad", "Identity numbers", "770305-02-1234", rf"{_YY}{_MM}{_DD}-[0-9]{{2}}-[0-9]{{4}}", proofs.mykad),
    _made("TH", "ThaiId", "Identity numbers", "1-1101-00152-64-1", r"[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", proofs.thai),
    _made("BR", "BrazilianCpf", "Tax numbers of people", "390.533.447-05", r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", proofs.cpf),
    _made("BR", "BrazilianCnpj", "Tax numbers of firms", "16.727.230/0001-97", r"[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-[0-9]{2}", proofs.cnpj),
    _made("CL", "ChileanRut", "Tax numbers", "12.531.909-2", r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9Kk]", proofs.rut),
    _made("AR", "ArgentineCuit", "Tax numbers", "20-05536168-2", r"(?:2[03457]|3[034])-[0-9]{8}-[0-9]", proofs.cuit),
    _made("CH", "SwissAhv", "Social security numbers", "756.9217.0769.85", r"756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}", proofs.ahv),
    _made("DE", "GermanPension", "Pension insurance numbers", "15 070649 C 10 3", rf"[0-9]{{2}}[ ]?(?:{_DD}|[4-8][0-9]){_MM}{_YY}[ ]?[A-Z][ ]?[0-9]{{2}}[ ]?[0-9]", proofs.pension),
    _made("PT", "CitizenCard", "Citizen card numbers", "00000000 0 ZZ4", r"[0-9]{8}[ ]?[0-9][ ]?[A-Z0-9]{2}[0-9](?<=[A-Z][A-Z0-9][0-9])", proofs.citizen_card),
    _made("RU", "Snils", "Pension insurance numbers", "112-233-445 95", r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ -][0-9]{2}", proofs.snils),
    _made("LV", "LatvianNumber", "Personal codes", "161175-19997", rf"{_DD}{_MM}{_YY}-[0-2][0-9]{{4}}", proofs.latvian),
    _made("LU", "LuxembourgNumber", "National numbers", "1893120105732", rf"(?:1[89]|20){_YY}{_MM}{_DD}[0-9]{{5}}", proofs.luxembourgish),
    _made("US", "MedicareBeneficiary", "Medicare beneficiary identifiers", "1EG4-TE5-MK73", r"[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]-?[AC-HJKMNP-RT-Y]{2}[0-9]{2}", None),
)  # fmt: skip
"""Of countries that have such a form."""
