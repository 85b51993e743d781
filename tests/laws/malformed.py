"""CSV and JSONL files that are damaged as real ones are, and what may be seen of them at most.

    python -m tests.laws.malformed --cases 20000    # beyond what the tests do; any seed

A file is written well, with a unique secret in every field but one, and then spoilt: quotes come
in or get lost, bytes flip, the end is missing, keys are repeated. A reader of this module's own,
byte by byte, says what such a file says: the cells that its kept field holds, or nothing where it
says nothing for certain. More than that a run may not emit.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import scrubber
from scrubber import formats
from scrubber.errors import InputError, ScrubberError
from scrubber.policy import rules_from_mapping

SECRET = re.compile(rb"zq[0-9]{10}xw")
FIELDS = ("id", "name", "note", "label")
KEPT = "label"
KEY = bytes(range(32))
RULES: dict[str, Any] = {
    "version": 1,
    "key": {"env": "SCRUBBER_KEY"},
    "on_unlisted": "drop",
    "fields": [
        {
            "name": "id",
            "class": "direct_identifier",
            "optional": True,
            "transform": {"token": {"domain": "d"}},
        },
        {"name": "name", "class": "direct_identifier", "optional": True, "transform": "drop"},
        {"name": KEPT, "class": "insensitive", "optional": True, "keep": "a label"},
    ],
}


@dataclass(frozen=True)
class Case:
    """A damaged file; `records` are those that it holds for certain, by field, None where it must
    be refused as a whole; `bad` is how many others there are."""

    name: str
    data: bytes
    records: tuple[dict[str, Any], ...] | None
    bad: int

    def __repr__(self) -> str:
        return f"Case({self.name!r}, {self.data!r})"


# --- good files, spoilt ---------------------------------------------------------------------------


def rows(chance: random.Random) -> list[dict[str, str]]:
    secrets = iter(range(1_000_000_000, 2_000_000_000))

    def secret() -> str:
        return f"zq{next(secrets)}xw"

    texts: tuple[Callable[[], str], ...] = (
        secret,
        lambda: f'say "{secret()}"',
        lambda: f'"{secret()}',
        lambda: f"{secret()},{secret()};x",
        lambda: f"{secret()}\n{secret()},{secret()},a,b",
        lambda: f'{secret()}\r\n"{secret()}", x\ty|z',
        lambda: f'5" {secret()}: \\',
        lambda: "",
    )
    return [
        {
            "id": secret(),
            "name": chance.choice(texts)(),
            "note": chance.choice(texts)(),
            KEPT: f"L{i}",
        }
        for i in range(chance.randrange(1, 12))
    ]


def csv_case(chance: random.Random) -> Case:
    mark, end = chance.choice(",;\t|"), chance.choice(("\n", "\r\n"))
    always = chance.random() < 0.3

    def cell(text: str) -> str:
        if always or re.search(r'[",;\t|\r\n]', text):
            return '"' + text.replace('"', '""') + '"'
        return text

    fields = chance.sample(FIELDS, len(FIELDS))
    lines = [mark.join(cell(row[field]) for field in fields) + end for row in rows(chance)]
    header = (mark.join(fields) + end).encode()
    signs = [b'"', b'"', b'"', b'""', b"\n", end.encode(), mark.encode(), b" ", b"\\", b'"\n']
    body = spoilt("".join(lines).encode(), signs, chance)
    records, bad = read_csv(body, mark, fields)
    bom = b"\xef\xbb\xbf" if chance.random() < 0.2 else b""
    return Case("a.tsv" if mark == "\t" else "a.csv", bom + header + body, records, bad)


def jsonl_case(chance: random.Random) -> Case:
    lines = [json.dumps(row, ensure_ascii=chance.random() < 0.5) for row in rows(chance)]
    for _ in range(chance.randrange(3)):
        i = chance.randrange(len(lines))
        lines[i] = with_a_key_twice(lines[i], chance)
    signs = [b'"', b"\\", b"{", b"}", b",", b":", b"\n", b"[", b'"label": ', b'"label": "x", ']
    body = ("\n".join(lines) + "\n").encode()
    if chance.random() < 0.7:
        body = spoilt(body, signs, chance) or b"\n"
    records, bad = read_jsonl(body)
    return Case("a.jsonl", body, records, bad)


def with_a_key_twice(line: str, chance: random.Random) -> str:
    """The object with a key again: of the same value or a secret one, plain, escaped or nested."""
    name = chance.choice(FIELDS)
    again = chance.choice(
        (f'"{name}"', f'"{name[:-1]}\\u{ord(name[-1]):04x}"', f'"\\u{ord(name[0]):04X}{name[1:]}"')
    )
    value = chance.choice(
        ('"zq9999999999xw"', "null", '"x:\\u003a"', "1", f'{{"{name}": 1, {again}: 2}}')
    )
    added = f"{again}: {value}"
    return f"{{{added}, {line[1:]}" if chance.random() < 0.5 else f"{line[:-1]}, {added}}}"


def spoilt(data: bytes, signs: Sequence[bytes], chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 2, 3, 5))):
        at = chance.randrange(len(data) + 1)
        size = chance.choice((1, 1, 1, 2, 8, 40))
        quotes = [m.start() for m in re.finditer(b'"', data)]
        match chance.randrange(8):
            case 0:
                data = data[:at] + chance.choice(signs) + data[at:]
            case 1:
                data = data[:at] + chance.choice(signs) + data[at + size :]
            case 2:
                data = data[:at] + data[at + size :]
            case 3:
                data = data[:at]
            case 4 if data[at : at + 1]:
                flipped = data[at] ^ (1 << chance.randrange(8))
                data = data[:at] + bytes([flipped]) + data[at + 1 :]
            case 5 if quotes:
                at = chance.choice(quotes)
                data = (
                    data[:at] + chance.choice((b"", b'""', b'\\"', b' "', b'" ')) + data[at + 1 :]
                )
            case 6:
                borders = [m.end() for m in re.finditer(rb"[,;\t|\n]", data)] or [0]
                at = chance.choice(borders)
                data = data[:at] + b'"' + data[at:]
            case _:
                data = data[: at + size] + data[at:]
    return data


# --- what they say --------------------------------------------------------------------------------


def read_csv(
    data: bytes, mark: str, fields: Sequence[str]
) -> tuple[tuple[dict[str, Any], ...] | None, int]:
    """The records by RFC 4180, with a null for an empty cell; and how many have other cells."""
    lines: list[list[bytes | None]] = []
    line: list[bytes | None] = []
    i = 0
    while i < len(data):
        cell: bytes | None
        if data[i : i + 1] == b'"':
            cell, i = b"", i + 1
            while True:
                stop = data.find(b'"', i)
                if stop < 0:
                    return None, 0
                cell += data[i:stop]
                i = stop + 1
                if data[i : i + 1] != b'"':
                    break
                cell, i = cell + b'"', i + 1
        else:
            found = re.compile(rb"[^\r\n" + re.escape(mark.encode()) + rb"]*").match(data, i)
            assert found is not None
            cell, i = found[0] or None, found.end()
            if cell is not None and b'"' in cell:
                return None, 0
        line.append(cell)
        after = data[i : i + 1]
        if after == mark.encode():
            i += 1
            if i < len(data):
                continue
            line.append(None)
        elif after not in (b"", b"\r", b"\n"):
            return None, 0
        i += 2 if data[i : i + 2] == b"\r\n" else 1
        if line != [None]:
            lines.append(line)
        line = []
    try:
        texts = [[cell.decode() if cell is not None else None for cell in line] for line in lines]
    except UnicodeDecodeError:
        return None, 0
    good = [dict(zip(fields, line, strict=True)) for line in texts if len(line) == len(fields)]
    return tuple(good), len(texts) - len(good)


class _Twice(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise _Twice
    return dict(pairs)


def read_jsonl(data: bytes) -> tuple[tuple[dict[str, Any], ...], int]:
    """The objects without a repeated key; and how many other lines there are."""
    found, bad = [], 0
    for line in data.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        if not line or line.isspace():
            continue
        try:
            record = json.loads(line.decode(), object_pairs_hook=_once)
        except (ValueError, RecursionError, _Twice):
            record = None
        if isinstance(record, dict):
            found.append(record)
        else:
            bad += 1
    return tuple(found), bad


# --- what is asked --------------------------------------------------------------------------------


def reads_no_more(case: Case, folder: Path, chance: random.Random) -> None:
    """Whatever way the file is read: refused, or the records that it holds."""
    path = folder / case.name
    path.write_bytes(case.data)
    (source,) = formats.discover([str(path)])
    for drop in (False, True):
        try:
            schema = formats.schemas([source], drop_bad_rows=drop)[source.alias]
            chunks = list(formats.read(source, schema, drop_bad_rows=drop))
        except InputError as error:
            _tells_nothing(error)
            assert case.records is None or case.bad or not drop or case.name == "a.jsonl"
            assert case.records is None or case.bad or case.name == "a.jsonl"
            continue
        assert case.records is not None
        found = [row for chunk in chunks for row in chunk.table.to_pylist()]
        rejected = sum(chunk.rejected for chunk in chunks)
        assert len(found) + rejected == len(case.records) + case.bad
        assert rejected >= case.bad
        assert drop or not rejected
        _are_among(found, case.records)
    try:
        (sample,) = formats.samples([source], 100, chance.randrange(100))
    except ScrubberError as error:
        _tells_nothing(error)
        return
    assert case.records is not None
    _are_among(sample.table.to_pylist(), case.records)
    assert sample.passed_over >= case.bad
    if sample.refusal is not None:
        _tells_nothing(sample.refusal)


def _are_among(found: Sequence[dict[str, Any]], records: Sequence[dict[str, Any]]) -> None:
    """The rows are some of the records, in their order; a key that is lacking reads as a null."""
    rest = iter(records)
    for row in found:
        said = _without_nulls(row)
        assert any(said == _without_nulls(record) for record in rest), "a row that is no record"


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_nulls(v) for k, v in value.items() if v is not None}
    return [_without_nulls(v) for v in value] if isinstance(value, list) else value


def emits_no_more(case: Case, folder: Path, chance: random.Random) -> bool:
    """A run is refused, or no secret comes out but what the kept field holds. Whether it ran."""
    path = folder / case.name
    path.write_bytes(case.data)
    rules = rules_from_mapping({**RULES, "on_error": chance.choice(["fail", "drop_row", "null"])})
    ran = False
    try:
        scrubber.scrub(str(path), rules, key=KEY, out=folder / "out")
        ran = True
    except ScrubberError as error:
        _tells_nothing(error)
    assert not (ran and case.records is None)
    kept = [record.get(KEPT) for record in case.records or ()]
    allowed = set(SECRET.findall(json.dumps(kept).encode()))
    for file in folder.rglob("*"):
        if file != path and file.is_file():
            assert set(SECRET.findall(file.read_bytes())) <= allowed, file.name
    return ran


def _tells_nothing(error: ScrubberError) -> None:
    assert not SECRET.search(f"{error} {error!r} {error.hint}".encode())


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


def hold(seed: int, count: int, runs: int) -> tuple[int, int, int]:
    """Of `count` cases all are read, and one in `runs` is run; how many ran, how many must not,
    and how many were read in all."""
    ran = refused = 0
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        case = (csv_case, csv_case, jsonl_case)[number % 3](chance)
        refused += case.records is None
        with _folder() as folder:
            try:
                reads_no_more(case, folder, chance)
                if number % runs == 0:
                    ran += emits_no_more(case, folder, chance)
            except BaseException:
                print(f"seed {seed}, case {number}: {case!r}", file=sys.stderr)
                raise
    return ran, refused, count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=10, help="one case in so many is run as well")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    ran, refused, count = hold(given.seed, given.cases, given.runs)
    print(f"{count} cases, {refused} without certain records, {ran} runs; seed {given.seed}")


if __name__ == "__main__":
    main()
