"""Places and street addresses of many countries. An address is one name of a place, whole."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random

from training.generated.names import Names, invented, is_latin, pick, read_csv

_ALIASES = (
    "USA", "U.S.", "US", "UK", "U.K.", "the US", "England", "Scotland", "Wales", "Northern Ireland",
    "UAE", "Great Britain", "Holland", "Europe", "Asia", "Africa", "South America", "Latin America",
    "the Middle East", "Eastern Europe", "West Africa", "Scandinavia", "the Balkans", "Burma", "Persia",
    "Catalonia", "Bavaria", "Tuscany", "Siberia", "Kashmir", "Brooklyn", "Manhattan", "the Bronx",
    "Queens", "Harlem", "Soho", "Southern Europe", "Central Asia", "Antarctica", "North America",
    "Czech Republic", "Republic of Ireland", "Palestine", "Gaza", "Tibet", "DC", "D.C.", "NYC", "LA",
    "SF", "Philly", "Vegas", "KL", "Bay Area", "Silicon Valley",
)  # fmt: skip
_NATURE = (
    "Lake {}", "Mount {}", "{} River", "{} Beach", "{} Island", "{} Valley", "{} Airport", "{} Bay",
    "{} Park", "{} Bridge", "Cape {}", "Port {}", "{} Square", "{} Station", "{} County", "{} Hills",
    "{} Creek", "{} National Park", "River {}", "Mt. {}", "{} Heights", "{} Castle", "{} Harbour",
    "{} Forest", "Fort {}", "Camp {}", "{} Stadium", "{} Plaza", "{} Mall", "{} Hall", "San {}",
    "Saint {}", "St. {}", "New {}", "North {}", "South {}", "East {}", "West {}", "Upper {}", "Old {}",
)  # fmt: skip
_TOWN_ENDS = (
    "ville", "burg", "ton", "ford", "ham", "field", "port", "wick", "stad", "dorf", "heim", "hausen",
    "grad", "pur", "abad", "nagar", "shima", "hama", "vik", "by", "bury", "mouth", "dale", "gorod",
    "palli", "stan", "land", "borough", "mont", "court", "polis", "sk", "ovo", "ice", "owo", "wala",
)  # fmt: skip
US_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY "
    "NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
).split()
_AU_STATES = ("NSW", "VIC", "QLD", "WA", "SA", "TAS", "ACT")
_CA_STATES = ("ON", "QC", "BC", "AB", "MB", "NS", "Ontario", "Quebec", "Manitoba", "SK", "NB")
_IN_STATES = (
    "Maharashtra",
    "Tamil Nadu",
    "Kerala",
    "U.P.",
    "Karnataka",
    "Gujarat",
    "Delhi",
    "Punjab",
)
_BR_STATES = ("SP", "RJ", "MG", "BA", "RS", "PR", "PE", "CE")
_MX_STATES = ("Jal.", "CDMX", "N.L.", "Pue.", "Gto.", "Ver.")
_IT_CODES = ("MI", "RM", "TO", "NA", "FI", "BO", "PA", "CA")

_EN_TYPES = (
    "Street", "St", "St.", "Road", "Rd", "Rd.", "Avenue", "Ave", "Ave.", "Lane", "Ln", "Drive", "Dr",
    "Dr.", "Court", "Ct", "Place", "Pl", "Boulevard", "Blvd", "Blvd.", "Way", "Circle", "Cir", "Terrace",
    "Parkway", "Pkwy", "Highway", "Hwy", "Close", "Crescent", "Cres", "Grove", "Gardens", "Square",
    "Trail", "Ridge", "Row", "Walk", "Mews", "Hill", "Loop", "Alley", "Run", "Pass", "Points", "Park",
    "Fork", "Parade", "Green", "Rise", "View", "Plaza", "Turnpike", "Quay", "Wharf", "Landing",
    "Crossing", "Mount", "Estate", "Vale", "Bypass", "Pike", "Path", "Mall", "Esplanade",
)  # fmt: skip
_EN_FRONT = (
    "Main", "Church", "High", "Park", "Oak", "Maple", "Elm", "Cedar", "Pine", "Washington", "Lake",
    "Hill", "Station", "Victoria", "Mill", "Spring", "Ridge", "River", "Sunset", "Walnut", "Chestnut",
    "Meadow", "Forest", "Highland", "College", "Market", "School", "Queen", "King", "Bridge", "Center",
    "Willow", "Cherry", "Dogwood", "Orchard", "Garden", "Broad", "Union", "Front", "Lincoln", "Franklin",
    "Jackson", "Jefferson", "Liberty", "Prospect", "Pleasant", "Valley", "Grove", "Magnolia", "Harbor",
    "Windsor", "Manor", "North", "South", "East", "West", "Old Mill", "Fox Hollow", "Deer Run",
    "Country Club", "Riverside", "Lakeview", "Woodland", "Cross", "Canal", "Albert", "George", "Green",
    "Sycamore", "Hickory", "Aspen", "Birch", "Laurel", "Rose", "Fairview", "Summit", "Commerce",
    "Industrial", "Airport", "Kings", "Queens", "Abbey", "Cotton", "Quarry", "Tower", "Stone", "Sandy",
    "Peach Tree", "Golden", "Silver", "Eagle", "Hunters", "Hawthorn", "Juniper", "Piedmont", "Ocean",
)  # fmt: skip
_WORDS = {
    "DE": "Haupt Bahnhof Garten Schul Berg Kirch Linden Wald Wiesen Brunnen Mühlen Feld Rosen Markt".split(),
    "NL": "Kerk Dorps School Molen Haven Juliana Wilhelmina Beuken Eiken Linden Burgemeester Herfst".split(),
    "SE": "Stor Kyrk Skol Ring Björk Ängs Drottning Kungs Skog Sjö Berg Lång Stations".split(),
    "FI": "Koulu Asema Ranta Metsä Kirkko Koski Kauppa Mänty Puisto Tehtaan".split(),
}
_MASKS = {
    "US": "#####", "GB": "@@# #@@", "CA": "@#@ #@#", "AU": "####", "NZ": "####", "IE": "@## @@##",
    "DE": "#####", "AT": "####", "CH": "####", "FR": "#####", "BE": "####", "ES": "#####", "IT": "#####",
    "NL": "#### @@", "PL": "##-###", "PT": "####-###", "BR": "#####-###", "MX": "#####", "AR": "####",
    "IN": "######", "JP": "###-####", "SE": "### ##", "NO": "####", "DK": "####", "FI": "#####",
    "CZ": "### ##", "SK": "### ##", "HU": "####", "RU": "######", "TR": "#####", "GR": "### ##",
    "CN": "######", "KR": "#####", "PH": "####", "ZA": "####", "NG": "######", "RO": "######",
    "HR": "#####", "SI": "####", "EE": "#####", "IS": "###", "CY": "####", "TN": "####", "CL": "#######",
    "UA": "#####", "PK": "#####", "MY": "#####", "SG": "######", "ID": "#####", "TH": "#####",
}  # fmt: skip
_ENGLISH_PLACES = ("US", "GB", "CA", "AU", "NZ", "IE", "ZA", "IN", "NG", "PH", "SG", "MY", "PK")
_UNITS = (
    "Apt {n}", "Apt. {n}", "Apartment {n}", "Apt {n}{l}", "Apt #{n}", "Suite {n}", "Ste {n}", "Ste. {n}",
    "Unit {n}", "Unit {n}{l}", "Flat {n}", "Flat {l}", "#{n}", "# {n}", "{n}th Floor", "2nd floor", "3rd Floor",
    "Room {n}", "Bldg {l}", "Building {n}", "Lot {n}", "Floor {s}", "Apt. {d}", "Suite {d}", "PMB {n}", "Level {s}",
)  # fmt: skip


def digits(rng: Random, mask: str) -> str:
    """A mask filled in: `#` a digit, `@` a capital letter, anything else itself."""
    return "".join(
        "0123456789"[int(rng.random() * 10)]
        if char == "#"
        else "ABCDEFGHJKLMNPRSTUVWXY"[int(rng.random() * 22)]
        if char == "@"
        else char
        for char in mask
    )


class Places:
    """Cities, regions, countries; streets and addresses as each country writes them."""

    def __init__(self, folder: Path, names: Names) -> None:
        cities: dict[str, list[str]] = defaultdict(list)
        regions: list[str] = []
        countries: dict[str, str] = {}
        for row in read_csv(folder / "places_geonames_ccby.csv"):
            name, country = row["name"].strip(), row["country"]
            if len(name) < 2 or len(name) > 40 or not is_latin(name):
                continue
            if row["kind"] == "city":
                cities[country].append(name)
            elif row["kind"] == "region":
                regions.append(name)
            else:
                countries[country] = name
        self.cities = dict(cities)
        self.codes = list(cities)
        self.regions = regions
        self.countries = countries
        self.country_names = list(countries.values())
        self.address_codes = [code for code in _MASKS if code in cities] or self.codes
        self.english = [code for code in _ENGLISH_PLACES if code in cities] or self.codes
        self.names = names

    def code(self, rng: Random) -> str:
        roll = rng.random()
        if roll < 0.35:
            return pick(rng, self.english)
        return pick(rng, self.address_codes if roll < 0.7 else self.codes)

    def city_of(self, rng: Random, code: str) -> str:
        if rng.random() < 0.08:
            return self.made_up(rng)
        return pick(rng, self.cities[code])

    def city(self, rng: Random) -> str:
        return self.city_of(rng, self.code(rng))

    def made_up(self, rng: Random) -> str:
        return invented(rng, lambda _: "")[:6] + pick(rng, _TOWN_ENDS)

    def country(self, rng: Random) -> str:
        if rng.random() < 0.12:
            return pick(rng, _ALIASES).removeprefix("the ")
        return pick(rng, self.country_names)

    def region(self, rng: Random) -> str:
        if rng.random() < 0.2:
            return pick(rng, US_STATES)
        return pick(rng, self.regions)

    def landmark(self, rng: Random) -> str:
        stem = self.names.any_family(rng) if rng.random() < 0.5 else self.city(rng)
        return pick(rng, _NATURE).format(stem)

    def place(self, rng: Random) -> str:
        """A place as it stands in a sentence: a city, with its state or country, a country ..."""
        roll = rng.random()
        code = self.code(rng)
        if roll < 0.5:
            return self.city_of(rng, code)
        if roll < 0.58:
            if code == "US":
                return f"{self.city_of(rng, code)}, {pick(rng, US_STATES)}"
            return f"{self.city_of(rng, code)}, {self.countries.get(code) or self.country(rng)}"
        if roll < 0.78:
            return self.country(rng)
        if roll < 0.9:
            return self.region(rng)
        return self.landmark(rng)

    # Streets and addresses

    def street(self, rng: Random, code: str) -> str:
        """A street without or with its number, as the country writes it."""
        number = str(1 + int(10 ** (rng.random() * 3.4)))
        if rng.random() < 0.06:
            number += pick(rng, ("a", "b", "A", "B", "/2", "-12", " bis"))
        stem = self.names.any_family(rng) if rng.random() < 0.4 else self.names.any_given(rng)
        if code in ("DE", "AT", "CH", "LU"):
            end = pick(
                rng, ("straße", "strasse", "str.", "weg", "gasse", "allee", "platz", "ring", "damm")
            )
            if rng.random() < 0.6:
                front = pick(rng, _WORDS["DE"]) if rng.random() < 0.5 else stem
                return f"{front}{end} {number}"
            front = pick(rng, ("Am", "An der", "Im", "Zum", "Auf dem", "In der"))
            return f"{front} {self.names.any_family(rng)} {number}"
        if code in ("NL", "BE"):
            front = pick(rng, _WORDS["NL"]) if rng.random() < 0.5 else stem
            end = pick(
                rng, ("straat", "laan", "weg", "plein", "dijk", "gracht", "kade", "hof", "singel")
            )
            return f"{front}{end} {number}"
        if code in ("SE", "NO", "DK", "FI", "IS", "EE"):
            if code == "FI" or (code == "EE" and rng.random() < 0.5):
                front = pick(rng, _WORDS["FI"])
                return f"{front}{pick(rng, ('katu', 'tie', 'kuja', 'polku', 'tee', ' tänav'))} {number}"
            front = pick(rng, _WORDS["SE"]) if rng.random() < 0.6 else stem
            ends = (
                "gatan",
                "vägen",
                "gata",
                "veien",
                "vej",
                "gade",
                "stien",
                "vegur",
                "gränd",
                "alléen",
            )
            return f"{front}{pick(rng, ends)} {number}"
        if code in ("FR", "LU", "TN", "DZ", "MA", "CI", "SN"):
            kind = pick(
                rng,
                (
                    "rue",
                    "avenue",
                    "boulevard",
                    "place",
                    "Rue",
                    "Avenue",
                    "quai",
                    "chemin",
                    "cours",
                    "allée",
                    "impasse",
                ),
            )
            joint = pick(rng, ("", "", "de ", "du ", "de la ", "des ", "Jean ", "Saint-"))
            return f"{number}{pick(rng, (' ', ', ', ' bis '))}{kind} {joint}{stem}"
        if code in ("ES", "MX", "AR", "CO", "CL", "PE", "VE", "EC", "UY"):
            kind = pick(
                rng,
                (
                    "Calle",
                    "C/",
                    "C.",
                    "Avenida",
                    "Av.",
                    "Avda.",
                    "Paseo",
                    "Plaza",
                    "Carrera",
                    "Cra.",
                    "Camino",
                    "Ctra.",
                    "Boulevard",
                    "Cl.",
                    "Ronda",
                    "",
                ),
            )
            joint = pick(rng, ("", "", "de ", "del ", "de la ", "San ", "Santa ", "General "))
            tail = pick(rng, (" {}", ", {}", " #{}", " No. {}", " nº {}", " {} - 23", " {}, 2º B"))
            return (f"{kind} {joint}{stem}" + tail.format(number)).strip()
        if code in ("PT", "BR", "AO", "MZ"):
            kind = pick(
                rng,
                (
                    "Rua",
                    "R.",
                    "R",
                    "Avenida",
                    "Av.",
                    "Travessa",
                    "Praça",
                    "Alameda",
                    "Largo",
                    "Estrada",
                ),
            )
            joint = pick(rng, ("", "", "da ", "do ", "dos ", "de ", "São ", "Doutor ", "Coronel "))
            return f"{kind} {joint}{stem}{pick(rng, (', ', ' ', ', nº ', ' n. '))}{number}"
        if code == "IT":
            kind = pick(
                rng, ("Via", "via", "Viale", "Piazza", "Corso", "Largo", "Vicolo", "Strada")
            )
            joint = pick(rng, ("", "", "della ", "delle ", "San ", "dei ", "Raffaele ", "G. "))
            return f"{kind} {joint}{stem}{pick(rng, (' ', ', ', ' n. '))}{number}"
        if code == "PL":
            return f"{pick(rng, ('ul.', 'ul.', 'al.', 'os.', 'pl.', 'ulica'))} {stem}{pick(rng, ('a', 'ego', 'iej', ''))} {number}{pick(rng, ('', '/4', ' m. 12'))}"
        if code in ("CZ", "SK", "SI", "HR", "RS", "BA", "MK"):
            end = pick(
                rng,
                ("ova", "ská", "ická", "eva ulica", "ova ulica", "čeva", "ova cesta", "ní", "á"),
            )
            return f"{stem}{end} {number}"
        if code == "HU":
            return f"{stem} {pick(rng, ('u.', 'utca', 'út', 'tér', 'körút', 'u'))} {number}."
        if code in ("RU", "UA", "BY", "KZ", "BG"):
            return f"{pick(rng, ('ul.', 'Ulitsa', 'prospekt', 'Prospekt', 'vul.', 'pereulok'))} {stem}a, {pick(rng, ('', 'd. '))}{number}{pick(rng, ('', ', kv. 45', ', korp. 2'))}"
        if code == "TR":
            return f"{stem} {pick(rng, ('Mah.', 'Mahallesi'))} {stem} {pick(rng, ('Sok.', 'Caddesi', 'Cad.', 'Sokak'))} No:{number}{pick(rng, ('', ' D:5', ' Kat 3'))}"
        if code in ("GR", "CY"):
            return f"{pick(rng, ('', 'Odos ', 'Leoforos '))}{stem}ou {number}"
        if code == "RO":
            return f"{pick(rng, ('Str.', 'Strada', 'Bd.', 'Calea'))} {stem} {pick(rng, ('nr. ', 'Nr.', ''))}{number}"
        if code in ("IN", "PK", "BD", "LK", "NP"):
            front = pick(
                rng,
                (
                    "No. {}, ",
                    "{}, ",
                    "H.No. {}, ",
                    "Flat No. {}, ",
                    "Plot No. {}, ",
                    "#{}, ",
                    "Door No {} ",
                    "{}/A, ",
                    "old no {} ",
                ),
            )
            kind = pick(
                rng,
                (
                    "Nagar",
                    "Road",
                    "Street",
                    "Colony",
                    "Marg",
                    "Main Road",
                    "Cross",
                    "Layout",
                    "Vihar",
                    "Enclave",
                    "Chowk",
                    "Bazar",
                    "Gali",
                    "Apartments",
                    "Sector 12",
                    "2nd Street",
                    "3rd Cross",
                ),
            )
            return f"{front.format(number)}{stem} {kind}"
        if code == "JP":
            return f"{1 + int(rng.random() * 9)}-{int(rng.random() * 20) + 1}-{int(rng.random() * 30) + 1} {self.city_of(rng, code)}{pick(rng, ('', '-cho', ' Minami', '-machi', ' Higashi'))}"
        if code in ("CN", "KR", "TW", "VN", "ID", "TH", "MY"):
            kind = pick(
                rng,
                (
                    "Road",
                    "Lu",
                    "Jie",
                    "-ro",
                    "-gil",
                    "Duong",
                    "Jalan",
                    "Jl.",
                    "Soi",
                    "Lorong",
                    "Street",
                ),
            )
            if kind in ("Jalan", "Jl.", "Soi", "Lorong", "Duong"):
                return f"{pick(rng, (number + ' ', ''))}{kind} {stem} {pick(rng, ('No. ', ''))}{number}"
            return f"{number} {stem}{'' if kind[0] == '-' else ' '}{kind}"
        return self.english_street(rng, number)

    def english_street(self, rng: Random, number: str) -> str:
        kind = pick(rng, _EN_TYPES)
        roll = rng.random()
        if roll < 0.4:
            front = pick(rng, _EN_FRONT)
        elif roll < 0.7:
            front = self.names.any_family(rng)
        elif roll < 0.78:
            front = self.names.any_given(rng)
        elif roll < 0.9:
            n = 1 + int(rng.random() * (12 if roll < 0.86 else 240))
            front = (
                f"{n}{'th' if 10 < n % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
            )
        else:
            return f"{number} {pick(rng, ('State Route', 'Highway', 'County Road', 'US Hwy', 'Route', 'Rural Route', 'Rte', 'FM', 'Avenue'))} {int(rng.random() * 990) + 1}"
        side = (
            pick(rng, ("N ", "S ", "E ", "W ", "North ", "South ", "West ", "NW ", "N. ", "SE "))
            if rng.random() < 0.14
            else ""
        )
        tail = pick(rng, (" N", " NE", " SW", " West", " S.")) if rng.random() < 0.04 else ""
        return f"{number} {side}{front} {kind}{tail}"

    def unit(self, rng: Random) -> str:
        return pick(rng, _UNITS).format(
            n=1 + int(rng.random() * 40) * (1 + int(rng.random() * 8)),
            s=1 + int(rng.random() * 12),
            d=digits(rng, "###"),
            l="ABCDEFGH"[int(rng.random() * 8)],
        )

    def postcode(self, rng: Random, code: str) -> str:
        text = digits(rng, _MASKS.get(code, "#####"))
        if code == "US" and rng.random() < 0.08:
            text += digits(rng, "-####")
        return text

    def box(self, rng: Random) -> str:
        form = pick(
            rng,
            (
                "P.O. Box {}",
                "PO Box {}",
                "P.O. BOX {}",
                "Postbox {}",
                "PO Box {}",
                "Box {}",
                "Private Bag {}",
                "p.o box {}",
                "Postfach {}",
                "B.P. {}",
                "Apartado {}",
                "GPO Box {}",
            ),
        )
        return form.format(1 + int(10 ** (rng.random() * 4)))

    def military(self, rng: Random) -> list[str]:
        form = pick(
            rng,
            (
                "PSC {a}, Box {b}|APO {s} {z}",
                "Unit {a} Box {b}|DPO {s} {z}",
                "USNS {n}|FPO {s} {z}",
                "USS {n}|FPO {s} {z}",
                "CMR {a} Box {b}|APO {s} {z}",
            ),
        )
        return form.format(
            a=digits(rng, "####"), b=digits(rng, "####"), z=digits(rng, "#####"),
            s=pick(rng, ("AA", "AE", "AP")), n=self.names.any_family(rng),
        ).split("|")  # fmt: skip

    def town_line(self, rng: Random, code: str) -> str:
        city, post = self.city_of(rng, code), self.postcode(rng, code)
        if code == "US":
            state = pick(rng, US_STATES) if rng.random() < 0.8 else self.region(rng)
            return f"{city}{pick(rng, (', ', ', ', ' '))}{state}{'' if rng.random() < 0.15 else ' ' + post}"
        if code == "CA":
            return f"{city}{pick(rng, (', ', ' '))}{pick(rng, _CA_STATES)}{pick(rng, (' ', '  ', ', '))}{post}"
        if code == "AU":
            return f"{city} {pick(rng, _AU_STATES)} {post}"
        if code in ("GB", "IE", "NZ", "SG", "ZA", "NG"):
            return f"{city}{pick(rng, (' ', ', '))}{post}"
        if code == "IN":
            state = f", {pick(rng, _IN_STATES)}" if rng.random() < 0.5 else ""
            return f"{city}{pick(rng, (' - ', '-', ' ', ' – '))}{post}{state}"
        if code == "BR":
            return f"{city}{pick(rng, (' - ', ', ', '/'))}{pick(rng, _BR_STATES)}{pick(rng, (', ', ' '))}{post}"
        if code == "MX":
            return f"{post} {city}, {pick(rng, _MX_STATES)}"
        if code == "IT":
            return (
                f"{post} {city} ({pick(rng, _IT_CODES)})"
                if rng.random() < 0.4
                else f"{post} {city}"
            )
        if code == "JP":
            return f"{city}{pick(rng, (' ', ', '))}{post}"
        if rng.random() < 0.15:
            return f"{city} {post}"
        return f"{pick(rng, ('', '', '', f'{code}-'))}{post} {city}"

    def address(self, rng: Random) -> list[str]:
        """The lines of one address, from the street alone to everything with the country."""
        roll = rng.random()
        if roll < 0.06:
            return self.military(rng)
        code = pick(rng, self.english if rng.random() < 0.45 else self.address_codes)
        street = self.street(rng, code)
        if roll < 0.32:
            return self._jumbled(rng, code, street)
        lines = [street]
        if rng.random() < 0.08:
            lines = [self.box(rng)]
        elif rng.random() < 0.25:
            unit = self.unit(rng)
            if rng.random() < 0.5:
                lines = [f"{street}{pick(rng, (', ', ' ', ' - '))}{unit}"]
            else:
                lines = [unit, street] if rng.random() < 0.4 else [street, unit]
        if roll < 0.42:
            return lines
        if rng.random() < 0.07:
            lines.insert(
                0,
                f"{self.names.any_family(rng)} {pick(rng, ('House', 'Building', 'Tower', 'Court', 'Centre', 'Towers', 'Cottage', 'Farm'))}",
            )
        if code == "GB" and rng.random() < 0.3:
            lines.append(self.city_of(rng, code))
        if roll < 0.56:
            lines.append(self.city_of(rng, code))
        else:
            lines.append(self.town_line(rng, code))
        if roll > 0.7 and rng.random() < 0.6:
            lines.append(self.countries.get(code) or self.country(rng))
        return lines

    def _jumbled(self, rng: Random, code: str, street: str) -> list[str]:
        """As data generators and careless forms write it: numbers twice, parts of other countries."""
        lines = [f"{digits(rng, '#####'[int(rng.random() * 4) :])} {street}"]
        if rng.random() < 0.6:
            lines.append(f"{pick(rng, ('Apt.', 'Suite'))} {digits(rng, '###')}")
            if rng.random() < 0.5:
                lines = [" ".join(lines)]
        if rng.random() < 0.85:
            city = self.city(rng)
            lines.append(city.upper() if rng.random() < 0.1 else city)
        if rng.random() < 0.6:
            lines.append(self.country(rng) if rng.random() < 0.7 else digits(rng, "@@"))
        if rng.random() < 0.5:
            lines[-1] += (
                f" {digits(rng, '#####') if rng.random() < 0.6 else self.postcode(rng, code)}"
            )
        return lines
