"""Fragment and Ledger: exact counts by batch, before any is published.

A ledger maps batches to fragments. Merging is a union that refuses two different accounts of one
batch, so a resumed or parallel run has the same totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from scrubber.errors import ConservationError, InputError, Place
from scrubber.manifest.canonical import canonical_bytes, parse_canonical
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally

EVENTS: Final = ("in", "changed", "removed", "nulled")

FieldKey = tuple[str, str]
FindingKey = tuple[str, str, str, str]
ResidualKey = tuple[str, str, str]
InnerKey = tuple[str, str, str]
_FORMAT: Final = "scrubber/ledger/v3"


@dataclass(frozen=True, slots=True)
class Fragment:
    """The record of one batch. All counts are exact; none is published as it is.

    `rows_in` counts records, malformed ones included, so it may exceed ``ref.rows``. `dropped`
    counts records by rule id, `quarantined` by reason code. `fields` counts non-null values in
    output records by (field, event): ``in`` is their total, and each value is counted in at most
    one of ``changed``, ``removed`` (its field is dropped) and ``nulled`` (it failed and became
    null). `findings` are counted by (field, entity, recognizer, action). `rescanned` counts
    rescanned records, `residual` counts their residuals by (field, entity, recognizer). `inner`
    counts the containers of fields, mainly structs, as :func:`~scrubber.model.nested.inner_counts`
    does. `languages` counts the output records in each unmeasured language or script.

    Raises: ConservationError ``rows-lost`` unless rows_in = rows_out + dropped + quarantined,
    ``field-counts`` unless changed + removed + nulled <= in for each field, ``rescan-counts``
    unless rescanned <= rows_out.
    """

    ref: BatchRef
    output_digest: str
    rows_in: int
    rows_out: int
    dropped: Tally[str] = field(default_factory=Tally)
    quarantined: Tally[str] = field(default_factory=Tally)
    fields: Tally[FieldKey] = field(default_factory=Tally)
    findings: Tally[FindingKey] = field(default_factory=Tally)
    rescanned: int = 0
    residual: Tally[ResidualKey] = field(default_factory=Tally)
    inner: Tally[InnerKey] = field(default_factory=Tally)
    languages: Tally[str] = field(default_factory=Tally)

    def __post_init__(self) -> None:
        place = Place(file=self.ref.source)
        gone = self.dropped.total + self.quarantined.total
        if self.rows_out < 0 or self.rows_in != self.rows_out + gone:
            text = "records in are not records out plus dropped plus quarantined"
            raise ConservationError("rows-lost", text, place=place)
        if self.rows_in < self.ref.rows:
            text = "fewer records are counted than the batch holds"
            raise ConservationError("rows-lost", text, place=place)
        if not 0 <= self.rescanned <= self.rows_out or (self.residual and not self.rescanned):
            text = "what is left was counted in other records than come out"
            raise ConservationError("rescan-counts", text, place=place)
        if self.languages.total > self.rows_out:
            text = "more records have a language than come out"
            raise ConservationError("language-counts", text, place=place)
        for name, event in self.fields:
            spent = sum(self.fields[name, e] for e in EVENTS[1:])
            if event not in EVENTS or spent > self.fields[name, "in"]:
                text = "changed, removed and nulled values are more than came in"
                at = Place(file=self.ref.source, field=name)
                raise ConservationError("field-counts", text, place=at)

    def to_json(self) -> dict[str, Any]:
        """JSON with sorted counts, for the fragment's file (mode 0600, since the counts are
        exact)."""
        ref = self.ref
        return {
            "ref": [ref.source, ref.ordinal, ref.first_row, ref.rows, ref.digest],
            "output_digest": self.output_digest,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "dropped": sorted([key, count] for key, count in self.dropped.items()),
            "quarantined": sorted([key, count] for key, count in self.quarantined.items()),
            "fields": sorted([*key, count] for key, count in self.fields.items()),
            "findings": sorted([*key, count] for key, count in self.findings.items()),
            "rescanned": self.rescanned,
            "residual": sorted([*key, count] for key, count in self.residual.items()),
            "inner": sorted([*key, count] for key, count in self.inner.items()),
            "languages": sorted([key, count] for key, count in self.languages.items()),
        }

    @classmethod
    def from_json(cls, data: object) -> Fragment:
        """The fragment written by :meth:`to_json`.

        Raises: InputError ``fragment-form`` for anything else; ConservationError, as above.
        """
        if not isinstance(data, dict) or len(data) != 12:
            raise InputError("fragment-form", "this is not a fragment of a run")
        try:
            match data:
                case {
                    "ref": [str(source), int(ordinal), int(first), int(rows), str(digest)],
                    "output_digest": str(output),
                    "rows_in": int(rows_in),
                    "rows_out": int(rows_out),
                    "dropped": list(dropped),
                    "quarantined": list(quarantined),
                    "fields": list(fields),
                    "findings": list(findings),
                    "rescanned": int(rescanned),
                    "residual": list(residual),
                    "inner": list(inner),
                    "languages": list(languages),
                }:
                    return cls(
                        BatchRef(source, ordinal, first, rows, digest),
                        output,
                        rows_in,
                        rows_out,
                        Tally([(key, count) for (key,), count in _entries(dropped, 1)]),
                        Tally([(key, count) for (key,), count in _entries(quarantined, 1)]),
                        Tally([((a, b), count) for (a, b), count in _entries(fields, 2)]),
                        Tally([((a, b, c, d), n) for (a, b, c, d), n in _entries(findings, 4)]),
                        rescanned,
                        Tally([((a, b, c), n) for (a, b, c), n in _entries(residual, 3)]),
                        Tally([((a, b, c), n) for (a, b, c), n in _entries(inner, 3)]),
                        Tally([(key, count) for (key,), count in _entries(languages, 1)]),
                    )
        except ValueError:
            pass
        raise InputError("fragment-form", "this is not a fragment of a run") from None


def _entries(rows: list[Any], width: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """(key of `width` strings, count) of each row; ValueError for any other or repeated row."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        if not isinstance(row, list) or len(row) != width + 1:
            raise ValueError("a tally's row")
        *key, count = row
        names = tuple(key)
        if not all(isinstance(name, str) for name in names) or names in seen:
            raise ValueError("a tally's key")
        if type(count) is not int:
            raise ValueError("a tally's count")
        seen.add(names)
        yield names, count


