"""Rewriting texts according to their findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.model.finding import Action
from scrubber.model.findings import Findings
from scrubber.pipeline.detection import Looked
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
    """Rewrite the texts of a field (null stays null) by their findings, and count the findings by
    (entity, recognizer, action).

    `shown` has the columns' pseudonyms of linked values, or is None for a field without links. A
    text that could not be scanned is reported as failed.
    """
    found = looked.found.outside_kept(operators.keeps)
    beside = (context.document, context.subject, context.record, context.beside)
    if all(one is None for one in beside) and not looked.by_row:
        # The result depends on the text only, so each distinct one is rewritten once.
        encoded = looked.texts.dictionary_encode()
        covers = found.covers(operators.action)
        once = rewrite_column(encoded.dictionary, covers, operators.transform, context)
        outcome = Outcome(
            once.array.take(encoded.indices),
            None if once.failed is None else once.failed.take(encoded.indices).fill_null(False),
            once.why,
        )
    else:
        each = found.repeated(looked.alone)
        if looked.by_row:
            each = each.joined(_known(looked, operators).outside_kept(operators.keeps))
        covers = each.covers(operators.action)
        if shown is not None and looked.linked:
            shown.prepare(looked.linked, looked.rows)
            covers = shown.covers(covers, looked.linked, looked.rows, operators.transform)
            context = replace(context, names=_names(looked, shown, context))
        outcome = rewrite_column(looked.texts, covers, operators.transform, context)
    return _with_unseen(outcome, looked), _count(looked, found, operators)


def _known(looked: Looked, operators: TextOperators) -> Findings:
    """All findings in texts to which records add some, without guesses about exactly the span of a
    linked value, since the record knows better."""
    linked = {
        (place, hit.span.start, hit.span.end)
        for place, hits in looked.linked.items()
        for hit in hits
        if operators.action(hit.span.label).consumes
    }
    guesses = looked.found.repeated(looked.beside_rows)
    ranges = (guesses.texts.tolist(), guesses.starts.tolist(), guesses.ends.tolist())
    unknown = np.array([one not in linked for one in zip(*ranges, strict=True)], dtype=np.bool_)
    return guesses.only(unknown).joined(looked.added)


def _names(looked: Looked, shown: Shown, context: Context) -> Mapping[bytes, Mapping[str, str]]:
    """The stand-ins of names in the columns, by document; empty if no operator needs a key."""
    if context.document is None:
        return {}
    place_of = {int(looked.rows[place]): place for place in looked.linked}
    names = shown.names(place_of)
    return {context.document[place_of[row]].as_py(): parts for row, parts in names.items()}


def _with_unseen(outcome: Outcome, looked: Looked) -> Outcome:
    """Report texts that could not be scanned as failed, whatever their result."""
    errors = [*looked.errors.values(), *looked.blind.values()]
    if not errors:
        return outcome
    unseen = np.zeros(len(looked.distinct) + 1, dtype=np.bool_)  # the last one for null
    unseen[list(looked.errors)] = True
    unseen = unseen[looked.indices]
    unseen[list(looked.blind)] = True
    failed = pa.array(unseen, pa.bool_())
    if outcome.failed is not None:
        failed = pc.or_(failed, outcome.failed)
    array = pc.if_else(failed, pa.scalar(None, outcome.array.type), outcome.array)
    return Outcome(array, failed, errors[0].text)


def _count(looked: Looked, found: Findings, operators: TextOperators) -> Mapping[FoundKey, int]:
    alone = looked.alone[looked.alone >= 0]
    counts = Counter(found.counts(np.bincount(alone, minlength=len(looked.distinct))))
    if looked.by_row:  # added findings may keep or replace those of the text alone
        known = looked.found.repeated(looked.beside_rows).joined(looked.added)
        left = known.outside_kept(operators.keeps)
        counts.update(left.counts(np.ones(len(looked.texts), np.int64)))
    return {
        (label, recognizer, operators.action(label).name): count
        for (label, recognizer), count in counts.items()
        if count
    }
