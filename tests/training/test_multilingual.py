"""Sentences of many languages: what may be a name is unknown, what is put in is labelled."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

pytest.importorskip("babel")

from training.multilingual.carriers import documents
from training.multilingual.sentences import Look, languages, sentences
from training.tagging import LABELS

NAMES = """name,country,kind,rank
Jana,sk_SK,given_f,
Milan,sk_SK,given_m,
Horváthová,sk_SK,surname,
Иван,ru_RU,given_m,
Лужков,ru_RU,surname,
陽子,ja_JP,given_f,
田中,ja_JP,surname,
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "names").mkdir()
    (folder / "names" / "faker_person_mit.csv").write_text(NAMES, encoding="utf-8")
    text = "\n".join(["kamenný dom", "Dom je kamenný.", "Stretol som Janu.", "Jana spí.", ""] * 9)
    (folder / "train" / "cc0_sentences").mkdir(parents=True)
    (folder / "train" / "cc0_sentences" / "sk.txt").write_text(text, encoding="utf-8")
    return folder


def looked(language: str, texts: list[str], text: str, listed: set[str]) -> list[str]:
    look = Look.over(language, texts, listed, {"Jana", "Milan"})
    return [text[begin:end] for begin, end, _ in look.doubtful(text)]


@pytest.mark.parametrize(
    ("language", "text", "doubtful"),
    [
        ("sk", "Dom je starý.", []),
        ("sk", "Stretol som Petra.", ["Petra"]),
        ("sk", "Janu som nevidel.", ["Janu"]),
        ("sk", "Nevidel som dom.", []),
        ("de", "Das Haus ist alt.", []),
        ("de", "Das ist Jana im Haus.", ["Jana"]),
        ("ja", "昨日田中が来た。", ["田中"]),
        ("ar", "جاء محمد اليوم", ["محمد"]),
    ],
)
def test_words_that_may_be_names_are_unknown(language: str, text: str, doubtful: list[str]) -> None:
    texts = {
        "sk": ["dom je starý", "stretol som dom", "som doma, som tu", "stretol starý dom"],
        "de": ["das ist das alte Haus", "im Haus ist das alt"],
        "ja": ["昨日来た"],
        "ar": ["جاء اليوم"],
    }[language]
    assert looked(language, texts, text, {"jana", "田中", "محمد"}) == doubtful


def test_a_sentence_is_learned_from_or_measures(data: Path) -> None:
    assert languages(data) == ["sk"]
    learned, kept = (set(sentences(data, "sk", kept=kept)) for kept in (False, True))
    assert learned.isdisjoint(kept)
    assert "" not in learned | kept
    assert learned | kept == {"kamenný dom", "Dom je kamenný.", "Stretol som Janu.", "Jana spí."}


def test_names_that_are_put_in_are_labelled_in_their_script(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.multilingual import carriers

    codes = ("sk", "ru", "ja")
    chosen = [row for row in carriers._read() if row[0] in codes]
    monkeypatch.setattr(carriers, "_read", lambda: iter(chosen))
    made = documents(data, Random(3))
    people = set()
    for document in made:
        last = 0
        for begin, end, label in document.spans:
            assert last <= begin < end <= len(document.text)
            assert document.text[begin:end].strip() == document.text[begin:end]
            last = end
            if label == "PERSON":
                people.add(document.text[begin:end])
            assert label in (*LABELS, "?")
    assert {"Иван Лужков", "田中陽子", "Jana Horváthová"} <= people
    assert any(not document.spans for document in made)
