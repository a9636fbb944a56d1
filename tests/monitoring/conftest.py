"""A day that the tests choose, and runs on it."""

import datetime
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import User
from monitoring.models import Finding
from monitoring.services import runs
from tests.factories import TODAY


class Clock:
    """The time it is, wherever the product asks."""

    def __init__(self) -> None:
        self.set(TODAY)

    def set(self, day: datetime.date, hour: int = 12) -> None:
        self.now = datetime.datetime.combine(day, datetime.time(hour), ZoneInfo(settings.TIME_ZONE))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def night(db: None, clock: Clock) -> Callable[..., Any]:
    """Runs the book on a day, today unless another is given."""

    def run(on: datetime.date = TODAY, **given: Any) -> Any:
        clock.set(on)
        return runs.run(on=on, by=User.objects.system(), **given)

    return run


def finding_of(monitor: str, subject: Any) -> Finding:
    return Finding.objects.get(monitor=monitor, subject_id=subject.pk)
