"""Places of persons: street addresses, postal codes, coordinates."""

from __future__ import annotations

import regex

from scrubber.detect.recognizers.recognizer import LIKELY, SURE, Pattern, Recognizer, words

# ── streets ───────────────────────────────────────────────────────────────────────────────────

# Capitals of the Latin, Greek and Cyrillic alphabets. Not \p{Lu}, of which the prefilter knows less.
_CAP = "[A-ZÀ-ÖØ-ÞĀ-ĮĲ-ŽΆ-ΫА-ЯЀ-Џ]"
_HOUSE = r"(?:[0-9]{1,6}[A-Za-z]?(?:[-/][0-9]{1,5}[A-Za-z]?)?(?:[ ]1/2)?)"
_NAME = (
    r"(?:"
    + _CAP
    + r"(?:[\p{L}\p{M}'’-]{0,30}|\p{L}{0,2}\.)|[0-9]{1,3}(?:st|nd|rd|th|ST|ND|RD|TH)|[A-Z]|[0-9]{1,4})"
)
_LINKS = r"(?:de|del|de[ ]la|de[ ]los|de[ ]las|des|du|d'|da|do|dos|das|di|della|dei|van|van[ ]de[rn]?|von|der|den|la|le|les|of|the|y|e|i|al|el|na|pod|nad)"
_NAMES = rf"(?:(?:{_LINKS}[ ])?{_NAME}(?:[ ](?:{_LINKS}[ ])?{_NAME}){{0,4}})"

_TYPES = words(
    "street avenue boulevard road lane drive highway parkway turnpike expressway freeway terrace "
    "crescent circle court square plaza trail pike mews close place way row loop alley walk grove "
    "gardens hill heights ridge crossing point landing path causeway cove bend run view park mall "
    "st\\.? ave?\\.? blvd\\.? rd\\.? ln\\.? dr\\.? hwy\\.? pkwy\\.? ter\\.? cres\\.? cir\\.? ct\\.? sq\\.? "
    "pl\\.? trl\\.? tpke\\.? expy\\.? aly\\.? plz\\.? center centre"
)
_SURE_TYPES = words(
    "street avenue boulevard road lane blvd\\.? ave\\.? rd\\.? highway hwy parkway pkwy"
)
_SIDE = r"(?:[ ](?i:north|south|east|west|northeast|northwest|southeast|southwest|[ns]\.?[ew]?\.?|[ew]\.?)(?![\w]))"
_STOP = words(
    "the a an of in on at to per and or down up off by for from with is was are that this than "
    "miles? km years? minutes? hours? days? people cars? feet meters? lanes? other more long new"
)

# ── what may follow ───────────────────────────────────────────────────────────────────────────

_UNIT = r"(?:(?i:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|bldg|building|lot|box)\b\.?[ ]?#?[ ]?[A-Za-z]?-?[0-9]{1,6}[A-Za-z]?|#[ ]?[0-9]{1,6}[A-Za-z]?)"
_STATE = words(
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM "
    "NY NC ND OH OK OR PA PR RI SC SD TN TX UT VT VA WA WV WI WY AA AE AP GU VI NSW VIC QLD TAS ACT "
    "NT ON QC BC AB MB SK NS NB NL PE"
)
_ZIP = r"[0-9]{5}(?:-[0-9]{4})?(?![0-9-])"
_UK = r"(?:GIR[ ]?0AA|[A-PR-UWYZ](?:[0-9][0-9A-HJKPSTUW]?|[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?)[ ][0-9][ABD-HJLNP-UW-Z]{2})(?![A-Za-z0-9])"
_CANADA = (
    r"[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z][ -][0-9][ABCEGHJ-NPRSTV-Z][0-9](?![A-Za-z0-9])"
)
_GAP = r"(?:[ ]?,[ ]?|[ ]|[ ]?,?[ ]?\r?\n[> ?]{0,5})"
_PLACE = (
    r"(?:"
    + _CAP
    + r"[\p{L}\p{M}'’.()-]{1,30}(?:[ ](?:\p{L}{1,3}[ ])?"
    + _CAP
    + r"[\p{L}\p{M}'’.()-]{1,30}){0,4})"
)
_END = (
    rf"(?:{_GAP}{_PLACE}{{0,1}}(?:{_GAP},?[ ]?(?:{_STATE}|{_PLACE}|[A-Z]{{2,3}}|nan)){{0,2}},?{_GAP}(?:{_ZIP}|[0-9]{{4,6}}(?![0-9])|{_UK}|{_CANADA})"
    rf"|{_GAP}(?:[A-Z]{{1,2}}-)?[0-9]{{4,5}}(?:[ ]?[A-Z]{{2}})?[ ]{_PLACE}|[ ]?,[ ]?{_PLACE},[ ]?{_STATE}(?![A-Za-z]))"
)
_FAR = rf"(?:[ ]?(?:,|,?\r?\n)[> ?]{{0,5}}{_PLACE}){{1,2}}"  # a town and a country, after a unit
_TAIL = rf"(?:(?:{_GAP}{_UNIT})?{_END}(?:{_GAP}{_UNIT})?|{_GAP}{_UNIT}{_FAR}?)?"

