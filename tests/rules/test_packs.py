"""The rule packs: each holds alone and included, and does to a small dataset what it promises."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from scrubber.errors import RuleError
from scrubber.policy import load_rules, rules_from_mapping
from scrubber.policy.syntax.packs import pack_names
from scrubber.run.preview import run_examples
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.transform.keys import RootKey

KEY = RootKey(bytes(range(32)))
PACKS = pack_names()

# By letter of 45 CFR 164.514(b)(2)(i): columns, each with a value that must not be left anywhere.
LETTERS: dict[str, dict[str, str]] = {
    "A": {"patient_name": "Zebedee Quillfeather", "Spouse": "Xanthippe Oarlock"},
    "B": {
        "street_address": "77 Elderberry Crescent",
        "City": "Nowheresville",
        "latitude": "41.8819",
    },
    "C": {"BirthDate": "1931-07-19", "admission_date": "2019-03-04", "DOD_death": "2020-11-23"},
    "D": {"HomePhone": "617-555-0142"},
    "E": {"fax": "617-555-0177"},
    "F": {"E-Mail": "zq1931@example.org"},
    "G": {"SSN": "078-05-1120"},
    "H": {"MRN": "QX-40071-B"},
    "I": {"health_plan_no": "HPX-88123-77"},
    "J": {"AccountNumber": "4410098822317"},
    "K": {"driver_licence": "D1420-77781-90"},
    "L": {"vin": "1HGCM82633A004352", "plate_number": "QZX 9173"},
    "M": {"device_id": "PM-5521-ZZK"},
    "N": {"homepage_url": "https://quillfeather.example.org/me"},
    "O": {"ip_address": "198.51.100.77"},
    "P": {"fingerprint": "fp:77aa10c4"},
    "Q": {"photo": "zebedee.jpg"},
    "R": {"visit_id": "V-2019-991-7"},
}


def written(folder: Path, pack: str, fields: str = "") -> Path:
    rules = folder / "rules.yaml"
    own = f"fields:\n{fields}" if fields else ""
    key = "key: {env: SCRUBBER_KEY}\n"
    rules.write_text(f'version: 1\n{key}include: ["{pack}"]\n{own}', encoding="utf-8")
    return rules


def scrubbed_csv(
    folder: Path, pack: str, rows: list[dict[str, str]], fields: str = ""
) -> list[dict[str, str]]:
    source = folder / "in.csv"
    with source.open("w", newline="", encoding="utf-8") as sink:
        writer = csv.DictWriter(sink, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    run(Request(load_rules(written(folder, pack, fields)), [str(source)], folder / "out", key=KEY))
    with (folder / "out" / "data" / "in.csv").open(newline="", encoding="utf-8") as out:
        return list(csv.DictReader(out))


def scrubbed_json(folder: Path, pack: str, rows: list[object], fields: str = "") -> list[object]:
    source = folder / "in.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    run(Request(load_rules(written(folder, pack, fields)), [str(source)], folder / "out", key=KEY))
    out = (folder / "out" / "data" / "in.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in out.splitlines()]


def everything(folder: Path) -> str:
    return "\n".join(p.read_text("utf-8") for p in sorted(folder.rglob("*")) if p.is_file())


def test_the_packs_that_there_are() -> None:
    names = {path.stem for path in (Path(__file__).parents[2] / "rules" / "packs").glob("*.yaml")}
    expected = {
        "agent-traces",
        "chat-finetuning",
        "gdpr-direct",
        "hipaa-safe-harbor",
        "labelled-text",
        "prediction-logs",
        "secrets",
    }
    assert names == expected
    assert {name.removeprefix("pack:") for name in PACKS} == expected


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_holds_alone(pack: str) -> None:
    results = run_examples(load_rules(pack))
    assert results
    assert [(r.id, r.unmet, r.error) for r in results if not r.passed] == []


@pytest.mark.parametrize("pack", PACKS)
def test_what_includes_a_pack_wins_over_it(pack: str, tmp_path: Path) -> None:
    own = "  - {name: email, class: direct_identifier, transform: {token: {domain: mail}}}\n"
    rows = [{"email": "ann@example.org", "text": "all is well"}]
    (row,) = scrubbed_csv(tmp_path, pack, rows, own)
    assert row["email"] not in ("", "ann@example.org")


def test_an_unknown_pack(tmp_path: Path) -> None:
    for load in (
        lambda: load_rules("pack:secret"),
        lambda: load_rules(written(tmp_path, "pack:secret")),
        lambda: load_rules(written(tmp_path, "pack:../packs/secrets")),
        lambda: rules_from_mapping({"version": 1, "include": ["pack:"], "fields": []}),
    ):
        with pytest.raises(RuleError) as caught:
            load()
        assert "[include-missing] there is no such rule pack" in str(caught.value)
    assert "pack:secrets" in str(caught.value)


def test_two_packs_and_a_problem_that_names_its_pack(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text('version: 1\ninclude: ["pack:secrets", "pack:gdpr-direct"]\n', "utf-8")
    marks = {rule.ref.mark.file for rule in load_rules(rules).fields}
    assert marks == {"pack:secrets", "pack:gdpr-direct"}
    source = tmp_path / "in.csv"
    source.write_text("weight,text\n70,well\n", "utf-8")
    with pytest.raises(RuleError, match="unlisted-field"):
        run(Request(load_rules(rules), [str(source)], tmp_path / "out", key=KEY))


def test_hipaa_by_letter(tmp_path: Path) -> None:
    secrets = {name: value for columns in LETTERS.values() for name, value in columns.items()}
    assert list(LETTERS) == [chr(letter) for letter in range(ord("A"), ord("R") + 1)]
    note = "; ".join(
        value for name, value in secrets.items() if name not in ("fingerprint", "photo", "latitude")
    )
    row = {**secrets, "zip": "03601", "age": "93", "clinical_notes": f"Seen. {note}."}
    (out,) = scrubbed_csv(tmp_path, "pack:hipaa-safe-harbor", [row])
    assert set(out) == {"admission_date", "zip", "age", "clinical_notes"}
    assert (out["admission_date"], out["zip"], out["age"]) == ("2019", "000", ">=90")
    text = everything(tmp_path / "out").casefold()
    for name, value in secrets.items():
        assert value.casefold() not in text, name
    for part in ("quillfeather", "zebedee", "xanthippe", "nowheresville", "elderberry", "9173"):
        assert part not in text


def test_hipaa_rules_name_every_letter() -> None:
    reasons = " ".join(
        str(rule.get("reason")) for rule in load_rules("pack:hipaa-safe-harbor").tree.data["fields"]
    ).replace("(G) to (M)", "(G) (H) (I) (J) (K) (L) (M)")
    assert [letter for letter in LETTERS if f"({letter})" not in reasons] == []


# HHS, Guidance Regarding Methods for De-identification (2012): three-digit areas of 20,000 people
# or fewer by the census of 2000; and what those of 2010 and 2020 add.
CENSUS_2000 = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split()
LATER = "202 204 205 369 753 772".split()
MILITARY = "090 098 340 962 966".split()


def test_hipaa_postal_codes(tmp_path: Path) -> None:
    assert len(CENSUS_2000) == 17
    small = [*CENSUS_2000, *LATER, *MILITARY]
    codes = [f"{area}01" for area in small] + ["03601-1234", "3601", "90210", "10001-0001", "2139"]
    out = scrubbed_csv(
        tmp_path, "pack:hipaa-safe-harbor", [{"ZIP": code, "name": "x"} for code in codes]
    )
    assert [row["ZIP"] for row in out] == ["000"] * (len(small) + 2) + ["902", "100", "021"]


@pytest.mark.parametrize(
    ("age", "shown"), [("0", "[0, 5)"), ("89", "[85, 90)"), ("90", ">=90"), ("112", ">=90")]
)
def test_hipaa_ages(age: str, shown: str, tmp_path: Path) -> None:
    (row,) = scrubbed_csv(tmp_path, "pack:hipaa-safe-harbor", [{"patient_age": age, "ssn": "x"}])
    assert row == {"patient_age": shown}


GDPR = {
    "Vorname": "Zebedäus", "NACHNAME": "Quillfeder", "E-Mail": "zq@example.org",
    "Telefon": "+49 30 901820", "Anschrift": "Holunderweg 77",
    "Steuer-ID": "86095742719", "apellido1": "Remolacha",
    "numéro_passeport": "19ZZ99177", "codice_fiscale": "RSSMRA85T10A562S", "ip": "198.51.100.77",
    "IBAN": "DE89370400440532013000", "instagram": "@zquill77",
}  # fmt: skip


def test_gdpr_in_seven_languages(tmp_path: Path) -> None:
    note = ", ".join(GDPR.values())
    row = {**GDPR, "Geburtsdatum": "1980-02-03", "Kommentar": f"Notiert: {note}"}
    (out,) = scrubbed_csv(tmp_path, "pack:gdpr-direct", [row])
    assert set(out) == {"Geburtsdatum", "Kommentar"}
    assert out["Geburtsdatum"] == "1980"
    for name, value in GDPR.items():
        assert value.casefold() not in out["Kommentar"].casefold(), name


def test_secrets_go_and_people_stay(tmp_path: Path) -> None:
    rows: list[object] = [
        {"code": "key = 'AKIAIOSFODNN7EXAMPLE'  # of ann@example.org", "API_KEY": "x9"},
        {"code": "password = 'tr0ub4dor&3'\nprint('hello')", "API_KEY": None},
    ]
    out = scrubbed_json(tmp_path, "pack:secrets", rows)
    assert [set(row) for row in out if isinstance(row, dict)] == [{"code"}, {"code"}]
    text = json.dumps(out)
    assert "ann@example.org" in text
    assert "print('hello')" in text
    assert "AKIA" not in text
    assert "tr0ub4dor" not in text


def test_a_chat_reads_as_before(tmp_path: Path) -> None:
    rows: list[object] = [
        {
            "id": "c-1",
            "user_id": "u-77",
            "messages": [
                {"role": "system", "content": "You are a helpful assistant."},
                {"role": "user", "content": "Hi, I am Henrik Hasslund, mail hh77@example.org."},
                {"role": "assistant", "content": "Hello Henrik, what can I do for you?"},
            ],
        }
    ]
    (out,) = scrubbed_json(tmp_path, "pack:chat-finetuning", rows)
    assert isinstance(out, dict)
    assert set(out) == {"messages"}
    system, user, assistant = (message["content"] for message in out["messages"])
    assert system == "You are a helpful assistant."
    assert [message["role"] for message in out["messages"]] == ["system", "user", "assistant"]
    for secret in ("henrik", "hasslund", "hh77"):
        assert secret not in json.dumps(out).casefold()
    assert user.startswith("Hi, I am ")
    first = user.removeprefix("Hi, I am ").split()[0]
    assert assistant == f"Hello {first}, what can I do for you?"


@pytest.mark.parametrize(
    "row",
    [
        {"conversations": [{"from": "human", "value": "mail hh77@example.org"}]},
        {"instruction": "write to hh77@example.org", "input": "", "output": "done"},
        {"prompt": "hi", "chosen": "to hh77@example.org", "rejected": "no"},
        {"chosen": [{"role": "user", "content": "hh77@example.org"}]},
        {"text": "hh77@example.org", "source": "forum"},
    ],
    ids=["sharegpt", "alpaca", "preferences", "preferred chats", "text"],
)
def test_chats_of_every_form(row: dict[str, object], tmp_path: Path) -> None:
    (out,) = scrubbed_json(tmp_path, "pack:chat-finetuning", [row])
    assert isinstance(out, dict)
    assert set(out) == set(row)
    assert "hh77" not in json.dumps(out)


OBJECT = {"by": "Jane Roe", "mail": "hh77@example.org"}
BELOW = [
    (
        "pack:chat-finetuning",
        {"text": "hi", "source": OBJECT, "score_a": OBJECT, "rating": [OBJECT]},
    ),
    ("pack:chat-finetuning", {"messages": [{"role": OBJECT, "content": "hi"}]}),
    ("pack:chat-finetuning", {"messages": [{"content": [{"text": "hi", "name": OBJECT}]}]}),
    ("pack:agent-traces", {"text": "hi", "source": OBJECT, "action": [OBJECT], "level": OBJECT}),
    ("pack:agent-traces", {"message": {"content": [{"name": "Bash", "input": {"usage": OBJECT}}]}}),
    ("pack:agent-traces", {"text": "hi", "input": {"media_type": "hh77@example.org, Jane Roe"}}),
]  # fmt: skip


@pytest.mark.parametrize(("pack", "row"), BELOW)
def test_what_is_kept_has_nothing_below_it(
    pack: str, row: dict[str, object], tmp_path: Path
) -> None:
    (out,) = scrubbed_json(tmp_path, pack, [row])
    text = json.dumps(out)
    assert [word for word in ("Jane", "Roe", "hh77") if word in text] == []


@pytest.mark.parametrize(
    ("pack", "field"),
    [
        *(("pack:chat-finetuning", name) for name in ("source", "category", "task")),
        *(("pack:agent-traces", name) for name in ("source", "action", "observation")),
    ],
)
def test_a_short_text_is_scanned_too(pack: str, field: str, tmp_path: Path) -> None:
    rows: list[object] = [{"text": "hi", field: said} for said in ("forum", "hh77@example.org")]
    first, second = scrubbed_json(tmp_path, pack, rows)
    assert first == rows[0]
    assert "hh77" not in json.dumps(second)


def test_numbers_of_categories_stay(tmp_path: Path) -> None:
    rows: list[object] = [{"text": "hi", "category": 3, "task": True}]
    assert scrubbed_json(tmp_path, "pack:chat-finetuning", rows) == rows


def test_scores_of_two_kinds_stay(tmp_path: Path) -> None:
    rows: list[object] = [{"text": "hi", "score": 3}, {"text": "ho", "score": "4"}]
    assert scrubbed_json(tmp_path, "pack:chat-finetuning", rows) == rows
