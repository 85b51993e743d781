"""Generated training text: exact spans, the same for the same seed, every kind, casings."""

from __future__ import annotations

import json
import runpy
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.generated import KINDS, Document, documents
from training.generated.companies import short
from training.generated.document import Writer
from training.generated.grammar import compile_rules, read_rules
from training.generated.names import crossed
from training.generated.noise import (
    broken_lines,
    cased,
    misspelt,
    mojibake,
    noisy,
    rewritten,
    tokenized,
    unpunctuated,
    without_accents,
)
from training.generated.world import Scene, World, slot

_PEOPLE = {
    "US": ("James John Robert", "Mary Linda Anna", "Smith Johnson McCarter O'Neil"),
    "PL": ("Łukasz Jan", "Zofia Ewa", "Wójcik Nowak Żak"),
    "TR": ("İbrahim Ali", "Ayşe Işıl", "Yıldız Kaya"),
    "HU": ("Gábor Béla", "Eszter Ágnes", "Nagy Szabó"),
    "RU*": ("Иван Пётр", "Анна Ольга", "Иванов Петров"),
    "JP*": ("太郎 次郎", "花子 桜", "佐藤 鈴木"),
}
_CITIES = {
    "US": "Springfield Austin",
    "DE": "Köln Görlitz",
    "FR": "Lyon Sète",
    "IN": "Madurai Adūr",
    "JP": "Mito",
    "GB": "Leeds Bath",
    "PL": "Łódź",
    "BR": "Natal",
    "IT": "Bari",
}


