"""Objects in a store: the same answers from S3 and from the store in memory."""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator

import pytest

from scrubber import storage
from scrubber.errors import InputError, OutputError
from scrubber.storage import upload
from tests.stores import S3

pytestmark = pytest.mark.slow


@pytest.fixture(params=["s3", "memory"])
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty folder in a store."""
    if request.param == "s3":
        s3 = request.getfixturevalue("s3")
        yield s3.url("folder")
        return
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.store.clear()
    memory.pseudo_dirs[:] = [""]
    yield "memory://bucket/folder"
    memory.store.clear()


def put(store: str, **objects: bytes) -> None:
    for name, data in objects.items():
        storage.write(f"{store}/{name.replace('__', '/')}", data, name)


def test_what_is_put_is_there(store: str) -> None:
    assert storage.facts(f"{store}/a", "a") is None
    assert storage.read(f"{store}/a", "a") is None
    put(store, a=b"one")
    first = storage.facts(f"{store}/a", "a")
    assert first is not None
    assert first.size == 3
    assert storage.read(f"{store}/a", "a") == b"one"
    assert storage.facts(store, "folder") is None  # a folder is no object
    assert storage.is_folder(store, "folder")
    put(store, a=b"two")
    assert storage.facts(f"{store}/a", "a") != first
    assert pickle.loads(pickle.dumps(first)) == first


def test_only_one_creates(store: str) -> None:
    assert storage.create(f"{store}/lock", b"mine", "lock")
    assert not storage.create(f"{store}/lock", b"yours", "lock")
    assert storage.read(f"{store}/lock", "lock") == b"mine"


def test_a_folder_is_listed_in_depth_with_facts(store: str) -> None:
    put(store, b__c=b"22", a=b"1", b__d__e=b"333")
    put(store + "2", z=b"1")  # a name that begins alike is another folder
    found = storage.below(store, "folder")
    assert [(one.name, one.facts.size) for one in found] == [("a", 1), ("b/c", 2), ("b/d/e", 3)]
    for one in found:
        assert one.url == f"{store}/{one.name}"
        assert storage.facts(one.url, one.name) == one.facts
    assert storage.below(f"{store}/none", "none") == []


def test_what_is_removed_is_gone(store: str) -> None:
    put(store, a=b"1", b=b"2", c=b"3")
    storage.remove([f"{store}/{name}" for name in ("a", "missing", "b")], "folder")
    assert [one.name for one in storage.below(store, "folder")] == ["c"]
    storage.remove([], "folder")


@pytest.mark.parametrize("ahead", [0, 7, 1 << 20])
def test_reading_from_any_place(store: str, ahead: int) -> None:
    data = random.Random(1).randbytes(5000)
    put(store, a=data)
    facts = storage.facts(f"{store}/a", "a")
    dice = random.Random(2)
    with storage.opened(f"{store}/a", "a", facts, ahead) as file:
        assert file.read() == data
        assert file.read(1) == b""
        for _ in range(40):
            place, size = dice.randrange(5200), dice.choice([0, 1, 6, 300, 6000])
            assert file.seek(place) == place == file.tell()
            assert file.read(size) == data[place : place + size]
        assert file.seek(-5, 2) == 4995
        assert file.read() == data[-5:]


def test_an_object_that_is_another_one_now_is_not_opened(store: str) -> None:
    put(store, a=b"one")
    facts = storage.facts(f"{store}/a", "a")
    put(store, a=b"two")
    with pytest.raises(InputError) as caught:
        storage.opened(f"{store}/a", "alias", facts, 0)
    assert (caught.value.code, str(caught.value.place)) == ("source-changed", "alias")


def test_nothing_of_an_upload_is_there_before_it_is_committed(
    store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload, "PART_BYTES", 5 * 2**20)
    data = random.Random(1).randbytes(12 * 2**20)
    written = storage.Upload(f"{store}/a", "a")
    for start in range(0, len(data), 2**20):
        written.write(memoryview(data)[start : start + 2**20])
    assert storage.below(store, "folder") == []
    written.commit()
    written.abort()
    assert storage.read(f"{store}/a", "a") == data


@pytest.mark.parametrize("size", [0, 10, 12 * 2**20])
def test_nothing_is_left_of_an_upload_that_was_given_up(
    store: str, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(upload, "PART_BYTES", 5 * 2**20)
    written = storage.Upload(f"{store}/a", "a")
    written.write(memoryview(bytes(size)))
    written.abort()
    del written  # clients complete what is collected
    assert storage.below(store, "folder") == []


def test_an_empty_object_can_be_written(store: str) -> None:
    written = storage.Upload(f"{store}/a", "a")
    written.commit()
    assert storage.read(f"{store}/a", "a") == b""


def test_uploads_of_killed_runs_are_dropped_below_a_folder(s3: S3) -> None:
    for name in ("out/data/a", "out/b", "outer/c"):
        s3.client.create_multipart_upload(Bucket="bucket", Key=name)
    listing = s3.client.list_multipart_uploads(Bucket="bucket")
    assert len(listing["Uploads"]) == 3
    storage.drop_unfinished(s3.url("out"), "out")
    assert s3.uploads() == ["outer/c"]


def test_a_bucket_that_is_not_there(s3: S3) -> None:
    del s3
    for put_one in (storage.write, storage.create):
        with pytest.raises(OutputError) as caught:
            put_one("s3://no-such-bucket/a", b"x", "out")
        assert (caught.value.code, str(caught.value.place)) == ("storage-bucket", "out")
    with pytest.raises(OutputError, match="storage-bucket"):
        storage.Upload("s3://no-such-bucket/a", "a").commit()
