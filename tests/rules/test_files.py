"""The rule files that come with the program: they load, pass their own tests, fit the tables that
they are for, and do to invented records what they promise. No data is read from elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from scrubber.errors import RuleError
from scrubber.manifest import Manifest
from scrubber.policy import Rules, compile_plan, load_rules
from scrubber.policy.plan import Drop, Keep, ScrubText
from scrubber.run.preview import run_examples
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey

RULES = Path(__file__).parents[2] / "rules"
FILES = sorted(path.name for path in RULES.glob("*.yaml"))
KEY = RootKey(bytes(range(32)))

# The columns of the tables that each file is for, as CSV files name them: all of them text.
TABLES: dict[str, dict[str, str]] = {
    "hipaa_patients.yaml": {
        "patients.csv": "patient_id,first_name,last_name,date_of_birth,race,weight,height,"
        "event_type,event_date,event_name,provider_name,reason,result,details,notes",
    },
    "patients_notes.yaml": {
        "notes.csv": "fname,lname,email,gender,telephone,address,city,state,country,postcode,age,"
        "last_visit,next_visit,height,weight,heart_rate,diagnosis,prescription,doctor_notes",
    },
    "ecommerce_customers.yaml": {
        "customers.csv": "Email,Address,Avatar,Avg. Session Length,Time on App,Time on Website,"
        "Length of Membership,Yearly Amount Spent",
    },
    "synthea.yaml": {
        "allergies.csv": "START,STOP,PATIENT,ENCOUNTER,CODE,SYSTEM,DESCRIPTION,TYPE,CATEGORY,"
        "REACTION1,DESCRIPTION1,SEVERITY1,REACTION2,DESCRIPTION2,SEVERITY2",
        "careplans.csv": "Id,START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION,REASONCODE,"
        "REASONDESCRIPTION",
        "claims.csv": "Id,PATIENTID,PROVIDERID,PRIMARYPATIENTINSURANCEID,"
        "SECONDARYPATIENTINSURANCEID,DEPARTMENTID,PATIENTDEPARTMENTID,DIAGNOSIS1,DIAGNOSIS2,"
        "DIAGNOSIS3,DIAGNOSIS4,DIAGNOSIS5,DIAGNOSIS6,DIAGNOSIS7,DIAGNOSIS8,REFERRINGPROVIDERID,"
        "APPOINTMENTID,CURRENTILLNESSDATE,SERVICEDATE,SUPERVISINGPROVIDERID,STATUS1,STATUS2,"
        "STATUSP,OUTSTANDING1,OUTSTANDING2,OUTSTANDINGP,LASTBILLEDDATE1,LASTBILLEDDATE2,"
        "LASTBILLEDDATEP,HEALTHCARECLAIMTYPEID1,HEALTHCARECLAIMTYPEID2",
        "conditions.csv": "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION",
        "devices.csv": "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION,UDI",
        "encounters.csv": "Id,START,STOP,PATIENT,ORGANIZATION,PROVIDER,PAYER,ENCOUNTERCLASS,CODE,"
        "DESCRIPTION,BASE_ENCOUNTER_COST,TOTAL_CLAIM_COST,PAYER_COVERAGE,REASONCODE,"
        "REASONDESCRIPTION",
        "imaging_studies.csv": "Id,DATE,PATIENT,ENCOUNTER,SERIES_UID,BODYSITE_CODE,"
        "BODYSITE_DESCRIPTION,MODALITY_CODE,MODALITY_DESCRIPTION,INSTANCE_UID,SOP_CODE,"
        "SOP_DESCRIPTION,PROCEDURE_CODE",
        "immunizations.csv": "DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST",
        "medications.csv": "START,STOP,PATIENT,PAYER,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,"
        "PAYER_COVERAGE,DISPENSES,TOTALCOST,REASONCODE,REASONDESCRIPTION",
        "observations.csv": "DATE,PATIENT,ENCOUNTER,CATEGORY,CODE,DESCRIPTION,VALUE,UNITS,TYPE",
        "organizations.csv": "Id,NAME,ADDRESS,CITY,STATE,ZIP,LAT,LON,PHONE,REVENUE,UTILIZATION",
        "patients.csv": "Id,BIRTHDATE,DEATHDATE,SSN,DRIVERS,PASSPORT,PREFIX,FIRST,LAST,SUFFIX,"
        "MAIDEN,MARITAL,RACE,ETHNICITY,GENDER,BIRTHPLACE,ADDRESS,CITY,STATE,COUNTY,ZIP,LAT,LON,"
        "HEALTHCARE_EXPENSES,HEALTHCARE_COVERAGE",
        "payer_transitions.csv": "PATIENT,MEMBERID,START_YEAR,END_YEAR,PAYER,SECONDARY_PAYER,"
        "OWNERSHIP,OWNERNAME",
        "payers.csv": "Id,NAME,ADDRESS,CITY,STATE_HEADQUARTERED,ZIP,PHONE,AMOUNT_COVERED,"
        "AMOUNT_UNCOVERED,REVENUE,COVERED_ENCOUNTERS,UNCOVERED_ENCOUNTERS,COVERED_MEDICATIONS,"
        "UNCOVERED_MEDICATIONS,COVERED_PROCEDURES,UNCOVERED_PROCEDURES,COVERED_IMMUNIZATIONS,"
        "UNCOVERED_IMMUNIZATIONS,UNIQUE_CUSTOMERS,QOLS_AVG,MEMBER_MONTHS",
        "procedures.csv": "START,STOP,PATIENT,ENCOUNTER,CODE,DESCRIPTION,BASE_COST,REASONCODE,"
        "REASONDESCRIPTION",
        "providers.csv": "Id,ORGANIZATION,NAME,GENDER,SPECIALITY,ADDRESS,CITY,STATE,ZIP,LAT,LON,"
        "UTILIZATION",
        "supplies.csv": "DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,QUANTITY",
    },
}
FITTED = sorted(TABLES)

Rows = Sequence[Mapping[str, str]]


def schema_of(header: str) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in header.split(",")])


def schemas_of(file: str) -> dict[str, pa.Schema]:
    return {alias: schema_of(header) for alias, header in TABLES[file].items()}


def write(folder: Path, file: str, tables: Mapping[str, Rows]) -> list[str]:
    """The file's tables as CSV; what a row leaves out is empty, which is null."""
    folder.mkdir()
    for alias, header in TABLES[file].items():
        with (folder / alias).open("w", newline="", encoding="utf-8") as sink:
            writer = csv.DictWriter(sink, header.split(","), restval="")
            writer.writeheader()
            writer.writerows(tables.get(alias, ()))
    return [str(folder)]


