"""A clock that tests set."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from tests.factories import TODAY


class Clock:
    """`now` is what the product takes for the present."""

    def __init__(self) -> None:
        self.set(TODAY)

    def set(self, day: datetime.date, hour: int = 12) -> None:
        """Makes it that hour of that day in the house's zone."""
        self.now = datetime.datetime.combine(day, datetime.time(hour), ZoneInfo(settings.TIME_ZONE))
