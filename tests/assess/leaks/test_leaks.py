"""The leak index: what is looked up, its file, and false hits."""

from __future__ import annotations

import gzip
import random
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrubber
from scrubber.assess.leaks.forgetting import without_values
from scrubber.assess.leaks.index_file import LeakIndex, read_index, sealed, write_index
from scrubber.assess.leaks.kinds import spellings
from scrubber.assess.leaks.prints import Fingerprinter, Prints, index_key
from scrubber.assess.leaks.probing import Chunk, probed
from scrubber.assess.leaks.words import Words, normal_forms
from scrubber.errors import InputError, KeyFault, TamperedError
from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.keys import RootKey
from tests.examples import examples

KEY = RootKey(bytes(range(32)))
OWN = index_key(KEY)
PRINTS = Fingerprinter(OWN)
DAY = date(2099, 12, 31)


def index_of(kind: str, *values: str, texts: tuple[str, ...] = ()) -> LeakIndex:
    marks = PRINTS.of_values(kind, values)
    runs = PRINTS.of_texts(texts).rare_runs()
    return LeakIndex({kind: marks} if len(marks) else {}, runs, DAY, OWN.id)


def kinds_in(index: LeakIndex, *texts: str) -> list[tuple[int, str]]:
    records = range(1, len(texts) + 1)
    found = probed(index, OWN, [Chunk("g", texts, records)])
    return [(hit.record, hit.kind) for hit in found.hits]


FOUND = [
    ("PERSON", "Jane Doe", "ask JANE  doe today"),
    ("PERSON", "Doe, Jane", "Jane Doe"),
    ("PERSON", "Dr. José Ñandú", "said jose nandu"),
    ("PERSON", "王小明", "我叫王小明。"),
    ("EMAIL_ADDRESS", "jane.doe@example.com", "to <Jane.Doe@Example.com>, now"),
    ("PHONE_NUMBER", "+1 (555) 010-2234", "555.010.2234"),
    ("PHONE_NUMBER", "+49 30 1234567", "unter 030 / 123 45 67"),
    ("CREDIT_CARD", "4111111111111111", "4111 1111-1111 1111"),
    ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
    ("LOCATION", "12 Long Street", "at 12, long street"),
    ("ID", "C-100037", "customer c100037"),
    ("EMAIL_ADDRESS", "jane.doe@example.com", "jane&#46;doe [at] example [dot] com"),
    ("PERSON", "Jane Doe", "q=Ja%6Ee%20Doe&x=1"),
    ("PERSON", "Jane Doe", "**Ja**ne D\u00adoe"),
]


@pytest.mark.parametrize(("kind", "value", "text"), FOUND)
def test_found_in_another_spelling(kind: str, value: str, text: str) -> None:
    assert (2, kind) in kinds_in(index_of(kind, value), "nothing", text)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("DATE_TIME", "2024-01-05"),
        ("DATE_OF_BIRTH", "1990-02-01"),
        ("AGE", "forty-five years"),
        ("UK_POSTCODE", "SW1A 1AA"),
        ("PERSON", "Jennifer"),
        ("LAST_NAME", "Featherstone"),
        ("ID", "Jennifer"),
        ("ID", "1990-02-01"),
        ("ID", "2345"),
        ("CITY", "Springfield"),
        ("LOCATION", "Springfield"),
        ("URL", "example.com"),
    ],
)
def test_left_out(kind: str, value: str) -> None:
    assert not kinds_in(index_of(kind, value), f"so {value} it is")


def test_a_value_counts_once_in_a_text_that_reads_differently() -> None:
    index = index_of("PERSON", "Jane Doe")
    assert kinds_in(index, "x", "Jane Doe &amp; so, Jane%20Doe") == [(2, "PERSON")]
    assert kinds_in(index, "**Jane Doe**") == [(1, "PERSON")]


def test_the_longest_value_is_the_hit() -> None:
    index = index_of("PERSON", "Jane Doe", "Mary Jane Doe")
    assert kinds_in(index, "Mary Jane Doe", "Jane Doe") == [(1, "PERSON"), (2, "PERSON")]


def test_a_value_lies_in_one_record() -> None:
    index = index_of("PERSON", "Jane Doe")
    assert kinds_in(index, "by Jane\n Doe") == [(1, "PERSON")]
    assert not kinds_in(index, "by Jane", "Doe")


def test_a_fingerprint_is_the_cmac_of_the_normal_form() -> None:
    (mark,) = PRINTS.of_values("EMAIL_ADDRESS", ["J.Doe@x.org"])
    digest = Cmac(OWN.derive("leak-index", "values")).digest(b"jdoexorg")
    assert int(mark) == int.from_bytes(digest[:8], "little")


