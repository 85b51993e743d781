"""Numbers of court cases, applications, files and references, and machine-readable zones."""

from __future__ import annotations

from scrubber.detect.recognizers.recognizer import SURE, Pattern, Recognizer, words

_WORDS = words(
    r"cases? applications? appl\. appeals? dockets? complaints? petitions? proceedings? files? ref\. references? registration"
    r" judgments? actions? suits? indictments? incidents? warrants? decisions? rulings? tickets? nos?\. numbers? crime report"
    r" Aktenzeichen Az\. Geschäftszeichen Gz\. Aktennummer Beschwerden? Nr\. affaires? requêtes? dossiers? pourvoi arrêt"
    r" asuntos? expedientes? procedimiento recurso demandas? autos causa sumario ricors[oi] procediment[oi] fascicolo R\.G\. sentenza n\."
    r" processo autos zaak zaaknummer rekest dossier sygn\. sygnatura akt sprawa skarga mål ärende sag sags sak saksnummer"
    r" дел[оа] жалоб[аы] делу номер справа spis(?:ová)? sp\. zn\. asia diaarinumero dosar dosarul ügyszám υπόθεση"
).replace(" ", r"[ ]")
# 12345/06, C-482/13, 2:21-cv-04829, III ZR 12/13, 2 BvR 1234/05, II K 123/20, 2019/0123.
_NUMBER = (
    r"(?:[A-Z]{1,4}[ -]?)?(?:[0-9]{1,2}:[0-9]{2}-[a-z]{2}-[0-9]{3,6}(?:-[A-Z]{2,4}){0,3}"
    r"|[A-Z]{1,4}-?[0-9]{1,6}/[0-9]{2,4}|[0-9]{1,6}/[0-9]{1,6}(?:[-/.][0-9A-Z]{1,8}){0,3}|[0-9]{2,4}-[A-Z]{1,4}-[0-9]{2,8}"
    r"|(?:[IVX]{1,5}|[0-9]{1,3})[ ][A-Za-z]{1,4}[ ][0-9]{1,5}/[0-9]{2,4}|[A-Z]{2,5}[-/][0-9]{2,4}[-/][0-9]{2,8}|[0-9]{2,4}-[0-9]{3,8})"
)
_NO = r"(?:[ ]?(?:(?i:nos?|nr|num|number|n|numero|número|č|no)\b\.?|n[°º]|№|#|:))*"
_LIST = rf"(?:(?:,[ ]|[ ]?;[ ]|[ ](?:and|und|et|y|e|i|и|&)[ ]|,[ ]and[ ]){_NUMBER})*"

# Files, matters and contracts whose number is digits alone: behind the word and a sign for numbers.
_MATTERS = words(
    r"cases? files? matters? dockets? references? contracts? claims? complaints? our_ref\. your_ref\. ref\. re"
    r" Aktenzeichen Az\. Geschäftszeichen Aktennummer Akten? Vorgang Vertrag Rechtssache Sache Unser_Zeichen Ihr_Zeichen"
    r" affaires? dossiers? contrat référence réf\. requêtes? plainte"
    r" asuntos? expedientes? contrato procedimiento autos referencia ref\.ª demanda denuncia processo procedimento inquérito referência"
    r" pratica pratiche fascicolo contratto protocollo prot\. procedimento causa ricorso riferimento rif\."
    r" zaak dossier contract overeenkomst kenmerk zaken"
    r" sprawa sprawy sprawie sprawę umowa umowy akta akt sygnatura nr_ref\."
    r" sag sags sagen sak saken ärende ärendet mål kontrakt aftale avtale avtal journal dnr\.? diarienr\.?"
    r" asia asian sopimus dnro diaari věc věci spis spisu smlouva smlouvy jednací č\.j\. sp\.zn\. vec veci zmluva zmluvy"
    r" ügy ügyszám szerződés iktatószám ikt\. cauza dosar dosarul contract contractul предмет дело преписка договор справа справи"
    r" υπόθεση υπόθεσης σύμβαση φάκελος φακέλου predmet predmeta spis ugovor ugovora zadeva zadevi pogodba"
    r" kohtuasi leping lieta lietas līgums byla bylos sutartis dosya dava sözleşme esas"
).replace("_", r"[ ]")
_SIGN = (
    r"(?:(?i:nos?|nr|num|number|n|ns|numero|número|numéro|č|čís|číslo|broj|br|št|szám|sz|nro|no|sayılı|num[ée]r|număr|numărul|αρ|αριθ|αριθμός|№|номер)\b\.?"
    r"|n[.]?[°ºª]|№|\#|:)(?:[ ]?[:#])?"
)
_FEW = r"[0-9]{2,9}(?![\w/%]|[.,:-][0-9])"
# What a law, a street or a page is numbered with.
_NO_LAWS = (
    r"(?<!(?i:law|act|regulation|directive|decree|protocol|article|rule|resolution|convention|legge|decreto|d\.lgs\.?|d\.p\.r\.?|dpr|ley|loi|décret|gesetz|ustawa|ustawy|lei|lov|lag|zákon|zákona|törvény|legea|закон"
    r"|rozporządzenia|dz\.u\.|verordnung|richtlinie|directiva|reglamento|règlement|regolamento|wet|besluit)[ ,]{1,2})"
)
_DATED = r"(?=[ ](?:of|dated|del|dell[’']|vom|du|de|do|da|z[ ]dnia|dnia|ze[ ]dne|zo[ ]dňa|den|av|af|van|från|fra|din|kelt|от|від|της)(?:[ ](?:the|den|dem|le|o|dia|día))?[ ]{1,2}[0-9]{1,4}[ ./-])"

