"""Dates with the month in words, parts of dates behind words for them, and ages."""

from __future__ import annotations

from scrubber.detect.recognizers.months import MONTH, MONTH_NAME
from scrubber.detect.recognizers.recognizer import LIKELY, SURE, Pattern, Recognizer, words

_YEAR = r"(?:(?:1[5-9]|20)[0-9]{2}|[’'][0-9]{2})(?![0-9])"
_GAP = r"[ \t ]{0,3}(?:\r?\n[ \t]{0,8})?"
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?:[ ]?(?:st|nd|rd|th|er|ère|º|ª|°|\.|-?го|-?ого|ος|ης|:?e|de|\.a))?"
_OF = r"(?:(?:of|de|del|d[’']|di|da|van|ta[’']|den)\b[ ]?)?"
_RANGE = rf"(?:{_DAY}[ ]?(?:-|–|—|/|to|and|or|until|bis|und|au|et|al|y|e|a|i|do|по|и|en|tot|och|og)[ ]?)?"
_AFTER = r"(?:[ ]?(?:г\.|года|году|р\.|року|r\.|roku|A\.?D\.?|CE|na)(?![\p{L}]))?"
_CLOCK = r"[0-2]?[0-9][:.h][0-5][0-9](?::[0-5][0-9])?(?:[ ]?(?:[ap]\.?m\.?|Uhr|h|hrs?|UTC|GMT))?"
_BEFORE = rf"(?:{_CLOCK}(?:,)?[ ](?:(?:on|am|le|el|il|em|op|den|,)[ ])?)?"
_BEHIND = rf"(?:,?[ ](?:(?:at|um|à|a[ ]las|alle|às|om|kl\.?|o[ ]godz\.?|в|о|στις)[ ])?{_CLOCK})?"
_PART = r"(?:(?i:early|mid|late|end[ ]of|beginning[ ]of|Anfang|Mitte|Ende|début|fin|inizio|fine|principios[ ]de|finales[ ]de)[ -])?"
_NTH = words(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
    " twenty[ -]first twenty[ -]second twenty[ -]third twenty[ -]fourth twenty[ -]fifth twenty[ -]sixth"
    " twenty[ -]seventh twenty[ -]eighth twenty[ -]ninth thirty[ -]first".replace("[ -]", "[-\\s]")
)
_WEEKDAY = words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
_WEEKDAY_BEFORE = (
    rf"(?:(?:{_WEEKDAY}|(?:Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)\.?),?[ ](?:the[ ])?)?"
)
_DD, _MM, _YYYY = r"(?:0?[1-9]|[12][0-9]|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:1[89]|20)[0-9]{2}"
_ROMAN = words("I II III IV V VI VII VIII IX X XI XII")
_HOUR = r"(?:[T ]{1,2}[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]{1,9})?)?(?:[ ]?(?:Z|UTC|[AaPp][Mm]|[+-][0-2][0-9]:?[0-5][0-9]))?)?"
_START, _END = r"(?<![\p{L}\p{N}_])", r"(?![\p{L}\p{N}_])"