def test_slices_of_any_length_have_the_library_s_cmac() -> None:
    drawn = random.Random(3)
    texts = ["".join(drawn.choices("abcé ", k=drawn.randrange(300))) for _ in range(50)]
    words = Words.of(texts)
    mac = Cmac(bytes(32))
    first, slices = words.windows(2)
    rows = mac.of_slices(slices.data, slices.starts, slices.sizes)
    assert len(first) > 100
    for row, start, end in zip(rows, slices.starts, slices.ends, strict=True):
        assert row.tobytes() == mac.digest(slices.data[start:end].tobytes())


def test_false_hits_are_as_rare_as_stated() -> None:
    """With 20 of the 64 bits, hits are frequent enough to be counted."""
    drawn = random.Random(5)
    values = [f"user{drawn.randrange(10**12):012}@example.org" for _ in range(2000)]
    others = [f"user{drawn.randrange(10**12):012}@example.com" for _ in range(20000)]
    short = [
        set((PRINTS.of_values("EMAIL_ADDRESS", some) & np.uint64((1 << 20) - 1)).tolist())
        for some in (values, others)
    ]
    expected = 2000 * 20000 / 2**20
    assert abs(len(short[0] & short[1]) - expected) < 5 * expected**0.5
    found = probed(index_of("EMAIL_ADDRESS", *values), OWN, [Chunk("g", others, range(20000))])
    assert not found.hits
    assert found.expected_false == found.lookups * 2000 / 2**64 < 1e-8


def prose(seed: int, count: int) -> str:
    drawn = random.Random(seed)
    return " ".join("".join(drawn.choices("abcdefgh", k=5)) for _ in range(count))


def test_verbatim_runs() -> None:
    training = tuple(prose(seed, 60) for seed in range(20))
    index = index_of("PERSON", texts=training)
    copied = training[7].split()
    outputs = [
        prose(99, 10) + " " + ", ".join(copied[10:39]).upper() + " " + prose(98, 10),
        " ".join(copied[10:24]),  # 14 words are no run
        prose(97, 60),
    ]
    (run,) = probed(index, OWN, [Chunk("g", outputs, [1, 2, 3])]).runs
    assert run.record == 1
    assert 15 <= run.words <= 29


@pytest.mark.parametrize("seed", range(20))
def test_29_words_in_a_row_are_always_a_run(seed: int) -> None:
    training = prose(seed, 200)
    start = random.Random(seed).randrange(171)
    copied = " ".join(training.split()[start : start + 29])
    assert probed(index_of("PERSON", texts=(training,)), OWN, [Chunk("g", [copied], [1])]).runs


def test_boilerplate_is_no_run() -> None:
    greeting = prose(1, 40)
    few, many = (
        tuple(f"{greeting} {prose(n, 20)}" for n in range(2, 2 + count)) for count in (10, 11)
    )
    assert probed(index_of("PERSON", texts=few), OWN, [Chunk("g", [greeting], [1])]).runs
    assert not probed(index_of("PERSON", texts=many), OWN, [Chunk("g", [greeting], [1])]).runs


def test_parts_add_up_in_any_order() -> None:
    texts = [prose(n, 40) for n in range(6)] * 2
    names = [f"Jane Doe{letter * 3}" for letter in "abcdef"] * 2
    whole = Prints.together(
        [Prints({"PERSON": PRINTS.of_values("PERSON", names)}), PRINTS.of_texts(texts)]
    )
    parts = [
        Prints.together(
            [Prints({"PERSON": PRINTS.of_values("PERSON", [name])}), PRINTS.of_texts([text])]
        )
        for name, text in zip(names, texts, strict=True)
    ]
    for ordered in (parts, parts[::-1]):
        total = Prints.together([Prints(), Prints.together(ordered[:5]), *ordered[5:]])
        assert total.to_json() == whole.to_json()
    assert Prints.from_json(whole.to_json()).to_json() == whole.to_json()


def written(path: Path) -> Path:
    marks = {"PERSON": PRINTS.of_values("PERSON", ["Jane Doe"])}
    write_index(path, Prints(marks), DAY, KEY)
    return path


def test_the_file_is_private_and_holds_no_value(tmp_path: Path) -> None:
    path = written(tmp_path / "a.index")
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"jane" not in path.read_bytes().lower()
    for key in (KEY, OWN):
        index, own = read_index(path, key, DAY)
        assert (index.size, index.delete_by, own) == (2, DAY, OWN)


def test_a_wrong_key_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.index")
    with pytest.raises(KeyFault, match="key-other"):
        scrubber.probe(path, path, RootKey(bytes(range(1, 33))))


