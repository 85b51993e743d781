"""A street with its number, as each country writes it.

Every writer takes the draws of one document (`one` picks among "a|b|c"), the name that the street
is called after, and its number.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

from training.generated.names import Names, pick
from training.generated.places import Places

_EN_TYPES = (
    "Street|St|St.|Road|Rd|Rd.|Avenue|Ave|Ave.|Lane|Ln|Drive|Dr|Dr.|Court|Ct|Place|Pl|Boulevard|"
    "Blvd|Blvd.|Way|Circle|Cir|Terrace|Parkway|Pkwy|Highway|Hwy|Close|Crescent|Cres|Grove|Gardens|"
    "Square|Trail|Ridge|Row|Walk|Mews|Hill|Loop|Alley|Run|Pass|Points|Park|Fork|Parade|Green|Rise|"
    "View|Plaza|Turnpike|Quay|Wharf|Landing|Crossing|Mount|Estate|Vale|Bypass|Pike|Path|Mall|"
    "Esplanade"
)
_EN_FRONT = (
    "Main|Church|High|Park|Oak|Maple|Elm|Cedar|Pine|Washington|Lake|Hill|Station|Victoria|Mill|"
    "Spring|Ridge|River|Sunset|Walnut|Chestnut|Meadow|Forest|Highland|College|Market|School|Queen|"
    "King|Bridge|Center|Willow|Cherry|Dogwood|Orchard|Garden|Broad|Union|Front|Lincoln|Franklin|"
    "Jackson|Jefferson|Liberty|Prospect|Pleasant|Valley|Grove|Magnolia|Harbor|Windsor|Manor|North|"
    "South|East|West|Old Mill|Fox Hollow|Deer Run|Country Club|Riverside|Lakeview|Woodland|Cross|"
    "Canal|Albert|George|Green|Sycamore|Hickory|Aspen|Birch|Laurel|Rose|Fairview|Summit|"
    "Commerce|Industrial|Airport|Kings|Queens|Abbey|Cotton|Quarry|Tower|Stone|Sandy|Peach Tree|"
    "Golden|Silver|Eagle|Hunters|Hawthorn|Juniper|Piedmont|Ocean"
)
_EN_ROUTES = "State Route|Highway|County Road|US Hwy|Route|Rural Route|Rte|FM|Avenue"
_EN_SIDES = "N |S |E |W |North |South |West |NW |N. |SE "
_DE_FRONT = (
    "Haupt|Bahnhof|Garten|Schul|Berg|Kirch|Linden|Wald|Wiesen|Brunnen|Mühlen|Feld|Rosen|Markt"
)
_NL_FRONT = (
    "Kerk|Dorps|School|Molen|Haven|Juliana|Wilhelmina|Beuken|Eiken|Linden|Burgemeester|Herfst"
)
_SE_FRONT = "Stor|Kyrk|Skol|Ring|Björk|Ängs|Drottning|Kungs|Skog|Sjö|Berg|Lång|Stations"
_FI_FRONT = "Koulu|Asema|Ranta|Metsä|Kirkko|Koski|Kauppa|Mänty|Puisto|Tehtaan"
_ORDINALS = {1: "st", 2: "nd", 3: "rd"}


@cache
def _options(choices: str) -> list[str]:
    return choices.split("|")


def one(rng: Random, choices: str) -> str:
    """One of "a|b|c"."""
    return pick(rng, _options(choices))


class Streets:
    """Draws a street of a country; the English way for a country that it does not know."""

    def __init__(self, names: Names, places: Places) -> None:
        self._names = names
        self._places = places
        self._writers: dict[str, Callable[[Random, str, str], str]] = {}
        for codes, writer in (
            ("DE AT CH LU", self._german),
            ("NL BE", self._dutch),
            ("SE NO DK IS", self._nordic),
            ("FI", self._finnish),
            ("EE", self._estonian),
            ("FR TN DZ MA CI SN", _french),
            ("ES MX AR CO CL PE VE EC UY", _spanish),
            ("PT BR AO MZ", _portuguese),
            ("IT", _italian),
            ("PL", _polish),
            ("CZ SK SI HR RS BA MK", _slavic),
            ("HU", _hungarian),
            ("RU UA BY KZ BG", _russian),
            ("TR", _turkish),
            ("GR CY", _greek),
            ("RO", _romanian),
            ("IN PK BD LK NP", _indian),
            ("JP", self._japanese),
            ("CN KR TW VN ID TH MY", _east_asian),
        ):
            self._writers.update(dict.fromkeys(codes.split(), writer))

    def street(self, rng: Random, code: str) -> str:
        number = str(1 + int(10 ** (rng.random() * 3.4)))
        if rng.random() < 0.06:
            number += one(rng, "a|b|A|B|/2|-12| bis")
        names = self._names
        stem = names.any_family(rng) if rng.random() < 0.4 else names.any_given(rng)
        return self._writers.get(code, self._english)(rng, stem, number)

    def _english(self, rng: Random, _: str, number: str) -> str:
        kind = one(rng, _EN_TYPES)
        roll = rng.random()
        if roll < 0.4:
            front = one(rng, _EN_FRONT)
        elif roll < 0.7:
            front = self._names.any_family(rng)
        elif roll < 0.78:
            front = self._names.any_given(rng)
        elif roll < 0.9:
            n = 1 + int(rng.random() * (12 if roll < 0.86 else 240))
            front = f"{n}{'th' if 10 < n % 100 < 14 else _ORDINALS.get(n % 10, 'th')}"
        else:
            return f"{number} {one(rng, _EN_ROUTES)} {int(rng.random() * 990) + 1}"
        side = one(rng, _EN_SIDES) if rng.random() < 0.14 else ""
        tail = one(rng, " N| NE| SW| West| S.") if rng.random() < 0.04 else ""
        return f"{number} {side}{front} {kind}{tail}"

    def _german(self, rng: Random, stem: str, number: str) -> str:
        end = one(rng, "straße|strasse|str.|weg|gasse|allee|platz|ring|damm")
        if rng.random() < 0.6:
            front = one(rng, _DE_FRONT) if rng.random() < 0.5 else stem
            return f"{front}{end} {number}"
        front = one(rng, "Am|An der|Im|Zum|Auf dem|In der")
        return f"{front} {self._names.any_family(rng)} {number}"

    def _dutch(self, rng: Random, stem: str, number: str) -> str:
        front = one(rng, _NL_FRONT) if rng.random() < 0.5 else stem
        return f"{front}{one(rng, 'straat|laan|weg|plein|dijk|gracht|kade|hof|singel')} {number}"

    def _nordic(self, rng: Random, stem: str, number: str) -> str:
        front = one(rng, _SE_FRONT) if rng.random() < 0.6 else stem
        ends = "gatan|vägen|gata|veien|vej|gade|stien|vegur|gränd|alléen"
        return f"{front}{one(rng, ends)} {number}"

    def _finnish(self, rng: Random, _: str, number: str) -> str:
        front = one(rng, _FI_FRONT)
        return f"{front}{one(rng, 'katu|tie|kuja|polku|tee| tänav')} {number}"

    def _estonian(self, rng: Random, stem: str, number: str) -> str:
        return (self._finnish if rng.random() < 0.5 else self._nordic)(rng, stem, number)

    def _japanese(self, rng: Random, _: str, __: str) -> str:
        block = f"{1 + int(rng.random() * 9)}-{1 + int(rng.random() * 20)}"
        house = int(rng.random() * 30) + 1
        town = self._places.city_of(rng, "JP")
        return f"{block}-{house} {town}{one(rng, '|-cho| Minami|-machi| Higashi')}"


def _french(rng: Random, stem: str, number: str) -> str:
    kind = one(rng, "rue|avenue|boulevard|place|Rue|Avenue|quai|chemin|cours|allée|impasse")
    joint = one(rng, "||de |du |de la |des |Jean |Saint-")
    return f"{number}{one(rng, ' |, | bis ')}{kind} {joint}{stem}"


def _spanish(rng: Random, stem: str, number: str) -> str:
    kind = one(
        rng,
        "Calle|C/|C.|Avenida|Av.|Avda.|Paseo|Plaza|Carrera|Cra.|Camino|Ctra.|Boulevard|Cl.|Ronda|",
    )
    joint = one(rng, "||de |del |de la |San |Santa |General ")
    tail = one(rng, " {}|, {}| #{}| No. {}| nº {}| {} - 23| {}, 2º B")
    return (f"{kind} {joint}{stem}" + tail.format(number)).strip()


def _portuguese(rng: Random, stem: str, number: str) -> str:
    kind = one(rng, "Rua|R.|R|Avenida|Av.|Travessa|Praça|Alameda|Largo|Estrada")
    joint = one(rng, "||da |do |dos |de |São |Doutor |Coronel ")
    return f"{kind} {joint}{stem}{one(rng, ', | |, nº | n. ')}{number}"


def _italian(rng: Random, stem: str, number: str) -> str:
    kind = one(rng, "Via|via|Viale|Piazza|Corso|Largo|Vicolo|Strada")
    joint = one(rng, "||della |delle |San |dei |Raffaele |G. ")
    return f"{kind} {joint}{stem}{one(rng, ' |, | n. ')}{number}"


def _polish(rng: Random, stem: str, number: str) -> str:
    kind = one(rng, "ul.|ul.|al.|os.|pl.|ulica")
    return f"{kind} {stem}{one(rng, 'a|ego|iej|')} {number}{one(rng, '|/4| m. 12')}"


def _slavic(rng: Random, stem: str, number: str) -> str:
    end = one(rng, "ova|ská|ická|eva ulica|ova ulica|čeva|ova cesta|ní|á")
    return f"{stem}{end} {number}"


def _hungarian(rng: Random, stem: str, number: str) -> str:
    return f"{stem} {one(rng, 'u.|utca|út|tér|körút|u')} {number}."


def _russian(rng: Random, stem: str, number: str) -> str:
    kind = one(rng, "ul.|Ulitsa|prospekt|Prospekt|vul.|pereulok")
    return f"{kind} {stem}a, {one(rng, '|d. ')}{number}{one(rng, '|, kv. 45|, korp. 2')}"


def _turkish(rng: Random, stem: str, number: str) -> str:
    quarter = one(rng, "Mah.|Mahallesi")
    kind = one(rng, "Sok.|Caddesi|Cad.|Sokak")
    return f"{stem} {quarter} {stem} {kind} No:{number}{one(rng, '| D:5| Kat 3')}"


def _greek(rng: Random, stem: str, number: str) -> str:
    return f"{one(rng, '|Odos |Leoforos ')}{stem}ou {number}"


def _romanian(rng: Random, stem: str, number: str) -> str:
    return f"{one(rng, 'Str.|Strada|Bd.|Calea')} {stem} {one(rng, 'nr. |Nr.|')}{number}"


def _indian(rng: Random, stem: str, number: str) -> str:
    front = one(
        rng,
        "No. {}, |{}, |H.No. {}, |Flat No. {}, |Plot No. {}, |#{}, |Door No {} |{}/A, |old no {} ",
    )
    kind = one(
        rng,
        "Nagar|Road|Street|Colony|Marg|Main Road|Cross|Layout|Vihar|Enclave|Chowk|Bazar|Gali|"
        "Apartments|Sector 12|2nd Street|3rd Cross",
    )
    return f"{front.format(number)}{stem} {kind}"


def _east_asian(rng: Random, stem: str, number: str) -> str:
    kind = one(rng, "Road|Lu|Jie|-ro|-gil|Duong|Jalan|Jl.|Soi|Lorong|Street")
    if kind in ("Jalan", "Jl.", "Soi", "Lorong", "Duong"):
        front = pick(rng, (f"{number} ", ""))
        return f"{front}{kind} {stem} {one(rng, 'No. |')}{number}"
    return f"{number} {stem}{'' if kind[0] == '-' else ' '}{kind}"