DATES = Recognizer(
    name="WrittenDateRecognizer",
    entity="DATE_TIME",
    what="Dates with the month in words, in 26 languages, whole or in part, and over line ends",
    examples=("3 October 2011", "early March 2007", "9 and 14 July", "14 marca 2019 r.", "1978年3月14日"),
    patterns=(
        Pattern(
            "day, month",
            rf"(?<![\p{{L}}\p{{N}}_.,/-]){_BEFORE}(?:(?i:the)[ ])?{_RANGE}{_DAY}{_GAP}{_OF}ב?{MONTH}{_END}\.?"
            rf"(?:,?{_GAP}{_OF}{_YEAR}{_AFTER})?{_BEHIND}",
            SURE,
        ),
        Pattern("from day to day", rf"(?<![\p{{L}}\p{{N}}_.,/-]){_DAY}[ ]{MONTH}(?:[ ]{_YEAR})?[ ]?(?:-|–|—|to|and|until|till|through|bis|und|au|et|al|y|e|a|do|po|по|en|tot|och|og|til)[ ]?{_DAY}[ ]{MONTH}{_END}(?:,?[ ]{_YEAR})?", SURE),
        Pattern(
            "month, day",
            rf"{_START}{_BEFORE}{_WEEKDAY_BEFORE}{MONTH_NAME}\.?(?:{_GAP}|-)(?:the[ ])?{_RANGE}{_DAY}(?![0-9])(?![.,:/][0-9])"
            rf"(?:(?:,?{_GAP}|-){_YEAR})?{_END}{_BEHIND}",
            LIKELY,
        ),
        Pattern(
            "month, year",
            rf"{_START}{_PART}{MONTH_NAME}\.?,?{_GAP}{_OF}{_YEAR}{_AFTER}",
            LIKELY,
        ),
        Pattern("weekday, day, month", rf"{_START}(?:{_WEEKDAY}|(?:Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)\.?),?[ ](?:the[ ])?{_DAY}{_GAP}{_OF}{MONTH}{_END}(?:,?{_GAP}{_YEAR})?", SURE),
        Pattern("in figures", rf"(?<![\w./-]|[0-9],)(?:{_DD}(?P<s>[./-][ ]?){_MM}(?P=s)(?:{_YYYY}|[0-9]{{2}})|{_DD},{_MM},{_YYYY}|{_MM}(?P<t>[./-]){_DD}(?P=t)(?:{_YYYY}|[0-9]{{2}})|{_YYYY}(?P<u>[./-][ ]?){_MM}(?P=u){_DD}){_HOUR}(?![\w/-]|[.,:][0-9])"),
        Pattern("day, month, joined", rf"(?<![\w./-]){_DD}(?:-|/|\.)?{MONTH_NAME}(?:-|/|\.)?(?:{_YYYY}|(?<=[-/.])[0-9]{{2}})(?![\w/-]){_HOUR}", SURE),
        Pattern("year first", rf"(?<![\w./-]){_YYYY}(?:\.?[ ]|-|/){MONTH}(?:\.?[ ]|-|/){_DD}\.?(?![\w/-]|[.,:][0-9])", SURE),
        Pattern("roman month", rf"(?<![\w./-]){_DD}(?:\.[ ]?|[ ]|/){_ROMAN}(?:\.[ ]?|[ ]|/){_YYYY}(?![\w/-])", SURE),
        Pattern("vietnamese", rf"(?i:(?<!\p{{L}})(?:ngày[ ])?{_DD}[ ]tháng[ ]{_MM}(?:[ ]năm[ ]{_YYYY})?(?!\w))", SURE),
        Pattern("month in words, alone", rf"(?<![\p{{L}}\p{{N}}])(?i:early|mid|late|last|next|this[ ]past)[ -]{MONTH_NAME}{_END}"),
        Pattern("month, day in words", rf"{_START}{MONTH_NAME}[ ](?:the[ ])?(?i:{_NTH}){_END}(?:,?[ ]{_YEAR})?"),
        Pattern("season", rf"{_START}(?i:(?:early[ -]|mid[ -]|late[ -])?(?:spring|summer|autumn|fall|winter|christmas|easter|thanksgiving|ramadan|passover)(?:[ ]of)?|week[ ][0-9]{{1,2}}(?:[ ]of|,)|(?:first|second|third|fourth)[ ]quarter(?:[ ]of)?|[QHS][1-4][ -/]?)[ ]?{_YYYY}{_END}"),
        Pattern("day alone", r"(?<![\p{L}\p{N}])(?i:on|by|until|since|from|before|after)[ ]\Kthe[ ](?:[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)(?=[.,;:!?)\n]|[ ](?:at|and|to|by|for|he|she|it|they|we|I|the|with|of[ ](?:this|last|next|the)[ ]month)\b|\Z)"),
        Pattern("year and month", r"(?<![\w./-])(?i:in|since|until|from|on|by|date[d]?|of|seen|admitted|born)[ :]{1,2}\K(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])(?![\w/-]|[.,:][0-9])"),
        Pattern("year of birth", rf"{_START}(?i:born[ ]in|née?[ ]en|nacid[oa][ ]en|nat[oa][ ]nel|nascid[oa][ ]em|geboren[ ](?:in|im[ ]Jahre?)|urodzon[ya][ ]w(?:[ ]roku)?|född[ ]år|года?[ ]рождения|year[ ]of[ ]birth)[:]?[ ]\K(?:1[89][0-9]{{2}}|20[0-4][0-9])(?![\w%/-]|[.,:][0-9])", SURE),
        Pattern("day in words", rf"(?i:{_START}(?:the[ ])?{_NTH}[ ](?:day[ ])?of[ ]{MONTH_NAME}{_END})(?:,?[ ]{_YEAR})?", SURE),
        Pattern("weekday and day", rf"{_START}(?:(?i:last|next|this|on)[ ])?{_WEEKDAY},?[ ](?i:the)[ ]{_DAY}{_END}"),
        Pattern("east", r"(?<![0-9])(?:[0-9]{4}|[0-9]{2}|(?:令和|平成|昭和)(?:元|[0-9]{1,2}))年(?:[ ]?[0-9]{1,2}月(?:[ ]?[0-9]{1,2}[日号])?)", SURE),
        Pattern("east, no year", r"(?<![0-9])[0-9]{1,2}月[ ]?[0-9]{1,2}[日号]", SURE),
        Pattern("korean", r"(?<![0-9])(?:[0-9]{4}년[ ]?)?[0-9]{1,2}월(?:[ ]?[0-9]{1,2}일)", SURE),
        Pattern(
            "month and year in digits",
            r"(?<![\w./-])(?:0[1-9]|1[0-2])/(?:19|20)[0-9]{2}(?![\w/-]|[.,][0-9])",
        ),
        Pattern(
            "behind a word",
            r"(?<![\p{L}\p{N}_])(?i:date[d]?|seen|admitted|discharged|visit(?:ed)?|dos|on|since|until|by|from|before|after|datum|am|vom|seit|bis|le|du|il|el|em)"
            r"(?:[ ](?:is|was|of|the|:))?[ ]?:?[ ]{1,3}\K"
            r"(?:(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12][0-9]|3[01])"
            r"|(?:0?[1-9]|[12][0-9]|3[01])\.(?:0?[1-9]|1[0-2])\.)(?![\w/]|[.,][0-9])",
        ),
    ),
)  # fmt: skip

