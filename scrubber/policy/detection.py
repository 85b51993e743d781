"""The ``detect:`` part: validated, and as a DetectSpec."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import regex

from scrubber.detect import DetectSpec, Exclude, Hotword, known_entities
from scrubber.detect.regexes import unbounded
from scrubber.errors import DetectionError, NotAvailable, printable
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.source import Path_

# Less is what Presidio gives to a value that could be anything, with no word for it near:
# docs/decisions/0010-weak-findings-need-a-word-for-them.md.
LEAST_SCORE = 0.35

_HERE: Path_ = ("detect",)
_NER_CHOICES = "write ner: builtin, none (patterns only) or spacy:<package or path>"
_HOTWORD = frozenset(field.name for field in fields(Hotword))
# What named-entity models label and no pattern finds; for the hint alone.
_NAMED = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "NRP", "AGE", "ID", "EMAIL"})


def read_detection(report: Report, *, needed: bool) -> DetectSpec:
    """The DetectSpec of the tree. `needed`: some text is searched, by the built-in names model
    where no other `ner` is chosen.

    The shape has been checked; what is of the wrong type here is left to that check.
    """
    part = _mapping(report.tree.data.get("detect"))
    return DetectSpec(
        languages=tuple(_texts(part.get("languages"))) or ("en",),
        ner=_ner(report, part.get("ner"), needed),
        entities=tuple(_texts(part["entities"])) if "entities" in part else None,
        score_thresholds=tuple(
            (name, float(score))
            for name, score in _mapping(part.get("score_thresholds")).items()
            if isinstance(score, int | float)
        ),
        allow_list=tuple(_texts(part.get("allow_list"))),
        deny_list=tuple(
            (name, tuple(_texts(words))) for name, words in _mapping(part.get("deny_list")).items()
        ),
        recognizers=tuple(_recognizers(report, part.get("recognizers"))),
        consistency=(
            tuple(_texts(part["consistency"]))
            if "consistency" in part
            else DetectSpec().consistency
        ),
        least_score=LEAST_SCORE,
        house=part.get("house") is not False,
        **_rules(report, part.get("rules")),
    )


def check_entities(
    report: Report, spec: DetectSpec, asked: Mapping[Path_, str], linked: frozenset[str]
) -> None:
    """Report every entity that is named and cannot be found, or is not looked for.

    `asked` maps the places of the fields' operators to their entities; `linked` are those that
    linked fields are found as. Loads Presidio's recognizers, but no model.
    """
    detect = _mapping(report.tree.data.get("detect"))
    named = dict(_named(detect))
    asked = {path: entity for path, entity in asked.items() if entity not in linked}
    if not named and not asked and not spec.recognizers and spec.ner == "none":
        return
    try:
        known = known_entities(spec)
    except (DetectionError, NotAvailable) as error:
        place = (*_HERE, "ner") if isinstance(error, NotAvailable) else _HERE
        report.value(place, error.code, error.text, error.hint)
        return
    for path, entity in named.items():
        if entity not in known:
            _unfindable(report, path, entity, known, spec)
    wanted = known if spec.entities is None else frozenset(spec.entities) | _own(spec)
    for path, entity in asked.items():
        if entity not in known:
            _unfindable(report, path, entity, known, spec)
        elif entity not in wanted:
            report.key(
                path,
                "not-looked-for",
                f"{printable(entity)} has an operator but is not detected",
                "add it to detect.entities",
            )


def _named(detect: Mapping[str, Any]) -> list[tuple[Path_, str]]:
    """Every entity that the part names as one to be found, with its place."""
    found: list[tuple[Path_, str]] = [
        ((*_HERE, "entities", i), name) for i, name in enumerate(_texts(detect.get("entities")))
    ]
    found += [
        ((*_HERE, "score_thresholds", name), name)
        for name in _mapping(detect.get("score_thresholds"))
        if name != "default"
    ]
    for i, rule in enumerate(_list(detect.get("rules"))):
        rule = _mapping(rule)
        exclude = _mapping(rule.get("exclude"))
        for path, holder in (((i,), rule), ((i, "exclude"), exclude)):
            if isinstance(holder.get("entity"), str):
                found.append(((*_HERE, "rules", *path, "entity"), holder["entity"]))
    return found


def _unfindable(
    report: Report, path: Path_, entity: str, known: frozenset[str], spec: DetectSpec
) -> None:
    shown = printable(entity)
    if entity in _NAMED:
        hint = "a named-entity model would: ner: builtin or spacy:<package or path>"
        if spec.ner != "none":
            hint = "this ner does not label it; take another model, or a recognizer or deny_list"
        report.value(path, "no-detector", f"no enabled recognizer finds {shown}", hint)
        return
    hint = did_you_mean(entity, known) or "give it a recognizer or a deny_list"
    report.value(path, "unknown-entity", f"no recognizer finds {shown}", hint)


def _own(spec: DetectSpec) -> frozenset[str]:
    """The entities of own recognizers and deny lists: searched for whether `entities` names it or
    not."""
    configs = [json.loads(text) for text in spec.recognizers]
    names = {config.get("supported_entity") for config in configs}
    for config in configs:
        names |= set(_texts(config.get("supported_entities")))
    return frozenset({n for n in names if isinstance(n, str)} | {n for n, _ in spec.deny_list})


def _ner(report: Report, value: Any, needed: bool) -> str:
    path = (*_HERE, "ner")
    if isinstance(value, Mapping):
        return "presidio:" + canonical_json(value)
    if value is None:
        return "builtin" if needed else "none"
    if value in ("builtin", "none") or (
        isinstance(value, str) and value.startswith("spacy:") and value[6:]
    ):
        return str(value)
    if isinstance(value, str):
        hint = did_you_mean(value, ("none", "builtin")) or _NER_CHOICES
        report.value(path, "unknown-value", "ner takes none, builtin or spacy:<...>", hint)
    return "none"


def _recognizers(report: Report, value: Any) -> list[str]:
    """Presidio's recognizers as canonical JSON; Presidio's own loader judges the rest."""
    texts: list[str] = []
    for i, config in enumerate(_list(value)):
        path: Path_ = (*_HERE, "recognizers", i)
        if not isinstance(config, Mapping):
            continue
        before = len(report.problems)
        _check_recognizer(report, path, config)
        if len(report.problems) == before:
            texts.append(canonical_json(config))
    return texts


def _check_recognizer(report: Report, path: Path_, config: Mapping[str, Any]) -> None:
    predefined = config.get("type") == "predefined"
    if not isinstance(config.get("name"), str) and not (
        isinstance(config.get("supported_entity"), str) and not predefined
    ):
        text = "a recognizer needs a name and a supported_entity"
        report.value(path, "missing-key", text)
        return
    if predefined:
        return
    if not isinstance(config.get("supported_entity"), str):
        report.value(path, "missing-key", "a recognizer needs supported_entity")
    patterns = config.get("patterns", [])
    if not isinstance(patterns, list):
        report.value((*path, "patterns"), "wrong-type", "patterns takes a list")
        return
    if not patterns and not config.get("deny_list"):
        report.value(path, "missing-key", "a recognizer needs patterns or a deny_list")
    for i, pattern in enumerate(patterns):
        place = (*path, "patterns", i)
        if not isinstance(pattern, Mapping):
            report.value(place, "wrong-type", "a pattern is a mapping of name, regex and score")
            continue
        for key, right in (("name", str), ("regex", str), ("score", int | float)):
            if key not in pattern:
                report.value(place, "missing-key", f"a pattern needs {key}")
            elif not isinstance(pattern[key], right) or isinstance(pattern[key], bool):
                report.value((*place, key), "wrong-type", f"{key} has a value of the wrong type")
        _check_regex(report, (*place, "regex"), pattern.get("regex"))
        score = pattern.get("score")
        if isinstance(score, int | float) and not 0 <= score <= 1:
            report.value((*place, "score"), "out-of-range", "score lies between 0 and 1")


def _rules(report: Report, value: Any) -> dict[str, Any]:
    hotwords: list[Hotword] = []
    excludes: list[Exclude] = []
    for i, rule in enumerate(_list(value)):
        path: Path_ = (*_HERE, "rules", i)
        rule = _mapping(rule)
        if ("hotword" in rule) == ("exclude" in rule):
            report.value(path, "one-of", "a rule of detect has either hotword or exclude")
        elif "exclude" in rule:
            exclude = _mapping(rule["exclude"])
            for key in sorted(set(rule) - {"exclude"}):
                report.key((*path, key), "unknown-key", f"{printable(key)} goes with hotword")
            if _check_regex(report, (*path, "exclude", "regex"), exclude.get("regex")):
                excludes.append(Exclude(exclude["regex"], exclude.get("entity")))
        else:
            for key in ("entity", "score"):
                if key not in rule:
                    report.value(path, "missing-key", f"a hotword needs {key}")
            right = _check_regex(report, (*path, "hotword"), rule["hotword"])
            if right and {"entity", "score"} <= set(rule):
                hotwords.append(Hotword(**{key: rule[key] for key in rule if key in _HOTWORD}))
    return {"hotwords": tuple(hotwords), "excludes": tuple(excludes)}


def _check_regex(report: Report, path: Path_, pattern: Any) -> bool:
    if not isinstance(pattern, str):
        return False
    try:
        why = unbounded(pattern)
        if why is None:
            regex.compile(pattern)
    except (regex.error, ValueError, OverflowError, RecursionError, MemoryError):
        report.value(path, "bad-regex", "this is not a regular expression")
        return False
    if why is not None:
        report.value(path, "regex-unbounded", f"this regular expression is not used: {why}")
    return why is None


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: one text for one content."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [item for item in _list(value) if isinstance(item, str)]
