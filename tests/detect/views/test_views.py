"""The views of a text, and the way back: each case is a writing and what a detector reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.detect.views import View, plain, readable
from scrubber.detect.views.view import Edit
from scrubber.model.finding import Span

READABLE = [
    ("**Nora** _Quist_", "Nora Quist"),
    ("_Nora Quist_ rang", "Nora Quist rang"),
    ("`Nora` ~~Quist~~", "Nora Quist"),
    ("<b>Nora</b> <em>Quist</em>", "Nora Quist"),
    ("<td>MRN</td><td>0017</td>", " | MRN | 0017 | "),
    ("<p>Nora</p>", "\nNora\n"),
    ("O&#39;Hara &amp; Z&uuml;st", "O'Hara & Züst"),
    ("&amp;#64;", "@"),  # an escape of an escape
    ("Ren%C3%A9e%20Quist", "Renée Quist"),
    ("100%ZZ and 50%", "100%ZZ and 50%"),
    (r"Z\u00fcst \ud83d\ude00 \x41", "Züst 😀 A"),
    (r"Nora\nQuist\tsaid \"no\"", 'Nora\nQuist\tsaid "no"'),
    (r"C:\Users\nora\temp", r"C:\Users\nora\temp"),
    (r"\\server\nora", r"\\server\nora"),
    ("Ren=C3=A9e Qu=\r\nist", "Renée Quist"),
    ("nora=40example.com, x=20", "nora@example.com, x "),
    ("if a=20:", "if a 20:"[:4] + " :"),
    ("no\u00adra\u200b@example.com", "nora@example.com"),
    ("\x1b[31mNora\x1b[0m", "Nora"),
    ("a * b ** c, x_y", "a * b ** c, x_y"),
    ("plain text. Nothing else", "plain text. Nothing else"),
    ("&unknown; &;", "&unknown; &;"),
]

PLAIN = [
    ("219\u201309\u20139998", "219-09-9998"),
    ("２１９-０９-９９９８", "219-09-9998"),
    ("٢١٩-٠٩-٩٩٩٨", "219-09-9998"),
    ("219- 09 -9998", "219-09-9998"),
    ("4111\u00a01111\u202f1111 1111", "4111 1111 1111 1111"),
    ("4111 1111\n1111 1111", "4111 1111 1111 1111"),
    ("employee_219-09-9998", "employee 219-09-9998"),
    ("Nora_Quist_219-09-9998", "Nora Quist 219-09-9998"),
    ("a_b_quist%40example.com_219-09-9998", "a_b_quist@example.com 219-09-9998"),
    ("nora_quist&#64;example.com", "nora_quist@example.com"),
    ("nora_quist@=\nexample.com", "nora_quist@example.com"),
    ("get_user_name manual_d5.pdf", "get_user_name manual_d5.pdf"),
    ("邮箱nora@example.com谢谢", "邮箱 nora@example.com 谢谢"),
    ("nora [at] example [dot] com", "nora@example.com"),
    ("nora(at)example.com", "nora@example.com"),
    ("nora @ example.com", "nora@example.com"),
    ("nora at example dot com", "nora@example.com"),
    ("at the dot of noon", "at the dot of noon"),
    ("198[.]51[.]100[.]7", "198.51.100.7"),
    ("f(x) = [a.b]", "f(x) = [a.b]"),
    ("3 m² and ½", "3 m² and ½"),
    ("m&uuml;de_219-09-9998", "müde 219-09-9998"),
]


@pytest.mark.parametrize(("text", "expected"), READABLE)
def test_the_readable_view(text: str, expected: str) -> None:
    view = readable(text)
    assert (text if view is None else view.text) == expected
    assert (view is None) == (text == expected)


@pytest.mark.parametrize(("text", "expected"), PLAIN)
def test_the_plain_view(text: str, expected: str) -> None:
    view = plain(text, readable(text))
    assert (text if view is None else view.text) == expected
    assert (view is None) == (text == expected)


@pytest.mark.parametrize(
    ("text", "found", "original"),
    [
        ("I met **Nora** there", "Nora", "Nora"),
        ("O&#39;Hara rang", "O'Hara", "O&#39;Hara"),
        ("by Ren%C3%A9e%20Quist", "Renée Quist", "Ren%C3%A9e%20Quist"),
        ("no\u00adra@example.com!", "nora@example.com", "no\u00adra@example.com"),
        ("mail nora [at] example [dot] com now", "nora@example.com", "nora [at] example [dot] com"),
        ("卡号4111谢", "4111", "4111"),
        (r"Z\u00fcst", "Züst", r"Z\u00fcst"),
    ],
)
def test_a_finding_lies_where_it_was_written(text: str, found: str, original: str) -> None:
    view = plain(text, readable(text)) or View.of(text)
    start = view.text.index(found)
    span = Span(start, start + len(found), "X", 0.5, "test")
    (back,) = view.original([span])
    assert text[back.start : back.end] == original


def test_a_guess_over_joined_lines_is_none() -> None:
    text = "ids:\n2125\n550152"
    view = plain(text, readable(text))
    assert view is not None
    over = Span(view.text.index("2125"), len(view.text), "X", 0.6, "test")
    proved = Span(over.start, over.end, "X", 1.0, "test")
    assert view.original([over]) == []
    assert [text[s.start : s.end] for s in view.original([proved])] == ["2125\n550152"]


PIECES = """Nora ** _ &#39; &amp; %41 %C3%A9 \\u0041 \\n =C3=A9 <b> </b> <td> \u200b \u2013 ５ 谢 x
7 [at] dot com é @ . 😀""".split()
WRITTEN = st.lists(st.sampled_from([*PIECES, " ", "\n", "=\n", "\ud800"]), max_size=20).map("".join)


@given(WRITTEN)
def test_every_place_of_a_view_is_a_place_of_the_text(text: str) -> None:
    view = plain(text, readable(text))
    if view is None:
        return
    assert len(view.text) == len(view.starts) == len(view.ends)
    assert all(0 <= a <= b <= len(text) for a, b in zip(view.starts, view.ends, strict=True))
    assert (view.starts[1:] >= view.starts[:-1]).all()
    assert (view.ends[1:] >= view.ends[:-1]).all()


@given(WRITTEN)
def test_what_was_not_rewritten_comes_from_itself(text: str) -> None:
    view = readable(text)
    if view is None:
        return
    for char, start, end in zip(view.text, view.starts, view.ends, strict=True):
        if end - start == 1:
            assert text[start] == char


def test_edits_that_change_nothing_are_none() -> None:
    view = View.of("abc")
    assert view.edited([Edit(0, 1, "a")]) is view