class Ledger:
    """An immutable map from batches, addressed by (source, ordinal), to fragments.

    ``|`` is associative, commutative and idempotent; ``Ledger()`` is its identity. Iteration is by
    source and ordinal, regardless of the order of insertion.

    Raises: ConservationError ``batch-differs`` for two different fragments of one batch.
    """

    __slots__ = ("_fragments",)

    def __init__(self, fragments: Iterable[Fragment] = ()) -> None:
        held: dict[tuple[str, int], Fragment] = {}
        for fragment in fragments:
            ref = fragment.ref
            if held.setdefault((ref.source, ref.ordinal), fragment) != fragment:
                text = "two fragments of one batch differ"
                raise ConservationError("batch-differs", text, place=Place(file=ref.source))
        self._fragments = dict(sorted(held.items()))

    @classmethod
    def of(cls, fragments: Iterable[Fragment]) -> Ledger:
        return cls(fragments)

    def merge(self, other: Ledger) -> Ledger:
        """The union of both accounts; the class documents its laws."""
        return Ledger([*self, *other])

    __or__ = merge

    def __iter__(self) -> Iterator[Fragment]:
        return iter(self._fragments.values())

    def __len__(self) -> int:
        return len(self._fragments)

    def __contains__(self, ref: object) -> bool:
        if not isinstance(ref, BatchRef):
            return False
        held = self._fragments.get((ref.source, ref.ordinal))
        return held is not None and held.ref == ref

    def __getitem__(self, ref: BatchRef) -> Fragment:
        if ref not in self:
            raise KeyError("no fragment of this batch")
        return self._fragments[ref.source, ref.ordinal]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ledger) and self._fragments == other._fragments

    def __hash__(self) -> int:
        return hash(tuple(self._fragments.values()))

    def __repr__(self) -> str:
        return f"Ledger({len(self)} fragments)"

    def by_source(self) -> dict[str, Ledger]:
        """Split the ledger by source."""
        parts: dict[str, list[Fragment]] = {}
        for fragment in self:
            parts.setdefault(fragment.ref.source, []).append(fragment)
        return {source: Ledger(fragments) for source, fragments in parts.items()}

    def as_one(self, ref: BatchRef, output_digest: str) -> Fragment:
        """The combined account of all batches, as a fragment of the batch `ref`."""
        return Fragment(
            ref,
            output_digest,
            self.rows_in,
            self.rows_out,
            self.dropped,
            self.quarantined,
            self.fields,
            self.findings,
            self.rescanned,
            self.residual,
            self.inner,
            self.languages,
        )

    @property
    def rows_in(self) -> int:
        return sum(fragment.rows_in for fragment in self)

    @property
    def rows_out(self) -> int:
        return sum(fragment.rows_out for fragment in self)

    @property
    def dropped(self) -> Tally[str]:
        return Tally([item for fragment in self for item in fragment.dropped.items()])

    @property
    def quarantined(self) -> Tally[str]:
        return Tally([item for fragment in self for item in fragment.quarantined.items()])

    @property
    def fields(self) -> Tally[FieldKey]:
        return Tally([item for fragment in self for item in fragment.fields.items()])

    @property
    def findings(self) -> Tally[FindingKey]:
        return Tally([item for fragment in self for item in fragment.findings.items()])

    @property
    def rescanned(self) -> int:
        return sum(fragment.rescanned for fragment in self)

    @property
    def residual(self) -> Tally[ResidualKey]:
        return Tally([item for fragment in self for item in fragment.residual.items()])

    @property
    def inner(self) -> Tally[InnerKey]:
        return Tally([item for fragment in self for item in fragment.inner.items()])

    @property
    def languages(self) -> Tally[str]:
        return Tally([item for fragment in self for item in fragment.languages.items()])

    def to_bytes(self) -> bytes:
        """Canonical JSON with exact counts; the file must be readable by its owner only."""
        body = {"format": _FORMAT, "fragments": [fragment.to_json() for fragment in self]}
        return canonical_bytes(body)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Ledger:
        """The ledger written by :meth:`to_bytes`.

        Raises: InputError ``fragment-form``; ConservationError, as in :class:`Fragment`.
        """
        try:
            body = parse_canonical(raw)
        except ValueError:
            raise InputError("fragment-form", "this is not a ledger of a run") from None
        if not isinstance(body, Mapping) or set(body) != {"format", "fragments"}:
            raise InputError("fragment-form", "this is not a ledger of a run")
        fragments = body["fragments"]
        if body["format"] != _FORMAT or not isinstance(fragments, list):
            raise InputError("fragment-form", "this is not a ledger of a run")
        return cls(Fragment.from_json(fragment) for fragment in fragments)