_PREFIXED = words(
    "rue avenue av\\. bd boulevard allée chemin impasse quai cours route place "
    "via viale piazza corso vicolo largo "
    "calle c/ avda\\.? avenida plaza paseo paso carrer carretera ronda "
    "rua travessa praça alameda estrada r\\. "
    "ul\\. ulica aleja al\\. os\\. pl\\. ulice náměstí trg cesta strada str\\. bulevardul calea șoseaua "
    "улица ул\\. проспект пр-т переулок пер\\. площадь набережная шоссе οδός λεωφ\\. jalan jl\\."
)
_SUFFIXED = (
    r""
    + _CAP
    + r"[\p{L}\p{M}'’-]{1,30}(?:straße|strasse|str\.|stasse|gasse|weg|platz|allee|ufer|damm|chaussee|steig|pfad|graben"
    r"|straat|laan|plein|kade|gracht|dijk|dreef|singel|steeg|vej|gade|gata|gatan|vägen|veien|vegen|gränd|allé|alléen|stræde|bakken|vænget|torget"
    r"|katu|[nl]tie|kuja|polku|utca|braut|vegur|stígur|plads)"
)
_SPACED = (
    r"(?:"
    + _CAP
    + r"[\p{L}\p{M}.'’-]{1,30}[ ]){1,3}(?:Straße|Strasse|Str\.|Allee|Weg|Platz|Gasse|utca|út|tér|körút|sokak|sok\.|caddesi|cad\.|gatan|gata|Street|Avenue)"
)


def _is_address(value: str) -> bool | None:
    """Refutes a number and a word alone that are rather a count: "20 Street", "1990 Court"."""
    return False if regex.fullmatch(r"[0-9]{1,6}[ ]\w{1,6}", value) else None


