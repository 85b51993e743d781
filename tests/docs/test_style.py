"""The check of language finds what it names, and the checkout has none of it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def style() -> ModuleType:
    spec = importlib.util.spec_from_file_location("style_check", ROOT / "docs" / "style_check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "code",
    [
        '"""What a module does."""',
        'def f():\n    """Whether it holds."""',
        'class C:\n    """How it works."""',
        'def f():\n    """Say who is told."""',
        "x = 1  # they are told so",
        'x = 1\n"""Where it holds."""',
        'def f():\n    """The text.\n\n    Errors: ValueError."""',
        '"""The texts that are looked\nat once."""',
        "x = 1  # by who holds the key",
    ],
)
def test_habits_in_code_are_found(style: ModuleType, code: str) -> None:
    assert len(list(style.faults_of_code(code))) == 1


@pytest.mark.parametrize("code", ['"""Whatever holds."""', 'x = "What is told"', "# plain"])
def test_plain_code_is_left_alone(style: ModuleType, code: str) -> None:
    assert list(style.faults_of_code(code)) == []


@pytest.mark.parametrize(
    "page",
    [
        "word " * 31,
        "- item\n\n| a | " + "word " * 31 + "|",
        "A file that names a key which is missing fails.",
        "The reader is told so.",
    ],
)
def test_habits_in_pages_are_found(style: ModuleType, page: str) -> None:
    assert len(list(style.faults_of_page(page))) == 1


@pytest.mark.parametrize(
    "page", ["word " * 30, "```\n" + "word " * 50 + "\n```", "One that ends. One that begins."]
)
def test_plain_pages_are_left_alone(style: ModuleType, page: str) -> None:
    assert list(style.faults_of_page(page)) == []


@pytest.mark.slow
def test_the_checkout_has_none(style: ModuleType) -> None:
    assert style.faults() == []
