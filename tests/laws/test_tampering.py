"""Tampering of every kind, from a seed: whatever is changed in an output, in what stands beside it,
or in a plan, `verify` or `gate` finds it.

SCRUBBER_TAMPERINGS=5000 draws more of them (about fifty milliseconds each).
"""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scrubber.attest.access import Access, write_access
from scrubber.attest.approval import APPROVAL_TYPE, Approval
from scrubber.attest.attested import attested
from scrubber.attest.checking import check_plan, check_run, exit_code
from scrubber.attest.envelope import sign
from scrubber.attest.gate import gate
from scrubber.attest.trust import Trust, read_trust
from scrubber.errors import ScrubberError
from scrubber.manifest import read_manifest
from scrubber.manifest.canonical import canonical_bytes, manifest_id, parse_canonical
from scrubber.policy import rules_from_mapping
from scrubber.run.pinned_plan import plan_document
from scrubber.run.request import Request
from scrubber.run.run import run
from scrubber.run.survey import survey
from scrubber.transform.keys import RootKey
from tests.attest.worlds import ADA, GRACE, STRANGER

pytestmark = pytest.mark.slow

DRAWN = int(os.environ.get("SCRUBBER_TAMPERINGS", "220"))
KEY = RootKey(bytes(range(32)))
DAY = date(2026, 11, 24)
LATER = DAY + timedelta(days=99)
RULES: dict[str, Any] = {
    "version": 1,
    "dataset": {"name": "people", "legal_basis": "contract"},
    "fields": [
        {"name": "id", "class": "direct_identifier", "transform": "encrypt"},
        {
            "name": "born",
            "class": "quasi_identifier",
            "transform": {"truncate_date": {"to": "year"}},
        },
        {"name": "topic", "class": "insensitive", "keep": "what the model learns"},
    ],
    "rows": [{"drop": "topic = 'spam'", "reason": "noise"}],
}
TRUST = f"""version: 1
people:
  - {{name: ada, keys: ["{ADA.public.id}"], roles: [author]}}
  - {{name: grace, keys: ["{GRACE.public.id}"], roles: [dpo]}}
require:
  signed_by: [author]
  approvals: [{{roles: [dpo]}}]
  waived_by: [dpo]
  checks: [conservation]
"""

Chance = random.Random
Harm = Callable[[Path, Chance], None]


def records(start: int, rows: int) -> dict[str, list[str]]:
    topics = ("login", "billing", "caf\u00e9", "spam")
    return {
        "id": [f"C-{i:06}" for i in range(start, start + rows)],
        "born": [f"{1950 + i % 50}-05-04" for i in range(rows)],
        "topic": [topics[i % 4] for i in range(rows)],
    }


def vouch(document: Path) -> None:
    """Signed by its author, approved by another."""
    one = attested(document)
    one.attest(one.statement(), ADA)
    approval = Approval("dpo", ("DPIA-17",), DAY, LATER)
    one.attest(one.about(APPROVAL_TYPE, approval.to_predicate()), GRACE)


