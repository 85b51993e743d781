"""The schema of rule files, as strict pydantic models: rules are parsed here, and here alone.

The models check keys, types and fixed words. :mod:`~scrubber.policy.rules` reads the models and
resolves names, and :mod:`~scrubber.policy.compile` applies them to given data. The description of a
field appears in the reference and in the schema for editors.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_type_hints

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    create_model,
)
from pydantic_core import PydanticCustomError

from scrubber.model.counts import SMALLEST
from scrubber.policy.syntax.settings import (
    AS_WRITTEN,
    BY_FIELD,
    LISTED,
    MAPPED,
    ONE,
    AnyMapping,
    Between,
    DroppedOrMapping,
    HierarchySetting,
    Items,
    KindNames,
    Lines,
    Names,
    Ner,
    OneOrMore,
    OperatorSetting,
    Part,
    Share,
    Text,
    Texts,
    TransformSetting,
    Window,
    listed_or_mapped,
    one_or_by_field,
)
from scrubber.privacy.models import MODELS, PrivacyModel

RUN = "run"
"""The word of ``as_of`` for the day of the run."""

FieldClassName = Literal[
    "direct_identifier", "quasi_identifier", "sensitive", "text", "insensitive"
]


class DataSource(Part):
    """An origin of the data."""

    name: Text = Field(description="Name of the source.")
    method: str | None = Field(None, description="Method of collection, such as exported.")
    period: str | None = Field(
        None, description="Period that the data covers, such as 2026-01/2026-06."
    )
    geography: Lines | None = Field(None, description="Countries or regions of the subjects.")
    licence: str | None = Field(None, description="License of the source.")
    kind: (
        Literal["public", "licensed", "third_party", "crawled", "user", "synthetic", "own"] | None
    ) = Field(None, description="Kind of source, for the EU's summary of training content.")
    upstream: str | None = Field(
        None, description="Manifest id of the dataset that it derives from."
    )


class Consent(Part):
    """The consent of the subjects."""

    reference: str | None = Field(None, description="Reference to the record of consent.")
    status: str | None = Field(None, description="Status, such as granted, pending or withdrawn.")


class Commitment(Part):
    """A promise about the data."""

    id: Text = Field(description="Short name, for checks to refer to.")
    text: Text = Field(description="Text of the promise.")


def _day(text: str) -> str:
    """A day of the calendar, as ISO 8601 writes it."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        wanted = "expected a day of the calendar, such as 2027-06-30"
        raise PydanticCustomError("bad-value", wanted) from None


def _as_of(text: str) -> str:
    """The word run, or a day of the calendar."""
    if text == RUN:
        return text
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        wanted = "as_of takes run, or a day of the calendar such as 2026-01-31"
        raise PydanticCustomError("bad-value", wanted) from None


def _delimiter(mark: str) -> str:
    if len(mark) != 1 or not mark.isascii() or mark in '"\r\n':
        raise PydanticCustomError("bad-value", "delimiter is one ASCII character, and no quote")
    return mark


def _day_to_come(text: str) -> str:
    """A day of the calendar that is not past."""
    day = _day(text)
    if day < datetime.now(UTC).date().isoformat():
        raise PydanticCustomError("past-date", "this day is past, so the output must not exist")
    return day


class Retention(Part):
    """The retention period of the data."""

    delete_by: Annotated[Text, AfterValidator(_day_to_come)] = Field(
        description="Last day of retention, such as 2027-06-30."
    )


