"""Texts: decide about what was found in them, and rewrite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import DetectionError
from scrubber.model.finding import Action, Cover, Finding, Span, outside_kept
from scrubber.pipeline.detection import Looked, spans_of
from scrubber.pipeline.linked import Shown
from scrubber.policy.plan import Keep
from scrubber.transform.base import Context, Outcome, Strictness, Transform
from scrubber.transform.rewrite import rewrite_column

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
            return Action(operator.strictness, names[operator], operator.traits.consumes)

        return cls(
            default=action(default),
            actions={label: action(operator) for label, operator in operators},
            transforms={name: transform for transform, name in names.items()},
        )

    def action(self, label: str) -> Action:
        return self.actions.get(label, self.default)

    def keeps(self, label: str) -> bool:
        """True if findings with this label stay as they are."""
        return self.action(label) == KEEP

    def transform(self, name: str) -> Transform | None:
        return self.transforms.get(name)


def scrub_texts(
    looked: Looked, operators: TextOperators, context: Context, shown: Shown | None
) -> tuple[Outcome, Mapping[FoundKey, int]]:
    """Rewrite the texts of a field (null stays null) by what was found in them, and count the
    findings by (entity, recognizer, action).

    `shown` is what the columns show for linked values, None where the field links to none. A text
    that could not be looked at is reported as failed.
    """
    covers = [_cover(spans_of(one), operators) for one in looked.seen]
    beside = (context.document, context.subject, context.record)
    if all(one is None for one in beside) and not looked.by_row:
        # The result depends on the text alone: rewrite each distinct one once.
        encoded = looked.texts.dictionary_encode()
        once = rewrite_column(encoded.dictionary, covers, operators.transform, context)
        outcome = Outcome(
            once.array.take(encoded.indices),
            None if once.failed is None else once.failed.take(encoded.indices).fill_null(False),
            once.why,
        )
    else:
        nothing = Cover()
        each = [nothing if i < 0 else covers[i] for i in looked.indices.tolist()]
        for place in looked.by_row:
            each[place] = _cover(_known(looked, place, operators), operators)
        if shown is not None and looked.linked:
            shown.prepare(looked.linked, looked.rows)
            each = shown.covers(each, looked.linked, looked.rows, operators.transform)
            context = replace(context, names=_names(looked, shown, context))
        outcome = rewrite_column(looked.texts, each, operators.transform, context)
    return _with_unseen(outcome, looked), _count(looked, operators)


def _known(looked: Looked, place: int, operators: TextOperators) -> Sequence[Span]:
    """All findings in the text at `place`, but for the guesses about the very span of a linked
    value: the row knows what that is."""
    linked = {
        (hit.span.start, hit.span.end)
        for hit in looked.linked.get(place, ())
        if operators.action(hit.span.label).consumes
    }
    guesses = (s for s in looked.alone(place) if (s.start, s.end) not in linked)
    return (*guesses, *looked.of_row(place))


def _cover(spans: Sequence[Span], operators: TextOperators) -> Cover:
    left = outside_kept(spans, operators.keeps)
    return Cover.of(Finding(span, operators.action(span.label)) for span in left)


def _names(looked: Looked, shown: Shown, context: Context) -> Mapping[bytes, Mapping[str, str]]:
    """The stand-ins of names in the columns, by document; none where no operator needs a key."""
    if context.document is None:
        return {}
    place_of = {int(looked.rows[place]): place for place in looked.linked}
    names = shown.names(place_of)
    return {context.document[place_of[row]].as_py(): parts for row, parts in names.items()}


def _with_unseen(outcome: Outcome, looked: Looked) -> Outcome:
    """Report the texts that could not be looked at as failed, whatever became of them."""
    errors = [one for one in looked.seen if isinstance(one, DetectionError)]
    errors.extend(looked.blind.values())
    if not errors:
        return outcome
    unseen = np.array([isinstance(one, DetectionError) for one in looked.seen] + [False])
    unseen = unseen[looked.indices]
    unseen[list(looked.blind)] = True
    failed = pa.array(unseen, pa.bool_())
    if outcome.failed is not None:
        failed = pc.or_(failed, outcome.failed)
    array = pc.if_else(failed, pa.scalar(None, outcome.array.type), outcome.array)
    return Outcome(array, failed, errors[0].text)


def _count(looked: Looked, operators: TextOperators) -> Mapping[FoundKey, int]:
    times = Counter(looked.indices.tolist())
    counts: Counter[FoundKey] = Counter()
    for i, one in enumerate(looked.seen):
        for span in outside_kept(spans_of(one), operators.keeps):
            counts[(span.label, span.recognizer, operators.action(span.label).name)] += times[i]
    for place in looked.by_row:
        alone, of_row = looked.alone(place), looked.of_row(place)
        # What the row adds may keep, or not, what was counted of the text alone.
        before = Counter(outside_kept(alone, operators.keeps))
        after = Counter(outside_kept([*alone, *of_row], operators.keeps))
        for span, times_ in [*after.items(), *((s, -n) for s, n in before.items())]:
            counts[(span.label, span.recognizer, operators.action(span.label).name)] += times_
    return +counts