STREETS = Recognizer(
    name="StreetAddressRecognizer",
    entity="STREET_ADDRESS",
    what="Streets with house numbers, as written in the Americas, Europe and East Asia, with unit, "
    "town and code where they follow; post boxes; a town with state and ZIP code",
    examples=("12 Main Street, Apt. 4, Springfield, IL 62704", "Hauptstraße 5", "12 rue de la Paix"),
    patterns=(
        Pattern(
            "english",
            rf"(?<![\w.,$€£/-])(?:[0-9]{{1,6}}[ ])?{_HOUSE},?[ ](?:{_NAME}[ ]){{1,5}}?(?:(?i:{_TYPES})(?![\p{{L}}'’])|(?:Route|Highway|Hwy|Road|State[ ]Route|SR|US|County[ ]Road|CR)[ ]#?[ ]?(?:[0-9]{{1,4}}|[A-Z]{{1,2}})(?!\w)){_SIDE}?{_TAIL}",
            SURE,
        ),
        Pattern(
            "numbered road",
            rf"(?<![\w.,$€£/-]){_HOUSE}[ ](?:(?:[NSEW]\.?|{_CAP}\p{{Ll}}{{2,9}})[ ])?(?:Route|Highway|Hwy|State[ ]Route|US|County[ ]Road)[ ]#?[ ]?(?:[0-9]{{1,4}}|[A-Z])(?!\w){_SIDE}?{_TAIL}",
        ),
        Pattern(
            "english, lower case",
            rf"(?i:(?<![\w.,$€£/-]){_HOUSE}[ ](?:(?!{_STOP}[ ])[\p{{L}}'’.]{{1,20}}[ ]){{1,3}}{_SURE_TYPES}(?![\p{{L}}'’])){_SIDE}?(?:{_GAP}{_UNIT})?",
        ),
        Pattern(
            "town, state and code",
            rf"(?<![\p{{L}}\p{{N}}])(?:{_PLACE}|[A-Z][A-Z .'-]{{2,30}}),?[ ]{_STATE}[ ]{{1,2}}{_ZIP}",
            SURE,
        ),
        Pattern("directions", rf"(?<![\w.,-]){_HOUSE}[ ](?:North|South|East|West|Northeast|Northwest|Southeast|Southwest|[NSEW]\.?|[NS][EW])[ ](?:{_CAP}\p{{Ll}}[\p{{L}}'’-]{{0,30}}|[0-9]{{1,3}}(?:st|nd|rd|th))(?:[ ]{_CAP}\p{{Ll}}[\p{{L}}'’-]{{0,30}}){{0,2}}(?![\p{{L}}'’]){_TAIL}"),
        Pattern("no number", rf"(?<![\p{{L}}\p{{N}}])(?:{_NAME}[ ]){{1,4}}(?:Street|Avenue|Boulevard|Road|Lane|Drive|Highway|Parkway|Blvd\.?|Ave\.?|Rd\.?){_SIDE}?(?:{_GAP}{_UNIT})?,[ ]{_PLACE},[ ]{_STATE}[ ]{_ZIP}", SURE),
        Pattern("with unit", rf"(?<![\w.,$€£/-]){_HOUSE}[ ](?:[\p{{L}}\p{{M}}0-9.'’/-]{{1,24}}[ ]){{1,6}}?[>? \n]{{0,6}}(?i:apt|suite|apartment)\.?[ ][0-9]{{1,5}}{_END}?", SURE),
        Pattern("with code", rf"(?<![\w.,$€£/-])[0-9]{{1,6}}[ ](?:\p{{L}}[\p{{L}}\p{{M}}.'’/-]{{0,24}}[ ]){{1,5}}(?!(?:1[89]|20)[0-9]{{2}}[,.])[0-9]{{1,5}}[a-z]?(?:,?[ ]?\n|,)[ ]?{_PLACE}(?:{_GAP},?[ ]?(?:{_PLACE}|[A-Z]{{2,3}}|nan)){{0,2}}{_GAP}[0-9]{{4,6}}(?![0-9])"),
        Pattern("prefixed", rf"(?<![\p{{L}}\p{{N}}])(?:[0-9]{{1,6}}[ ])?(?i:{_PREFIXED})[ ]?{_NAMES},?[ ](?:n[°º.]?[ ]?)?{_HOUSE}(?![0-9.,]?[0-9%€$]){_TAIL}", SURE),
        Pattern("number and prefix", rf"(?<![\w.,$€£/-]){_HOUSE}(?:[ ]?(?:bis|ter))?,?[ ](?i:rue|avenue|av\.|bd|boulevard|allée|chemin|impasse|quai|cours|place|avda\.?|avenida|via|viale|rua|calle|trg|paseo)[ ]{_NAMES}(?:[ ][0-9]{{1,5}})?{_TAIL}", SURE),
        Pattern("suffixed", rf"(?<![\p{{L}}\p{{N}}])(?:[0-9]{{1,6}}[ ])?{_SUFFIXED}[ ]{_HOUSE}(?![0-9.,]?[0-9%€$]|\.[0-9]){_TAIL}", SURE),
        Pattern("spaced", rf"(?<![\p{{L}}\p{{N}}])(?:[0-9]{{1,6}}[ ])?{_SPACED}[ ]{_HOUSE}(?![0-9.,]?[0-9%€$]){_TAIL}"),
        Pattern("colombian", r"(?<![\p{L}])(?i:calle|carrera|cra\.?|cll\.?|diagonal|transversal|avenida)[ ][0-9]{1,3}[ ]?[A-Z]?[ ]?(?:#|No\.?|n°)[ ]?[0-9]{1,3}[A-Z]?[ ]?-[ ]?[0-9]{1,3}"),
        Pattern("box", rf"(?<![\p{{L}}\p{{N}}])(?:(?i:p\.?[ ]?o\.?[ ]?box|post[ ]?box|postfach|postbus|apartado[ ](?:de[ ]correos|postal|a[eé]reo)|apdo\.?|casilla|caixa[ ]postal)|(?:Rural[ ]Route|RR|HC|Route|South[ ]Route)[ ]?(?:[0-9]{{1,4}},?[ ])?Box)[ ](?:South[ ])?#?[ ]?[0-9]{{1,6}}{_TAIL}", SURE),
        Pattern("military", r"(?i:(?<![\p{L}])(?:psc|unit|cmr)[ ][0-9]{1,5},?[ ]box[ ][0-9]{1,5}[\s,]{1,3}(?:apo|fpo|dpo)[ ]a[aep][ ][0-9]{5}|(?<![\p{L}])us(?:s|ns|nv|cgc)[ ][\p{L}'’. -]{2,30}[\s,]{1,3}(?:apo|fpo|dpo)[ ]a[aep][ ][0-9]{5})", SURE),
        Pattern("unit", r"(?<![\p{L}\p{N}])(?i:apt|apartment|suite|ste)\b\.?[ ](?:#[ ]?)?[0-9]{1,5}[A-Za-z]?(?![\w])"),
        Pattern("corner", rf"(?i:corner[ ]of)[ ]\K{_NAMES}(?:[ ][0-9]{{1,4}})?[ ]and[ ]{_NAMES}"),
        Pattern("labelled", r"(?<![A-Za-z])(?<!(?i:ip|mac|mail|web|wallet|memory|http|url|site|bitcoin|contract|base|host|network|email|server)[ _-])(?i:(?:home|street|mailing|shipping|billing|postal|residential|delivery|work|business)?[ _-]?address|anschrift|adresse|indirizzo|dirección|endereço|adres)[\"']?(?:[ ]?[:=][ \t]{0,8}|[ ](?:is|was|ist|est|es)[ ](?=[0-9]{1,5}[ ][A-Z]))[\"']?\K(?=[^\n\"@]{0,60}?[0-9])(?=[^\n\"@]{0,20}?\p{L}{2})[\p{L}0-9#][^\n\"@;:|<>{}]{5,100}"),
        Pattern("labelled abroad", r"(?<![\p{L}])(?:(?i:indirizzo|residenza|domicilio|residente[ ]in|abita[ ]in|wohnhaft[ ]in|alamat|адрес|проживает|место[ ]жительства|διεύθυνση|κατοικία|địa[ ]chỉ|पता|כתובת|العنوان)|住所|地址|住址|주소)(?![\p{Latin}\p{Greek}\p{Cyrillic}])[ ]?[:：][ \t]{0,8}\K(?=[^\n\"@]{0,60}?[0-9０-９])[\p{L}0-9〒#][^\n\"@;:|<>{}।]{5,100}", SURE),
        Pattern("russian", rf"(?<![\p{{L}}])(?:(?:[Уу]л|[Пп]р|[Пп]росп|[Пп]ер|[Пп]л|[Нн]аб|[Шш]|[Бб]-р|[Вв]ул|[Бб]ул)\.[ ]?|(?:[Уу]лица|[Пп]роспект|[Пп]ереулок|[Пп]лощадь|[Нн]абережная|[Шш]оссе|[Бб]ульвар|[Вв]улиця|[Пп]ровулок)[ ]){_CAP}[\p{{L}} .-]{{2,40}},?[ ]?(?:(?:д|дом|буд|будинок)\.?[ ]?)?[0-9]{{1,4}}[\p{{L}}]?(?:/[0-9]{{1,4}})?(?:,[ ]?(?:корп|к|стр|кв|оф|квартира)\.?[ ]?[0-9]{{1,5}}){{0,3}}(?:,[ ]?(?:г\.[ ]?)?{_CAP}[\p{{L}}-]{{2,30}})?(?:,[ ]?[0-9]{{5,6}})?(?![\p{{L}}0-9])", SURE),
        Pattern("russian, type behind", rf"(?<![\p{{L}}]){_CAP}[\p{{L}}-]{{2,30}}[ ](?:улица|проспект|переулок|площадь|набережная|шоссе|бульвар|вулиця|площа),[ ]?(?:д\.[ ]?)?[0-9]{{1,4}}[\p{{L}}]?(?:,[ ]?{_CAP}[\p{{L}}-]{{2,30}})?(?:,[ ]?[0-9]{{5,6}})?(?![\p{{L}}0-9])", SURE),
        Pattern("greek", r"(?<![\p{L}])(?:(?:[Οο]δός|Λεωφ\.|Λεωφόρος|Πλατεία)[ ])?[Α-ΩΆ-Ώ][\p{L}]{2,30}(?:[ ][Α-ΩΆ-Ώ][\p{L}]{2,30})?[ ][0-9]{1,4},[ ][0-9]{3}[ ]?[0-9]{2}[ ][Α-ΩΆ-Ώ][\p{L}]{2,30}", SURE),
        Pattern("korean", r"(?<![가-힣])(?:[가-힣]{1,6}(?:특별시|광역시|특별자치시|도|특별자치도)[ ])?(?:[가-힣]{1,6}(?:시|군|구)[ ]){1,3}[가-힣0-9]{1,12}(?:로|길|동|읍|면|리)[ ]?[0-9]{1,4}(?:-[0-9]{1,4})?(?:번길[ ]?[0-9]{1,4})?(?![0-9])", SURE),
        Pattern("vietnamese", rf"(?<![\p{{L}}\p{{N}}/])[0-9]{{1,4}}(?:/[0-9]{{1,4}})?[ ](?:đường|phố|ngõ|hẻm|Đường|Phố)[ ]{_CAP}[\p{{L}}]{{1,12}}(?:[ ]\p{{Lu}}[\p{{L}}]{{1,12}}){{0,4}}(?:,[ ]\p{{Lu}}[\p{{L}}]{{1,12}}(?:[ ]\p{{Lu}}[\p{{L}}]{{1,12}}){{0,3}}){{0,4}}", SURE),
        Pattern("lives at", rf"(?i:(?:lives?|lived|living|resid(?:es?|ing)|located|stay(?:s|ing)?)[ ]at)[ ]\K{_HOUSE}[ ](?:{_NAME}[ ]?){{1,5}}", LIKELY),
        Pattern("east asian", r"〒[ ]?[0-9]{3}[-－]?[0-9]{4}(?:[ 　]{0,2}\p{Han}[\p{Han}\p{Hiragana}\p{Katakana}0-9０-９ー－ 　-]{2,60})?|\p{Han}{2,24}(?:路|街|道|巷|弄)[0-9]{1,5}(?:弄[0-9]{1,4})?[号號](?:[0-9\p{Han}-]{1,16})?|\p{Han}{2,6}[都道府県]\p{Han}{1,8}[市区町村郡][\p{Han}\p{Hiragana}\p{Katakana}]{0,16}[0-9０-９]{1,4}(?:[-－丁目番地号の]{1,2}[0-9０-９]{1,4}){0,3}|[가-힣]{1,10}(?:로|길)[ ]?[0-9]{1,4}(?:번길[ ]?[0-9]{1,4})?(?:-[0-9]{1,4})?(?![0-9가-힣])", SURE),
    ),
    judge=_is_address,
)  # fmt: skip

