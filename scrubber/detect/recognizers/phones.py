"""Numbers of phones behind words for them, spoken, and in forms that only phones have."""

from __future__ import annotations

from scrubber.detect.recognizers.recognizer import LIKELY, SURE, Pattern, Recognizer, words

PHONE_WORDS = words(
    r"tel(?:ephone)?s?\.? telephone phones? ph\. mobile cell(?:phone)? fax dial call(?:ed)? ring text sms whatsapp signal pager contact hotline landline"
    r" telefon(?:nummer|u|em)? telefonu tél(?:éphone)?\.? portable teléfono tfno\.? móvil celular telefono cellulare telefone telemóvel"
    r" telefoon mobiel handy mobil numerem numer_telefonu puhelin puh\. телефон(?:у|ом)? тел\. моб\. τηλ(?:έφωνο)?\.? κινητό 电话 電話 手机 回电 전화 هاتف جوال טלפון נייד फ़ोन फोन"
    r" llámame rappelle-moi rückruf erreichbar unter zurück auf numéro número numero numarası"
).replace("_", r"[ ]")
_DIGITS = words("zero oh one two three four five six seven eight nine double triple")

LABELLED_PHONES = Recognizer(
    name="LabelledPhoneRecognizer",
    entity="PHONE_NUMBER",
    what="Numbers of phones behind words for them, in whatever numbering plan",
    examples=("Tel. 0199 27-516.4083", "Fax 555-0147", "mobile: 612 345 678"),
    patterns=(
        Pattern(
            "labelled",
            rf"(?<![\p{{L}}\p{{N}}])(?i:{PHONE_WORDS})(?![\p{{Latin}}\p{{Cyrillic}}\p{{Greek}}])(?:[ ](?i:me|us|him|her|them|on|at|number|numbers|no|nr|is|was|au|al|unter|pod|по|на|to|the|my))*"
            r"[\"'\])*]{0,3}[ \t]{0,3}(?:(?i:is|no|nr|number)\b\.?|[:=#|／：])*[ \t]{0,8}(?:\r?\n[ ]{0,4})?[\"']?\K"
            r"(?:\+[ ]?|00)?\(?[0-9](?:[ \t./()–-]{0,2}[0-9]){5,14}(?![\w/%]|[.,:][0-9])",
            SURE,
        ),
        Pattern(
            "spoken",
            rf"(?i:(?<![\p{{L}}])(?:{PHONE_WORDS})(?![\p{{L}}])[^.\n0-9]{{0,24}}?\K(?:{_DIGITS}[ ,-]{{1,2}}){{5,14}}{_DIGITS}(?![\p{{L}}]))",
            SURE,
        ),
        Pattern("trunk prefix", r"(?<![\w./,:$€£+-])\(?0[1-9][0-9]{1,3}\)?[ /-][0-9]{2,4}(?:[ -][0-9]{2,4}){1,3}(?![\w/%-]|[.,:][0-9])", LIKELY),
        Pattern("russian", r"(?<![\w./,:$€£+-])8[ -]?\(?9[0-9]{2}\)?[ -]?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}(?![\w/%-]|[.,:][0-9])", LIKELY),
    ),
)  # fmt: skip
