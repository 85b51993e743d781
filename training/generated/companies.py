"""Organizations: listed companies, and many more composed from names, places and trades."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

from training.generated.names import Names, invented, pick, read_csv
from training.generated.places import Places

_FORMS = (
    "Inc", "Inc.", "LLC", "Ltd", "Ltd.", "Limited", "Corp", "Corp.", "Corporation", "Co.",
    "Company", "GmbH", "AG", "S.A.", "SA", "S.p.A.", "B.V.", "N.V.", "AB", "AS", "A/S", "Oy", "PLC",
    "plc", "LLP", "L.P.", "Pty Ltd", "Pvt Ltd", "Pvt. Ltd.", "Sdn Bhd", "Kft.", "Sp. z o.o.",
    "s.r.o.", "Srl", "S.L.", "Group", "Holdings", "& Co.", "& Sons", "Partners", "KG", "SE", "K.K.",
    "Ltda.", "e.V.",
)  # fmt: skip
_TRADES = (
    "Technologies", "Systems", "Industries", "Solutions", "Energy", "Bank", "Foods", "Motors",
    "Airlines", "Pharma", "Media", "Consulting", "Logistics", "Insurance", "Capital", "Partners",
    "Labs", "Software", "Electric", "Steel", "Healthcare", "Networks", "Robotics", "Security",
    "Studios", "Textiles", "Construction", "Realty", "Travel", "Catering", "Bakery", "Brewing",
    "Records", "Publishing", "Press", "Entertainment", "Telecom", "Mobile", "Games", "Analytics",
    "Chemicals", "Mining", "Shipping", "Properties", "Ventures", "Investments", "Financial",
    "Trust", "Biosciences", "Therapeutics", "Interactive", "Digital", "Semiconductor", "Aerospace",
    "Petroleum", "Furniture", "Plumbing", "Dental", "Law", "Auto Repair", "Flooring", "Roofing",
    "Pizza", "Grill", "Cafe", "Hotel", "Clinic", "Pharmacy", "Salon", "Spa", "Cleaners",
    "Landscaping", "Infotech", "Enterprises", "Traders", "Exports",
)  # fmt: skip
_OF_PLACE = (
    "University of {}", "{} University", "Bank of {}", "{} General Hospital",
    "{} Police Department", "{} Fire Department", "{} City Council", "{} District Court",
    "{} Regional Court", "{} Court of Appeal", "{} High School", "{} Elementary School",
    "{} Chamber of Commerce", "{} Medical Center", "{} Times", "{} Post", "{} Herald",
    "{} Football Association", "{} Symphony Orchestra", "{} Airlines", "{} Bar",
    "{} State University", "{} Institute of Technology", "{} Public Library", "{} Museum of Art",
    "{} Administrative Court", "{} Civil Court", "{} Assize Court", "{} City Court",
    "{} Prosecutor's Office", "{} Prison", "{} Police", "{} Municipality", "Government of {}",
    "Supreme Court of {}", "{} Polytechnic", "{} Transit Authority", "{} Housing Association",
    "{} Community College", "{} Stock Exchange", "{} Department of Health", "Diocese of {}",
    "{} Power Company", "{} Credit Union", "High Court of {}", "{} Bar Association",
    "{} Tourist Board", "{} National Bank", "{} Water Authority", "{} Daily News",
    "{} School Board", "{} Ministry of Justice", "{} Parliament", "{} Social Insurance Office",
    "{} Arbitration Tribunal", "{} Golf Club", "{} Country Club", "{} Theatre",
    "{} Children's Hospital", "Radio {}", "{} TV", "{} Gazette",
)  # fmt: skip
_TEAMS = (
    "{} United", "{} City", "FC {}", "{} FC", "AC {}", "Real {}", "{} Rovers", "{} Tigers",
    "{} Lions", "{} Eagles", "{} Bears", "{} Sharks", "{} Giants", "{} Kings", "{} Wanderers",
    "Dynamo {}", "Sporting {}", "{} Athletic", "{} Warriors", "{} Rangers", "{} Hawks", "Inter {}",
    "{} Hornets", "{} Royals",
)  # fmt: skip
_PUBLIC = (
    "Ministry of Finance", "Ministry of Foreign Affairs", "Ministry of Justice",
    "Ministry of the Interior", "Department of Justice", "Department of Education",
    "European Commission", "United Nations", "NATO", "World Bank", "World Health Organization",
    "Supreme Court", "Constitutional Court", "Court of Cassation", "Court of Appeal",
    "Court of Appeals", "Senate", "Congress", "House of Representatives", "Parliament",
    "European Parliament", "Labour Party", "Green Party", "Democratic Party", "Liberal Party",
    "Red Cross", "Red Crescent", "Salvation Army", "Interpol", "FBI", "CIA", "NASA", "EPA", "FDA",
    "IRS", "SEC", "UN", "EU", "WHO", "UNICEF", "IMF", "OPEC", "NHS", "BBC", "CNN", "FIFA", "UEFA",
    "NBA", "NFL", "ACLU", "Social Security Administration", "Supreme Administrative Court",
    "Council of State", "State Security Court", "National Assembly", "Central Bank",
    "Federal Reserve", "Securities and Exchange Commission", "Department of Labor", "High Court",
    "Federal Bureau of Investigation", "National Health Service", "Land Registry", "Tax Office",
    "Navy", "Air Force", "Catholic Church", "Office of the Ombudsman", "Public Prosecutor's Office",
    "Bar Council", "Conservative Party",
)  # fmt: skip
_COURTS = (
    "District Court",
    "Regional Court",
    "Court of Appeal",
    "Administrative Court",
    "Civil Court",
    "Assize Court",
    "City Court",
    "Court of First Instance",
    "Criminal Court",
    "Labour Court",
    "High Court",
    "Magistrates’ Court",
    "Commercial Court",
    "Court",
    "Public Prosecutor’s Office",
    "Bar Association",
    "Social Court",
)
_ADJECTIVES = (
    "Global", "First", "United", "National", "American", "Pacific", "Atlantic", "Northern", "Blue",
    "Green", "Golden", "Silver", "Bright", "Prime", "Summit", "Pioneer", "Apex", "Urban", "Royal",
    "General", "Star", "Digital", "Smart", "Rapid", "Central", "Modern", "Sunrise", "Evergreen",
    "Liberty", "Heritage", "Alpha", "Delta", "Omega", "Quantum", "Crystal", "Iron", "Red Rock",
    "Riverside", "Harbor", "Lakeside", "Diamond",
)  # fmt: skip


class Companies:
    """Organizations of all kinds, listed and made up."""

    def __init__(self, folder: Path, names: Names, places: Places) -> None:
        listed: list[str] = []
        for file in ("companies_sp500_pddl.csv", "companies_sec_pd.csv"):
            for row in read_csv(folder / file):
                name = re.sub(r"\s*\(.*?\)|\s*/.*$", "", row["name"]).strip()
                if name.isupper() and len(name) > 5:
                    name = name.title()
                if 2 <= len(name) <= 45:
                    listed.append(name)
        self.listed = listed
        self.names = names
        self.places = places

    def stem(self, rng: Random) -> str:
        roll = rng.random()
        if roll < 0.35:
            return self.names.any_family(rng)
        if roll < 0.6:
            return invented(rng, lambda _: "").strip()
        if roll < 0.8:
            return pick(rng, _ADJECTIVES)
        return self.places.city(rng)

    def business(self, rng: Random) -> str:
        roll = rng.random()
        if roll < 0.28:
            name = pick(rng, self.listed)
            if rng.random() < 0.4:
                name = short(name)
            return name
        if roll < 0.40:
            first = self.names.any_family(rng)
            joint = pick(rng, (" & ", " and ", "-", ", ", " + "))
            return f"{first}{joint}{self.names.any_family(rng)}"
        if roll < 0.46:
            a, b, c = (self.names.any_family(rng) for _ in range(3))
            return f"{a}, {b}{pick(rng, (' and ', ' & ', ', and '))}{c}"
        if roll < 0.70:
            form = f" {pick(rng, _FORMS)}" if rng.random() < 0.5 else ""
            comma = "," if form and rng.random() < 0.15 else ""
            return f"{self.stem(rng)} {pick(rng, _TRADES)}{comma}{form}"
        if roll < 0.86:
            return f"{self.stem(rng)}{',' if rng.random() < 0.08 else ''} {pick(rng, _FORMS)}"
        if roll < 0.92:
            return f"{self.names.any_given(rng)}'s {pick(rng, _TRADES)}"
        ends = ("ly", "ify", "ium", "ix", "oo", "a", "io", "gen", "tek", "soft")
        return invented(rng, lambda _: pick(rng, ends))

    def organization(self, rng: Random) -> str:
        roll = rng.random()
        if roll < 0.55:
            return self.business(rng)
        if roll < 0.78:
            place = self.places.city(rng) if rng.random() < 0.8 else self.places.country(rng)
            return pick(rng, _OF_PLACE).format(place)
        if roll < 0.86:
            return self.team(rng)
        if roll < 0.97:
            return pick(rng, _PUBLIC)
        return "".join(
            "ABCDEFGHIKLMNOPRSTUW"[int(rng.random() * 20)] for _ in range(3 + (roll > 0.985))
        )

    def public(self, rng: Random) -> str:
        """A court, a ministry, a police, a hospital."""
        roll = rng.random()
        if roll < 0.5:
            return self.court(rng)
        if roll < 0.8:
            return pick(rng, _PUBLIC)
        return pick(rng, _OF_PLACE).format(self.places.city(rng))

    def team(self, rng: Random) -> str:
        return pick(rng, _TEAMS).format(self.places.city(rng))

    def court(self, rng: Random) -> str:
        return f"{self.places.city(rng)} {pick(rng, _COURTS)}"


_LEGAL_FORM = re.compile(
    rf",?\s+(?:{'|'.join(re.escape(form) for form in _FORMS)})(?=\s|$).*$", re.IGNORECASE
)


def short(name: str) -> str:
    """A company as people call it: without its legal form."""
    cut = _LEGAL_FORM.sub("", name).strip(" ,&")
    return cut if len(cut) >= 2 else name