def read_back(folder: Path) -> None:
    """Three lines in the log of access."""
    id_ = read_manifest(folder).id
    for reason in ("a complaint", "an audit", "a check"):
        write_access(folder, id_, Access(("id",), ("data/a.csv",), KEY.id, reason, "0" * 64))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output that extends another one, of small and large files, a second one, and a plan; all
    signed and approved; and the trust file."""
    root = tmp_path_factory.mktemp("world")
    (root / "in").mkdir()

    def table(name: str, start: int, rows: int) -> None:
        made = pa.table(records(start, rows))
        if name.endswith(".csv"):
            import pyarrow.csv as pc

            pc.write_csv(made, root / "in" / name)
        else:
            pq.write_table(made, root / "in" / name)

    rules = rules_from_mapping(RULES)
    inputs = [str(root / "in")]
    table("a.csv", 0, 1600)
    run(Request(rules, inputs, root / "first", key=KEY))
    table("b.parquet", 5000, 1600)
    table("c.csv", 9000, 40)
    table("d.csv", 9900, 40)
    run(Request(rules, inputs, root / "out", key=KEY, incremental=root / "first"))
    plan = plan_document(rules, survey(rules, inputs))
    (root / "plan.json").write_bytes(plan.to_bytes())
    other = plan_document(rules_from_mapping({**RULES, "on_error": "null"}), survey(rules, inputs))
    (root / "other.json").write_bytes(other.to_bytes())
    (root / "trust.yaml").write_text(TRUST)
    for document in ("first", "out", "plan.json", "other.json"):
        vouch(root / document)
    read_back(root / "out")
    return root


def judged(root: Path) -> tuple[int, int]:
    """The exit codes of verify and gate, by the worse of the output and the plan."""
    verified, gated = [], []
    try:
        trust: Trust = read_trust(root / "trust.yaml")
    except ScrubberError as fault:
        return fault.exit_code, fault.exit_code
    for name in ("out", "plan.json"):
        path = root / name
        try:
            check = check_run if name == "out" else check_plan
            verified.append(exit_code(check(path, trust, DAY)))
            gated.append(gate(path, trust, DAY).exit_code)
        except ScrubberError as fault:
            verified.append(fault.exit_code)
    return max(verified), max(gated, default=0)


def some(chance: Chance, paths: list[Path]) -> Path:
    return chance.choice(sorted(paths))


def data_of(root: Path) -> list[Path]:
    return [p for p in (root / "out/data").iterdir() if not p.name.startswith(".")]


def sealed_files(root: Path) -> list[Path]:
    """All that is protected; the log of access, whose end may be cut off, has cases of its own."""
    beside = [root / "out/manifest.json", root / "out/manifest.intoto.jsonl", root / "plan.json"]
    salts = root / "out/data/.salts.json"
    return [*data_of(root), *(root / "out/previous").iterdir(), *beside, salts,
            root / "plan.intoto.jsonl"]  # fmt: skip


def flip_a_bit(root: Path, chance: Chance) -> None:
    path = some(chance, sealed_files(root))
    raw = bytearray(path.read_bytes())
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    path.write_bytes(raw)


def cut_out_bytes(root: Path, chance: Chance) -> None:
    path = some(chance, sealed_files(root))
    raw = path.read_bytes()
    at = chance.randrange(len(raw))
    path.write_bytes(raw[:at] + raw[at + chance.randint(1, 40) :])


def put_in_bytes(root: Path, chance: Chance) -> None:
    path = some(chance, sealed_files(root))
    raw = path.read_bytes()
    at = chance.randrange(len(raw) + 1)
    path.write_bytes(raw[:at] + chance.randbytes(chance.randint(1, 40)) + raw[at:])


def cut_off_the_end(root: Path, chance: Chance) -> None:
    path = some(chance, sealed_files(root))
    raw = path.read_bytes()
    path.write_bytes(raw[: chance.randrange(len(raw))])


def exchange_two_files(root: Path, chance: Chance) -> None:
    one, other = chance.sample(sorted(data_of(root)), 2)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def rename_a_file(root: Path, chance: Chance) -> None:
    path = some(chance, [*sealed_files(root)])
    if path.name.startswith("plan"):
        path = root / "out/manifest.json"
    path.rename(path.with_name(chance.choice([path.name.upper() + "x", f".{path.name}", "x"])))


def remove_a_file(root: Path, chance: Chance) -> None:
    some(chance, sealed_files(root)).unlink()


def reorder_lines(root: Path, chance: Chance) -> None:
    path = root / "out/data" / chance.choice(["a.csv", "c.csv", "d.csv"])
    path = path if path.exists() else root / "out/data/c.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    at = chance.randrange(1, len(lines) - 1)
    lines[at], lines[at + 1] = lines[at + 1], lines[at]
    path.write_bytes(b"".join(lines))


def truncate_parquet(root: Path, chance: Chance) -> None:
    path = root / "out/data/b.parquet"
    raw = path.read_bytes()
    whole = chance.random() < 0.5
    path.write_bytes(raw[:-4] if whole else raw[: chance.randrange(4, len(raw))] + raw[-8:])


def add_to_data(root: Path, chance: Chance) -> None:
    folder = root / "out/data"
    name = chance.choice(["raw.csv", ".raw", "C.CSV", "c.csv ", "cafe\u0301.csv", "c.csv.bak"])
    match chance.randrange(4):
        case 0:
            (folder / name).mkdir()
        case 1:
            (folder / name).symlink_to(root / "in/a.csv")
        case 2:
            (folder / "deep" / name).mkdir(parents=True)
        case _:
            (folder / name).write_bytes(b"id\nC-000001\n")


def add_beside(root: Path, chance: Chance) -> None:
    folder = root / "out"
    name = chance.choice(
        ["raw.csv", ".raw", "Manifest.json", "manifest.json.bak", "MANIFEST.INTOTO.JSONL", "DATA",
         "plan.json", "previous/x.json", "report.htm", "README", ".gitattributes"]
    )  # fmt: skip
    match chance.randrange(3):
        case 0:
            (folder / name).mkdir()
        case 1:
            (folder / name).symlink_to(root / "in")
        case _:
            (folder / name).write_bytes(b"{}")


def link_what_is_listed(root: Path, chance: Chance) -> None:
    path = some(chance, [p for p in sealed_files(root) if not p.name.startswith("plan")])
    elsewhere = root / "elsewhere"
    if chance.random() < 0.5:
        path.rename(elsewhere)
        path.symlink_to(elsewhere)
    else:
        os.link(path, elsewhere)


def edited(root: Path, chance: Chance, write: Callable[[Path, Any], None]) -> None:
    """The manifest or the plan with another content, in canonical form and with its right id."""
    name = chance.choice(["out/manifest.json", "plan.json"])
    data = parse_canonical((root / name).read_bytes())
    rules, fields = data["policy"]["rules"], data["fields"]
    edits: list[Callable[[], Any]] = [
        lambda: fields.pop(chance.randrange(len(fields))),
        lambda: chance.choice(fields).update(action=chance.choice(["drop", "redact", "keep2"])),
        lambda: chance.choice(fields).update(reason="none"),
        lambda: chance.choice(fields).update(reversible=chance.random() < 0.5, linkable=None),
        lambda: rules.pop(chance.randrange(len(rules))),
        lambda: chance.choice(rules).update(reason="another"),
        lambda: data["policy"].update(digest="ab" * 32),
        lambda: data["policy"].update(on_unlisted="keep", on_error="null"),
        lambda: data["engine"].update(program_version="9.9"),
        lambda: data["legal"]["basis"].update(value="consent"),
        lambda: data["dataset"]["name"].update(value="other people"),
        lambda: data["sources"].pop(),
        lambda: chance.choice(data["sources"]).update(alias="x.csv"),
    ]
    if name != "plan.json":
        files = data["outputs"]["files"]
        edits += [
            lambda: data["records"].update({"in": {"n": 99999}}),
            lambda: data["checks"].clear(),
            lambda: files.pop(chance.randrange(len(files))),
            lambda: chance.choice(files).update(path="data/../../x"),
            lambda: data["outputs"].update(merkle_root="cd" * 32),
            lambda: data["header"].update(previous=None),
            lambda: data["run"].update(created="2001-01-01T00:00:00Z"),
        ]
    chance.choice(edits)()
    write(root / name, data)


def seal_anew(root: Path, chance: Chance) -> None:
    def write(path: Path, data: Any) -> None:
        data["header"]["id"] = manifest_id({"run": None, **data})
        path.write_bytes(canonical_bytes(data))

    edited(root, chance, write)


def edit_and_leave_the_id(root: Path, chance: Chance) -> None:
    edited(root, chance, lambda path, data: path.write_bytes(canonical_bytes(data)))


def other_form(root: Path, chance: Chance) -> None:
    """The same content in other bytes."""
    path = root / chance.choice(["out/manifest.json", "plan.json", "out/data/.salts.json"])
    raw = path.read_bytes()
    data = json.loads(raw)
    key = chance.choice(list(data))
    path.write_bytes(
        chance.choice(
            [
                json.dumps(data, indent=1, ensure_ascii=False).encode(),
                json.dumps(data, separators=(", ", ":"), ensure_ascii=False).encode(),
                canonical_bytes(data) + b"\n",
                b"\xef\xbb\xbf" + raw,
                b"{" + f'"{key}":{json.dumps(data[key])},'.encode() + raw[1:],  # a key twice
                raw[:1] + b" " + raw[1:],
                raw.replace(b'":"', b'": "', 1),
                raw.decode().encode("utf-16"),
            ]
        )
    )


def harm_signatures(root: Path, chance: Chance) -> None:
    path = root / chance.choice(["out/manifest.intoto.jsonl", "plan.intoto.jsonl"])
    lines = path.read_bytes().splitlines(keepends=True)
    bodies = [json.loads(line) for line in lines]
    document = attested(path.parent if "out" in str(path.parent.name) else root / "plan.json")
    other = root / (
        "first/manifest.intoto.jsonl" if path.parent.name == "out" else "other.intoto.jsonl"
    )
    replayed = other.read_bytes().splitlines(keepends=True)

    def line_of(body: Any) -> bytes:
        return canonical_bytes(body) + b"\n"

    def again(number: int, **changes: Any) -> list[bytes]:
        return [*lines[:number], line_of({**bodies[number], **changes}), *lines[number + 1 :]]

    number = chance.randrange(len(lines))
    signature = bodies[number]["signatures"][0]
    stranger = sign(base64.b64decode(bodies[number]["payload"]), STRANGER).to_line()
    forged = {**signature, "sig": base64.b64encode(chance.randbytes(64)).decode()}
    claimed = {**signature, "keyid": STRANGER.public.id}
    bare = sign(document.about("urn:other", {}).to_bytes(), STRANGER).to_line()
    made = chance.choice(
        [
            lines[:number] + lines[number + 1 :],  # taken away
            [],
            replayed,  # those of another document
            [*lines, chance.choice(replayed)],
            [lines[0], replayed[1]],
            [*lines, lines[number]],  # a line twice
            again(number, payload=bodies[1 - number]["payload"]),
            again(number, signatures=bodies[1 - number]["signatures"]),
            again(number, signatures=[forged]),
            again(number, signatures=[claimed]),
            again(number, signatures=[signature, signature]),
            again(number, note="x"),
            [*lines[:number], stranger, *lines[number + 1 :]],  # signed by somebody else
            [bare],
            [line.replace(b"\n", b"\r\n") for line in lines],
            [*lines, b"\n"],
            [*lines, b"{}\n"],
            [*lines, b"id,C-000001"],
            [line.replace(b":", b": ", 1) for line in lines],
        ]
    )
    path.write_bytes(b"".join(made))


def harm_salts(root: Path, chance: Chance) -> None:
    path = root / "out/data/.salts.json"
    salts = json.loads(path.read_bytes())
    one, other = sorted(salts)[:2]
    made = chance.choice(
        [
            {**salts, one: salts[other], other: salts[one]},
            {name: salt for name, salt in salts.items() if name != one},
            {**salts, "data/x.csv": "00" * 32},
            {**salts, one: "00" * 32},
            {**salts, one: salts[one].upper()},
            {**salts, one: None},
            [],
        ]
    )
    path.write_bytes(canonical_bytes(made))


def harm_the_log(root: Path, chance: Chance) -> None:
    """No line may change, and none may go or come between others; an end that is cut off cannot
    be seen."""
    path = root / "out/access.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    at = chance.randrange(len(lines) - 1)
    number = chance.randrange(len(lines))
    raw = bytearray(lines[number])
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    made = chance.choice(
        [
            [*lines[:number], bytes(raw), *lines[number + 1 :]],
            [*lines[:at], *lines[at + 1 :]],
            [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]],
            [*lines[: at + 1], *lines[at:]],
            [*lines, b"{}\n"],
            [*lines, b"C-000001\n"],
        ]
    )
    path.write_bytes(b"".join(made))


def harm_the_chain(root: Path, chance: Chance) -> None:
    (path,) = (root / "out/previous").iterdir()
    match chance.randrange(4):
        case 0:
            path.write_bytes((root / "out/manifest.json").read_bytes())
        case 1:
            path.rename(path.with_name("ab" * 32 + ".json"))
        case 2:
            data = parse_canonical(path.read_bytes())
            data["legal"]["basis"]["value"] = "consent"
            data["header"]["id"] = manifest_id(data)
            path.write_bytes(canonical_bytes(data))
        case _:
            shutil.copy(path, path.with_name(f"{chance.randbytes(32).hex()}.json"))


def put_another_output_in_its_place(root: Path, chance: Chance) -> None:
    """A manifest with its signatures, all sound, of other data."""
    names = ["manifest.json", "manifest.intoto.jsonl"]
    for name in names if chance.random() < 0.5 else [chance.choice(names)]:
        shutil.copy(root / "first" / name, root / "out" / name)


def put_another_plan_in_its_place(root: Path, chance: Chance) -> None:
    name = chance.choice(["json", "intoto.jsonl"])
    shutil.copy(root / f"other.{name}", root / f"plan.{name}")


def harm_the_trust_file(root: Path, chance: Chance) -> None:
    """Without the author's or the approver's key or role nothing passes."""
    path = root / "trust.yaml"
    old, new = chance.choice(
        [
            (ADA.public.id, STRANGER.public.id),
            (GRACE.public.id, STRANGER.public.id),
            (GRACE.public.id, ADA.public.id),
            (ADA.public.id[:-1], ADA.public.id[:-1].upper()),
            ("roles: [author]", "roles: [writer]"),
            ("roles: [dpo]}\nrequire", "roles: [legal]}\nrequire"),
            ("version: 1", "version: 2"),
            ("checks: [conservation]", "checks: [min-k]"),
            ("name: grace", "name: Ada"),
            ("approvals:", "approval:"),
        ]
    )
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


HARMS: list[Harm] = [
    *(flip_a_bit, cut_out_bytes, put_in_bytes, cut_off_the_end, exchange_two_files, rename_a_file),
    *(remove_a_file, reorder_lines, truncate_parquet, add_to_data, add_beside, link_what_is_listed),
    *(seal_anew, edit_and_leave_the_id, other_form, harm_signatures, harm_salts, harm_the_log),
    *(harm_the_chain, put_another_output_in_its_place, put_another_plan_in_its_place),
    harm_the_trust_file,
]


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): b"link" if path.is_symlink() else path.read_bytes()
        for path in root.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def test_untouched_all_passes(world: Path) -> None:
    assert judged(world) == (0, 0)


def test_whatever_is_tampered_with_is_found(world: Path, tmp_path: Path) -> None:
    before = contents(world)
    found: Counter[str] = Counter()
    for number in range(DRAWN):
        harm = HARMS[number % len(HARMS)]
        chance = random.Random(f"tampering {number}")
        root = tmp_path / str(number)
        shutil.copytree(world, root, ignore=shutil.ignore_patterns("in"))
        (root / "in").mkdir()
        (root / "in/a.csv").write_bytes(b"raw")
        try:
            harm(root, chance)
        except FileExistsError:  # what it would add stands there already
            continue
        now = contents(root)
        if {k: v for k, v in now.items() if k != "in/a.csv"} == {
            k: v for k, v in before.items() if not k.startswith("in/")
        } and harm not in (add_to_data, add_beside, link_what_is_listed):
            continue  # it drew what was there
        verified, gated = judged(root)
        assert verified or gated, (harm.__name__, number)
        found[harm.__name__] += 1
        shutil.rmtree(root)
    assert found.total() >= 67 or DRAWN < 100
    assert set(found) == {harm.__name__ for harm in HARMS} or DRAWN < 100
