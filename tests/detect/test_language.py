"""The language of texts: certain where it says that one was not measured, else silent."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scrubber.detect.language import is_measured, languages, unmeasured
from scrubber.detect.measured import LanguageMeasure, measure
from scrubber.detect.patterns_only import PatternsOnly
from scrubber.errors import DetectionError
from scrubber.model.finding import Span

FINNISH = "minä menen huomenna kaupunkiin ja ostan sieltä uuden pyörän, koska vanha on rikki"
DUTCH = "ik ga morgen naar de stad om een nieuwe fiets te kopen, want mijn oude is kapot gegaan"
ENGLISH = "we will go to the city tomorrow and buy that new bike because ours is broken"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (FINNISH, "fi"),
        (DUTCH, "nl"),
        (
            "zítra pojedu do města a koupím si tam nové kolo, protože to staré je úplně pryč",
            "cs",
        ),
        ("Καλημέρα, πώς είστε", "Greek script"),
        ("明天我们去城里", "CJK script, a few letters"),
        ("明天我们去城里买一辆新自行车", "CJK script"),
        ("あしたはまちへいきますから", "Hiragana script"),
        ("내일 도시에 갑니다", "Hangul script, a few letters"),
        ("مرحبا كيف حالك", "Arabic script"),
        # another script beside English is no mere quotation from twenty letters and a fifth on
        (f"he said {'Καλημέρα πώς είστε σήμερα'} to me", "Greek script"),
        # the language of a part of a long text counts
        (" ".join([ENGLISH] * 20 + [FINNISH] * 20), "fi"),
    ],
)
def test_unmeasured_languages_and_scripts_are_named(text: str, language: str) -> None:
    assert unmeasured(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok thx c u l8r",
        "lol gr8 m8 im so done w this rn ngl fr fr idk wat 2 do tbh omw brb ttyl",
        "ツ",
        r"¯\_(ツ)_/¯ whatever",
        "The letter α is the first of them, β the second and γ the third one that we know.",
        "Nguyễn Văn An, Sławomir Wójcik, Gülşah Çelik, Jürgen Groß, Siobhán Ó Súilleabháin",
        "Erzsébet tér 19, Domoszló, Magyarország\nSlovenčeva 51, Črni Vrh nad Idrijo, Slovenija",
        "MATTI VIRTANEN\nMANNERHEIMINTIE 5\nHELSINKI",
        "def f(x):\n    return [self.tietokanta.haku(y) for y in x if y.nimi != 'Matti']\n" * 5,
        "SELECT etunimi, sukunimi FROM asiakkaat WHERE kaupunki = 'Oulu' LIMIT 10",
        "2026-11-30T22:00:01Z INFO kaupunki.palvelin[77]: GET /haku?q=pyörä 200 12ms",
        '{"etunimi": "Matti", "sukunimi": "Virtanen", "kaupunki": "Oulu"}',
        "https://example.fi/uutiset/kaupunki/uusi-pyora matti.virtanen@example.fi +358 40 1234567",
        "Zm9vYmFyYmF6cXV4IGZvb2JhcmJhenF1eCBmb29iYXJiYXpxdXggZm9vYmFyYmF6",
        "terve, mitä kuuluu",  # too short to be certain
        ENGLISH,
        "wir fahren morgen in die Stadt und kaufen dort ein neues Fahrrad, denn das alte ist weg",
        "mañana iremos a la ciudad para comprar una bicicleta nueva porque la vieja está rota",
        "завтра мы поедем в город и купим новый велосипед, потому что старый сломался",
        "jutro pojedziemy do miasta i kupimy nowy rower, bo stary jest całkiem zepsuty",
    ],
)
def test_measured_languages_code_names_and_short_texts_are_not(text: str) -> None:
    assert unmeasured(text) is None


def test_every_measured_language_has_its_figure() -> None:
    """The table of what was measured is the shipped measure, and nothing else."""
    known = {one.language: one for one in measure().languages}
    assert {"en", "de", "es", "fr", "it", "pl", "pt", "ro", "sv", "da", "ru"} <= measure().leaks
    for language in measure().leaks:
        one = known[language]
        assert isinstance(one, LanguageMeasure)
        assert is_measured(language)
        assert one.mentions
        assert 0 <= one.mentions_left <= one.mentions
        assert 0 <= one.documents_left <= one.documents <= one.mentions
    assert not is_measured("fi")
    assert languages([ENGLISH, "x"]) == ["en", None]


class Everything:
    """Finds the whole text, by a model and by a pattern."""

    identities = (("scrubber.names", "1"), ("Pattern", "1"))

    def detect(self, texts: Sequence[str]) -> list[tuple[Span, ...]]:
        return [
            (Span(0, 1, "PERSON", 0.9, "scrubber.names"), Span(0, 1, "ID", 0.9, "Pattern"))
            for _ in texts
        ]

    def attempt(
        self, texts: Sequence[str], patience: int = 3
    ) -> list[tuple[Span, ...] | DetectionError]:
        return [*self.detect(texts[:-1]), DetectionError("broken", f"{patience}")]


def test_patterns_only_leaves_names_in_unmeasured_texts_alone() -> None:
    made = PatternsOnly(Everything())
    assert made.identities == Everything.identities
    found = [[span.recognizer for span in spans] for spans in made.detect([ENGLISH, FINNISH, "x"])]
    assert found == [["scrubber.names", "Pattern"], ["Pattern"], ["scrubber.names", "Pattern"]]
    *answers, error = made.attempt([FINNISH, ENGLISH, FINNISH], 2)
    assert [len(spans) for spans in answers] == [1, 2]  # type: ignore[arg-type]
    assert isinstance(error, DetectionError)
