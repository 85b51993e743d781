"""Numbers that mean nothing by themselves, behind the words that say what they are."""

from __future__ import annotations

from scrubber.detect.recognizers.checks import has_luhn_digit, has_vin_digit
from scrubber.detect.recognizers.labels import NUMBER, labelled
from scrubber.detect.recognizers.recognizer import LIKELY, SURE, Pattern, Recognizer

_CODE = r"(?=[A-Za-z:-]{0,20}[0-9])[A-Za-z0-9](?:[A-Za-z0-9]|[:-](?=[A-Za-z0-9])){4,44}"
_NO = r"[\s_-]?(?:id|ids|no|nr|num|number|#|code)\b\.?"


MEDICAL_RECORDS = Recognizer(
    name="MedicalRecordNumberRecognizer",
    entity="MEDICAL_RECORD_NUMBER",
    what="Numbers of patients, their records and charts, behind words for them",
    examples=("MRN: 00123456", "patient id P-123456", "Chart No. 99-1234"),
    patterns=(
        labelled(
            r"mrn|m\.r\.n\.|medical[\s_-]?record(?:[\s_-]?(?:number|num|no|nr|id|#)\b\.?)?"
            rf"|(?:patient|chart|hospital|encounter|visit|admission|accession|specimen|health[\s_-]?record|ehr|emr){_NO}"
            r"|patienten[\s_-]?(?:nr|nummer)|num[eé]ro[ ]de[ ](?:patient|dossier)|(?:n\.?[º°][ ]?(?:de[ ])?)?historia[ ]cl[ií]nica|nhc|n\.?[º°]?[ ]?h\.?c\.?|episodio|n[º°][ ]?episodio"
            r"|cartella[ ]clinica|nosologico|processo[ ]cl[ií]nico|patiëntnummer|fallnummer|fall-?nr\.?|patienten-?id|aufnahmenummer|numer[ ]pacjenta|historii[ ]choroby"
            r"|journal(?:nummer|nr)|potilasnumero|chorobopis[u]?|dokumentace[ ]č|ipp|numéro[ ]d[’']admission|foglio[ ]di[ ]ricovero|αριθμός[ ]μητρώου",
            NUMBER,
        ),
    ),
)

ACCOUNTS = Recognizer(
    name="AccountNumberRecognizer",
    entity="ACCOUNT_NUMBER",
    what="Numbers of accounts, customers, members, bookings and invoices, behind words for them",
    examples=("account number 12345678", "Acct# 0012-3456", "customer_id: C-20931"),
    patterns=(
        labelled(
            rf"(?:bank[\s_-]?)?(?:account|acct|a/c|acc|konto|customer|client|member|membership|loyalty|subscriber|invoice|booking|reservation|confirmation|contract|routing|card){_NO}"
            r"|acct|account|konto(?:nummer|nr)|kunden(?:nummer|nr)|num[eé]ro[ ]de[ ]compte|n[uú]mero[ ]de[ ](?:cuenta|conta)"
            r"|numero[ ]di[ ]conto|rekeningnummer|klantnummer",
            NUMBER,
        ),
    ),
)

HEALTH_PLANS = Recognizer(
    name="HealthPlanNumberRecognizer",
    entity="HEALTH_PLAN_NUMBER",
    what="Numbers of health plans, policies, groups and beneficiaries, behind words for them",
    examples=(
        "beneficiary number 1EG4-TE5-MK73",
        "policy number 98-7654321",
        "Medicaid ID 12345678",
    ),
    patterns=(
        labelled(
            rf"(?:health[\s_-]?plan|(?:health[\s_-]?)?insurance|policy|group|beneficiary|medicaid|medicare|hicn|mbi|payer|claim|rx[\s_-]?(?:bin|group)|prescription|prior[\s_-]?auth(?:orization)?){_NO}"
            r"|(?:kranken)?versicherten(?:nummer|nr)|num[eé]ro[ ]de[ ]s[eé]curit[eé][ ]sociale",
            NUMBER,
        ),
    ),
)

CERTIFICATES = Recognizer(
    name="CertificateNumberRecognizer",
    entity="CERTIFICATE_NUMBER",
    what="Numbers of licences, certificates and permits, behind words for them",
    examples=("License No. A123456", "certificate number 2020-00123"),
    patterns=(
        labelled(
            rf"(?:(?:driver'?s?|driving|medical|nursing|professional|state|pilot)[\s_-]?)?(?:licen[cs]e|certificate|cert|permit|registration|dea|npi|dl|provider){_NO}"
            r"|(?:driver'?s?|driving)[\s_-]?licen[cs]es?|dl[ ]?\#|npi|dea|f[uü]hrerschein(?:nummer|nr)|num[eé]ro[ ]de[ ]permis|n[uú]mero[ ]de[ ]licencia"
            r"|n[.]?[º°o][ ]?(?:de[ ])?(?:col(?:egiado|egiada|eg)?)|colegiad[oa](?:[ ]n[º°])?|n[º°][ ]?(?:de[ ])?(?:rpps|adeli|finess)|rpps|adeli|lanr|bsnr|arztnummer|pwz|nr[ ]pwz"
            r"|big-?nummer|cédula[ ]profissional|omc|ordem[ ]dos[ ]médicos|matricola|ean-?(?:nummer|code)|autorisationsid|hpr-?nummer|parafa|cod[ ]parafă",
            NUMBER,
        ),
    ),
)

