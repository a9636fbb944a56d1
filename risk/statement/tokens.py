"""Tokens: what somebody saw when they typed, so that what another person changed meanwhile is noticed.

A token is a day and a short digest of what stood there on that day. A cell of the grid was seen with its amount and
currency; a row of a file with all its columns.
"""

import datetime
import hashlib
from decimal import Decimal

from risk.statement.lines import Figures, NotAValue, day_of

LENGTH = 12


def of_cell(day: datetime.date, figures: Figures | None) -> str:
    """For a cell as at a day; one without a value, or whose exposure has ended, was seen empty."""
    seen = [] if figures is None or not figures.amount else [plain(figures.amount), figures.currency]
    return written(day, seen)


def of_row(
    day: datetime.date, figures: Figures | None, valued_on: datetime.date | None, description: str, index: str
) -> str:
    """For a row of a file that was written as at a day."""
    if figures is None or not figures.amount or valued_on is None:
        return written(day, [])
    days = "" if figures.indemnity_days is None else str(figures.indemnity_days)
    told = [plain(figures.amount), figures.currency, valued_on.isoformat(), figures.basis, days, description, index]
    return written(day, told)


def written(day: datetime.date, parts: list[str]) -> str:
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:LENGTH] if parts else "0"
    return f"{day.isoformat()}/{digest}"


def day_seen(token: str) -> datetime.date | None:
    """The day of a token; None where it is none of ours."""
    day, slash, digest = token.strip().partition("/")
    try:
        return day_of(day) if slash and digest else None
    except NotAValue:
        return None


def plain(amount: Decimal) -> str:
    """The same text for the same amount, however many noughts were written behind the point."""
    return format(amount.quantize(Decimal("0.01")), "f")
