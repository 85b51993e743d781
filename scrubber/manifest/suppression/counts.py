"""The counts that a manifest publishes, and the sums between them that an attacker knows.

Published: records in and out, dropped by rule, quarantined by reason, records per source, rows per
output file, values per field (in, changed, removed, nulled), findings per field, entity, recognizer
and action, rescanned records and their residuals, records in each unmeasured language. The sums:

    records in            = records out + lost;   lost = all dropped + all quarantined
    records in            = sum of the sources' records
    records out           = sum of the sources' rows out
    a source's records    = its rows out + its lost records
    a source's rows out   = sum of its output files' rows
    a field's in          = changed + removed + nulled + (unchanged)
    its sources' rows out = in + (records without a value)              for a field above no list
    its sources' records  = in + (records without a value, or lost)     for a field above no list
    a struct              = (present) + (null)       in the records, or in its own struct
    a field's in          = (its struct, present) - (structs without a value)
    elements of a fixed-size list = its size * (lists)
    records out           = rescanned + (not rescanned)
    records out           = all in unmeasured languages + (others)
    findings of a field   = changed + (further findings)                where operators change text
    all classes           = the smallest + (larger ones)
    records by class size = (counted records) before, rows out of their sources after
    (counted)             = rows out of their sources + dropped for privacy + (quarantined later)
    their sources' records = (counted) + (not counted)

Terms in brackets and lost records are not printed. But they count people too, so a remainder of 1
to 10 must not follow by subtraction.

Counts that only the manifest reveals (records of sources) are withheld first, and counts that the
recipient of the data can make (rows of files) last: the prices below say so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from scrubber.errors import ConservationError, Place
from scrubber.manifest.ledger import EVENTS, Ledger
from scrubber.manifest.risk import ClassFacts
from scrubber.manifest.statement import Facts, OutputFacts
from scrubber.manifest.suppression.disclosure import Cell, Key, Shown, Sum, protect
from scrubber.model.counts import rounded
from scrubber.model.fieldpath import ANY_KIND

PRICES: Final = {
    "source": 1,
    "records-in": 2,
    "dropped": 3,
    "quarantined": 3,
    "finding": 3,
    "class-size": 3,
    "rescanned": 3,
    "residual": 3,
    "language": 3,
    "changed": 4,
    "removed": 4,
    "nulled": 4,
    "in": 5,
    "output": 6,
    "records-out": 8,
}


@dataclass(frozen=True)
class Counts:
    """All published counts by key, exact, with the remainders and sums that connect them."""

    cells: dict[Key, Cell]
    sums: tuple[Sum, ...]

    def publish(self, min_cell: int, base: int) -> dict[Key, dict[str, Any]]:
        """``{n}``, ``{lt}`` or ``{suppressed}`` for each published count. `n` is rounded to a
        multiple of `base`, but never below `min_cell` unless it is zero."""
        shown = protect(self.cells, self.sums, min_cell, self._forced(min_cell))
        return {
            key: _published(self.cells[key].value, how, min_cell, base)
            for key, how in shown.items()
        }

    def _forced(self, min_cell: int) -> list[Key]:
        """Counts to withhold in any case: the records of a source that lost a few, since its output
        rows can be counted in its files. Searching for each of very many would take too long."""
        found: list[Key] = []
        for key, cell in self.cells.items():
            match key:
                case ("lost", source) if 0 < cell.value < min_cell:
                    found.append(("source", source))
        return found


def _published(value: int, how: Shown, min_cell: int, base: int) -> dict[str, Any]:
    match how:
        case Shown.SMALL:
            return {"lt": min_cell}
        case Shown.WITHHELD:
            return {"suppressed": True}
        case Shown.OPEN:
            return {"n": rounded(value, min_cell, base)}


def count(facts: Facts, ledger: Ledger) -> Counts:
    """The counts of a run.

    Raises: ConservationError ``not-stated`` if the ledger counts a source or field that `facts` do
    not state exactly once, ``output-rows`` if the rows of a source's files differ from those of its
    fragments, ``class-records`` if those of its classes do.
    """
    return _Builder(facts, ledger).build()


class _Builder:
    def __init__(self, facts: Facts, ledger: Ledger) -> None:
        self._facts, self._ledger = facts, ledger
        self._aliases = tuple(source.alias for source in facts.sources)
        self._parts = ledger.by_source()
        self._values = {alias: part.fields for alias, part in self._parts.items()}
        self._outputs: defaultdict[str, list[OutputFacts]] = defaultdict(list)
        for output in facts.outputs:
            self._outputs[output.source].append(output)
        self._inside: defaultdict[str, dict[str, Key]] = defaultdict(dict)
        self._cells: dict[Key, Cell] = {}
        self._sums: list[Sum] = []

    def build(self) -> Counts:
        self._check_stated()
        self._records()
        for alias in self._aliases:
            self._source(alias)
        self._inner()
        changed = [self._field(i) for i in range(len(self._facts.fields))]
        self._kinds()
        self._findings(changed)
        self._risk()
        self._rescan()
        self._languages()
        return Counts(self._cells, tuple(self._sums))

    def _check_stated(self) -> None:
        stated: defaultdict[tuple[str, str], int] = defaultdict(int)
        for source in self._facts.sources:
            stated[source.alias, ""] += 1
        for field in self._facts.fields:
            for alias in field.sources:
                stated[alias, field.name] += 1
        counted = {(f.ref.source, "") for f in self._ledger} | {
            (f.ref.source, name) for f in self._ledger for name, _ in f.fields
        }
        counted |= {(f.ref.source, key[0]) for f in self._ledger for key in f.findings}
        counted |= {(f.ref.source, key[0]) for f in self._ledger for key in f.residual}
        for alias, name in sorted(counted | stated.keys()):
            if stated[alias, name] != 1 or (alias, "") not in stated:
                text = "the ledger and the statement differ about what there is"
                raise ConservationError("not-stated", text, place=Place(alias, field=name or None))

    def _printed(self, key: tuple[Any, ...], value: int, price: str) -> Key:
        self._cells[key] = Cell(value, PRICES[price])
        return key

    def _remainder(self, key: tuple[Any, ...], value: int) -> Key:
        self._cells[key] = Cell(value, None)
        return key

    def _sum(self, total: Key, *parts: Key) -> None:
        self._sums.append(Sum(total, parts))

    def _records(self) -> None:
        ledger = self._ledger
        rows_in = self._printed(("records", "in"), ledger.rows_in, "records-in")
        rows_out = self._printed(("records", "out"), ledger.rows_out, "records-out")
        lost = self._remainder(("lost",), ledger.rows_in - ledger.rows_out)
        gone = [
            self._printed((kind, name), number, kind)
            for kind, tally in (("dropped", ledger.dropped), ("quarantined", ledger.quarantined))
            for name, number in sorted(tally.items())
        ]
        self._sum(rows_in, rows_out, lost)
        self._sum(lost, *gone)
        self._sum(rows_in, *(("source", alias) for alias in self._aliases))
        self._sum(rows_out, *(("rows-out", alias) for alias in self._aliases))

    def _source(self, alias: str) -> None:
        part = self._parts.get(alias, Ledger())
        records = self._printed(("source", alias), part.rows_in, "source")
        rows_out = self._remainder(("rows-out", alias), part.rows_out)
        lost = self._remainder(("lost", alias), part.rows_in - part.rows_out)
        self._sum(records, rows_out, lost)
        if not self._facts.outputs:
            return
        outputs = self._outputs[alias]
        if sum(output.rows for output in outputs) != part.rows_out:
            text = "the output files hold other rows than the ledger counts"
            raise ConservationError("output-rows", text, place=Place(file=alias))
        keys = [self._printed(("output", o.path), o.rows, "output") for o in outputs]
        self._sum(rows_out, *keys)

    def _field(self, i: int) -> Key:
        """Add the cells of a field, and return the key of its changed values."""
        field = self._facts.fields[i]
        tallies = [self._values[alias] for alias in field.sources if alias in self._values]
        number = {event: sum(tally[field.name, event] for tally in tallies) for event in EVENTS}
        keys = {e: self._printed(("field", i, e), number[e], e) for e in EVENTS}
        spent = number["changed"] + number["removed"] + number["nulled"]
        unchanged = self._remainder(("unchanged", i), number["in"] - spent)
        self._sum(keys["in"], keys["changed"], keys["removed"], keys["nulled"], unchanged)
        if field.per_row:
            for kind, remainder in (("rows-out", "without"), ("source", "behind")):
                group = self._group(kind, field.sources)
                short = self._cells[group].value - number["in"]
                if short < 0:
                    text = "a field has more values than records come out"
                    raise ConservationError("field-counts", text, place=Place(field=field.name))
                self._sum(group, keys["in"], self._remainder((remainder, i), short))
        self._lacking(field.sources, field.inside, keys["in"])
        return keys["changed"]

    def _inner(self) -> None:
        """Add the existing structs, map entries and fixed-size lists of each source; none of these
        counts is printed."""
        for alias in self._aliases:
            part = self._parts.get(alias, Ledger())
            for (path, above, size), number in sorted(part.inner.items()):
                here = self._remainder(("inner", path, alias), number)
                self._inside[alias][path] = here
                if size:
                    every = self._remainder(("elements", path, alias), int(size) * number)
                    self._sums.append(Sum(every, (here,), int(size)))
                    self._inside[alias][path] = every
                if not above:
                    null = self._remainder(("null", path, alias), part.rows_out - number)
                    self._sum(("rows-out", alias), here, null)
            for path, above, _ in part.inner:
                self._lacking((alias,), above, ("inner", path, alias))

    def _lacking(self, sources: tuple[str, ...], above: str, of: Key) -> None:
        """Add the elements of `above` in `of`, and those that lack a value. Lists of any length
        have no expected number of elements, so nothing is lacking there."""
        whole, value = self._around(sources, above), self._cells[of].value
        if whole is not None and self._cells[whole].value >= value:
            lacking = self._cells[whole].value - value
            self._sum(whole, of, self._remainder(("lacking", of), lacking))

    def _kinds(self) -> None:
        """Values of several kinds add up to all values of their path."""
        scalars: defaultdict[tuple[str, tuple[str, ...]], list[Key]] = defaultdict(list)
        for i, field in enumerate(self._facts.fields):
            if field.inside.endswith(ANY_KIND):
                scalars[field.inside, field.sources].append(("field", i, "in"))
        for (above, sources), keys in scalars.items():
            for alias in sources:
                inner = self._parts.get(alias, Ledger()).inner
                keys += [("inner", path, alias) for path, around, _ in inner if around == above]
            whole = self._around(sources, above)
            each = sum(self._cells[key].value for key in keys)
            if whole is not None and self._cells[whole].value == each:
                self._sum(whole, *keys)

    def _around(self, sources: tuple[str, ...], above: str) -> Key | None:
        """All of what is called `above` in these sources."""
        around = [self._inside[alias][above] for alias in sources if above in self._inside[alias]]
        if len(around) < 2:
            return around[0] if around else None
        whole = ("around", above, frozenset(sources))
        if whole not in self._cells:
            self._remainder(whole, sum(self._cells[key].value for key in around))
            self._sum(whole, *around)
        return whole

    def _risk(self) -> None:
        risk = self._facts.risk
        if risk is None or risk.before.bands is None or risk.after.bands is None:
            return
        sums: dict[str, int] = {}
        for when, bands in (("before", risk.before.bands), ("after", risk.after.bands)):
            sums[when] = sum(records for _, _, records in bands)
            total = self._remainder(("risk", when), sums[when])
            keys = [self._printed(("risk", when, low), n, "class-size") for low, _, n in bands]
            self._sum(total, *keys)
            self._smallest(when, risk.before if when == "before" else risk.after, total)
        rows_out = self._group("rows-out", risk.sources)
        records = self._group("source", risk.sources)
        dropped = ("dropped", "privacy")
        gone = [dropped] if dropped in self._cells else []
        later = sums["before"] - sums["after"] - sum(self._cells[key].value for key in gone)
        uncounted = self._cells[records].value - sums["before"]
        if sums["after"] != self._cells[rows_out].value or min(later, uncounted) < 0:
            text = "the classes hold other records than the ledger counts"
            raise ConservationError("class-records", text)
        self._sum(rows_out, ("risk", "after"))
        self._sum(
            ("risk", "before"),
            ("risk", "after"),
            *gone,
            self._remainder(("risk", "later"), later),
        )
        self._sum(records, ("risk", "before"), self._remainder(("risk", "uncounted"), uncounted))

    def _smallest(self, when: str, classes: ClassFacts, total: Key) -> None:
        """Add the smallest class, which has all records if there is no other class."""
        if classes.smallest is None:
            return
        smallest = self._printed(("smallest", when), classes.smallest, "class-size")
        others = self._cells[total].value - classes.smallest
        self._sum(total, smallest, self._remainder(("larger", when), others))

    def _rescan(self) -> None:
        if self._facts.rescan is None:
            return
        rows = self._ledger.rescanned
        again = self._printed(("rescanned",), rows, "rescanned")
        rest = self._remainder(("not-rescanned",), self._ledger.rows_out - rows)
        self._sum(("records", "out"), again, rest)
        for key, number in sorted(self._ledger.residual.items()):
            self._printed(("residual", *key), number, "residual")

    def _languages(self) -> None:
        keys = [
            self._printed(("language", name), number, "language")
            for name, number in sorted(self._ledger.languages.items())
        ]
        if keys:
            others = self._ledger.rows_out - self._ledger.languages.total
            rest = self._remainder(("measured-languages",), others)
            self._sum(("records", "out"), *keys, rest)

    def _group(self, kind: str, sources: tuple[str, ...]) -> Key:
        """The cell for the rows (out, or in) of several sources."""
        if len(sources) == 1:
            return (kind, sources[0])
        group = frozenset(sources)
        if group == frozenset(self._aliases):
            return ("records", "out" if kind == "rows-out" else "in")
        key = ("group", kind, group)
        if key not in self._cells:
            parts = [(kind, alias) for alias in self._aliases if alias in group]
            self._remainder(key, sum(self._cells[part].value for part in parts))
            self._sum(key, *parts)
        return key

    def _findings(self, changed: list[Key]) -> None:
        found: dict[str, list[Key]] = defaultdict(list)
        for key, number in sorted(self._ledger.findings.items()):
            cell = self._printed(("finding", *key), number, "finding")
            if key[3] != "keep":
                found[key[0]].append(cell)
        for name, keys in found.items():
            mine = [changed[i] for i, field in enumerate(self._facts.fields) if field.name == name]
            total = sum(self._cells[key].value for key in keys)
            further = total - sum(self._cells[key].value for key in mine)
            if further < 0:
                continue  # not only findings change this field, so no sum holds
            self._remainder(("found", name), total)
            # An attacker knows only that there may be more findings than changed values.
            self._cells["further", name] = Cell(further, None, guarded=False, zero_known=False)
            self._sum(("found", name), *keys)
            self._sum(("found", name), *mine, ("further", name))