class Dataset(Part):
    """Declared facts. The manifest keeps them apart from measurements."""

    name: str | None = Field(None, description="Name of the dataset.")
    description: str | None = Field(None, description="Content of the dataset.")
    licence: str | None = Field(None, description="License of the scrubbed dataset.")
    sources: Items[DataSource] | None = Field(None, description="Origins of the data.")
    controller: str | None = Field(None, description="Data controller.")
    purpose: OneOrMore | None = Field(None, description="Purposes of use.")
    legal_basis: str | None = Field(None, description="Legal basis of the processing.")
    consent: Consent | None = Field(None, description="Consent of the subjects.")
    commitments: Items[Commitment] | None = Field(None, description="Promises about the data.")
    retention: Retention | None = Field(None, description="Retention period.")
    prohibited_uses: Lines | None = Field(None, description="Prohibited uses.")
    modality: OneOrMore | None = Field(None, description="Modalities, such as text or tabular.")
    languages: OneOrMore | None = Field(None, description="Languages of the records.")
    size: str | None = Field(None, description="Size band, such as 100,000 to 1 million records.")
    collection: str | None = Field(
        None, description="Collection frame: whose records, chosen how, and when."
    )
    special_categories: OneOrMore | None = Field(
        None, description="Special categories of personal data (Article 9 GDPR), or none."
    )
    recipients: OneOrMore | None = Field(None, description="Recipients of the scrubbed data.")
    opt_outs: str | None = Field(
        None, description="Respect of objections and of reservations of rights."
    )
    contact: str | None = Field(None, description="Contact for questions and requests.")
    dpia: str | None = Field(
        None, description="Reference to the data protection impact assessment."
    )
    biases: OneOrMore | None = Field(None, description="Known biases.")
    social_impact: str | None = Field(None, description="Expected impact on people.")
    synthetic: bool | None = Field(None, description="True if any record is synthetic.")


class Key(Part):
    """The location of the secret key: one of these, never the key itself."""

    env: Text | None = Field(None, description="Environment variable that holds the key.")
    file: Text | None = Field(None, description="Key file, readable by its owner only.")
    keyring: Text | None = Field(None, description="Keyring entry: service/name.")
    exec: Text | None = Field(
        None, description="Command that prints the key; executed by run, never by check or plan."
    )
    id: Text | None = Field(
        None,
        description="Id of the key, as printed by keygen: plans name it, and a run refuses another "
        "key.",
    )
    include: Text | None = Field(
        None,
        description="Included file whose key is used; keys of included files are ignored "
        "otherwise.",
    )


class DetectRule(Part):
    """A hotword that sets the score of findings near it, or an exclusion."""

    hotword: Text | None = Field(None, description="Regex that must match near a finding.")
    entity: Text | None = Field(
        None, description="Entity of the findings that the hotword affects."
    )
    score: Share | None = Field(None, description="Score of a finding near the hotword.")
    window_before: Window = Field(
        50, description="Context before the finding, in code points (default 50)."
    )
    window_after: Window = Field(
        0, description="Context after the finding, in code points (default 0)."
    )
    exclude: Exclusion | None = Field(None, description="Findings to discard.")


class Exclusion(Part):
    """Discard findings whose text matches `regex`."""

    regex: Text = Field(description="Regex, searched in the text of the finding.")
    entity: Text | None = Field(None, description="Discard findings of this entity only.")


class Languages(Part):
    """The languages of texts, and the records in a language or script that was not measured."""

    expected: Texts = Field(("en",), description="Languages, as ISO 639-1 codes (default [en]).")
    unmeasured: Literal["stop", "drop", "quarantine", "patterns_only"] = Field(
        "stop",
        description="Treatment of records with a text in an unmeasured language or script: stop "
        "the run (default), drop or quarantine them, or search such texts by patterns only, which "
        "leaves names.",
    )


