"""Cities, regions, countries and landmarks of the names folder, and towns that are on no map."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from random import Random

from training.generated.names import Names, invented, is_latin, pick, read_csv

_ALIASES = (
    "USA", "U.S.", "US", "UK", "U.K.", "the US", "England", "Scotland", "Wales", "Northern Ireland",
    "UAE", "Great Britain", "Holland", "Europe", "Asia", "Africa", "South America", "Latin America",
    "the Middle East", "Eastern Europe", "West Africa", "Scandinavia", "the Balkans", "Burma",
    "Persia", "Catalonia", "Bavaria", "Tuscany", "Siberia", "Kashmir", "Brooklyn", "Manhattan",
    "the Bronx", "Queens", "Harlem", "Soho", "Southern Europe", "Central Asia", "Antarctica",
    "North America", "Czech Republic", "Republic of Ireland", "Palestine", "Gaza", "Tibet", "DC",
    "D.C.", "NYC", "LA", "SF", "Philly", "Vegas", "KL", "Bay Area", "Silicon Valley",
)  # fmt: skip
_NATURE = (
    "Lake {}", "Mount {}", "{} River", "{} Beach", "{} Island", "{} Valley", "{} Airport", "{} Bay",
    "{} Park", "{} Bridge", "Cape {}", "Port {}", "{} Square", "{} Station", "{} County",
    "{} Hills", "{} Creek", "{} National Park", "River {}", "Mt. {}", "{} Heights", "{} Castle",
    "{} Harbour", "{} Forest", "Fort {}", "Camp {}", "{} Stadium", "{} Plaza", "{} Mall", "{} Hall",
    "San {}", "Saint {}", "St. {}", "New {}", "North {}", "South {}", "East {}", "West {}",
    "Upper {}", "Old {}",
)  # fmt: skip
_TOWN_ENDS = (
    "ville", "burg", "ton", "ford", "ham", "field", "port", "wick", "stad", "dorf", "heim",
    "hausen", "grad", "pur", "abad", "nagar", "shima", "hama", "vik", "by", "bury", "mouth", "dale",
    "gorod", "palli", "stan", "land", "borough", "mont", "court", "polis", "sk", "ovo", "ice",
    "owo", "wala",
)  # fmt: skip
US_STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM "
    "NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC"
).split()
_ENGLISH_PLACES = (
    "US", "GB", "CA", "AU", "NZ", "IE", "ZA", "IN", "NG", "PH", "SG", "MY", "PK",
)  # fmt: skip
# The countries whose postcodes and streets are known (addresses.py, streets.py).
ADDRESSED = (
    "US", "GB", "CA", "AU", "NZ", "IE", "DE", "AT", "CH", "FR", "BE", "ES", "IT", "NL", "PL", "PT",
    "BR", "MX", "AR", "IN", "JP", "SE", "NO", "DK", "FI", "CZ", "SK", "HU", "RU", "TR", "GR", "CN",
    "KR", "PH", "ZA", "NG", "RO", "HR", "SI", "EE", "IS", "CY", "TN", "CL", "UA", "PK", "MY", "SG",
    "ID", "TH",
)  # fmt: skip


class Places:
    """Draws the name of a place."""

    def __init__(self, folder: Path, names: Names) -> None:
        cities: dict[str, list[str]] = defaultdict(list)
        regions: list[str] = []
        countries: dict[str, str] = {}
        for row in read_csv(folder / "places_geonames_ccby.csv"):
            name, country = row["name"].partition(" (")[0].strip(), row["country"]
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
        self.address_codes = [code for code in ADDRESSED if code in cities] or self.codes
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
