"""Lines of a statement: what somebody says of one exposure, still as text, and that text made into figures."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from common.forms import AmountField
from risk.models import ExposureKind, ValuationBasis

Value = TypeVar("Value")
WITH_CURRENCY = re.compile(r"(?P<before>[A-Za-z]{3})?(?P<figure>[^A-Za-z]*)(?P<after>[A-Za-z]{3})?")
DAY = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
LONGEST = {"reference": 40, "name": 120, "address": 300, "description": 200}
MOST_DAYS = 3660


class NotAValue(ValueError):
    """A cell that says nothing we can use. The text is a sentence."""


@dataclass(slots=True)
class Line:
    """What is said of one exposure. Text as typed; None where nothing is said of that field, which leaves it as it is.

    `row` counts as a spreadsheet does. `cell` is the name of a cell of the grid, which says an amount and its currency
    in one, and no more. `token` is what was seen when it was typed (risk/statement/tokens.py); empty: nothing known.
    """

    row: int = 0
    cell: str = ""
    token: str | None = None
    exposure_id: str = ""
    location_id: str = ""
    reference: str = ""
    name: str = ""
    address: str = ""
    kind: str = ""
    amount: str = ""
    description: str | None = None
    currency: str | None = None
    valued_on: str | None = None
    basis: str | None = None
    index: str | None = None
    indemnity_days: str | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it names a location at all."""
        return bool(self.location_id or self.reference or self.name or self.address)


@dataclass(frozen=True, slots=True)
class Figures:
    """What an exposure is worth, without the day."""

    amount: Decimal
    currency: str
    basis: str
    indemnity_days: int | None


@dataclass(slots=True)
class Said:
    """A line's text as values. `wrong` names what cannot be one, by field, in words."""

    amount: Decimal = Decimal(0)
    currency: str | None = None
    valued_on: datetime.date | None = None
    basis: str = ""
    indemnity_days: int | None = None
    wrong: dict[str, str] = field(default_factory=dict)


def said_by(line: Line) -> Said:
    """The figures of a line. Whether they may stand for its exposure is another question (rules.py)."""
    said = Said()
    figure, code = apart(line.amount)
    stated = line.currency.strip().upper() if line.currency is not None else None
    if code and stated and code != stated:
        text = _("The amount says %(code)s and the currency says %(other)s.")
        said.wrong["currency"] = text % {"code": code, "other": stated}
    said.currency = code or stated
    said.amount = read(said, "amount", amount_of, figure) or Decimal(0)
    if line.valued_on and line.valued_on.strip():
        said.valued_on = read(said, "valued_on", day_of, line.valued_on.strip())
    if line.basis and line.basis.strip():
        said.basis = read(said, "basis", basis_of, line.basis) or ""
    if line.indemnity_days and line.indemnity_days.strip():
        said.indemnity_days = read(said, "indemnity_days", days_of, line.indemnity_days)
    return said


def read(said: Said, name: str, make: Callable[[str], Value], text: str) -> Value | None:
    try:
        return make(text)
    except NotAValue as error:
        said.wrong[name] = str(error)
        return None


def apart(text: str) -> tuple[str, str]:
    """A figure and the currency written before or behind it, in capitals: "USD 5,000" is ("5,000", "USD")."""
    text = unicodedata.normalize("NFKC", text).strip()
    match = WITH_CURRENCY.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        return text, ""
    return match["figure"].strip(), (match["before"] or match["after"] or "").upper()


def amount_of(text: str) -> Decimal:
    """An amount as people write it. Raises NotAValue."""
    if not text.strip():
        raise NotAValue(_("It is empty: write 0 where the exposure has ended."))
    try:
        amount = AMOUNT.clean(text)
    except ValidationError as error:
        raise NotAValue(error.messages[0]) from error
    if amount is None or not amount.is_finite():
        raise NotAValue(_("Enter a number."))
    return amount


AMOUNT = AmountField(required=False)


def day_of(text: str) -> datetime.date:
    """A day in ISO 8601, also with a midnight behind it. Raises NotAValue: 1/4/2026 is two days in two offices."""
    match = DAY.fullmatch(text)
    try:
        day = parse_date(match[1]) if match else None
    except ValueError:
        day = None
    if day is None:
        raise NotAValue(_("It is not a day: write year, month and day as 2026-04-01."))
    return day


def basis_of(text: str) -> str:
    code = words_of(ValuationBasis).get(folded(text))
    if code is None:
        raise NotAValue(_("It is none of: %(words)s.") % {"words": ", ".join(map(str, ValuationBasis.labels))})
    return code


def kind_of(text: str) -> str:
    """The kind of an exposure, by its code or its name in any of our languages. Raises NotAValue."""
    code = words_of(ExposureKind).get(folded(text))
    if code is None:
        raise NotAValue(_("It is none of: %(words)s.") % {"words": ", ".join(map(str, ExposureKind.labels))})
    return code


def days_of(text: str) -> int:
    text = unicodedata.normalize("NFKC", text).strip()
    if not text.isascii() or not text.isdigit() or int(text[:9]) > MOST_DAYS:
        raise NotAValue(_("Give a whole number of days."))
    return int(text)


def folded(text: str) -> str:
    """A word as it is compared: without case, and white space as single blanks."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@cache
def words_of(choices: type[models.TextChoices]) -> dict[str, str]:
    """The codes of choices by the words that mean them: the code itself, and its label in every language."""
    words = {folded(code): code for code in choices.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {folded(str(label)): code for code, label in choices.choices}
    return words


def too_long(line: Line) -> Iterable[tuple[str, str]]:
    """The fields of a line that hold more than the book has room for."""
    for name, longest in LONGEST.items():
        if len(getattr(line, name) or "") > longest:
            yield name, _("It is longer than %(count)d characters.") % {"count": longest}
