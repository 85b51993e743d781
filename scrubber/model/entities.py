"""The table of entities: what is known of each kind of personal data, by its name.

`dpv` is a class of the W3C Data Privacy Vocabulary's extension for personal data (DPV-PD 2.0,
https://w3id.org/dpv/2.0/pd#...; ``VehicalLicenseNumber`` is spelled so there). `hipaa` is an
identifier of the Safe Harbor method, 45 CFR 164.514(b)(2)(i)(A) to (R):

    A names                        G social security numbers       M device identifiers
    B geographic subdivisions      H medical record numbers        N URLs
      smaller than a state         I health plan beneficiary       O IP addresses
    C elements of dates but year   J account numbers               P biometric identifiers
    D telephone numbers            K certificate/licence numbers   Q full-face photographs
    E fax numbers                  L vehicle identifiers           R any other unique identifier
    F e-mail addresses

Nothing is guessed: an entity without a row has no categories.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final

from scrubber.model import samples


class Form(Enum):
    """The form of an entity's ids, for stand-ins of the same form."""

    FIXED = auto()  # letters stay letters, digits stay digits
    FREE = auto()  # any position may hold a letter or a digit
    PLACE = auto()  # the code of a place, shared by several people


@dataclass(frozen=True, slots=True)
class Entity:
    """`label` is its name in text, if different. `evidence` is true if a finding in a cell that is
    not text means something. `planted` makes a synthetic value for planted recall, and `variant`
    one in the notation of other countries or habits; `called` is the word for it.
    """

    name: str
    dpv: str | None = None
    hipaa: str | None = None
    label: str | None = None
    form: Form | None = None
    evidence: bool = True
    planted: samples.Sample | None = None
    variant: samples.Sample | None = None
    called: str = ""


