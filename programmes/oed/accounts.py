"""Rows of an accounts file made into policies and sections."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from programmes.models import CoverageTrigger, PercentOf
from programmes.oed import perils
from programmes.oed.cells import Cells
from programmes.oed.columns import changes_cover, worded_item
from programmes.oed.keys import AccountKey, joined
from programmes.oed.reading import FileReader, FileRow, OedFile, Problem

TRIGGERS = {0: CoverageTrigger.CLAIMS_MADE, 1: CoverageTrigger.LOSSES_OCCURRING, 2: CoverageTrigger.OCCURRENCE_REPORTED}
AMOUNT, SHARE_OF_LOSS, SHARE_OF_VALUE = 0, 1, 2
NO_DEDUCTIBLE: dict[str, Any] = {
    "deductible_amount": None,
    "deductible_percent": None,
    "deductible_percent_of": "",
    "deductible_min": None,
    "deductible_max": None,
}


@dataclass(slots=True)
class AccountNames:
    """What a row says of its account, refused or not: enough to name the customer of its locations."""

    number: int
    account: AccountKey
    port_name: str
    account_name: str
    insured_name: str
    currency: str
    country: str


@dataclass(slots=True)
class SectionRow:
    """One layer of a policy. Amounts are in `currency`; `share_of_value` is a limit as a share of the value insured."""

    number: int
    account: AccountKey
    key: str
    policy_number: str
    inception: datetime.date
    expiry: datetime.date
    currency: str
    lob: str
    insured_name: str
    premium: Decimal | None
    layer: str
    share: Decimal
    attachment: Decimal
    limit: Decimal | None
    deductible: dict[str, Any]
    share_of_value: Decimal | None
    trigger: str
    perils: frozenset[str]
    is_all_perils: bool
    not_used: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    def differs_from(self, other: "SectionRow") -> str:
        """The first column in which a second row of the same layer contradicts the first; "" where none does."""
        for column, name in {
            "LayerParticipation": "share",
            "LayerAttachment": "attachment",
            "LayerLimit": "limit",
            "PolDed6All": "deductible",
            "PolLimit6All": "share_of_value",
            "CoverageTrigger": "trigger",
        }.items():
            if getattr(self, name) != getattr(other, name):
                return column
        return ""

    def policy_differs_from(self, other: "SectionRow") -> str:
        """The first column in which a second row of the same policy contradicts the first; "" where none does."""
        for column, name in {
            "PolExpiryDate": "expiry",
            "AccCurrency": "currency",
            "LOB": "lob",
            "InsuredName": "insured_name",
            "PolGrossPremium": "premium",
        }.items():
            if getattr(self, name) != getattr(other, name):
                return column
        return ""


def names_of(row: FileRow) -> AccountNames | None:
    """What the row says of its account; None where it does not name one. Refuses nothing: `section_of` does."""
    cells = Cells(OedFile.ACCOUNTS, row)
    account = AccountKey(cells.text("PortNumber", longest=40), cells.text("AccNumber", longest=60))
    if not all(account):
        return None
    return AccountNames(
        number=row.number,
        account=account,
        port_name=cells.text("PortName", longest=200),
        account_name=cells.text("AccName", longest=200),
        insured_name=cells.text("InsuredName", longest=200),
        currency=cells.currency("AccCurrency"),
        country=cells.country("CountryCode"),
    )


def section_of(reader: FileReader, row: FileRow) -> tuple[SectionRow | None, list[Problem]]:
    """The layer that a row describes, or why it is refused."""
    cells = Cells(OedFile.ACCOUNTS, row)
    if row.excess:
        cells.refuse("", _("It has more cells than the first row has names."))
    for column in ("PortNumber", "AccNumber", "AccCurrency", "PolNumber", "PolInceptionDate", "PolExpiryDate"):
        cells.needed(column)
    account = AccountKey(cells.text("PortNumber", longest=40), cells.text("AccNumber", longest=60))
    number = cells.text("PolNumber", longest=80)
    key = joined(*account, number)
    if len(key) > 109:
        cells.refuse("PolNumber", _("Together with the portfolio and the account number it is too long."))
    for column in ("AccName", "PortName", "InsuredName"):
        cells.text(column, longest=200)
    cells.country("CountryCode")
    currency = cells.currency("AccCurrency")
    inception, expiry = cells.day("PolInceptionDate"), cells.day("PolExpiryDate")
    if inception and expiry and expiry < inception:
        cells.refuse("PolExpiryDate", _("It lies before the inception."))
    layer = cells.whole("LayerNumber", most=999_999)
    share = cells.share("LayerParticipation")
    trigger = cells.whole("CoverageTrigger", most=2)
    attachment = cells.amount("LayerAttachment", currency) or Decimal(0)
    limit = cells.amount("LayerLimit", currency) or None
    deductible, not_used = deductible_of(cells, currency)
    limit, share_of_value, more = policy_limit_of(cells, currency, attachment, limit)
    covered, is_all_perils = perils_of(cells)
    premium = cells.amount("PolGrossPremium", currency)
    if cells.problems or inception is None or expiry is None:
        return None, cells.problems
    extra = reader.unused_cells(row)
    kept = [worded_item(name, value, row.cells)[:200] for name, value in extra.items() if changes_cover(name, value)]
    return (
        SectionRow(
            number=row.number,
            account=account,
            key=key,
            policy_number=number,
            inception=inception,
            expiry=expiry,
            currency=currency,
            lob=cells.text("LOB", longest=80),
            insured_name=cells.text("InsuredName", longest=200),
            premium=premium,
            layer=str(layer or 1),
            share=Decimal(1) if share is None else share,
            attachment=attachment,
            limit=limit,
            deductible=deductible,
            share_of_value=share_of_value,
            trigger="" if trigger is None else TRIGGERS[trigger],
            perils=covered,
            is_all_perils=is_all_perils,
            not_used=[*not_used, *more, *kept],
            extra=extra,
        ),
        [],
    )


def deductible_of(cells: Cells, currency: str) -> tuple[dict[str, Any], list[str]]:
    """The deductible of the whole policy as fields of our terms, and what of it they cannot say."""
    kind = cells.whole("PolDedType6All", most=99) or AMOUNT
    number = cells.number("PolDed6All", least=Decimal(0))
    least = cells.amount("PolMinDed6All", currency) or None
    most = cells.amount("PolMaxDed6All", currency) or None
    if not number and not (kind and (least or most)):
        return NO_DEDUCTIBLE, [f"PolMinDed6All: {least}"] if least else []
    if kind == AMOUNT:
        bounds = {"PolMinDed6All": least, "PolMaxDed6All": most}
        amount = cells.amount("PolDed6All", currency)
        return NO_DEDUCTIBLE | {"deductible_amount": amount}, [
            f"{name}: {value}" for name, value in bounds.items() if value
        ]
    if kind not in (SHARE_OF_LOSS, SHARE_OF_VALUE):
        return NO_DEDUCTIBLE, [worded_item("PolDed6All", str(number or 0), cells.row.cells)]
    if least and most and least > most:
        cells.refuse("PolMaxDed6All", _("It is below the least deductible."))
    return NO_DEDUCTIBLE | {
        "deductible_percent": cells.share("PolDed6All") or Decimal(0),
        "deductible_percent_of": PercentOf.LOSS if kind == SHARE_OF_LOSS else PercentOf.VALUE,
        "deductible_min": least,
        "deductible_max": most,
    }, []


def policy_limit_of(
    cells: Cells, currency: str, attachment: Decimal, limit: Decimal | None
) -> tuple[Decimal | None, Decimal | None, list[str]]:
    """The section's limit, its limit as a share of all values, and what cannot be said with either.

    The standard applies the policy's limit to the loss from the ground, before the layer takes its part.
    """
    number = cells.number("PolLimit6All", least=Decimal(0))
    kind = cells.whole("PolLimitType6All", most=99) or AMOUNT
    if not number:
        return limit, None, []
    said = [worded_item("PolLimit6All", cells.row.cells["PolLimit6All"], cells.row.cells)]
    if kind == SHARE_OF_VALUE and number <= 1:
        return limit, cells.share("PolLimit6All"), []
    amount = cells.amount("PolLimit6All", currency)
    if kind != AMOUNT or amount is None or amount <= attachment:
        return limit, None, said
    room = amount - attachment
    return (room if limit is None else min(limit, room)), None, []


def perils_of(cells: Cells) -> tuple[frozenset[str], bool]:
    """The single perils covered, and whether that is all of them. No code given: none, which leaves cover unknown."""
    column = "PolPerilsCovered" if "PolPerilsCovered" in cells.row.cells else "PolPeril"
    codes = perils.codes_of(cells.row.cells.get(column, ""))
    for code in codes:
        if code not in perils.single_perils():
            cells.refuse(column, _("“%(code)s” is not a peril code of the standard.") % {"code": code[:20]})
    return perils.expanded(codes), perils.ALL_PERILS in codes
