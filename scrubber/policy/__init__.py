"""The rule language: what an author wrote, checked, and what will happen to given data.

The only importer of yaml and pydantic; both are loaded when a name is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrubber.policy.compile import compile_plan
    from scrubber.policy.editor import json_schema
    from scrubber.policy.examples import Example, table_of, unmet
    from scrubber.policy.operators import public_parameters
    from scrubber.policy.reference import rules_reference
    from scrubber.policy.rules import (
        Rules,
        detect_spec,
        load_rules,
        rules_from_mapping,
        varied,
    )
    from scrubber.policy.syntax.compose import Override
    from scrubber.policy.syntax.writing import WrittenRule, rule_text

__all__ = [
    "Example",
    "Override",
    "Rules",
    "WrittenRule",
    "compile_plan",
    "detect_spec",
    "json_schema",
    "load_rules",
    "public_parameters",
    "rule_text",
    "rules_from_mapping",
    "rules_reference",
    "table_of",
    "unmet",
    "varied",
]

_HOMES = {
    "Example": "examples",
    "Override": "syntax.compose",
    "Rules": "rules",
    "WrittenRule": "syntax.writing",
    "compile_plan": "compile",
    "detect_spec": "rules",
    "json_schema": "editor",
    "load_rules": "rules",
    "public_parameters": "operators",
    "rule_text": "syntax.writing",
    "rules_from_mapping": "rules",
    "rules_reference": "reference",
    "table_of": "examples",
    "unmet": "examples",
    "varied": "rules",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