def scrubbed(
    tmp_path: Path, file: str, tables: Mapping[str, Rows]
) -> tuple[dict[str, list[dict[str, str]]], Manifest]:
    """What the rule file makes of the tables, by name, and the manifest."""
    inputs = write(tmp_path / "in", file, tables)
    manifest = run(Request(load_rules(RULES / file), inputs, tmp_path / "out", key=KEY))
    out: dict[str, list[dict[str, str]]] = {}
    for alias in TABLES[file]:
        with (tmp_path / "out" / "data" / alias).open(newline="", encoding="utf-8") as source:
            out[alias] = list(csv.DictReader(source))
    return out, manifest


def everything(folder: Path) -> str:
    """All that a run published, data and manifest."""
    return "\n".join(p.read_text("utf-8") for p in sorted(folder.rglob("*")) if p.is_file())


@pytest.mark.parametrize("name", FILES)
def test_a_file_passes_its_own_tests(name: str) -> None:
    results = run_examples(load_rules(RULES / name))
    assert results, "a rule file says what it does"
    assert [(r.id, r.unmet, r.error) for r in results if not r.passed] == []


@pytest.mark.parametrize("name", FITTED)
def test_a_file_fits_its_tables(name: str) -> None:
    plan = compile_plan(load_rules(RULES / name), schemas_of(name))
    for alias, schema in schemas_of(name).items():
        assert [str(one.path.column) for one in plan.table(alias).fields] == schema.names
    assert any(table.row_rules for _, table in plan.tables)


@pytest.mark.parametrize("name", FITTED)
def test_a_new_column_is_refused(name: str) -> None:
    schemas = schemas_of(name)
    first = next(iter(schemas))
    # "NOTE_CODE" is what a glob such as *CODE would let through.
    schemas[first] = schemas[first].append(pa.field("NOTE_CODE", pa.string()))
    with pytest.raises(RuleError) as caught:
        compile_plan(load_rules(RULES / name), schemas)
    assert "unlisted-field" in str(caught.value)


def dispositions(rules: Rules, name: str) -> dict[str, object]:
    plan = compile_plan(rules, schemas_of(name))
    return {str(f.path): f.disposition for _, table in plan.tables for f in table.fields}


@pytest.mark.parametrize("name", FITTED)
def test_what_is_kept_is_named_to_the_letter(name: str) -> None:
    """A glob would keep a column of a later export that nobody has looked at."""
    for rule in load_rules(RULES / name).fields:
        if isinstance(rule.disposition, Keep):
            assert not [one for one in rule.names if "*" in one or "?" in one]


