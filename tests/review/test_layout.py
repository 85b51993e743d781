"""The report as it is used: at any width, in any light, by keys and by a screen reader.

Skipped only where no Chromium is installed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scrubber.manifest import seal
from scrubber.review import report_page
from tests.review.browser import CHROMIUM, Browser
from tests.review.hostile import hostile, made, wide

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    pages = {name: report_page(seal(*made(name))) for name in ("classes", "small-cells", "tiny")}
    pages["against"] = report_page(hostile(), seal(*made("classes")))
    pages["hostile"], pages["wide"] = report_page(hostile()), report_page(wide())
    pages["too-wide"] = "<pre>" + "x" * 3000
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = Browser(tmp_path_factory.mktemp("profile"))
    yield started
    started.close()


@pytest.fixture(autouse=True)
def plain(browser: Browser) -> None:
    browser.size(1200)
    browser.media()


WIDTH = "document.documentElement.scrollWidth"


def test_a_page_that_is_too_wide_is_noticed(browser: Browser, folder: Path) -> None:
    browser.open(folder / "too-wide.html")
    assert browser.evaluate(WIDTH) > 1200


@pytest.mark.parametrize("name", ["hostile", "wide", "classes", "small-cells", "tiny", "against"])
@pytest.mark.parametrize("width", [320, 660, 800, 1100])
def test_no_width_needs_sideways_scrolling(
    browser: Browser, folder: Path, name: str, width: int
) -> None:
    browser.size(width)
    browser.open(folder / f"{name}.html")
    assert browser.evaluate(WIDTH) <= width


def brightness(browser: Browser, media: str, scheme: str) -> int:
    browser.media(media, scheme)
    colour = browser.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return sum(map(int, colour.removeprefix("rgb(").removesuffix(")").split(",")))


def test_dark_is_dark_and_print_is_light(browser: Browser, folder: Path) -> None:
    browser.open(folder / "classes.html")
    assert brightness(browser, "screen", "light") > 3 * 240
    assert brightness(browser, "screen", "dark") < 3 * 40
    assert brightness(browser, "print", "dark") == 3 * 255
    assert browser.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"


CONTRAST = """
(() => {
  const light = c => {
    const [r, g, b] = c.match(/[0-9.]+/g).slice(0, 3).map(v => v / 255)
      .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = light(getComputedStyle(document.documentElement).backgroundColor);
  return Math.min(...[...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => light(getComputedStyle(e).color))
    .map(ink => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05)));
})()
"""


@pytest.mark.parametrize(
    ("media", "scheme"), [("screen", "light"), ("screen", "dark"), ("print", "dark")]
)
def test_all_text_has_the_contrast_of_wcag_aa(
    browser: Browser, folder: Path, media: str, scheme: str
) -> None:
    browser.media(media, scheme)
    browser.open(folder / "against.html")
    assert 4.5 <= browser.evaluate(CONTRAST) <= 21


def test_the_first_tab_leads_past_the_contents(browser: Browser, folder: Path) -> None:
    browser.open(folder / "classes.html")
    browser.press("Tab")
    target = browser.evaluate("document.activeElement.getAttribute('href')")
    browser.press("Enter")
    assert browser.evaluate("location.hash") == target
    assert browser.evaluate(f"!!document.querySelector('{target}')")
    browser.press("Tab")
    assert browser.evaluate("!document.activeElement.closest('nav')")


@pytest.mark.parametrize("width", [320, 1100])  # where rows are cards they are still rows
def test_a_screen_reader_hears_landmarks_and_tables(
    browser: Browser, folder: Path, width: int
) -> None:
    browser.size(width)
    browser.open(folder / "classes.html")
    heard: dict[str, list[str]] = {}
    for node in browser.call("Accessibility.getFullAXTree")["nodes"]:
        if not node.get("ignored"):
            name = node.get("name", {}).get("value", "")
            heard.setdefault(node["role"]["value"], []).append(name)
    assert {"navigation", "main", "heading", "table", "row", "cell"} <= set(heard)
    assert all(heard["table"])
    assert len(set(heard["table"])) == len(heard["table"])
    assert "Values in" in heard["columnheader"]
    assert any(name.startswith("email ") for name in heard["rowheader"])
