"""Labels apart from their values: in tables, on lines of their own, in pairs, behind the value."""

from __future__ import annotations

import pytest

from scrubber.detect.views import plain, readable
from tests.detect.recognizers.searching import covers

VALUES = [
    ("MRN", "00482913"),
    ("DOB", "04/17/1960"),
    ("Password", "k0l7eDvHl2PhniP0"),
    ("Passport", "X1234567"),
]
LAYOUTS = [
    "**{0}:** {1}", "**{0}**: {1}", "| {0} | {1} |", "| {0} | Ward |\n|---|---|\n| {1} | 4B |",
    "Ward,{0},Bed\nB,{1},C", "ward;{0}\nB;{1}", "Ward\t{0}\nB\t{1}", "Ward    {0}\nB       {1}",
    "<tr><th>Ward</th><th>{0}</th></tr><tr><td>B</td><td>{1}</td></tr>", "{0}\n{1}", "{0}:\n  {1}",
    '{{"name": "{0}", "value": "{1}"}}', '{{"{0}": "{1}"}}', '<field name="{0}">{1}</field>',
    "<b>{0}</b> {1}", "- {0}: {1}", "{0}\t\t\t{1}", "{1} ({0})", "> {0}: {1}",
]  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("label", "value"), VALUES)
def test_label_and_value(layout: str, label: str, value: str) -> None:
    text = layout.format(label, value)
    assert covers(text, value)


@pytest.mark.parametrize(
    "text",
    ["Ward,Bed\n12345678,4B", "one, two\nthree, four", "a | b\nc | d", "Notes (page 2)\n12", "|"],
)  # fmt: skip
def test_other_tables_are_left(text: str) -> None:
    view = plain(text, readable(text))
    assert view is None or len(view.text) <= len(text)


def test_a_long_table_stays_cheap() -> None:
    text = "mrn,ward\n" + "00482913,4B\n" * 5_000
    view = plain(text, readable(text))
    assert view is not None
    assert view.text.count("mrn: 00482913") == 5_000