_TABLE = (
    Entity(
        "PERSON",
        "Name",
        "A",
        evidence=False,
        planted=samples.person,
        variant=samples.surname_first,
        called="Name",
    ),
    Entity("FIRST_NAME", "Name", "A", label="PERSON"),
    Entity("LAST_NAME", "Name", "A", label="PERSON"),
    Entity("NAME_FIELD", "Name", "A", label="PERSON"),
    Entity("LOCATION", "Location", "B", evidence=False),
    Entity("ADDRESS", "PhysicalAddress", "B", label="LOCATION"),
    Entity("STREET_ADDRESS", "PhysicalAddress", "B", label="LOCATION"),
    Entity("CITY", "City", "B", label="LOCATION"),
    Entity("CA_POSTAL_CODE", "PostalCode", "B", form=Form.PLACE),
    Entity("DE_PLZ", "PostalCode", "B", form=Form.PLACE),
    Entity("UK_POSTCODE", "PostalCode", "B", form=Form.PLACE),
    Entity("DATE_OF_BIRTH", "BirthDate", "C"),
    Entity("DATE_TIME", None, "C", evidence=False),
    Entity(
        "PHONE_NUMBER",
        "TelephoneNumber",
        "D",
        planted=samples.phone,
        variant=samples.home_phone,
        called="Phone",
    ),
    Entity("ZA_MOBILE_NUMBER", "TelephoneNumber", "D"),
    Entity("ZA_TELEPHONE_NUMBER", "TelephoneNumber", "D"),
    Entity(
        "EMAIL_ADDRESS",
        "EmailAddress",
        "F",
        planted=samples.email,
        variant=samples.office_email,
        called="E-mail",
    ),
    Entity(
        "US_SSN",
        "OfficialID",
        "G",
        planted=samples.ssn,
        variant=samples.spaced_ssn,
        called="SSN",
    ),
    Entity("MEDICAL_RECORD_NUMBER", "HealthRecord", "H"),
    Entity("AU_MEDICARE", "Insurance", "I", form=Form.FIXED),
    Entity("DE_HEALTH_INSURANCE", "Insurance", "I", form=Form.FIXED),
    Entity("UK_NHS", "Insurance", "I", form=Form.FIXED),
    Entity("US_CLAIM_NUMBER", "Insurance", "I", form=Form.FIXED),
    Entity("US_HEALTH_INSURANCE_MEMBER_ID", "Insurance", "I", form=Form.FIXED),
    Entity("US_MBI", "Insurance", "I", form=Form.FIXED),
    Entity(
        "CREDIT_CARD",
        "PaymentCardNumber",
        "J",
        planted=samples.card,
        variant=samples.grouped_card,
        called="Card number",
    ),
    Entity(
        "IBAN_CODE",
        "FinancialAccountNumber",
        "J",
        planted=samples.iban,
        variant=samples.grouped_iban,
        called="IBAN",
    ),
    Entity("US_BANK_NUMBER", "FinancialAccountNumber", "J", form=Form.FIXED),
    Entity("CRYPTO", "FinancialAccount", "J", form=Form.FREE),
    Entity("MEDICAL_LICENSE", "ProfessionalCertification", "K", form=Form.FIXED),
    Entity("US_NPI", "ProfessionalCertification", "K", form=Form.FIXED),
    Entity("DE_LANR", "ProfessionalCertification", "K"),
    Entity("DE_FUEHRERSCHEIN", "OfficialID", "K", form=Form.FIXED),
    Entity("IT_DRIVER_LICENSE", "OfficialID", "K", form=Form.FIXED),
    Entity("KR_DRIVER_LICENSE", "OfficialID", "K", form=Form.FIXED),
    Entity("UK_DRIVING_LICENCE", "OfficialID", "K", form=Form.FIXED),
    Entity("US_DRIVER_LICENSE", "OfficialID", "K", form=Form.FIXED),
    Entity("ZA_DRIVER_LICENSE", "OfficialID", "K"),
    Entity("DE_KFZ", "VehicalLicenseNumber", "L", form=Form.FIXED),
    Entity("IN_VEHICLE_REGISTRATION", "VehicalLicenseNumber", "L", form=Form.FIXED),
    Entity("NG_VEHICLE_REGISTRATION", "VehicalLicenseNumber", "L"),
    Entity("TR_LICENSE_PLATE", "VehicalLicenseNumber", "L"),
    Entity("UK_VEHICLE_REGISTRATION", "VehicalLicenseNumber", "L", form=Form.FIXED),
    Entity("ZA_LICENSE_PLATE", "VehicalLicenseNumber", "L"),
    Entity("MAC_ADDRESS", "MACAddress", "M"),
    Entity("URL", None, "N"),
    Entity(
        "IP_ADDRESS",
        "IPAddress",
        "O",
        planted=samples.ip,
        variant=samples.ipv6,
        called="IP address",
    ),
    Entity("DE_PASSPORT", "Passport", "R", form=Form.FREE),
    Entity("ES_PASSPORT", "Passport", "R", form=Form.FIXED),
    Entity("IN_PASSPORT", "Passport", "R", form=Form.FIXED),
    Entity("IT_PASSPORT", "Passport", "R", form=Form.FIXED),
    Entity("KR_PASSPORT", "Passport", "R", form=Form.FIXED),
    Entity("PH_PASSPORT", "Passport", "R", form=Form.FIXED),
    Entity("UK_PASSPORT", "Passport", "R", form=Form.FIXED),
    Entity("US_PASSPORT", "Passport", "R", form=Form.FIXED),
    Entity("ZA_PASSPORT", "Passport", "R", form=Form.FIXED),
    Entity("AU_TFN", "OfficialID", "R", form=Form.FIXED),
    Entity("CA_SIN", "OfficialID", "R", form=Form.FIXED),
    Entity("DE_ID_CARD", "OfficialID", "R", form=Form.FREE),
    Entity("DE_SOCIAL_SECURITY", "OfficialID", "R", form=Form.FIXED),
    Entity("DE_TAX_ID", "OfficialID", "R", form=Form.FIXED),
    Entity("DE_TAX_NUMBER", "OfficialID", "R", form=Form.FIXED),
    Entity("ES_NIE", "OfficialID", "R", form=Form.FIXED),
    Entity("ES_NIF", "OfficialID", "R", form=Form.FIXED),
    Entity("FI_PERSONAL_IDENTITY_CODE", "OfficialID", "R", form=Form.FIXED),
    Entity("IN_AADHAAR", "OfficialID", "R", form=Form.FIXED),
    Entity("IN_PAN", "OfficialID", "R", form=Form.FIXED),
    Entity("IN_VOTER", "OfficialID", "R", form=Form.FIXED),
    Entity("IT_FISCAL_CODE", "OfficialID", "R", form=Form.FIXED),
    Entity("IT_IDENTITY_CARD", "OfficialID", "R", form=Form.FIXED),
    Entity("KR_FRN", "OfficialID", "R"),
    Entity("KR_RRN", "OfficialID", "R", form=Form.FIXED),
    Entity("NG_NIN", "OfficialID", "R", form=Form.FIXED),
    Entity("PH_TIN", "OfficialID", "R", form=Form.FIXED),
    Entity("PH_UMID", "OfficialID", "R"),
    Entity("PL_PESEL", "OfficialID", "R", form=Form.FIXED),
    Entity("SE_PERSONNUMMER", "OfficialID", "R", form=Form.FIXED),
    Entity("SG_NRIC_FIN", "OfficialID", "R", form=Form.FIXED),
    Entity("TH_TNIN", "OfficialID", "R", form=Form.FIXED),
    Entity("TR_NATIONAL_ID", "OfficialID", "R", form=Form.FIXED),
    Entity("UK_NINO", "OfficialID", "R", form=Form.FIXED),
    Entity("US_ITIN", "OfficialID", "R", form=Form.FIXED),
    Entity("ZA_ID_NUMBER", "OfficialID", "R", form=Form.FIXED),
    Entity("ZA_INCOME_TAX_NUMBER", "OfficialID", "R"),
    Entity("ZA_TRAFFIC_REGISTER_NUMBER", "OfficialID", "R"),
    Entity("US_PRESCRIPTION_NUMBER", "Prescription", "R"),
    Entity("US_PRIOR_AUTHORIZATION_NUMBER", "HealthRecord", "R"),
    Entity("US_REFERRAL_NUMBER", "HealthRecord", "R"),
    Entity("UUID", "UID", "R", form=Form.FREE),
    Entity("NRP", "Ethnicity", evidence=False),
    Entity("AGE", "Age", evidence=False),
    Entity("ABA_ROUTING_NUMBER", form=Form.FIXED),
    Entity("AU_ABN", form=Form.FIXED),
    Entity("AU_ACN", form=Form.FIXED),
    Entity("DE_HANDELSREGISTER", form=Form.FIXED),
    Entity("DE_VAT_ID", form=Form.FIXED),
    Entity("ID", form=Form.FREE),
    Entity("IN_GSTIN", form=Form.FIXED),
    Entity("IT_VAT_CODE", form=Form.FIXED),
    Entity("ORGANIZATION", evidence=False),
    Entity("SG_UEN", form=Form.FIXED),
    Entity("API_KEY"),
    Entity("PRIVATE_KEY"),
    Entity("JSON_WEB_TOKEN"),
    Entity("PASSWORD", "Password"),
    Entity("SECRET"),
    Entity("POSTAL_CODE", "PostalCode", "B"),
    Entity("GEO_COORDINATES", None, "B"),
    Entity("AGE_OVER_89", "Age", "C"),
    Entity("USERNAME", "Username", "R"),
    Entity("ID_NUMBER", None, "R"),
    Entity("HEALTH_PLAN_NUMBER", "Insurance", "I"),
    Entity("ACCOUNT_NUMBER", None, "J"),
    Entity("CERTIFICATE_NUMBER", None, "K"),
    Entity("VIN", None, "L"),
    Entity("LICENSE_PLATE", "VehicalLicenseNumber", "L"),
    Entity("IMEI", None, "M"),
    Entity("DEVICE_ID", None, "M"),
)
_REGISTERED: dict[str, Entity] = {entity.name: entity for entity in _TABLE}
ENTITIES: Final[Mapping[str, Entity]] = MappingProxyType(_REGISTERED)


def entity(name: str) -> Entity:
    """The row of an entity; only its name if the table has no row.

    >>> entity("EMAIL_ADDRESS").hipaa, entity("TICKET").hipaa
    ('F', None)
    """
    return ENTITIES.get(name) or Entity(name)
