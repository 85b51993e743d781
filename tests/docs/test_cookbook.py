"""Each sentence of the cookbook by its rule, on invented data, checked without scrubber's code."""

from __future__ import annotations

import datetime as dt
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
import yaml

import scrubber

PAGE = Path(__file__).parents[2] / "docs" / "cookbook.md"
KEY = bytes(range(32))
Row = dict[str, Any]
Rows = Sequence[Row]
BODY = re.compile(r"^### (\w+)\. ([^\n]+)\n+```yaml\n(.*?)```", re.MULTILINE | re.DOTALL)
RECIPES = {name: (sentence, body) for name, sentence, body in BODY.findall(PAGE.read_text("utf-8"))}
FIRST = ["Olivia", "Liam", "Priya", "Jürgen"]
LAST = ["Anderson", "Martinez", "Lindqvist", "Schäfer"]
DAY = dt.date(2024, 3, 1)
TODAY = dt.datetime.now(dt.UTC).date()


@cache
def data(letter: str) -> dict[str, pa.Table]:
    """The tables of a data set; those of H and C hold text alone, as CSV files do."""
    return {name: pa.Table.from_pylist(rows) for name, rows in MAKERS[letter]().items()}


def staff() -> dict[str, list[Row]]:
    rows = []
    for i in range(24):
        first, last, country = FIRST[i % 4], LAST[i // 4 % 4], ["US", "DE", "JP"][i % 3]
        rows.append(
            {
                "employee_id": f"E{100 + i}",
                "birth_date": str(dt.date(1960 + i, 1 + i % 3, 1 + i % 2)),
                "hire_date": str(dt.date(2015, 1 + i % 12, 31 if i % 12 == 0 else 15)),
                "termination_date": None if i % 3 else str(dt.date(2020 + i % 5, 2, 15)),
                "job_title": "Engineer" if i % 2 else f"Chief {i % 5}",
                "manager_id": f"E{100 + i // 2}",
                "first_name": first,
                "last_name": last,
                "ssn": f"219-09-{1000 + i}",
                "email": f"{first.lower()}@corp.example.{['com', 'de', 'jp'][i % 3]}",
                "country": country,
                "work_phone": f"+4{i % 10} 30 {5550100 + i}",
                "salary": str(123_456 + 35_711 * i if country != "JP" else 12_345_678 + i),
                "currency": {"US": "USD", "DE": "EUR", "JP": "JPY"}[country],
                "job_level": str(i % 10 + 1),
                "performance_text": f"{first} {last} shipped the migration on time.",
                "consent_analytics": ["yes", "no", None][i % 3],
            }
        )
    return {"employees": rows}


def clinic() -> dict[str, list[Row]]:
    patients, encounters, notes = [], [], []
    for i in range(20):
        mrn = f"MRN{1000 + i}"
        born = dt.date(1920 + 5 * i, 5, 3)
        patients.append(
            {
                "mrn": mrn,
                "birth_date": str(born),
                "zip": ["02139", "03601"][i % 2],
                "research_consent": ["yes", "no", "yes", None][i % 4],
            }
        )
        for j in range(2):
            day = DAY + dt.timedelta(days=i + 9 * j)
            encounters.append(
                {
                    "mrn": mrn,
                    "birth_date": str(born),
                    "diagnosis": "I10" if i < 12 else f"Q{i % 5}",
                    "visit_date": str(day),
                    "discharge_date": str(day + dt.timedelta(days=3)),
                    "notes": "moved from room 12",
                }
            )
            notes.append({"mrn": mrn, "notes": f"Portal: p{i}@mychart.example.org, stable."})
    return {"patients": patients, "encounters": encounters, "notes": notes}


def shop() -> dict[str, list[Row]]:
    hosts = ["gmail.com", "gmx.de", "smallfirm7.example"]
    rows = []
    for i in range(12):
        first, last = FIRST[i % 4], LAST[i % 4]
        address = {"street": "5 Main St", "zip": f"{10000 + i}", "country": "US"}
        orders = [
            {
                "order_id": f"ORD-{100000 + 10 * i + j}",
                "placed_at": f"2025-{j + 1:02}-0{j + 3}T{10 + j}:30:00Z",
                "total": 12.34 + i,
                "items": [{"sku": f"SKU{i}", "qty": j}],
            }
            for j in range(3)
        ]
        text = f"I am {first} {last}, {orders[0]['order_id']} is late, mail c{i}@firm.com"
        rows.append(
            {
                "customer_id": f"C{i}",
                "name": f"{first} {last}",
                "email": f"{first.lower()}@{hosts[i % 3]}",
                "marketing_consent": [True, False, None][i % 3],
                "shipping_address": address,
                "billing_address": address,
                "devices": [{"device_id": f"C{i}"}],
                "orders": orders,
                "reviews": [{"text": text, "stars": i % 5}],
                "photo": {"width": 800, "height": 600, "exif": {"serial": f"SN{i}"}},
            }
        )
    return {"customers": rows}


IBAN = "DE89370400440532013000"


def chats() -> dict[str, list[Row]]:
    rows = []
    for i in range(12):
        messages = [
            {"role": "system", "content": "You help. Escalate to desk@acme.example."},
            {"role": "user", "content": f"Order ORD-{100000 + i % 3}, mail u{i}@firm.com"},
            {"role": "agent", "content": f"Refund goes to {IBAN}"},
        ]
        rows.append(
            {
                "chat_id": f"chat{i}",
                "opened_at": f"{TODAY - dt.timedelta(days=150 * i + 100)}T10:00:00Z",
                "lang": ["en", "de", "ja"][i % 3],
                "agent_name": ["Brenda", "Kyle"][i % 2],
                "customer_name": f"{FIRST[i % 4]} {LAST[i % 4]}",
                "messages": messages[: 2 + i % 2],
                "attachments": [
                    {"mime": "image/jpeg", "file_name": "anna_pass.jpg", "exif": "52.5"}
                ],
            }
        )
    return {"chats": rows}


def web() -> dict[str, list[Row]]:
    addresses = ["203.0.113.77", "2001:db8:1:2::77"]
    paths = ["/users/123/orders?token=ab#x", "/search?q=divorce", "/"]
    agents = ["Mozilla/5.0 (X11) Firefox/127.0", "kube-probe/1.29"]
    return {
        "events": [
            {
                "ts": f"2026-03-0{i % 7 + 1}T1{i % 10}:2{i % 10}:33+01:00",
                "ip": addresses[i % 2],
                "url": "https://shop.example.com" + paths[i % 3],
                "referer": [None, "https://www.google.com/search?q=ann"][i % 2],
                "user_agent": agents[i % 4 == 3],
                "cookies": "id=ann",
                "session_id": f"s{i % 2}",
                "user": i % 5 + 1,
                "status": 200 + i,
            }
            for i in range(20)
        ],
        "access": [{"auth_user": f"{i % 5 + 1}", "status": "200"} for i in range(10)],
    }


def survey() -> dict[str, list[Row]]:
    chance = random.Random(6)
    return {
        "persons": [
            {
                "household_id": f"H{i // 3}",
                "age": chance.randint(18, 78) if i % 20 else 85 + i % 7,
                "sex": chance.choice("FM"),
                "zip": chance.choice(["02139", "02140", "94110"]),
                "education": chance.choice(["school", "degree"]),
                "income": [-700, 300_123, 45_678, None][i % 4],
                "person_id": f"P{i}",
                "drug_use": ["yes", "no", "no", "no", None][i % 5],
                "interview_month": "2025-04" if i % 100 == 0 else f"2025-0{i % 3 + 1}",
            }
            for i in range(300)
        ]
    }


def wide() -> dict[str, list[Row]]:
    return {
        "wide": [
            {
                "patient_id": f"P{i % 4}",
                "lab_000": 1.2345678 * (i + 1),
                "lab_001": None if i % 2 else 98765.4321 * i,
                "pii_00": f"{FIRST[i % 4]} {LAST[i % 4]}",
                "note_00": f"call u{i}@firm.com, stable",
                "dt_00": DAY + dt.timedelta(days=i),
                "dt_01": DAY + dt.timedelta(days=2 * i),
                "b_00": i % 2 == 0,
                "cat_00": ["a", "b", f"c{i}"][i % 5 and (1 + (i % 5 == 1))],
                "cat_01": i % 2 if i else 7,
                "flag_00": [0, 1, 9][i % 3],
            }
            for i in range(24)
        ]
    }


MAKERS: dict[str, Callable[[], dict[str, list[Row]]]] = {
    "H": staff, "C": clinic, "E": shop, "S": chats, "W": web, "M": survey, "X": wide,
}  # fmt: skip


# ---- checks: (rows before, rows after) of each table ----------------------------------------


def of(rows: Rows, name: str) -> list[Any]:
    return [row[name] for row in rows]


def one_to_one(before: Sequence[Any], after: Sequence[Any]) -> dict[Any, Any]:
    """The new name of each value; different values have different ones."""
    names = dict(zip(before, after, strict=True))
    assert [names[value] for value in before] == list(after)
    assert len(set(names.values())) == len(names)
    return names


def h1(old: Rows, new: Rows) -> None:
    names = one_to_one(of(old, "employee_id"), of(new, "employee_id"))
    assert [names[value] for value in of(old, "manager_id")] == of(new, "manager_id")
    assert not set(names) & set(names.values())


def h2(old: Rows, new: Rows) -> None:
    assert set(new[0]) == {"performance_text"}
    for was, became in zip(old, new, strict=True):
        text = became["performance_text"]
        assert text.endswith("shipped the migration on time.")
        assert was["first_name"] not in text
        assert was["last_name"] not in text
        assert not text.startswith(("shipped", "{"))


def h3(old: Rows, new: Rows) -> None:
    names = one_to_one(of(old, "email"), of(new, "email"))
    for was, became in names.items():
        assert re.fullmatch(r"[a-z2-7]{13}@[a-z2-7]{13}\.[a-z]+", became)
        assert was.rpartition(".")[2] == became.rpartition(".")[2]


def h4(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        german = was["country"] == "DE"
        assert became["work_phone"] == (None if german else was["work_phone"][:3])


def h5(old: Rows, new: Rows) -> None:
    assert set(new[0]) == {"age"}
    for was, became in zip(old, new, strict=True):
        born = dt.date.fromisoformat(was["birth_date"])
        age = 2026 - born.year - ((born.month, born.day) > (1, 1))
        assert became["age"] == f"[{age // 10 * 10}, {age // 10 * 10 + 10})"


def h6(old: Rows, new: Rows) -> None:
    assert any(row["tenure_months"] for row in new)
    for was, became in zip(old, new, strict=True):
        assert became["hire_date"] == was["hire_date"][:7]
        months = None
        if was["termination_date"] is not None:
            (y, m, d), (a, b, c) = (
                map(int, was[name].split("-")) for name in ("hire_date", "termination_date")
            )
            months = 12 * (a - y) + b - m - (c < d)
        assert became["tenure_months"] == months


def h9(old: Rows, new: Rows) -> None:
    held = Counter(of(old, "job_title"))  # each row is a person
    assert min(held.values()) < 10 <= max(held.values())
    wanted = [title if held[title] >= 10 else "Other" for title in of(old, "job_title")]
    assert of(new, "job_title") == wanted


def h7(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        step = 100_000 if was["currency"] == "JPY" else 1_000
        wanted = round(int(was["salary"]) / step) * step
        if was["currency"] != "JPY":
            wanted = min(wanted, 300_000)
        assert int(became["salary"]) == wanted


def h8(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        allowed = was["consent_analytics"] == "yes"  # an unknown answer is none
        assert (became["performance_text"] is not None) == allowed


def h10(old: Rows, new: Rows) -> None:
    assert of(new, "job_level") == [level for level in of(old, "job_level") if int(level) < 9]


def c1(old: dict[str, Rows], new: dict[str, Rows]) -> None:
    names = one_to_one(of(old["patients"], "mrn"), of(new["patients"], "mrn"))
    for table in ("encounters", "notes"):
        assert of(new[table], "mrn") == [names[value] for value in of(old[table], "mrn")]


def c2(old: Rows, new: Rows) -> None:
    moved: dict[str, set[int]] = defaultdict(set)
    for was, became in zip(old, new, strict=True):
        for name in ("visit_date", "discharge_date"):
            days = (dt.date.fromisoformat(became[name]) - dt.date.fromisoformat(was[name])).days
            moved[was["mrn"]].add(days)
    assert all(len(days) == 1 for days in moved.values())
    shifts = [days.pop() for days in moved.values()]
    assert all(days % 7 == 0 and days != 0 and abs(days) <= 364 for days in shifts)
    assert len(set(shifts)) > 5


def c3(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        year = was["birth_date"][:4]
        assert became["birth_date"] == (None if 2026 - int(year) >= 90 else year)


def c4(old: dict[str, Rows], new: dict[str, Rows]) -> None:
    assert set(new["encounters"][0]) == {"visit_date"}
    assert all(
        re.fullmatch(r"Portal: \{EMAIL_ADDRESS\}, stable\.", t) for t in of(new["notes"], "notes")
    )
    assert len(new["notes"]) == len(old["notes"])


def c6(old: Rows, new: Rows) -> None:
    assert of(new, "zip") == ["000" if z == "03601" else z[:3] for z in of(old, "zip")]


def c7(old: Rows, new: Rows) -> None:
    days = [dt.date.fromisoformat(day).isoweekday() for day in of(old, "visit_date")]
    assert list(map(int, of(new, "visit_date"))) == days


def c8(old: dict[str, Rows], new: dict[str, Rows]) -> None:
    left = {row["mrn"] for row in old["patients"] if row["research_consent"] == "yes"}
    for table, rows in old.items():
        assert len(new[table]) == sum(row["mrn"] in left for row in rows) > 0
    tokens = [set(of(new[table], "mrn")) for table in old]
    assert len(tokens) == 3
    assert all(one == tokens[0] and len(one) == len(left) for one in tokens)


def c9(old: Rows, new: Rows) -> None:
    patients = Counter(code for code, _ in {(row["diagnosis"], row["mrn"]) for row in old})
    records = Counter(of(old, "diagnosis"))
    assert any(patients[code] < 11 for code in records)
    wanted = [code if patients[code] >= 11 else "Other" for code in of(old, "diagnosis")]
    assert of(new, "diagnosis") == wanted


def c10(old: Rows, new: Rows) -> None:
    ages = []
    for row in old:
        born, visit = (dt.date.fromisoformat(row[n]) for n in ("birth_date", "visit_date"))
        age = visit.year - born.year - ((visit.month, visit.day) < (born.month, born.day))
        ages.append(min(age, 90))
    assert of(new, "age_at_visit") == ages
    assert 90 in ages


def e1(old: Rows, new: Rows) -> None:
    customers = one_to_one(of(old, "customer_id"), of(new, "customer_id"))
    devices = [row["devices"][0]["device_id"] for row in new]
    assert not set(devices) & set(customers.values())  # of the same values
    assert len(set(devices)) == len(old)


def e2(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        zip_ = was["shipping_address"]["zip"][:3]
        assert became == {"shipping_address": {"zip": zip_, "country": "US"}}


def e3(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        for order, made in zip(was["orders"], became["orders"], strict=True):
            assert made["total"] % 5 == 0
            assert abs(made["total"] - order["total"]) <= 2.5
            assert made["items"] == order["items"]


def e4(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        text = became["reviews"][0]["text"]
        parts = [*was["name"].split(), was["orders"][0]["order_id"], "@firm.com"]
        assert not [part for part in parts if part in text]
        assert "is late, mail" in text


def e5(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        assert (became["reviews"][0]["text"] is not None) == (was["marketing_consent"] is True)
        assert became["reviews"][0]["stars"] == was["reviews"][0]["stars"]


def e6(old: Rows, new: Rows) -> None:
    hosts = [email.split("@")[1] for email in of(old, "email")]
    assert of(new, "email") == [h if h in ("gmail.com", "gmx.de") else "other" for h in hosts]


def e7(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        times = [dt.datetime.fromisoformat(order["placed_at"]) for order in was["orders"]]
        assert of(became["orders"], "placed_at") == [f"{t:%m-%H}" for t in times]


def e10(old: Rows, new: Rows) -> None:
    assert [row["photo"] for row in new] == [{"width": 800, "height": 600}] * len(old)


def s1(old: Rows, new: Rows) -> None:
    lists = Path(scrubber.__file__).parent / "transform" / "lists"
    german = (lists / "de_DE.surnames.txt").read_text("utf-8").split()
    english = (lists / "en_US.surnames.txt").read_text("utf-8").split()
    surnames: dict[str, set[str]] = defaultdict(set)
    for was, became in zip(old, new, strict=True):
        assert not set(was["customer_name"].split()) & set(became["customer_name"].split())
        surnames[was["lang"]].add(became["customer_name"].split()[-1])
    assert surnames["de"] <= set(german)
    assert surnames["en"] <= set(english)
    assert surnames["de"] - set(english)


def s10(old: Rows, new: Rows) -> None:
    year, month, day = TODAY.timetuple()[:3]
    limit = dt.date(year - 2, month, min(day, 28 if month == 2 else day))
    opened = {row["chat_id"]: dt.date.fromisoformat(row["opened_at"][:10]) for row in old}
    wanted = [chat for chat, on in opened.items() if on >= limit]
    assert of(new, "chat_id") == wanted
    assert 0 < len(wanted) < len(old)


def s2(old: Rows, new: Rows) -> None:
    agents = set(zip(of(old, "agent_name"), of(new, "agent_name"), strict=True))
    assert len(agents) == 2
    assert all(re.fullmatch("[a-z2-7]{26}", token) for _, token in agents)
    for was, became in zip(of(old, "customer_name"), of(new, "customer_name"), strict=True):
        assert re.fullmatch(r"[^\W\d_].+ [^\W\d_].+", became)
        assert not set(was.split()) & set(became.split())


def s3(old: Rows, new: Rows) -> None:
    tokens: dict[str, set[str]] = defaultdict(set)
    for was, became in zip(old, new, strict=True):
        number = re.search("ORD-[0-9]{6}", was["messages"][1]["content"])
        token = re.match("Order ([a-z2-7]{26}), mail", became["messages"][1]["content"])
        assert number
        assert token
        tokens[number[0]].add(token[1])
    assert sorted(map(len, tokens.values())) == [1, 1, 1]
    assert len(set.union(*tokens.values())) == 3


def s4(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        for message, made in zip(was["messages"], became["messages"], strict=True):
            text = made["content"]
            assert (text == message["content"]) == (message["role"] == "system")
            assert "@firm.com" not in text
            assert IBAN not in text


def s6(old: Rows, new: Rows) -> None:
    assert of(new, "lang") == [lang for lang in of(old, "lang") if lang != "ja"]


def s7(old: Rows, new: Rows) -> None:
    texts = [row["messages"][2]["content"] for row in new if len(row["messages"]) > 2]
    assert texts
    assert set(texts) == {f"Refund goes to DE{'*' * 16}3000"}
    assert len(new) == len(old)


def s8(old: Rows, new: Rows) -> None:
    assert new == [{"attachments": [{"mime": "image/jpeg"}]}] * len(old)


def s9(old: Rows, new: Rows) -> None:
    lengths = [len(row["messages"]) for row in old]
    assert [len(row["messages"]) for row in new] == [n for n in lengths if n >= 3]


def w1(old: Rows, new: Rows) -> None:
    for was, became in zip(of(old, "ip"), of(new, "ip"), strict=True):
        network = ip_network(became)
        assert ip_address(was) in network
        assert network.prefixlen == (24 if network.version == 4 else 48)


def w2(old: Rows, new: Rows) -> None:
    agents = dict(zip(of(old, "user_agent"), of(new, "user_agent"), strict=True))
    assert len(set(agents.values())) == 2
    assert all(re.fullmatch("[a-z2-7]{26}", token) for token in agents.values())
    families = ["Firefox" if "Firefox" in agent else "Other" for agent in of(old, "user_agent")]
    assert of(new, "browser") == families


def w5(old: Rows, new: Rows) -> None:
    assert set(new[0]) == {"session_id"}
    tokens: dict[tuple[str, str], set[str]] = defaultdict(set)
    for was, became in zip(old, new, strict=True):
        tokens[was["session_id"], was["ts"][:10]].add(became["session_id"])
    assert all(len(same) == 1 for same in tokens.values())
    assert len(set.union(*tokens.values())) == len(tokens)


def w8(old: Rows, new: Rows) -> None:
    events, sampled = Counter(of(old, "user")), Counter(of(new, "user"))
    assert len(sampled) < len(events)
    assert all(sampled[user] == events[user] for user in sampled)


def w9(old: dict[str, Rows], new: dict[str, Rows]) -> None:
    users = one_to_one(of(old["events"], "user"), of(new["events"], "user"))
    named = one_to_one(of(old["access"], "auth_user"), of(new["access"], "auth_user"))
    assert {str(user): token for user, token in users.items()} == named


def w3(old: Rows, new: Rows) -> None:
    ends = {"u": "/users/{id}/orders", "s": "/search", "": "/"}
    wanted = [ends[url.removeprefix("https://shop.example.com/")[:1]] for url in of(old, "url")]
    assert of(new, "url") == [f"shop.example.com{end}" for end in wanted]


def w4(old: Rows, new: Rows) -> None:
    assert of(new, "referer") == [url and "www.google.com" for url in of(old, "referer")]


def w6(old: Rows, new: Rows) -> None:
    assert of(new, "ts") == [f"{ts[:13]}+01:00" for ts in of(old, "ts")]


def w7(old: Rows, new: Rows) -> None:
    assert of(new, "status") == [r["status"] for r in old if not r["user_agent"].startswith("kube")]


def m1(old: Rows, new: Rows) -> None:
    classes = Counter(tuple(row[n] for n in ("age", "sex", "zip", "education")) for row in new)
    assert min(classes.values()) >= 5
    assert len(new) >= 0.95 * len(old)
    assert len(classes) > 1


def m2(old: Rows, new: Rows) -> None:
    households: dict[str, set[str]] = defaultdict(set)
    for row in new:
        households[row["sex"]].add(row["household_id"])
    assert all(len(tokens) >= 5 for tokens in households.values())
    assert not set(of(old, "household_id")) & set(of(new, "household_id"))


def m3(old: Rows, new: Rows) -> None:
    clipped = [None if v is None else min(max(v, 0), 250_000) for v in of(old, "income")]
    assert of(new, "income") == [None if v is None else round(v / 1000) * 1000 for v in clipped]


def m4(old: Rows, new: Rows) -> None:
    noise = []
    for was, became in zip(of(old, "income"), of(new, "income"), strict=True):
        assert (was is None) == (became is None)
        if was is not None:
            assert became % 1000 == 0
            noise.append(became - min(max(was, 0), 250_000))
    deviation = 250_000 * math.sqrt(2)
    assert len({n // 1000 for n in noise}) > 100  # each person's own
    assert abs(sum(noise) / len(noise)) < 4 * deviation / math.sqrt(len(noise))
    assert 0.6 * deviation < math.sqrt(sum(n * n for n in noise) / len(noise)) < 1.5 * deviation


def m7(old: Rows, new: Rows) -> None:
    pairs = list(zip(of(old, "drug_use"), of(new, "drug_use"), strict=True))
    asked = [was == became for was, became in pairs if was is not None]
    assert all((was is None) == (became is None) for was, became in pairs)
    assert 0.65 < sum(asked) / len(asked) < 0.85


def m10(old: Rows, new: Rows) -> None:
    people = [int(one[1:]) for one in of(new, "person_id")]
    assert set(people) < set(range(len(old)))
    assert 0.04 * len(old) < len(set(people)) == len(people) < 0.18 * len(old)
    assert people not in (sorted(people), sorted(people, reverse=True))


def m8(old: Rows, new: Rows) -> None:
    oldest = [age for age in of(old, "age") if age >= 85]
    mean = round(sum(oldest) / len(oldest))
    assert len(set(oldest)) > 1
    assert of(new, "age") == [mean if age >= 85 else age for age in of(old, "age")]


def x6(old: Rows, new: Rows) -> None:
    for name in ("cat_00", "cat_01"):
        rows = Counter(of(old, name))
        wanted = [str(v) if rows[v] >= 10 else "Other" for v in of(old, name)]
        assert of(new, name) == wanted
        assert "Other" in wanted
        assert len(set(wanted)) > 1


def m5(old: Rows, new: Rows) -> None:
    grouped: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in old:
        grouped[row["zip"][:3], row["interview_month"]].append(row)
    large = {key: rows for key, rows in grouped.items() if len(rows) >= 10}
    assert {(row["zip"], row["interview_month"]) for row in new} <= large.keys()
    assert len(large) - 2 <= len(new) < len(grouped)
    for row in new:
        rows = large[row["zip"], row["interview_month"]]
        known = [one["income"] for one in rows if one["income"] is not None]
        assert int(row["n"]) == len(rows)
        assert math.isclose(float(row["income"]), sum(known) / len(known), rel_tol=1e-9)


def w10(old: Rows, new: Rows) -> None:
    counts = Counter((row["url"].split("/")[2], row["ts"][:13]) for row in old)
    assert new
    for row in new:
        (host,) = {host for host, _ in counts if host in row["url"]}
        assert int(row["n"]) == counts[host, row["ts"][:13]] >= 10
    assert len(new) < len(counts)


def x1(old: Rows, new: Rows) -> None:
    for was, became in zip(old, new, strict=True):
        for name, value in became.items():
            wanted = None if was[name] is None else float(f"{was[name]:.2e}")
            assert (value is None) == (wanted is None)
            assert value is None or math.isclose(value, wanted or 0.0, rel_tol=1e-12)
    assert set(new[0]) == {"lab_000", "lab_001"}


def x2(old: Rows, new: Rows) -> None:
    assert new == [{"b_00": row["b_00"]} for row in old]


def x3(old: Rows, new: Rows) -> None:
    assert new == [{"note_00": "call {EMAIL_ADDRESS}, stable"}] * len(old)


def x4(old: Rows, new: Rows) -> None:
    moved: dict[str, set[dt.timedelta]] = defaultdict(set)
    for was, became in zip(old, new, strict=True):
        moved[was["patient_id"]] |= {became[n] - was[n] for n in ("dt_00", "dt_01")}
    assert sorted(map(len, moved.values())) == [1, 1, 1, 1]
    assert dt.timedelta(0) not in set.union(*moved.values())


def x7(old: Rows, new: Rows) -> None:
    assert new == [{"b_00": row["b_00"]} for row in old]


def x10(old: Rows, new: Rows) -> None:
    assert of(new, "flag_00") == [None if v == 9 else v for v in of(old, "flag_00")]


TABLE = {
    "C2": "encounters",
    "C3": "patients",
    "C6": "patients",
    "C7": "encounters",
    "C9": "encounters",
    "C10": "encounters",
}
LINKED = ("C1", "C4", "C8", "W9")  # about several tables
GROUPED = {"M5": "release", "W10": "requests"}  # about a table of groups
CHECKS: dict[str, Callable[[Any, Any], None]] = {
    name.upper(): globals()[name]
    for name in sorted(globals())
    if re.fullmatch("[hcewsmx][0-9]+", name)
}


def rules_of(name: str) -> dict[str, Any]:
    written = yaml.safe_load(RECIPES[name][1])
    return {"version": 1, "on_unlisted": "drop", "key": {"env": "COOKBOOK"}} | written


def test_every_sentence_has_a_check_and_every_check_a_sentence() -> None:
    assert RECIPES.keys() == CHECKS.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_a_rule_is_at_most_three_lines(name: str) -> None:
    lines = [line for line in RECIPES[name][1].splitlines() if line != "fields:"]
    assert len(lines) <= 3


def cases(names: Iterable[str]) -> list[Any]:
    """The names of recipes; those that start a detector are slow."""
    slow = pytest.mark.slow
    return [pytest.param(n, marks=slow if "entities:" in RECIPES[n][1] else ()) for n in names]


@pytest.mark.parametrize("name", cases(name for name in RECIPES if name not in (*LINKED, *GROUPED)))
def test_the_output_is_what_the_sentence_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("providers.csv").write_text("gmail.com\ngmx.de\nyahoo.com\noutlook.com\norange.fr\n")
    tables = data(name[0])
    table = tables[TABLE.get(name, next(iter(tables)))]
    done = scrubber.scrub(table, rules_of(name), key=KEY).data
    CHECKS[name](table.to_pylist(), done.to_pylist())


@pytest.mark.parametrize("name", cases(LINKED))
def test_the_output_of_linked_tables_is_what_the_sentence_says(name: str, tmp_path: Path) -> None:
    tables = {alias: pl.DataFrame(table.to_pylist()) for alias, table in data(name[0]).items()}
    (tmp_path / "in").mkdir()
    rules = rules_of(name)
    if name == "C4":  # a table with a field of which something is left
        del tables["patients"]
        rules["fields"].append({"name": "visit_date", "in": "encounters", "keep": "a day"})
    for alias, frame in tables.items():
        if alias == "events":  # with numbers where the log has texts
            frame.write_parquet(tmp_path / "in" / f"{alias}.parquet")
        else:
            frame.write_csv(tmp_path / "in" / f"{alias}.csv")
    scrubber.scrub(tmp_path / "in", rules, key=KEY, out=tmp_path / "out")
    new = {
        path.stem: pl.read_parquet(path).to_dicts()
        if path.suffix == ".parquet"
        else pl.read_csv(path, infer_schema=False).to_dicts()
        for path in (tmp_path / "out" / "data").iterdir()
    }
    CHECKS[name]({alias: frame.to_dicts() for alias, frame in tables.items()}, new)


@pytest.mark.parametrize("name", GROUPED)
def test_the_table_of_groups_is_what_the_sentence_says(name: str, tmp_path: Path) -> None:
    rows = next(iter(data(name[0]).values())).to_pylist()
    if name == "W10":  # a busy hour of one of two servers
        busy = "2026-03-01T10:20:00+01:00"
        other = rows[0] | {"url": "https://api.example.com/"}
        rows += [rows[0] | {"ts": busy} for _ in range(30)] + [other | {"ts": busy}] * 12
    pl.DataFrame(rows).write_csv(tmp_path / "in.csv")
    scrubber.scrub(tmp_path / "in.csv", rules_of(name), key=KEY, out=tmp_path / "out")
    path = tmp_path / "out" / "aggregates" / f"{GROUPED[name]}.csv"
    CHECKS[name](rows, pl.read_csv(path, infer_schema=False).to_dicts())
