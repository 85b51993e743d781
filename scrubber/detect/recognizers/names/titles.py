"""Names behind a title, before one, and in phrases of introduction, in languages other than English.

The names model knows few of these languages well. A title or an introduction needs no model.
"""

from __future__ import annotations

from typing import Final

from scrubber.detect.recognizers.recognizer import LIKELY, Pattern, Recognizer, words

_PARTS: Final = r"(?:de|da|do|dos|das|della|di|du|van|von|den|der|ten|la|le|bin|binti|ben|av|af)[ ]"
_NAME: Final = (
    rf"(?:{_PARTS}){{0,2}}\p{{Lu}}[\p{{L}}\p{{M}}'’-]{{1,30}}"
    rf"(?:[ ](?:{_PARTS}){{0,2}}\p{{Lu}}[\p{{L}}\p{{M}}'’-]{{1,30}}){{0,3}}"
)
_ARABIC: Final = r"(?:(?:عبد|أبو|ابن|بن|أم)[ ])?[\u0621-\u064a]{2,15}(?:[ ](?:ال|آل[ ])[\u0621-\u064a]{2,15}){0,2}"
_DEVANAGARI: Final = r"[\u0900-\u0963]{2,20}"

_TITLES: Final = words(
    r"""
    [Ss]eñor(?:ita|a)? [Ss]rta\. [Ss]ra?\. [Dd]oña [Ss]enhora? [Dd]ona
    [Ss]ignor(?:ina|a|e)? [Ss]ig\.(?:ra|na)? [Mm]onsieur [Mm]adame [Mm]ademoiselle [Mm]me\.? [Mm]lle\.? M\.
    [Hh]errn? [Ff]rau [Mm]eneer [Mm]evrouw [Dd]hr\. [Mm]evr\. [Hh]eer [Pp]an(?:ią|ie|i|em|a|u) Pan(?!.(?:Am\b|American|African|Arab|Asia))
    [Dd]omnul(?:ui)? [Dd]oamn(?:a|ei) [Pp]an(?:í|e|ovi) [Gg]ospod(?:in(?:om|u|a)?|ična|arica) [Gg]ospođ[aieu] [Gg]\.đa
    Pak Bapak Bu Ibu [Ôô]ng [Bb]à [Hh]erra [Rr]ouva [Tt]isztelt [Pp]onas [Pp]onia [Kk]ungs [Kk]undze
    [Гг]осподин(?:а|у|ом|ът)? [Гг]оспож(?:а|е|и|у|ой) [Гг]-н(?:а|у|ом)? [Гг]-ж(?:а|е|и|у) [Пп]ан(?:і|а|у|ом|е)? [Тт]оварищ
    [Κκ]ύρι(?:ος|ου|ον|ο|ε) [Κκ]υρί(?:α|ας|αν) [Κκ]\. [Κκ]α [Κκ]ος
    """
)
_SAID: Final = "|".join(
    (
        r"[Mm]e[ ]llamo|[Mm]i[ ]nombre[ ]es|[Mm]eu[ ]nome[ ]é|[Cc]hamo-me|[Mm]i[ ]chiamo|[Ii]l[ ]mio[ ]nome[ ]è",
        r"[Jj]e[ ]m['’]appelle|[Mm]on[ ]nom[ ]est|[Ii]ch[ ]heiße|[Mm]ein[ ]Name[ ]ist|[Ii]k[ ]heet|[Mm]ijn[ ]naam[ ]is",
        r"[Jj]ag[ ]heter|[Mm]itt[ ]namn[ ]är|[Jj]eg[ ]he(?:dd|t)er|[Mm]it[ ]navn[ ]er|[Mm]itt[ ]navn[ ]er|[Nn]imeni[ ]on|[Oo]len[ ]nimeltäni",
        r"[Nn]azywam[ ]się|[Mm]am[ ]na[ ]imię|[Jj]menuji[ ]se|[Vv]olám[ ]sa|[Zz]ovem[ ]se|[Ii]me[ ]mi[ ]je|[Mm]ă[ ]numesc|[Nn]umele[ ]meu[ ]este",
        r"[Aa][ ]nevem|[Bb]enim[ ]adım|[Aa]dım|[Nn]ama[ ]saya|[Tt]ôi[ ]tên[ ]là|[Tt]ên[ ]tôi[ ]là|[Мм]еня[ ]зовут|[Мм]ене[ ]звати|[Аа]з[ ]се[ ]казвам",
        r"[Μμ]ε[ ]λένε|[Οο]νομάζομαι",
    )
)

SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜"
    "崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭葉蘇魏呂盧鍾譚陸範賈韋鄒閆龍賀顧龔萬錢嚴湯"
)
KOREAN_SURNAMES: Final = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모"
_NO_PEOPLE: Final = "学生|患者|お?客|皆|神|医者|店員|奥|娘|息子|母|父|兄|姉|弟|妹|姫|王|殿|仏|貴|何|校長|担任|新任|各|諸|両|同|当|大|小"

TITLED_NAMES: Final = Recognizer(
    name="TitledNameRecognizer",
    entity="NAME_FIELD",
    what="Names of people behind or before a title, and in introductions, in some forty languages",
    examples=("Meneer Dijkstra", "Nazywam się Anna Nowak", "Ο κύριος Παπάς", "佐藤さん", "王先生"),
    patterns=(
        Pattern("title", rf"(?<![\p{{L}}\p{{N}}_.]){_TITLES}[ ]{{1,2}}\K{_NAME}", LIKELY),
        Pattern("introduced", rf"(?<![\p{{L}}\p{{N}}_])(?:{_SAID})[ ]{{1,2}}\K{_NAME}", LIKELY),
        Pattern(
            "Arabic",
            r"(?<![\p{L}\p{M}])(?:و)?(?:السيدة|السيد|الآنسة|الأستاذة|الأستاذ|الدكتورة|الدكتور|المهندسة|المهندس|الشيخ|المريضة|المريض|اسمي)"
            rf"[ ]\K{_ARABIC}(?![\p{{L}}\p{{M}}])",
            LIKELY,
        ),
        Pattern("Hindi", rf"(?<![\p{{L}}\p{{M}}])(?:श्रीमती|श्री|सुश्री|डॉ\.?)[ ]\K{_DEVANAGARI}(?![\p{{L}}\p{{M}}])", LIKELY),
        Pattern(
            "Chinese",
            rf"(?<!\p{{Han}})[{SURNAMES}]\p{{Han}}{{0,2}}(?=先生|女士|小姐|太太|老师|老師|教授|医生|醫生|经理|經理|同学|同學)"
            r"|(?:我叫|我的名字是|我名叫|姓名[:：])[ ]?\K\p{Han}{2,4}(?=[，。,.！!；;、\s]|\Z)|我是\K[小老阿]\p{Han}(?=[，。,.！!、])",
            LIKELY,
        ),
        Pattern(
            "Japanese",
            rf"(?<![\p{{Han}}々])(?!(?:{_NO_PEOPLE})(?:さん|先生|様|氏|くん|ちゃん))[\p{{Han}}々]{{2,6}}(?=さん|先生|様|氏(?!\p{{Han}})|くん|ちゃん)"
            r"|(?:私の名前は|名前は|氏名[:：])[ ]?\K[\p{Han}々\p{Hiragana}\p{Katakana}ー]{2,10}?(?=です|と申します|といいます|[。、\s]|\Z)",
            LIKELY,
        ),
        Pattern(
            "Korean",
            rf"(?<!\p{{Hangul}})[{KOREAN_SURNAMES}](?!생|나님|인님|님님|손님|머님|버님)\p{{Hangul}}{{1,2}}(?=[ ]?(?:씨|님|선생님|교수님|박사님|과장님|부장님|사장님)(?!\p{{Hangul}}{{3}}))"
            rf"|(?<!\p{{Hangul}})(?!이|전|저|두|세)[{KOREAN_SURNAMES}](?=[ ](?:선생님|교수님|박사님|과장님|부장님|사장님|대리님|팀장님|원장님))"
            rf"|(?<!\p{{Hangul}})(?:저는|나는|제가|내가)[ ]\K(?!한국|전문|기술|공무|변호|간호|소방|연구|유학|조사|방문|신입|주부|원어)[{KOREAN_SURNAMES}]\p{{Hangul}}{{2}}(?=(?:입니다|이에요|예요|이라고|라고|이야)(?!\p{{Hangul}}))"
            rf"|(?<!\p{{Hangul}})(?:제|내|저의)[ ]이름은[ ]\K[{KOREAN_SURNAMES}]\p{{Hangul}}{{1,2}}(?=(?:이고|이에요|예요|입니다|이라고|라고|이야|야))",
            LIKELY,
        ),
    ),
)  # fmt: skip
