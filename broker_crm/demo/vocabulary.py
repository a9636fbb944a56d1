"""The words of the demo book: names of companies and people in both scripts, places, telephone numbers, addresses."""

import random
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from broker_crm.demo.people import DATA
from common.reference import rows_of

DIALLING = {
    "HK": ("+8522100", 4),
    "SG": ("+656555", 4),
    "TW": ("+88625555", 4),
    "MO": ("+8532820", 4),
    "CN": ("+867555555", 4),
    "MY": ("+60355500", 3),
}
"""First digits of made-up telephone numbers of valid form by country, and how many digits follow."""

SUFFIXES = {
    "HK": (("Ltd", "有限公司"), ("Company Limited", "有限公司"), ("(Hong Kong) Ltd", "（香港）有限公司")),
    "MO": (("Ltd", "有限公司"), ("(Macau) Ltd", "（澳門）有限公司")),
    "CN": (("Co., Ltd", "有限公司"),),
    "SG": (("Pte Ltd", "私人有限公司"), ("(Singapore) Pte Ltd", "（新加坡）私人有限公司")),
    "MY": (("Sdn Bhd", "私人有限公司"),),
    "TW": (("Co., Ltd", "股份有限公司"), ("Corporation", "股份有限公司")),
}
"""What a company's name ends with, by country, in both scripts."""

JOB_TITLES = (
    "Finance Director",
    "Risk and Insurance Manager",
    "Company Secretary",
    "Operations Manager",
    "Managing Director",
    "Financial Controller",
    "Human Resources Manager",
    "Office Manager",
)


@dataclass(frozen=True)
class Place:
    """An area with a street in it, and a point of it in degrees. `use` says what kind of premises stand there."""

    country: str
    city: str
    area: str
    street: str
    latitude: Decimal
    longitude: Decimal
    use: str


@cache
def places() -> tuple[Place, ...]:
    return tuple(
        Place(**row | {"latitude": Decimal(row["latitude"]), "longitude": Decimal(row["longitude"])})  # type: ignore[arg-type]
        for row in rows_of(DATA / "places.csv")
    )


def place_in(area: str, use: str) -> Place:
    """The place of that area and use. Raises LookupError when there is none."""
    for place in places():
        if (place.area, place.use) == (area, use):
            return place
    raise LookupError(f"No {use} place in {area}.")


def places_for(country: str, use: str) -> list[Place]:
    """Places of a country for a use; where it has none of that use, all of the country's."""
    here = [place for place in places() if place.country == country]
    return [place for place in here if place.use == use] or here


@cache
def _stems(country: str) -> tuple[tuple[str, str], ...]:
    region = {"MO": "HK", "MY": "SG"}.get(country, country)
    return tuple((row["stem"], row["stem_zh"]) for row in rows_of(DATA / "stems.csv") if row["region"] in ("", region))


@cache
def _words(country: str, part: str) -> tuple[tuple[str, str], ...]:
    region = {"MO": "HK"}.get(country, country)
    return tuple(
        (row["latin"], row["chinese"])
        for row in rows_of(DATA / "people.csv")
        if row["region"] == region and row["part"] == part
    )


def company_name(rng: random.Random, country: str, noun: tuple[str, str]) -> tuple[str, str]:
    """A company's name in both scripts, from a first word of the country, its trade and its legal form."""
    stem, stem_zh = rng.choice(_stems(country))
    suffix, suffix_zh = rng.choice(SUFFIXES[country])
    return f"{stem} {noun[0]} {suffix}", f"{stem_zh}{noun[1]}{suffix_zh}"


def person_name(rng: random.Random, country: str) -> tuple[str, str]:
    """A person's name in both scripts; the second is empty for people who have no Chinese name."""
    whole = _words(country, "whole")
    if whole and rng.random() < 0.3:
        return rng.choice(whole)
    surname, surname_zh = rng.choice(_words(country, "surname"))
    given, given_zh = rng.choice(_words(country, "given"))
    return f"{given} {surname}", f"{surname_zh}{given_zh}"


def phone(rng: random.Random, country: str) -> str:
    """A telephone number of valid form, in international notation."""
    prefix, digits = DIALLING[country]
    return prefix + "".join(str(rng.randrange(10)) for _ in range(digits))


def domain(company: str) -> str:
    """An internet domain that cannot exist, from the first words of a company's name."""
    words = re.sub(r"[^a-z0-9 ]", "", company.lower()).split()
    dropped = {"ltd", "limited", "company", "co", "pte", "sdn", "bhd", "corporation"}
    return "-".join([word for word in words if word not in dropped][:4]) + ".example"


def mailbox(person: str) -> str:
    """The part of an e-mail address before the @, from a person's name."""
    words = re.sub(r"[^a-z ]", " ", person.lower()).split()
    return f"{words[0]}.{words[-1]}"
