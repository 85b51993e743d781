"""The ``detect:`` part, validated and converted to a DetectSpec."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import regex

from scrubber.detect import DetectSpec, Exclude, Hotword, known_entities, presidio_recognizer
from scrubber.detect.regexes import unbounded
from scrubber.errors import DetectionError, NotAvailable, printable
from scrubber.policy.plan import Unmeasured
from scrubber.policy.schema import Detect, DetectRule, Exclusion, Languages
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.settings import numbered
from scrubber.policy.syntax.source import Path_

# Presidio gives lower scores to values that could be anything, without a context word:
# docs/decisions/0010-weak-findings-need-a-word-for-them.md.
LEAST_SCORE = 0.35

_HERE: Path_ = ("detect",)
_MODELS = ("spacy:", "onnx:")
_NER_CHOICES = "write ner: builtin, none (patterns only), spacy:<package or path> or onnx:<folder>"
_ENTITY = regex.compile(r"[A-Z][A-Z0-9_]*")
# Entities of named-entity models that no pattern finds; for the hint only.
_NAMED = frozenset({"PERSON", "LOCATION", "ORGANIZATION", "NRP", "AGE", "ID", "EMAIL"})


def detection(report: Report, part: Detect, *, needed: bool) -> DetectSpec:
    """The DetectSpec of the part. `needed` is true if any text is searched, by default with the
    built-in names model."""
    _check_languages(report, part)
    return DetectSpec(
        languages=expected(part),
        ner=_ner(report, part.ner, needed),
        ner_labels=tuple(_ner_labels(report, part.ner)),
        entities=part.entities,
        score_thresholds=tuple(part.score_thresholds.items()),
        allow_list=part.allow_list,
        deny_list=tuple(part.deny_list.items()),
        recognizers=tuple(
            canonical_json(config)
            for i, config in numbered(part.recognizers)
            if _is_recognizer(report, (*_HERE, "recognizers", i), config)
        ),
        consistency=DetectSpec().consistency if part.consistency is None else part.consistency,
        least_score=LEAST_SCORE,
        house=part.house,
        countries=None if part.countries is None else tuple(sorted(part.countries)),
        **_rules(report, part),
    )


# ISO 639-1, and the languages that people write out.
_LANGUAGES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
    ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
    lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
    pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
    tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()
)
_NAMES = {
    "chinese": "zh",
    "danish": "da",
    "dutch": "nl",
    "english": "en",
    "french": "fr",
    "german": "de",
    "greek": "el",
    "italian": "it",
    "japanese": "ja",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "swedish": "sv",
    "turkish": "tr",
}


def _check_languages(report: Report, part: Detect) -> None:
    """Report languages that are no ISO 639-1 codes."""
    mapped = isinstance(part.languages, Languages)
    here = (*_HERE, "languages", *(("expected",) if mapped else ()))
    for number, language in enumerate(expected(part)):
        if language in _LANGUAGES:
            continue
        folded = language.casefold()
        code = _NAMES.get(folded, folded[:2])
        hint = f"did you mean {code}?" if code in _LANGUAGES else "ISO 639-1: en, de, fr, ..."
        text = f"{printable(language)} is not a language of two small letters"
        report.value((*here, number), "unknown-language", text, hint)


def expected(part: Detect) -> tuple[str, ...]:
    """The languages of the texts."""
    given = part.languages
    return given.expected if isinstance(given, Languages) else given


def unmeasured(part: Detect) -> Unmeasured:
    """The treatment of records in a language or script that was not measured."""
    given = part.languages
    return Unmeasured(given.unmeasured) if isinstance(given, Languages) else Unmeasured.STOP


def check_entities(
    report: Report,
    part: Detect,
    spec: DetectSpec,
    asked: Mapping[Path_, str],
    linked: frozenset[str],
) -> None:
    """Report all named entities that cannot be found or are not searched for.

    `asked` maps the places of the fields' operators to their entities; `linked` are the entities of
    linked fields. Loads Presidio's recognizers, but no model.
    """
    named = dict(_named(part))
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


def _named(part: Detect) -> Iterator[tuple[Path_, str]]:
    """All entities that the part names as searched for, with their places."""
    for i, name in enumerate(part.entities or ()):
        yield (*_HERE, "entities", i), name
    for name in part.score_thresholds:
        if name != "default":
            yield (*_HERE, "score_thresholds", name), name
    for i, rule in numbered(part.rules):
        path = (*_HERE, "rules", i)
        if rule.entity is not None:
            yield (*path, "entity"), rule.entity
        if rule.exclude is not None and rule.exclude.entity is not None:
            yield (*path, "exclude", "entity"), rule.exclude.entity


def _unfindable(
    report: Report, path: Path_, entity: str, known: frozenset[str], spec: DetectSpec
) -> None:
    shown = printable(entity)
    if not all(report.is_whole((*_HERE, key)) for key in ("recognizers", "deny_list")):
        return
    if entity in _NAMED:
        hint = "a named-entity model would: ner: builtin or spacy:<package or path>"
        longer = sorted(one for one in known if one.startswith(f"{entity}_"))
        if longer:
            hint = f"did you mean {longer[0]}?"
        elif spec.ner != "none":
            hint = "this ner does not label it; take another model, or a recognizer or deny_list"
        report.value(path, "no-detector", f"no enabled recognizer finds {shown}", hint)
        return
    hint = did_you_mean(entity, known) or "give it a recognizer or a deny_list"
    if (name := presidio_recognizer(entity)) is not None:
        entry = f"{{name: {name}, type: predefined, supported_languages: [{spec.languages[0]}]}}"
        hint = f"switch its recognizer on: recognizers: [{entry}]"
    report.value(path, "unknown-entity", f"no recognizer finds {shown}", hint)


def _own(spec: DetectSpec) -> frozenset[str]:
    """The entities of own recognizers and deny lists, which are searched for regardless of
    `entities`."""
    configs = [json.loads(text) for text in spec.recognizers]
    names = {config.get("supported_entity") for config in configs}
    for config in configs:
        several = config.get("supported_entities")
        names |= set(several) if isinstance(several, list) else set()
    return frozenset({n for n in names if isinstance(n, str)} | {n for n, _ in spec.deny_list})


def _ner(report: Report, value: str | Mapping[str, Any] | None, needed: bool) -> str:
    if isinstance(value, Mapping) and "onnx" in value:
        return _onnx(report, value)
    if isinstance(value, Mapping):
        return "presidio:" + canonical_json(value)
    if value is None:
        return "builtin" if needed else "none"
    if value in ("builtin", "none"):
        return value
    if value.startswith(_MODELS) and value.partition(":")[2]:
        return value
    hint = did_you_mean(value, ("none", "builtin")) or _NER_CHOICES
    said = "ner takes none, builtin, spacy:<...> or onnx:<...>"
    report.value((*_HERE, "ner"), "unknown-value", said, hint)
    return "none"


def _onnx(report: Report, value: Mapping[str, Any]) -> str:
    path = (*_HERE, "ner")
    for key in sorted(set(value) - {"onnx", "labels"}, key=str):
        report.key((*path, key), "unknown-key", f"{printable(str(key))} does not go with onnx")
    folder = value["onnx"]
    if isinstance(folder, str) and folder:
        return f"onnx:{folder}"
    report.value((*path, "onnx"), "wrong-type", "onnx takes the folder of a model")
    return "none"


def _ner_labels(report: Report, value: str | Mapping[str, Any] | None) -> Iterator[tuple[str, str]]:
    """The entities of an ONNX model's labels, sorted by label."""
    if not isinstance(value, Mapping) or "onnx" not in value or "labels" not in value:
        return
    path = (*_HERE, "ner", "labels")
    labels = value["labels"]
    if not isinstance(labels, Mapping):
        report.value(path, "wrong-type", "labels maps labels of the model to entities")
        return
    for label, entity in sorted(labels.items(), key=lambda item: str(item[0])):
        if not isinstance(label, str) or not isinstance(entity, str):
            report.value((*path, label), "wrong-type", "a label takes an entity, or none")
        elif entity != "none" and not _ENTITY.fullmatch(entity):
            said = "an entity is written in capitals, such as PERSON"
            report.value((*path, label), "bad-entity", said)
        else:
            yield label, entity


