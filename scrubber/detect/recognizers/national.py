"""National numbers of people and firms, behind the words that their country has for them.

Bare digits are no such number: three in four random numbers pass some country's check digit.
"""

from __future__ import annotations

from scrubber.detect.recognizers.labels import NUMBER, labelled
from scrubber.detect.recognizers.recognizer import Pattern, Recognizer, words

# Country: words in any case, then (behind ;) acronyms that count in capitals alone. A blank in a
# word is written _.
_LABELS = r"""
GB: national_insurance nhs_number unique_taxpayer_reference nino; UTR NHS
US: employer_identification individual_taxpayer social_security taxpayer_identification; EIN ITIN TIN SSN FEIN
CA: social_insurance; SIN
AU: tax_file_number australian_business_number; TFN ABN ACN IHI
NZ:; NHI IRD
IN: aadhaar aadhar uidai आधार_संख्या आधार; PAN GSTIN
BR:; CPF CNPJ RG PIS NIS
ES: documento_nacional_de_identidad número_de_afiliación; DNI NIE NIF CIF NUSS NASS CIPA
PT: bilhete_de_identidade número_de_contribuinte numero_de_contribuinte cartão_de_cidadão; NIF NISS NIPC NIC BI CC
IT: (?:carta|documento)_d['’]identità codice_fiscale cod\.?_fisc\.? partita_iva c\.f\. p\.iva tessera_sanitaria
FR: carte_(?:nationale_)?d['’]identité pièce_d['’]identité numéro_de_sécurité_sociale numero_de_securite_sociale n°_de_sécurité_sociale numéro_fiscal; NIR INSEE SIREN SIRET SPI
DE: personalausweis(?:es)? steuer-?identifikationsnummer steuernummer sozialversicherungsnummer rentenversicherungsnummer versichertennummer personalausweisnummer steuer-id; IdNr SVNR
AT: sozialversicherungsnummer; SVNR
CH: ahv-?(?:nummer|nr\.?) numéro_avs; AHV AVS
NL: identiteitskaart(?:nummer)? burgerservicenummer sofinummer; BSN
BE: rijksregisternummer numéro_(?:de_registre_)?national; INSZ NISS NRN
LU: matricule_national
IE: personal_public_service pps_n(?:umbe|)r; PPS PPSN
IS: kennitala
DK: pasnummer cpr-?(?:nummer|nr\.?); CPR CVR
NO: fødselsnummer personnummer; FNR
SE: id-?kort(?:snummer)? personnummer samordningsnummer organisationsnummer; PNR
FI: henkilökort(?:ti|in)(?:_numero)? henkilötunnus hetu; HETU
EE: isikukood
LV: personas_kods
LT: asmens_kodas
PL: numer_dowodu dow(?:ód|odu|odem)_osobist(?:y|ego|ym) paszport(?:u|em)?; PESEL NIP REGON KRS
CZ: rodné_číslo občansk(?:ý|ého|ým)_průkaz(?:u|em)?
SK: rodné_číslo občiansk(?:y|eho|ym)_preukaz(?:u|om)?
HU: személyi_igazolvány(?:szám)? adóazonosító(?:_jel)? személyi_szám; TAJ
RO: cod_numeric_personal carte_de_identitate buletin; CNP CUI
BG: лична_карта единен_граждански_номер; ЕГН
HR: osobn(?:a|e|om|u)_iskaznic(?:a|e|om|u); OIB
SI: osebn(?:a|e|o)_izkaznic(?:a|e|o) davčna_številka; EMŠO
RS: матични_број; JMBG ЈМБГ
GR: δελτί(?:ο|ου)_ταυτότητας; ΑΔΤ ΑΦΜ ΑΜΚΑ AFM AMKA
TR: t\.?_?c\.?_?kimlik(?:_no)? kimlik_(?:no|numarası) vergi_(?:no|numarası); TCKN VKN
RU: паспорт(?:_серии)?; ИНН СНИЛС ОГРН
UA:; РНОКПП ІПН ЄДРПОУ ИНН
IL: teudat_zehut תעודת_זהות מספר_זהות
SA: رقم_الهوية رقم_الإقامة iqama
AE: emirates_id
EG: الرقم_القومي
ZA: south_african_id
NG:; NIN BVN
KE: huduma; KRA
PK:; CNIC NADRA
ID:; NIK NPWP
MY: mykad ic_number
SG:; NRIC FIN UEN
TH: เลขประจำตัวประชาชน เลขบัตรประชาชน
VN: căn_cước_công_dân; CCCD CMND
PH: philhealth; SSS UMID
CN: 身份证号码 身份证号 身份证 居民身份证 统一社会信用代码
TW: 身分證字號 身分證
HK:; HKID
JP: マイナンバー 個人番号
KR: 주민등록번호 외국인등록번호
MX:; CURP RFC NSS
AR:; CUIT CUIL
CL:; RUT RUN
CO: cédula_de_ciudadanía cédula; NIT
PE:; RUC
UY: cédula_de_identidad
"""


def _of(line: str) -> Recognizer:
    country, _, rest = line.partition(":")
    plain, _, capitals = (part.strip() for part in rest.partition(";"))
    patterns: list[Pattern] = []
    if plain:
        label = words(plain).replace("_", r"[\s_]{1,2}")
        patterns.append(labelled(label, NUMBER, name="in words"))
    if capitals:
        patterns.append(labelled(words(capitals), NUMBER, name="acronym", ignore_case=False))
    return Recognizer(
        name=f"NationalIdRecognizer{country}",
        entity="ID_NUMBER",
        what=f"National numbers of people and firms behind words for them ({country})",
        examples=(),
        patterns=tuple(patterns),
        country=country,
    )


NATIONAL_IDS = tuple(_of(line) for line in _LABELS.strip().split("\n"))
"""One recognizer for each country."""