@pytest.mark.parametrize(
    ("name", "gone"),
    [
        ("hipaa_patients.yaml", ["result", "details", "notes"]),
        ("patients_notes.yaml", ["city"]),
        ("synthea.yaml", ["SSN", "DRIVERS", "PASSPORT", "FIRST", "LAST", "MAIDEN", "OWNERNAME",
                          "NAME", "ADDRESS", "PHONE", "LAT", "LON", "BIRTHPLACE", "UDI"]),
    ],
)  # fmt: skip
def test_what_may_hold_names_goes_where_no_model_finds_them(name: str, gone: list[str]) -> None:
    rules = load_rules(RULES / name)
    decided = dispositions(rules, name)
    assert all(isinstance(decided[field], Drop) for field in gone)
    scrubbed_texts = any(isinstance(one, ScrubText) for one in decided.values())
    assert not scrubbed_texts or rules.detect.ner in ("none", "builtin")


EVENT = {
    "patient_id": "pmc-7-1",
    "first_name": "Zebedee",
    "last_name": "Quillfeather",
    "date_of_birth": "04/17/1960",
    "race": "Asian",
    "weight": "135.5",
    "height": "61",
    "event_type": "Symptom",
    "event_date": "01/10/2023",
    "event_name": "Admission to Springfield Hospital",
    "provider_name": "Dr. Yolanda Vex",
    "reason": "Chest pain",
    "result": "confirmed by Dr. Vex",
    "details": "{}",
    "notes": "Zebedee came in coughing",
}


def test_hipaa_patients(tmp_path: Path) -> None:
    rows = [
        EVENT,
        {**EVENT, "patient_id": "pmc-8-1", "provider_name": "dr. yolanda vex", "race": "Other"},
        {**EVENT, "patient_id": "pmc-9-1", "date_of_birth": "12/31/1933"},  # over 89
        {**EVENT, "patient_id": "pmc-10-1", "event_date": "06/2011"},  # no day
    ]
    out, manifest = scrubbed(tmp_path, "hipaa_patients.yaml", {"patients.csv": rows})
    first, second = out["patients.csv"]
    assert first["event_name"] == "Admission to [facility]"
    assert (first["reason"], first["date_of_birth"]) == ("Chest pain", "1960")
    assert (first["weight"], first["height"]) == ("[120, 140)", "[60, 64)")
    assert first["provider_name"] == second["provider_name"], "one doctor however written"
    assert first["patient_id"] != second["patient_id"]
    records = manifest.data["records"]
    assert [one["rule"] for one in records["dropped"]] == ["rows[0]"]
    assert [one["reason"] for one in records["quarantined"]] == ["transform-failed"]
    text = everything(tmp_path / "out").casefold()
    for secret in ("zebedee", "quillfeather", "yolanda", "pmc-", "springfield", "04/17/1960"):
        assert secret not in text


