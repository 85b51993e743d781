"""The report as any parser reads it: inert, self-contained, and with all that a reader needs."""

from __future__ import annotations

import json
import re
import unicodedata
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from scrubber.errors import OutputError
from scrubber.manifest import CheckFacts, Ledger, MeasuredFacts, seal, validate
from scrubber.review import report_page, write_report
from scrubber.review.html import Html, element, join, text
from scrubber.review.tables import bar
from tests.review.hostile import NAMES, hostile, made, wide

VOID = {"meta", "rect"}


class Reader(HTMLParser):
    """What a page holds: its elements with their attributes, its text, and what was left open."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def said(self) -> str:
        return " ".join(data for tag, data in self.texts if tag != "style")


PAGES: dict[str, Any] = {
    "large": lambda: seal(*made("large")),
    "small-cells": lambda: seal(*made("small-cells")),
    "tiny": lambda: seal(*made("tiny")),
    "classes": lambda: seal(*made("classes")),
    "rounded": lambda: seal(*made("large"), base=100),
    "hostile": hostile,
    "wide": wide,
}


@pytest.fixture(scope="module", params=sorted(PAGES))
def page(request: pytest.FixtureRequest) -> str:
    return report_page(PAGES[request.param]())


def test_nothing_runs_and_nothing_is_loaded(page: str) -> None:
    read = Reader(page)
    assert not read.open
    tags = {tag for tag, _ in read.elements}
    assert tags <= set(
        "html head meta title style body header nav main section footer h1 h2 h3 p ul li a div span"
        " strong em code table caption thead tbody tr th td dl dt dd svg rect"
        " details summary".split()
    )
    for tag, attributes in read.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            assert name not in ("src", "style", "srcset", "action", "background", "formaction")
            if name == "href":
                assert re.fullmatch(r"#[a-z]+", value or ""), value
    css = "".join(data for tag, data in read.texts if tag == "style")
    assert "url(" not in css
    assert "@import" not in css


def test_the_policy_names_the_one_style_by_its_hash(page: str) -> None:
    read = Reader(page)
    metas = [m for m in read.all("meta") if m.get("http-equiv") == "Content-Security-Policy"]
    css = "".join(data for tag, data in read.texts if tag == "style")
    hashed = b64encode(sha256(css.encode()).digest()).decode()
    assert [m["content"] for m in metas] == [
        f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"
    ]
    assert len(read.all("style")) == 1


def test_landmarks_headings_and_table_heads(page: str) -> None:
    read = Reader(page)
    for tag in ("header", "nav", "main", "footer", "h1", "title"):
        assert len(read.all(tag)) == 1, tag
    assert read.all("html") == [{"lang": "en", "dir": "ltr"}]
    ids = [a["id"] for _, a in read.elements if "id" in a]
    assert len(ids) == len(set(ids))
    for link in read.all("a"):
        assert (link["href"] or "")[1:] in ids
    for section in read.all("section"):
        assert section["aria-labelledby"] in ids
    assert len(read.all("caption")) == len(read.all("table")) > 3
    assert all(head["scope"] in ("row", "col") for head in read.all("th"))
    for drawing in read.all("svg"):  # its number stands beside it
        assert drawing["aria-hidden"] == "true"
    scrolled = [a for a in read.all("div") if a.get("class") == "scroll"]
    assert all(a["tabindex"] == "0" and a["role"] == "region" for a in scrolled)


def test_no_control_or_bidi_character_is_in_it(page: str) -> None:
    bad = {ch for ch in page if unicodedata.category(ch) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert bad <= {"\n"}


def test_the_verdict_comes_first_and_kept_fields_before_the_others(page: str) -> None:
    order = [page.index(f'id="{name}"') for name in ("verdict", "kept", "transformed", "removed")]
    assert order == sorted(order)


def test_the_same_manifest_gives_the_same_bytes() -> None:
    assert report_page(seal(*made("classes"))) == report_page(seal(*made("classes")))


def test_hostile_names_are_told_as_text() -> None:
    read = Reader(report_page(hostile()))
    names = [data for tag, data in read.texts if tag == "code"]
    assert set(NAMES[:4]) <= set(names)
    assert "\\u202egnp.exe\\u2066" in names
    assert "a" * 120 + "…" in names
    assert "&lt;b&gt;" in names
    assert "</style><script>alert(2)</script>" in read.said


def test_every_field_is_told_once() -> None:
    manifest = wide()
    read = Reader(report_page(manifest))
    names = [data for tag, data in read.texts if tag == "code"]
    for field in manifest.data["fields"]:
        assert names.count(field["name"]) in (1, 2, 3)


def test_all_sections_are_told() -> None:
    said = Reader(report_page(seal(*made("classes")))).said
    for part in (
        "No direct identifiers leave the EU",
        "train a ticket classifier",
        "rule-tests",
        "Keyed pseudonym (AES-256-CMAC, domain crm)",
        "rules/crm.yaml:21",
        "34" * 32,
        "EmailRecognizer",
        "10 or more",
        "1,188",
        "technique: suppression",
        "unknown",
    ):
        assert part in said, part


def test_what_a_model_was_measured_to_find_is_told() -> None:
    facts, ledger = made("large")
    measured = (MeasuredFacts("btc_dev", "PERSON", 951, 9), MeasuredFacts("x", "LOCATION", 0, 1000))
    detector = replace(facts.engine.detectors[0], model_digest="ab" * 32, measured=measured)
    manifest = seal(replace(facts, engine=replace(facts.engine, detectors=(detector,))), ledger)
    assert validate(manifest.to_json()) == []
    said = Reader(report_page(manifest)).said
    for part in ("btc_dev", "95.1%", "0.9%", "0.0%", "100.0%"):
        assert part in said
    assert "btc_dev" not in report_page(seal(*made("large")))


def test_the_second_look_is_told() -> None:
    page = report_page(seal(*made("assessed")))
    said = Reader(page).said
    for part in (
        "A sample of the output records (1,900) was scanned again",
        "OWN_IDENTIFIER",
        "37",
        "fewer than 11",
        "96.7%",
    ):
        assert part in said, part
    top = Reader(page[: page.index('id="kept"')]).said
    assert "RESIDUALS in 2 fields" in top
    assert "Residuals in the output: " in top
    assert "EMAIL_ADDRESS in plan" in top
    assert "residual: EMAIL_ADDRESS" in said
    assert "not scanned again" in Reader(report_page(seal(*made("large")))).said


def test_what_stands_out_is_said_at_the_top() -> None:
    facts, ledger = made("large")
    unsafe = replace(facts.fields[2], unsafe=True, field_class="sensitive", reason=None)
    checks = (CheckFacts("rescan", False, "error", "0", "many"),)
    fields = (*facts.fields[:2], unsafe, facts.fields[3])
    page = report_page(seal(replace(facts, fields=fields, checks=checks), ledger))
    top = Reader(page[: page.index('id="kept"')]).said
    for part in ("FAILED", "Failed check: ", "without a rule", "sensitive", "Not declared"):
        assert part in top, part


def test_no_values_came_in() -> None:
    facts, _ = made("tiny")
    page = report_page(seal(replace(facts, outputs=()), Ledger()))
    assert ">0 in<" not in page
    assert page.count(">0<") > 3


def test_a_table_in_memory_and_no_text() -> None:
    facts, ledger = made("large")
    quiet = replace(facts, outputs=(), engine=replace(facts.engine, detectors=()))
    said = Reader(report_page(seal(quiet, ledger))).said
    assert "The result was not written to files" in said
    assert "No text was searched." in said


def test_withheld_counts_are_drawn_alike() -> None:
    drawn = {bar([count], 5000) for count in ({"lt": 11}, {"suppressed": True})}
    assert len(drawn) == 1
    assert "withheld" in next(iter(drawn))
    assert bar([{"n": 0}], 5000).count("<rect") == 0
    assert 'width="960"' in bar([{"n": 5000}], 5000)


@pytest.mark.parametrize("name", ["small-cells", "tiny"])
def test_no_number_of_people_is_small(name: str) -> None:
    """Numbers of records, values and findings stand in cells of their own."""
    page = report_page(seal(*made(name)))
    cells = re.findall(r'<td class="number">([^<]*)</td>', page)
    numbers = [int(n.replace(",", "")) for cell in cells for n in re.findall(r"[\d,]+", cell)]
    assert "fewer than 11" in cells
    assert all(n == 0 or n >= 11 for n in numbers)


@pytest.mark.parametrize(
    ("made_from", "expected"),
    [
        (lambda: element("p", "<b>"), "<p>&lt;b&gt;</p>"),
        (lambda: element("p", Html("<b>"), "&"), "<p><b>&amp;</p>"),
        (lambda: element("p", title='"x"'), '<p title="&quot;x&quot;"></p>'),
        (lambda: element("p", hidden=None), "<p></p>"),
        (lambda: element("rect", width=3), '<rect width="3"/>'),
        (lambda: join("a\x00b", "\u202e"), "a\\x00b\\u202e"),
        (lambda: text("'"), "&#x27;"),
        (lambda: element("p", element("b", "x") + "<"), "<p>&lt;b&gt;x&lt;/b&gt;&lt;</p>"),
    ],
)
def test_html(made_from: Any, expected: str) -> None:
    assert made_from() == expected


def test_a_report_is_replaced_and_another_file_is_not(tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    first, second = report_page(seal(*made("large"))), report_page(seal(*made("tiny")))
    write_report(first, target)
    write_report(second, target)
    assert target.read_text("utf-8") == second
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]
    other = tmp_path / "notes.html"
    other.write_text("<!doctype html>\nmine", "utf-8")
    for refused in (other, tmp_path):
        with pytest.raises(OutputError) as error:
            write_report(first, refused)
        assert error.value.code == "output-foreign"
    assert other.read_text("utf-8") == "<!doctype html>\nmine"
    with pytest.raises(OutputError) as error:
        write_report(first, tmp_path / "missing" / "report.html")
    assert error.value.code == "output-write"


def test_the_page_holds_nothing_that_the_manifest_does_not() -> None:
    """Every number of four digits and more is one of the manifest's, but for an RFC's."""
    manifest = seal(*made("classes"))
    said = Reader(report_page(manifest)).said
    numbers = {n.replace(",", "") for n in re.findall(r"\d[\d,]{3,}", said)}
    assert numbers - set(re.findall(r"\d+", json.dumps(manifest.to_json()))) == {"9162"}
