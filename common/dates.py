"""Which day it is, and how far days are apart. The clock is read here and in views, never in a calculation."""

import datetime
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.utils import timezone


def today(zone: str = "") -> datetime.date:
    """The day it is now in an office's zone; without one, in the house's."""
    return timezone.now().astimezone(ZoneInfo(zone or settings.TIME_ZONE)).date()


def add_months(day: datetime.date, months: int) -> datetime.date:
    """The same day that many months later, or the last day of that month where it has no such day.

    Stops at the first and the last day there is.
    """
    try:
        return day + relativedelta(months=months)
    except (ValueError, OverflowError):
        return datetime.date.min if months < 0 else datetime.date.max