@pytest.mark.parametrize("cut", [24, 60, 100, -33, -1])
def test_a_truncated_or_changed_file_is_refused(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path / "a.index")
    raw = path.read_bytes()
    path.write_bytes(raw[:cut])
    with pytest.raises(TamperedError, match="index-damaged"):
        read_index(path, KEY, DAY)
    place = len(raw) - 40
    path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
    with pytest.raises(TamperedError, match="index-damaged"):
        read_index(path, KEY, DAY)


def test_a_person_s_fingerprints_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.index"
    values = {
        "PERSON": PRINTS.of_values("PERSON", ["Jane Doe", "Li Wong Smith"]),
        "EMAIL_ADDRESS": PRINTS.of_values("EMAIL_ADDRESS", ["jane@example.org"]),
    }
    write_index(path, Prints(values, PRINTS.of_texts([prose(1, 40)]).runs), DAY, KEY)
    shorter = without_values(path, OWN, ["Doe, Jane", "JANE@example.org", "C-17"], DAY)
    assert shorter.removed == 3
    shorter.write()
    index, _ = read_index(path, KEY, DAY)
    assert not kinds_in(index, "Jane Doe", "jane@example.org")
    assert kinds_in(index, "li wong smith") == [(1, "PERSON")]
    assert path.stat().st_mode & 0o777 == 0o600
    assert without_values(path, KEY, ["Jane Doe"], DAY).removed == 0


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.index")
    with pytest.raises(InputError, match="index-expired"):
        read_index(path, KEY, date(2100, 1, 1))
    path.chmod(0o644)
    with pytest.raises(InputError, match="index-exposed"):
        read_index(path, KEY, DAY)
    (tmp_path / "b").write_text("a text")
    with pytest.raises(InputError, match="not-an-index"):
        read_index(tmp_path / "b", KEY, DAY)
    with pytest.raises(InputError, match="input-unreadable"):
        read_index(tmp_path / "c", KEY, DAY)


def test_bytes_depend_on_the_set_alone() -> None:
    made = [
        index_of("PERSON", *names) for names in (("Jane Doe", "Li Wong"), ("Li Wong", "Jane Doe"))
    ]
    assert sealed(made[0], OWN) == sealed(made[1], OWN)


def test_spellings_of_a_phone_lack_the_country() -> None:
    assert list(spellings("PHONE_NUMBER", ["+44 20 7946 0958"])) == [
        "+44 20 7946 0958",
        "20 7946 0958",
        "020 7946 0958",
    ]


def test_outputs_as_text_and_json_lines(tmp_path: Path) -> None:
    index = written(tmp_path / "a.index")
    (tmp_path / "g.txt").write_text("nobody\nby Jane Doe\nDoe\n")
    (tmp_path / "g.jsonl").write_text('{"a": [{"b": 1}]}\n\n{"c": {"d": ["x", "jane  DOE"]}}\n')
    found = scrubber.probe([tmp_path / "g.txt", tmp_path / "g.jsonl"], index, KEY)
    assert [(Path(hit.file).name, hit.record) for hit in found.hits] == [
        ("g.txt", 2),
        ("g.jsonl", 3),
    ]
    assert (found.records, found.exit_code, found.kinds) == (6, 1, {"PERSON": 2})
    assert dict(found.distinct) == {"PERSON": 1}
    (tmp_path / "bad.jsonl").write_text('{"a": 1}\nno json\n')
    with pytest.raises(InputError, match="json-line"):
        scrubber.probe(tmp_path / "bad.jsonl", index, KEY)
    with pytest.raises(InputError, match="input-unreadable"):
        scrubber.probe(tmp_path / "none", index, KEY)
    for raw in (gzip.compress(b"Jane Doe"), "Jane Doe".encode("utf-16")[2:]):
        (tmp_path / "raw.txt").write_bytes(raw)
        with pytest.raises(InputError, match="not-text"):
            scrubber.probe(tmp_path / "raw.txt", index, KEY)
    deep = tmp_path / "deep.jsonl"
    deep.write_text("[" * 900 + '"Jane Doe"' + "]" * 900)
    assert scrubber.probe(deep, index, KEY).exit_code == 1


@examples(30, deadline=None)
@given(st.lists(st.text(alphabet="aB1é王.\n -@\u0301", max_size=12), max_size=6))
def test_a_window_of_all_words_is_the_normal_form(values: list[str]) -> None:
    forms = normal_forms(values)
    made = [
        forms.data[start:end].tobytes() for start, end in zip(forms.starts, forms.ends, strict=True)
    ]
    alone = [Words.of([value]) for value in values]
    windows = [
        {
            slices.data[start:end].tobytes()
            for first, size, slices in words.candidates()
            if size == len(words)
            for start, end in zip(slices.starts, slices.ends, strict=True)
        }
        for words in alone
    ]
    plain_digits = re.compile(rb"[0-9]{,6}")
    assert made == [form for some in windows for form in some if not plain_digits.fullmatch(form)]