def _is_recognizer(report: Report, path: Path_, config: Mapping[str, Any]) -> bool:
    """Report the problems of a recognizer in Presidio's YAML that Presidio's own loader does not
    report."""
    before = len(report.problems)
    _check_recognizer(report, path, config)
    return len(report.problems) == before


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


def _rules(report: Report, part: Detect) -> dict[str, Any]:
    hotwords: list[Hotword] = []
    excludes: list[Exclude] = []
    for i, rule in numbered(part.rules):
        path: Path_ = (*_HERE, "rules", i)
        if rule.hotword is not None and rule.exclude is None:
            hotwords.extend(_hotword(report, path, rule, rule.hotword))
        elif rule.exclude is not None and rule.hotword is None:
            excludes.extend(_exclude(report, path, rule, rule.exclude))
        elif report.is_whole(path):
            report.value(path, "one-of", "a rule of detect has either hotword or exclude")
    return {"hotwords": tuple(hotwords), "excludes": tuple(excludes)}


def _hotword(report: Report, path: Path_, rule: DetectRule, pattern: str) -> Iterator[Hotword]:
    for key in ("entity", "score"):
        if getattr(rule, key) is None and report.is_whole((*path, key)):
            report.value(path, "missing-key", f"a hotword needs {key}")
    right = _check_regex(report, (*path, "hotword"), pattern)
    if right and rule.entity is not None and rule.score is not None:
        yield Hotword(pattern, rule.entity, rule.score, rule.window_before, rule.window_after)


def _exclude(
    report: Report, path: Path_, rule: DetectRule, exclude: Exclusion
) -> Iterator[Exclude]:
    for key in sorted(rule.model_fields_set - {"exclude"}):
        report.key((*path, key), "unknown-key", f"{printable(key)} goes with hotword")
    if _check_regex(report, (*path, "exclude", "regex"), exclude.regex):
        yield Exclude(exclude.regex, exclude.entity)


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
