"""Locations with the property in them, and what it is worth: most customers have one to three, a few a hundred."""

from broker_crm.book.currencies import FOREIGN, PER_HONG_KONG_DOLLAR
from broker_crm.book.draft import Draft, Item, Place, Sheet
from broker_crm.book.draws import rounded
from profiles.models import Location
from risk.models import Exposure, ExposureValue

LOCATIONS = Sheet(Location, "reference", "address", "city", "country", "occupancy_code", "construction_code")
EXPOSURES = Sheet(Exposure, "location_id", "kind", "description", "value_index_id")
VALUES = Sheet(
    ExposureValue,
    "exposure_id",
    "amount",
    "currency",
    "valued_on",
    "basis",
    "indemnity_days",
    "verified_on",
    "verified_by_id",
)
KINDS = (("CONTENTS", 0.75, 3e6), ("BUILDINGS", 0.35, 3e7), ("STOCK", 0.3, 5e6), ("MACHINERY", 0.2, 6e6))
"""Kinds of property: how many locations have it, and what it is worth in the middle, in Hong Kong dollars."""
MOST_LOCATIONS = 400
CITIES = {"HK": ("Kwun Tong", "Central", "Tsuen Wan"), "SG": ("Jurong",), "TW": ("Taipei",), "CN": ("Shenzhen",)}


def write(draft: Draft) -> None:
    """Adds the locations, their property, the interruption they could cause and the payroll."""
    draws = draft.draws
    number = min(int(draws.paretovariate(1.5)), MOST_LOCATIONS)
    for at in range(number):
        country = draft.country if draws.happens(0.95) else draws.one_of(("CN", "VN", "SG"))
        key = draft.add(
            LOCATIONS,
            f"L{at + 1}",
            f"{1 + int(draws.random() * 200)} Book Street",
            draws.one_of(CITIES.get(country, CITIES["HK"])),
            country,
            1100 + int(draws.random() * 10),
            5150,
        )
        place = Place(key, country)
        draft.places.append(place)
        for kind, share, middle in KINDS:
            if draws.happens(share):
                place.items.append(exposure(draft, key, kind, draws.spread(middle, 1.3)))
    if draws.happens(0.6):
        draft.interruption = exposure(draft, None, "BUSINESS_INTERRUPTION", draws.spread(1e7 * number**0.7, 1.2))
    if draws.happens(0.4):
        exposure(draft, None, "PAYROLL", draws.spread(8e6 * number**0.7, 1))


def exposure(draft: Draft, location: str | None, kind: str, worth: float) -> Item:
    """Adds an exposure with one value or two. One in fifty has none, one in ten is valued in a foreign currency."""
    draws = draft.draws
    key = draft.add(EXPOSURES, location, kind, "", draft.shared.indices.get(kind) if draws.happens(0.8) else None)
    if draws.happens(0.02):
        return Item(key, kind, worth)
    currency = draws.one_of(FOREIGN) if draws.happens(0.1) else draft.currency
    days = int(draws.between(20, 900))
    before = [(days + 365, 0.92)] if draws.happens(0.15) else []
    is_verified = draws.happens(0.3)
    for ago, part in [*before, (days, 1.0)]:
        draft.add(
            VALUES,
            key,
            rounded(worth * part * PER_HONG_KONG_DOLLAR[currency], 3),
            currency,
            draft.days_ago(ago),
            "INDEMNITY" if kind == "STOCK" else "REINSTATEMENT",
            365 if kind == "BUSINESS_INTERRUPTION" else None,
            draft.days_ago(ago) if is_verified else None,
            draft.manager if is_verified else None,
        )
    return Item(key, kind, worth)
