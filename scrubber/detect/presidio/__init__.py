"""The only importer of presidio_analyzer: its recognizers and NLP engines, prepared once.

The findings are those of ``AnalyzerEngine`` with the same registry and NLP engine, except where it
would fail or skip something:

- A recognizer that fails or exceeds its time limit is a DetectionError; Presidio may skip it.
- Texts over 100,000 code points are read in overlapping windows, without an upper limit; context
  words and entities may differ slightly there. Phone numbers are found up to the end of any text.
- A lone surrogate is read as U+FFFD, and a finding after the last word is not an error.

The choices:

- *Recognizers*: those that Presidio enables by default for the languages, changed by entries of
  ``type: predefined`` with the same name (``enabled: false`` disables one), and the user's own.
- *Entities*: `DetectSpec.entities` chooses among Presidio's recognizers and the model's labels. Own
  recognizers and deny lists always apply, since their author wants their findings.
- *Model labels* are mapped by Presidio's default configuration (conf/default.yaml), which omits
  ORGANIZATION and numbers; ``ner: presidio:{...}`` changes that with its own mapping. The built-in
  model and those in ONNX form are not engines of Presidio (ner/matcher.py).
- *Network*: none. No model is downloaded; the public-suffix list is the one shipped by tldextract.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version

from presidio_analyzer import EntityRecognizer, PatternRecognizer
from presidio_analyzer.nlp_engine import NlpEngine
from presidio_analyzer.pattern_recognizer import REGEX_TIMEOUT_SECONDS
from presidio_analyzer.predefined_recognizers import (
    IbanRecognizer,
    PhoneRecognizer,
    SpacyRecognizer,
)

from scrubber._version import __version__
from scrubber.detect import ner
from scrubber.detect.context.nlp import Reader
from scrubber.detect.detector import Language, PresidioDetector
from scrubber.detect.house.detector import HouseDetector
from scrubber.detect.house.judge import Judge
from scrubber.detect.matchers.base import ForeignLooker, IbanLooker, Looker, PatternLooker
from scrubber.detect.matchers.phone import PhoneLooker
from scrubber.detect.matchers.phone_prefilter import trigger
from scrubber.detect.ner.files import model_digest
from scrubber.detect.ner.matcher import NameLooker
from scrubber.detect.prefilter.cache import CacheFolder
from scrubber.detect.prefilter.compiled import regexes
from scrubber.detect.prefilter.notes import Notes
from scrubber.detect.prefilter.scanner import Prefilter, Trigger
from scrubber.detect.presidio.engines import engine_labels, nlp_engine, word_cutter
from scrubber.detect.presidio.proof import unproved
from scrubber.detect.presidio.registry import (
    HOUSE_NAMES,
    configured_names,
    entities_of,
    own_names,
    registry,
)
from scrubber.detect.refine import Refiner
from scrubber.detect.silence import hushed
from scrubber.detect.spec import RULE_FILE, DetectSpec
from scrubber.errors import DetectionError, NotAvailable, printable


def build(spec: DetectSpec) -> HouseDetector:
    """The detector for `spec`, with all models loaded and all patterns compiled.

    Raises NotAvailable for a model or engine that is not installed, and DetectionError for a spec
    that cannot be carried out (``recognizer-invalid``, ``entity-unknown``, ``language-unknown``,
    ``regex-invalid``), or ``detector-unproved`` where a recognizer misses its own positives.
    """
    with hushed():
        refiner = Refiner(spec, own_names(spec))
        refiner.check()
        _require_model(spec)
        recognizers = registry(spec, engine := nlp_engine(spec))
        names = NameLooker.of(spec)
        _require_model(spec)  # it may have been replaced while it was loaded
        _require_known(spec, entities_of(recognizers.recognizers) | engine_labels(spec))
        cache = CacheFolder.of_user("prefilter")
        languages, prefilter = _looking(spec, engine, recognizers.recognizers, cache)
        if unproved(languages, prefilter, spec.timeout):
            if cache is not None:  # nothing of it is believed, and all of it is written anew
                cache = replace(cache, believed=False)
                regexes().disbelieve()
            languages, prefilter = _looking(spec, engine, recognizers.recognizers, cache)
            if missed := unproved(languages, prefilter, spec.timeout):
                who = ", ".join(map(printable, missed))
                raise DetectionError(
                    "detector-unproved",
                    f"{who} passes over texts that its own patterns match",
                    hint="reinstall scrubber and its dependencies",
                )
        patterns = PresidioDetector(
            identities=_identities(spec, engine, languages),
            languages=languages,
            refiner=refiner,
            prefilter=prefilter,
        )
        judge = Judge(configured_names(spec)) if spec.house else None
        return HouseDetector(patterns, refiner, names, judge, views=spec.house)


def _require_model(spec: DetectSpec) -> None:
    if spec.model is not None and model_digest(spec.ner) != spec.model:
        raise NotAvailable(
            "model-changed",
            "the model of ner: has other files than when the run began",
            hint="run again, with the model as it was planned",
        )


def _looking(
    spec: DetectSpec,
    engine: NlpEngine,
    recognizers: Sequence[EntityRecognizer],
    cache: CacheFolder | None,
) -> tuple[tuple[Language, ...], Prefilter]:
    """All that looks, and the prefilter before it; what was worked out for them is in `cache`."""
    notes = Notes(cache)
    languages = tuple(
        Language(
            reader=Reader(engine, language, word_cutter(engine, language)),
            lookers=tuple(_lookers(spec, recognizers, language, notes)),
        )
        for language in spec.languages
    )
    notes.keep()
    regexes().keep()
    triggers = [t for language in languages for k in language.lookers for t in k.triggers]
    return languages, Prefilter(triggers, cache)


def entities(spec: DetectSpec) -> frozenset[str]:
    """Every entity that the enabled recognizers can find, whatever `spec.entities` chooses.

    Loads no model. Raises as :func:`build` does for recognizers and engines.
    """
    with hushed():
        labels = engine_labels(spec)
        return entities_of(registry(spec, None).recognizers) | labels


def _require_known(spec: DetectSpec, known: frozenset[str]) -> None:
    unknown = sorted(set(spec.entities or ()) - known)
    if unknown:
        names = ", ".join(map(printable, unknown))
        raise DetectionError("entity-unknown", f"no enabled recognizer finds {names}")


def _lookers(
    spec: DetectSpec, recognizers: Iterable[EntityRecognizer], language: str, notes: Notes
) -> Iterator[Looker]:
    """The recognizers of `language`, in the registry's order."""
    always = own_names(spec)
    chosen = [
        r
        for r in recognizers
        if r.supported_language == language
        and (
            spec.entities is None
            or r.name in always
            or not set(spec.entities).isdisjoint(r.supported_entities)
        )
    ]
    wanted = spec.entities or tuple(sorted(entities_of(chosen)))
    for recognizer in chosen:
        kind = type(recognizer)
        if kind.enhance_using_context is not EntityRecognizer.enhance_using_context:
            raise NotAvailable(
                "recognizer-not-supported",
                f"recognizer {printable(recognizer.name)} has its own handling of context words",
            )
        private = recognizer.name in always
        if getattr(kind, "analyze", None) is PatternRecognizer.analyze:
            yield PatternLooker.of(recognizer, spec.timeout, notes, private=private)
        elif kind is IbanRecognizer:
            yield IbanLooker.of(recognizer, spec.timeout, notes, private=private)
        elif kind is PhoneRecognizer:
            yield PhoneLooker.of(recognizer, notes.cache)
        else:
            yield ForeignLooker.of(
                recognizer,
                wanted,
                reads=isinstance(recognizer, SpacyRecognizer),
                skips_after=REGEX_TIMEOUT_SECONDS,
                triggers=(_trigger(recognizer, notes.cache),),
            )


def _trigger(recognizer: EntityRecognizer, cache: CacheFolder | None) -> Trigger:
    """The trigger of a recognizer with its own ``analyze``, where that is known."""
    ours = type(recognizer).__module__.startswith("presidio_analyzer.")
    if ours and isinstance(recognizer, PhoneRecognizer):
        return trigger(tuple(recognizer.supported_regions), recognizer.leniency, cache)
    return Trigger()


def _identities(
    spec: DetectSpec,
    engine: NlpEngine,
    languages: Sequence[Language],
) -> tuple[tuple[str, str], ...]:
    presidio = f"presidio-analyzer {version('presidio-analyzer')}"
    house = f"scrubber {__version__}"
    own = own_names(spec)

    def origin(name: str) -> str:
        return RULE_FILE if name in own else house if name in HOUSE_NAMES else presidio

    lookers = {
        (looker.name, origin(looker.name)) for language in languages for looker in language.lookers
    }
    models = {ner.identity(p) for p in (engine.nlp or {}).values() if p is not None}
    return tuple(sorted(lookers | models))
