"""Texts: detect, decide, rewrite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from scrubber.detect.base import Detector
from scrubber.errors import DetectionError
from scrubber.model.finding import Action, Cover, Finding, Span
from scrubber.policy.plan import Keep
from scrubber.transform.base import Context, Outcome, Strictness, Transform
from scrubber.transform.distinct import readable_values
from scrubber.transform.text import rewrite_column

KEEP = Action(Strictness.KEEP, "keep", consumes=False)
FoundKey = tuple[str, str, str]


@dataclass(frozen=True)
class TextOperators:
    """The operators of one text field: an Action per label, and the transform behind each name."""

    default: Action
    actions: Mapping[str, Action]
    transforms: Mapping[str, Transform]

    @classmethod
    def of(
        cls, default: Transform | Keep, operators: Sequence[tuple[str, Transform | Keep]]
    ) -> TextOperators:
        names: dict[Transform, str] = {}
        for operator in (default, *(o for _, o in operators)):
            if not isinstance(operator, Keep) and operator not in names:
                same = sum(t.name == operator.name for t in names)
                names[operator] = operator.name if not same else f"{operator.name}#{same + 1}"

        def action(operator: Transform | Keep) -> Action:
            if isinstance(operator, Keep):
                return KEEP
            traits = operator.traits
            return Action(traits.strictness, names[operator], traits.consumes)

        return cls(
            default=action(default),
            actions={label: action(operator) for label, operator in operators},
            transforms={name: transform for transform, name in names.items()},
        )

    def action(self, label: str) -> Action:
        return self.actions.get(label, self.default)

    def transform(self, name: str) -> Transform | None:
        return self.transforms.get(name)


def scrub_texts(
    texts: pa.Array, detector: Detector, operators: TextOperators, context: Context
) -> tuple[Outcome, Mapping[FoundKey, int]]:
    """Rewrite `texts` (null stays null), and count the findings by (entity, recognizer, action).

    Distinct texts are looked at once. A text that could not be looked at is reported as failed.
    """
    encoded = texts.dictionary_encode()
    distinct = readable_values(encoded.dictionary)
    indices = encoded.indices.to_pylist()
    seen = _detect(detector, distinct)
    covers = [
        Cover.of(Finding(span, operators.action(span.label)) for span in _spans(one))
        for one in seen
    ]
    found = _count(seen, indices, operators)
    if context.document is None and context.subject is None:
        # The result depends on the text alone: rewrite each distinct one once.
        once = rewrite_column(encoded.dictionary, covers, operators.transform, context)
        outcome = Outcome(
            once.array.take(encoded.indices),
            None if once.failed is None else once.failed.take(encoded.indices).fill_null(False),
            once.why,
        )
    else:
        nothing = Cover()
        each = [nothing if i is None else covers[i] for i in indices]
        outcome = rewrite_column(texts, each, operators.transform, context)
    return _with_unseen(outcome, seen, encoded.indices), found


Seen = tuple[Span, ...] | DetectionError


def _detect(detector: Detector, texts: Sequence[object]) -> Sequence[Seen]:
    """The spans of each text, or the error where a text could not be looked at."""
    readable = [text for text in texts if isinstance(text, str)]
    try:
        seen: Iterator[Seen] = iter(detector.detect(readable))
    except DetectionError:
        seen = (_detect_one(detector, text) for text in readable)
    broken = DetectionError("text-encoding", "a text is not valid UTF-8")
    return [next(seen) if isinstance(text, str) else broken for text in texts]


def _detect_one(detector: Detector, text: str) -> Seen:
    try:
        return detector.detect([text])[0]
    except DetectionError as error:
        return error


def _spans(seen: Seen) -> tuple[Span, ...]:
    return () if isinstance(seen, DetectionError) else seen


def _with_unseen(outcome: Outcome, seen: Sequence[Seen], indices: pa.Array) -> Outcome:
    """Report the texts that could not be looked at as failed, whatever became of them."""
    errors = [one for one in seen if isinstance(one, DetectionError)]
    if not errors:
        return outcome
    unseen = pa.array([isinstance(one, DetectionError) for one in seen], pa.bool_()).take(indices)
    unseen = pc.fill_null(unseen, False)
    failed = unseen if outcome.failed is None else pc.or_(unseen, outcome.failed)
    array = pc.if_else(failed, pa.scalar(None, outcome.array.type), outcome.array)
    return Outcome(array, failed, errors[0].text)


def _count(
    seen: Sequence[Seen], indices: Sequence[int | None], operators: TextOperators
) -> Mapping[FoundKey, int]:
    times = Counter(i for i in indices if i is not None)
    counts: Counter[FoundKey] = Counter()
    for i, one in enumerate(seen):
        for span in _spans(one):
            counts[(span.label, span.recognizer, operators.action(span.label).name)] += times[i]
    return counts