CASES = Recognizer(
    name="CaseNumberRecognizer",
    entity="ID_NUMBER",
    what="Numbers of court cases, applications, files and references, behind words for them or in "
    "the form 12345/06",
    examples=("application no. 51862/04", "Case C-482/13", "Docket 2:21-cv-04829", "III ZR 12/13"),
    patterns=(
        Pattern("labelled", rf"(?<![\p{{L}}\p{{N}}])(?i:{_WORDS})(?![\p{{L}}])[\"'\])*]{{0,3}}{_NO}[ ]{{0,2}}[\"'(\[]{{0,2}}\K{_NUMBER}{_LIST}(?![\w/]|[.,][0-9])", SURE),
        Pattern("sign", rf"(?<![\p{{L}}\p{{N}}])(?:n[°º]|№|(?i:nos?|nr|č)\.)[ ]{{0,2}}\K{_NUMBER}{_LIST}(?![\w/]|[.,][0-9])", SURE),
        Pattern("matter", rf"(?<![\p{{L}}\p{{N}}])(?i:{_MATTERS})[ ]{{0,2}}[(]?[ ]?{_SIGN}[ ]{{0,3}}\K{_FEW}", SURE),
        Pattern("dated", rf"(?<![\p{{L}}\p{{N}}]){_NO_LAWS}(?:n[°º]|№|(?i:no|nr|n|č|br)\.?)[ ]{{1,2}}\K[0-9]{{2,9}}{_DATED}"),
        Pattern("more in a list", r"(?<=[0-9]/[0-9]{2}(?:,| and|;)[ ])[0-9]{2,6}/[0-9]{2}(?![\w/]|[.,][0-9])"),
        Pattern("form", r"(?<![\w/.,$€£-])[1-9][0-9]{3,5}/(?:[89][0-9]|[0-2][0-9])(?![\w/%]|[.,][0-9])"),
        Pattern("court", r"(?<![\w/])(?:[IVX]{1,5}[ ])?(?:BvR|BvL|BvF|ZR|StR|AZR|BGs|ZB|ARs)[ ][0-9]{1,5}/[0-9]{2}(?![\w/])", SURE),
        Pattern("docket", r"(?<![\w:-])[0-9]{1,2}:[0-9]{2}-(?:cv|cr|mc|md|mj|bk|ap|po)-[0-9]{3,6}(?:-[A-Z]{2,4}){0,3}(?![\w-])", SURE),
        Pattern("european", r"(?<![\w/-])(?:C|T|F)[-‑–][0-9]{1,4}/[0-9]{2}(?:[ ]?P)?(?![\w/])", SURE),
        Pattern("ecli", r"(?<![\w:])ECLI:[A-Z]{2}:[A-Z0-9]{1,7}:[0-9]{4}:[A-Z0-9.]{1,25}(?<![.])", SURE),
    ),
)  # fmt: skip

REFERENCES = Recognizer(
    name="ReferenceRecognizer",
    entity="ID_NUMBER",
    what="Codes of bookings, parcels, tickets and frequent flyers, behind words for them",
    examples=("booking reference X7K4QP", "tracking number 1Z999AA10123456784"),
    patterns=(
        Pattern(
            "labelled",
            r"(?<![A-Za-z0-9])(?i:(?:booking|reservation|confirmation|tracking|frequent[ -]flyer|loyalty|membership|parcel|shipment|ticket|e-?ticket|pnr|record[ ]locator|buchungs|vorgangs|sendungs)"
            r"[ _-]?(?:references?|ref|codes?|numbers?|no|nr|nummer|id|locator|#)\b\.?|pnr)(?![a-z])[\"'\])*]{0,3}[ \t]{0,3}(?:(?i:is|was)\b|[:=#|])?[ \t]{0,4}[\"'(\[]{0,2}\K"
            r"(?=[A-Z]{0,9}[0-9])[A-Z0-9]{5,24}(?:-[A-Z0-9]{2,12}){0,4}(?![A-Za-z0-9])",
            SURE,
        ),
    ),
)  # fmt: skip

ZONES = Recognizer(
    name="MachineReadableZoneRecognizer",
    entity="ID_NUMBER",
    what="Machine-readable zones of passports, identity cards and visas (ICAO 9303)",
    examples=("P<UTOPOE<<ANN<MARIA<<<<<<<<<<<<<<<<<<<<<<<<<",),
    patterns=(
        Pattern(
            "lines",
            r"(?<![A-Z0-9<])[PIACV][A-Z<][A-Z<]{3}[A-Z0-9<]{20,39}(?:[ ]?\r?\n[ ]?[A-Z0-9<]{28,44}){0,2}(?<=<[A-Z0-9<\s]{0,90})(?![A-Z0-9<])",
            SURE,
        ),
        Pattern("second line", r"(?<![A-Z0-9<])[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{14}[0-9<][0-9](?![A-Z0-9<])", SURE),
    ),
)  # fmt: skip