class Detect(Part):
    """The detection of personal data in text."""

    languages: Annotated[
        Annotated[Texts, Tag(LISTED)] | Annotated[Languages, Tag(MAPPED)],
        Discriminator(listed_or_mapped),
    ] = Field(
        ("en",),
        description="Languages, as ISO 639-1 codes (default [en]): their recognizers and context "
        "words of Presidio are used beside scrubber's own, which know all languages. Or a mapping "
        "of expected and unmeasured.",
    )
    countries: Texts | None = Field(
        None,
        description="Countries whose national numbers are searched for, as ISO 3166 codes such as "
        "GB (default all).",
    )
    ner: Ner | None = Field(
        None,
        description="Model for named entities: none, builtin (default), spacy:<package or path>, "
        "onnx:<folder>, {onnx: folder, labels: {LABEL: ENTITY or none}}, or the configuration of "
        "a Presidio NLP engine.",
    )
    entities: Texts | None = Field(
        None,
        description="Entities to detect (default: all of the recognizers). Entities of your own "
        "recognizers and deny lists are always detected.",
    )
    score_thresholds: dict[str, Share] = Field(
        default_factory=dict,
        description="Minimum score of a finding, by entity or default (0.35 if not set; 0 accepts "
        "all that Presidio reports). Without a threshold of their own, findings of your own "
        "recognizers and deny lists count at any score.",
    )
    allow_list: Names = Field((), description="Exact texts that are never findings.")
    deny_list: dict[str, Texts] = Field(
        default_factory=dict, description="Words that are always findings, by entity."
    )
    recognizers: Items[AnyMapping] = Field(
        (),
        description="Your own recognizers, in Presidio's YAML. As in Presidio, their regexes "
        "ignore case; (?-i:...) makes a part case-sensitive.",
    )
    rules: Items[DetectRule] = Field((), description="Hotwords and exclusions.")
    consistency: Names | None = Field(
        None,
        description="Entities whose values are searched for in the whole document after one "
        "finding: each part of a PERSON's name, other entities as a whole (default PERSON; [] for "
        "none).",
    )
    house: bool = Field(
        True,
        description="Use scrubber's own recognizers and search decoded and folded views of a text "
        "(default true). False leaves patterns to Presidio alone.",
    )


class Derive(Part):
    """A new field, computed from the record's own fields and decided by a rule like any other."""

    name: Text = Field(description="Name of the new field.")
    years_between: Between | None = Field(
        None,
        description="Completed years from one date to another: fields, dates such as 2026-01-31, "
        "or run_day.",
    )
    months_between: Between | None = Field(
        None, description="Completed months from one date to another."
    )
    days_between: Between | None = Field(None, description="Days from one date to another.")
    user_agent: Text | None = Field(
        None, description="Field with a user agent, for the family of its browser."
    )
    sql: Text | None = Field(None, description="Polars SQL expression on the record.")
    format: Text | None = Field(
        None, description="Strptime format of dates in text (default: ISO 8601)."
    )
    in_: OneOrMore | None = Field(
        None,
        alias="in",
        description="Tables that get the field (default: all that have the fields it needs).",
    )

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.in_,) if isinstance(self.in_, str) else self.in_ or ()


class Realign(Part):
    """Fields that point into a text, and move along when it is rewritten: a start and an end, or a
    pair, or a copy of words of the text."""

    start: Text | None = Field(
        None, description="Field of the first position, such as spans[].start."
    )
    end: Text | None = Field(None, description="Field of the end, such as spans[].end.")
    pair: Text | None = Field(
        None, description="List that begins with start and end, such as label[][]."
    )
    copy_: Text | None = Field(
        None,
        alias="copy",
        description="Field with the words there, such as spans[].text. Without positions, the "
        "words are searched for in the text.",
    )
    ends: Literal["exclusive", "inclusive"] = Field(
        "exclusive",
        description="exclusive: the end is the position behind the last one (default); inclusive: "
        "it is the last one.",
    )
    unit: Literal["code_points", "bytes", "utf16"] = Field(
        "code_points",
        description="Unit of positions: code points as in Python (default), bytes of UTF-8, or "
        "UTF-16 units as in JavaScript.",
    )


