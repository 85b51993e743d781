"""Names with a title or in an introduction, which need no model."""

from __future__ import annotations

import pytest

from tests.detect.recognizers.searching import covers, found

FOUND = [
    ("O senhor Quaresma chegou.", "Quaresma"),
    ("Ayer vino la señora Ibáñez de Castro.", "Ibáñez de Castro"),
    ("Il signor Tommasini insegna.", "Tommasini"),
    ("Mevrouw van den Berg belde.", "van den Berg"),
    ("Herr Großmann ruft an.", "Großmann"),
    ("Spotkałem pana Zielińskiego.", "Zielińskiego"),
    ("Domnul Popescu a sunat.", "Popescu"),
    ("Pak Suherman mengajar.", "Suherman"),
    ("Пришла госпожа Лебедева.", "Лебедева"),
    ("Ο κύριος Παπαδάκης τηλεφώνησε.", "Παπαδάκης"),
    ("Nazywam się Hanna Wrońska, dzień dobry", "Hanna Wrońska"),
    ("Tôi tên là Phạm Văn Long.", "Phạm Văn Long"),
    ("Меня зовут Олег", "Олег"),
    ("Je m'appelle Inès Carpentier", "Inès Carpentier"),
    ("السيدة مريم الحربي وصلت", "مريم الحربي"),
    ("الأستاذ الزهراني هنا", "الزهراني"),
    ("कल श्री चौहान आए", "चौहान"),
    ("昨天，陈老师来了", "陈"),
    ("你好，我叫欧阳雪。", "欧阳雪"),
    ("山田さんに電話", "山田"),
    ("私の名前は木村ゆかりです", "木村ゆかり"),
    ("최민호 씨에게", "최민호"),
    ("제 이름은 박서준입니다", "박서준"),
]
NONE = [
    "Pan American Airlines flew there",
    "frying pan and lid",
    "señor, venga aquí",
    "Le monsieur est parti",
    "学生さんとお客様と患者様",
    "先生、今日は雨です",
    "老师说明天下雨",
    "선생님 안녕하세요",
    "مرحبا السيدة",
]


@pytest.mark.parametrize(("text", "value"), FOUND)
def test_found(text: str, value: str) -> None:
    assert covers(text, value, "NAME_FIELD")


@pytest.mark.parametrize("text", NONE)
def test_no_names(text: str) -> None:
    assert found(text, "NAME_FIELD") == set()
