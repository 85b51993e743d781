"""What the author wrote: the shape of a rule file, as strict models.

Only the shape is checked here: keys, types and fixed words. What names mean is checked by
:mod:`~scrubber.policy.rules`, and what they mean for given data by :mod:`~scrubber.policy.compile`.
A field's description is its text in the reference and in the editors' schema.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

FieldClassName = Literal[
    "direct_identifier", "quasi_identifier", "sensitive", "text", "insensitive"
]
# Tags of unions, which pydantic puts into locations; a key of a rule file is never spelt so.
ONE, BY_FIELD = "<one value>", "<by field>"
Text = Annotated[str, Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Texts = Annotated[list[Text], Field(min_length=1)]
Window = Annotated[int, Field(ge=0, le=1000)]


def _texts(value: Any) -> Any:
    """One text, or a list of them."""
    items = value if isinstance(value, list) else [value]
    if not items or not all(isinstance(item, str) and item for item in items):
        raise PydanticCustomError("wrong-type", "this takes a text or a list of texts")
    return value


def _operator(value: Any) -> Any:
    """A bare name, or one name with its parameters; the rest is checked where names are known."""
    named = isinstance(value, dict) and len(value) == 1
    if not (named or (isinstance(value, str) and value)):
        raise PydanticCustomError(
            "wrong-type", "this takes a name, or one name with its parameters: {name: {...}}"
        )
    return value


def _levels(value: Any) -> Any:
    """A file name, or a list of transforms, one for each level between the values and ``*``."""
    if isinstance(value, list):
        return [_operator(item) for item in value]
    if not isinstance(value, str) or not value:
        raise PydanticCustomError(
            "wrong-type", "this takes a CSV file, or a list of transforms, one a level"
        )
    return value


def _one_or_by_field(value: Any) -> str:
    return BY_FIELD if isinstance(value, dict) else ONE


def _mapping(value: Any) -> Any:
    if not isinstance(value, dict):
        raise PydanticCustomError("wrong-type", "this takes a mapping")
    return value


def _ner(value: Any) -> Any:
    if not isinstance(value, str | dict) or not value:
        raise PydanticCustomError(
            "wrong-type", "ner takes none, builtin, spacy:<package or path>, or a mapping"
        )
    return value


OneOrMore = Annotated[
    Any,
    BeforeValidator(_texts),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            ]
        }
    ),
]
TransformSetting = Annotated[
    Any, BeforeValidator(_operator), WithJsonSchema({"x-ref": "Transform"})
]
OperatorSetting = Annotated[Any, BeforeValidator(_operator), WithJsonSchema({"x-ref": "Operator"})]
HierarchySetting = Annotated[
    Any,
    BeforeValidator(_levels),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"x-ref": "Transform"}},
            ]
        }
    ),
]
AnyMapping = Annotated[Any, BeforeValidator(_mapping), WithJsonSchema({"type": "object"})]
Ner = Annotated[
    Any,
    BeforeValidator(_ner),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^(none|builtin|spacy:.+)$"},
                {"type": "object", "minProperties": 1},
            ]
        }
    ),
]


class Part(BaseModel):
    """A mapping of the rule language: its keys are fixed, its values are not converted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class DataSource(Part):
    """Where the data came from."""

    name: Text = Field(description="What the source is called.")
    method: str | None = Field(None, description="How it was obtained, such as exported.")
    period: str | None = Field(None, description="The time it covers, such as 2026-01/2026-06.")
    geography: list[str] | None = Field(None, description="Where its subjects are.")
    licence: str | None = Field(None, description="The licence it came under.")
    upstream: str | None = Field(None, description="The id of the manifest of what it was made of.")


class Consent(Part):
    """What the subjects agreed to."""

    reference: str | None = Field(None, description="Where the consent is on file.")
    status: str | None = Field(None, description="Such as granted, pending, withdrawn.")


class Commitment(Part):
    """Something promised about the data."""

    id: Text = Field(description="A short name that checks refer to.")
    text: Text = Field(description="The promise.")


class Retention(Part):
    """How long the data may be kept."""

    delete_by: Text = Field(description="The last day, such as 2027-06-30.")


class Dataset(Part):
    """Declared facts; in the manifest they stand apart from what was measured."""

    name: str | None = Field(None, description="The dataset's name.")
    description: str | None = Field(None, description="What it is.")
    licence: str | None = Field(None, description="The licence of the scrubbed dataset.")
    sources: list[DataSource] | None = Field(None, description="Where the data came from.")
    controller: str | None = Field(None, description="Who answers for the data.")
    purpose: OneOrMore | None = Field(None, description="What it is used for.")
    legal_basis: str | None = Field(None, description="Why that is lawful.")
    consent: Consent | None = Field(None, description="What the subjects agreed to.")
    commitments: list[Commitment] | None = Field(None, description="What was promised.")
    retention: Retention | None = Field(None, description="How long it may be kept.")
    prohibited_uses: list[str] | None = Field(None, description="What it must not be used for.")


