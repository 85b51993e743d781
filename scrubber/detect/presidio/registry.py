"""Presidio's recognizers: predefined, own, and deny lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, lru_cache, partial
from typing import Any

import regex
from presidio_analyzer import EntityRecognizer, Pattern, PatternRecognizer, RemoteRecognizer
from presidio_analyzer.input_validation import CustomRecognizerConfig, PredefinedRecognizerConfig
from presidio_analyzer.nlp_engine import NlpEngine
from presidio_analyzer.predefined_recognizers import EmailRecognizer, SpacyRecognizer
from presidio_analyzer.recognizer_registry import RecognizerRegistry, RecognizerRegistryProvider
from presidio_analyzer.recognizer_registry.recognizers_loader_utils import (
    PredefinedRecognizerNotFoundError,
    RecognizerConfigurationLoader,
    RecognizerListLoader,
)
from tldextract import TLDExtract

from scrubber.detect.prefilter.compiled import regexes
from scrubber.detect.recognizers import RECOGNIZERS, Recognizer
from scrubber.detect.spec import DetectSpec
from scrubber.errors import DetectionError, NotAvailable, ScrubberError, printable

DENY_LIST = "deny_list"

_FLAGS = int(regex.DOTALL | regex.MULTILINE | regex.IGNORECASE)
_HOUSE_FLAGS = int(regex.DOTALL | regex.MULTILINE)

# What stands in scrubber.detect.recognizers, whatever a rule file names its own.
HOUSE_NAMES = frozenset(recognizer.name for recognizer in RECOGNIZERS)


COUNTRIES = frozenset(r.country for r in RECOGNIZERS if r.country is not None)
"""Those whose national numbers are known, as ISO 3166 has them."""


def registry(spec: DetectSpec, engine: NlpEngine | None) -> RecognizerRegistry:
    """Presidio's registry for `spec`: predefined, the house's, own, deny lists, and the engine's
    (if any)."""
    own = [_own(text, index, spec.languages) for index, text in enumerate(spec.recognizers)]
    replaced = {name for name, _ in own}
    made = RecognizerRegistry(supported_languages=list(spec.languages))
    with regexes().lent():  # nothing of the rule file is compiled here
        known = [
            *_predefined(spec.languages, replaced),
            *(
                _House(recognizer, language)
                for language in spec.languages
                for recognizer in _house(spec)
                if recognizer.name not in replaced
            ),
        ]
    own_recognizers = [recognizer for _, recognizers in own for recognizer in recognizers]
    made.recognizers = [*known, *own_recognizers, *_denied(spec)]
    if engine is not None and engine.get_supported_entities():
        made.add_nlp_recognizer(engine)
    for recognizer in made.recognizers:
        _stay_offline(recognizer)
    return made


def _house(spec: DetectSpec) -> Sequence[Recognizer]:
    """The recognizers of scrubber.detect.recognizers, of the chosen countries."""
    chosen = COUNTRIES if spec.countries is None else frozenset(spec.countries)
    if unknown := sorted(chosen - COUNTRIES):
        raise DetectionError(
            "country-unknown",
            f"no recognizer knows national numbers of {', '.join(map(printable, unknown))}",
            hint=f"countries are {', '.join(sorted(COUNTRIES))}",
        )
    return [r for r in RECOGNIZERS if spec.house and (r.country is None or r.country in chosen)]


def _predefined(languages: Sequence[str], replaced: set[str]) -> list[EntityRecognizer]:
    """The recognizers that Presidio enables by default, less those that the rule file replaces."""
    try:
        kept = [r for r in _defaults()["recognizers"] if _class_name(r) not in replaced]
        return _made({**_defaults(), "supported_languages": list(languages), "recognizers": kept})
    except Exception:  # noqa: BLE001  Presidio raises what it likes
        names = ", ".join(map(printable, languages))
        raise DetectionError(
            "language-unknown", f"Presidio has no recognizers for the languages {names}"
        ) from None


@cache
def _defaults() -> dict[str, Any]:
    """Presidio's own list of recognizers, conf/default_recognizers.yaml; never changed here."""
    return dict(RecognizerConfigurationLoader.get())


class _House(PatternRecognizer):  # type: ignore[misc]
    """A recognizer of scrubber.detect.recognizers, as Presidio wants it."""

    def __init__(self, recognizer: Recognizer, language: str) -> None:
        super().__init__(
            supported_entity=recognizer.entity,
            name=recognizer.name,
            supported_language=language,
            patterns=[Pattern(p.name, p.regex, p.score) for p in recognizer.patterns],
            global_regex_flags=_HOUSE_FLAGS | (regex.IGNORECASE if recognizer.ignore_case else 0),
        )
        self._judge = recognizer.judge

    def validate_result(self, pattern_text: str) -> bool | None:
        return None if self._judge is None else self._judge(pattern_text)


def _own(text: str, index: int, languages: Sequence[str]) -> tuple[str, list[EntityRecognizer]]:
    """(class or own name, recognizers) of an own recognizer in Presidio's YAML form, as JSON."""
    with _refusing_recognizer(index) as refuse:
        config = json.loads(text)
        if not isinstance(config, dict) or not isinstance(config.get("name"), str):
            raise refuse("it needs a name")
        name = _class_name(config)
        refuse = partial(refuse, name=config["name"])
        predefined = _is_predefined(config)
        known = PredefinedRecognizerConfig if predefined else CustomRecognizerConfig
        unknown = sorted(set(config) - set(known.model_fields))
        if unknown:
            raise refuse(f"unknown keys: {', '.join(map(printable, unknown))}")
        if predefined and name in HOUSE_NAMES:
            if config.get("enabled", True) or set(config) - {"name", "type", "enabled"}:
                raise refuse("of scrubber's own recognizers, one can be switched off, no more")
            return name, []
        if predefined:
            _require_local(name, refuse)
        _require_patterns(config.get("patterns") or (), refuse)
        made = _made(
            {
                "supported_languages": list(languages),
                "global_regex_flags": _FLAGS,
                "recognizers": [config],
            }
        )
        if not made and config.get("enabled", True):
            raise refuse(f"it is for none of the languages {', '.join(languages)}")
        return name, made


