"""URLs: which store they name, and that no credentials are in them."""

from __future__ import annotations

import importlib
import sys

import pytest

from scrubber import storage
from scrubber.errors import InputError, NotAvailable

SECRET = "planted9secret"


@pytest.mark.parametrize(
    ("path", "remote"),
    [
        ("s3://bucket/a.csv", True),
        ("hf://datasets/user/set", True),
        ("abfs://box@account.dfs.core.windows.net/a", True),
        ("/data/a.csv", False),
        ("a://", True),
        ("s3:/bucket/a", False),
        ("C:\\a.csv", False),
        ("", False),
    ],
)
def test_what_is_remote(path: str, remote: bool) -> None:
    assert storage.is_remote(path) is remote


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("s3://bucket/a/", "s3://bucket/a"),
        ("S3://Bucket/A", "s3://Bucket/A"),
        ("s3://bucket/part-?.csv", "s3://bucket/part-?.csv"),
        ("s3://bucket/mail@example/a", "s3://bucket/mail@example/a"),
        (
            "abfss://box@account.dfs.core.windows.net/a",
            "abfss://box@account.dfs.core.windows.net/a",
        ),
        ("hf://datasets/user/set@main/a", "hf://datasets/user/set@main/a"),
    ],
)
def test_a_url_without_credentials_is_taken(url: str, same: str) -> None:
    assert storage.checked(url) == same


@pytest.mark.parametrize(
    "url",
    [
        f"s3://AKIA:{SECRET}@bucket/a.csv",
        f"s3://{SECRET}@bucket/a.csv",
        f"gs://{SECRET}@bucket/a.csv",
        f"hf://user:{SECRET}@datasets/u/s",
        f"az://box/a.csv?sv=2024&sig={SECRET}",
        f"s3://bucket/a.csv?X-Amz-Signature={SECRET}",
        f"abfs://box:{SECRET}@account.dfs.core.windows.net/a",
        f"abfs://{SECRET}@@account.dfs.core.windows.net/a",
    ],
)
def test_credentials_are_refused_and_not_printed(url: str) -> None:
    with pytest.raises(InputError) as caught:
        storage.checked(url)
    assert caught.value.code == "storage-credentials"
    assert SECRET not in f"{caught.value!s}{caught.value!r}"


@pytest.mark.parametrize("url", ["s3://", "gs:///", "s3://bucket/a\0b"])
def test_a_url_names_something(url: str) -> None:
    with pytest.raises(InputError) as caught:
        storage.checked(url)
    assert caught.value.code == "storage-url"


@pytest.mark.parametrize(
    ("url", "package", "extra"),
    [
        ("s3://bucket/a", "s3fs", "s3"),
        ("gs://bucket/a", "gcsfs", "gs"),
        ("gcs://bucket/a", "gcsfs", "gs"),
        ("az://box/a", "adlfs", "az"),
        ("abfs://box@account.dfs.core.windows.net/a", "adlfs", "az"),
        ("abfss://box/a", "adlfs", "az"),
        ("hf://datasets/user/set/a", "huggingface_hub", "hf"),
    ],
)
def test_a_missing_client_is_named_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, url: str, package: str, extra: str
) -> None:
    registry = importlib.import_module("fsspec.registry")
    for name in ("registry", "_registry"):  # as if none had been loaded before
        monkeypatch.setattr(registry, name, {})
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(NotAvailable) as caught:
        storage.facts(url, url)
    assert caught.value.code == "storage-extra"
    assert package in caught.value.text
    assert caught.value.hint == f"in the checkout: pip install '.[{extra}]'"


def test_without_fsspec_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(NotAvailable, match=r"'\.\[s3\]'"):
        storage.facts("s3://bucket/a", "a")


@pytest.mark.parametrize(
    ("url", "module", "path"),
    [
        ("gs://bucket/a/b.csv", "gcsfs", "bucket/a/b.csv"),
        ("az://box/a/b.csv", "adlfs", "box/a/b.csv"),
        ("abfs://box@account.dfs.core.windows.net/a/b.csv", "adlfs", "box/a/b.csv"),
        ("hf://datasets/user/set/b.csv", "huggingface_hub", "datasets/user/set/b.csv"),
    ],
)
def test_the_store_that_a_url_names(
    monkeypatch: pytest.MonkeyPatch, url: str, module: str, path: str
) -> None:
    pytest.importorskip(module)
    from scrubber.storage.client import client

    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_NAME", "other")
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    system, stripped = client(url)
    assert type(system).__module__.partition(".")[0] == module
    assert stripped == path
    if "@" in url:
        assert system.account_name == "account"
