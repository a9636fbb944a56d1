"""Rows of a locations file made into premises and values."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from programmes.oed.cells import Cells
from programmes.oed.keys import AccountKey, joined
from programmes.oed.reading import FileReader, FileRow, OedFile, Problem
from risk.models import ExposureKind

VALUE_COLUMNS = {
    "BuildingTIV": ExposureKind.BUILDINGS,
    "OtherTIV": ExposureKind.OTHER,
    "ContentsTIV": ExposureKind.CONTENTS,
    "BITIV": ExposureKind.BUSINESS_INTERRUPTION,
}
DAYS_OF_A_YEAR = 365
DEGREES = Decimal("0.000001")


@dataclass(slots=True)
class LocationRow:
    """One location of the file. `values` holds the amounts that are given, 0 included; what is empty is not known."""

    number: int
    account: AccountKey
    key: str
    reference: str
    fields: dict[str, Any]
    currency: str
    values: dict[str, Decimal]
    indemnity_days: int
    perils: str
    extra: dict[str, str] = field(default_factory=dict)

    def differs_from(self, other: "LocationRow") -> str:
        """The first column in which a second row of the same location contradicts the first; "" where none does."""
        for column, name in FIELD_COLUMNS.items():
            if self.fields.get(name) != other.fields.get(name):
                return column
        for column, kind in VALUE_COLUMNS.items():
            if self.values.get(kind) != other.values.get(kind):
                return column
        if self.currency != other.currency:
            return "LocCurrency"
        return "BIPOI" if self.indemnity_days != other.indemnity_days else ""


FIELD_COLUMNS = {
    "LocName": "name",
    "StreetAddress": "address",
    "City": "city",
    "PostalCode": "postal_code",
    "CountryCode": "country",
    "Latitude": "latitude",
    "Longitude": "longitude",
    "OccupancyCode": "occupancy_code",
    "ConstructionCode": "construction_code",
}


def location_of(reader: FileReader, row: FileRow) -> tuple[LocationRow | None, list[Problem]]:
    """The location that a row describes, or why it is refused."""
    cells = Cells(OedFile.LOCATIONS, row)
    if row.excess:
        cells.refuse("", _("It has more cells than the first row has names."))
    for column in ("PortNumber", "AccNumber", "LocNumber", "CountryCode"):
        cells.needed(column)
    account = AccountKey(cells.text("PortNumber", longest=40), cells.text("AccNumber", longest=60))
    reference = cells.text("LocNumber", longest=40)
    key = joined(*account, reference)
    if len(key) > 96:
        cells.refuse("LocNumber", _("Together with the portfolio and the account number it is too long."))
    currency = cells.currency("LocCurrency")
    values = {kind: cells.amount(column, currency) for column, kind in VALUE_COLUMNS.items()}
    given = {kind: amount for kind, amount in values.items() if amount is not None}
    if any(given.values()):
        cells.needed("LocCurrency")
    days = cells.number("BIPOI", least=Decimal(0), most=Decimal(3650))
    location = LocationRow(
        number=row.number,
        account=account,
        key=key,
        reference=reference,
        fields=fields_of(cells),
        currency=currency,
        values={str(kind): amount for kind, amount in given.items()},
        indemnity_days=int(days.to_integral_value(ROUND_HALF_UP)) if days else DAYS_OF_A_YEAR,
        perils=row.cells.get("LocPerilsCovered", ""),
    )
    if cells.problems:
        return None, cells.problems
    location.extra = reader.unused_cells(row)
    return location, []


def fields_of(cells: Cells) -> dict[str, Any]:
    """The premises themselves. What the row leaves empty is left out, so that it overwrites nothing."""
    latitude = cells.number("Latitude", least=Decimal(-90), most=Decimal(90))
    longitude = cells.number("Longitude", least=Decimal(-180), most=Decimal(180))
    if "Latitude" in cells.row.cells and "Longitude" not in cells.row.cells:
        cells.refuse("Longitude", _("It is empty, though the latitude is given."))
    if "Longitude" in cells.row.cells and "Latitude" not in cells.row.cells:
        cells.refuse("Latitude", _("It is empty, though the longitude is given."))
    found = {
        "name": cells.text("LocName", longest=120),
        "address": cells.text("StreetAddress", longest=300),
        "city": cells.text("City", longest=120),
        "postal_code": cells.text("PostalCode", longest=20),
        "country": cells.country("CountryCode"),
        "latitude": latitude.quantize(DEGREES, rounding=ROUND_HALF_UP) if latitude is not None else None,
        "longitude": longitude.quantize(DEGREES, rounding=ROUND_HALF_UP) if longitude is not None else None,
        "occupancy_code": cells.whole("OccupancyCode", most=999_999),
        "construction_code": cells.whole("ConstructionCode", most=999_999),
    }
    return {name: value for name, value in found.items() if value not in (None, "")}
