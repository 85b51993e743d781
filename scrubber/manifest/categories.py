"""Terms for entities in published vocabularies.

`DPV` terms are classes of the W3C Data Privacy Vocabulary's extension for personal data (DPV-PD
2.0, https://w3id.org/dpv/2.0/pd#...; ``VehicalLicenseNumber`` is spelled so there). `HIPAA` letters
are the identifiers of the Safe Harbor method, 45 CFR 164.514(b)(2)(i)(A) to (R):

    A names                        G social security numbers       M device identifiers
    B geographic subdivisions      H medical record numbers        N URLs
      smaller than a state         I health plan beneficiary       O IP addresses
    C elements of dates but year   J account numbers               P biometric identifiers
    D telephone numbers            K certificate/licence numbers   Q full-face photographs
    E fax numbers                  L vehicle identifiers           R any other unique identifier
    F e-mail addresses

An entity without an entry has no categories: nothing is guessed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple


class Category(NamedTuple):
    """The DPV-PD term and the HIPAA letter of an entity; None where there is none."""

    dpv: str | None
    hipaa: str | None


def _table() -> dict[str, Category]:
    rows: tuple[tuple[str, str | None, str | None], ...] = (
        ("PERSON FIRST_NAME LAST_NAME", "Name", "A"),
        ("LOCATION", "Location", "B"),
        ("ADDRESS STREET_ADDRESS", "PhysicalAddress", "B"),
        ("CITY", "City", "B"),
        ("CA_POSTAL_CODE DE_PLZ UK_POSTCODE", "PostalCode", "B"),
        ("DATE_OF_BIRTH", "BirthDate", "C"),
        ("DATE_TIME", None, "C"),
        ("PHONE_NUMBER ZA_MOBILE_NUMBER ZA_TELEPHONE_NUMBER", "TelephoneNumber", "D"),
        ("EMAIL_ADDRESS", "EmailAddress", "F"),
        ("US_SSN", "OfficialID", "G"),
        ("MEDICAL_RECORD_NUMBER", "HealthRecord", "H"),
        (
            "AU_MEDICARE DE_HEALTH_INSURANCE UK_NHS US_CLAIM_NUMBER US_HEALTH_INSURANCE_MEMBER_ID"
            " US_MBI",
            "Insurance",
            "I",
        ),
        ("CREDIT_CARD", "PaymentCardNumber", "J"),
        ("IBAN_CODE US_BANK_NUMBER", "FinancialAccountNumber", "J"),
        ("CRYPTO", "FinancialAccount", "J"),
        ("MEDICAL_LICENSE US_NPI DE_LANR", "ProfessionalCertification", "K"),
        (
            "DE_FUEHRERSCHEIN IT_DRIVER_LICENSE KR_DRIVER_LICENSE UK_DRIVING_LICENCE"
            " US_DRIVER_LICENSE ZA_DRIVER_LICENSE",
            "OfficialID",
            "K",
        ),
        (
            "DE_KFZ IN_VEHICLE_REGISTRATION NG_VEHICLE_REGISTRATION TR_LICENSE_PLATE"
            " UK_VEHICLE_REGISTRATION ZA_LICENSE_PLATE",
            "VehicalLicenseNumber",
            "L",
        ),
        ("MAC_ADDRESS", "MACAddress", "M"),
        ("URL", None, "N"),
        ("IP_ADDRESS", "IPAddress", "O"),
        (
            "DE_PASSPORT ES_PASSPORT IN_PASSPORT IT_PASSPORT KR_PASSPORT PH_PASSPORT UK_PASSPORT"
            " US_PASSPORT ZA_PASSPORT",
            "Passport",
            "R",
        ),
        (
            "AU_TFN CA_SIN DE_ID_CARD DE_SOCIAL_SECURITY DE_TAX_ID DE_TAX_NUMBER ES_NIE ES_NIF"
            " FI_PERSONAL_IDENTITY_CODE IN_AADHAAR IN_PAN IN_VOTER IT_FISCAL_CODE IT_IDENTITY_CARD"
            " KR_FRN KR_RRN NG_NIN PH_TIN PH_UMID PL_PESEL SE_PERSONNUMMER SG_NRIC_FIN TH_TNIN"
            " TR_NATIONAL_ID UK_NINO US_ITIN ZA_ID_NUMBER ZA_INCOME_TAX_NUMBER"
            " ZA_TRAFFIC_REGISTER_NUMBER",
            "OfficialID",
            "R",
        ),
        ("US_PRESCRIPTION_NUMBER", "Prescription", "R"),
        ("US_PRIOR_AUTHORIZATION_NUMBER US_REFERRAL_NUMBER", "HealthRecord", "R"),
        ("UUID", "UID", "R"),
        ("NRP", "Ethnicity", None),
        ("AGE", "Age", None),
    )
    return {name: Category(dpv, hipaa) for names, dpv, hipaa in rows for name in names.split()}


CATEGORIES: Final = MappingProxyType(_table())


def category(entity: str) -> Category:
    """The categories of a Presidio entity; both None for one that is not in the table.

    >>> category("EMAIL_ADDRESS")
    Category(dpv='EmailAddress', hipaa='F')
    """
    return CATEGORIES.get(entity, Category(None, None))
