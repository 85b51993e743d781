"""What a header says, in many languages and habits of writing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.model.fieldpath import EACH, FieldPath
from scrubber.profiling.columns.concepts import CONCEPTS
from scrubber.profiling.columns.headers import hint_of, words_of
from scrubber.profiling.columns.vocabulary import PHRASES

MEANINGS = {
    "given_name": "first_name fname FirstName vorname prénom Voornaam nome_proprio givenName",
    "family_name": "lname last_name Nachname apellido1 cognome sobrenome achternaam NOM_DE_FAMILLE",
    "full_name": "full_name customerName OWNERNAME nombre_completo patient-name ФИО",
    "email": "email e-mail EMail customer_email correo_electronico adresseEmail courriel mailAdresse",
    "phone": "phone tel telephone2 mobileNumber numero_telefono Telefonnummer телефон home_phone",
    "street_address": "street_address Strasse calle rua via addr_line_1 mailingAddress",
    "address": "address address2 ADRESSE billing_address",
    "ssn": "ssn SSN soc_sec_id social_security_number Sozialversicherungsnummer",
    "national_id": "national_id codice_fiscale BSN nif dni cpf Steuernummer taxId",
    "passport": "passport passportNumber pasaporte Reisepass",
    "driver_license": "drivers_license DRIVERS führerschein permis_de_conduire dl_number",
    "account": "account_number Kontonummer numero_de_cuenta bankAccount policy_no",
    "card": "credit_card cardNumber Kreditkarte cc_number",
    "medical_record": "mrn medical_record_number",
    "key": "id customer_id patientId PROVIDERID uuid rec_id chat_id message_id",
    "ip": "ip ip_address clientIP IPAddress last_ip remote_addr",
    "birth_date": "dob DOB birthdate date_of_birth DateOfBirth geburtsdatum fecha_nacimiento "
    "date_de_naissance data_nascita geboortedatum BIRTHDATE",
    "age": "age Alter edad patient_age leeftijd",
    "sex": "sex gender geschlecht sexo geslacht",
    "postal_code": "zip zipCode postcode PLZ code_postal cp CEP postal-code",
    "city": "city Stadt ville ciudad citta suburb home_city",
    "date": "event_date SERVICEDATE Datum fecha created_at date LASTBILLEDDATE1",
    "text": "notes comment doctor_notes Bemerkungen commentaires messageBody email_body description",
    "health": "diagnosis heart_rate diagnóstico prescription blood_pressure",
    "income": "salary annual_income Gehalt salario",
    "category": "status order_type currency is_active transaction_type",
    "measure": "amount total_price quantity Betrag num_rooms",
    "thing": "product_name sku file_name product_id",
}


@pytest.mark.parametrize(
    ("header", "concept"),
    [(header, concept) for concept, headers in MEANINGS.items() for header in headers.split()],
)
def test_a_header_says_what_it_is(header: str, concept: str) -> None:
    hint = hint_of(FieldPath((header,)))
    assert hint is not None
    assert (hint.concept.id, hint.qualified) == (concept, False)


@pytest.mark.parametrize(
    "header",
    [
        "email_verified",
        "phone_type",
        "emailCount",
        "phone_status",
        "ssn_valid",
        "age_distribution_type",
    ],
)
def test_a_property_of_a_thing_is_not_the_thing(header: str) -> None:
    hint = hint_of(FieldPath((header,)))
    assert hint is not None
    assert hint.qualified


@pytest.mark.parametrize("header", ["", "c1", "x_17", "???", "\x00\u202e", "zqxv", "V12", "🙂"])
def test_some_headers_say_nothing(header: str) -> None:
    assert hint_of(FieldPath((header,))) is None


@pytest.mark.parametrize("header", ["paid", "valid_grid", "said", "humid"])
def test_no_key_is_seen_at_the_end_of_other_words(header: str) -> None:
    hint = hint_of(FieldPath((header,)))
    assert hint is None or hint.concept.id != "key"


def test_a_nested_field_may_be_named_by_what_holds_it() -> None:
    hint = hint_of(FieldPath(("emails", EACH, "value")))
    assert hint is not None
    assert hint.concept.id in ("email", "measure")
    hint = hint_of(FieldPath(("emails", EACH)))
    assert hint is not None
    assert hint.concept.id == "email"


def test_every_concept_of_the_vocabulary_is_known() -> None:
    assert set(PHRASES) <= set(CONCEPTS)


@given(st.text(max_size=400))
def test_any_header_can_be_read(name: str) -> None:
    words = words_of(name)
    assert len(words) <= 12
    assert hint_of(FieldPath((name,))) == hint_of(FieldPath((name,)))
