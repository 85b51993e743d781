"""Rewriting texts according to their findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from scrubber.errors import TransformError
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.entities import entity
from scrubber.model.finding import Action
from scrubber.model.findings import Findings
from scrubber.pipeline.detection import Looked
from scrubber.pipeline.forms import Form
from scrubber.pipeline.linked import Shown
from scrubber.policy.plan import Keep
from scrubber.transform.base import Context, Outcome, Strictness, Transform
from scrubber.transform.columns.distinct import readable_values
from scrubber.transform.rewrite import OffsetMap, rewrite_column

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
        """The action for a label; see :meth:`~scrubber.policy.plan.ScrubText.operator`."""
        own = self.actions.get(label)
        if own is not None:
            return own
        called = self.actions.get(entity(label).label or label, self.default)
        return self.default if called == KEEP else called

    def keeps(self, label: str) -> bool:
        """True if findings with this label stay as they are."""
        return self.action(label) == KEEP

    def transform(self, name: str) -> Transform | None:
        return self.transforms.get(name)


@dataclass(frozen=True)
class Scrubbed:
    """The rewritten texts of a field, the number of findings by (entity, recognizer, action), and
    the offset map of each text that changed, by its position; of texts read in a format, that of
    what detectors see."""

    outcome: Outcome
    counts: Mapping[FoundKey, int]
    offsets: Mapping[int, OffsetMap]


def scrub_texts(
    looked: Looked,
    operators: TextOperators,
    context: Context,
    shown: Shown | None,
    *,
    moves: bool = False,
) -> Scrubbed:
    """Rewrite the texts of a field (null stays null) by their findings.

    `shown` has the columns' pseudonyms of linked values, or is None for a field without links. A
    text that could not be scanned is reported as failed. Offset maps are made if fields move along
    (`moves`).
    """
    offsets: dict[int, OffsetMap] | None = {} if moves or looked.forms else None
    found = looked.found.outside_kept(operators.keeps)
    beside = (context.document, context.subject, context.record, context.beside)
    if all(one is None for one in beside) and not looked.by_row:
        # The result depends on the text only, so each distinct one is rewritten once.
        covers = found.covers(operators.action)
        if looked.forms:
            covers = covers.cut(looked.cuts)
        once = rewrite_column(looked.dictionary, covers, operators.transform, context, offsets)
        once = _closed(once, looked.forms, offsets or {}, range(len(looked.dictionary)))
        indices = pa.array(looked.indices, mask=looked.indices < 0)
        outcome = Outcome(
            once.array.take(indices),
            None if once.failed is None else once.failed.take(indices).fill_null(False),
            once.why,
        )
        if offsets:
            by_text, offsets = offsets, {}
            for place, index in enumerate(looked.indices.tolist()):
                if index in by_text:
                    offsets[place] = by_text[index]
    else:
        each = found.repeated(looked.alone)
        if looked.by_row:
            each = each.joined(_known(looked, operators).outside_kept(operators.keeps))
        covers = each.covers(operators.action)
        if shown is not None and looked.linked:
            shown.prepare(looked.linked, looked.rows)
            covers = shown.covers(covers, looked.linked, looked.rows, operators.transform)
            context = replace(context, names=_names(looked, shown, context))
        if looked.forms:
            indices = looked.indices.tolist()
            covers = covers.cut(lambda text, start, end: looked.cuts(indices[text], start, end))
        outcome = rewrite_column(looked.seen, covers, operators.transform, context, offsets)
        outcome = _closed(outcome, looked.forms, offsets or {}, looked.indices.tolist())
    outcome = _with_unseen(_as_stored(outcome, looked.texts.type), looked)
    return Scrubbed(outcome, _count(looked, found, operators), offsets or {})


def _closed(
    outcome: Outcome,
    forms: Mapping[int, Form],
    offsets: Mapping[int, OffsetMap],
    indices: Sequence[int],
) -> Outcome:
    """The texts in their format again: each that has a form is the original with its changed parts.
    A text whose keys became the same is failed."""
    if not forms:
        return outcome
    values = readable_values(outcome.array)
    failed = set()
    for place, index in enumerate(indices):
        form = forms.get(index)
        if form is None or values[place] is None:
            continue
        try:
            moved = offsets.get(place)
            values[place] = (
                form.original if moved is None else form.closed(str(values[place]), moved)
            )
        except ValueError:
            failed.add(place)
            values[place] = None
    array = pa.array([v if isinstance(v, str) else None for v in values], pa.large_string())
    if not failed:
        return Outcome(array, outcome.failed, outcome.why)
    flags = pa.array([place in failed for place in range(len(values))], pa.bool_())
    if outcome.failed is not None:
        flags = pc.or_(flags, outcome.failed)
    return Outcome(array, flags, outcome.why or "two keys of an object in a text became the same")


def _as_stored(outcome: Outcome, kind: pa.DataType) -> Outcome:
    if outcome.array.type.equals(kind):
        return outcome
    try:
        return Outcome(outcome.array.cast(kind), outcome.failed, outcome.why)
    except ARROW_ERRORS:
        raise TransformError("text-too-large", f"the texts of a batch outgrew {kind}") from None


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
