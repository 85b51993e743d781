"""JUnit XML: a test case for each check and each field, for CI systems that display test
results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree

from scrubber.errors import printable
from scrubber.exports.reading import Data, title
from scrubber.exports.target import Target
from scrubber.manifest.view import printable_text, treatment


def junit(data: Data) -> str:
    """A suite ``checks`` and a suite ``fields``.

    A field fails if it was kept without a rule, or if it is a kept direct identifier. Failed checks
    below the severity error are skipped tests.
    """
    root = ElementTree.Element("testsuites", name=printable(title(data)))
    for name, cases in (("checks", _checks(data)), ("fields", _fields(data))):
        suite = ElementTree.SubElement(root, "testsuite", name=name)
        suite.set("timestamp", data["run"]["created"].removesuffix("Z"))
        suite.extend(cases)
        count = {kind: len(suite.findall(f"testcase/{kind}")) for kind in ("failure", "skipped")}
        suite.set("tests", str(len(suite)))
        suite.set("failures", str(count["failure"]))
        suite.set("errors", "0")
        suite.set("skipped", str(count["skipped"]))
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'


def _case(name: str, suite: str) -> ElementTree.Element:
    return ElementTree.Element("testcase", name=name, classname=f"scrubber.{suite}", time="0")


def _checks(data: Data) -> Iterator[ElementTree.Element]:
    for check in data["checks"]:
        case = _case(printable(check["id"]), "checks")
        if not check["passed"]:
            kind = "failure" if check["severity"] == "error" else "skipped"
            outcome = ElementTree.SubElement(case, kind)
            outcome.set("message", printable_text(f"expected {check['expected']}"))
            outcome.text = printable_text(f"actual {check['actual']}")
        yield case


def _fields(data: Data) -> Iterator[ElementTree.Element]:
    for field in data["fields"]:
        sources = ", ".join(map(printable, field["sources"]))
        case = _case(f"{printable(field['name'])} of {sources}", "fields")
        told = treatment(field)
        if field["unsafe"] or (field["action"], field["class"]) == ("keep", "direct_identifier"):
            outcome = ElementTree.SubElement(case, "failure")
            outcome.set("message", "a direct identifier or an unlisted field is kept")
            outcome.text = told
        else:
            ElementTree.SubElement(case, "system-out").text = told
        yield case


JUNIT: Final = Target("junit", "JUnit XML", "scrubber-junit.xml", junit)