def _write(path: Path, rows: list[tuple[str, str, str]]) -> None:
    lines = ["name,country,kind,rank", *(f'"{name}",{code},{kind},' for name, code, kind in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    names = folder / "names"
    names.mkdir()
    people = [
        (name, code.rstrip("*"), kind)
        for code, parts in _PEOPLE.items()
        for kind, part in zip(("given_m", "given_f", "surname"), parts, strict=True)
        for name in part.split()
    ]
    _write(names / "popular_names_cc0.csv", people)
    _write(names / "us_census1990_pd.csv", [("Vogan", "US", "surname")])
    _write(names / "uk_births_ogl.csv", [("Poppy-rose", "GB", "given_f")])
    _write(
        names / "faker_person_mit.csv", [("Mehmet", "tr_TR", "given"), ("Öz", "tr_TR", "surname")]
    )
    cities = [(city, code, "city") for code, part in _CITIES.items() for city in part.split()]
    regions = [("Bavaria", "DE", "region"), ("Ohio", "US", "region")]
    countries = [("Germany", "DE", "country"), ("France", "FR", "country")]
    _write(names / "places_geonames_ccby.csv", cities + regions + countries)
    _write(names / "companies_sp500_pddl.csv", [("Acme Widgets Inc.", "US", "company")])
    _write(names / "companies_sec_pd.csv", [("News Corp (Class B)", "US", "company")])
    return folder


def _check(document: Document) -> None:
    at = 0
    for start, end, label in document.spans:
        assert at <= start < end <= len(document.text)
        name = document.text[start:end]
        assert name == name.strip()
        assert label in ("PERSON", "LOCATION", "ORGANIZATION")
        at = end


def test_spans_are_exact_in_order_and_every_kind_and_label_occurs(data: Path) -> None:
    made = list(documents(data, 1, 3000))
    kinds, labels = Counter(d.kind for d in made), Counter(s[2] for d in made for s in d.spans)
    for document in made:
        _check(document)
        assert document.text.strip()
    assert set(kinds) == set(KINDS)
    assert set(labels) == {"PERSON", "LOCATION", "ORGANIZATION"}
    assert kinds.most_common()[0][1] < 600, "no kind drowns the others"


def test_the_same_seed_makes_the_same_documents_and_fewer_are_the_first_of_many(data: Path) -> None:
    many = list(documents(data, 7, 200))
    assert list(documents(data, 7, 200)) == many
    assert list(documents(data, 7, 50)) == many[:50]
    assert list(documents(data, 8, 50)) != many[:50]


def test_every_name_of_the_lists_that_stands_in_a_text_is_labelled(data: Path) -> None:
    # With a letter beyond ASCII or a place: no e-mail address or user name is made of these.
    listed = {"Łukasz", "Wójcik", "Görlitz", "Madurai", "Bavaria", "Иванов"}
    seen: set[str] = set()
    for document in documents(data, 3, 3000):
        outside = list(document.text)
        for start, end, _ in document.spans:
            seen.update(name for name in listed if name in document.text[start:end])
            outside[start:end] = " " * (end - start)
        rest = "".join(outside)
        assert not [name for name in listed if name in rest], document
    assert seen == listed


def test_negatives_have_no_name_and_the_rest_mostly_has(data: Path) -> None:
    assert not [d for d in documents(data, 2, 600, kinds=("negative",)) if d.spans]
    for kind in sorted(set(KINDS) - {"negative", "defined"}):  # roles, eponyms, works: few names
        made = list(documents(data, 2, 200, kinds=(kind,)))
        assert sum(bool(d.spans) for d in made) > 80, kind


def test_handles_are_people_or_nothing(data: Path) -> None:
    def handles(*, people: bool) -> list[bool]:
        made = documents(data, 4, 300, kinds=("social",), handles_are_people=people)
        return [
            any(start <= at < end for start, end, _ in d.spans)
            for d in made
            for at, char in enumerate(d.text)
            if char == "@" and d.text[at + 1 : at + 2].strip()
        ]

    assert handles(people=True)
    assert all(handles(people=True))
    assert not any(handles(people=False))


@pytest.mark.parametrize(
    ("name", "text", "label"),
    [
        ("O=Supreme Court", "Supreme Court", "ORGANIZATION"),
        ("a.l", None, "PERSON"),
        ("a.x", None, "PERSON"),
        ("a.xx", None, "PERSON"),
        ("nick", None, "PERSON"),
        ("x.up", None, "LOCATION"),
        ("m", None, "ORGANIZATION"),
        ("k", None, "ORGANIZATION"),
        ("money", None, None),
    ],
)
def test_a_slot_writes_one_thing(
    data: Path, name: str, text: str | None, label: str | None
) -> None:
    scene = Scene(World(data / "names", handles_are_people=True), Random(1))
    slot(name)(scene)
    document = scene.out.document("x")
    assert text is None or document.text == text
    assert document.spans == (((0, len(document.text), label),) if label else ())


@pytest.mark.parametrize("form", ["x", "xd", "xx"])
def test_the_letters_for_a_person_are_the_same_through_a_document(data: Path, form: str) -> None:
    scene = Scene(World(data / "names", handles_are_people=True), Random(1))
    for _ in range(3):
        slot(f"a.{form}")(scene)
    document = scene.out.document("x")
    first, *more = (document.text[start:end] for start, end, _ in document.spans)
    assert more == [first, first]
    assert first.replace(".", "").replace(" ", "").isupper()


@pytest.mark.parametrize("name", ["nobody", "a.zz", "d.f", "x.l", "o.zz", ""])
def test_a_slot_that_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="no slot"):
        slot(name)


@pytest.mark.parametrize("kinds", [(), ("chat", "poetry")])
def test_an_unknown_kind_is_an_error(data: Path, kinds: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="no such kind"):
        next(documents(data, 1, 1, kinds=kinds))


def test_a_folder_without_names_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(documents(tmp_path, 1, 1))


# Noise


_TEXT = "Dear Mr. İbrahim Öz-Łęcki, meet Straße 5, Köln (ﬁne ß) at ACME's."
_SPANS = ((5, 25, "PERSON"), (32, 46, "LOCATION"), (58, 62, "ORGANIZATION"))
_DOCUMENT = Document(_TEXT, _SPANS, "email")


def _names(document: Document) -> list[str]:
    return [document.text[start:end] for start, end, _ in document.spans]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # A letter whose other case has another length (İ, ß, ﬁ) stays as it is.
        (str.lower, "dear mr. İbrahim öz-łęcki, meet straße 5, köln (ﬁne ß) at acme's."),
        (str.upper, "DEAR MR. İBRAHIM ÖZ-ŁĘCKI, MEET STRAßE 5, KÖLN (ﬁNE ß) AT ACME'S."),
    ],
)
def test_casings_keep_every_offset(change, expected: str) -> None:
    changed = cased(_DOCUMENT, change)
    assert changed.text == expected
    assert changed.spans == _DOCUMENT.spans
    assert [name.lower() for name in _names(changed)] == [
        name.lower() for name in _names(_DOCUMENT)
    ]


def test_accents_go_and_offsets_stay() -> None:
    bare = without_accents(_DOCUMENT)
    assert bare.text == "Dear Mr. Ibrahim Oz-Lecki, meet Straße 5, Koln (ﬁne ß) at ACME's."
    assert bare.spans == _DOCUMENT.spans


def test_tokenized_text_has_spaces_around_punctuation() -> None:
    document = Document("Hi Ann, it's (R.E.) Glenn's!", ((3, 6, "PERSON"), (14, 25, "PERSON")), "x")
    made = tokenized(document)
    assert made.text == "Hi Ann , it ' s ( R.E . ) Glenn ' s ! "
    assert made.text[slice(*made.spans[0][:2])] == "Ann"


