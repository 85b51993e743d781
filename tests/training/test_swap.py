"""Real people's names in training text are replaced, in their script and form."""

from __future__ import annotations

from random import Random

import pytest

from training.names import Pool
from training.swap import swapped
from training.tagging import Labelled

NAMES = "name,country,kind,rank\n" + "".join(
    f"{name},{country},{kind},\n"
    for kind, names in {
        "given_f": {"sv_SE": "Astrid Gunilla", "es_ES": "Carmen Pilar", "ru_RU": "Анна"},
        "surname": {"sv_SE": "Lindqvist", "es_ES": "Quintana", "ru_RU": "Белов"},
    }.items()
    for country, words in names.items()
    for name in words.split()
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    folder = tmp_path_factory.mktemp("data")
    (folder / "names").mkdir()
    (folder / "names" / "n.csv").write_text(NAMES, encoding="utf-8")
    return Pool(folder)


def people(text: str, name: str, pool: Pool, home: str = "") -> list[str]:
    begin = text.index(name)
    labelled = Labelled(text, ((begin, begin + len(name), "PERSON"),))
    found = []
    for seed in range(60):
        made = swapped(labelled, pool, Random(seed), home)
        ((begin, end, label),) = made.spans
        assert label == "PERSON"
        assert name not in made.text
        assert made.text.replace(made.text[begin:end], name) == text
        found.append(made.text[begin:end])
    return found


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Юрий Лужков", "Анна Белов"),
        ("Юрия Лужкова", "Анна Белова"),
        ("Юрию Лужкову", "Анна Белову"),
        ("Юрием Лужковым", "Анна Беловым"),
    ],
)
def test_a_cyrillic_name_stays_cyrillic_and_declined(name: str, drawn: str, pool: Pool) -> None:
    assert set(people(f"Встретил {name} вчера.", name, pool)) == {drawn}


def test_most_names_are_of_the_home_of_the_text(pool: Pool) -> None:
    found = people("Hon heter Maria Berg.", "Maria Berg", pool, home="sv_")
    at_home = [name for name in found if {"Astrid", "Gunilla"} & set(name.split())]
    assert len(at_home) > len(found) / 2
    assert any("Carmen" in name or "Pilar" in name for name in found)