_AGE = r"(?:[1-9]|[1-8][0-9])"
_TENS = words("twenties thirties forties fifties sixties seventies eighties nineties teens")
_COUNT = words("one two three four five six seven eight nine")
_AGE_WORDS = (
    rf"(?i:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)(?:[ -]{_COUNT})?|ten|eleven|twelve|thirteen|fourteen"
    rf"|fifteen|sixteen|seventeen|eighteen|nineteen|{_COUNT})"
)

_SPANISH = (
    r"(?:once|doce|trece|catorce|quince|dieci(?:séis|siete|ocho|nueve)|veinte|veinti\p{L}{2,7}"
    r"|(?:treinta|cuarenta|cincuenta|sesenta|setenta|ochenta)(?:[ ]y[ ]\p{L}{3,6})?)"
)

AGES = Recognizer(
    name="AgeRecognizer",
    entity="AGE",
    what="Ages up to 89 years in words and figures; higher ones are AGE_OVER_89",
    examples=("a 47-year-old", "aged 47", "47 y/o", "in her late forties", "47 Jahre alt"),
    patterns=(
        Pattern(
            "before",
            rf"(?<![\w.,$€£-])(?:{_AGE}|{_AGE_WORDS})(?=[- ]?(?i:years?[- ]old|yrs?[. -]{{1,2}}old|y[./]?o\b|year[- ]old|yr[- ]old|years?[ ]of[ ]age"
            r"|-?jährig|jaar[ ]oud|år[ ]gammal|letn[iyia]|-?летн|лет[ ]от[ ]роду))",
        ),
        Pattern(
            "after",
            rf"(?<![A-Za-z])(?i:age[ds]?(?:[ ](?:of|is|was))?|pt[ ]age|patient[_ ]age|alter|im[ ]Alter[ ]von|âgée?[ ]de|edad|età|idade|leeftijd|wiek|возраст)[\"']?[ ]{{0,2}}(?:[:=|]|is)?[ ]{{0,2}}[\"']?\K{_AGE}"
            r"(?![\w%]|[.,:/][0-9]|-[0-9]|[ ](?i:days?|hours?|months?|weeks?|minutes?|seconds?|percent|%))",
        ),
        Pattern(
            "with its unit",
            rf"(?<![\w.,$€£-])(?<!(?i:hace|durante|il[ ]y[ ]a|depuis|seit|vor|da|per|há|por|pendant|cada|últimos|los|las|over|after|dopo|tras|en)[ ])(?:{_AGE}|(?i:{_SPANISH}))[ ]"
            r"(?i:jahre[ ]alt|ans\b(?![ ](?:plus|après|avant|de[ ](?:service|prison|garantie)))|años\b(?:[ ]de[ ]edad)?(?![ ](?:de[ ](?!edad)|antes|después|más|atrás))|anni\b(?![ ](?:fa|dopo|prima|di[ ]reclusione))|anos[ ]de[ ]idade|meses[ ]de[ ]edad|mesi[ ]di[ ]età|mois[ ]d[’']âge)",
        ),
        Pattern("decade", rf"(?i:(?<![\w])in[ ](?:his|her|their|my|your)[ ](?:(?:early|mid|late)[ -])?{_TENS}(?![\w]))"),
    ),
)  # fmt: skip
