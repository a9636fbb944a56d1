"""The columns of the standard that we use, those a file cannot do without, and those that would change a section."""

import re


def named(words: str) -> frozenset[str]:
    return frozenset(words.split())


USED: dict[str, frozenset[str]] = {
    "LOCATIONS": named(
        "PortNumber AccNumber LocNumber LocName CountryCode Latitude Longitude StreetAddress PostalCode City"
        " OccupancyCode ConstructionCode BuildingTIV OtherTIV ContentsTIV BITIV BIPOI LocCurrency"
    ),
    "ACCOUNTS": named(
        "PortNumber PortName AccNumber AccName AccCurrency InsuredName CountryCode LOB PolNumber PolInceptionDate"
        " PolExpiryDate PolPerilsCovered PolPeril PolGrossPremium LayerNumber LayerParticipation LayerLimit"
        " LayerAttachment PolDedType6All PolDed6All PolMinDed6All PolMaxDed6All PolLimitType6All PolLimit6All"
        " CoverageTrigger"
    ),
}
NEEDED: dict[str, tuple[str, ...]] = {
    "LOCATIONS": ("PortNumber", "AccNumber", "LocNumber", "CountryCode"),
    "ACCOUNTS": ("PortNumber", "AccNumber", "AccCurrency", "PolNumber"),
}
CUSTOMER_FIELDS = ("AccNumber", "InsuredName", "AccName", "PortNumber")
"""What may tell one customer from another; the first is the default."""

OF_CARGO = frozenset({"CommodityScheme1", "CommodityCode1"})
OF_CYBER = frozenset({"NumberOfRecords", "PolLimitNPBI", "PolDedNPBI", "PolCoverage"})
OF_LIABILITY = frozenset({"CoverageTrigger", "CoverageClassDescription", "DefenceCost"})
"""Columns that only files of that kind have."""

CHANGES_COVER = re.compile(
    r"(Acc|Pol|Cond|Loc)(Min|Max)?(Ded|Limit)(?!Type|Code)|Layer|PolSIR$|(Acc|Loc)Participation$|Cond(Peril|Class)$"
    r"|(Step|Trigger|PayOut|Deductible)|HoursClause|BIWaitingPeriod|BIPOI|CoverageTerritory|DefenceCost"
    r"|(Limit|Ded)Currency$|(Acc|Pol)Status$|PolLimit|PolDed(?!Type|Code)"
)
"""Unused columns that would change what a section pays, where they say something."""

NEUTRAL = {"AccParticipation": "1", "LocParticipation": "1"}
"""What such a column says when it changes nothing; otherwise that is 0."""


def changes_cover(column: str, value: str) -> bool:
    """Whether a cell that no sum uses would change what a section pays."""
    if not CHANGES_COVER.match(column):
        return False
    try:
        return float(value) != float(NEUTRAL.get(column, "0"))
    except ValueError:
        return True


def worded_item(column: str, value: str, row: dict[str, str]) -> str:
    """The cell as a section says it, with the type or code beside it where the standard has one."""
    types = []
    for word in ("Type", "Code"):
        beside = re.sub(r"(Min|Max)?(Ded|Limit)(?=\d)", rf"\g<2>{word}", column, count=1)
        if beside != column and row.get(beside, "0") not in ("", "0"):
            types.append(f"{beside}: {row[beside]}")
    return f"{column}: {value}" + (f" ({', '.join(types)})" if types else "")
