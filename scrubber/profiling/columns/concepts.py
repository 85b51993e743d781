"""The concepts of columns: kinds of identifiers, traits and measurements, each with its class."""

from __future__ import annotations

from dataclasses import dataclass

from scrubber.model.fieldclass import FieldClass

DIRECT, QUASI = FieldClass.DIRECT_IDENTIFIER, FieldClass.QUASI_IDENTIFIER
SENSITIVE, TEXT, INSENSITIVE = FieldClass.SENSITIVE, FieldClass.TEXT, FieldClass.INSENSITIVE


@dataclass(frozen=True, slots=True)
class Concept:
    """A kind of column: its id, its title, its class and the entity of its values.

    `generic` marks vague words of a header: any more specific word beside them wins.
    """

    id: str
    said: str
    field_class: FieldClass
    entity: str | None = None
    generic: bool = False


_TABLE = (
    Concept("email", "e-mail address", DIRECT, "EMAIL_ADDRESS"),
    Concept("phone", "telephone number", DIRECT, "PHONE_NUMBER"),
    Concept("given_name", "given name", DIRECT, "FIRST_NAME"),
    Concept("family_name", "family name", DIRECT, "LAST_NAME"),
    Concept("affix", "title or suffix of a name", DIRECT, "PERSON"),
    Concept("full_name", "name of a person", DIRECT, "PERSON"),
    Concept("name", "name", DIRECT, "PERSON", generic=True),
    Concept("person", "person", DIRECT, "PERSON", generic=True),
    Concept("user_name", "user name", DIRECT, "USERNAME"),
    Concept("street_address", "street address", DIRECT, "STREET_ADDRESS"),
    Concept("address", "address", DIRECT, "STREET_ADDRESS", generic=True),
    Concept("national_id", "number given by a state to a person", DIRECT, "NATIONAL_ID"),
    Concept("ssn", "social security number", DIRECT, "US_SSN"),
    Concept("passport", "passport number", DIRECT, "PASSPORT"),
    Concept("driver_license", "licence number", DIRECT, "DRIVER_LICENSE"),
    Concept("account", "account number", DIRECT, "ACCOUNT_NUMBER"),
    Concept("iban", "bank account (IBAN)", DIRECT, "IBAN_CODE"),
    Concept("card", "payment card number", DIRECT, "CREDIT_CARD"),
    Concept("medical_record", "medical record number", DIRECT, "MEDICAL_RECORD_NUMBER"),
    Concept("key", "key of a record or person", DIRECT, "ID", generic=True),
    Concept("device", "device number", DIRECT, "DEVICE_ID"),
    Concept("vehicle", "vehicle number", DIRECT, "VEHICLE_ID"),
    Concept("ip", "IP address", DIRECT, "IP_ADDRESS"),
    Concept("mac", "MAC address", DIRECT, "MAC_ADDRESS"),
    Concept("url", "web address", DIRECT, "URL"),
    Concept("biometric", "picture or biometric feature", DIRECT, "BIOMETRIC"),
    Concept("secret", "password or key", DIRECT, "SECRET"),
    Concept("birth_date", "date of birth", QUASI, "DATE_OF_BIRTH"),
    Concept("age", "age", QUASI, "AGE"),
    Concept("sex", "sex or gender", QUASI, "SEX"),
    Concept("ethnicity", "ethnicity", QUASI, "NRP"),
    Concept("nationality", "nationality", QUASI, "NRP"),
    Concept("marital", "marital status", QUASI, "MARITAL_STATUS"),
    Concept("birth_place", "place of birth", QUASI, "LOCATION"),
    Concept("city", "town", QUASI, "CITY"),
    Concept("county", "county or district", QUASI, "LOCATION"),
    Concept("state", "state or region", QUASI, "LOCATION"),
    Concept("country", "country", QUASI, "LOCATION"),
    Concept("postal_code", "postal code", QUASI, "POSTAL_CODE"),
    Concept("house_number", "number of a house", QUASI, "STREET_ADDRESS"),
    Concept("coordinates", "geographic coordinate", QUASI, "COORDINATES"),
    Concept("place", "place", QUASI, "LOCATION", generic=True),
    Concept("education", "education", QUASI, "EDUCATION"),
    Concept("occupation", "occupation", QUASI, "OCCUPATION"),
    Concept("organization", "organization", QUASI, "ORGANIZATION"),
    Concept("body", "measure of the body", QUASI, "BODY"),
    Concept("family", "size of a family", QUASI, "FAMILY"),
    Concept("death_date", "date of death", QUASI, "DATE_TIME"),
    Concept("date", "date", QUASI, "DATE_TIME"),
    Concept("moment", "time", QUASI, "DATE_TIME", generic=True),
    Concept("health", "health", SENSITIVE, "HEALTH"),
    Concept("belief", "religion or conviction", SENSITIVE, "NRP"),
    Concept("intimate", "intimate or criminal matter", SENSITIVE, "SENSITIVE"),
    Concept("income", "income or wealth", SENSITIVE, "FINANCIAL"),
    Concept("text", "free text", TEXT),
    Concept("thing", "property of a thing", INSENSITIVE),
    Concept("measure", "count, amount or measurement", INSENSITIVE, generic=True),
    Concept("category", "category or status", INSENSITIVE, generic=True),
)

CONCEPTS = {concept.id: concept for concept in _TABLE}
