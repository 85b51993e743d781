"""Field rules: the treatment in each rule under ``fields:``, checked without data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from scrubber.model.fieldclass import FieldClass
from scrubber.model.tables import in_table
from scrubber.policy import schema
from scrubber.policy.operators import parameters, read_operator
from scrubber.policy.plan import (
    Apply,
    Disposition,
    Drop,
    Format,
    Generalize,
    Keep,
    OnError,
    RuleRef,
    ScrubText,
    Unit,
)
from scrubber.policy.rows import columns_of
from scrubber.policy.sql import Fault
from scrubber.policy.syntax.hierarchies import read_hierarchy_file
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.settings import Setting, numbered
from scrubber.policy.syntax.source import Path_
from scrubber.transform.base import Beside, FromFile, Kind, PerSubject, Strictness, Transform
from scrubber.transform.counting import Counting
from scrubber.transform.erase import Redact
from scrubber.transform.steps import Steps, strength_of, title

# From this many code points on, the visible rest of a mask narrows down the person (transforms.md).
_MASK_LIMIT = 4
_POINTING = frozenset(
    frozenset(parts.split())
    for parts in ("start", "start end", "start copy", "start end copy", "pair", "pair copy", "copy")
)


@dataclass(frozen=True)
class MovedRule:
    """Fields that point into the text of a rule: the names as written, by their part, and the
    place of the entry in the tree."""

    names: tuple[tuple[str, str], ...]
    unit: Unit
    inclusive: bool
    ref: RuleRef
    path: Path_


@dataclass(frozen=True)
class FieldRule:
    """A field rule; `disposition` is None if a problem was reported.

    `path` is its place in the tree, `entities` the places of its operators with their entities.
    `included` is true for a rule of an included file. `linked` names the fields searched for in
    this one; `linked_as` is the entity of this field's values for other fields that link to it.
    `tables` and `kinds` restrict the rule (empty: all). `when` is its condition. `moved` are fields
    that point into its text.
    """

    names: tuple[str, ...]
    field_class: FieldClass | None
    disposition: Disposition | None
    optional: bool
    included: bool
    ref: RuleRef
    path: Path_
    entities: tuple[tuple[Path_, str], ...] = ()
    scrubs_text: bool = False
    linked: tuple[str, ...] = ()
    linked_as: str | None = None
    ignore_case: bool = False
    tables: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    when: str | None = None
    on_error: OnError | None = None
    public: bool = False
    moved: tuple[MovedRule, ...] = ()

    @property
    def tolerant(self) -> bool:
        """True if the rule may match nothing."""
        return self.optional or self.included

    @property
    def selector(self) -> str:
        """The names, types and tables of the rule."""
        said = ", ".join(self.names)
        if self.kinds:
            said += f" of type {', '.join(self.kinds)}"
        if self.tables:
            said += f" in {', '.join(self.tables)}"
        return f"{said} under a condition" if self.when is not None else said

    def is_for(self, alias: str) -> bool:
        """True if the rule is for the source `alias`."""
        return not self.tables or any(in_table(table, alias) for table in self.tables)


def field_rules(
    report: Report, written: schema.RuleFile
) -> tuple[tuple[FieldRule, ...], dict[str, str]]:
    """The rules of the file, and the digests of their hierarchy files."""
    chooses = written.privacy is not None or not report.is_whole(("privacy",))
    reader = _Reader(report, chooses)
    rules = [reader.rule(("fields", i), rule) for i, rule in numbered(written.fields)]
    return tuple(rules), reader.digests


class _Reader:
    """Reads field rules. `chooses` is true if a privacy model chooses levels."""

    def __init__(self, report: Report, chooses: bool) -> None:
        self._report = report
        self._chooses = chooses
        self.digests: dict[str, str] = {}

    def rule(self, path: Path_, rule: schema.FieldRule) -> FieldRule:
        class_ = None if rule.class_ is None else FieldClass(rule.class_)
        is_text = rule.entities is not None
        if rule.linked and not is_text and self._report.is_whole((*path, "entities")):
            text = "only a text field, one with entities, is searched for linked fields"
            self._report.key((*path, "linked"), "linked-without-text", text)
        for key in ("format", "realign"):
            if getattr(rule, key) and not is_text and self._report.is_whole((*path, "entities")):
                text = f"only a text field, one with entities, has {key}"
                self._report.key((*path, key), f"{key}-without-text", text)
        mark = self._report.tree.value_mark(path)
        disposition = self._disposition(path, rule, class_)
        if isinstance(disposition, ScrubText) and rule.format is not None:
            disposition = replace(disposition, format=Format(rule.format))
        return FieldRule(
            names=rule.names,
            field_class=FieldClass.TEXT if class_ is None and is_text else class_,
            disposition=disposition,
            optional=rule.optional,
            included=mark.file != self._report.tree.file,
            ref=RuleRef(f"fields[{path[-1]}]", mark),
            path=path,
            entities=tuple(
                ((*path, "entities", label), label)
                for label in rule.entities or ()
                if label != "default"
            ),
            scrubs_text=is_text,
            linked=rule.linked,
            linked_as=rule.linked_as,
            ignore_case=rule.ignore_case,
            tables=rule.tables,
            kinds=rule.type_ or (),
            when=self._condition(path, rule),
            on_error=None if rule.on_error is None else OnError(rule.on_error),
            public=rule.public,
            moved=tuple(self._moved(path, rule)),
        )

    def _moved(self, path: Path_, rule: schema.FieldRule) -> Iterator[MovedRule]:
        for i, one in numbered(rule.realign):
            here = (*path, "realign", i)
            given = {"start": one.start, "end": one.end, "pair": one.pair, "copy": one.copy_}
            names = tuple((role, name) for role, name in given.items() if name is not None)
            roles = frozenset(role for role, _ in names)
            if roles not in _POINTING:
                text = "an entry names a start, with or without an end; a pair; or a copy alone"
                hint = "realign: [{start: spans[].start, end: spans[].end, copy: spans[].text}]"
                self._report.value(here, "realign-parts", text, hint)
                continue
            if any(character in name for _, name in names for character in "*?"):
                text = "realign names fields, and no globs"
                self._report.value(here, "realign-parts", text)
                continue
            if rule.format is not None:
                text = "a text that is read in a format has no fields that point into it"
                self._report.key((*path, "realign"), "realign-with-format", text)
                continue
            ref = RuleRef(f"fields[{path[-1]}].realign[{i}]", self._report.tree.value_mark(here))
            yield MovedRule(names, Unit(one.unit), one.ends == "inclusive", ref, here)

    def _condition(self, path: Path_, rule: schema.FieldRule) -> str | None:
        """The condition of a rule; None without one, or if a problem was reported."""
        if rule.when is None:
            if rule.public:
                text = "public publishes the words of a condition, and this rule has none"
                self._report.key((*path, "public"), "public-without-when", text, "remove it")
            return None
        here = (*path, "when")
        if rule.transform is None and rule.keep is None:
            text = "a condition chooses between transforms, drop and keep"
            hint = "entities stand in the last rule of the field, which has no condition"
            self._report.key(here, "when-without-transform", text, hint)
            return None
        found = columns_of(rule.when)
        if isinstance(found, Fault):
            self._report.value(here, found.code, found.text, found.hint)
            return None
        return rule.when

    def _disposition(
        self, path: Path_, rule: schema.FieldRule, class_: FieldClass | None
    ) -> Disposition | None:
        ways = {"transform": rule.transform, "keep": rule.keep, "entities": rule.entities}
        chosen = [key for key, value in ways.items() if value is not None]
        if len(chosen) > 1:
            text = f"a field has one of transform, keep and entities, not {' and '.join(chosen)}"
            hint = "entities for what is found in text, a transform for whole values"
            self._report.key((*path, chosen[1]), "one-of", text, hint)
            return None
        if rule.transform is not None:
            return self._apply((*path, "transform"), rule.transform, class_)
        if rule.keep is not None:
            return self._keep(path, rule.keep, class_)
        if rule.entities is not None:
            return self._text(path, rule.entities, class_)
        if class_ is FieldClass.QUASI_IDENTIFIER and self._chooses:
            return Generalize()
        if self._report.is_whole(path):
            self._undecided(path, class_)
        return None

    def _undecided(self, path: Path_, class_: FieldClass | None) -> None:
        if class_ is FieldClass.QUASI_IDENTIFIER:
            text = "a quasi-identifier without a transform needs privacy:, which chooses its level"
            self._report.value(path, "undecided-field", text, "privacy: {k: 11}, or a transform")
        elif class_ is FieldClass.TEXT:
            text = "a text field needs entities: what happens to what is found in it"
            self._report.value(path, "text-without-entities", text, "entities: {default: redact}")
        else:
            text = "this rule has no effect"
            hint = 'give it a transform, entities (for text), or keep: "why"'
            self._report.value(path, "undecided-field", text, hint)

    def _keep(self, path: Path_, reason: str, class_: FieldClass | None) -> Keep | None:
        here = (*path, "keep")
        if class_ is FieldClass.DIRECT_IDENTIFIER:
            text = "a direct identifier must not be kept"
            self._report.key(here, "direct-identifier-kept", text, "token, surrogate or drop it")
            return None
        if class_ is FieldClass.QUASI_IDENTIFIER and self._chooses:
            text = "a quasi-identifier of privacy: must not be kept unchanged"
            hint = "leave out keep and give it a hierarchy, or class: insensitive"
            self._report.key(here, "quasi-identifier-kept", text, hint)
            return None
        if class_ is FieldClass.TEXT:
            text = "a text field must not be kept without detection"
            hint = "give it entities, or another class if it is not free text"
            self._report.key(here, "text-without-entities", text, hint)
            return None
        if not reason.strip():
            self._report.key(here, "keep-without-reason", "a kept field needs a reason")
            return None
        return Keep(reason)

    def _text(
        self, path: Path_, entities: Mapping[str, Setting], class_: FieldClass | None
    ) -> ScrubText | None:
        here = (*path, "entities")
        if class_ is FieldClass.DIRECT_IDENTIFIER:
            text = "entities keep the rest of a direct identifier, which must not be kept"
            self._report.key(here, "direct-identifier-kept", text, "give it a transform")
            return None
        right = self._report.is_whole(here)
        if not entities and right:
            text = "entities is empty: nothing would be removed"
            self._report.value(here, "text-without-entities", text, "entities: {default: redact}")
            return None
        default: Transform | Keep = Redact()
        operators: list[tuple[str, Transform | Keep]] = []
        for label, setting in entities.items():
            operator = read_operator(self._report, (*here, label), setting, in_text=True)
            if operator is None or isinstance(operator, Drop):
                right = False
            elif label == "default":
                default = operator
            else:
                operators.append((label, self._read(operator, (*here, label))))
        if right and all(isinstance(one, Keep) for one in (default, *(o for _, o in operators))):
            text = "every entity is kept: nothing would be removed"
            self._report.value(here, "text-without-entities", text, "entities: {default: redact}")
            return None
        return ScrubText(self._read(default, here), tuple(operators)) if right else None

    def _apply(
        self, path: Path_, settings: tuple[Setting, ...], class_: FieldClass | None
    ) -> Disposition | None:
        if not isinstance(self._report.tree.at(path), list):
            operator = read_operator(self._report, path, settings[0], in_text=False)
            if operator is None or isinstance(operator, Drop | Keep):
                return operator
            operator = self._read(operator, (*path, operator.name))
        else:
            found = [self._step((*path, i), step) for i, step in enumerate(settings)]
            steps = tuple(step for step in found if step is not None)
            if len(steps) < len(found):
                return None
            self._check_subjects(path, steps)
            self._check_counted(path, steps)
            operator = Steps(steps) if len(steps) > 1 else steps[0]
        if strength_of(operator) < Strictness.PERTURB and class_ is FieldClass.DIRECT_IDENTIFIER:
            text = f"{title(operator)} keeps most values of a direct identifier"
            hint = "token, surrogate or drop it"
            self._report.key(path, "direct-identifier-kept", text, hint)
        leaves = operator.traits.leaves
        if leaves >= _MASK_LIMIT and class_ is not FieldClass.QUASI_IDENTIFIER:
            text = f"a mask that keeps {_MASK_LIMIT} or more characters leaves a quasi-identifier"
            hint = "keep fewer, or class: quasi_identifier"
            self._report.value(path, "mask-keeps", text, hint)
        return Apply(operator)

    def _step(self, path: Path_, setting: Setting) -> Transform | None:
        """One of several transforms in order; None if a problem was reported."""
        if setting.name in ("drop", "keep", "encrypt"):
            text = f"{setting.name} takes whole values, so it is no step of several"
            hint = "give it as the only transform"
            self._report.value(path, "not-a-step", text, hint)
            return None
        operator = read_operator(self._report, path, setting, in_text=False)
        if operator is None or isinstance(operator, Drop | Keep):
            return None
        step: Transform = self._read(operator, (*path, operator.name))
        return step

    def _check_subjects(self, path: Path_, steps: tuple[Transform, ...]) -> None:
        shifts = [i for i, step in enumerate(steps) if isinstance(step, PerSubject)]
        if len(shifts) > 1:
            text = "two steps ask for the subject: one shift is enough"
            self._report.value((*path, shifts[1]), "not-a-step", text)

    def _check_counted(self, path: Path_, steps: tuple[Transform, ...]) -> None:
        """Check that at most one step counts all records, of values that the key and the record
        around them do not change."""
        counted = [i for i, step in enumerate(steps) if isinstance(step, Counting) and step.counts]
        if len(counted) > 1:
            text = "two steps count all records: one can be settled"
            self._report.value((*path, counted[1]), "not-a-step", text)
        for i, step in enumerate(steps[: counted[0]] if counted else ()):
            around = isinstance(step, PerSubject) or not step.traits.deterministic
            if around or (isinstance(step, Beside) and step.beside_field() is not None):
                text = f"{step.name} gives equal values other results, so they cannot be counted"
                hint = "count first: put the step after it"
                self._report.value((*path, i), "not-a-step", text, hint)

    def _read(self, operator: Any, path: Path_) -> Any:
        """The operator, with its file read, if any."""
        name = operator.file_name() if isinstance(operator, FromFile) else None
        if name is None:
            return operator
        named = [key for key, one in parameters(type(operator)).items() if one.metadata.get("path")]
        here = (*path, named[0])
        folder = self._report.tree.folder_of(path)
        read = read_hierarchy_file(self._report, here, name, folder, operator.line)
        if read is None:
            return operator
        self.digests[name] = read.digest
        try:
            return operator.with_rows(read.rows)
        except ValueError as error:  # written for the author of the rules
            self._report.value(here, "hierarchy-bad", str(error), operator.line)
            return operator