class Key(Part):
    """Where the secret key is to be had: one of these, never the key itself."""

    env: Text | None = Field(None, description="An environment variable that holds it.")
    file: Text | None = Field(None, description="A file that its owner alone can read.")
    keyring: Text | None = Field(None, description="An entry of the keyring: service/name.")
    exec: Text | None = Field(
        None, description="A command that prints it; run by run, never by check or plan."
    )
    include: Text | None = Field(
        None, description="An included file: the key that it names, which does not count otherwise."
    )


class DetectRule(Part):
    """A hotword that raises the score of what stands near it, or an exclusion."""

    hotword: Text | None = Field(None, description="A regex; where it matches near a finding ...")
    entity: Text | None = Field(None, description="... of this entity ...")
    score: Share | None = Field(None, description="... the finding gets this score.")
    window_before: Window | None = Field(
        None, description="Code points before the finding to look in (default 50)."
    )
    window_after: Window | None = Field(
        None, description="Code points after the finding to look in (default 0)."
    )
    exclude: Exclusion | None = Field(None, description="Findings that are none.")


class Exclusion(Part):
    """Findings whose text matches `regex` are none."""

    regex: Text = Field(description="A regex, searched in the text of the finding.")
    entity: Text | None = Field(None, description="Of this entity only.")


class Detect(Part):
    """What to look for in text, and how."""

    languages: Texts | None = Field(None, description="ISO 639-1 codes (default [en]).")
    ner: Ner | None = Field(
        None,
        description="Named entities: none, builtin, spacy:<package or path>, or the configuration "
        "of a Presidio NLP engine (default builtin).",
    )
    entities: Texts | None = Field(
        None,
        description="Look for these (default: all that the recognizers know). What own recognizers "
        "and deny lists find is always looked for.",
    )
    score_thresholds: dict[str, Share] | None = Field(
        None,
        description="The least score that counts, by entity or default (without one 0.35; 0 brings "
        "all that Presidio reports). What own recognizers and deny lists find counts at any score "
        "where no threshold says otherwise.",
    )
    allow_list: list[Text] | None = Field(None, description="Exact texts that are no finding.")
    deny_list: dict[str, Texts] | None = Field(
        None, description="Words that are always a finding, by entity."
    )
    recognizers: list[AnyMapping] | None = Field(
        None,
        description="Own recognizers, in Presidio's YAML. As there, their regexes ignore case; "
        "(?-i:...) regards it.",
    )
    rules: list[DetectRule] | None = Field(None, description="Hotwords and exclusions.")
    consistency: list[Text] | None = Field(
        None,
        description="Entities that are found everywhere in a document once they are found in it: a "
        "PERSON by each part of the name, others as a whole (default PERSON; [] for none).",
    )
    house: bool | None = Field(
        None,
        description="False leaves patterns to Presidio alone: no recognizers of scrubber's own, no "
        "decoded or folded views of a text (default true).",
    )


class FieldRule(Part):
    """What happens to the fields with a name; the first rule that matches a field decides."""

    name: OneOrMore = Field(
        description="Field names, paths (messages[].content) or globs (* within a step, ** across)."
    )
    class_: FieldClassName | None = Field(
        None, alias="class", description="What the field is to the person it is about."
    )
    transform: TransformSetting | None = Field(None, description="What happens to its values.")
    keep: Text | None = Field(None, description="Keep it unchanged; the text says why.")
    entities: dict[str, OperatorSetting] | None = Field(
        None, description="For text: what happens to what is found, by entity, or default."
    )
    linked: Texts | None = Field(
        None,
        description="Fields whose values are looked for in this row's text, in whatever way it "
        "writes them; a glob (** for all fields) links those of which it is said what they are.",
    )
    linked_as: Text | None = Field(
        None,
        description="What this field's values are, for the text fields that link to it (PERSON, "
        "FIRST_NAME, EMAIL_ADDRESS, ID and the like; default: what its transform implies).",
    )
    reason: Text | None = Field(None, description="Why the rule is there, for the reader.")
    optional: bool | None = Field(None, description="The field may be absent (default false).")
    ignore_case: bool | None = Field(
        None, description="Capitals in `name` do not count (default false)."
    )


class RowRule(Part):
    """Records that are left out."""

    drop: Text = Field(
        description="A Polars SQL expression; records for which it is true or unknown are dropped."
    )
    reason: Text = Field(description="Why.")


class DiversitySetting(Part):
    """l-diversity of a sensitive field."""

    l: Annotated[float, Field(gt=1)] = Field(description="How diverse a class must be.")  # noqa: E741
    kind: Literal["distinct", "entropy", "recursive"] = Field(
        "distinct", description="How diversity is measured."
    )
    c: Annotated[float, Field(gt=0)] = Field(1.0, description="The factor of recursive diversity.")


