"""Field rules: what each rule under ``fields:`` decides, checked without data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scrubber.model.fieldclass import FieldClass
from scrubber.policy.hierarchies import read_hierarchy_file
from scrubber.policy.operators import read_operator
from scrubber.policy.plan import (
    Apply,
    Disposition,
    Drop,
    Generalize,
    Keep,
    RuleRef,
    ScrubText,
)
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.source import Path_
from scrubber.transform.base import FromFile, Transform
from scrubber.transform.erase import Redact

# From this many code points on, what a mask leaves narrows down whose value it is (transforms.md).
_MASK_LIMIT = 4
_OTHER_KEYS = frozenset(
    {"name", "class", "linked", "linked_as", "reason", "optional", "ignore_case"}
)
_CLASSES = frozenset(item.value for item in FieldClass)


@dataclass(frozen=True)
class FieldRule:
    """One rule: `disposition` is None where a problem was reported.

    `path` is its place in the tree, `entities` the places of its operators with their entities,
    `included` whether it comes from an included file. `linked` names the fields that are looked
    for in this one, `linked_as` is the entity that this one's values are when another links to it.
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

    @property
    def tolerant(self) -> bool:
        """True if the rule may match nothing."""
        return self.optional or self.included


def read_field_rules(report: Report) -> tuple[tuple[FieldRule, ...], dict[str, str]]:
    """The rules of the tree, and the digests of the hierarchy files that they name."""
    given = report.tree.data.get("fields")
    reader = _Reader(report)
    rules = [
        reader.rule(("fields", i), rule)
        for i, rule in enumerate(given if isinstance(given, list) else [])
        if isinstance(rule, dict)
    ]
    return tuple(rules), reader.digests


class _Reader:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._chooses = isinstance(report.tree.data.get("privacy"), dict)
        self.digests: dict[str, str] = {}

    def rule(self, path: Path_, rule: dict[str, Any]) -> FieldRule:
        word = rule.get("class")
        class_ = FieldClass(word) if isinstance(word, str) and word in _CLASSES else None
        linked, linked_as = rule.get("linked"), rule.get("linked_as")
        if linked is not None and rule.get("entities") is None:
            text = "only a text field, one with entities, is searched for linked fields"
            self._report.key((*path, "linked"), "linked-without-text", text)
        disposition = self._disposition(path, rule, class_)
        given = rule.get("entities")
        entities: dict[str, Any] = given if isinstance(given, dict) else {}
        mark = self._report.tree.value_mark(path)
        return FieldRule(
            names=_names(rule.get("name")),
            field_class=FieldClass.TEXT if class_ is None and isinstance(given, dict) else class_,
            disposition=disposition,
            optional=rule.get("optional") is True,
            included=mark.file != self._report.tree.file,
            ref=RuleRef(f"fields[{path[-1]}]", mark),
            path=path,
            entities=tuple(
                ((*path, "entities", label), label) for label in entities if label != "default"
            ),
            scrubs_text=isinstance(given, dict),
            linked=tuple(_texts(linked)),
            linked_as=linked_as if isinstance(linked_as, str) else None,
            ignore_case=rule.get("ignore_case") is True,
        )

    def _disposition(
        self, path: Path_, rule: dict[str, Any], class_: FieldClass | None
    ) -> Disposition | None:
        ways = [key for key in ("transform", "keep", "entities") if rule.get(key) is not None]
        if len(ways) > 1:
            text = f"a field has one of transform, keep and entities, not {' and '.join(ways)}"
            self._report.key((*path, ways[1]), "one-of", text)
            return None
        if not ways and class_ is FieldClass.QUASI_IDENTIFIER and self._chooses:
            return Generalize()
        if not ways:
            # A key without a value, or with one that YAML reads in two ways, is reported already.
            # So is a key that is none, which may be one of these misspelt.
            if set(rule) <= _OTHER_KEYS:
                self._undecided(path, class_)
            return None
        match ways[0]:
            case "keep":
                return self._keep(path, rule["keep"], class_)
            case "entities":
                return self._text(path, rule["entities"], class_)
            case _:
                return self._apply((*path, "transform"), rule["transform"], class_)

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

    def _keep(self, path: Path_, reason: Any, class_: FieldClass | None) -> Keep | None:
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
        if not isinstance(reason, str) or not reason:
            return None
        if not reason.strip():
            self._report.key(here, "keep-without-reason", "a kept field needs a reason")
            return None
        return Keep(reason)

    def _text(self, path: Path_, entities: Any, class_: FieldClass | None) -> ScrubText | None:
        here = (*path, "entities")
        if class_ is FieldClass.DIRECT_IDENTIFIER:
            text = "entities keep the rest of a direct identifier, which must not be kept"
            self._report.key(here, "direct-identifier-kept", text, "give it a transform")
            return None
        if not isinstance(entities, dict):
            return None
        if not entities:
            text = "entities is empty: nothing would be removed"
            self._report.value(here, "text-without-entities", text, "entities: {default: redact}")
            return None
        default: Transform | Keep = Redact()
        operators: list[tuple[str, Transform | Keep]] = []
        right = True
        for label, setting in entities.items():
            if setting is None or not isinstance(setting, str | dict) or len(setting) == 0:
                right = False
                continue
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

    def _apply(self, path: Path_, setting: Any, class_: FieldClass | None) -> Disposition | None:
        if not isinstance(setting, str | dict) or not setting:
            return None
        operator = read_operator(self._report, path, setting, in_text=False)
        if operator is None or isinstance(operator, Drop | Keep):
            return operator
        leaves = operator.traits.leaves
        if leaves >= _MASK_LIMIT and class_ is not FieldClass.QUASI_IDENTIFIER:
            text = f"a mask that keeps {_MASK_LIMIT} or more characters leaves a quasi-identifier"
            hint = "keep fewer, or class: quasi_identifier"
            self._report.value(path, "mask-keeps", text, hint)
        return Apply(self._read(operator, (*path, operator.name)))

    def _read(self, operator: Any, path: Path_) -> Any:
        """The operator, with its file read if it has one."""
        if not isinstance(operator, FromFile):
            return operator
        here, name = (*path, "file"), operator.file_name()
        folder = self._report.tree.folder_of(path)
        read = read_hierarchy_file(self._report, here, name, folder)
        if read is None:
            return operator
        self.digests[name] = read.digest
        try:
            return operator.with_rows(read.rows)
        except ValueError as error:  # written for the author of the rules
            self._report.value(here, "hierarchy-bad", str(error), "each line: leaf;level 1;...;*")
            return operator


def _names(value: Any) -> tuple[str, ...]:
    return tuple(_texts(value if isinstance(value, list) else [value]))


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
