"""Files of one JSON array, and of objects over several lines."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from scrubber import formats
from scrubber.errors import InputError
from scrubber.formats.jsonl import array
from tests.examples import examples

ROWS = [{"a": 1, "t": 'x, "y" [z] \\'}, {"a": 2, "t": "{\n}"}]
WRITINGS = [
    ("compact", json.dumps(ROWS, separators=(",", ":")).encode(), True),
    ("indented", b"\xef\xbb\xbf\r\n" + json.dumps(ROWS, indent=2).encode() + b"\r\n", True),
    ("one object to a line", b"".join(json.dumps(row).encode() + b"\n" for row in ROWS), False),
    ("objects over lines", b"\n".join(json.dumps(row, indent=1).encode() for row in ROWS), False),
]


@pytest.mark.parametrize(
    ("data", "in_array"), [one[1:] for one in WRITINGS], ids=[one[0] for one in WRITINGS]
)
@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_records_come_back_in_the_form_of_the_file(files, monkeypatch, data, in_array, piece):
    monkeypatch.setattr(array, "_PIECE", piece)
    source = files.make("x.json", data)
    result = files.read(source)
    assert result.rows == ROWS
    (sample,) = formats.samples([source], 10, 0)
    assert sample.table.to_pylist() == ROWS
    written = files.bytes(files.write("y.json", result.table, result.table, like=source))
    lines = [json.dumps(row, separators=(",", ":")) for row in ROWS * 2]
    expected = "[\n" + ",\n".join(lines) + "\n]\n" if in_array else "\n".join(lines) + "\n"
    assert written.decode() == expected


def test_tables_of_other_formats_become_arrays(files):
    source = files.make("x.jsonl", b'{"a":1}\n')
    schema = formats.schemas([source])["x.jsonl"]
    assert files.bytes(files.write("y.json", schema.empty_table(), like=source)) == b"[]\n"
    assert files.bytes(files.write("z.json", files.read(source).table)) == b'[\n{"a":1}\n]\n'


BAD = [
    (b'[{"a":1},{"a":2}', "json-line"),
    (b'[{"a":1}', "json-line"),
    (b'[{"a":1}] {"a":2}', "json-line"),
    (b'[{"a":1}]]', "json-line"),
    (b'[{"a":1} {"a":2}]', "json-line"),
    (b'[{"a":1]}', "json-line"),
    (b'[{"a":"x\ny"}]', "json-line"),
    (b'[1, 2]', "json-line"),
    (b'["SECRET"]', "json-line"),
    (b'SECRET', "json-line"),
    (b'[{"a":1,"a":2}]', "json-duplicate-key"),
    (b'[{"a":1},]', "json-line"),
    (b'[{"a":"SECRET"}\n,\n ]', "json-line"),
    (b'[,{"a":1}]', "json-line"),
    (b'[{"a":1},,{"a":2}]', "json-line"),
    (b"[]", "no-fields"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code"), BAD)
def test_what_is_no_array_of_records_is_refused(files, data, code):
    with pytest.raises(InputError) as caught:
        formats.schemas([files.make("x.json", data)])
    assert caught.value.code == code
    assert "SECRET" not in str(caught.value)
    assert caught.value.place.line is None


def test_a_bad_element_is_named_by_its_number_and_rejected_alone(files):
    source = files.make("x.json", b'[\n{"a":1},\n{"a":2,"a":3},\n{"a":4}\n]\n')
    with pytest.raises(InputError) as caught:
        formats.schemas([source])
    assert (caught.value.place.row, caught.value.place.line) == (2, None)
    result = files.read(source, drop_bad_rows=True)
    assert (result.rows, result.rejected) == ([{"a": 1}, {"a": 4}], 1)


TEXTS = st.text('x"\\,[]{}\n é', max_size=6)


@given(
    st.lists(st.fixed_dictionaries({"t": TEXTS, "l": st.lists(TEXTS, max_size=2)}), min_size=1),
    st.sampled_from([None, 1]),
    st.integers(1, 9),
)
@examples(60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_texts(files, records, indent, piece):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(array, "_PIECE", piece)
        data = json.dumps(records, indent=indent, ensure_ascii=False).encode()
        assert files.read(files.make("x.json", data)).rows == records
