"""Names of files and folders that are values are refused, and not shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrubber import formats
from scrubber.errors import InputError
from scrubber.formats.file_names import refuse_data

ORDINARY = [
    *("a.csv", "customers.csv", "customer_0001.csv", "patients_2019.csv", "users_2020.parquet"),
    *("part-00000-3f2a8c1e-1234-4abc-9def-001122334455-c000.snappy.parquet", "run_7f3a9b.parquet"),
    *("year=2020/month=01/part-0.parquet", "report_20240131123000.csv", "export-1706700000000.csv"),
    *("users-00000-of-00010.parquet", "data/train-00001-of-00002.jsonl.gz", "20240131T123000Z.csv"),
    *("uk_births_ogl.csv", "faker_person_mit.csv", "clinical_notes.csv", "synthea27/allergies.csv"),
    *("state=Virginia/x.csv", "city=San Jose/x.csv", "country=Jordan/x.csv", "user_events.csv"),
    *("user_20240101.csv", "données/clients.csv", "Umsätze 2019.csv", "用户.csv"),
]
DATA = [
    *("ann@example.com.csv", "email=ann@x.com/p.parquet", "078-05-1120.csv", "s=078 05 1120/a.csv"),
    *("ann.miller.csv", "ann_miller_2019.csv", "notes of Ann Miller.csv", "name=Ann Miller/p.csv"),
    *("Miller, Ann.csv", "notes/AnnMiller/1.csv", "Dr. Miller.csv", "John Smith - discharge.csv"),
    *("patient_10423.csv", "mrn=88123/x.csv", "call 555-123-4567.csv", "+1 (555) 123-4567.csv"),
]  # fmt: skip


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_names_pass(name: str) -> None:
    refuse_data([name])


def test_numbers_that_count_files_pass() -> None:
    refuse_data([f"user_{number}.csv" for number in range(3000)])


@pytest.mark.parametrize("name", DATA)
def test_a_value_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "in" / name
    path.parent.mkdir(parents=True)
    path.write_text("a\n1\n")
    (tmp_path / "in" / "0.csv").write_text("a\n1\n")
    with pytest.raises(InputError) as caught:
        formats.discover([str(tmp_path / "in")])
    assert caught.value.code == "input-name"
    assert "file 2 of 2" in caught.value.text or "file 1 of 2" in caught.value.text
    assert not any(part in str(caught.value) for part in name.split("/"))


@pytest.mark.parametrize("name", ["ann@example.com.pdf", "ann@example.com.csv"])
def test_it_is_refused_before_any_other_error_shows_it(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"")
    left_out: list[tuple[str, str]] = []
    with pytest.raises(InputError) as caught:
        formats.discover([str(tmp_path)], lambda alias, code: left_out.append((alias, code)))
    assert "ann@" not in str(caught.value)
    assert not left_out
