"""Names of people in scripts and languages that the names model knows little of.

A surname alone proves nothing there: it counts with a given name behind it, in the order and with
the neighbours (particles, articles, verbs) that names have in that language.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import regex

from scrubber.detect.recognizers.names.lists import names, plain
from scrubber.detect.recognizers.names.ordinary import form_words, ordinary_words
from scrubber.detect.recognizers.names.titles import KOREAN_SURNAMES, SURNAMES
from scrubber.detect.recognizers.recognizer import LIKELY, Pattern, Recognizer, words

_DOUBLE: Final = (
    "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|司徒|夏侯|皇甫|尉迟|公孙|慕容|令狐|端木|东方|南宫"
)
_GIVEN: Final = frozenset(
    "东涛军杰峰辉鹏飞斌刚浩宇宁超勇毅俊强志义良仁福祥武彬昌康磊哲亮谦翰朗宏鸣朋栋启翔旭泽晨辰德泰盛雄琛钧楠航弘晓"
    "娟慧淑惠翠雅芝萍娥芬彩菊凤洁莲霞媛艳琼珍贞莉桂璐琦晶妍茜珊倩婷颖露瑶怡蓉琴薇岚婕馨韵悦昭冰羽希欣菲丽妮鸿琪晴睿雯萱彦洋逸"
    "東濤軍傑峯輝鵬飛剛寧強義盧曉鳳潔蓮豔瓊貞麗鴻"
)
"""Letters of given names that few other words have."""
_CHINESE_LEFT: Final = r"(?:(?<!\p{Han})|(?<=昨天|今天|明天|前天|昨晚|今早|见到了|见到|遇到|遇见|看见|认识|联系|通知|寄给|交给|发给|转告|请问|叫|患者|病人|客户|同事|朋友|丈夫|妻子|儿子|女儿|医生|和|与|跟|找|请|系))"
_CHINESE_RIGHT: Final = r"(?:(?!\p{Han})|(?=于|在|说|一起|和|与|跟|来自|出生|去了|到了|已|将|曾|会|从|对|住|表示|认为|告诉|见到|遇到|先生|女士|的(?:电话|地址|邮箱|手机|生日|护照)|是(?:我|一|他|她)))"
_JAPANESE: Final = words(
    """
    佐藤 鈴木 高橋 田中 伊藤 渡辺 渡邊 渡邉 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤 斉藤 齋藤 清水 山崎 阿部 池田 橋本 山下 石川 中島 前田 藤田 小川
    後藤 岡田 長谷川 村上 近藤 石井 坂本 遠藤 青木 藤井 西村 福田 太田 三浦 藤原 岡本 松田 中川 中野 原田 小野 田村 竹内 金子 和田 中山 石田 上田 森田 柴田 酒井 工藤
    横山 宮崎 宮本 内田 高木 安藤 谷口 大野 丸山 今井 高田 藤本 武田 村田 上野 杉山 増田 平野 大塚 千葉 久保 松井 小島 岩崎 桜井 野口 松尾 木下 菊地 菊池 野村 新井
    佐野 杉本 古川 渡部 水野 山内 島田 小山 松下 服部 飯田 樋口 福島 辻村 川口 矢野 川上 永井 尾崎 安田 河野 秋山 中田 大西 吉川 本田 川崎 久保田 五十嵐 望月 西田 小松
    荒木 石原 岩田 関口 内藤 大島 平田 須藤 大橋 熊谷 星野 早川 片山 吉村 黒田 宮田 大久保 榎本 浜田 田口 堀内 土屋 松岡 馬場 大石 小池 西川 浅野 中西 森本 荒井 黒木
    永田 白石 富田 北村 本間 松村 石橋 川村 児玉 川島 三宅 岩本 成田 平井 松浦 篠原 大谷 天野 広瀬 萩原 横田 小田 吉岡 田辺 堀江 河合 神田 岡崎 栗原 西山 小沢 奥村
    """
)
_PARTICLE: Final = r"(?:は|が|に|を|の|と|へ|から|です|さん|様|、|。|，|\s|\Z)"
_KANA: Final = r"(?!(?:さん|さま|から|まで|より|だけ|です|でし|たち|など|とか|には|では|とは|との|への|での|ほど|くん|ちゃ|って|こそ|ゃん|がい|であ|という|という|にい|にも|でも|とも|はい|もし))"
_DEVANAGARI: Final = r"[\u0900-\u0963]"
_INDIAN: Final = words(
    """
    शर्मा वर्मा मिश्रा मिश्र त्रिपाठी त्रिवेदी द्विवेदी चतुर्वेदी पांडेय पाण्डेय पांडे तिवारी दुबे शुक्ला शुक्ल अवस्थी बाजपेयी वाजपेयी दीक्षित पाठक जोशी उपाध्याय भट्ट भारद्वाज सिंह यादव
    गुप्ता अग्रवाल बंसल गोयल मित्तल जैन महाजन कपूर खन्ना मल्होत्रा चोपड़ा अरोड़ा कौर गिल ढिल्लों सिद्धू संधू चौधरी चौहान राठौर राठौड़ तोमर परमार सोलंकी ठाकुर राणा रावत नेगी बिष्ट
    पटेल शाह मेहता देसाई पारेख मोदी कुलकर्णी देशपांडे पाटिल शिंदे पवार जाधव गायकवाड़ भोसले चव्हाण सावंत नायर मेनन पिल्लई अय्यर रेड्डी नायडू राव चक्रवर्ती बनर्जी मुखर्जी चटर्जी बोस घोष दास सेन
    कुमार कुमारी देवी खान अंसारी कुरैशी सिद्दीकी शेख पठान सक्सेना श्रीवास्तव माथुर भटनागर निगम कुशवाहा मौर्य पासवान प्रजापति विश्वकर्मा सैनी मीणा गुर्जर भाटिया सेठी बत्रा आहूजा तलवार
    """
)
_HEBREW: Final = words(
    """
    כהן לוי מזרחי פרץ ביטון דהן אברהם פרידמן אזולאי מלכה כץ יוסף דוד עמר אוחיון חדד גבאי בן-דוד אדרי לב טל שפירא אברמוב קליין מור רוזנברג סגל גולדשטיין שרון
    שטרן רוזן ברק הרוש אשכנזי וקנין בר-און ברגר גרוס שלום נחום אלון פלדמן יצחק הלוי שוורץ גולן פישר זוהר רביבו אלמוג לביא שמש ששון צור ברוך נגר סבג סויסה
    """
)
_ARABIC: Final = r"[\u0621-\u064a][\u0621-\u064a\u064b-\u0652]{2,14}"
_GREEK: Final = r"[Α-ΩΆ-Ώ][α-ωά-ώΐΰ]{2,20}"
_CYRILLIC: Final = r"[А-ЯЁІЇЄҐ][а-яёіїєґ'’]{2,20}"
_EAST_SLAVIC: Final = (
    r"[А-ЯЁІЇЄҐ][а-яёіїєґ'’]{2,18}(?:(?:ов|ев|ёв|єв|їв|ин|ын|ін)(?:а|у|ой|ою|ым|им|е|і)?|(?:[сзц]ь?к)(?:ий|ой|ая|а|ого|ому|им|ой|ою|ую|у|ої|ій)"
    r"|[еє]нко|(?:[чщ]|н)[ую]к(?:а|у|ом|ові|ою)?|(?:ович|евич)(?:а|у|ем)?|(?:ак|як|ик|ко|ла|ха|ба|дзе|швили|ян)(?:а|у|ом|ою)?)"
)


_LATIN: Final = r"\p{Lu}\p{Ll}{2,20}"
_WEST_SLAVIC: Final = (
    r"\p{Lu}\p{Ll}{1,18}(?:(?:sk|ck|dzk)(?:i(?:ego|ej|emu|m)?|a|ą|ý|á|ého|é|ému|ým|ou|og|om)"
    r"|(?:wicz|czyk|czak|niak|szak)(?:a|owi|em)?|ov(?:á|é|ou)|ić(?:a|u|em|ka)?)"
)


@cache
def _letters(title: str, place: int | None) -> frozenset[str]:
    """The letters of given names; of names of two letters, those at `place`."""
    given = names(title)
    if place is None:
        return frozenset("".join(given))
    return frozenset(name[place] for name in given if len(name) == 2)


def _is_chinese(value: str) -> bool:
    double = regex.match(_DOUBLE, value)
    given = value[2 if double else 1 :]
    return given in names("given Chinese") or (
        len(given) == 2 and set(given) <= _letters("given Chinese", None) | _GIVEN
    )


def _is_korean(value: str) -> bool:
    given = value[-2:]
    return given in names("given Hangul") or (
        given[0] in _letters("given Hangul", 0) and given[1] in _letters("given Hangul", 1)
    )


def _is_arabic(value: str) -> bool:
    first, *_ = plain(value).split(" ")
    return first in names("given Arabic") or first.removeprefix("و") in names("given Arabic")


def _is_listed(value: str, script: str) -> bool:
    return plain(value.split(" ")[0]) in names(f"given {script}")


_GREEK_ENDING: Final = regex.compile(
    "(?:(?:ιδ|αδ|ακ)(?:ησ|η|ου)|πουλ(?:οσ|ου|ο)|ατοσ|ιου|ελλησ|ελη)\\Z"
)


def _is_greek(value: str) -> bool:
    first, *_, last = value.split(" ")
    if not names("given Greek").isdisjoint((plain(first), f"{plain(first)}σ")):
        return True
    return _GREEK_ENDING.search(plain(last)) is not None and not _is_ordinary(first)


def _is_slavic(value: str, script: str) -> bool:
    first, _, last = value.partition(" ")
    return not (_is_ordinary(first) or _is_ordinary(last)) and _has_stem(first, script)


def _has_stem(first: str, script: str) -> bool:
    """True for a given name in any case of a Slavic language."""
    short, given = plain(first), _stems(script)
    return any(short[:end] in given for end in range(len(short), max(len(short) - 3, 2) - 1, -1))


@cache
def _stems(script: str) -> frozenset[str]:
    """Given names, and those without the letters that cases change: Ганн(а), Марк for Marek."""
    given = names(f"given {script}")
    ends = {regex.sub("(?:[аеиоуыіяйьюaeiouy]{1,2})\\Z", "", name) for name in given}
    fleeting = {regex.sub("e(?=[kcl]\\Z)", "", name) for name in given}
    return frozenset(name for name in given | ends | fleeting if len(name) > 2)


def _is_ordinary(word: str) -> bool:
    folded = word.casefold()
    return folded in form_words() or folded in ordinary_words()


def _is_name(value: str) -> bool | None:
    """Refutes what has no given name of its script."""
    if regex.match(r"\p{Hangul}", value):
        known = _is_korean(value)
    elif regex.match(r"\p{Arabic}", value):
        known = _is_arabic(value)
    elif regex.match(r"\p{Hebrew}", value):
        known = _is_listed(value, "Hebrew")
    elif regex.match(r"\p{Devanagari}", value):
        known = _is_listed(value, "Devanagari")
    elif regex.match(r"\p{Greek}", value):
        known = _is_greek(value)
    elif regex.match(r"\p{Cyrillic}", value):
        known = _is_slavic(value, "Cyrillic")
    elif regex.match(r"\p{Latin}", value):
        known = _is_slavic(value, "Slavic")
    elif regex.match(_JAPANESE, value) or regex.match(r"[\p{Hiragana}\p{Katakana}]", value):
        return None
    else:
        known = _is_chinese(value)
    return None if known else False


NAMES_BY_SCRIPT: Final = Recognizer(
    name="NameByScriptRecognizer",
    entity="NAME_FIELD",
    what="Names of people by surname, given name and neighbours, in Chinese, Japanese, Korean, "
    "Arabic, Hebrew, Hindi, Greek and Slavic languages",
    examples=("王志强在", "中村大輔は", "박준호는", "خالد المنصوري", "पूजा शर्मा", "τον Νίκο Παππά"),
    patterns=(
        Pattern("Chinese", rf"{_CHINESE_LEFT}(?:(?:{_DOUBLE})\p{{Han}}{{1,2}}|[{SURNAMES}]\p{{Han}}{{2}}){_CHINESE_RIGHT}", LIKELY),
        Pattern("Chinese, short", rf"{_CHINESE_LEFT}[{SURNAMES}]\p{{Han}}{_CHINESE_RIGHT}", LIKELY),
        Pattern(
            "Japanese",
            rf"(?<![\p{{Han}}々]){_JAPANESE}(?:\p{{Han}}{{1,3}}|{_KANA}\p{{Hiragana}}{{2,3}}?|\p{{Katakana}}{{2,5}})(?={_PARTICLE})",
            LIKELY,
        ),
        Pattern("Japanese, introduced", r"(?:こんにちは|はじめまして|初めまして|もしもし|おはようございます|こんばんは|お世話になります)[、。！]?\K(?!はい)[\p{Hiragana}\p{Katakana}]{2,6}?(?=です|だよ|\n|\Z)", LIKELY),
        Pattern("Korean", rf"(?<!\p{{Hangul}})[{KOREAN_SURNAMES}]\p{{Hangul}}{{2}}(?=(?:은|는|이|가|을|를|과|와|에게|한테|께|의|도|이고|이며|입니다|이라고)?(?!\p{{Hangul}}))", LIKELY),
        Pattern("Korean, introduced", rf"(?<!\p{{Hangul}})(?:나|난|저|저는|전)[ ]\K(?:[{KOREAN_SURNAMES}])?\p{{Hangul}}{{2}}(?=(?:이야|야|예요|이에요|에요|입니다|라고|이라고|인데)(?!\p{{Hangul}}))", LIKELY),
        Pattern("Arabic", rf"(?<![\p{{L}}\p{{M}}]){_ARABIC}(?:[ ](?:بن|بنت|ابن)[ ]{_ARABIC}){{0,2}}[ ](?:ال[\u0621-\u064a\u064b-\u0652]{{2,12}}ي|آل[ ]{_ARABIC})(?![\p{{L}}\p{{M}}])", LIKELY),
        Pattern("Arabic, patronymic", rf"(?<![\p{{L}}\p{{M}}]){_ARABIC}[ ](?:بن|بنت|ابن)[ ]{_ARABIC}(?![\p{{L}}\p{{M}}])", LIKELY),
        Pattern("Hebrew", rf"(?<![\p{{L}}\p{{M}}])\p{{Hebrew}}{{2,12}}[ ]{_HEBREW}(?![\p{{L}}\p{{M}}])", LIKELY),
        Pattern("Hindi", rf"(?<![\p{{L}}\p{{M}}]){_DEVANAGARI}{{2,14}}(?:[ ](?:कुमार|कुमारी|देवी|सिंह|प्रसाद|लाल|राम))?[ ]{_INDIAN}(?![\p{{L}}\p{{M}}])", LIKELY),
        Pattern("Greek", rf"(?<!\p{{L}})(?:[οΟηΗ]|[Τα]ον?|τον|την|τη|του|της|στον|στην|στη|στο)[ ]\K{_GREEK}[ ]{_GREEK}(?!\p{{L}})", LIKELY),
        Pattern("West Slavic", rf"(?<!\p{{L}}){_LATIN}[ ]{_WEST_SLAVIC}(?!\p{{L}})", LIKELY),
        Pattern("Slavic", rf"(?<!\p{{L}}){_CYRILLIC}[ ]{_EAST_SLAVIC}(?!\p{{L}})", LIKELY),
    ),
    judge=_is_name,
)  # fmt: skip