IDS = Recognizer(
    name="IdNumberRecognizer",
    entity="ID_NUMBER",
    what="Numbers of identity documents, passports, employees, students, tax payers and cases, "
    "behind words for them",
    examples=("Passport No: X1234567", "employee id 004512", "National ID 8001015009087"),
    patterns=(
        labelled(
            rf"(?:national|identity|identification|passport|personal|citizen|resident|tax|tax[\s_-]?payer|employee|staff|student|matriculation|voter|military|service|inmate|badge|case|file|docket|application|complaint|alien|visa){_NO}"
            r"|id[\s_-]?(?:number|no|nr|card|#)\b\.?|passport|ausweis(?:nummer|nr)|personal(?:nummer|ausweis)"
            r"|steuer(?:nummer|[\s-]?id)|reisepass(?:nummer|nr)?|num[eé]ro[ ]de[ ](?:passeport|identification)"
            r"|(?:n[uú]mero[ ]de[ ])?pasaporte|c[eé]dula|burgerservicenummer",
            NUMBER,
        ),
    ),
)

DEVICES = Recognizer(
    name="DeviceIdRecognizer",
    entity="DEVICE_ID",
    what="Serial numbers of devices, advertising ids, SIM cards, behind words for them, and UDIs",
    examples=("S/N: C02XL0GYJGH5", "IDFA 6D92078A-...", "ICCID 8901...", "(01)00844588003288"),
    patterns=(
        labelled(
            r"serial(?:[\s_-]?(?:number|num|no|nr|#)\b\.?)?|s/n|idfa|idfv|gaid|aaid|oaid|udid|imsi|iccid|meid|esn|android[\s_-]?id"
            r"|advertising[\s_-]?id|(?:device|hardware|machine|modem|sim|pacemaker|implant)[\s_-]?(?:id|identifier|serial|no|nr|number|#)\b\.?"
            r"|seriennummer|num[eé]ro[ ]de[ ]s[eé]rie|n[uú]mero[ ]de[ ]serie",
            _CODE,
        ),
        Pattern(
            "serial",
            r"(?<![A-Za-z0-9])S/?N[-#]\K(?=[A-Z]{0,6}[0-9])[0-9A-Z][0-9A-Z-]{5,24}(?![A-Za-z0-9])",
            SURE,
        ),
        Pattern("udi", r"\(01\)[0-9]{14}(?:\((?:10|11|17|21)\)[A-Za-z0-9-]{1,20}){0,4}", SURE),
    ),
)

IMEIS = Recognizer(
    name="ImeiRecognizer",
    entity="IMEI",
    what="IMEI numbers of phones behind the word or in groups of 2-6-6-1; proved by Luhn's digit",
    examples=("IMEI 490154203237518", "49-015420-323751-8"),
    patterns=(
        labelled(r"imei(?:[\s/_-]?sv)?(?:[ ]?[12])?", r"[0-9]{2}(?:[ -]?[0-9]){12,14}"),
        Pattern("groups", r"(?<![0-9-])[0-9]{2}-[0-9]{6}-[0-9]{6}-[0-9](?![0-9-])", LIKELY),
    ),
    judge=lambda value: True if has_luhn_digit(value) else None,
)

_PLATE = r"(?=[^\n]{0,8}?[0-9])(?=[^\n]{0,8}?[A-ZА-Я])[A-ZÄÖÜА-Я0-9](?:[ ·-]?[A-ZÄÖÜА-Я0-9]){3,8}"

PLATES = Recognizer(
    name="LicensePlateRecognizer",
    entity="LICENSE_PLATE",
    what="Licence plates behind words for them, and French ones by their form",
    examples=("license plate 7ABC123", "Kennzeichen B-MW 1234", "AB-123-CD"),
    patterns=(
        labelled(
            r"(?:licen[cs]e|number|vehicle|registration|car)[\s_-]?(?:plates?|tag)(?:[\s_-]?(?:number|no|nr|#)\b\.?)?|plates?(?:[\s_-]?(?:number|no|nr|#)\b\.?)?"
            r"|(?:vehicle|car)[\s_-]?reg(?:istration)?[\s_.-]?(?:number|no|nr|mark)\b\.?|vrn|(?:kfz[\s-]?)?kennzeichen|immatricul(?:ation|ée?)|matr[ií]cula"
            r"|targa|kenteken|plaka|rejestracyjny|госномер|номерной[ ]знак",
            _PLATE,
        ),
        Pattern("chinese", r"(?<![\p{Han}])[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][ ·•・-]?[A-Z0-9]{5,6}(?![A-Za-z0-9])", SURE),
        Pattern("french", r"(?<![A-Za-z0-9-])(?!SS|WW)[A-HJ-NP-TV-Z]{2}-[0-9]{3}-(?!SS)[A-HJ-NP-TV-Z]{2}(?![A-Za-z0-9-])"),
    ),
)  # fmt: skip

_VIN = r"[A-HJ-NPR-Z0-9]{17}"

VINS = Recognizer(
    name="VinRecognizer",
    entity="VIN",
    what="Vehicle identification numbers (ISO 3779) with the right check digit",
    examples=("1HGCM82633A004352",),
    patterns=(Pattern("number", rf"(?<![A-Za-z0-9]){_VIN}(?![A-Za-z0-9])"),),
    judge=has_vin_digit,
)

LABELLED_VINS = Recognizer(
    name="LabelledVinRecognizer",
    entity="VIN",
    what="Vehicle identification numbers behind words for them, whatever their check digit (Europe "
    "has none)",
    examples=("VIN: WVWZZZ1JZ3W386752", "Fahrgestellnummer WDB..."),
    patterns=(
        labelled(
            r"vin|vehicle[\s_-]?id(?:entification)?(?:[\s_-]?(?:number|no|nr))?|chassis(?:[\s_-]?(?:number|no|nr))?|frame[\s_-]?number"
            r"|fahrgestellnummer|fin|num[eé]ro[ ]de[ ]ch[aâ]ssis|bastidor|telaio",
            r"[A-HJ-NPR-Za-hj-npr-z0-9]{17}",
        ),
    ),
)