class FieldRule(Part):
    """The treatment of fields by name. The first matching rule applies."""

    name: OneOrMore = Field(
        description="Field names, paths (messages[].content) or globs (* within a step, ** across)."
    )
    in_: OneOrMore | None = Field(
        None,
        alias="in",
        description="Tables that the rule is for: file names, with or without extension, or "
        "folders; globs (default: all).",
    )
    type_: KindNames | None = Field(
        None, alias="type", description="Types of the fields that the rule is for (default: all)."
    )
    when: Text | None = Field(
        None,
        description="Polars SQL condition on the record. The first rule whose condition holds "
        "decides a value; the last rule of a field has none. Where a condition is unknown, the "
        "strictest rule decides.",
    )
    public: bool = Field(
        False, description="Publish the words of `when` in the manifest (default false: masked)."
    )
    class_: FieldClassName | None = Field(None, alias="class", description="Class of the field.")
    transform: TransformSetting | None = Field(
        None, description="Transform of the values, or a list of transforms in order."
    )
    keep: Text | None = Field(None, description="Keep the field unchanged, for this reason.")
    entities: dict[str, OperatorSetting] | None = Field(
        None, description="For text: operators for findings, by entity or default."
    )
    linked: Texts = Field(
        (),
        description="Fields whose values are searched for in this text of the same record, in any "
        "spelling. A glob (** for all fields) links only fields with a known kind of value.",
    )
    format: Literal["json", "code", "log", "auto", "tokens"] | None = Field(
        None,
        description="Reading of the text: json (its values are searched, and it stays valid), "
        "code, log (line by line) or auto (json or log where a text is one). tokens reads the "
        "elements of a list as one text. Default: prose, in which code is recognized.",
    )
    realign: Items[Realign] = Field(
        (), description="Fields that point into this text, and move along with it."
    )
    linked_as: Text | None = Field(
        None,
        description="Kind of this field's values, for text fields that link to it: PERSON, "
        "FIRST_NAME, EMAIL_ADDRESS, ID and others (default: as its transform implies).",
    )
    reason: Text | None = Field(None, description="Reason for the rule, for readers.")
    on_error: Literal["fail", "null", "drop_row"] | None = Field(
        None,
        description="Treatment of this field's values that cannot be transformed or scanned "
        "(default: that of the file).",
    )
    optional: bool = Field(False, description="The field may be absent (default false).")
    ignore_case: bool = Field(False, description="Ignore case in `name` (default false).")

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name,) if isinstance(self.name, str) else self.name

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.in_,) if isinstance(self.in_, str) else self.in_ or ()


class Expect(Part):
    """The share of all records that a rule is expected to drop; a run with another share fails."""

    min_share: Share | None = Field(None, description="Minimum share (default 0).")
    max_share: Share | None = Field(None, description="Maximum share (default 1).")


class SampleRule(Part):
    """A keyed draw of records. The same key draws the same values of `by` in each run."""

    share: Annotated[float, Field(gt=0, le=1)] = Field(
        description="Probability that a value of `by`, with all its records, stays."
    )
    by: Text | None = Field(
        None,
        description="Field whose values are drawn (default: the subject, else whole records). "
        "Records in which it is null are dropped.",
    )


class LimitRule(Part):
    """A maximum number of records per value of a field, over all tables that have it."""

    per: Text = Field(description="The field, or subject. Records in which it is null are a group.")
    n: Annotated[int, Field(ge=1)] = Field(description="Maximum number of records, a keyed draw.")


class RepeatsRule(Part):
    """Duplicates, of which only some stay. Records in which all fields of `of` are null stay."""

    of: Texts = Field(description="Fields to compare; a path includes everything below it.")
    near: Annotated[float, Field(ge=0.5, lt=1)] | None = Field(
        None,
        description="Minimum Jaccard similarity of the texts' three-word sequences, as estimated "
        "by MinHash (default: equal values only).",
    )
    keep: Annotated[int, Field(ge=1)] = Field(
        1, description="Number of records that stay of each set of duplicates (default 1)."
    )


