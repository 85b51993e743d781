"""Fragment and Ledger: exact counts of what was done, batch by batch, before any is published.

A ledger is a map from batches to fragments; merging two is a union that refuses to hold two
different accounts of one batch. So a resumed or parallel run adds up to the same totals.
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
_FORMAT: Final = "scrubber/ledger/v2"


@dataclass(frozen=True, slots=True)
class Fragment:
    """The record of one batch; all counts are exact and none is published as it stands.

    `rows_in` counts records, unreadable ones too, so it may exceed ``ref.rows``. `dropped` counts
    records by rule id, `quarantined` by reason code. `fields` counts non-null values of the records
    that come out, keyed (field, event): ``in`` is all of them, and each is counted in at most one
    of ``changed``, ``removed`` (its field is dropped) and ``nulled`` (it failed and became null).
    `findings` is keyed (field, entity, recognizer, action). `rescanned` counts the records that
    were looked at again, `residual` what was left in them, keyed (field, entity, recognizer).
    `inner` counts what fields lie in, structs above all, as
    :func:`~scrubber.model.nested.inner_counts` does.

    Raises: ConservationError ``rows-lost`` unless rows_in = rows_out + dropped + quarantined,
    ``field-counts`` unless changed + removed + nulled <= in for every field, ``rescan-counts``
    unless no more records were looked at again than come out.
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
        for name, event in self.fields:
            spent = sum(self.fields[name, e] for e in EVENTS[1:])
            if event not in EVENTS or spent > self.fields[name, "in"]:
                text = "changed, removed and nulled values are more than came in"
                at = Place(file=self.ref.source, field=name)
                raise ConservationError("field-counts", text, place=at)

    def to_json(self) -> dict[str, Any]:
        """JSON with sorted tallies, for the fragment's file (mode 0600: the counts are exact)."""
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
        }

    @classmethod
    def from_json(cls, data: object) -> Fragment:
        """The fragment that :meth:`to_json` wrote.

        Raises: InputError ``fragment-form`` if it is anything else, ConservationError as above.
        """
        if not isinstance(data, dict) or len(data) != 11:
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
                    )
        except ValueError:
            pass
        raise InputError("fragment-form", "this is not a fragment of a run") from None


def _entries(rows: list[Any], width: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """(key of `width` strings, count) of each row; ValueError for any other row or a repeat."""
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
    """Immutable map from batches, addressed by (source, ordinal), to fragments.

    ``|`` is associative, commutative and idempotent, ``Ledger()`` is its zero, and iteration is in
    the order of source and ordinal, whatever order the fragments arrived in.

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
        """The union of both accounts; see the class for its laws."""
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
        """The parts of the ledger that are about one source each."""
        parts: dict[str, list[Fragment]] = {}
        for fragment in self:
            parts.setdefault(fragment.ref.source, []).append(fragment)
        return {source: Ledger(fragments) for source, fragments in parts.items()}

    def as_one(self, ref: BatchRef, output_digest: str) -> Fragment:
        """The account of all batches together, as that of the batch `ref`."""
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

    def to_bytes(self) -> bytes:
        """Canonical JSON; exact counts, so the file must be readable by its owner alone."""
        body = {"format": _FORMAT, "fragments": [fragment.to_json() for fragment in self]}
        return canonical_bytes(body)

    @classmethod
    def from_bytes(cls, raw: bytes) -> Ledger:
        """The ledger that :meth:`to_bytes` wrote.

        Raises: InputError ``fragment-form``, ConservationError as in :class:`Fragment`.
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