@pytest.mark.parametrize(
    ("inside", "name"),
    [
        (lambda name: f" {name}\n", "Ann"),
        (lambda name: name * 2, "AnnAnn"),
        (lambda _: "\t", None),
    ],
)
def test_a_rewritten_name_has_no_blank_at_its_ends(inside, name: str | None) -> None:
    made = rewritten(Document("Hi Ann!", ((3, 6, "PERSON"),), "x"), str.upper, inside)
    assert _names(made) == ([name] if name else [])


_WORDS = st.text(st.sampled_from("aéßİŁ ,.'\n\u00a0😂(İ"), min_size=0, max_size=8)


@given(
    st.lists(st.tuples(_WORDS, _WORDS.map(lambda w: f"N{w}n")), max_size=5), st.integers(0, 9999)
)
def test_noise_keeps_spans_exact_and_never_drops_a_name(
    parts: list[tuple[str, str]], seed: int
) -> None:
    out = Writer()
    for between, name in parts:
        out.add(between)
        out.add(name, "PERSON")
    document = out.document("x")
    rng = Random(seed)
    for change in (
        tokenized,
        unpunctuated,
        without_accents,
        mojibake,
        lambda d: broken_lines(d, rng),
        lambda d: misspelt(d, rng),
        lambda d: noisy(d, rng),
        lambda d: cased(d, str.upper),
        lambda d: cased(d, str.title),
    ):
        made = change(document)
        _check(made)
        assert len(made.spans) == len(document.spans)


# The grammar


def _expansions(text: str) -> set[str]:
    """What a file of rules can say; the one slot is `{who}`."""

    def slot(name: str):
        if name != "who":
            raise ValueError(f"no slot and no rule is called {name}")
        return lambda scene: scene.out.add("Ann", "PERSON")

    class Scene:
        def __init__(self, seed: int) -> None:
            self.out = Writer()
            self.random = Random(seed).random

    start = compile_rules(read_rules(text), slot)["start"]
    said = set()
    for seed in range(80):
        scene = Scene(seed)
        start(scene)
        said.add(scene.out.document("x").text)
    return said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@start\nhi", {"hi"}),
        ("# words\n@start\nhi\n\n3* yo", {"hi", "yo"}),
        ("@start\n[a|b[1|2]|]c", {"ac", "b1c", "b2c", "c"}),
        ("@start\n{who} {two}\n@two\nx\ny", {"Ann x", "Ann y"}),
        ("@start\n{^two}, {two}\n@two\nxé", {"Xé, xé"}),
        ("@start\n\\[a\\|b\\] \\{\\} \\\\ 1\\n2\\t3\\s", {"[a|b] {} \\ 1\n2\t3 "}),
        ("@start\n\\@a\n#b", {"@a", "#b"}),
        ("@start\na\\s\n", {"a "}),
    ],
)
def test_rules_expand(text: str, expected: set[str]) -> None:
    assert _expansions(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hi", "line 1: an alternative before the first rule"),
        ("@a\nx\n@a\ny", "line 3: rule a is there twice"),
        ("@start\n@b\nx", "rules without alternatives: start"),
        ("@start\n[a|b", "rule start: a bracket is not closed"),
        ("@start\n{nobody}", "no slot and no rule is called nobody"),
        ("@start\na{who", "cannot read"),
    ],
)
def test_a_broken_file_of_rules_is_an_error(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _expansions(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme Widgets Inc.", "Acme Widgets"),
        ("New Concept Energy, Inc.", "New Concept Energy"),
        ("Inc.", "Inc."),
        ("Cemex SAB DE CV", "Cemex SAB DE CV"),
        ("3M", "3M"),
    ],
)
def test_a_company_without_its_legal_form(name: str, expected: str) -> None:
    assert short(name) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Kowalski", "Petersen", "Kowarsen"),
        ("De Souza", "Van Buren", "De Souza"),
        ("Ng", "Smith", "Ng"),
        ("Özdemir", "Łukasik", "Özdasik"),
    ],
)
def test_two_surnames_make_one_that_is_in_no_list(one: str, other: str, expected: str) -> None:
    assert crossed(one, other) == expected


def test_the_command_shows_samples(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["generated", str(data), "--count", "5", "--kind", "cell"]
    monkeypatch.setattr(sys, "argv", command)
    runpy.run_module("training.generated", run_name="__main__")
    assert capsys.readouterr().out.count("--- cell\n") == 5
    monkeypatch.setattr(sys, "argv", [*command, "--jsonl"])
    runpy.run_module("training.generated", run_name="__main__")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [set(row) for row in rows] == [{"text", "spans", "kind"}] * 5