def days(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


def test_patients_notes(tmp_path: Path) -> None:
    ann = {
        "fname": "Zebedee",
        "lname": "Quillfeather",
        "email": "ZQuill@mac.com",
        "telephone": "617-248-4867",
        "address": "841 Elderberry Row,",
        "city": "Xanthippe",
        "state": "Massachusetts",
        "postcode": "2127",
        "age": "91",
        "last_visit": "1/11/2023",
        "next_visit": "2/15/2023",
        "height": "69",
        "weight": "160",
        "heart_rate": "78",
        "diagnosis": "Asthma",
        "doctor_notes": "Mr. Quillfeather, as discussed on 1/11/2023: zebedee is to come on "
        "February 15th. QUILLFEATHER, Z. lives in xanthippe, call 2484867 or (617) 248 4867",
    }
    sparse = {**ann, "email": "sparse@mac.com", "postcode": "3601"}  # 036: too few people
    unknown = {**ann, "email": "nowhere@mac.com", "postcode": ""}
    out, _ = scrubbed(tmp_path, "patients_notes.yaml", {"notes.csv": [ann, sparse, unknown]})
    row, nowhere = out["notes.csv"]
    assert nowhere["postcode"] == "", "no postcode is no reason to go"
    assert (row["postcode"], row["age"], row["heart_rate"]) == ("021", ">=90", "80")
    last, following = days(row["last_visit"]), days(row["next_visit"])
    assert (following - last).days == 35
    assert last != date(2023, 1, 11)
    assert last.weekday() == date(2023, 1, 11).weekday()
    assert row["email"].endswith(("@example.com", "@example.org", "@example.net"))
    assert "-555-01" in row["telephone"]
    note, first, last_name = row["doctor_notes"], row["fname"], row["lname"]
    assert note.startswith(f"Mr. {last_name}, as discussed on {{DATE_TIME}}: {first.lower()} is to")
    assert f"{{DATE_TIME}}. {last_name.upper()}, {first[0]}. lives in {{LOCATION}}" in note
    assert note.endswith(f" or {row['telephone']}")
    text = everything(tmp_path / "out").casefold()
    for secret in ("zebedee", "quill", "248-4867", "2484867", "elderberry", "xanthippe", "ruary"):
        assert secret not in text


def test_ecommerce_customers(tmp_path: Path) -> None:
    row = {
        "Email": "Ann@Quill.org",
        "Address": "835 Elderberry Tunnel\nQuillmouth, MI 82180-9605",
        "Avatar": "Teal",
        "Avg. Session Length": "34.49726772511229",
        "Time on App": "12.655651149166752",
        "Time on Website": "39.57766801952616",
        "Length of Membership": "4.082620632952961",
        "Yearly Amount Spent": "587.9510539684005",
    }
    again = {**row, "Email": "ann@quill.org"}
    fresh = {**row, "Email": "new@quill.org", "Length of Membership": "0.27"}
    out, _ = scrubbed(tmp_path, "ecommerce_customers.yaml", {"customers.csv": [row, again, fresh]})
    first, second = out["customers.csv"]
    assert first == second, "one customer, however the address is written"
    assert first["Avg. Session Length"] == "34.5"
    assert first["Length of Membership"] == "[4, 5)"
    text = everything(tmp_path / "out").casefold()
    for secret in ("quill", "elderberry", "82180", "34.497"):
        assert secret not in text


def test_synthea_joins_and_moves_dates_together(tmp_path: Path) -> None:
    people = ["11111111-aaaa", "22222222-bbbb"]
    tables: dict[str, Rows] = {
        "patients.csv": [
            {"Id": one, "BIRTHDATE": "1973-10-28", "DEATHDATE": "2004-03-21", "FIRST": "Zebedee",
             "LAST": "Quillfeather", "SSN": "999-17-5017", "ZIP": "02155", "STATE": "MA"}
            for one in people
        ],
        "encounters.csv": [
            {"Id": f"e-{one}", "PATIENT": one, "PAYER": "pay-7", "START": "2004-03-21T11:25:06Z",
             "CODE": "162673000", "TOTAL_CLAIM_COST": "786.33"}
            for one in people
        ],
        "claims.csv": [
            {"Id": f"c-{one}", "PATIENTID": one, "APPOINTMENTID": f"e-{one}",
             "PRIMARYPATIENTINSURANCEID": "pay-7", "SECONDARYPATIENTINSURANCEID": "0",
             "SERVICEDATE": "2004-03-21T11:40:06Z"}
            for one in people
        ],
        "payers.csv": [{"Id": "pay-7", "NAME": "Quill Health", "ZIP": "6156"}],
        "observations.csv": [
            {"PATIENT": people[0], "DATE": "2004-03-21T11:25:06Z", "CODE": "8302-2",
             "DESCRIPTION": "Body Height", "VALUE": "171.4", "TYPE": "numeric"},
            {"PATIENT": people[0], "DATE": "2004-03-21T11:25:06Z", "CODE": "56799-0",
             "DESCRIPTION": "What address do you live at?", "VALUE": "9 Elderberry Row",
             "TYPE": "text"},
            {"PATIENT": people[0], "DATE": "2004-03-21T11:25:06Z", "CODE": "63586-2",
             "DESCRIPTION": "total combined income", "VALUE": "47384", "TYPE": "text"},
        ],
    }  # fmt: skip
    out, _ = scrubbed(tmp_path, "synthea.yaml", tables)
    died = {row["Id"]: row["DEATHDATE"] for row in out["patients.csv"]}
    assert len(died) == 2
    met = {row["Id"]: row for row in out["encounters.csv"]}
    for row in out["encounters.csv"]:
        assert row["START"] == died[row["PATIENT"]] + "T11:25:06Z", "one shift in all tables"
    for row in out["claims.csv"]:
        encounter = met[row["APPOINTMENTID"]]
        assert encounter["PATIENT"] == row["PATIENTID"]
        assert encounter["PAYER"] == row["PRIMARYPATIENTINSURANCEID"] == out["payers.csv"][0]["Id"]
        assert row["SERVICEDATE"] == died[row["PATIENTID"]] + "T11:40:06Z"
    moved = {date.fromisoformat(day) - date(2004, 3, 21) for day in died.values()}
    assert all(shift.days and shift.days % 7 == 0 for shift in moved)
    assert [row["VALUE"] for row in out["observations.csv"]] == ["171.4"]
    assert {row["BIRTHDATE"] for row in out["patients.csv"]} == {"1973"}
    assert {row["ZIP"] for row in out["patients.csv"]} == {"021"}
    assert out["payers.csv"][0]["ZIP"] == "061", "a leading zero that a spreadsheet took away"
    text = everything(tmp_path / "out").casefold()
    for secret in ("zebedee", "quill", "999-17", "11111111", "elderberry", "47384", "pay-7"):
        assert secret not in text