class RowRule(Part):
    """A rule about records: one of drop, sample, limit, repeats and shuffle."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["drop", "reason"]},
                {"required": ["sample"]},
                {"required": ["limit"]},
                {"required": ["repeats"]},
                {"required": ["shuffle"]},
            ]
        }
    )

    drop: Text | None = Field(
        None,
        description="Polars SQL expression; records for which it is true or unknown are dropped.",
    )
    sample: SampleRule | None = Field(None, description="Keep a keyed draw of the records.")
    limit: LimitRule | None = Field(None, description="Keep some records of each subject.")
    repeats: RepeatsRule | None = Field(None, description="Keep some of the duplicates.")
    shuffle: Literal[True] | None = Field(
        None, description="Write the records of each file in a keyed random order."
    )
    reason: Text | None = Field(
        None, description="Reason for dropping the records; required with drop."
    )
    follow: Literal["subject", "record"] | None = Field(
        None,
        description="subject: drop all records of the same subjects, in every table that has the "
        "subject. record: other records of the subject stay. Required if only some of these "
        "tables have the columns of the rule.",
    )
    missing: Literal["drop", "keep"] = Field(
        "drop",
        description="With follow: treatment of subjects without a record in a table that has the "
        "columns (default drop).",
    )
    in_: OneOrMore | None = Field(
        None, alias="in", description="Tables that the rule is for, as for fields (default: all)."
    )
    expect: Expect | None = Field(None, description="Share of records expected to be dropped.")
    public: bool = Field(
        False, description="Publish the words of `drop` in the manifest (default false: masked)."
    )

    @property
    def tables(self) -> tuple[str, ...]:
        return (self.in_,) if isinstance(self.in_, str) else self.in_ or ()


class Figure(Part):
    """A sum or a mean of a field, in each group."""

    sum: Text | None = Field(None, description="Field to sum.")
    mean: Text | None = Field(None, description="Field to take the mean of.")
    lower: Annotated[float, AS_WRITTEN] | None = Field(
        None, description="Smaller values count as this."
    )
    upper: Annotated[float, AS_WRITTEN] | None = Field(
        None, description="Larger values count as this."
    )


class DpNoise(Part):
    """Noise on an aggregate: differential privacy of its subjects (extra scrubber[dp])."""

    epsilon: Annotated[float, Field(gt=0, le=20), AS_WRITTEN] = Field(
        description="The privacy loss of the whole aggregate, up to 20."
    )
    delta: Annotated[float, Field(ge=0, lt=0.01), AS_WRITTEN] = Field(
        0.0, description="The probability that epsilon does not hold; 0 needs groups."
    )
    max_groups_per_subject: Annotated[int, Field(ge=1)] = Field(
        description="A subject counts in at most so many groups."
    )
    groups: dict[Text, Names] | None = Field(
        None, description="All public values of each field of by. Others do not count."
    )


def _figure_kind(given: Any) -> str:
    return MAPPED if isinstance(given, dict | Figure) else ONE


def _figure_word(word: str) -> str:
    if word not in ("count", "subjects"):
        wanted = "a metric is count, subjects, {sum: FIELD} or {mean: FIELD}"
        raise PydanticCustomError("unknown-value", wanted)
    return word


def _file_name(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        wanted = "the name is that of a file: up to 64 letters, digits, - and _"
        raise PydanticCustomError("bad-value", wanted)
    return name


class AggregateRule(Part):
    """A table of groups of the scrubbed records."""

    name: Annotated[Text, AfterValidator(_file_name)] = Field(
        description="Name of the table and of its file, of letters, digits, - and _."
    )
    from_: Text | None = Field(
        None, alias="from", description="Table whose records count (default: all)."
    )
    by: Names = Field(description="Fields of the output; their values make the groups.")
    metrics: dict[
        Text,
        Annotated[
            Annotated[Text, AfterValidator(_figure_word), Tag(ONE)]
            | Annotated[Figure, Tag(MAPPED)],
            Discriminator(_figure_kind),
        ],
    ] = Field(description="Columns of the table: count, subjects, or the sum or mean of a field.")
    subject: Text | None = Field(
        None, description="Field of the subject (default: that of the rule file, if it has one)."
    )
    max_rows_per_subject: Annotated[int, Field(ge=1)] | None = Field(
        None, description="At most so many records of a subject count, chosen by the key."
    )
    min_group: Annotated[int, Field(ge=3)] = Field(
        SMALLEST, description=f"Fewest subjects of a published group (default {SMALLEST})."
    )
    dp: DpNoise | None = Field(None, description="Noise for differential privacy.")


class Budget(Part):
    """The privacy budget of all noisy releases from this data."""

    file: Text = Field(description="Ledger, relative to the rule file. It is made if absent.")
    epsilon: Annotated[float, Field(gt=0), AS_WRITTEN] = Field(
        description="Most epsilon that all releases together may spend."
    )
    delta: Annotated[float, Field(ge=0, lt=1), AS_WRITTEN] = Field(
        0.0, description="Most delta that all releases together may spend."
    )


class LeakIndex(Part):
    """A secret file of keyed fingerprints of all removed identifiers, for `scrubber probe`."""

    file: Text = Field(
        description="The file, relative to the rule file and outside of the output. It is written "
        "with mode 0600."
    )
    delete_by: Annotated[Text, AfterValidator(_day_to_come)] = Field(
        description="Last day on which the file may exist, such as 2027-06-30."
    )
    verbatim: bool = Field(
        True,
        description="Fingerprints of runs of words in scrubbed texts, too (default true).",
    )


def model_setting(kind: type[PrivacyModel]) -> type[Part]:
    """The settings of a privacy model for one sensitive field, from its own fields."""
    hints = get_type_hints(kind)
    definitions: dict[str, Any] = {
        one.name: (
            Annotated[float, AS_WRITTEN] if hints[one.name] is float else hints[one.name],
            Field(... if one.default is MISSING else one.default, **one.metadata),
        )
        for one in fields(kind)  # type: ignore[arg-type]  # a dataclass
    }
    doc = f"{kind.title} of a sensitive field."
    return create_model(f"{kind.__name__}Setting", __base__=Part, __doc__=doc, **definitions)


def _model_key(kind: type[PrivacyModel]) -> Any:
    """The key of a privacy model: its first number alone, or a setting by field."""
    first = fields(kind)[0]  # type: ignore[arg-type]
    limits = {name: value for name, value in first.metadata.items() if name != "description"}
    one = Annotated[float, Field(**limits), AS_WRITTEN]
    settings = dict[Text, model_setting(kind)]  # type: ignore[misc, valid-type]
    either = Annotated[
        Annotated[one, Tag(ONE)] | Annotated[settings, Tag(BY_FIELD)],  # type: ignore[valid-type]
        Discriminator(one_or_by_field),
    ]
    said = f"{kind.title}, for every sensitive field or by field."
    return either | None, Field(None, description=said)


class _Privacy(Part):
    """Privacy models for equivalence classes, and the generalization of quasi-identifiers."""

    k: Annotated[int, Field(ge=2)] = Field(description="Minimum number of records in a class.")
    suppression_limit: Share = Field(
        0.0, description="Maximum share of suppressed records (default 0)."
    )
    hierarchies: dict[Text, HierarchySetting] = Field(
        default_factory=dict,
        description="Hierarchy of each quasi-identifier: a CSV file, or a transform for each "
        "level. The highest level is always `*`.",
    )
    weights: dict[Text, Annotated[float, Field(gt=0), AS_WRITTEN]] = Field(
        default_factory=dict, description="Weight of a field in the loss (default 1)."
    )
    max_levels: dict[Text, Annotated[int, Field(ge=0)]] = Field(
        default_factory=dict,
        description="Maximum level of a field; 0 is the value itself (default: no limit).",
    )
    metric: Literal["loss"] = Field(
        "loss", description="Information loss to minimize: ARX's metric Loss."
    )
    method: Literal["lattice", "mondrian"] = Field(
        "lattice",
        description="Levels for whole fields (lattice, the default) or local recoding (mondrian).",
    )
    time_limit: Annotated[float, Field(gt=0)] = Field(
        60.0,
        description="Seconds of search; after them, the best levels so far are used (default 60).",
    )


_BY_MODEL: dict[str, Any] = {kind.key: _model_key(kind) for kind in MODELS.values()}
if TYPE_CHECKING:

    class Privacy(_Privacy):
        """With a key for each privacy model."""

else:
    Privacy = create_model("Privacy", __base__=_Privacy, __doc__=_Privacy.__doc__, **_BY_MODEL)


class Read(Part):
    """The form of files whose bytes do not show it."""

    files: Text = Field(description="File names or folders, as a glob.")
    format: Text | None = Field(
        None, description="Format of the files, such as apache_combined (default: by extension)."
    )
    header: Texts | None = Field(
        None, description="Names of the columns of a CSV file without a header."
    )
    delimiter: Annotated[Text, AfterValidator(_delimiter)] | None = Field(
        None, description="Delimiter of a CSV file (default: by its first line)."
    )
    records: Literal["file", "line", "paragraph"] = Field(
        "file", description="Records of a text: the whole file (default), lines or paragraphs."
    )


class Gates(Part):
    """Limits for the result. A run beyond a limit exits with 1 and publishes nothing."""

    max_residual_rate: Share | None = Field(
        None,
        description="Maximum number of residuals per record, with all entities in the rescan.",
    )
    min_k: Annotated[int, Field(ge=2)] | None = Field(
        None,
        description="Minimum number of records with equal quasi-identifiers in the output, with or "
        "without privacy.",
    )
    rescan: Literal["sample", "all"] = Field(
        "sample", description="Records to scan again: a sample (default) or all."
    )
    languages: Literal["measured"] | None = Field(
        None,
        description="measured: no record in an unmeasured language or script comes out, not even "
        "by detect: {languages: {unmeasured: patterns_only}}.",
    )
    unicity: Share | None = Field(
        None,
        description="Maximum share of persons that any fields of the output single out, up to four "
        "of them, counted exactly. Texts and values made with the key are left out.",
    )


class Disclosure(Part):
    """The protection of counts in the manifest."""

    base: Annotated[int, Field(ge=1)] = Field(
        1,
        description="Round counts to a multiple of this (default 1: exact). Two manifests of "
        "almost the same records then do not reveal the difference.",
    )
    min_cell: Annotated[int, Field(ge=SMALLEST)] = Field(
        SMALLEST,
        description=f"Smallest count above zero that is published (default {SMALLEST}).",
    )


class Example(Part):
    """A test of the rule file: a record and the expected result."""

    in_: Text | None = Field(
        None, alias="in", description="Table of the record, for rules that name tables."
    )
    given: AnyMapping = Field(description="Input values, by path.")
    expect: DroppedOrMapping = Field(
        description="Expected values, by path, or dropped for a record that does not come out."
    )


class RuleFile(Part):
    """A rule file of scrubber."""

    version: Literal[1] = Field(description="Version of the rule language: 1.")
    include: Names | None = Field(
        None,
        description="Rule files to build on, relative to this one, or rule packs such as "
        "pack:hipaa-safe-harbor. This file overrides them.",
    )
    dataset: Dataset | None = Field(None, description="Declared facts about the dataset.")
    key: Key | None = Field(None, description="Location of the secret key.")
    on_unlisted: Literal["error", "drop", "keep"] = Field(
        "error", description="Treatment of fields without a rule (default error)."
    )
    on_error: Literal["fail", "null", "drop_row"] = Field(
        "fail",
        description="Treatment of values that cannot be transformed or scanned (default fail).",
    )
    read: Items[Read] = Field(
        (), description="The form of files whose bytes do not show it; the first match applies."
    )
    subject: Text | None = Field(None, description="Field that identifies the subject of a record.")
    detect: Detect = Field(
        default_factory=Detect, description="Detection of personal data in text."
    )
    as_of: Annotated[Text, AfterValidator(_as_of)] | None = Field(
        None,
        description="The day that run_day is in conditions and derived fields: a date, or run for "
        "the day (UTC) on which a run begins. A resumed run keeps its day.",
    )
    derive: Items[Derive] = Field((), description="New fields, computed from the record's own.")
    fields: Items[FieldRule] = Field((), description="Field rules; the first match applies.")
    rows: Items[RowRule] = Field((), description="Rules about records.")
    privacy: Privacy | None = Field(None, description="Privacy models for equivalence classes.")
    aggregate: Items[AggregateRule] = Field((), description="Tables of groups to publish.")
    budget: Budget | None = Field(None, description="Privacy budget of noisy aggregates.")
    leak_index: LeakIndex | None = Field(
        None, description="File by which to find removed identifiers in a model's outputs."
    )
    gates: Gates = Field(default_factory=Gates, description="Limits for the result.")
    disclosure: Disclosure = Field(
        default_factory=Disclosure, description="Protection of counts in the manifest."
    )
    tests: Items[Example] = Field((), description="Examples that the rules must pass.")