def predefined_names() -> tuple[str, ...]:
    """The names of all local recognizers in Presidio's own list, whether it enables them or not."""
    names = dict.fromkeys(map(_class_name, _defaults()["recognizers"]))
    return tuple(name for name in names if _is_local(name))


@cache
def recognizer_of(entity: str) -> str | None:
    """The name of Presidio's local recognizer that finds `entity`, enabled or not."""
    for name in predefined_names():
        kind = RecognizerListLoader.get_existing_recognizer_cls(name)
        with suppress(Exception):  # each has arguments of its own
            if entity in kind().supported_entities:
                return name
    return None


def _is_local(name: str) -> bool:
    try:
        _require_local(name, partial(DetectionError, "recognizer-invalid"))
    except ScrubberError:
        return False
    return True


def _made(configuration: Mapping[str, Any]) -> list[EntityRecognizer]:
    provider = RecognizerRegistryProvider(registry_configuration=dict(configuration))
    return list(provider.create_recognizer_registry().recognizers)


def _class_name(config: Mapping[str, Any] | str) -> str:
    return str(RecognizerListLoader.get_recognizer_name(config))


def _is_predefined(config: Mapping[str, Any]) -> bool:
    has_patterns = "patterns" in config or "deny_list" in config
    return bool(config.get("type", "custom" if has_patterns else "predefined") == "predefined")


def _require_local(name: str, refuse: partial[DetectionError]) -> None:
    """Refuses what asks a service, fetches a model, or skips texts that it failed on."""
    try:
        kind = RecognizerListLoader.get_existing_recognizer_cls(name)
    except PredefinedRecognizerNotFoundError:
        raise refuse("Presidio has no predefined recognizer of this name") from None
    if issubclass(kind, SpacyRecognizer):
        raise refuse("the model's recognizer comes with ner:, never without a model")
    room = ".".join(kind.__module__.split(".")[1:3])
    outside = {"predefined_recognizers.third_party", "predefined_recognizers.ner"}
    if issubclass(kind, RemoteRecognizer) or room in outside:
        raise NotAvailable(
            "recognizer-not-supported",
            f"Presidio's recognizer {name} may use the network or skip a text that it failed on",
            hint="use a model through ner: spacy:... or ner: presidio:...",
        )


def _require_patterns(patterns: Iterable[Any], refuse: partial[DetectionError]) -> None:
    for pattern in patterns:
        try:
            regex.compile(pattern["regex"], _FLAGS)
        except (KeyError, TypeError, regex.error):
            raise refuse("a pattern needs a name, a valid regex and a score") from None


@contextmanager
def _refusing_recognizer(index: int) -> Iterator[partial[DetectionError]]:
    def refuse(why: str, name: str = "") -> DetectionError:
        which = f"recognizers[{index}]" + (f" ({printable(name)})" if name else "")
        return DetectionError("recognizer-invalid", f"{which} cannot be used: {why}")

    try:
        yield partial(refuse)
    except ScrubberError:
        raise
    except Exception:  # noqa: BLE001  pydantic, Presidio and json each raise their own
        raise refuse("Presidio does not accept its keys or their values") from None


def _denied(spec: DetectSpec) -> list[PatternRecognizer]:
    """Deny lists as Presidio's own kind: whole words, case ignored.

    Longer words come first: Presidio's alternation takes the first that matches, and "New" must not
    hide "New York".
    """
    return [
        PatternRecognizer(
            supported_entity=entity,
            name=DENY_LIST,
            deny_list=sorted(filter(str.strip, words), key=lambda word: (-len(word), word)),
            supported_language=language,
        )
        for entity, words in spec.deny_list
        if any(map(str.strip, words))
        for language in spec.languages
    ]


def _stay_offline(recognizer: EntityRecognizer) -> None:
    """Presidio checks an e-mail's domain with tldextract's global, which fetches and caches the
    public-suffix list; here it is the list that tldextract ships, whatever the machine holds."""
    if getattr(type(recognizer), "validate_result", None) is EmailRecognizer.validate_result:
        recognizer.validate_result = _is_deliverable


def _is_deliverable(address: str) -> bool:
    plain = _PLAIN_ADDRESS.fullmatch(address)
    return _has_domain(plain.group(1) if plain else address)


# An address of which tldextract inspects only the part after the @.
_PLAIN_ADDRESS = re.compile(r"[\w.+%-]+@([A-Za-z0-9.-]+)")


@lru_cache(50_000)
def _has_domain(address: str) -> bool:
    return bool(_domains()(address).fqdn != "")


@cache
def _domains() -> TLDExtract:
    return TLDExtract(cache_dir=None, suffix_list_urls=())  # nothing fetched, nothing cached


def entities_of(recognizers: Iterable[EntityRecognizer]) -> frozenset[str]:
    return frozenset(entity for r in recognizers for entity in r.supported_entities)


def own_names(spec: DetectSpec) -> frozenset[str]:
    configs = map(json.loads, spec.recognizers)
    return frozenset((DENY_LIST, *(c["name"] for c in configs if not _is_predefined(c))))


def configured_names(spec: DetectSpec) -> frozenset[str]:
    """Deny lists, and all that the rule file has an entry for, its own or Presidio's."""
    configs = map(json.loads, spec.recognizers)
    return frozenset((DENY_LIST, *(name for c in configs for name in (c["name"], _class_name(c)))))
