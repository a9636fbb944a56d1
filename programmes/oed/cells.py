"""Cells of a row made into values. What cannot be one is a problem with its row, column and content."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeVar

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django_countries import countries

from common.files import NUMBER
from common.money import currency_codes, round_money
from programmes.oed.reading import FileRow, OedFile, Problem

Value = TypeVar("Value")
LARGEST = Decimal(10) ** 17
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)


class NotAValue(ValueError):
    """A cell that says nothing we can use. The text is a sentence."""


@dataclass
class Cells:
    """The cells of one row. Problems gather here, so that a person is told all of them at once."""

    file: OedFile
    row: FileRow
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, column: str, text: str) -> None:
        value = self.row.cells.get(column, "")[:200]
        self.problems.append(Problem(self.file, self.row.number, column, value, text))

    def _value(self, column: str, make: Callable[[str], Value]) -> Value | None:
        text = self.row.cells.get(column)
        if text is None:
            return None
        try:
            return make(text)
        except NotAValue as error:
            self.refuse(column, str(error))
            return None

    def needed(self, column: str) -> None:
        if column not in self.row.cells:
            self.refuse(column, _("It is empty and must be given."))

    def text(self, column: str, *, longest: int) -> str:
        """The cell with its white space brought to single blanks; "" where it is empty."""

        def make(text: str) -> str:
            text = " ".join(text.split())
            if len(text) > longest:
                raise NotAValue(_("It is longer than %(count)d characters.") % {"count": longest})
            return text

        return self._value(column, make) or ""

    def number(self, column: str, *, least: Decimal | None = None, most: Decimal | None = None) -> Decimal | None:
        return self._value(column, lambda text: number_of(text, least=least, most=most))

    def amount(self, column: str, currency: str) -> Decimal | None:
        """An amount rounded half up to the currency's minor unit; unrounded while the currency is not known."""
        number = self.number(column, least=Decimal(0))
        return round_money(number, currency) if number is not None and currency else number

    def share(self, column: str) -> Decimal | None:
        number = self.number(column, least=Decimal(0), most=Decimal(1))
        return None if number is None else number.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)

    def whole(self, column: str, *, most: int) -> int | None:
        def make(text: str) -> int:
            number = number_of(text, least=Decimal(0), most=Decimal(most))
            if number != number.to_integral_value():
                raise NotAValue(_("It is not a whole number."))
            return int(number)

        return self._value(column, make)

    def day(self, column: str) -> datetime.date | None:
        return self._value(column, day_of)

    def currency(self, column: str) -> str:
        def make(text: str) -> str:
            if text.upper() not in currency_codes():
                raise NotAValue(_("It is not a currency in use (ISO 4217)."))
            return text.upper()

        return self._value(column, make) or ""

    def country(self, column: str) -> str:
        def make(text: str) -> str:
            if text.upper() not in countries:
                raise NotAValue(_("It is not the two letters of a country (ISO 3166)."))
            return text.upper()

        return self._value(column, make) or ""


def number_of(text: str, *, least: Decimal | None, most: Decimal | None) -> Decimal:
    """A decimal number written with a point. Raises NotAValue."""
    if not NUMBER.fullmatch(text):
        raise NotAValue(_("It is not a number: write digits with a decimal point, without separators."))
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise NotAValue(_("It is not a number: write digits with a decimal point, without separators.")) from error
    if abs(number) >= LARGEST:
        raise NotAValue(_("It is too large."))
    if least is not None and number < least:
        raise NotAValue(_("It must not be below %(least)s.") % {"least": least})
    if most is not None and number > most:
        raise NotAValue(_("It must not be above %(most)s.") % {"most": most})
    return number


def day_of(text: str) -> datetime.date:
    """A day in ISO 8601, with or without a midnight behind it. Raises NotAValue."""
    match = DAY.fullmatch(text)
    try:
        day = parse_date(match[1]) if match else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise NotAValue(_("It is not a day: write year, month and day as 2026-04-01."))
    return day
