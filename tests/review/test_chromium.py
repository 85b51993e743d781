"""The report in a real browser: nothing runs, nothing is asked for, nothing is said on the console.

Skipped only where no Chromium is installed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scrubber.manifest import seal
from scrubber.review import report_page
from tests.review.hostile import NAMES, hostile, made, wide

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
ITS_OWN = re.compile(r"https?://([\w-]+\.)*(google|googleapis|gvt1)\.com/")  # not of the page
PAGES = {"classes": lambda: seal(*made("classes")), "hostile": hostile, "wide": wide}


def browse(folder: Path, page: str, *options: str) -> tuple[str, str, list[str]]:
    """What the browser made of `page`: its document, what it logged, and what it asked for."""
    assert BROWSER is not None
    file, log = folder / "page.html", folder / "net.json"
    file.write_text(page, "utf-8")
    done = subprocess.run(
        [
            *(BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"),
            *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
            *("--disable-sync", f"--user-data-dir={folder / 'profile'}", "--enable-logging=stderr"),
            *(f"--log-net-log={log}", "--host-resolver-rules=MAP * ~NOTFOUND", *options),
            *("--dump-dom", file.as_uri()),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    events = json.loads(log.read_text("utf-8"))["events"]
    asked = {e["params"]["url"] for e in events if "url" in e.get("params", {})}
    said = done.stderr.decode("utf-8", "replace")
    return (
        done.stdout.decode("utf-8"),
        said,
        [url for url in sorted(asked) if url != file.as_uri() and not ITS_OWN.match(url)],
    )


@pytest.mark.parametrize("name", sorted(PAGES))
def test_nothing_runs_and_nothing_is_asked_for(tmp_path: Path, name: str) -> None:
    document, said, asked = browse(tmp_path, report_page(PAGES[name]()))
    assert "CONSOLE" not in said
    assert [url for url in asked if url.startswith(("http", "ftp", "ws", "file"))] == []
    assert document.rstrip().endswith("</html>")


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    page = report_page(hostile())
    document, _, _ = browse(tmp_path, page)
    assert "<script" not in document
    assert "<img" not in document
    assert document.count("<h1") == 1
    assert NAMES[0].replace("<", "&lt;").replace(">", "&gt;") in document


def test_the_policy_stops_what_gets_in(tmp_path: Path) -> None:
    """The policy is not decoration: what is put into the page by hand neither runs nor loads."""
    evil = (
        "<script>document.title='ran'</script><img src='http://127.0.0.1:9/x.png'>"
        "<style>body{display:none}</style></body>"
    )
    page = report_page(seal(*made("large"))).replace("</body>", evil)
    document, said, asked = browse(tmp_path, page)
    assert "CONSOLE" in said
    assert "<title>ran</title>" not in document
    assert [url for url in asked if url.startswith("http")] == []


def test_a_picture_and_a_print_can_be_made(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    browse(tmp_path, report_page(wide()), f"--screenshot={picture}", "--window-size=400,900")
    assert picture.read_bytes().startswith(b"\x89PNG")
