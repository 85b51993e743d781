"""Postal addresses of many countries: from a street alone to everything with the country."""

from __future__ import annotations

from random import Random

from training.generated.names import Names, pick
from training.generated.places import US_STATES, Places
from training.generated.streets import Streets, one

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
_MASKS = {
    "US": "#####", "GB": "@@# #@@", "CA": "@#@ #@#", "AU": "####", "NZ": "####", "IE": "@## @@##",
    "DE": "#####", "AT": "####", "CH": "####", "FR": "#####", "BE": "####", "ES": "#####",
    "IT": "#####", "NL": "#### @@", "PL": "##-###", "PT": "####-###", "BR": "#####-###",
    "MX": "#####", "AR": "####", "IN": "######", "JP": "###-####", "SE": "### ##", "NO": "####",
    "DK": "####", "FI": "#####", "CZ": "### ##", "SK": "### ##", "HU": "####", "RU": "######",
    "TR": "#####", "GR": "### ##", "CN": "######", "KR": "#####", "PH": "####", "ZA": "####",
    "NG": "######", "RO": "######", "HR": "#####", "SI": "####", "EE": "#####", "IS": "###",
    "CY": "####", "TN": "####", "CL": "#######", "UA": "#####", "PK": "#####", "MY": "#####",
    "SG": "######", "ID": "#####", "TH": "#####",
}  # fmt: skip
_BOXES = (
    "P.O. Box {}|PO Box {}|P.O. BOX {}|Postbox {}|PO Box {}|Box {}|Private Bag {}|p.o box {}|"
    "Postfach {}|B.P. {}|Apartado {}|GPO Box {}"
)
_MILITARY = (
    "PSC {a}, Box {b}|APO {s} {z}",
    "Unit {a} Box {b}|DPO {s} {z}",
    "USNS {n}|FPO {s} {z}",
    "USS {n}|FPO {s} {z}",
    "CMR {a} Box {b}|APO {s} {z}",
)
_HOUSES = "House|Building|Tower|Court|Centre|Towers|Cottage|Farm"
_UNITS = (
    "Apt {n}", "Apt. {n}", "Apartment {n}", "Apt {n}{l}", "Apt #{n}", "Suite {n}", "Ste {n}",
    "Ste. {n}", "Unit {n}", "Unit {n}{l}", "Flat {n}", "Flat {l}", "#{n}", "# {n}", "{n}th Floor",
    "2nd floor", "3rd Floor", "Room {n}", "Bldg {l}", "Building {n}", "Lot {n}", "Floor {s}",
    "Apt. {d}", "Suite {d}", "PMB {n}", "Level {s}",
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


class Addresses:
    """Draws addresses, whole or in part."""

    def __init__(self, names: Names, places: Places) -> None:
        self.names = names
        self.places = places
        self.streets = Streets(names, places)

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
        form = one(rng, _BOXES)
        return form.format(1 + int(10 ** (rng.random() * 4)))

    def military(self, rng: Random) -> list[str]:
        form = pick(rng, _MILITARY)
        return form.format(
            a=digits(rng, "####"), b=digits(rng, "####"), z=digits(rng, "#####"),
            s=one(rng, "AA|AE|AP"), n=self.names.any_family(rng),
        ).split("|")  # fmt: skip

    def town_line(self, rng: Random, code: str) -> str:
        city, post = self.places.city_of(rng, code), self.postcode(rng, code)
        if code == "US":
            state = pick(rng, US_STATES) if rng.random() < 0.8 else self.places.region(rng)
            town = f"{city}{one(rng, ', |, | ')}{state}"
            return town if rng.random() < 0.15 else f"{town} {post}"
        if code == "CA":
            town = f"{city}{one(rng, ', | ')}{pick(rng, _CA_STATES)}"
            return f"{town}{one(rng, ' |  |, ')}{post}"
        if code == "AU":
            return f"{city} {pick(rng, _AU_STATES)} {post}"
        if code in ("GB", "IE", "NZ", "SG", "ZA", "NG"):
            return f"{city}{one(rng, ' |, ')}{post}"
        if code == "IN":
            state = f", {pick(rng, _IN_STATES)}" if rng.random() < 0.5 else ""
            return f"{city}{one(rng, ' - |-| | – ')}{post}{state}"
        if code == "BR":
            town = f"{city}{one(rng, ' - |, |/')}{pick(rng, _BR_STATES)}"
            return f"{town}{one(rng, ', | ')}{post}"
        if code == "MX":
            return f"{post} {city}, {pick(rng, _MX_STATES)}"
        if code == "IT":
            province = f" ({pick(rng, _IT_CODES)})" if rng.random() < 0.4 else ""
            return f"{post} {city}{province}"
        if code == "JP":
            return f"{city}{one(rng, ' |, ')}{post}"
        if rng.random() < 0.15:
            return f"{city} {post}"
        return f"{pick(rng, ('', '', '', f'{code}-'))}{post} {city}"

    def address(self, rng: Random) -> list[str]:
        """The lines of one address, from the street alone to everything with the country."""
        roll = rng.random()
        if roll < 0.06:
            return self.military(rng)
        code = pick(rng, self.places.english if rng.random() < 0.45 else self.places.address_codes)
        street = self.streets.street(rng, code)
        if roll < 0.32:
            return self._jumbled(rng, code, street)
        lines = [street]
        if rng.random() < 0.08:
            lines = [self.box(rng)]
        elif rng.random() < 0.25:
            unit = self.unit(rng)
            if rng.random() < 0.5:
                lines = [f"{street}{one(rng, ', | | - ')}{unit}"]
            else:
                lines = [unit, street] if rng.random() < 0.4 else [street, unit]
        if roll < 0.42:
            return lines
        if rng.random() < 0.07:
            house = self.names.any_family(rng)
            lines.insert(0, f"{house} {one(rng, _HOUSES)}")
        if code == "GB" and rng.random() < 0.3:
            lines.append(self.places.city_of(rng, code))
        if roll < 0.56:
            lines.append(self.places.city_of(rng, code))
        else:
            lines.append(self.town_line(rng, code))
        if roll > 0.7 and rng.random() < 0.6:
            lines.append(self.places.countries.get(code) or self.places.country(rng))
        return lines

    def _jumbled(self, rng: Random, code: str, street: str) -> list[str]:
        """As data generators and careless forms write it: numbers twice, foreign parts."""
        lines = [f"{digits(rng, '#####'[int(rng.random() * 4) :])} {street}"]
        if rng.random() < 0.6:
            lines.append(f"{one(rng, 'Apt.|Suite')} {digits(rng, '###')}")
            if rng.random() < 0.5:
                lines = [" ".join(lines)]
        if rng.random() < 0.85:
            city = self.places.city(rng)
            lines.append(city.upper() if rng.random() < 0.1 else city)
        if rng.random() < 0.6:
            lines.append(self.places.country(rng) if rng.random() < 0.7 else digits(rng, "@@"))
        if rng.random() < 0.5:
            plain = rng.random() < 0.6
            lines[-1] += f" {digits(rng, '#####') if plain else self.postcode(rng, code)}"
        return lines
