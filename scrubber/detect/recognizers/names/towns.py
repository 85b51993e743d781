"""Towns, by a list of their names and the words that stand beside a place in their language.

A name of the list alone proves nothing (Nice, Reading, 大阪 in 大阪城): it counts behind a
preposition, before the particle of a place, or behind a date of birth.
"""

from __future__ import annotations

from typing import Final

import regex

from scrubber.detect.recognizers.names.lists import is_town, may_be_town
from scrubber.detect.recognizers.names.ordinary import form_words, ordinary_words
from scrubber.detect.recognizers.recognizer import LIKELY, Pattern, Recognizer, words

_LATIN: Final = r"\p{Lu}\p{Ll}[\p{L}'’-]{1,24}"
_TOWN: Final = rf"{_LATIN}(?:[ ](?:de[ ]|del[ ]|di[ ]|do[ ]|la[ ])?{_LATIN}){{0,2}}"
_SETTLEMENT: Final = r"\p{Lu}\p{Ll}[\p{L}'’-]{0,24}(?:[ ](?:de[ ]|del[ ]|di[ ]|do[ ]|la[ ])?\p{Lu}\p{Ll}[\p{L}'’-]{0,24}){0,2}"
_CYRILLIC: Final = r"[А-ЯЁІЇЄҐ][а-яёіїєґ'’-]{2,24}(?:[ ][А-ЯЁІЇЄҐ][а-яёіїєґ'’-]{2,20})?"
_GREEK: Final = r"[Α-ΩΆ-Ώ][α-ωά-ώΐΰ]{2,20}(?:[ ][Α-ΩΆ-Ώ][α-ωά-ώΐΰ]{2,20})?"
_ARABIC: Final = r"[\u0621-\u064a][\u0621-\u064a\u064b-\u0652]{1,14}"
_HINDI: Final = r"[\u0900-\u0963]{2,15}"
_ANY: Final = r"(?:in|a|à|en|em|i|w|we|v|ve|u|te|di|la|în|på|at|ở|tại)"
_LIVES: Final = words(
    r"""
    mieszka(?:m|ła|ł)? mieszkając\p{L}* vivo vive viveva moro mora morava abito abita abitava risiede residente nato nata née? nacid[oa] nasc(?:eu|id[oa]) bor bodde född født
    wohn(?:t|e|te|haft) woon(?:t|de|achtig)? tinggal lahir sống sinh habit(?:e|ait) demeurant bydl(?:í|ím|iště) žije narozen[aý]? lakik születtet+ locuiesc locuieşte locuiește născut(?:ă)? asui asuu
    """
)


def _is_latin(value: str) -> bool:
    folded = value.casefold()
    if folded in form_words() or folded in ordinary_words():
        return False
    return may_be_town(value, "Latin") if " " not in value else is_town(value, "Latin")


def _is_proper(value: str) -> bool | None:
    """Refutes ordinary words and words of forms with a capital."""
    folded = value.casefold()
    return False if folded in form_words() or folded in ordinary_words() else None


def _is_place(value: str) -> bool | None:
    """Refutes what is in no list of towns."""
    script = regex.match(
        r"(?:(?P<Han>\p{Han})|(?P<Katakana>\p{Katakana})|(?P<Hangul>\p{Hangul})|(?P<Arabic>\p{Arabic})"
        r"|(?P<Hebrew>\p{Hebrew})|(?P<Devanagari>\p{Devanagari})|(?P<Greek>\p{Greek})|(?P<Cyrillic>\p{Cyrillic})|(?P<Latin>\p{Latin}))",
        value,
    )
    if script is None or script.lastgroup is None:
        return False
    name = script.lastgroup
    if name == "Latin":
        known = _is_latin(value)
    elif name in ("Greek", "Cyrillic"):
        folded = value.casefold()
        known = (
            folded not in ordinary_words()
            and folded not in form_words()
            and may_be_town(value, name)
        )
    else:
        known = is_town(value, name)
    return None if known else False


