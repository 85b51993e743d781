"""What `scrubber audit` makes of real tables: ``python -m benchmarks.columns FOLDER``.

FOLDER holds tables by the names of columns_truth.json, which says by hand what each column is (what
it does not name is harmless). Three readings: with the headers as they are, with headers that say
nothing (c1, c2, ...), and with headers of other languages and habits. A direct identifier or date
of birth is missed where the verdict would let it through; a harmless column is accused where it is
called a direct identifier. ``--init`` also drafts a rule file for each table, and runs it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import scrubber
from scrubber.keystore import new_key
from scrubber.profiling.draft import draft, write_draft
from scrubber.profiling.report import FieldAudit

TRUTH = Path(__file__).with_name("columns_truth.json")
DIRECT = (
    "name", "e-mail", "phone", "address", "identity number", "licence", "passport", "account",
    "device", "birth date",
)  # fmt: skip
OTHERS = ("key", "quasi", "sensitive", "text", "harmless")
CLASSES = ("direct_identifier", "quasi_identifier", "sensitive", "text", "insensitive")
# Headers of other languages and habits, for columns of these tables.
FOREIGN: Mapping[str, str] = {
    "given_name": "Vorname", "surname": "Nachname", "address_1": "Strasse", "soc_sec_id": "SVNr",
    "date_of_birth": "geb_datum", "suburb": "Ort", "postcode": "PLZ", "Email": "correo",
    "Address": "direccion", "first_name": "prenom", "last_name": "nomDeFamille",
    "provider_name": "medecin_nom", "patient_id": "numero_patient", "fname": "nome",
    "lname": "cognome", "email": "indirizzoEmail", "telephone": "telefono", "address": "indirizzo",
    "FIRST": "voornaam", "LAST": "achternaam", "SSN": "bsn", "DRIVERS": "rijbewijs",
    "PASSPORT": "paspoort", "ADDRESS": "adres", "BIRTHDATE": "geboortedatum", "NAME": "naam",
    "PHONE": "telefoonnummer", "MAIDEN": "apelido", "OWNERNAME": "nome_titular", "age": "idade",
    "gender": "sexo", "sex": "Geschlecht", "race": "etnia", "city": "cidade", "occupation": "Beruf",
    "doctor_notes": "Bemerkungen", "notes": "commentaires", "description": "descricao",
    "date": "fecha", "amount": "importe", "diagnosis": "diagnostico", "PREFIX": "Anrede",
    "SUFFIX": "Namenszusatz", "MEMBERID": "versicherungsnummer", "address_2": "addr2",
    "UDI": "seriennummer", "SERIES_UID": "numero_serie", "INSTANCE_UID": "device_id",
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--init", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    chosen = parser.parse_args()
    tables = [p for p in sorted(chosen.folder.rglob("*.csv")) if "hierarchy" not in p.name]
    for reading in ("headers as they are", "headers that say nothing", "other languages"):
        print(f"\n## {reading}\n")
        _print_confusion(list(_judged(chosen.folder, tables, reading)), chosen.verbose)
    if chosen.init:
        print("\n## scrubber init, check and run\n")
        for path in tables:
            print(f"{path.relative_to(chosen.folder)}: {_init_and_run(path)}")


def truth_of(name: str, column: str) -> str:
    """What a column of the table `name` is, said by hand."""
    truths: Mapping[str, Mapping[str, list[str]]] = json.loads(TRUTH.read_text("utf-8"))
    for pattern, kinds in truths.items():
        if fnmatch(name, pattern):
            return next((kind for kind, names in kinds.items() if column in names), "harmless")
    raise SystemExit(f"columns_truth.json says nothing about {name}")


def _judged(
    folder: Path, tables: list[Path], reading: str
) -> Iterator[tuple[str, str, str, FieldAudit]]:
    """(table, column, truth, verdict) for every column."""
    for path in tables:
        name = path.relative_to(folder).as_posix()
        columns = _columns(path)
        with tempfile.TemporaryDirectory() as scratch:
            renamed = _renamed(path, columns, reading, Path(scratch))
            (table,) = scrubber.audit(str(renamed)).tables
        for column, field in zip(columns, table.fields, strict=True):
            yield name, column, truth_of(name, column), field


def _columns(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        line = file.readline()
    return next(csv.reader([line], delimiter=_delimiter(line)))


def _delimiter(line: str) -> str:
    return max(",;", key=line.count)


def _renamed(path: Path, columns: list[str], reading: str, scratch: Path) -> Path:
    if reading == "headers as they are":
        return path
    if reading == "other languages":
        names = [FOREIGN.get(column.strip(), f"x{i}") for i, column in enumerate(columns)]
    else:
        names = [f"c{i}" for i in range(1, len(columns) + 1)]
    head, _, rest = path.read_bytes().partition(b"\n")
    target = scratch / path.name
    target.write_bytes(_delimiter(head.decode("utf-8-sig")).join(names).encode() + b"\n" + rest)
    return target


def _print_confusion(judged: list[tuple[str, str, str, FieldAudit]], verbose: bool) -> None:
    counts = Counter((truth, field.field_class.value) for _, _, truth, field in judged)
    print(f"| truth | {' | '.join(CLASSES)} |\n|---|{'---|' * len(CLASSES)}")
    for truth in (*DIRECT, *OTHERS):
        row = [counts[truth, class_] for class_ in CLASSES]
        if any(row):
            print(f"| {truth} | {' | '.join(map(str, row))} |")
    missed = [one for one in judged if one[2] in DIRECT and _lets_through(one[3])]
    typed = [one for one in judged if one[2] in DIRECT and not one[3].field_class.startswith("d")]
    accused = [one for one in judged if one[2] == "harmless" and one[3].field_class.startswith("d")]
    direct = sum(one[2] in DIRECT for one in judged)
    harmless = sum(one[2] == "harmless" for one in judged)
    print(f"\nmissed {len(missed)} of {direct}, accused {len(accused)} of {harmless} harmless")
    shown = [("missed", missed), ("accused", accused)]
    if verbose:
        shown.append(("not called direct", [one for one in typed if one[2] != "birth date"]))
    for said, ones in shown:
        for name, column, truth, field in ones:
            evidence = "; ".join(field.evidence)
            print(f"  {said}: {name} {column.strip()} ({truth}): {field.field_class}, {evidence}")


def _lets_through(field: FieldAudit) -> bool:
    return field.field_class in ("insensitive", "sensitive", "text") and not field.doubtful


def _init_and_run(path: Path) -> str:
    os.environ["SCRUBBER_KEY"] = new_key()
    with tempfile.TemporaryDirectory() as scratch:
        rules = Path(scratch) / "rules.yaml"
        made = draft([str(path)])
        write_draft(made, rules)
        scrubber.scrub(str(path), rules, out=Path(scratch) / "out")
    return made.said()


if __name__ == "__main__":
    sys.exit(main())
