"""Numbers of accounts, cards and wallets that Presidio's recognizers leave."""

from __future__ import annotations

from collections import defaultdict

from scrubber.detect.recognizers.checks import has_iban_digits, has_luhn_digit
from scrubber.detect.recognizers.labels import labelled
from scrubber.detect.recognizers.recognizer import LIKELY, SURE, Pattern, Recognizer

# Length of an IBAN by country: SWIFT's IBAN registry, as facts.
_LENGTHS = """
15 NO; 16 BE; 18 DK FI FK FO GL NL SD; 19 MK SI; 20 AT BA EE KZ LT LU MN XK; 21 CH HR LI LV;
22 BG BH CR DE GB GE IE ME RS VA; 23 AE GI IL IQ OM SO TL; 24 AD CZ ES MD PK RO SA SE SK TN VG;
25 LY PT ST; 26 IS TR; 27 BI DJ FR GR IT MC MR SM; 28 AL AZ BY CY DO GT HN HU LB NI PL SV; 29 BR EG PS QA UA;
30 JO KW MU YE; 31 MT SC; 32 LC; 33 RU
"""  # fmt: skip


def _by_length() -> str:
    countries: dict[int, list[str]] = defaultdict(list)
    for line in _LENGTHS.split(";"):
        length, *names = line.split()
        countries[int(length)] += names
    return "|".join(
        rf"(?:{'|'.join(names)})[ -]?[0-9]{{2}}(?:[ -]?[A-Z0-9]){{{length - 4}}}"
        for length, names in countries.items()
    )


_IBAN = rf"(?:{_by_length()})"
_IBAN_WORD = r"iban(?:[ ](?:nr|no|code|number)\b\.?)?"

IBANS = Recognizer(
    name="GroupedIbanRecognizer",
    entity="IBAN_CODE",
    what="International bank account numbers of all countries, in groups, before a word, with the "
    "right check digits",
    examples=("AT61 1904 3002 3457 3201 please",),
    patterns=(Pattern("form", rf"(?<![A-Za-z0-9]){_IBAN}(?![A-Za-z0-9])", SURE),),
    judge=has_iban_digits,
)

LABELLED_IBANS = Recognizer(
    name="LabelledIbanRecognizer",
    entity="IBAN_CODE",
    what="International bank account numbers behind the word, also with a slip in them",
    examples=("IBAN: ES39 0738 4519 0348 0499 1939",),
    patterns=(
        labelled(_IBAN_WORD, r"[A-Z]{2}[ -]?[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?"),
    ),
)  # fmt: skip

_CARD = r"(?:[2-6][0-9]{3}(?:(?:[ ]|\.|-)[0-9]{4}){3}|3[47][0-9]{2}[ .-][0-9]{6}[ .-][0-9]{5}|(?:2[2-7]|4[0-9]|5[1-5]|6[0-9])[0-9]{14})"

CARDS = Recognizer(
    name="CardNumberRecognizer",
    entity="CREDIT_CARD",
    what="Payment cards of all ranges, in groups with blanks, dots or hyphens, with the right check "
    "digit",
    examples=("2223 0031 2200 3222", "4111.1111.1111.1111"),
    patterns=(Pattern("form", rf"(?<![\w.,+-]){_CARD}(?![\w-]|[.,][0-9])", SURE),),
    judge=has_luhn_digit,
)  # fmt: skip

_HIDDEN = r"[*xX•●·#…]"

LABELLED_CARDS = Recognizer(
    name="LabelledCardRecognizer",
    entity="CREDIT_CARD",
    what="Payment cards behind words for them, whatever their check digit, and their last four "
    "digits",
    examples=("card ending in 9017", "**** **** **** 3012", "last four digits: 3012"),
    patterns=(
        labelled(
            r"(?:credit|debit|bank|payment|visa|mastercard|amex)?[ _-]?card(?:[ _-]?(?:number|num|no|nr|#)\b\.?)?"
            r"|cc[ _-]?(?:number|num|no)|pan|visa|mastercard|maestro|amex|american[ ]express|kreditkarte(?:nnummer)?"
            r"|carte[ ](?:bancaire|bleue)|tarjeta|carta[ ]di[ ]credito|cart[ãa]o|karta|карта|карты",
            _CARD,
        ),
        Pattern("hidden", rf"(?<![\w*])(?:{_HIDDEN}{{4}}[ -]?){{1,3}}{_HIDDEN}{{0,4}}[ -]?[0-9]{{4,5}}(?!\w)", LIKELY),
        Pattern(
            "ending",
            r"(?i:(?<![\w])(?:card|visa|mastercard|amex|account|debit|credit)[ ](?:number[ ])?(?:ending|ends|terminating)(?:[ ](?:in|with|on))?"
            r"|last[ ](?:four|4)(?:[ ]digits)?(?:[ ]of[ ](?:\w{1,8}[ ]){1,3}(?:card|account|ssn|social))?|endet[ ]auf|terminant[ ]par|terminada[ ]en)"
            r"[ ]?(?:(?i:is|are|was)[ ]|[:=-])?[ ]{0,2}\K[0-9]{4}(?![\w]|[.,:/-][0-9])",
            SURE,
        ),
    ),
)  # fmt: skip

_BASE58 = r"[1-9A-HJ-NP-Za-km-z]"

WALLETS = Recognizer(
    name="WalletRecognizer",
    entity="CRYPTO",
    what="Addresses of Ethereum, Cardano, Monero and other chains by their form, and any behind a "
    "word for a wallet",
    examples=("0x52908400098527886E0F7030069857D2E4169EE7", "addr1q9...", "XRP address r..."),
    patterns=(
        Pattern("ethereum", r"(?<![\w])0x[0-9a-fA-F]{40}(?![\w])", SURE),
        Pattern("cardano", r"(?<![\w])(?:addr1|stake1)[0-9a-z]{40,110}(?![\w])", SURE),
        Pattern("segwit", r"(?<![\w])(?:bc1|tb1|ltc1|cosmos1|osmo1|terra1|bnb1)[02-9ac-hj-np-z]{38,62}(?![\w])", SURE),
        Pattern("monero", rf"(?<![\w])[48][0-9AB]{_BASE58}{{93}}(?![\w])", SURE),
        labelled(
            r"(?:wallet|crypto|bitcoin|btc|ethereum|eth|xrp|ripple|solana|sol|tron|trx|dogecoin|doge|litecoin|ltc|monero|xmr|cardano|ada|stellar|xlm|polkadot|dot)"
            r"(?:[ _-]?(?:wallet|deposit|address|addr))+|wallet",
            rf"(?=[A-Za-z]{{0,40}}[0-9]){_BASE58}{{25,110}}",
        ),
    ),
)  # fmt: skip