class ClosenessSetting(Part):
    """t-closeness of a sensitive field."""

    t: Share = Field(description="The largest distance of a class from the whole table.")
    kind: Literal["equal", "ordered"] = Field(
        "equal", description="Whether values are equally far apart, or ordered."
    )


class Privacy(Part):
    """Which generalization of the quasi-identifiers is chosen, and what every class must fulfil."""

    k: Annotated[int, Field(ge=2)] = Field(description="The least number of records of a class.")
    suppression_limit: Share = Field(
        0.0, description="The share of records that may be left out (default 0)."
    )
    hierarchies: dict[Text, HierarchySetting] = Field(
        default_factory=dict,
        description="Per quasi-identifier: a CSV file, or the transforms of its levels in order; "
        "above them is `*`.",
    )
    weights: dict[Text, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, description="How much the loss of a field counts (default 1)."
    )
    max_levels: dict[Text, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="The highest level that a field may get, 0 being the value (default: all).",
    )
    metric: Literal["loss"] = Field("loss", description="What is kept low: ARX's metric Loss.")
    l: (  # noqa: E741
        Annotated[
            Annotated[float, Field(gt=1), Tag(ONE)]
            | Annotated[dict[Text, DiversitySetting], Tag(BY_FIELD)],
            Discriminator(_one_or_by_field),
        ]
        | None
    ) = Field(None, description="l-diversity: of every sensitive field, or by field.")
    t: (
        Annotated[
            Annotated[Share, Tag(ONE)] | Annotated[dict[Text, ClosenessSetting], Tag(BY_FIELD)],
            Discriminator(_one_or_by_field),
        ]
        | None
    ) = Field(None, description="t-closeness: of every sensitive field, or by field.")
    method: Literal["lattice", "mondrian"] = Field(
        "lattice", description="Levels for whole fields (default), or local recoding."
    )
    time_limit: Annotated[float, Field(gt=0)] = Field(
        60.0, description="Seconds after which the best levels so far are taken (default 60)."
    )


class Gates(Part):
    """What a result must reach; else the run ends with exit code 1 and publishes nothing."""

    max_residual_rate: Share | None = Field(
        None,
        description="Findings that are left per record, at most, where all entities are looked for "
        "again.",
    )
    min_k: Annotated[int, Field(ge=2)] | None = Field(
        None,
        description="The least number of records that are alike in the quasi-identifiers that come "
        "out, with or without privacy.",
    )
    rescan: Literal["sample", "all"] = Field(
        "sample", description="Which records are looked at again (default a sample)."
    )


class Disclosure(Part):
    """How the counts of the manifest are protected."""

    base: Annotated[int, Field(ge=1)] = Field(
        1,
        description="Counts are rounded to a multiple of this, so that two manifests of data sets "
        "that differ by a few people give none of them away (default 1: exact).",
    )
    min_cell: Annotated[int, Field(ge=11)] = Field(
        11, description="The least count above zero that is published (default 11)."
    )


class Example(Part):
    """A test of the rule file: a record that goes in, and what must come out."""

    given: AnyMapping = Field(description="Values by path.")
    expect: AnyMapping = Field(description="Values by path.")


class RuleFile(Part):
    """A rule file of scrubber."""

    version: Literal[1] = Field(description="The version of the rule language: 1.")
    include: list[Text] | None = Field(
        None,
        description="Rule files to build on, relative to this one, or rule packs "
        "(pack:hipaa-safe-harbor); what stands here wins.",
    )
    dataset: Dataset | None = Field(None, description="Declared facts about the dataset.")
    key: Key | None = Field(None, description="Where the secret key is to be had.")
    on_unlisted: Literal["error", "drop", "keep"] | None = Field(
        None, description="What happens to fields that no rule names (default error)."
    )
    on_error: Literal["fail", "null", "drop_row"] | None = Field(
        None, description="What happens where a value cannot be handled (default fail)."
    )
    subject: Text | None = Field(None, description="The field that says whose data a row is.")
    detect: Detect | None = Field(None, description="What to look for in text, and how.")
    fields: list[FieldRule] | None = Field(None, description="The rules; the first match decides.")
    rows: list[RowRule] | None = Field(None, description="Records that are left out.")
    privacy: Privacy | None = Field(
        None, description="What every class of the quasi-identifiers must fulfil."
    )
    gates: Gates | None = Field(
        None, description="What a result must reach, or nothing is published."
    )
    disclosure: Disclosure | None = Field(
        None, description="How the counts of the manifest are protected."
    )
    tests: list[Example] | None = Field(None, description="Examples that the rules must pass.")
