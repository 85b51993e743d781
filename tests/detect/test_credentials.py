"""Secrets in code, configuration, command lines and prose; and what looks like them and is none."""

from __future__ import annotations

import pytest

import scrubber

SECRETS = {"API_KEY", "JSON_WEB_TOKEN", "PASSWORD", "PRIVATE_KEY", "SECRET"}

# What is made up here has the form of a secret and opens nothing.
CASES = [
    ("db_password = 'tr0ub4dor&3'", "tr0ub4dor&3"),
    ('{"password": "n84ASM54y4"}', "n84ASM54y4"),
    ("password: n84ASM54y4!", "n84ASM54y4!"),
    ("the password is n84ASM54y4", "n84ASM54y4"),
    ("curl -u ann:n84ASM54y4 https://example.org", "n84ASM54y4"),
    ('curl_easy_setopt(curl, CURLOPT_PASSWORD, "KiASRCRiGFLPDi");', "KiASRCRiGFLPDi"),
    ('easy_setopt(curl, CURLOPT_PROXYPASSWORD,\n  ")d!~ORI8ed&()");', ")d!~ORI8ed&()"),
    ("postgres://ann:n84ASM54y4@db.example.org/x", "n84ASM54y4"),
    ("CREATE USER ann IDENTIFIED BY 'n84ASM54y4';", "n84ASM54y4"),
    ("<password>n84ASM54y4</password>", "n84ASM54y4"),
    ("machine example.org login ann password n84ASM54y4", "n84ASM54y4"),
    ("client_secret = 'aQ9xK2mB7vT4wZ1cR8'", "aQ9xK2mB7vT4wZ1cR8"),
    ("Authorization: Bearer aQ9xK2mB7vT4wZ1cR8", "aQ9xK2mB7vT4wZ1cR8"),
    ("https://example.org/a?sig=aQ9xK2mB7vT4wZ1cR8", "aQ9xK2mB7vT4wZ1cR8"),
    ("Activation key : QWSXE-RFVTG-YHNUJ-MIKOL", "QWSXE-RFVTG-YHNUJ-MIKOL"),
    (
        "#define AESKEY {0x35, 0x34, 0x65, \\\n  0x9b, 0x1c, 0x2e, 023, 010}",
        "0x35, 0x34, 0x65, \\\n  0x9b, 0x1c, 0x2e, 023, 010",
    ),
]
NONE = [
    "password = os.environ['DB_PASSWORD']",
    "password: ${DB_PASSWORD}",
    "password = None",
    "please change your password soon",
    "the token is expired",
    "easy_setopt(curl, CURLOPT_PASSWORD, password);",
    "def reset_password(user, password): ...",
    "secret_name = 'client_access_token'",
    "keep VR3OW-REZZ9-2FLHJ-QAUQ5-TBXOD in mind",
    "monkeys = {1, 2, 3, 4, 5, 6, 7, 8, 9}",
]


@pytest.mark.parametrize(("text", "secret"), CASES)
def test_a_secret_is_found(text: str, secret: str) -> None:
    (found,) = scrubber.find([text], {"ner": "none"})
    said = [text[span.start : span.end] for span in found if span.label in SECRETS]
    assert any(secret in one for one in said), said


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_secret(text: str) -> None:
    (found,) = scrubber.find([text], {"ner": "none"})
    assert [text[span.start : span.end] for span in found if span.label in SECRETS] == []
