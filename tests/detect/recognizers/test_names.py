"""Names of people and towns by script: what is found, and the prose beside them that stays.

The sentences are others than those that the patterns were written with.
"""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from scrubber.detect.recognizers.names import lists
from scrubber.errors import NotAvailable
from tests.detect.recognizers.searching import covers, found

PEOPLE = [
    ("张伟明说他明天来。", "张伟明"),
    ("我和李晓东一起去了成都。", "李晓东"),
    ("请联系刘芳，电话13800138000。", "刘芳"),
    ("她叫周文静，来自武汉。", "周文静"),
    ("鈴木一郎が名古屋へ行った。", "鈴木一郎"),
    ("昨日、佐々木健太と横浜で会いました。", "佐々木健太"),
    ("仙台から来た高橋美咲です。", "高橋美咲"),
    ("はじめまして、あかりです。", "あかり"),
    ("최지훈이 대구에서 왔다.", "최지훈"),
    ("어제 김민준과 광주에서 만났다.", "김민준"),
    ("저는 정하늘입니다.", "정하늘"),
    ("التقى أحمد الزهراني بصديقه", "أحمد الزهراني"),
    ("ولد محمد بن سلمان هناك", "محمد بن سلمان"),
    ("דוד כהן גר כאן", "דוד כהן"),
    ("कल सुनीता वर्मा लखनऊ से आईं।", "सुनीता वर्मा"),
    ("Συνάντησα τον Γιώργο Νικολαΐδη", "Γιώργο Νικολαΐδη"),
    ("Моя сестра живе з Іриною Мельник.", "Іриною Мельник"),
    ("Письмо от Татьяны Кузнецовой", "Татьяны Кузнецовой"),
    ("Spotkałem Marka Wiśniewskiego", "Marka Wiśniewskiego"),
]
TOWNS = [
    ("我和李晓东一起去了成都。", "成都"),
    ("我住在绍兴市。", "绍兴市"),
    ("仙台から来た", "仙台"),
    ("대구에서 왔다", "대구"),
    ("تعيش في الرياض.", "الرياض"),
    ("גר בחיפה", "חיפה"),
    ("वह लखनऊ में है", "लखनऊ"),
    ("μένει στη Θεσσαλονίκη", "Θεσσαλονίκη"),
    ("Χθες στον Βόλο", "Βόλο"),
    ("поїхав до Харкова", "Харкова"),
    ("живу у Сумах", "Сумах"),
    ("pracuję w Gdyni", "Gdyni"),
    ("mieszkam w Kielcach", "Kielcach"),
    ("Moro em Campinas desde 2010", "Campinas"),
    ("Tôi sống ở Đà Nẵng.", "Đà Nẵng"),
    ("Murat Demir Antalya'da yaşıyor", "Antalya"),
    ("nato il 3 maggio 1980 a Pistoia", "Pistoia"),
]
PROSE = [
    "会议在下午三点开始。",
    "今天天气很好，阳光明媚。",
    "新しい本を読みました。",
    "天気がいいので散歩に行きます。",
    "こんにちは、はいです。",
    "이야기는 재미있었다.",
    "고양이가 소파에서 잔다.",
    "저는 한국인입니다.",
    "하나님이 말씀하셨다.",
    "الطقس جميل اليوم والشمس مشرقة.",
    "בסוף השבוע ירד גשם.",
    "बिल्ली सोफे पर सो रही है।",
    "Η γάτα κοιμάται στον καναπέ.",
    "Погода сьогодні гарна і світить сонце.",
    "W Umowie określono zasady.",
    "Bor i huset vid sjön.",
    "The deed was signed in Reading Room B.",
]


@pytest.mark.parametrize(("text", "value"), PEOPLE)
def test_people(text: str, value: str) -> None:
    assert covers(text, value, "NAME_FIELD")


@pytest.mark.parametrize(("text", "value"), TOWNS)
def test_towns(text: str, value: str) -> None:
    assert covers(text, value, "CITY")


@pytest.mark.parametrize("text", PROSE)
def test_prose_stays(text: str) -> None:
    assert found(text, "NAME_FIELD", "CITY") == set()


@pytest.mark.parametrize("damage", [b"", b"no gzip", gzip.compress(b"\xff\xfe")])
def test_a_damaged_list_is_named(
    damage: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "names.txt.gz"
    file.write_bytes(damage)
    monkeypatch.setattr(lists, "FILE", file)
    lists._lists.cache_clear()
    try:
        with pytest.raises(NotAvailable, match="list of names"):
            lists.names("place Han")
    finally:
        lists._lists.cache_clear()