TOWNS: Final = Recognizer(
    name="TownRecognizer",
    entity="CITY",
    what="Towns of a list, behind prepositions and dates of birth and before particles of places, "
    "in some twenty languages",
    examples=("w Kielcach", "στην Καβάλα", "в Пскове", "在苏州", "金沢で", "전주에", "di Salatiga"),
    patterns=(
        Pattern("behind a preposition", rf"(?<![\p{{L}}\p{{N}}.'’-])(?:w|we|z|ze|ve|em|di|dari|ke|ở|tại|từ|uit|aus|din|à|från)[ ]\K{_TOWN}(?![\p{{L}}\p{{N}}@])", LIKELY),
        Pattern("behind a preposition, one word", rf"(?<![\p{{L}}\p{{N}}.'’-])(?:w|we|z|ze|ve|em|di|dari|ke|ở|tại|từ|uit|aus|din|à|från)[ ]\K{_LATIN}(?![\p{{L}}\p{{N}}@])", LIKELY),
        Pattern("behind a year", rf"(?<![0-9])(?:19|20)[0-9]{{2}}(?:[ ](?:r\.|roku|года|р\.))?,?[ ]{_ANY}[ ]\K{_TOWN}(?![\p{{L}}\p{{N}}@])", LIKELY),
        Pattern("behind a year, one word", rf"(?<![0-9])(?:19|20)[0-9]{{2}}(?:[ ](?:r\.|roku|года|р\.))?,?[ ]{_ANY}[ ]\K{_LATIN}(?![\p{{L}}\p{{N}}@])", LIKELY),
        Pattern("behind a name", rf"(?<!\p{{L}})\p{{Lu}}[\p{{Ll}}]{{2,20}}[ ]{_ANY}[ ]\K{_LATIN}(?=[.,;!?](?:\s|\Z))", LIKELY),
        Pattern("Turkish", rf"(?<![\p{{L}}\p{{N}}]){_LATIN}(?=['’](?:[td][ae]n?|y[ae]|n[ıiuü]n|l[ıi])(?!\p{{L}}))", LIKELY),
        Pattern("Cyrillic", rf"(?<!\p{{L}})(?i:у|в|во|із|з|зі|из|до|под|біля|около|близ|від)[ ]\K{_CYRILLIC}(?!\p{{L}})", LIKELY),
        Pattern("Greek", rf"(?<!\p{{L}})(?:[Σσ]τ(?:ον?|ην?|α|ις|ους)|[Αα]πό(?:[ ]τ(?:ον?|ην?|α|ις|ους))?|κοντά[ ]σ\p{{L}}{{1,4}}|κάτοικος)[ ]\K{_GREEK}(?!\p{{L}})", LIKELY),
        *(
            Pattern(f"Chinese, {length}", rf"(?:在|于|來自|来自|到了?|去了?|从|從|住(?!在)|回(?!到)|离开|前往|出生于|籍贯|城市)[:：]?\K\p{{Han}}{{{length}}}[市县縣]?", LIKELY)
            for length in (4, 3, 2)
        ),
        Pattern("Japanese", r"(?<![\p{Han}々])\p{Han}{2,4}(?=(?:で|に(?!は)|へ|の|から|まで|出身|在住))", LIKELY),
        Pattern("Korean", r"(?<!\p{Hangul})\p{Hangul}{2,4}?(?=(?:시)?(?:에서|에|의|으로|로|까지|출신)(?!\p{Hangul}))", LIKELY),
        Pattern("Arabic", rf"(?<![\p{{L}}\p{{M}}])(?:في|من|إلى|مدينة|بمدينة|قرب|نحو)[ ]\K{_ARABIC}[ ]{_ARABIC}(?![\p{{L}}\p{{M}}])", LIKELY),
        Pattern("Arabic, one word", rf"(?<![\p{{L}}\p{{M}}])(?:في|من|إلى|مدينة|بمدينة|قرب|نحو)[ ]\K{_ARABIC}(?![\p{{L}}\p{{M}}])", LIKELY),
        Pattern("Hebrew", r"(?<![\p{L}\p{M}])(?:ב|מ|ל)-?\K\p{Hebrew}{2,12}(?:[ ]\p{Hebrew}{2,12})?(?![\p{L}\p{M}])", LIKELY),
        Pattern("Hebrew, one word", r"(?<![\p{L}\p{M}])(?:ב|מ|ל)-?\K\p{Hebrew}{3,12}(?![\p{L}\p{M}])", LIKELY),
        Pattern("Hindi", rf"(?<![\p{{L}}\p{{M}}]){_HINDI}(?=[ ](?:में|से|के|का|की|शहर)(?![\p{{L}}\p{{M}}]))", LIKELY),
    ),
    judge=_is_place,
)  # fmt: skip

RESIDENCES: Final = Recognizer(
    name="ResidenceRecognizer",
    entity="CITY",
    what="Places behind words for living and being born, in some twenty languages",
    examples=("mieszkam w Kielcach", "sống ở Quy Nhơn", "tinggal di Tegal"),
    patterns=(
        Pattern("of living", rf"(?<!\p{{L}})(?i:{_LIVES})[ ]{_ANY}[ ]\K{_SETTLEMENT}(?![\p{{L}}\p{{N}}@])", LIKELY),
    ),
    judge=_is_proper,
)  # fmt: skip