# ── codes ─────────────────────────────────────────────────────────────────────────────────────

POSTCODES = Recognizer(
    name="PostalCodeRecognizer",
    entity="POSTAL_CODE",
    what="Postal codes behind words for them; ZIP codes behind a state, British and Canadian codes "
    "by their form",
    examples=("ZIP code 94110", "PLZ: 10115", "SW1A 1AA", "K1A 0B1", "CA 94110"),
    patterns=(
        Pattern(
            "labelled",
            r"(?<![A-Za-z])(?i:zip(?:[\s_-]?code)?|post(?:al)?[\s_-]?(?:code|number|no)|postcode|plz|postleitzahl|code[ ]postal|c[oó]d(?:igo|ice)[ ]postal|codice[ ]postale"
            r"|cap|cep|pin[\s_-]?code|pincode|postnummer|postnr|kod[ ]pocztowy|(?:почтовый[ ])?индекс|邮编|郵便番号)"
            r"(?![a-z])[\"'\])*]{0,3}[ \t]{0,4}(?:(?:is|ist|est|es|[:=#：])[ \t]{0,4}){0,3}[\"'(\[]{0,2}\K"
            rf"(?:{_UK}|{_CANADA}|[0-9]{{5}}-[0-9]{{3,4}}|[0-9]{{2,3}}[- ][0-9]{{2,3}}|[0-9]{{4}}[ ]?[A-Z]{{2}}|[0-9]{{4,7}})(?![\w])",
            SURE,
        ),
        Pattern("state", rf"(?<![A-Za-z]){_STATE}[ ]{{1,2}}\K{_ZIP}"),
        Pattern("plus four", r"(?<![\w.+-])[0-9]{5}-[0-9]{4}(?![\w-])(?=[ ]?(?:,|\n|USA?\b|United[ ]States|\Z))"),
        Pattern("british", rf"(?<![A-Za-z0-9]){_UK}"),
        Pattern("canadian", rf"(?<![A-Za-z0-9]){_CANADA}"),
    ),
)  # fmt: skip

