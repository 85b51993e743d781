"""Ed25519 keys: read from PEM, named by their public half, never shown."""

from __future__ import annotations

import pickle
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from scrubber.attest.signer import PublicKey, SigningKey
from scrubber.errors import KeyFault


def test_a_key_survives_its_pem() -> None:
    key = SigningKey.new()
    assert SigningKey.parse(f"\n{key.to_pem()}  \n").public == key.public
    assert SigningKey.new().public != key.public


def test_a_signature_is_of_one_key_and_one_message() -> None:
    key, other = SigningKey.new(), SigningKey.new()
    signature = key.sign(b"message")
    assert signature == key.sign(b"message")
    assert key.public.verifies(signature, b"message")
    assert not key.public.verifies(signature, b"messagf")
    assert not other.public.verifies(signature, b"message")
    assert not key.public.verifies(signature[:-1], b"message")
    assert not key.public.verifies(b"", b"message")


def test_rfc_8032_test_vector_3() -> None:
    public = "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
    signature = bytes.fromhex(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    )
    assert PublicKey.parse(f"ed25519:{public}").verifies(signature, b"\xaf\x82")


def test_what_openssl_makes_is_a_key() -> None:
    try:
        made = subprocess.run(
            ["openssl", "genpkey", "-algorithm", "ed25519"], capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl here")
    assert SigningKey.parse(made.stdout.decode()).public.id.startswith("ed25519:")


_EC = generate_private_key(SECP256R1())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA=",
        "-----BEGIN PRIVATE KEY-----\nsecretsecret\n-----END PRIVATE KEY-----",
        "clé",
        _EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        _EC.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"pw")
        ).decode(),
    ],
    ids=["empty", "pseudonym key", "no DER", "not ASCII", "another curve", "encrypted"],
)
def test_what_is_no_signing_key(text: str) -> None:
    with pytest.raises(KeyFault, match="key-format") as caught:
        SigningKey.parse(text)
    assert "secretsecret" not in repr(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("text", ["", "ed25519:", "ed25519:" + "A" * 64, "a" * 64, "rsa:00"])
def test_what_is_no_public_key(text: str) -> None:
    with pytest.raises(KeyFault, match="key-format"):
        PublicKey.parse(text)


def test_a_point_that_is_none_verifies_nothing() -> None:
    assert not PublicKey.parse("ed25519:" + "f" * 64).verifies(bytes(64), b"")


def test_the_private_half_is_not_shown_or_pickled() -> None:
    key = SigningKey.new()
    assert repr(key) == f"SigningKey({key.public.id})"
    with pytest.raises(TypeError):
        pickle.dumps(key)