# ── coordinates ───────────────────────────────────────────────────────────────────────────────

_LAT = r"[-+]?(?:90(?:\.0{1,12})?|[0-8]?[0-9]\.[0-9]{3,15})"
_LON = r"[-+]?(?:180(?:\.0{1,12})?|(?:1[0-7][0-9]|[0-9]{1,2})\.[0-9]{3,15})"


def _is_coordinate(value: str) -> bool | None:
    """Refutes pairs of small numbers: rather weights or shares than places."""
    numbers = [abs(float(n)) for n in regex.findall(r"[0-9]+\.[0-9]+", value)]
    return False if len(numbers) == 2 and max(numbers) < 1 else None


COORDINATES = Recognizer(
    name="CoordinatesRecognizer",
    entity="GEO_COORDINATES",
    what="Latitude and longitude: pairs with four decimals or more, degrees with a hemisphere, "
    "numbers behind lat and lon, geo: addresses, WKT points, plus codes",
    examples=("52.51631, 13.37777", "40°26′46″N 79°58′56″W", '"lat": 52.5163', "POINT(13.4 52.5)"),
    patterns=(
        Pattern(
            "pair",
            r"(?<![\w.,;+-])(?<![0-9][,;][ ])[-+]?(?:90\.0{4,12}|[0-8]?[0-9]\.[0-9]{4,15})[ ]?[,;/][ ]?[-+]?(?:1[0-7][0-9]|[0-9]{1,2})\.[0-9]{4,15}(?![\w.]|[ ]?[,;][ ]?[-+]?[0-9])",
        ),
        Pattern("pair with a blank", r"(?<![\w.,;+-])(?:(?<=[\n])|(?<![0-9][ ]))[-+]?(?:[0-8]?[0-9])\.[0-9]{5,15}[ ][-+]?(?:1[0-7][0-9]|[0-9]{1,2})\.[0-9]{5,15}(?![\w.]|[ ]?[,;]?[ ][-+]?[0-9])"),
        Pattern(
            "degrees",
            r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,10})?[ ]?[°º][ ]?(?:[0-9]{1,2}(?:\.[0-9]{1,8})?[ ]?['’′][ ]?(?:[0-9]{1,2}(?:\.[0-9]{1,6})?[ ]?(?:[\"”″]|''|′′)[ ]?)?)?[NSEWO](?!\w)",
            SURE,
        ),
        Pattern(
            "labelled",
            r"(?<![A-Za-z])(?i:lat(?:itude)?|lon(?:g(?:itude)?)?|lng|gps|coord(?:inate)?s?|breitengrad|längengrad)[\"'\])]{0,3}[ ]{0,3}[:=：]?[ ]{0,3}[\"'(\[]{0,2}\K"
            rf"(?:{_LAT}[ ]?[,;/ ][ ]?{_LON}|{_LON})(?![\w%])",
            SURE,
        ),
        Pattern("uri", r"(?<!\w)geo:[-+]?[0-9]{1,2}(?:\.[0-9]{1,12})?,[-+]?[0-9]{1,3}(?:\.[0-9]{1,12})?", SURE),
        Pattern("wkt", r"(?i:(?<!\w)point)(?:[ ]?Z)?[ ]?\([ ]?[-+]?[0-9]{1,3}\.[0-9]{1,15}[ ]{1,2}[-+]?[0-9]{1,2}\.[0-9]{1,15}[ ]?\)", SURE),
        Pattern("map", rf"(?i:maps?[\w./?=&%-]{{1,80}}[/?&=@])\K{_LAT},{_LON}", SURE),
        Pattern("plus code", r"(?<![\w+])[23456789CFGHJMPQRV][23456789CFGHJMPQRVWX]{7}\+[23456789CFGHJMPQRVWX]{2,3}(?![\w+])", SURE),
    ),
    judge=_is_coordinate,
)  # fmt: skip
